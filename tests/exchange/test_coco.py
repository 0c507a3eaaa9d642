"""COCO JSON, there and back, and as pycocotools sees it."""

import contextlib
import io
import json

import numpy as np
import pytest
from exchange_examples import HEIGHT, HOLE, RING, WIDTH, areas, content, graded
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import catalogue
from retina_studio.domain.shapes import Ellipse, Point, Polygon
from retina_studio.exchange.coco import CocoImage, load_coco, write_coco

# pycocotools' own array class predates NumPy 2's `copy` keyword.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning")

SIZE = (HEIGHT, WIDTH)


def write(tmp_path, *gradings):
    path = tmp_path / "labels.json"
    images = (CocoImage(f"im.{n}", f"im.{n}.jpg", *SIZE, grading) for n, grading in enumerate(gradings))
    assert write_coco(path, images) == len(gradings)
    return path


def read(path, name="im.0", size=SIZE, modality="fundus"):
    return load_coco(path).read(name, *size, modality)


def pycoco(path):
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(path))


def annotation(**values):
    return {"id": 1, "image_id": 1, "category_id": 1, "segmentation": [[1, 1, 9, 1, 9, 9]], **values}


def file_with(tmp_path, *annotations, **values):
    form = {
        "images": [{"id": 1, "file_name": "im.0.jpg", "height": HEIGHT, "width": WIDTH}],
        "annotations": annotations,
        "categories": [{"id": 1, "name": "ma"}, {"id": 2, "name": "fovea"}, {"id": 3, "name": "cyst"}],
    }
    path = tmp_path / "labels.json"
    path.write_text(json.dumps(form | values))
    return path


def test_everything_comes_back(tmp_path, full_grading):
    other = graded(("OD", Ellipse(5, 5, 3, 2, 10)))
    path = write(tmp_path, full_grading, other, graded())
    assert list(load_coco(path).images) == ["im.0", "im.1", "im.2"]
    assert content(read(path)) == content(full_grading)
    assert content(read(path, "im.1")) == content(other)
    assert content(read(path, "im.2")) == content(graded())


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shapes=st.lists(areas, max_size=4), dr=st.integers(0, 4), comment=st.text())
def test_random_gradings_come_back_exactly(tmp_path, shapes, dr, comment):
    comment = comment.encode("utf-8", "ignore").decode()
    grading = graded(*[("iHE", s) for s in shapes], grades={"dr": dr}, absent={"OD"}, comment=comment)
    path = write(tmp_path, grading)
    assert content(read(path)) == content(grading)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shapes=st.lists(areas, min_size=1, max_size=4))
def test_pycocotools_sees_identical_masks_where_rle_is_used(tmp_path, shapes):
    api = pycoco(write(tmp_path, graded(*[("iHE", s) for s in shapes])))
    for number, geometry in enumerate(shapes, start=1):
        entry = api.anns[number]
        if isinstance(geometry, Polygon) and not geometry.holes:
            assert np.allclose(np.reshape(entry["segmentation"], (-1, 2)), geometry.points)
            continue
        mask = graded(("iHE", geometry)).mask("iHE", *SIZE)
        assert np.array_equal(api.annToMask(entry), mask)
        assert entry["area"] == mask.sum()
        box = coco_mask.toBbox(api.annToRLE(entry))
        if mask.any():
            assert entry["bbox"] == box.tolist()


def test_pycocotools_reads_categories_points_and_polygons(tmp_path, full_grading):
    api = pycoco(write(tmp_path, full_grading))
    assert [category["name"] for category in api.loadCats(api.getCatIds())] == list(catalogue())
    fovea = api.loadAnns(api.getAnnIds(catIds=api.getCatIds(["fovea"])))
    assert [entry["keypoints"] for entry in fovea] == [[12.125, 44.5, 2]]
    (polygon,) = api.loadAnns(api.getAnnIds(catIds=api.getCatIds(["HaEx"])))
    own, theirs = full_grading.mask("HaEx", *SIZE), api.annToMask(polygon).astype(bool)
    assert (own & theirs).sum() / (own | theirs).sum() > 0.9  # pycocotools has another rule for outlines
    assert polygon["bbox"] == [9.0, 10.0, 21.25, 23.0]


def test_rle_of_others_compressed_or_not(tmp_path):
    plane = np.zeros(SIZE, np.uint8)
    plane[5:20, 5:20], plane[10:14, 10:14], plane[59, 79] = 1, 0, 1
    compressed = coco_mask.encode(np.asfortranarray(plane))["counts"].decode()
    flat = plane.T.ravel()
    edges = np.flatnonzero(np.diff(flat)) + 1
    counts = np.diff([0, *edges.tolist(), flat.size]).tolist()
    for form in (compressed, counts):
        path = file_with(tmp_path, annotation(segmentation={"size": list(SIZE), "counts": form}, iscrowd=1))
        grading = read(path)
        assert np.array_equal(grading.mask("MA", *SIZE), plane.astype(bool))
        assert len(grading.shapes) == 2


def test_exact_geometry_counts_only_while_the_pixels_are_its_own(tmp_path):
    path = write(tmp_path, graded(("CWS", Polygon(RING, (HOLE,)))))
    form = json.loads(path.read_text())
    form["annotations"][0]["segmentation"]["counts"] = [0, 120, HEIGHT * WIDTH - 120]
    path.write_text(json.dumps(form))
    expected = np.zeros(SIZE, bool)
    expected[:, :2] = True
    assert np.array_equal(read(path).mask("CWS", *SIZE), expected)


def test_parts_of_one_annotation_and_keypoints(tmp_path):
    two = annotation(segmentation=[[1, 1, 9, 1, 9, 9], [20, 20, 30, 20, 30, 30, 20, 30]])
    point = annotation(id=2, category_id=2, segmentation=[], keypoints=[4, 5, 2])
    shapes = [s.geometry for s in read(file_with(tmp_path, two, point)).shapes.values()]
    assert [len(s.points) for s in shapes[:2]] == [3, 4]
    assert shapes[2] == Point(4, 5)


@pytest.mark.parametrize(
    "wrong",
    [
        annotation(segmentation=[]),
        annotation(segmentation=[[1, 1, 2, 2]]),
        annotation(segmentation=[[1, 1, 9, 1, 9, 9, 4]]),
        annotation(segmentation=[["1", 1, 9, 1, 9, 9]]),
        annotation(segmentation=[[1, 1, 9, 1, 9, 2e6]]),
        annotation(segmentation=[[1, 1, 9, 1, 9, 10**400]]),
        annotation(segmentation=7),
        annotation(segmentation={"size": [10**9, 10**9], "counts": [10**18]}),
        annotation(segmentation={"size": [HEIGHT, WIDTH], "counts": [10**18]}),
        annotation(segmentation={"size": [HEIGHT, WIDTH], "counts": [0, HEIGHT * WIDTH + 1, -1]}),
        annotation(segmentation={"size": [HEIGHT, WIDTH], "counts": "~~~~"}),
        annotation(segmentation={"size": [HEIGHT, WIDTH], "counts": [1.5]}),
        annotation(segmentation={"size": [HEIGHT], "counts": []}),
        annotation(segmentation=[], keypoints=[4, 5]),
        annotation(segmentation=[], keypoints=[4, 5, 2]),  # MA cannot be a point
        annotation(category_id=2),  # the fovea cannot be an outline
        annotation(category_id=3),
        annotation(category_id=9),
        annotation(category_id="1"),
        annotation(image_id=2),
        annotation(retina_studio={"geometry": []}),
        annotation(id=None),
        [],
    ],
)
def test_a_wrong_annotation_is_one_sentence(tmp_path, wrong):
    with pytest.raises(RetinaError, match=r"^labels\.json[^\n]*\.$"):
        read(file_with(tmp_path, wrong))


IMAGE = {"id": 1, "file_name": "im.0.jpg", "height": HEIGHT, "width": WIDTH}


@pytest.mark.parametrize(
    "values",
    [
        {"images": [IMAGE, IMAGE]},
        {"images": [IMAGE, {**IMAGE, "file_name": "other.jpg"}]},
        {"images": [IMAGE, {**IMAGE, "id": 2, "file_name": "folder\\im.0.png"}]},
        {"images": [{**IMAGE, "height": "60"}]},
        {"images": [{**IMAGE, "height": 61}]},
        {"images": {}},
        {"categories": [{"id": 1, "name": "MA"}, {"id": 1, "name": "OD"}]},
        {"images": [{**IMAGE, "retina_studio": {"grades": {"dr": 9}}}]},
        {"images": [{**IMAGE, "retina_studio": {"grades": {"oct": "cnv"}}}]},
        {"images": [{**IMAGE, "retina_studio": {"grades": {"mood": 1}}}]},
        {"images": [{**IMAGE, "retina_studio": {"absent": ["drusen"]}}]},
        {"images": [{**IMAGE, "retina_studio": {"absent": ["MA"]}}]},
    ],
)
def test_a_wrong_file_is_one_sentence(tmp_path, values):
    with pytest.raises(RetinaError, match=r"^labels\.json[^\n]*\.$"):
        read(file_with(tmp_path, annotation(), **values))


@pytest.mark.parametrize("text", ["", "[]", '{"images": NaN}', '{"images": ' + "[" * 10**5, '{"images": []}'])
def test_what_is_no_coco_is_one_sentence(tmp_path, text):
    path = tmp_path / "labels.json"
    path.write_text(text)
    with pytest.raises(RetinaError, match=r"^labels\.json[^\n]*\.$"):
        load_coco(path)
