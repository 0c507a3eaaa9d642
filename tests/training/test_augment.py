import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from training.augment import Augmentation, Example, inside

SIZE = (48, 64)
STRONG = Augmentation(0.5, 40, 0.2, (0.7, 1.4), 0.2, 0.2, 1.3)


def _dot(x, y, radius=3.0):
    yy, xx = np.mgrid[: SIZE[0], : SIZE[1]] + 0.5
    mask = ((xx - x) ** 2 + (yy - y) ** 2 <= radius**2).astype(np.uint8)[None]
    return Example(torch.from_numpy(mask * 200), torch.from_numpy(mask), torch.tensor([x, y]))


def _centroid(mask):
    rows, columns = np.nonzero(mask[0].numpy())
    return columns.mean() + 0.5, rows.mean() + 0.5


@given(seed=st.integers(0, 10_000), x=st.floats(16, 48), y=st.floats(16, 32))
@settings(max_examples=60, deadline=None)
def test_image_mask_and_centre_move_together(seed, x, y):
    torch.manual_seed(seed)
    moved = STRONG(_dot(x, y))
    cx, cy = moved.centre.tolist()
    assert inside(moved.centre, SIZE)
    if 6 < cx < SIZE[1] - 6 and 6 < cy < SIZE[0] - 6:  # the dot is wholly in the picture
        assert np.allclose(_centroid(moved.mask), (cx, cy), atol=0.6)
        assert np.allclose(_centroid(moved.image > 60), (cx, cy), atol=0.8)


def test_each_flip_alone_maps_the_centre_edge_to_edge():
    torch.manual_seed(0)
    flips = Augmentation(1.0, 0, 0, (1, 1), 0, 0, 1.0)
    moved = flips(_dot(10.5, 20.5))
    assert moved.centre.tolist() == [53.5, 27.5]
    assert _centroid(moved.mask) == (53.5, 27.5)


def test_no_magnitude_changes_nothing():
    example = _dot(30.0, 20.0)
    same = Augmentation(0, 0, 0, (1, 1), 0, 0, 1.0)(example)
    assert torch.equal(same.image, example.image)
    assert torch.equal(same.mask, example.mask)
    assert torch.equal(same.centre, example.centre)


def test_an_example_without_a_centre_is_changed_too():
    torch.manual_seed(1)
    example = Example(
        _dot(30.0, 20.0).image, torch.zeros(1, *SIZE, dtype=torch.uint8), torch.tensor([-1.0, -1.0])
    )
    assert not torch.equal(STRONG(example).image, example.image)


def test_the_same_seed_gives_the_same_change():
    results = []
    for _ in range(2):
        torch.manual_seed(7)
        results.append(STRONG(_dot(30.0, 20.0)))
    assert torch.equal(results[0].image, results[1].image)
    assert torch.equal(results[0].centre, results[1].centre)
