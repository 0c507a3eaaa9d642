from dataclasses import replace

import numpy as np
import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import iou, rasterise
from retina_studio.domain.shapes import Ellipse, Polygon
from retina_studio.inference.postprocess import cleaned, mean_inside, shape_of
from retina_studio.inference.rules import ShapeRules, read_rules, shape_rules
from retina_studio.networks.finding import Finding
from retina_studio.networks.preprocessing import Frame
from retina_studio.paths import resources

RULES = ShapeRules(
    least=4.0, fill_holes=True, tolerance=0.01, tolerance_px=0.5, ellipse_iou=0.95, presence=""
)


def test_an_elliptic_mask_becomes_that_ellipse():
    truth = Ellipse(150.3, 97.8, 52.0, 44.0, 30.0)
    shape = shape_of(rasterise(truth, 220, 300), RULES)
    assert isinstance(shape, Ellipse)
    assert (shape.x, shape.y, shape.a, shape.b) == pytest.approx((150.3, 97.8, 52.0, 44.0), abs=0.3)
    assert shape.angle == pytest.approx(30.0, abs=3.0)


def test_another_mask_becomes_a_polygon_that_keeps_to_it_with_few_vertices():
    mask = rasterise(Ellipse(150, 100, 60, 50), 220, 300)
    mask[60:150, 150:] = False  # a bite
    shape = shape_of(mask, RULES)
    assert isinstance(shape, Polygon)
    assert len(shape.points) < 60
    assert iou(rasterise(shape, 220, 300), mask) > 0.96


def test_nothing_becomes_nothing():
    assert shape_of(np.zeros((5, 6), np.bool_), RULES) is None
    assert mean_inside(np.ones((5, 6), np.float32), np.zeros((5, 6), np.bool_)) == 0.0


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (3, 1)])
def test_a_mask_of_a_few_pixels_becomes_a_shape(shape):
    assert shape_of(np.ones(shape, np.bool_), RULES) is not None


def test_the_score_is_the_mean_probability_inside():
    probability = np.array([[0.9, 0.7], [0.1, 0.5]], np.float32)
    mask = np.array([[True, True], [False, False]])
    assert mean_inside(probability, mask) == pytest.approx(0.8)


def _finding(mask, scale=1):
    """A finding whose network saw the image `scale` times smaller."""
    height, width = mask.shape
    box, window = (0, 0, width, height), (0, 0, width // scale, height // scale)
    frame = Frame((height, width), box, window, (height // scale, width // scale))
    return Finding(frame, {"HaEx": mask[::scale, ::scale].astype(np.float32)})


def _square(holes=False):
    mask = np.zeros((64, 96), np.bool_)
    mask[8:40, 8:40] = True
    if holes:
        mask[16:24, 16:24] = False
    return mask


@pytest.mark.parametrize(("present", "proposed"), [(0.4, False), (0.6, True)])
def test_nothing_is_proposed_where_the_networks_own_grade_says_no(present, proposed):
    grades = {"ppa": {False: 1 - present, True: present}}
    finding = replace(_finding(_square()), grades=grades)
    assert cleaned(finding, "HaEx", replace(RULES, presence="ppa")).any() == proposed
    assert cleaned(finding, "HaEx", RULES).any()
    assert cleaned(_finding(_square()), "HaEx", replace(RULES, presence="ppa")).any()  # it has no such grade
    assert shape_rules("PPA").presence == "ppa"


def test_holes_are_filled_where_the_rules_say_so():
    finding = _finding(_square(holes=True))
    assert np.array_equal(cleaned(finding, "HaEx", RULES), _square())
    kept = cleaned(finding, "HaEx", replace(RULES, fill_holes=False))
    assert np.array_equal(kept, _square(holes=True))


@pytest.mark.parametrize(
    ("scale", "side", "stays"), [(1, 1, False), (1, 2, True), (8, 8, False), (8, 24, True)]
)
def test_what_is_smaller_than_a_few_pixels_of_the_network_is_left_out(scale, side, stays):
    mask = _square()
    mask[40 : 40 + side, 64 : 64 + side] = True  # one pixel of the network's, or a few
    found = cleaned(_finding(mask, scale), "HaEx", RULES)
    assert found[8:40, 8:40].mean() > 0.9
    assert found[40:, 60:].any() == stays


def test_a_part_inside_the_box_of_another_is_told_apart():
    mask = _square(holes=True)
    mask[20, 20] = True  # a speck in the hole: both are gone when the hole is filled, and only then
    kept = cleaned(_finding(mask), "HaEx", replace(RULES, fill_holes=False))
    assert not kept[20, 20]
    assert kept.sum() == _square(holes=True).sum()


def test_the_shipped_rules_are_of_labels_that_exist():
    general, by_label = read_rules(resources() / "postprocess.toml")
    assert shape_rules("MA") == by_label["MA"]
    assert shape_rules("MA").least < general.least
    assert shape_rules("fluid") == general
    assert not shape_rules("PPA").fill_holes


DEFAULT = "[default]\nleast = 1\nfill_holes = true\ntolerance = 0.1\ntolerance_px = 1\nellipse_iou = 0.9\n"
DEFAULT += "presence = ''\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[default]\nleast = 1\n", "no default for 'ellipse_iou'"),
        (DEFAULT + "colour = 1\n", "no rule 'colour'"),
        (DEFAULT + "[other]\n", "no section 'other'"),
        (DEFAULT + "[labels.XX]\nleast = 1\n", "label 'XX'"),
        (DEFAULT + "[labels.MA]\nleast = -1\n", "least cannot be -1"),
        (DEFAULT + "[labels.MA]\nleast = nan\n", "least cannot be nan"),
        (DEFAULT + "[labels.MA]\nfill_holes = 1\n", "fill_holes cannot be 1"),
        (DEFAULT + "[labels.MA]\npresence = 'size'\n", "presence cannot be 'size'"),
        (DEFAULT + "[labels]\nMA = 1\n", "not written as sections"),
        ("default = ", "cannot be read"),
    ],
)
def test_rules_that_say_something_else_are_refused(tmp_path, text, message):
    file = tmp_path / "rules.toml"
    file.write_text(text)
    with pytest.raises(RetinaError, match=message):
        read_rules(file)
