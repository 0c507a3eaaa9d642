"""Fundus phantoms: reproducible, anatomically right, graded by the rules, and painted where the labels say."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import rasterise
from retina_studio.domain.measures import vertical_cup_disc_ratio
from retina_studio.phantoms.fundus import draw_scene, fundus_phantom, grading_of, render
from retina_studio.phantoms.settings import default_settings

SEEDS = range(18)
SIZE = (384, 416)
EVIDENCE = {"MA": 1, "iHE": 2, "HaEx": 2, "CWS": 3, "NV": 4, "vHE": 4, "pHE": 4, "FiP": 4}  # models.md 7.2
FUNDUS = default_settings().fundus


@pytest.fixture(scope="module")
def scenes():
    """Scenes without their photographs, of all grades."""
    return [draw_scene(seed, SIZE, seed % 5, FUNDUS) for seed in range(60)]


@pytest.fixture(scope="module")
def phantoms():
    return [fundus_phantom(seed, size=SIZE) for seed in SEEDS]


def _only(grading, label):
    (shape,) = grading.labelled(label)
    return shape.geometry


def test_a_seed_gives_the_same_phantom_and_another_seed_another():
    first, again = (fundus_phantom(7, size=SIZE, dr=3) for _ in range(2))
    assert np.array_equal(first.pixels, again.pixels)
    assert (first.eye, first.grading) == (again.eye, again.grading)
    assert not np.array_equal(first.pixels, fundus_phantom(8, size=SIZE, dr=3).pixels)


@pytest.mark.parametrize("size", [(128, 128), (300, 500), (500, 300)])
def test_any_size_is_filled_and_all_labels_lie_inside(size):
    for seed in range(4):
        phantom = fundus_phantom(seed, size=size)
        assert phantom.pixels.shape == (*size, 3)
        assert phantom.pixels.dtype == np.uint8
        for label in ("OD", "OC", "fovea"):
            left, top, right, bottom = _only(phantom.grading, label).box
            assert left >= 0
            assert top >= 0
            assert right <= size[1]
            assert bottom <= size[0]


def test_the_same_seed_shows_the_same_eye_at_twice_the_resolution():
    small, large = (grading_of(draw_scene(3, (256 * k, 256 * k), 4, FUNDUS)) for k in (1, 2))
    pairs = list(zip(small.shapes.values(), large.shapes.values(), strict=True))
    assert [s.label for s, _ in pairs] == [b.label for _, b in pairs]
    for a, b in pairs:
        assert np.allclose(np.multiply(a.geometry.centre, 2), b.geometry.centre, atol=1)
    assert not set(small.shapes) & set(large.shapes)


def test_shape_ids_are_unique_over_many_phantoms(scenes):
    ids = [key for scene in scenes for key in grading_of(scene).shapes]
    assert len(ids) == len(set(ids)) > 500


def test_the_cup_lies_inside_the_disc_and_its_ratio_settles_glaucoma(scenes):
    answers = set()
    for scene in scenes:
        disc, cup = (rasterise(g, *SIZE) for g in (scene.anatomy.disc, scene.anatomy.cup))
        assert disc.sum() > 100
        assert not (cup & ~disc).any()
        assert vertical_cup_disc_ratio(disc, cup) == pytest.approx(
            scene.anatomy.vcdr, abs=2.5 / scene.frame.scale
        )
        glaucoma = grading_of(scene).grades["glaucoma"]
        assert glaucoma == (scene.anatomy.vcdr >= 0.6)
        answers.add(glaucoma)
    assert answers == {True, False}


def test_atrophy_touches_the_disc_from_outside_mostly_temporally(scenes):
    temporal = []
    for scene in scenes:
        grading = grading_of(scene)
        assert grading.grades["ppa"] == bool(grading.labelled("PPA"))
        if scene.anatomy.ppa is None:
            continue
        disc, ppa = rasterise(scene.anatomy.disc, *SIZE), rasterise(scene.anatomy.ppa, *SIZE)
        assert ppa.any()
        assert not (disc & ppa).any()
        temporal.append((np.nonzero(ppa)[1].mean() - scene.anatomy.disc.x) * scene.frame.mirror > 0)
    assert len(temporal) > 10
    assert np.mean(temporal) > 0.8


def test_the_fovea_lies_temporally_and_a_little_lower(scenes):
    eyes = set()
    for scene in scenes:
        fovea, disc = _only(grading_of(scene), "fovea"), scene.anatomy.disc
        towards_nose = (fovea.x - disc.x) * (1 if scene.frame.eye == "OD" else -1)
        assert -3.0 * scene.frame.scale < towards_nose < -2.0 * scene.frame.scale
        assert scene.frame.sees(scene.frame.fovea)
        eyes.add(scene.frame.eye)
    assert eyes == {"OD", "OS"}
    assert np.mean([s.frame.fovea[1] for s in scenes]) > 0.1


def test_lesions_fit_the_grade(scenes):
    severe = 0
    for scene in scenes:
        grading = grading_of(scene)
        found = {label for label in EVIDENCE if grading.labelled(label)}
        assert grading.grades["dr"] == scene.grade
        assert all(EVIDENCE[label] <= scene.grade for label in found)
        assert scene.grade < 1 or "MA" in found
        assert scene.grade < 2 or {"iHE", "HaEx"} & found
        assert scene.grade != 3 or {"iHE", "CWS"} <= found
        assert scene.grade < 4 or {"NV", "vHE", "pHE"} & found
        severe += scene.grade == 3 and min(_quadrants(scene)) > 20
        assert scene.grade == 3 or min(_quadrants(scene)) <= 20
    assert severe >= 2


def _quadrants(scene):
    """Intraretinal haemorrhages in each quadrant round the fovea, in the eye's own axes."""
    places = [lesion.geometry.centre for lesion in scene.lesions if lesion.label == "iHE"]
    counts = [0, 0, 0, 0]
    for x, y in places:
        u, v = scene.frame.to_eye(np.asarray(x), np.asarray(y))
        counts[int(u < scene.frame.fovea[0]) + 2 * int(v > scene.frame.fovea[1])] += 1
    return counts


def test_every_lesion_lies_in_the_field_of_view(scenes):
    for scene in scenes:
        frame = scene.frame
        for lesion in scene.lesions:
            left, top, right, bottom = lesion.geometry.box
            corners = [(x, y) for x in (left, right) for y in (top, bottom)]
            nearest = min(np.hypot(x - frame.field_centre[0], y - frame.field_centre[1]) for x, y in corners)
            assert nearest <= frame.field_radius
            assert top >= frame.field_centre[1] - frame.cut - 1e-6
            assert bottom <= frame.field_centre[1] + frame.cut + 1e-6
            assert rasterise(lesion.geometry, *SIZE).any()


def test_all_eight_kinds_occur(scenes):
    assert {lesion.label for scene in scenes for lesion in scene.lesions} == set(EVIDENCE)


def test_the_surround_is_black_and_the_fundus_is_red(phantoms):
    for phantom in phantoms:
        assert phantom.pixels[:3, :3].max() < 30
        red, green, blue = np.median(phantom.pixels[phantom.pixels[..., 0] > 60], axis=0)
        assert red > green > blue


def test_the_disc_is_brighter_than_its_surround_and_the_cup_than_the_rim(phantoms):
    rims = []
    for phantom in phantoms:
        if phantom.grading.grades["gradability"] != "good":
            continue
        grading, green = phantom.grading, phantom.pixels[..., 1].astype(float)
        disc_shape = _only(grading, "OD")
        disc, cup = grading.mask("OD", *SIZE), grading.mask("OC", *SIZE)
        around = rasterise(replace(disc_shape, a=disc_shape.a * 2, b=disc_shape.b * 2), *SIZE)
        around &= ~rasterise(replace(disc_shape, a=disc_shape.a * 1.3, b=disc_shape.b * 1.3), *SIZE)
        around &= ~grading.mask("PPA", *SIZE) & (phantom.pixels[..., 0] > 30)
        assert green[disc].mean() > 1.1 * green[around].mean()
        rims.append(np.median(green[cup]) > np.median(green[disc & ~cup]))
    assert len(rims) > 10
    assert np.mean(rims) > 0.8


def test_vessels_are_dark_and_leave_the_disc():
    scene = draw_scene(5, (512, 512), 0, FUNDUS)
    thickest = scene.vessels[:4]
    assert all(np.hypot(*vessel.path[0]) < 0.4 for vessel in thickest)
    assert {vessel.artery for vessel in scene.vessels} == {True, False}
    assert all(np.hypot(*(v.path - scene.frame.fovea).T).min() > 0.35 for v in scene.vessels)
    assert all(v.widths[-1] < 0.7 * v.thickest for v in thickest)
    bare = replace(scene, vessels=[])
    change = render(scene)[..., 1].astype(float) - render(bare)[..., 1]
    trunk = thickest[0]
    middle = scene.frame.to_pixels(trunk.path)[12:30].astype(int)
    assert change[middle[:, 1], middle[:, 0]].mean() < -8


@pytest.mark.parametrize("grade", [1, 2, 3, 4])
def test_lesions_change_the_photograph_where_they_are_and_nowhere_else(grade):
    scene = replace(draw_scene(40 + grade, (512, 512), grade, FUNDUS), quality="good")
    change = np.abs(render(scene).astype(int) - render(scene.without_lesions())).sum(axis=2)
    lesions = grading_of(scene)
    inside = np.zeros((512, 512), bool)
    for label, evidence in EVIDENCE.items():
        mask = lesions.mask(label, 512, 512)
        if mask.any():
            assert evidence <= grade
            assert change[mask].mean() > 8, label
        inside |= mask
    reach = np.array(_grown(inside, 12))
    assert change[~reach].mean() < 0.5  # JPEG carries a little round about


def _grown(mask, by):
    return cv2.dilate(mask.astype(np.uint8), np.ones((2 * by + 1, 2 * by + 1), np.uint8)) > 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"dr": 5}, "not a DR grade"), ({"dr": True}, "not a DR grade"), ({"size": (20, 400)}, "too small")],
)
def test_wrong_arguments_are_refused(wrong, said):
    with pytest.raises(RetinaError, match=said):
        fundus_phantom(1, **wrong)


def test_settings_rule_what_is_drawn():
    settings = default_settings()
    always = replace(settings.fundus, ppa=replace(settings.fundus.ppa, chance=1.0))
    never = replace(settings.fundus, ppa=replace(settings.fundus.ppa, chance=0.0))
    for seed in range(8):
        assert draw_scene(seed, SIZE, 0, always).anatomy.ppa is not None
        assert draw_scene(seed, SIZE, 0, never).anatomy.ppa is None
