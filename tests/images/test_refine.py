"""Outlines tightened by points, on a lesion whose true outline is known."""

import cv2
import numpy as np
import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import contains, iou, rasterise
from retina_studio.domain.shapes import Ellipse
from retina_studio.images.refine import refined

SIZE = (200, 260)


@pytest.fixture
def lesion():
    """A photograph with a dark, kidney-shaped lesion and another one nearby; returns pixels and true mask."""
    rng = np.random.default_rng(7)
    truth = np.zeros(SIZE, np.uint8)
    cv2.ellipse(truth, (120, 100), (40, 22), 20, 0, 360, 1, -1)
    cv2.circle(truth, (118, 72), 16, 0, -1)
    other = np.zeros(SIZE, np.uint8)
    cv2.circle(other, (182, 60), 11, 1, -1)
    pixels = np.full((*SIZE, 3), (180, 90, 50), np.float32)
    pixels[(truth | other) > 0] = (120, 40, 25)
    noisy = cv2.GaussianBlur(pixels, (0, 0), 1.2) + rng.normal(0, 4, pixels.shape)
    return noisy.clip(0, 255).astype(np.uint8), truth > 0


def _next_point(truth, drawn):
    """Where a person clicks next: the deepest place of the largest error."""
    _, parts, stats, _ = cv2.connectedComponentsWithStats((truth ^ drawn).astype(np.uint8), connectivity=4)
    error = (parts == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())).astype(np.uint8)
    depth = cv2.distanceTransform(np.pad(error, 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    return (float(column) + 0.5, float(row) + 0.5), bool(truth[row, column])


@pytest.mark.parametrize(
    "coarse",
    [Ellipse(125, 96, 52, 34, 20), Ellipse(112, 104, 26, 14, 20), Ellipse(134, 108, 40, 24, 0)],
    ids=["too large", "too small", "beside it"],
)
def test_two_points_bring_it_nearer_to_the_truth(lesion, coarse):
    pixels, truth = lesion
    points = {True: [], False: []}
    drawn = rasterise(coarse, *SIZE)
    overlaps = [iou(drawn, truth)]
    for _ in range(2):
        place, belongs = _next_point(truth, drawn)
        points[belongs].append(place)
        outline = refined(pixels, coarse, points[True], points[False])
        drawn = rasterise(outline, *SIZE)
        overlaps.append(iou(drawn, truth))
    assert overlaps[-1] > overlaps[0] + 0.1
    assert overlaps[-1] > 0.8


def test_points_are_believed(lesion):
    pixels, _ = lesion
    coarse = Ellipse(120, 100, 40, 22, 20)
    outline = refined(pixels, coarse, [(100, 95)], [(150, 112), (120, 82)])
    assert contains(outline, 100, 95)
    assert not contains(outline, 150, 112)
    assert not contains(outline, 120, 82)


def test_what_lies_near_is_taken_only_when_it_is_pointed_at(lesion):
    pixels, _ = lesion
    outline = refined(pixels, Ellipse(120, 104, 38, 18, 20), [(110, 104)])
    assert outline.box[2] < 171


def test_a_grey_scan_and_an_outline_over_the_border(lesion):
    pixels, _ = lesion
    grey = np.ascontiguousarray(pixels[:, 90:, 1])
    outline = refined(grey, Ellipse(20, 104, 40, 22), [(25, 106)])
    left, top, right, bottom = outline.box
    assert min(left, top) >= 0
    assert right <= grey.shape[1]
    assert bottom <= grey.shape[0]


def test_an_outline_beside_the_image_and_one_that_is_denied_altogether_say_so(lesion):
    pixels, _ = lesion
    with pytest.raises(RetinaError, match="outside the image"):
        refined(pixels, Ellipse(-100, -100, 10, 10))
    with pytest.raises(RetinaError, match="Nothing is left"):
        refined(pixels, Ellipse(120, 100, 5, 5), [], [(120, 100)])
