"""labelme JSON, there and back; what labelme changes; what is refused."""

import base64
import json

import cv2
import numpy as np
import pytest
from exchange_examples import HEIGHT, HOLE, RING, WIDTH, areas, content, graded
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import scales_of
from retina_studio.domain.shapes import Ellipse, Point, Polygon
from retina_studio.exchange.labelme import load_labelme, write_labelme

SIZE = (HEIGHT, WIDTH)


def write(folder, grading, name="a"):
    return write_labelme(folder, name, f"../images/{name}.jpg", grading, *SIZE, "fundus")


def read(path, size=SIZE, modality="fundus"):
    return load_labelme(path).read(*size, modality)


def changed(path, change):
    form = json.loads(path.read_text())
    change(form)
    path.write_text(json.dumps(form))
    return path


def shape(**values):
    return {"label": "MA", "points": [[1, 1], [9, 1], [9, 9]], "shape_type": "polygon", **values}


def file_with(tmp_path, *shapes, **values):
    form = {"version": "5.5.0", "flags": {}, "shapes": shapes, "imagePath": "a.jpg", "imageData": None}
    path = tmp_path / "a.json"
    path.write_text(json.dumps({**form, "imageHeight": HEIGHT, "imageWidth": WIDTH, **values}))
    return path


def test_everything_comes_back(tmp_path, full_grading):
    back = read(write(tmp_path, full_grading))
    assert content(back) == content(full_grading)
    assert all(s.origin == "imported" for s in back.shapes.values())
    assert not back.shapes.keys() & full_grading.shapes.keys()


grades = st.fixed_dictionaries(
    {}, optional={scale.code: st.sampled_from(scale.values) for scale in scales_of("fundus")}
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shapes=st.lists(areas, max_size=4), grades=grades, comment=st.text(st.characters(codec="utf-8")))
def test_random_gradings_come_back_exactly(tmp_path, shapes, grades, comment):
    grading = graded(*[("iHE", s) for s in shapes], grades=grades, absent={"OD"}, comment=comment)
    back = read(write(tmp_path, grading))
    assert content(back) == content(grading)
    assert {k: type(v) for k, v in back.grades.items()} == {k: type(v) for k, v in grading.grades.items()}


def test_the_file_is_one_that_labelme_opens(tmp_path, full_grading):
    """The keys and types that labelme 5 and 6 read (`labelme/_label_file.py`)."""
    form = json.loads(write(tmp_path, full_grading).read_text())
    assert (form["imageHeight"], form["imageWidth"], form["imageData"]) == (HEIGHT, WIDTH, None)
    assert form["imagePath"] == "../images/a.jpg"
    assert all(isinstance(ticked, bool) for ticked in form["flags"].values())
    assert {key for key, ticked in form["flags"].items() if ticked} == {
        "dr=1", "ppa=false", "gradability=usable", "MA=none", "OC=none",
    }  # fmt: skip
    kinds = [entry["shape_type"] for entry in form["shapes"]]
    assert kinds == ["polygon", "point", "polygon", "mask", "point"]
    assert all(isinstance(v, float) for entry in form["shapes"] for point in entry["points"] for v in point)
    mask = form["shapes"][3]
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(mask["mask"]), np.uint8), cv2.IMREAD_UNCHANGED)
    (x0, y0), (x1, y1) = [[int(v) for v in point] for point in mask["points"]]
    plane = np.zeros(SIZE, bool)
    plane[y0 : y1 + 1, x0 : x1 + 1] = picture.astype(bool)  # as labelme2voc does
    assert np.array_equal(plane, full_grading.mask("CWS", *SIZE))


def test_what_was_changed_in_labelme_counts(tmp_path):
    grading = graded(("OD", Ellipse(40, 30, 12, 9)), ("CWS", Polygon(RING, (HOLE,))))

    def change(form):
        form["shapes"][0]["points"][5][0] += 3.0
        picture = np.zeros((6, 4), np.uint8)
        picture[1:, 1:] = 1
        form["shapes"][1]["mask"] = base64.b64encode(cv2.imencode(".png", picture)[1]).decode()
        form["shapes"][1]["points"] = [[50.0, 20.0], [53.0, 25.0]]

    back = read(changed(write(tmp_path, grading), change))
    disc, spot = [s.geometry for s in back.shapes.values()]
    assert isinstance(disc, Polygon)
    assert len(disc.points) == 64
    assert isinstance(spot, Polygon)
    expected = np.zeros(SIZE, bool)
    expected[21:26, 51:54] = True
    assert np.array_equal(back.mask("CWS", *SIZE), expected)


def test_the_other_shape_kinds_of_labelme(tmp_path):
    path = file_with(
        tmp_path,
        shape(shape_type="rectangle", points=[[30, 40], [10, 20]]),
        shape(shape_type="circle", points=[[10, 10], [13, 14]]),
        shape(shape_type="oriented_rectangle", points=[[5, 0], [10, 5], [5, 10], [0, 5]]),
        shape(label="FOVEA", shape_type="point", points=[[3, 4]]),
    )
    rectangle, circle, tilted, fovea = [s.geometry for s in read(path).shapes.values()]
    assert rectangle == Polygon(((30, 40), (10, 40), (10, 20), (30, 20)))
    assert circle == Ellipse(10, 10, 5, 5)
    assert tilted == Polygon(((5, 0), (10, 5), (5, 10), (0, 5)))
    assert fovea == Point(3, 4)


def test_image_names_come_from_the_path_that_is_never_opened(tmp_path):
    for image_path, expected in [
        ("..\\..\\images\\IDRiD_01.jpg", "IDRiD_01"),
        ("/etc/passwd", "passwd"),
        ("../../../x.y.png", "x.y"),
        ("", "a"),
    ]:
        names = load_labelme(file_with(tmp_path, shape(), imagePath=image_path)).names
        assert names[0] == expected
        assert names[-1] == "a"


def test_another_image_size_is_refused(tmp_path):
    path = write(tmp_path, graded(("OD", Ellipse(40, 30, 12, 9))))
    with pytest.raises(
        RetinaError, match=r"a\.json is for an image of 80 x 60 pixels, the image has 81 x 60"
    ):
        read(path, (60, 81))


PNG = base64.b64encode(cv2.imencode(".png", np.ones((5, 5), np.uint8))[1]).decode()


@pytest.mark.parametrize(
    "wrong",
    [
        shape(points=[[1, 1], [9, 1]]),
        shape(points=[[1, 1], [9, 1], [9, "9"]]),
        shape(points=[[1, 1], [9, 1], [9, None]]),
        shape(points=[[1, 1], [9, 1], [9, True]]),
        shape(points=[[1, 1], [9, 1], [9, 9, 9]]),
        shape(points=[[1, 1], [9, 1], [9, 1e7]]),
        shape(points=[[1, 1], [9, 1], [9, 10**400]]),
        shape(points="every one of 1000000000"),
        shape(points={"0": [1, 1]}),
        shape(label="blood"),
        shape(label=7),
        shape(label="drusen"),
        shape(label="fovea"),
        shape(shape_type="line", points=[[1, 1], [2, 2]]),
        shape(shape_type="linestrip"),
        shape(shape_type=None),
        shape(shape_type="circle", points=[[1, 1], [1, 1]]),
        shape(shape_type="point", points=[]),
        shape(shape_type="mask", points=[[1, 1], [5, 5]]),
        shape(shape_type="mask", points=[[1, 1], [5, 5]], mask="not base64!"),
        shape(shape_type="mask", points=[[1, 1], [6, 5]], mask=PNG),
        shape(shape_type="mask", points=[[76, 1], [80, 5]], mask=PNG),
        shape(shape_type="mask", points=[[0, 0], [1e6, 1e6]], mask=PNG),
        shape(shape_type="mask", points=[[1, 1], [5, 5]], mask=PNG[:40]),
        shape(retina_studio={"geometry": {"kind": "ellipse", "x": "nan", "y": 1, "a": 1, "b": 1}}),
        shape(retina_studio={"geometry": {"kind": "spiral"}}),
        shape(retina_studio="geometry"),
        "shape",
        None,
    ],
)
def test_a_wrong_shape_is_one_sentence(tmp_path, wrong):
    with pytest.raises(RetinaError, match=r"^a\.json[^\n]*\.$"):
        read(file_with(tmp_path, wrong))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        '{"shapes": 3}',
        '{"shapes": [{"label": "MA", "points": [[NaN, 1], [2, 2], [3, 1]]}]}',
        '{"shapes": [{"label": "MA", "points": [[Infinity, 1], [2, 2], [3, 1]]}]}',
        '{"shapes": [{"label": "MA", "points": [[1e999, 1], [2, 2], [3, 1]]}]}',
        '{"shapes": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"shapes": [], "more": ' + '{"a":' * 100_000 + "1" + "}" * 100_000 + "}",
        '{"shapes": [], "imageHeight": "60"}',
        '{"shapes": [], "flags": ["dr=2"]}',
        '{"shapes": [], "imagePath": 3}',
        '{"shapes": [], "flags": {"dr=1": true, "dr=2": true}}',
        '{"shapes": [{"label": "MA", "points": [[1, 1], [2, 2], [3, 1]]}], "flags": {"MA=none": true}}',
    ],
)
def test_a_wrong_file_is_one_sentence(tmp_path, text):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(RetinaError, match=r"^a\.json[^\n]*\.$"):
        read(path)


def test_bytes_that_are_no_text(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b'{"shapes": [], "imagePath": "\xff\xfe"}')
    with pytest.raises(RetinaError, match=r"^a\.json[^\n]*\.$"):
        load_labelme(path)
    with pytest.raises(RetinaError, match="cannot be read"):
        load_labelme(tmp_path / "absent.json")


def test_no_name_leads_out_of_the_folder(tmp_path):
    with pytest.raises(RetinaError, match="rename it"):
        write(tmp_path / "out", graded(), "../a")
    assert list(tmp_path.iterdir()) == []
