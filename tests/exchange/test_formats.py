"""The table of formats, and every format's promise: what went out comes back within its tolerance."""

import shutil

import cv2
import numpy as np
import pytest
from exchange_examples import (
    HEIGHT,
    WIDTH,
    areas,
    content,
    graded,
    layer,
    record,
    there_and_back,
    write_picture,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import geometry as sg

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.shapes import Ellipse, Point
from retina_studio.exchange.formats import FORMATS, format_named
from retina_studio.exchange.masks import list_masks

SIZE = (HEIGHT, WIDTH)
GRADES = {"dr": 1, "ppa": False, "gradability": "usable"}
EXACT = ("masks", "labelme", "coco", "geojson", "dicom-seg", "counts")  # to the pixel
SAYS_GRADES = ("labelme", "coco", "geojson", "cvat", "csv")


@pytest.fixture
def picture(tmp_path):
    return write_picture(tmp_path / "study" / "a.png")


def test_the_table():
    assert list(FORMATS) == [
        "masks", "labelme", "coco", "geojson", "yolo", "cvat", "dicom-seg", "csv", "counts", "refuge",
    ]  # fmt: skip
    for entry in FORMATS.values():
        module = entry.load()
        assert callable(module.read_labels)
        assert callable(module.write_labels)
    with pytest.raises(RetinaError, match="no label format 'bmp'; use one of: masks, labelme"):
        format_named("bmp")


@pytest.mark.parametrize("form", EXACT)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lesions=st.lists(areas, min_size=1, max_size=3), disc=areas)
def test_areas_come_back_to_the_pixel(tmp_path_factory, picture, form, lesions, disc):
    grading = graded(*[("iHE", shape) for shape in lesions], ("OD", disc), absent={"PPA"})
    folder = tmp_path_factory.mktemp(form)
    back = there_and_back(form, [layer(grading, picture)], folder)
    for code in ("iHE", "OD"):
        mask = grading.mask(code, *SIZE)
        if mask.any():  # one too small for a pixel's centre is set as one pixel, so as not to say "none"
            assert np.array_equal(back.mask(code, *SIZE), mask)
    assert back.absent == {"PPA"}
    shutil.rmtree(folder)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    shapes=st.lists(areas, max_size=4), dr=st.integers(0, 4), comment=st.text(st.characters(codec="utf-8"))
)
def test_geojson_comes_back_exactly(tmp_path, shapes, dr, comment):
    places = [("iHE", shape) for shape in shapes]
    grading = graded(
        *places, ("fovea", Point(0.1 + 0.2, 7)), grades={"dr": dr}, absent={"OD"}, comment=comment
    )
    assert content(there_and_back("geojson", [layer(grading)], tmp_path)) == content(grading)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shape=areas)
def test_cvat_keeps_ellipses_and_pixels(tmp_path, shape):
    grading = graded(("iHE", shape))
    back = there_and_back("cvat", [layer(grading)], tmp_path)
    geometries = [each.geometry for each in back.shapes.values()]
    if isinstance(shape, Ellipse):
        (found,) = geometries
        turned = Ellipse(shape.x, shape.y, shape.a, shape.b, shape.angle % 360)
        assert found == turned
    else:
        left, top, right, bottom = shape.box
        if not shape.holes and min(left, top) >= 0 and right <= WIDTH and bottom <= HEIGHT:
            assert geometries == [shape]
        assert np.array_equal(back.mask("iHE", *SIZE), grading.mask("iHE", *SIZE))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shape=areas)
def test_yolo_moves_no_outline_by_more_than_its_tolerance(tmp_path, picture, shape):
    grading = graded(("iHE", shape))
    back = there_and_back("yolo", [layer(grading, picture)], tmp_path)
    rows, columns = np.nonzero(back.mask("iHE", *SIZE) != grading.mask("iHE", *SIZE))
    rings = [shape.outline(4000)] if isinstance(shape, Ellipse) else shape.rings
    edges = [sg.LineString([*ring, ring[0]]) for ring in rings]
    for row, column in zip(rows, columns, strict=True):
        assert min(edge.distance(sg.Point(column + 0.5, row + 0.5)) for edge in edges) < 0.03


@pytest.mark.parametrize("form", SAYS_GRADES)
def test_grades_come_back(tmp_path, picture, form):
    grading = graded(grades=GRADES, absent=() if form == "csv" else {"MA", "OD"}, comment="")
    assert content(there_and_back(form, [layer(grading, picture)], tmp_path)) == content(grading)


def test_refuge_comes_back_to_the_pixel(tmp_path):
    disc, cup = Ellipse(40, 30, 15, 12, 20), Ellipse(42, 31, 7, 8)
    grading = graded(("OD", disc), ("OC", cup), ("MA", Ellipse(5, 5, 2, 2)))
    back = there_and_back("refuge", [layer(grading)], tmp_path)
    assert set(cv2.imread(str(tmp_path / "a.png"), cv2.IMREAD_UNCHANGED).ravel().tolist()) == {0, 128, 255}
    for code in ("OD", "OC"):
        assert np.array_equal(back.mask(code, *SIZE), grading.mask(code, *SIZE))
    assert not back.labelled("MA")


LESIONS = ("MA", "iHE", "HaEx")


@pytest.mark.real_data
@pytest.mark.parametrize("form", [*EXACT, "cvat", "yolo"])
def test_real_lesions_come_back(real_data, tmp_path, form):
    """IDRiD's lesions, pixel for pixel, also where their outlines are written as text."""
    name = sorted(path.stem for path in (real_data / "idrid" / "MA").glob("*.png"))[3]
    size = (1200, 1600)
    for code in LESIONS:
        plane = cv2.imread(str(real_data / "idrid" / code / f"{name}.png"), cv2.IMREAD_UNCHANGED)
        (tmp_path / "in" / code).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "in" / code / f"{name}.png"), plane[600:1800, 800:2400])
    image, picture = record(name, size), write_picture(tmp_path / "picture.png", size)
    grading = list_masks(tmp_path / "in").read_image(name, image)
    back = there_and_back(form, [layer(grading, picture, image)], tmp_path / "out", image)
    assert {shape.label for shape in grading.shapes.values()} >= {"MA", "HaEx"}
    assert len(grading.shapes) > 20
    for code in LESIONS:
        differ = int((back.mask(code, *size) != grading.mask(code, *size)).sum())
        assert differ == 0, code


@pytest.mark.real_data
@pytest.mark.parametrize("form", ["dicom-seg", "geojson", "cvat", "yolo", "masks"])
def test_real_drusen_of_a_bscan_come_back(real_data, tmp_path, form):
    """What lies between the lines that a person drew for the pigment epithelium and Bruch's membrane."""
    path = sorted((real_data / "oct_drusen" / "rpe_bm_lines").glob("*.png"))[60]
    lines = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    between = np.cumsum(lines == 255, axis=0).astype(bool) & np.cumsum((lines == 127)[::-1], axis=0)[
        ::-1
    ].astype(bool)
    image = record(path.stem, lines.shape, modality="oct")
    folder = tmp_path / "in"
    (folder / "drusen").mkdir(parents=True)
    cv2.imwrite(str(folder / "drusen" / path.name), between * np.uint8(255))
    grading = list_masks(folder).read_image(path.stem, image)
    picture = real_data / "oct_drusen" / "images" / f"{path.stem}.jpg"
    back = there_and_back(form, [layer(grading, picture, image)], tmp_path / "out", image)
    assert between.any()
    assert np.array_equal(back.mask("drusen", *lines.shape), between)


def test_an_empty_grading_is_written_and_says_nothing(tmp_path, picture):
    for form in ("masks", "labelme", "coco", "geojson", "yolo", "cvat", "csv"):
        entry = FORMATS[form]
        out = tmp_path / form / entry.file if entry.file else tmp_path / form
        assert entry.load().write_labels(out, iter([layer(Grading(), picture)])) == 1
    for form in ("dicom-seg", "refuge"):
        with pytest.raises(RetinaError, match="nothing to export"):
            FORMATS[form].load().write_labels(tmp_path / form, iter([layer(Grading(), picture)]))
