import json

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retina_studio.networks.field import field_of_view
from retina_studio.networks.preprocessing import (
    Preprocessing,
    PreprocessingError,
    as_input,
    preprocess,
)

SPEC = Preprocessing(96, 128, channels=1, minmax=True, clahe="grey", gamma=1.2)


def _fundus(height=300, width=400, box=(40, 20, 320, 260), seed=0):
    """A lit rectangle on black, with texture."""
    image = np.zeros((height, width, 3), np.uint8)
    left, top, w, h = box
    image[top : top + h, left : left + w] = np.random.default_rng(seed).integers(60, 200, (h, w, 3))
    return image


def test_specification_survives_json():
    assert Preprocessing.from_dict(json.loads(json.dumps(SPEC.to_dict()))) == SPEC


@pytest.mark.parametrize(
    "change",
    [
        {"height": 0},
        {"gamma": -1.0},
        {"grey": (1, 2, 3)},
        {"clahe_tiles": 999},
        {"width": 10**6},
        {"clahe": "lab"},
        {"channels": 2},
        {"fit": "cut"},
        {"sd": (0, 1, 1)},
        {"channels": 3, "clahe": "none"},
    ],
)
def test_specification_out_of_range_is_refused(change):
    with pytest.raises(PreprocessingError):
        Preprocessing.from_dict({**SPEC.to_dict(), **change})


@pytest.mark.parametrize("form", [{"heigth": 3}, {"width": 3}, {"height": "x", "width": 3}])
def test_specification_written_wrongly_is_refused(form):
    with pytest.raises(PreprocessingError):
        Preprocessing.from_dict(form)


def test_field_of_view_is_found_within_a_work_pixel():
    left, top, width, height = field_of_view(_fundus())
    corners = np.array([left, top, left + width, top + height])
    assert np.abs(corners - (40, 20, 360, 280)).max() <= 2 * 400 / 256


def test_an_image_without_a_dark_frame_is_its_own_field():
    image = np.random.default_rng(1).integers(90, 160, (100, 140, 3)).astype(np.uint8)
    assert field_of_view(image) == (0, 0, 140, 100)


def test_a_light_spot_is_not_a_field():
    image = np.zeros((200, 200), np.uint8)
    image[90:110, 90:110] = 255
    assert field_of_view(image) == (0, 0, 200, 200)


def test_the_input_is_grey_of_the_size_and_uses_the_whole_range():
    grey, frame = preprocess(_fundus(), SPEC)
    assert grey.shape == (96, 128)
    assert grey.dtype == np.uint8
    assert grey.max() > 240
    assert frame.size == (96, 128)
    network = as_input(grey, SPEC)
    assert network.shape == (1, 1, 96, 128)
    assert network.max() <= 1.0


def test_tones_follow_the_formulas_without_clahe():
    pixels = np.array([[[0, 0, 0], [100, 50, 200]], [[255, 0, 0], [200, 200, 200]]], np.uint8)
    spec = Preprocessing(2, 2, channels=1, crop=False, minmax=True, gamma=1.2)
    grey, _ = preprocess(pixels, spec)
    y = pixels @ np.array([0.299, 0.587, 0.114])
    scaled = np.round((y - y.min()) / (y.max() - y.min()) * 255)
    assert np.abs(grey.astype(int) - np.round(255 * (scaled / 255) ** (1 / 1.2))).max() <= 1


def test_brightness_and_contrast_of_the_camera_cancel():
    image = _fundus()
    darker = (image * 0.5).astype(np.uint8)
    first, second = preprocess(image, SPEC)[0], preprocess(darker, SPEC)[0]
    assert np.abs(first.astype(int) - second).mean() < 6  # of 255, and halving itself costs a bit


def test_grey_and_replicated_colour_are_the_same():
    grey = _fundus()[..., 0]
    assert np.array_equal(preprocess(grey, SPEC)[0], preprocess(np.dstack([grey] * 3), SPEC)[0])


@given(
    height=st.integers(1, 400),
    width=st.integers(1, 400),
    points=st.lists(st.tuples(st.floats(-10, 500), st.floats(-10, 500)), min_size=1, max_size=5),
)
@settings(max_examples=60, deadline=None)
def test_points_go_there_and_back_exactly(height, width, points):
    _, frame = preprocess(np.full((height, width), 120, np.uint8), SPEC)
    back = frame.points_to_image(frame.points_to_network(points))
    assert np.allclose(back, points, atol=1e-9)


def test_a_dot_lies_where_its_point_is_mapped_to():
    image = _fundus()
    image[:] = np.where(image > 0, 60, 0)
    image[195:206, 295:306] = 255
    grey, frame = preprocess(image, Preprocessing(96, 128, channels=1, minmax=True))
    rows, columns = np.nonzero(grey > 200)
    expected = frame.points_to_network((300.5, 200.5))
    assert np.allclose((columns.mean() + 0.5, rows.mean() + 0.5), expected, atol=0.5)


def test_a_mask_goes_there_and_back():
    image = _fundus()
    _, frame = preprocess(image, SPEC)
    yy, xx = np.mgrid[:300, :400] + 0.5
    mask = ((xx - 250) / 45) ** 2 + ((yy - 140) / 50) ** 2 <= 1
    small = frame.mask_to_network(mask)
    assert set(np.unique(small)) == {0, 1}
    back = frame.map_to_image(small.astype(np.float32)) >= 0.5
    assert back.shape == mask.shape
    overlap = 2 * (back & mask).sum() / (back.sum() + mask.sum())
    assert overlap > 0.98
    rows, columns = np.nonzero(back)
    assert np.allclose((columns.mean() + 0.5, rows.mean() + 0.5), (250, 140), atol=0.5)


def test_the_overview_lies_over_the_image_as_the_full_map_does():
    _, frame = preprocess(_fundus(), SPEC)
    values = np.zeros((12, 16), np.float32)
    values[4, 11] = 1.0
    full, small = frame.map_to_image(values), frame.overview(values, 100)
    assert small.shape == (75, 100)
    peak_full = np.array(np.unravel_index(full.argmax(), full.shape)) + 0.5
    peak_small = (np.array(np.unravel_index(small.argmax(), small.shape)) + 0.5) * 4
    assert np.abs(peak_full - peak_small).max() <= 6


@pytest.mark.parametrize("shape", [(1, 1), (1, 1, 3), (1, 500, 3), (500, 1), (2, 3, 3)])
@pytest.mark.parametrize("value", [0, 255])
def test_extreme_images_do_not_crash(shape, value):
    grey, frame = preprocess(np.full(shape, value, np.uint8), SPEC)
    assert grey.shape == (96, 128)
    assert frame.map_to_image(np.zeros((96, 128), np.float32)).shape == shape[:2]
    assert frame.mask_to_network(np.ones(shape[:2], np.uint8)).any()


@pytest.mark.parametrize(
    "array", [np.zeros((4, 4), np.float32), np.zeros((4, 4, 4), np.uint8), np.zeros((0, 4), np.uint8)]
)
def test_what_is_no_image_is_refused(array):
    with pytest.raises(PreprocessingError):
        preprocess(array, SPEC)


def test_colour_is_kept_in_three_channels_and_normalised():
    spec = Preprocessing(96, 128, mean=(0.5, 0.25, 0.0), sd=(0.5, 0.25, 2.0))
    colour, frame = preprocess(_fundus(), spec)
    assert colour.shape == (96, 128, 3)
    network = as_input(colour, spec)
    left, top = (int(x) for x in frame.points_to_network((200, 150)))
    expected = (colour[top, left] / 255 - np.array([0.5, 0.25, 0.0])) / np.array([0.5, 0.25, 2.0])
    assert np.allclose(network[0, :, top, left].numpy(), expected, atol=1e-6)
    grey, _ = preprocess(_fundus()[..., 0], spec)
    assert np.array_equal(grey[..., 0], grey[..., 2])


def test_stretching_ignores_the_aspect_and_the_way_back_knows_it():
    _, frame = preprocess(np.full((100, 400), 90, np.uint8), Preprocessing(64, 64, crop=False, fit="stretch"))
    assert frame.window == (0, 0, 64, 64)
    assert frame.points_to_network((200, 50)) == pytest.approx((32, 32))
    assert frame.points_to_image((16, 16)) == pytest.approx((100, 25))


def test_clahe_of_lightness_changes_contrast_and_hardly_the_hue():
    image = np.random.default_rng(3).integers(90, 110, (96, 128, 3)).astype(np.uint8)
    image[..., 2] //= 2
    plain, _ = preprocess(image, Preprocessing(96, 128, crop=False))
    better, _ = preprocess(image, Preprocessing(96, 128, crop=False, clahe="lab"))
    assert better[..., 0].std() > 1.3 * plain[..., 0].std()
    first, second = (cv2.cvtColor(i, cv2.COLOR_RGB2LAB)[..., 1:].mean(axis=(0, 1)) for i in (plain, better))
    assert np.abs(first - second).max() < 2  # of 255, in a and b


def test_a_white_border_becomes_black_and_a_bright_layer_stays():
    scan = np.random.default_rng(4).integers(20, 60, (120, 160)).astype(np.uint8)
    scan[60:63, :] = 255  # a saturated layer, in the middle of the scan
    scan[60:63, :2] = 90
    scan[60:63, -2:] = 90
    scan[:20] = 255
    scan[100:, 80:] = 250
    spec = Preprocessing(120, 160, channels=1, crop=False, fill_white=True)
    filled, _ = preprocess(scan, spec)
    assert filled[:20].max() == filled[100:, 80:].max() == 0
    assert filled[60:63, 2:-2].min() == 255
    assert np.array_equal(filled[25:60], scan[25:60])
