"""Gradings to send out and take back."""

from hypothesis import strategies as st

from retina_studio.domain.grading import Grading
from retina_studio.domain.shapes import Ellipse, Polygon, Shape

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
