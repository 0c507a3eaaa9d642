"""The labels' lines: told apart by everybody, colour-blind or not, and seen on a retina."""

from itertools import combinations

import cv2
import numpy as np
import pytest

from retina_studio.domain.labels import labels_of
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.gui.canvas.raster import Window, render
from retina_studio.gui.canvas.scene import scene_of

# Machado, Oliveira and Fernandes 2009, severity 1.0, for linear RGB.
SIGHTS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def _seen(colours, sight):
    """CIE Lab (N, 3) of "#rrggbb" colours as an eye sees them."""
    rgb = np.array([[int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)] for colour in colours])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    shown = np.clip(linear @ SIGHTS[sight].T, 0, 1)
    coded = np.where(shown <= 0.0031308, 12.92 * shown, 1.055 * shown ** (1 / 2.4) - 0.055)
    return cv2.cvtColor(coded[None].astype(np.float32), cv2.COLOR_RGB2Lab)[0]


@pytest.mark.parametrize("modality", ["fundus", "oct"])
@pytest.mark.parametrize("sight", SIGHTS)
def test_outlines_of_one_kind_differ_in_colour_to_every_eye(modality, sight):
    entries = [entry for entry in labels_of(modality) if not entry.is_point]
    seen = _seen([entry.colour for entry in entries], sight)
    apart = {
        (one.code, other.code): float(np.linalg.norm(seen[i] - seen[j]))
        for (i, one), (j, other) in combinations(enumerate(entries), 2)
        if one.outline == other.outline
    }
    closest = min(apart, key=apart.get)
    assert apart[closest] > 18, closest


@pytest.mark.parametrize("modality", ["fundus", "oct"])
def test_colours_stand_out_from_a_retina(modality):
    colours = _seen([entry.colour for entry in labels_of(modality)], "normal")
    ground = "#A53F1E" if modality == "fundus" else "#606060"
    assert np.linalg.norm(colours - _seen([ground], "normal"), axis=1).min() > 45


@pytest.mark.parametrize(("label", "dark"), [("NV", True), ("CWS", False)])
@pytest.mark.parametrize("dpr", [1.0, 2.0])
def test_a_double_line_has_a_dark_core(label, dark, dpr):
    scene = scene_of([new_shape(label, Ellipse(50, 50, 30, 30))])
    side = round(100 * dpr)
    row = render(scene, Window(dpr, 0, 0, side, side, dpr=dpr))[side // 2, side // 2 :]
    bright = row[:, :3].max(axis=1) > 120
    (lit,) = np.nonzero(bright)
    assert (not bright[lit[0] : lit[-1] + 1].all()) == dark


def test_lines_are_as_thick_on_a_fine_screen_as_on_a_coarse_one():
    widths = []
    for dpr in (1.0, 2.0, 3.0):
        scene = scene_of([new_shape("MA", Ellipse(50, 50, 30, 30))])
        side = round(100 * dpr)
        row = render(scene, Window(dpr, 0, 0, side, side, dpr=dpr))[side // 2, side // 2 :]
        widths.append((row[:, 3] / 255 * (row[:, :3].max(axis=1) > 40)).sum() / dpr)
    assert widths == pytest.approx([widths[0]] * 3, abs=0.7)


def test_a_fill_keeps_to_the_shape_and_its_opacity():
    scene = scene_of([new_shape("PPA", Ellipse(50, 50, 30, 20))])
    plain, filled = (render(scene, Window(1, 0, 0, 100, 100), fill=fill) for fill in (0.0, 0.25))
    assert not plain[50, 50].any()
    assert filled[50, 50, 3] == pytest.approx(64, abs=1)
    assert not filled[5, 5].any()


def test_a_scan_shown_true_to_scale_has_its_shapes_there_too():
    scene = scene_of([new_shape("fluid", Ellipse(50, 100, 30, 60))])
    alpha = render(scene, Window(1, 0, 0, 100, 100, aspect=0.5))[..., 3] > 200
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    assert (rows[0], rows[-1]) == pytest.approx((20, 80), abs=2)
    assert (columns[0], columns[-1]) == pytest.approx((20, 80), abs=2)
