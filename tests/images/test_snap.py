import math
from dataclasses import replace

import cv2
import numpy as np
import pytest

from retina_studio.domain.combine import as_polygon, united
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import area, contains, iou, rasterise, to_shapely
from retina_studio.domain.labels import catalogue
from retina_studio.domain.shapes import Ellipse, Polygon
from retina_studio.images.read import read_image
from retina_studio.images.snap import SNAP_METHODS, default_method, snapped, wand
from retina_studio.phantoms.fundus import fundus_phantom

LESION = Ellipse(60, 50, 14, 9, 30)


def picture(lesion=LESION, colour=(210, 190, 90), ground=(150, 75, 35), noise=3.0, size=(100, 120)):
    """An even retina with one blurred lesion."""
    mask = rasterise(lesion, *size).astype(np.float32)[..., None] if lesion else 0.0
    clean = np.asarray(ground) + (np.asarray(colour, float) - ground) * mask
    soft = cv2.GaussianBlur(np.broadcast_to(clean, (*size, 3)).astype(np.float32), (0, 0), 0.8)
    soft = soft + np.random.default_rng(3).normal(0, noise, soft.shape)
    return np.clip(soft, 0, 255).astype(np.uint8)


def around(ellipse, factor=1.25):
    return replace(ellipse, a=ellipse.a * factor, b=ellipse.b * factor)


def overlap(first, second, size=(100, 120)):
    return iou(rasterise(first, *size), rasterise(second, *size))


@pytest.mark.parametrize("method", SNAP_METHODS)
@pytest.mark.parametrize("colour", [(210, 190, 90), (95, 35, 20)], ids=["bright", "dark"])
def test_a_lesion_is_outlined_whether_bright_or_dark(method, colour):
    found = snapped(picture(colour=colour), around(LESION), method)
    assert to_shapely(found).is_valid
    assert overlap(found, LESION) > 0.85
    assert contains(found, 60, 50)
    assert len(found.points) < 80


@pytest.mark.parametrize("method", SNAP_METHODS)
def test_a_grey_picture_and_a_lasso_do_too(method):
    grey = cv2.cvtColor(picture(), cv2.COLOR_RGB2GRAY)
    lasso = Polygon(((40, 34), (72, 36), (83, 60), (66, 68), (42, 58)))
    assert overlap(snapped(grey, lasso, method), LESION) > 0.75


@pytest.mark.parametrize("method", SNAP_METHODS)
def test_the_result_stays_at_the_drawn_outline(method):
    long = Ellipse(60, 50, 45, 6)
    drawn = Ellipse(60, 50, 12, 12)
    try:
        found = snapped(picture(long), drawn, method)
    except RetinaError:
        return
    assert to_shapely(as_polygon(drawn)).buffer(3).contains(to_shapely(found))


@pytest.mark.parametrize("method", SNAP_METHODS)
def test_where_nothing_stands_out_it_says_so(method):
    with pytest.raises(
        RetinaError, match="Nothing stands out inside this outline; draw closer to the lesion"
    ):
        snapped(picture(lesion=None), around(LESION), method)


def test_what_cannot_be_snapped_is_refused():
    for outline in (Ellipse(500, 500, 9, 9), Ellipse(50, 50, 0.4, 0.4)):
        with pytest.raises(RetinaError, match="too small, or outside"):
            snapped(picture(), outline)
    with pytest.raises(RetinaError, match="no way to snap"):
        snapped(picture(), LESION, "magic")


def test_a_lesion_at_the_edge_of_the_image():
    half = Ellipse(0, 50, 14, 9)
    found = snapped(picture(half), around(half), "region")
    assert overlap(found, half) > 0.75
    assert found.box[0] >= -1


def test_every_label_has_a_method():
    assert {default_method(code) for code in catalogue()} <= set(SNAP_METHODS)


@pytest.mark.parametrize("seed", [3, 8])
def test_the_discs_of_phantoms_are_found(seed):
    phantom = fundus_phantom(seed, size=(768, 768), dr=0)
    disc = next(shape.geometry for shape in phantom.grading.shapes.values() if shape.label == "OD")
    drawn = around(disc)
    found = snapped(phantom.pixels, drawn, default_method("OD"))
    assert overlap(found, disc, (768, 768)) > 0.05 + overlap(drawn, disc, (768, 768))


def test_the_wand_takes_what_is_alike_and_connected():
    pixels = picture(noise=1.0)
    found = wand(pixels, 60, 50, tolerance=25, reach=60)
    assert overlap(found, LESION) > 0.85
    near = wand(pixels, 60, 50, tolerance=12, reach=5)
    assert area(near) == pytest.approx(math.pi * 25, rel=0.2)
    everything = wand(pixels, 60, 50, tolerance=1000, reach=500)
    assert area(everything) > 0.97 * 100 * 120
    with pytest.raises(RetinaError, match="Click inside the image"):
        wand(pixels, -1, 50, 12, 60)


def test_wand_strokes_can_be_united():
    pixels = picture(noise=1.0)
    parts = united([wand(pixels, 55, 48, 12, 8), wand(pixels, 64, 53, 12, 8)])
    assert len(parts) == 1


def _real_cases(folder, label, most):
    """(pixels, mask of one lesion, the ellipse through its box) of crops around expert masks."""
    for file in sorted((folder / label).glob("*.png"))[:5]:
        mask = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
        mask = mask >= 2 if label.endswith("graders") else mask > 0
        pixels = read_image(folder / "images" / f"{file.stem}.jpg")
        _, numbers, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
        large = [n for n in range(1, len(stats)) if stats[n][4] >= 60][:most]
        for number in large:
            x, y, w, h, _ = (int(v) for v in stats[number])
            reach = 2 * max(w, h) + 12
            rows = slice(max(y - reach, 0), y + h + reach)
            columns = slice(max(x - reach, 0), x + w + reach)
            box = Ellipse(x + w / 2 - columns.start, y + h / 2 - rows.start, w / 2, h / 2)
            yield pixels[rows, columns], numbers[rows, columns] == number, box


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("folder", "label", "code", "gain"),
    [
        ("idrid", "HaEx", "HaEx", 0.05),
        ("idrid", "MA", "MA", 0.05),
        ("idrid", "iHE", "iHE", 0.05),
        ("idrid", "OD", "OD", 0.15),
        ("drishti", "od_graders", "OD", 0.15),
    ],
)
def test_snapping_comes_closer_to_the_experts_than_the_drawn_ellipse(real_data, folder, label, code, gain):
    raw, closer = [], []
    for pixels, mask, box in _real_cases(real_data / folder, label, 8):
        drawn = around(box)
        try:
            found = snapped(pixels, drawn, default_method(code))
        except RetinaError:
            continue
        raw.append(iou(rasterise(drawn, *mask.shape), mask))
        closer.append(iou(rasterise(found, *mask.shape), mask))
    assert len(closer) >= 4
    assert np.median(closer) > np.median(raw) + gain
