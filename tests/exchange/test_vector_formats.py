"""GeoJSON, YOLO and CVAT as other programs write and read them."""

import json

import cv2
import numpy as np
import pytest
from defusedxml import ElementTree as Xml
from exchange_examples import (
    HEIGHT,
    HOLE,
    RING,
    WIDTH,
    content,
    graded,
    layer,
    record,
    there_and_back,
    write_picture,
)
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape as shapely_shape

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import rasterise
from retina_studio.domain.shapes import Ellipse, Point, Polygon
from retina_studio.exchange import cvat, geojson, yolo
from retina_studio.exchange.outlines import ellipse_ring, joined, parted

SIZE = (HEIGHT, WIDTH)
SQUARE = ((2.0, 3.0), (9.0, 3.0), (9.0, 8.0), (2.0, 8.0))


@pytest.fixture
def picture(tmp_path):
    return write_picture(tmp_path / "study" / "a.png")


def feature(kind, coordinates, **properties):
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": {"label": "MA", **properties},
    }


def read_geojson(tmp_path, *features, **values):
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **values}))
    (found,) = geojson.read_labels(path)
    return found.read(record())


CLOSED = [[2, 3], [9, 3], [9, 8], [2, 3]]


def test_geojson_is_what_shapely_reads(tmp_path, full_grading):
    geojson.write_labels(tmp_path, iter([layer(full_grading)]))
    features = json.loads((tmp_path / "a.geojson").read_text())["features"]
    forms = [shapely_shape(entry["geometry"]) for entry in features]
    assert [form.geom_type for form in forms] == ["Polygon", "Point", "Polygon", "Polygon", "Point"]
    assert all(form.is_valid for form in forms)
    assert len(forms[3].interiors) == 1
    assert forms[0].area == pytest.approx(np.pi * 12.5 * 9.25, rel=0.005)
    assert features[0]["properties"]["classification"]["name"] == "OD"


def test_geojson_of_qupath_and_multipolygons(tmp_path):
    entry = feature("MultiPolygon", [[CLOSED], [[[20, 20, 0], [30, 20, 0], [30, 30, 0], [20, 20, 0]]]])
    entry["properties"] = {"objectType": "annotation", "classification": {"name": "HaEx", "color": [1, 2, 3]}}
    shapes = list(read_geojson(tmp_path, entry).shapes.values())
    assert [(shape.label, len(shape.geometry.points)) for shape in shapes] == [("HaEx", 3), ("HaEx", 3)]


def test_geojson_takes_a_changed_ellipse_as_it_was_drawn(tmp_path):
    geojson.write_labels(tmp_path, iter([layer(graded(("OD", Ellipse(40, 30, 12, 9))))]))
    form = json.loads((tmp_path / "a.geojson").read_text())
    form["features"][0]["geometry"]["coordinates"][0][3][0] += 2.5
    (shape,) = read_geojson(tmp_path, *form["features"]).shapes.values()
    assert isinstance(shape.geometry, Polygon)


@pytest.mark.parametrize(
    "wrong",
    [
        feature("Polygon", [CLOSED[:-1]]),
        feature("Polygon", [CLOSED[:3]]),
        feature("Polygon", []),
        feature("Polygon", [[[1, 1], [2, 2], ["3", 1], [1, 1]]]),
        feature("Polygon", [[[1, 1], [2, 2], [True, 1], [1, 1]]]),
        feature("Polygon", [[[1, 1], [2, 2], [1e300, 1], [1, 1]]]),
        feature("Polygon", [[[1, 1], [2, 2], [10**400, 1], [1, 1]]]),
        feature("Polygon", [[[1], [2], [3], [1]]]),
        feature("Polygon", 3),
        feature("LineString", CLOSED),
        feature("GeometryCollection", []),
        feature("Point", [4, 5]),
        feature("Polygon", [CLOSED], label="tumour"),
        feature("Polygon", [CLOSED], label=""),
        feature("Polygon", [CLOSED], label="drusen"),
        {"type": "Feature", "geometry": None, "properties": {}},
        None,
    ],
)
def test_a_wrong_feature_is_one_sentence(tmp_path, wrong):
    with pytest.raises(RetinaError, match=r"^a\.geojson[^\n]*\.$"):
        read_geojson(tmp_path, wrong)


def test_what_is_no_feature_collection_or_of_another_image(tmp_path):
    with pytest.raises(RetinaError, match="no FeatureCollection"):
        read_geojson(tmp_path, type="Feature")
    with pytest.raises(RetinaError, match="for 81 x 60 pixels and a has 80 x 60"):
        read_geojson(tmp_path, retina_studio={"width": WIDTH + 1, "height": HEIGHT})
    with pytest.raises(RetinaError, match="another image than a, by its content"):
        read_geojson(tmp_path, retina_studio={"sha256": "beef"})


points = st.tuples(st.integers(0, 20).map(float), st.integers(0, 20).map(float))
rings = st.lists(points, min_size=3, max_size=7).map(tuple)


outers = rings.map(lambda ring: ((0.0, 0.0), (21.0, 0.0), *ring, (0.0, 21.0)))


@given(st.builds(Polygon, outers, st.lists(rings, max_size=3).map(tuple)))
def test_a_cut_changes_no_pixel_and_parting_it_neither(polygon):
    mask = rasterise(polygon, 24, 24)
    ring = joined(polygon)
    assert np.array_equal(rasterise(Polygon(ring), 24, 24), mask)
    assert np.array_equal(rasterise(parted(ring), 24, 24), mask)


def test_holes_are_parted_again_vertex_by_vertex():
    other = ((11.0, 12.0), (13.0, 12.0), (12.0, 14.0))
    for holes in ((HOLE,), (HOLE, other), (other, HOLE)):
        polygon = Polygon(RING, holes)
        back = parted(joined(polygon))
        assert back.points == RING
        assert {frozenset(hole) for hole in back.holes} == {frozenset(hole) for hole in holes}
    assert parted(RING) == Polygon(RING)


def test_a_large_outline_is_parted_in_no_time():
    turn = np.linspace(0, 2 * np.pi, 100_000, endpoint=False)
    ring = tuple(map(tuple, np.column_stack([np.cos(turn), np.sin(turn)]).tolist()))
    hole = tuple((x / 2, y / 2) for x, y in ring)
    assert parted(joined(Polygon(ring, (hole,)))) == Polygon(ring, (hole,))


@given(st.floats(0.5, 900), st.floats(0.5, 900))
def test_an_ellipse_is_a_polygon_within_its_tolerance(a, b):
    ring = np.array(ellipse_ring(Ellipse(0, 0, a, b)))
    middles = (ring + np.roll(ring, 1, axis=0)) / 2
    inside = 1 - np.hypot(middles[:, 0] / a, middles[:, 1] / b)  # in parts of the radius there
    assert (inside * max(a, b)).max() <= 0.0201


def yolo_folder(tmp_path, *lines, names="names:\n  0: MA\n  1: od\n"):
    (tmp_path / "labels" / "train").mkdir(parents=True)
    (tmp_path / "data.yaml").write_text(f"path: .\ntrain: images\n{names}nc: 2\n")
    (tmp_path / "labels" / "train" / "a.txt").write_text("\n".join(lines))
    (found,) = yolo.read_labels(tmp_path)
    return found.read(record())


@pytest.mark.parametrize(
    "names",
    [
        "names:\n  0: MA\n  1: od\n",
        "names:\n  1: 'od' # the disc\n\n  0: \"MA\"\n",
        "names:\n- MA\n- od\n".replace("- ", "  - "),
        "names: ['MA', \"od\"]\n",
        "names: [MA, od] # two\n",
    ],
)
def test_yolo_of_ultralytics(tmp_path, names):
    grading = yolo_folder(tmp_path, "1 0.25 0.5 0.5 0.5 0.5 0.75", "", names=names)
    assert content(grading)[0] == [("OD", Polygon(((20.0, 30.0), (40.0, 30.0), (40.0, 45.0))))]


def test_yolo_writes_what_ultralytics_reads(tmp_path, full_grading, picture):
    assert yolo.write_labels(tmp_path / "out", iter([layer(full_grading, picture)])) == 1
    assert (tmp_path / "out" / "images" / "a.png").read_bytes() == picture.read_bytes()
    data = (tmp_path / "out" / "data.yaml").read_text()
    assert data.startswith('path: .\ntrain: images\nval: images\nnames:\n  0: "MA"\n  1: "iHE"\n')
    lines = (tmp_path / "out" / "labels" / "a.txt").read_text().splitlines()
    assert [int(line.split()[0]) for line in lines] == [8, 2, 3]  # OD, HaEx, CWS; the points are lost
    for line in lines:
        numbers = [float(number) for number in line.split()[1:]]
        assert len(numbers) % 2 == 0
        assert len(numbers) >= 6
        assert all(0 <= number <= 1 for number in numbers)
    ring = np.array(numbers).reshape(-1, 2) * (WIDTH, HEIGHT)  # as Ultralytics fills it, in whole pixels
    filled = np.zeros(SIZE, np.uint8)
    cv2.fillPoly(filled, [ring.astype(np.int32)], 1)
    own = full_grading.mask("CWS", *SIZE)
    assert (filled & own).sum() / (filled | own).sum() > 0.8


def test_yolo_of_both_modalities_is_refused(tmp_path, picture):
    layers = [layer(graded(), picture), layer(graded(), picture, image=record("b", modality="oct"))]
    with pytest.raises(RetinaError, match="export photographs and B-scans apart"):
        yolo.write_labels(tmp_path, iter(layers))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("0 0.5 0.5 0.2 0.2", "a box alone is not taken"),
        ("0 0.1 0.1 0.2 0.2 0.3", "a box alone is not taken"),
        ("0 0.1 0.1 0.2 0.2 0.3 nan", "from 0 to 1"),
        ("0 0.1 0.1 0.2 0.2 0.3 inf", "from 0 to 1"),
        ("0 0.1 0.1 0.2 0.2 0.3 17.5", "from 0 to 1"),
        ("0 0.1 0.1 0.2 0.2 0.3 -1", "from 0 to 1"),
        ("7 0.1 0.1 0.2 0.2 0.3 0.1", "no class 7"),
        ("MA 0.1 0.1 0.2 0.2 0.3 0.1", "written wrongly"),
        ("0 0.1 0.1 0.2 0.2 0.3 x", "written wrongly"),
        ("9" * 5000 + " 0.1 0.1 0.2 0.2 0.3 0.1", "written wrongly"),
    ],
)
def test_a_wrong_line_is_one_sentence(tmp_path, line, sentence):
    with pytest.raises(RetinaError, match=rf"^a\.txt, line 2[^\n]*{sentence}[^\n]*\.$"):
        yolo_folder(tmp_path, "0 0.1 0.1 0.2 0.2 0.3 0.1", line)


@pytest.mark.parametrize(
    "names", ["", "names: *anchor\n", "names: {0: MA}\n", "names:\n", "names: [tumour]\n"]
)
def test_class_names_that_cannot_be_read_or_are_no_labels(tmp_path, names):
    with pytest.raises(RetinaError, match=r"^(data\.yaml|a\.txt)[^\n]*\.$"):
        yolo_folder(tmp_path, "0 0.1 0.1 0.2 0.2 0.3 0.1", names=names)


def cvat_file(tmp_path, inside, about='width="80" height="60"', name="a.jpg"):
    path = tmp_path / "annotations.xml"
    path.write_text(
        f'<?xml version="1.0" encoding="utf-8"?><annotations><version>1.1</version>'
        f'<image id="0" name="{name}" {about}>{inside}</image></annotations>'
    )
    (found,) = cvat.read_labels(path)
    return found.read(record())


def test_cvat_keeps_what_it_can_say(tmp_path, full_grading):
    back = there_and_back("cvat", [layer(full_grading)], tmp_path)
    shapes, grades, absent, comment = content(back)
    expected = content(full_grading)
    assert [entry for entry in shapes if entry[0] != "CWS"] == [e for e in expected[0] if e[0] != "CWS"]
    assert np.array_equal(back.mask("CWS", *SIZE), full_grading.mask("CWS", *SIZE))
    assert (grades, absent, comment) == expected[1:]


def test_cvat_is_written_as_cvat_writes_it(tmp_path, full_grading):
    """The elements and attributes of CVAT's own dumper (cvat/apps/dataset_manager/formats/cvat.py)."""
    violating = frozenset([next(iter(full_grading.shapes))])
    cvat.write_labels(tmp_path / "annotations.xml", iter([layer(full_grading, violating=violating)]))
    root = Xml.parse(tmp_path / "annotations.xml").getroot()
    image = root.find("image")
    assert (root.tag, root.findtext("version")) == ("annotations", "1.1")
    assert image.attrib == {"id": "0", "name": "a.png", "width": "80", "height": "60"}
    assert [part.tag for part in image] == ["ellipse", "points", "polygon", "mask", "points", "tag"]
    ellipse, mask = image.find("ellipse"), image.find("mask")
    assert {key: float(ellipse.get(key)) for key in ("cx", "cy", "rx", "ry", "rotation")} == {
        "cx": 40.3, "cy": 30.1, "rx": 12.5, "ry": 9.25, "rotation": 31.0,
    }  # fmt: skip
    assert ellipse.findtext("attribute") == "false"
    runs = [int(run) for run in mask.get("rle").split(", ")]
    inside = np.repeat(np.arange(len(runs)) % 2, runs).reshape(int(mask.get("height")), -1)
    top, left = int(mask.get("top")), int(mask.get("left"))
    own = full_grading.mask("CWS", *SIZE)
    assert np.array_equal(own[top : top + inside.shape[0], left : left + inside.shape[1]], inside)
    labels = [entry.findtext("name") for entry in root.iter("label")]
    assert labels[:2] == ["MA", "iHE"]
    assert labels[-1] == "image grades"


def test_cvat_of_others(tmp_path):
    inside = (
        '<polygon label="od" points="1,2;30.5,2;30,40" occluded="0" z_order="0"/>'
        '<box label="HaEx" xtl="10" ytl="20" xbr="20" ybr="24" rotation="90"/>'
        '<points label="fovea" points="50,30"/>'
        '<mask label="MA" rle="1, 3, 2" left="5" top="6" width="3" height="2"/>'
        '<tag label="image grades"><attribute name="dr">2</attribute><attribute name="mood">9</attribute></tag>'
    )
    grading = cvat_file(tmp_path, inside)
    shapes = {shape.label: shape.geometry for shape in grading.shapes.values()}
    assert shapes["OD"] == Polygon(((1, 2), (30.5, 2), (30, 40)))
    assert shapes["fovea"] == Point(50, 30)
    assert np.allclose(shapes["HaEx"].points, [(17, 17), (17, 27), (13, 27), (13, 17)])
    rows, columns = np.nonzero(grading.mask("MA", *SIZE))
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == [(6, 6), (6, 7), (7, 5)]
    assert grading.grades == {"dr": 2}


def test_a_comment_with_signs_that_xml_cannot_hold(tmp_path):
    grading = graded(comment="a\x00b\x0bc\ud800 <&> \U0001f600 \t ok")
    back = there_and_back("cvat", [layer(grading)], tmp_path)
    assert back.comment == "a\ufffdb\ufffdc\ufffd <&> \U0001f600 \t ok"


@pytest.mark.parametrize(
    "inside",
    [
        '<polygon label="MA" points="1,2;3,4"/>',
        '<polygon label="MA" points="1,2;3,4;5"/>',
        '<polygon label="MA" points="1,2;3,4;5,nan"/>',
        '<polygon label="MA" points="1,2;3,4;5,inf"/>',
        '<polygon label="MA" points="1,2;3,4;5,1e7"/>',
        '<polygon label="MA"/>',
        '<polygon points="1,2;3,4;5,6"/>',
        '<polygon label="tumour" points="1,2;3,4;5,6"/>',
        '<polyline label="MA" points="1,2;3,4;5,6"/>',
        '<cuboid label="MA"/>',
        '<skeleton label="MA"/>',
        '<tag label="blurred"/>',
        '<points label="MA" points="5,6"/>',
        '<ellipse label="MA" cx="5" cy="5" rx="0" ry="2"/>',
        '<ellipse label="MA" cx="5" cy="5" rx="nan" ry="2"/>',
        '<ellipse label="MA" cx="5" cy="5" ry="2"/>',
        '<mask label="MA" rle="3" left="0" top="0" width="2" height="2"/>',
        '<mask label="MA" rle="-1, 5" left="0" top="0" width="2" height="2"/>',
        '<mask label="MA" rle="4000000000000" left="0" top="0" width="2000000" height="2000000"/>',
        '<mask label="MA" rle="" left="0" top="0" width="2" height="2"/>',
        '<mask label="MA" rle="4" left="79" top="0" width="2" height="2"/>',
        '<mask label="MA" rle="4" left="0" top="0" width="2"/>',
        '<tag label="image grades"><attribute name="dr">9</attribute></tag>',
        '<tag label="image grades"><attribute name="answered none">tumour</attribute></tag>',
    ],
)
def test_a_wrong_element_is_one_sentence(tmp_path, inside):
    with pytest.raises(RetinaError, match=r"^annotations\.xml, a\.jpg, element 1[^\n]*\.$"):
        cvat_file(tmp_path, inside)


def test_a_cvat_file_of_another_image_or_of_a_video(tmp_path):
    with pytest.raises(RetinaError, match="1000000000 x 60 pixels and a has 80 x 60"):
        cvat_file(tmp_path, "", 'width="1000000000" height="60"')
    for about in ("", 'width="wide" height="60"'):
        with pytest.raises(RetinaError, match=r"^annotations\.xml, a\.jpg[^\n]*\.$"):
            cvat_file(tmp_path, "", about)
    path = tmp_path / "annotations.xml"
    for text in (
        "<annotations><track id='0'/></annotations>",
        "<html/>",
        "",
        "<annotations>",
        "<a" * 100_000,
    ):
        path.write_text(text)
        with pytest.raises(RetinaError, match=r"^annotations\.xml is no [^\n]*\.$"):
            list(cvat.read_labels(path))
