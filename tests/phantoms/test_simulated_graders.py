"""Simulated graders: reproducible, perfect when told so, and worse in the way their profile says."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.shapes import Ellipse, Polygon
from retina_studio.phantoms.fundus import draw_scene, grading_of
from retina_studio.phantoms.graders import PERFECT, profiles, simulate
from retina_studio.phantoms.oct import oct_phantom
from retina_studio.phantoms.settings import default_settings

SIZE = (384, 416)
FUNDUS = default_settings().fundus


@cache
def _truth(seed, dr=None):
    return grading_of(draw_scene(seed, SIZE, dr, FUNDUS))


def _simulate(truth, profile, seed=0):
    return simulate(truth, profile, seed, *SIZE, "fundus")


def _iou(one, other, label):
    a, b = one.mask(label, *SIZE), other.mask(label, *SIZE)
    return (a & b).sum() / (a | b).sum()


def test_a_seed_gives_the_same_grading_with_ids_of_its_own():
    truth, (profile, second) = _truth(1, 3), profiles(2, 5)
    first = _simulate(truth, profile)
    assert first == _simulate(truth, profile)
    others = [_simulate(truth, profile, 1), _simulate(truth, second), _simulate(_truth(2, 3), profile)]
    for other in (truth, *others):
        assert other != first
        assert not set(first.shapes) & set(other.shapes)


def test_a_perfect_grader_repeats_the_truth():
    for seed in range(5):
        truth = _truth(seed, seed)
        said = _simulate(truth, PERFECT)
        assert said.grades == truth.grades
        assert [(s.label, s.geometry) for s in said.shapes.values()] == [
            (s.label, s.geometry) for s in truth.shapes.values()
        ]


@pytest.mark.parametrize("label", ["OD", "PPA", "CWS"])
def test_agreement_falls_with_the_error_of_the_outline(label):
    means = []
    for boundary in (0.0, 0.05, 0.15):
        profile = replace(PERFECT, boundary=boundary, centre=boundary / 2)
        overlaps = []
        for seed in range(24):
            truth = _truth(seed, 3)
            if truth.labelled(label):
                overlaps.append(_iou(truth, _simulate(truth, profile, seed), label))
        means.append(np.mean(overlaps))
    assert means[0] == 1
    assert means[0] > means[1] + 0.02 > means[2] + 0.04
    assert means[2] > 0.4


def test_a_usual_shift_and_size_show_in_the_mean():
    shifted = replace(PERFECT, bias=(0.1, 0.0), scale=1.2)
    for seed in range(6):
        truth = _truth(seed, 0)
        disc = truth.labelled("OD")[0].geometry
        drawn = _simulate(truth, shifted).labelled("OD")[0].geometry
        assert drawn.x - disc.x == pytest.approx(0.1 * (disc.a + disc.b), rel=0.05)
        assert drawn.a == pytest.approx(1.2 * disc.a)


def test_misses_follow_the_chance_by_size_and_by_label():
    profile = replace(PERFECT, miss_small=0.5, miss_large=0.0)
    seen = {"MA": [], "NV": [], "OD": []}
    for seed in range(30):
        truth = _truth(seed, 4)
        said = _simulate(truth, profile, seed)
        for label, counts in seen.items():
            counts.append((len(said.labelled(label)), len(truth.labelled(label))))
    found = {label: np.sum(counts, axis=0) for label, counts in seen.items()}
    assert 0.4 < found["MA"][0] / found["MA"][1] < 0.68
    assert found["NV"][0] / found["NV"][1] > 0.85
    assert found["OD"][0] == found["OD"][1]
    blind = replace(PERFECT, miss_label={"MA": 1.0})
    assert not _simulate(_truth(1, 2), blind).labelled("MA")
    assert len(_simulate(_truth(1, 2), blind).labelled("iHE")) == len(_truth(1, 2).labelled("iHE"))


def test_over_calls_come_at_their_rate_and_never_without_retinopathy():
    profile = replace(PERFECT, overcalls=2.0)
    extra = [len(_simulate(_truth(s, 2), profile, s).shapes) - len(_truth(s, 2).shapes) for s in range(40)]
    assert min(extra) == 0
    assert 1.5 < np.mean(extra) < 2.5
    for seed in range(10):
        assert len(_simulate(_truth(seed, 0), profile, seed).shapes) == len(_truth(seed, 0).shapes)


def test_confused_grades_are_neighbours_and_agree_with_what_is_drawn():
    profile = replace(PERFECT, grade_confusion=1.0)
    for seed in range(20):
        truth = _truth(seed, seed % 5)
        said = _simulate(truth, profile, seed)
        assert abs(said.grades["dr"] - truth.grades["dr"]) == 1
        assert said.grades["glaucoma"] is not truth.grades["glaucoma"]
        lesions = [s for s in said.shapes.values() if s.label not in ("OD", "OC", "PPA", "fovea")]
        assert bool(lesions) == (said.grades["dr"] > 0)
        assert said.grades["ppa"] == bool(said.labelled("PPA"))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_whatever_is_drawn_lies_in_the_frame_with_the_cup_in_the_disc(seed):
    truth = _truth(seed % 40, 4)
    wild = replace(PERFECT, boundary=0.15, centre=0.15, scale=1.1, bias=(0.1, -0.1), overcalls=3)
    said = _simulate(truth, wild, seed)
    for shape in said.shapes.values():
        left, top, right, bottom = shape.geometry.box
        assert min(left, top) >= -1e-6
        assert right <= SIZE[1] + 1e-6
        assert bottom <= SIZE[0] + 1e-6
    assert not (said.mask("OC", *SIZE) & ~said.mask("OD", *SIZE)).any()


def test_people_draw_ellipses_and_polygons_of_12_to_24_vertices():
    kinds = set()
    for seed in range(6):
        for shape in _simulate(_truth(seed, 3), replace(PERFECT, boundary=0.05), seed).shapes.values():
            kinds.add(type(shape.geometry))
            if isinstance(shape.geometry, Polygon):
                assert 4 <= len(shape.geometry.points) <= 24
    assert {Ellipse, Polygon} <= kinds


def test_a_b_scan_is_graded_too():
    truth = oct_phantom(3, oct_class="dme").grading
    said = simulate(truth, profiles(1, 2)[0], 9, 496, 512, "oct")
    assert said.grades["oct"] == "dme"
    assert {s.label for s in said.shapes.values()} <= {"fluid"}


def test_profiles_differ_and_are_reproducible():
    made = profiles(6, 11)
    assert made == profiles(6, 11)
    assert made[:3] == profiles(3, 11)
    assert len({p.scale for p in made}) == 6


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"miss_small": 1.5}, "between 0 and 1"),
        ({"boundary": -0.1}, "cannot be negative"),
        ({"scale": 0}, "above 0"),
        ({"miss_label": {"XY": 0.5}}, "do not exist: XY"),
    ],
)
def test_an_impossible_profile_is_refused(wrong, said):
    with pytest.raises(RetinaError, match=said):
        replace(PERFECT, **wrong)
