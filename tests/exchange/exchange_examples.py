"""Gradings to send out and take back."""

from pathlib import Path

import cv2
import numpy as np
from hypothesis import strategies as st

from retina_studio.domain.grading import Grading
from retina_studio.domain.shapes import Ellipse, Polygon, Shape
from retina_studio.exchange.formats import FORMATS
from retina_studio.exchange.layers import Layer
from retina_studio.study.records import ImageRecord

HEIGHT, WIDTH = 60, 80

RING = ((10.0, 10.0), (30.25, 11.5), (28.0, 33.0), (9.0, 30.0))
HOLE = ((15.0, 15.0), (22.0, 15.0), (20.0, 24.0))

coordinate = st.floats(-10, 90, allow_nan=False)
position = st.tuples(coordinate, coordinate)
ring = st.lists(position, min_size=3, max_size=8).map(tuple)
ellipses = st.builds(
    Ellipse, coordinate, coordinate, st.floats(0.1, 40), st.floats(0.1, 40), st.floats(-180, 180)
)
polygons = st.builds(Polygon, ring, st.lists(ring, max_size=2).map(tuple))
areas = st.one_of(ellipses, polygons)


def graded(*pairs, grades=None, absent=(), comment=""):
    shapes = [Shape(code, geometry, f"s{number}") for number, (code, geometry) in enumerate(pairs)]
    return Grading({shape.id: shape for shape in shapes}, grades or {}, frozenset(absent), comment)


def content(grading):
    """A grading without the ids of its shapes."""
    shapes = [(shape.label, shape.geometry) for shape in grading.shapes.values()]
    return shapes, dict(grading.grades), grading.absent, grading.comment


def record(name="a", size=(HEIGHT, WIDTH), **values):
    """An image of a study."""
    height, width = size
    given = {"modality": "fundus", "eye": "OD", "patient": "P-1", "split": "", **values}
    return ImageRecord(1, name, f"ab/{name}.png", "c0ffee" * 8, width=width, height=height, **given)


def layer(grading, picture=Path("absent.png"), image=None, grader="Ada", **values):
    return Layer(image or record(), grader, grading, lambda: picture, "5" * 32, **values)


def there_and_back(form, layers, folder, image=None):
    """The grading of an image, written as a format and read again."""
    entry = FORMATS[form]
    out = folder / entry.file if entry.file else folder
    entry.load().write_labels(out, iter(layers))
    image = image or layers[0].image
    (found,) = [each for each in entry.load().read_labels(out, 1) if image.name in each.names]
    return found.read(image)


def write_picture(path, size=(HEIGHT, WIDTH), seed=3):
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.random.default_rng(seed).integers(0, 255, (*size, 3), dtype=np.uint8))
    return path


def same_pixels(first, second, code, size=(HEIGHT, WIDTH)):
    return np.array_equal(first.mask(code, *size), second.mask(code, *size))
