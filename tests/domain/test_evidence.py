"""Outlines of a class activation map: where the evidence is, how large, and in which coordinates."""

import numpy as np
import pytest

from retina_studio.domain.evidence import outlines_above, smooth
from retina_studio.domain.geometry import area, iou, rasterise


def _bump(height, width, x, y, radius, top=1.0):
    """Evidence that falls off evenly from (x, y), in shares of the map, to 0 at `radius` of its width."""
    rows, columns = np.mgrid[0:height, 0:width] + 0.5
    away = np.hypot(columns / width - x, (rows / height - y) * height / width)
    return np.clip(top * (1 - away / radius), 0, 1).astype(np.float32)


@pytest.mark.parametrize("level", [0.3, 0.5, 0.7])
def test_the_outline_lies_where_the_evidence_has_its_level(level):
    (found,) = outlines_above(_bump(48, 64, 0.25, 0.5, 0.2), level, 640, 480)
    drawn = rasterise(found.outline, 480, 640)
    y, x = np.mgrid[0:480, 0:640] + 0.5
    truth = np.hypot(x - 160, y - 240) <= 128 * (1 - level)
    assert iou(drawn, truth) > 0.85
    assert found.score == pytest.approx(level + (1 - level) / 3, abs=0.06)  # the mean height of a cone


def test_a_map_of_other_proportions_than_the_image_is_stretched_over_all_of_it():
    (found,) = outlines_above(_bump(20, 20, 0.5, 0.5, 0.4), 0.5, 2000, 500)
    left, top, right, bottom = found.outline.box
    assert (left + right) / 2 == pytest.approx(1000, abs=20)
    assert (top + bottom) / 2 == pytest.approx(250, abs=8)
    assert (right - left) / (bottom - top) == pytest.approx(4, rel=0.1)


def test_several_areas_come_largest_first_and_specks_not_at_all():
    cam = np.maximum(_bump(64, 64, 0.2, 0.2, 0.1), _bump(64, 64, 0.7, 0.7, 0.25))
    found = outlines_above(cam, 0.5, 100, 100)
    assert [round(part.outline.centre[0] / 10) for part in found] == [7, 2]
    assert area(found[0].outline) > 2 * area(found[1].outline)
    peak = float(smooth(cam).max())
    assert outlines_above(cam, peak - 1e-4, 100, 100) == []


def test_a_ring_keeps_its_hole():
    cam = np.clip(_bump(64, 64, 0.5, 0.5, 0.4, 2.0) - 2 * _bump(64, 64, 0.5, 0.5, 0.15), 0, 1)
    (found,) = outlines_above(cam.astype(np.float32), 0.6, 300, 300)
    assert len(found.outline.holes) == 1


@pytest.mark.parametrize("cam", [np.zeros((7, 9), np.float32), np.full((1, 1), 0.2, np.float32)])
def test_a_weak_map_has_no_outline(cam):
    assert outlines_above(cam, 0.5, 100, 100) == []
