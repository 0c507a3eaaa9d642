"""Random changes: what moves together stays together, and torchvision is what the changes are held against."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision import tv_tensors
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as F  # noqa: N812 - its usual name

from training.augment import Augmentation, Change, inside
from training.data.moving import moved_batch, moved_map, moved_pixels, moved_planes, toned, toned_batch

SIZE = (48, 64)
STRONG = Augmentation(
    flip=0.5, flip_vertical=0.5, rotate=40, shift=0.2, zoom=(0.7, 1.4), crop=(0.7, 1.0), brightness=0.2, contrast=0.2,
    saturation=0.2, gamma=1.3,
)  # fmt: skip
NOWHERE = np.full((1, 2), np.nan, np.float32)


def _drawn(augmentation, seed, points=NOWHERE, pick=None, size=SIZE):
    return augmentation.draw(torch.Generator().manual_seed(seed), size, points, pick)


def _dot(x, y, radius=3.0, size=SIZE):
    yy, xx = np.mgrid[: size[0], : size[1]] + 0.5
    mask = ((xx - x) ** 2 + (yy - y) ** 2 <= radius**2).astype(np.uint8)[..., None]
    return mask * np.array([200, 150, 100], np.uint8), mask


def _moved(change, pixels, planes):
    return (
        moved_pixels(change, pixels, np.empty((*change.size, pixels.shape[2]), np.uint8)),
        moved_planes(change, planes, np.empty((*change.size, planes.shape[2]), np.uint8)),
    )


def _centroid(mask):
    rows, columns = np.nonzero(mask)
    return columns.mean() + 0.5, rows.mean() + 0.5


def _photograph(seed=0, size=SIZE):
    """Smooth and coloured, so that neighbours differ little."""
    rng = np.random.default_rng(seed)
    small = rng.uniform(30, 230, (3, 5, 6)).astype(np.float32)
    large = torch.nn.functional.interpolate(torch.from_numpy(small)[None], size=size, mode="bicubic")
    return large[0].clamp(0, 255).round().byte()


@given(
    seed=st.integers(0, 100_000), x=st.floats(16, 48), y=st.floats(16, 32), window=st.sampled_from([None, 32])
)
@settings(max_examples=80, deadline=None)
def test_image_mask_point_and_map_move_together(seed, x, y, window):
    pixels, mask = _dot(x, y)
    point = np.array([[x, y]], np.float32)
    augmentation = STRONG if window is None else Augmentation(rotate=40, window=window, foreground=1.0)
    change = _drawn(augmentation, seed, point, lambda a, b: (x, y))
    image, moved = _moved(change, pixels, mask)
    cx, cy = change.points(point)[0]
    assert inside(np.array([[cx, cy]]), change.size).all()
    if 6 < cx < change.size[1] - 6 and 6 < cy < change.size[0] - 6:  # the dot is wholly in the picture
        assert np.allclose(_centroid(moved[..., 0]), (cx, cy), atol=0.6)
        assert np.allclose(_centroid(image[..., 0] > 60), (cx, cy), atol=0.8)
        along = moved_map(change, mask[None, ..., 0].astype(np.float32), SIZE)[0]
        scale = (
            np.array(change.size[::-1]) / SIZE[::-1]
        )  # the map keeps its resolution over the changed picture
        assert np.allclose(np.array(_centroid(along > 0.5)) * scale, (cx, cy), atol=0.8)


@given(seed=st.integers(0, 100_000))
@settings(max_examples=30, deadline=None)
def test_the_inverse_leads_back(seed):
    change = _drawn(STRONG, seed)
    points = np.random.default_rng(seed).uniform(0, 60, (5, 2)).astype(np.float32)
    back = Change(change.inverse, SIZE)
    assert np.allclose(back.points(change.points(points)), points, atol=1e-3)


@pytest.mark.parametrize(
    ("augmentation", "point", "flip"),
    [
        (Augmentation(flip=1.0), (53.5, 20.5), F.horizontal_flip),
        (Augmentation(flip_vertical=1.0), (10.5, 27.5), F.vertical_flip),
    ],
)
def test_a_flip_alone_is_exact_and_maps_points_edge_to_edge(augmentation, point, flip):
    change = _drawn(augmentation, 0)
    picture = _photograph()
    pixels = np.ascontiguousarray(picture.permute(1, 2, 0).numpy())
    image, planes = _moved(change, pixels, pixels[..., :1].copy())
    assert np.array_equal(image, flip(picture).permute(1, 2, 0))
    assert np.array_equal(planes, flip(picture[:1]).permute(1, 2, 0))
    assert np.allclose(change.points(np.array([[10.5, 20.5]], np.float32)), [point])


@pytest.mark.parametrize("angle", [0.0, 17.0, -140.0])
def test_movements_are_those_of_torchvision(angle):
    """Rotation, zoom and shift against its `affine`, with the image, the mask and the point."""
    change = _affine(angle, scale=1.2, shift=(5.0, -3.0))
    picture, mask = _photograph(), torch.from_numpy(_dot(30, 22, 6)[1]).permute(2, 0, 1)
    options = {"angle": angle, "translate": [5, -3], "scale": 1.2, "shear": [0.0, 0.0]}
    wanted = F.affine(picture.float(), **options, interpolation=InterpolationMode.BILINEAR)
    pixels = np.ascontiguousarray(picture.permute(1, 2, 0).numpy())
    image, planes = _moved(change, pixels, np.ascontiguousarray(mask.permute(1, 2, 0).numpy()))
    difference = (torch.from_numpy(image).permute(2, 0, 1).float() - wanted).abs()
    assert difference[:, _well_inside(change)].max() < 2
    mask_wanted = F.affine(tv_tensors.Mask(mask), **options)
    assert (torch.from_numpy(planes).permute(2, 0, 1) != mask_wanted).float().mean() < 0.004
    keypoint = tv_tensors.KeyPoints(torch.tensor([[30.0, 22.0]]), canvas_size=SIZE)
    assert np.allclose(
        change.points(np.array([[30, 22]], np.float32)), F.affine(keypoint, **options), atol=1e-3
    )
    batch = moved_batch([change], picture.float()[None], "bilinear")[0]
    assert (batch - wanted).abs().max() < 0.1


def _affine(angle, scale, shift):
    """As `Augmentation` composes it, without the dice: rotated and zoomed about the centre, then shifted."""
    cos, sin = math.cos(math.radians(angle)) * scale, math.sin(math.radians(angle)) * scale
    cx, cy = SIZE[1] / 2, SIZE[0] / 2
    return Change(
        np.array([
            [cos, -sin, cx - cos * cx + sin * cy + shift[0]],
            [sin, cos, cy - sin * cx - cos * cy + shift[1]],
        ]),
        SIZE,
    )  # fmt: skip


def _well_inside(change):
    """Pixels of the result that come from inside the input, a pixel from its edge."""
    yy, xx = np.mgrid[: SIZE[0], : SIZE[1]] + 0.5
    came = Change(change.inverse, SIZE).points(np.stack([xx, yy], axis=-1).astype(np.float32))
    low, high = np.array([1.0, 1.0]), np.array(SIZE[::-1]) - 1.0
    return torch.from_numpy(((came > low) & (came < high)).all(axis=-1))


def test_the_largest_angle_turns_as_torchvision_does():
    change = _drawn(Augmentation(rotate=30), 5)
    angle = math.degrees(math.atan2(change.matrix[1, 0], change.matrix[0, 0]))
    assert 0.5 < abs(angle) <= 30
    assert np.allclose(change.matrix, _affine(angle, 1.0, (0, 0)).matrix)


@pytest.mark.parametrize(
    ("change", "torchvision"),
    [
        ({"brightness": 1.2}, lambda image: F.adjust_brightness(image, 1.2)),
        ({"contrast": 0.8}, lambda image: F.adjust_contrast(image, 0.8)),
        ({"saturation": 1.3}, lambda image: F.adjust_saturation(image, 1.3)),
        ({"gamma": 0.8}, lambda image: F.adjust_gamma(image, 0.8)),
        (
            {"brightness": 0.85, "contrast": 1.15, "saturation": 0.8, "gamma": 1.2},
            lambda image: F.adjust_gamma(
                F.adjust_saturation(F.adjust_contrast(F.adjust_brightness(image, 0.85), 1.15), 0.8), 1.2
            ),
        ),
    ],
)
@pytest.mark.parametrize("channels", [1, 3])
def test_tones_are_those_of_torchvision(change, torchvision, channels):
    picture = _photograph(3)[:channels]
    change = Change(np.eye(3)[:2], SIZE, **change)
    pixels = np.ascontiguousarray(picture.permute(1, 2, 0).numpy())
    mapped, table = toned(change, pixels)
    made = torch.from_numpy(table[mapped.reshape(pixels.shape)]).permute(2, 0, 1)
    wanted = 255 * torchvision(picture[None].float() / 255)[0]  # on bytes it cuts off after each step
    assert (made - wanted).abs().max() < 2
    assert (made - wanted).abs().mean() < 0.6
    batch = toned_batch([change], picture.float()[None])[0]
    assert (batch - wanted).abs().max() < 0.6


def test_no_magnitude_changes_nothing():
    change = _drawn(Augmentation(), 1)
    assert change.stays(SIZE)
    assert (change.brightness, change.contrast, change.saturation, change.gamma) == (1, 1, 1, 1)
    pixels, mask = _dot(30.0, 20.0)
    image, moved = _moved(change, pixels, mask)
    assert np.array_equal(image, pixels)
    assert np.array_equal(moved, mask)
    mapped, table = toned(change, pixels)
    assert mapped is pixels
    assert table.tolist() == list(range(256))


@pytest.mark.parametrize("seed", range(3))
def test_a_crop_fills_the_picture_again(seed):
    change = _drawn(Augmentation(crop=(0.25, 0.25)), seed)
    assert np.allclose(change.matrix[:, :2], 2 * np.eye(2))
    corners = np.array([[0, 0], [64, 48]], np.float32)
    back = Change(change.inverse, SIZE).points(corners)
    assert (back >= -1e-4).all()
    assert (back <= (64.001, 48.001)).all()


def test_a_window_is_cut_in_whole_pixels_anywhere_in_the_picture():
    pixels = np.ascontiguousarray(_photograph().permute(1, 2, 0).numpy())
    corners = set()
    for seed in range(80):
        change = _drawn(Augmentation(window=40), seed)
        left, top = (-change.matrix[:, 2]).astype(int).tolist()
        corners.add((left, top))
        assert np.array_equal(
            _moved(change, pixels, pixels[..., :1])[0], pixels[top : top + 40, left : left + 40]
        )
    assert {left for left, _ in corners} >= {0, 24}
    assert {top for _, top in corners} == set(range(9))


def test_a_window_larger_than_the_picture_is_the_picture():
    assert _drawn(Augmentation(window=99), 0).stays(SIZE)


@given(seed=st.integers(0, 100_000), x=st.floats(1, 63), y=st.floats(1, 47))
@settings(max_examples=40, deadline=None)
def test_a_known_point_in_the_picture_stays_in_it(seed, x, y):
    points = np.array([[x, y], [np.nan, np.nan], [-5, 10]], np.float32)
    moved = _drawn(STRONG, seed, points).points(points)
    assert inside(moved[:1], SIZE).all()
    assert np.isnan(moved[1]).all()


def test_a_point_outside_keeps_nothing_from_moving():
    assert not _drawn(STRONG, 1, np.array([[-1.0, -1.0]], np.float32)).stays(SIZE)


def test_the_same_seed_gives_the_same_change():
    one, other, another = (_drawn(STRONG, seed) for seed in (7, 7, 8))
    assert np.array_equal(one.matrix, other.matrix)
    assert (one.contrast, one.gamma) == (other.contrast, other.gamma)
    assert not np.array_equal(one.matrix, another.matrix)


def test_changes_stay_within_their_magnitudes():
    changes = [_drawn(STRONG, seed) for seed in range(200)]
    for name, low, high in (("brightness", 0.8, 1.2), ("saturation", 0.8, 1.2), ("gamma", 1 / 1.3, 1.3)):
        values = [getattr(change, name) for change in changes]
        assert low <= min(values) < low + 0.05
        assert high - 0.05 < max(values) <= high
    mirrored = np.mean([np.linalg.det(change.matrix[:, :2]) < 0 for change in changes])
    assert 0.4 < mirrored < 0.6  # one flip of the two
    scales = [math.sqrt(abs(np.linalg.det(change.matrix[:, :2]))) for change in changes]
    assert min(scales) >= 0.7
    assert max(scales) <= 1.4 / math.sqrt(0.7) + 1e-9
