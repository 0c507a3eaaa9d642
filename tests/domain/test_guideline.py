"""The live check of grades against what is drawn, and its file of rules."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retina_studio.domain import findings as live
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.facts import LastBoxes, boxes_of
from retina_studio.domain.findings import ImageFrame, findings, guideline
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import catalogue, labels_of, scales
from retina_studio.domain.rules import listed, read_guideline
from retina_studio.domain.shapes import Ellipse, Point, Polygon, Shape
from retina_studio.paths import resources

FUNDUS = ImageFrame("fundus", "OD", 1000, 800)
SCAN = ImageFrame("oct", "OD", 500, 400)
DISC, FOVEA = Ellipse(700, 400, 80, 90), Point(260, 420)


def lesions(code, number, x=300.0, y=400.0):
    """So many shapes of a label round a position."""
    return [(code, Ellipse(x + 7 * (n % 5 - 2), y + 7 * (n // 5), 3, 2)) for n in range(number)]


def grading_of(*drawn, absent=(), **grades):
    shapes = [Shape(code, geometry, f"s{n}") for n, (code, geometry) in enumerate(drawn)]
    grading = Grading({shape.id: shape for shape in shapes}, absent=frozenset(absent))
    for scale, value in grades.items():
        grading = grading.with_grade(scale, value)
    return grading


def said(grading, frame=FUNDUS):
    """Sentence by rule, without the notes about a disc and a fovea that these gradings do not draw."""
    found = {finding.rule: finding.text for finding in findings(grading, frame)}
    return {rule: text for rule, text in found.items() if rule not in ("disc-missing", "fovea-missing")}


def four_quadrants(each):
    corners = [(x, y) for x in (100, 400) for y in (100, 600)]
    return [item for x, y in corners for item in lesions("iHE", each, x, y)]


@pytest.mark.parametrize(
    ("drawn", "grades", "expected"),
    [
        ([], {"dr": 0}, {}),
        (lesions("MA", 1), {"dr": 0}, {"dr-lesions": "DR0, but 1 microaneurysm is drawn: DR1 or more."}),
        (lesions("MA", 2), {"dr": 1}, {}),
        ([], {"dr": 1}, {"dr1-evidence": "DR1, but no microaneurysm is drawn."}),
        (
            lesions("iHE", 3),
            {"dr": 1},
            {"dr-lesions": "DR1, but 3 intraretinal haemorrhages are drawn: DR2 or more."},
        ),
        (
            [*lesions("MA", 4), *lesions("iHE", 1), *lesions("NV", 1)],
            {"dr": 1},
            {
                "dr-lesions": "DR1, but 1 intraretinal haemorrhage and 1 area of neovascularisation are drawn: DR4."
            },
        ),
        (
            lesions("HaEx", 2),
            {"dr": 1},
            {"dr-lesions-indirect": "DR1, but 2 hard exudates are drawn, a sign of DR2 or more."},
        ),
        (
            [*lesions("iHE", 1), *lesions("FiP", 1)],
            {"dr": 2},
            {"dr-lesions-indirect": "DR2, but 1 area of fibrous proliferation is drawn, a sign of DR4."},
        ),
        ([], {"dr": 2}, {"dr2-evidence": "DR2, but no haemorrhage or hard exudate is drawn."}),
        (
            lesions("HaEx", 1),
            {"dr": 2},
            {"dr2-indirect": "DR2 rests on hard exudates alone: no intraretinal haemorrhage is drawn."},
        ),
        (
            [*lesions("iHE", 1), *lesions("CWS", 2)],
            {"dr": 2},
            {"dr2-cotton-wool": "DR2 with 2 cotton-wool spots: look for the signs of DR3."},
        ),
        (
            lesions("iHE", 1),
            {"dr": 2, "venous_beading": 3},
            {"dr-venous-beading": "DR2, but venous beading is recorded in 3 quadrants: DR3 or more."},
        ),
        (lesions("iHE", 1), {"dr": 2, "venous_beading": 1}, {}),
        (
            lesions("iHE", 1),
            {"dr": 2, "irma": 1},
            {"dr-irma": "DR2, but IRMA is recorded in 1 quadrant: DR3 or more."},
        ),
        (
            lesions("iHE", 5),
            {"dr": 3, "venous_beading": 1},
            {
                "dr3-evidence": "DR3, but none of its signs is recorded: more than 20 haemorrhages in each of the four "
                "quadrants, venous beading in 2 quadrants, or IRMA in 1 quadrant."
            },
        ),
        (lesions("iHE", 5), {"dr": 3, "venous_beading": 2}, {}),
        (lesions("iHE", 5), {"dr": 3, "irma": 1}, {}),
        (lesions("pHE", 1), {"dr": 4}, {}),
        (
            [],
            {"dr": 4},
            {
                "dr4-evidence": "DR4, but no neovascularisation and no vitreous or preretinal haemorrhage is drawn."
            },
        ),
        (
            lesions("FiP", 1),
            {"dr": 4},
            {
                "dr4-indirect": "DR4 rests on fibrous proliferation alone: no neovascularisation and no vitreous or "
                "preretinal haemorrhage is drawn."
            },
        ),
        (lesions("iHE", 3), {"glaucoma": False}, {}),  # no DR grade yet
        ([], {"gradability": "ungradable"}, {}),
        (
            lesions("iHE", 3),
            {"dr": 1, "ppa": False, "gradability": "ungradable"},
            {"ungradable-graded": "Ungradable, yet graded: Diabetic retinopathy and Peripapillary atrophy."},
        ),
    ],
)
def test_table_one(drawn, grades, expected):
    assert said(grading_of(*drawn, **grades)) == expected


def test_more_than_twenty_haemorrhages_in_each_quadrant_are_dr3():
    text = "DR2, but more than 20 intraretinal haemorrhages are drawn in each of the four quadrants: DR3 or more."
    many = [*four_quadrants(21), ("fovea", FOVEA)]
    assert said(grading_of(*many, dr=2)) == {"dr-quadrants": text}
    assert said(grading_of(*many, dr=3)) == {}
    assert said(grading_of(*many[1:], dr=2)) == {}
    assert set(said(grading_of(*many[1:], dr=3))) == {"dr3-evidence"}
    by_disc = [(code, geometry.moved(440, 0)) for code, geometry in four_quadrants(21)]
    assert said(grading_of(*by_disc, ("OD", DISC), dr=2)) == {"dr-quadrants": text}


def test_without_landmarks_quadrants_cannot_be_counted():
    uncounted = grading_of(*four_quadrants(30), dr=3)
    assert said(uncounted) == {
        "dr3-uncounted": "DR3 rests on its haemorrhages, which cannot be counted by quadrant: "
        "mark the fovea or the disc."
    }
    assert said(grading_of(*four_quadrants(30), dr=2)) == {}


@pytest.mark.parametrize(
    ("grading", "expected"),
    [
        (
            grading_of(("OC", Ellipse(700, 400, 30, 30)), ("OD", DISC), absent=["OC"]),
            {"label-denied": "Optic cup: answered none, but 1 optic cup is drawn."},
        ),
        (
            grading_of(*lesions("PPA", 2), ppa=False),
            {"grade-denied": "Peripapillary atrophy: none, but 2 areas of atrophy are drawn."},
        ),
        (grading_of(ppa=True), {"grade-undrawn": "Peripapillary atrophy: present, but not drawn."}),
        (grading_of(*lesions("PPA", 1), ppa=True), {}),
        (
            grading_of(("OD", DISC), ("OC", Ellipse(700, 400, 60, 76.5)), glaucoma=False),
            {"glaucoma-large-cup": "Glaucoma: no, but the vertical cup-disc ratio is 0.85."},
        ),
        (
            grading_of(("OD", DISC), ("OC", Ellipse(700, 400, 18, 18)), glaucoma=True),
            {"glaucoma-small-cup": "Glaucoma: yes or suspect, but the vertical cup-disc ratio is only 0.20."},
        ),
        (grading_of(("OD", DISC), ("OC", Ellipse(700, 400, 60, 60)), glaucoma=False), {}),
        (
            grading_of(("fovea", FOVEA), fovea_visible=False),
            {"fovea-denied": "The fovea is said not to be visible, but it is marked."},
        ),
        (
            grading_of(gradability="good", definition="poor", field="poor"),
            {"quality-reason": "Gradability is good, but image definition and field definition are poor."},
        ),
    ],
)
def test_answers_that_contradict_what_is_drawn(grading, expected):
    assert said(grading) == expected


@pytest.mark.parametrize(
    ("drawn", "oct_class", "expected"),
    [
        ([], "normal", {}),
        (lesions("drusen", 3), "normal", {"oct-normal": "The OCT class is normal, but 3 drusen are drawn."}),
        ([], "drusen", {"oct-evidence": 'The OCT class is "Drusen", but no drusen are drawn.'}),
        ([], "dme", {"oct-evidence": 'The OCT class is "Macular edema", but no fluid is drawn.'}),
        ([*lesions("drusen", 1), *lesions("CNV", 1), *lesions("fluid", 1)], "cnv", {}),
        (
            [*lesions("drusen", 1), *lesions("CNV", 1)],
            "drusen",
            {"oct-other-lesion": 'The OCT class is "Drusen", but 1 CNV lesion is drawn.'},
        ),
    ],
)
def test_the_class_of_a_bscan(drawn, oct_class, expected):
    drawn = [(code, geometry.moved(-100, -100)) for code, geometry in drawn]
    assert said(grading_of(*drawn, oct=oct_class), SCAN) == expected


def test_an_untouched_grading_is_left_in_peace():
    assert findings(Grading(), FUNDUS) == []
    assert findings(Grading(comment="later"), FUNDUS) == []


def test_errors_come_first_and_shapes_are_named():
    found = findings(grading_of(*lesions("iHE", 2), ppa=True, dr=1), FUNDUS)
    assert [finding.severity for finding in found] == ["error", "warning", "note", "note"]
    assert found[0].shape_ids == {"s0", "s1"}


areas = st.builds(
    Ellipse,
    st.floats(-50, 1050),
    st.floats(-50, 850),
    st.floats(0.5, 300),
    st.floats(0.5, 300),
    st.floats(-180, 180),
) | st.lists(st.tuples(st.integers(-50, 1050), st.integers(-50, 850)), min_size=3, max_size=6).map(
    lambda ring: Polygon(tuple((float(x), float(y)) for x, y in ring))
)
points = st.builds(Point, st.floats(-50, 1050), st.floats(-50, 850))


@st.composite
def any_gradings(draw, modality):
    """Any grading of a modality, however wrong."""
    drawn = []
    for _ in range(draw(st.integers(0, 8))):
        entry = draw(st.sampled_from(labels_of(modality)))
        kinds = [areas.filter(lambda area, kinds=entry.kinds: area.kind in kinds)] * (not entry.is_point)
        kinds += [points] * ("point" in entry.kinds)
        drawn.append((entry.code, draw(st.one_of(kinds))))
    codes = draw(st.sets(st.sampled_from([s.code for s in scales().values() if modality in s.modality])))
    grades = {code: draw(st.sampled_from(scales()[code].values)) for code in sorted(codes)}
    absent = draw(st.sets(st.sampled_from([entry.code for entry in labels_of(modality)]), max_size=3))
    return grading_of(*drawn, absent=absent, **grades)


@settings(max_examples=200, deadline=None)
@given(data=st.data(), modality=st.sampled_from(["fundus", "oct"]), eye=st.sampled_from(["OD", "OS", ""]))
def test_any_grading_can_be_checked(data, modality, eye):
    grading = data.draw(any_gradings(modality))
    frame = ImageFrame(modality, eye, 1000, 800)
    found = findings(grading, frame)
    assert found == findings(grading, frame)
    for finding in found:
        assert re.fullmatch(r"[A-Z0-9].*[.?]", finding.text)
        assert "{" not in finding.text
        assert finding.shape_ids <= grading.shapes.keys()
        if finding.fix is not None:
            assert finding.fix_title
            after = finding.fix.apply(grading)
            assert finding.fix.revert(after) == grading
            assert finding.rule not in {other.rule for other in findings(after, frame)}


@given(st.lists(areas | points, max_size=12))
def test_boxes_of_many_are_the_boxes_of_each(geometries):
    boxes = boxes_of(geometries)
    assert boxes.shape == (len(geometries), 4)
    for geometry, box in zip(geometries, boxes, strict=True):
        assert box == pytest.approx(geometry.box)


def test_boxes_follow_edits():
    """The boxes of the last grading are used again; a shape that moved has a new one."""
    first = grading_of(*lesions("MA", 6), dr=1)
    assert said(first) == {}
    moved = first.shapes["s3"].with_geometry(Ellipse(999, 400, 9, 2))
    assert set(said(first.with_shape(moved))) == {"off-frame"}
    assert said(first) == {}


@given(st.data(), st.lists(areas, min_size=1, max_size=8))
def test_kept_boxes_are_right_whatever_was_changed_in_between(data, geometries):
    kept = LastBoxes()
    for _ in range(3):
        some = data.draw(st.lists(st.sampled_from(geometries), max_size=8))
        some += data.draw(st.lists(areas, max_size=2))
        assert kept.of(some) == pytest.approx(boxes_of(some))


def test_phrases_are_listed_as_in_a_sentence():
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


# The file of rules


@pytest.fixture
def rewritten(tmp_path):
    """Read the rules with one text in the file replaced by another."""

    def read(old, new):
        text = (resources() / "guideline.toml").read_text()
        assert old in text
        (tmp_path / "guideline.toml").write_text(text.replace(old, new, 1))
        return read_guideline(tmp_path / "guideline.toml", live._CHECKS)

    return read


def test_the_severity_is_data(rewritten):
    grading = grading_of(*lesions("iHE", 1), *lesions("CWS", 1), dr=2)
    old = 'id = "dr2-cotton-wool"\nseverity = "note"'
    warned = rewritten(old, old.replace("note", "warning"))
    first = findings(grading, FUNDUS, warned)[0]
    assert (first.rule, first.severity) == ("dr2-cotton-wool", "warning")
    off = rewritten(old, old.replace("note", "off"))
    assert "dr2-cotton-wool" not in {finding.rule for finding in findings(grading, FUNDUS, off)}


def test_numbers_are_data(rewritten):
    grading = grading_of(*four_quadrants(11), ("fovea", FOVEA), dr=2)
    ten = rewritten("haemorrhages = 20", "haemorrhages = 10")
    assert "more than 10" in findings(grading, FUNDUS, ten)[0].text


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('severity = "error"', 'severity = "fatal"', "severity is one of error, warning, note, off"),
        ('id = "dr-irma"', 'id = "dr-irmas"', "dr-irma, dr-irmas"),
        ('id = "dr-irma"', 'id = "dr-lesions"', "dr-irma, dr-lesions"),
        ("{least}", "{most}", "cannot name most"),
        ("at_least = 0.8", 'at_least = "much"', "at_least must be numbers"),
        ("at_least = 0.8", "at_lest = 0.8", "entries: at_least, at_lest"),
        ("HaEx = 2", "HeEx = 2", "'HeEx' = 2 is no evidence"),
        ("HaEx = 2", "HaEx = 7", "'HaEx' = 7 is no evidence"),
        ("irma = 1", "", "severe has wrong, missing or repeated entries: irma"),
        ('allows = ["drusen"]', 'allows = ["druse"]', "does not exist: druse"),
        ('CNV = ["CNV lesion", "CNV lesions"]', 'CNV = ["CNV lesion"]', "is written wrongly"),
        ("[words]", "[wordz]", "words, wordz"),
        ("[words]", "[words", "is written wrongly"),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence(rewritten, old, new, sentence):
    with pytest.raises(RetinaError, match=re.escape(sentence)):
        rewritten(old, new)


def test_every_label_can_be_counted_in_words():
    assert guideline().words.keys() == catalogue().keys()
