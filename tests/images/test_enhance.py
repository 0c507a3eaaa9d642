import itertools
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retina_studio.domain.errors import RetinaError
from retina_studio.images.enhance import (
    VIEWS,
    Tone,
    applied,
    enhanced,
    tone_table,
    views_of,
    window_table,
)
from retina_studio.images.field import field_mask, reduced, shrunk
from retina_studio.images.read import read_image
from retina_studio.phantoms.fundus import fundus_phantom

FUNDUS = [view.code for view in views_of("fundus")]
OCT = [view.code for view in views_of("oct")]


@pytest.fixture(scope="module")
def photograph():
    return fundus_phantom(11, size=(384, 512), dr=2).pixels


@pytest.fixture(scope="module")
def inside(photograph):
    mask = field_mask(photograph)
    assert 0.3 < (mask > 0).mean() < 0.95
    return shrunk(mask) > 0


def test_the_catalogue_of_views():
    assert [*FUNDUS, *OCT] == list(VIEWS)
    assert FUNDUS[0] == "colour"
    assert OCT[0] == "grey"
    for modality in ("fundus", "oct"):
        keys = [view.key for view in views_of(modality)]
        assert len(set(keys)) == len(keys)
    with pytest.raises(RetinaError, match="no view 'sepia'"):
        enhanced(np.zeros((4, 4), np.uint8), "sepia")


@pytest.mark.parametrize("code", VIEWS)
@pytest.mark.parametrize("form", ["colour", "grey", "tiny", "black", "white"])
def test_every_view_keeps_size_and_eight_bits_and_never_touches_the_image(photograph, code, form):
    pixels = {
        "colour": photograph,
        "grey": photograph[..., 1],
        "tiny": photograph[200:203, 200:205],
        "black": np.zeros((50, 70, 3), np.uint8),
        "white": np.full((50, 70), 255, np.uint8),
    }[form].copy()
    before = pixels.copy()
    shown = enhanced(pixels, code)
    assert shown.shape[:2] == pixels.shape[:2]
    assert shown.dtype == np.uint8
    assert np.array_equal(pixels, before)


@pytest.mark.parametrize("code", FUNDUS)
def test_the_surround_stays_dark(photograph, code):
    outside = field_mask(photograph) == 0
    far = shrunk(np.where(outside, 255, 0).astype(np.uint8)) > 0
    shown = enhanced(photograph, code)
    assert shown[far].mean() < 8
    assert np.percentile(shown[far], 99) < 25


def _vignetted(level=120):
    ys, xs = np.mgrid[:300, :300] - 150.0
    radius = np.hypot(xs, ys) / 140
    light = np.where(radius <= 1, 1 - 0.5 * radius**2, 0.02)
    base = np.array([1.4, 0.7, 0.35]) * level
    return np.clip(light[..., None] * base, 0, 255).astype(np.uint8), radius


def test_flattening_takes_out_the_vignette_and_keeps_the_hue():
    photograph, radius = _vignetted()
    flat = enhanced(photograph, "flattened").astype(float)
    inner = radius < 0.93
    was, now = photograph[inner].astype(float), flat[inner]
    assert now[:, 1].std() / now[:, 1].mean() < 0.25 * was[:, 1].std() / was[:, 1].mean()
    assert now[:, 0].mean() / now[:, 1].mean() == pytest.approx(was[:, 0].mean() / was[:, 1].mean(), rel=0.05)
    rim = (radius > 0.93) & (radius <= 1.0)
    assert flat[rim].mean() < 1.1 * flat[inner].mean(), "a halo at the border"


@pytest.mark.parametrize("code", ["red_free", "luminance"])
def test_stretched_views_keep_the_order_of_greys_and_centre_the_retina(photograph, code, inside):
    grey = np.ascontiguousarray(photograph[..., 1])
    shown = enhanced(grey, code)
    order = [(int(a), int(b)) for a, b in sorted(set(zip(grey.ravel(), shown.ravel(), strict=True)))]
    assert all(b1 <= b2 for (_, b1), (_, b2) in itertools.pairwise(order))
    assert 75 < np.median(shown[inside]) < 140


def test_clahe_raises_local_contrast_and_keeps_the_colour(photograph, inside):
    shown = enhanced(photograph, "clahe").astype(float)
    local = lambda p: np.abs(np.diff(p[..., 1], axis=1))[inside[:, 1:]].mean()  # noqa: E731
    assert local(shown) > 1.2 * local(photograph.astype(float))
    red_over_green = [
        p[inside][:, 0].mean() / p[inside][:, 1].mean() for p in (shown, photograph.astype(float))
    ]
    assert red_over_green[0] == pytest.approx(red_over_green[1], rel=0.35)


def test_the_vessel_view_shows_a_dark_line_bright_and_an_even_retina_dark():
    photograph, radius = _vignetted()
    for column in (100, 180):
        photograph[:, column - 1 : column + 2] = (photograph[:, column - 1 : column + 2] * 0.7).astype(
            np.uint8
        )
    shown = enhanced(photograph, "vessels").astype(float)
    on, off = shown[80:220, 100], shown[80:220, 140]
    assert on.mean() > off.mean() + 80
    assert shown[radius > 1.03].max() < 30


def test_inverted_views_turn_dark_to_bright(photograph, inside):
    red_free, negative = enhanced(photograph, "red_free"), enhanced(photograph, "inverted")
    assert np.corrcoef(red_free[inside], negative[inside])[0, 1] < -0.8
    scan = np.tile(np.arange(256, dtype=np.uint8), (4, 1))
    assert np.array_equal(enhanced(scan, "oct_inverted"), scan[:, ::-1])


def test_speckle_is_reduced_and_a_layer_edge_kept():
    clean = np.where(np.arange(80)[:, None] < 40, 60.0, 150.0) * np.ones((1, 120))
    noisy = np.clip(clean + np.random.default_rng(2).normal(0, 15, clean.shape), 0, 255).astype(np.uint8)
    calm = enhanced(noisy, "denoised").astype(float)
    assert calm[5:35].std() < 0.4 * noisy[5:35].std()
    assert calm[43:47].mean() - calm[33:37].mean() > 80


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0.1, 10))
def test_a_tone_never_swaps_two_greys(brightness, contrast, gamma):
    table = tone_table(Tone(brightness, contrast, gamma))
    assert table.shape == (256,)
    assert (np.diff(table.astype(int)) >= 0).all()


def test_tones():
    same = np.arange(256, dtype=np.uint8)
    assert np.array_equal(tone_table(Tone()), same)
    assert tone_table(Tone(gamma=2))[64] > 64
    assert set(tone_table(Tone(contrast=-1)).tolist()) == {128}
    assert np.array_equal(tone_table(Tone(brightness=1)), np.full(256, 255))
    assert np.array_equal(applied(np.array([[0, 255]], np.uint8), same[::-1].copy()), [[255, 0]])
    for wrong in ({"brightness": 2}, {"contrast": float("nan")}, {"gamma": 0}):
        with pytest.raises(RetinaError, match="from -1 to 1"):
            Tone(**wrong)


def test_a_window_spreads_its_greys():
    table = window_table(level=100, width=50)
    assert (table[75], table[125]) == (0, 255)
    assert abs(int(table[100]) - 128) <= 1
    assert table[60] == 0
    assert table[200] == 255
    with pytest.raises(RetinaError, match="width above zero"):
        window_table(100, 0)


@pytest.mark.real_data
@pytest.mark.parametrize(("folder", "codes"), [("hrf", FUNDUS), ("drishti", FUNDUS), ("oct_dme", OCT)])
def test_views_of_real_images_are_quick_and_dark_outside(real_data, folder, codes):
    pixels = read_image(sorted((real_data / folder / "images").glob("*.jpg"))[0])
    small = reduced(pixels)
    outside = shrunk(np.where(field_mask(small) == 0, 255, 0).astype(np.uint8)) > 0
    for code in codes:
        start = time.process_time()
        shown = enhanced(pixels, code)
        assert time.process_time() - start < 3, code
        if folder != "oct_dme":
            assert reduced(shown)[outside & (small.max(axis=2) < 10)].mean() < 10, code
