"""The run-length codec against pycocotools."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pycocotools import mask as coco

from retina_studio.exchange.rle import decode_rle, encode_rle

masks = hnp.array_shapes(min_dims=2, max_dims=2, max_side=12).flatmap(lambda size: hnp.arrays(np.bool_, size))


def whole(decoded, height, width):
    crop, top, left = decoded
    plane = np.zeros((height, width), bool)
    plane[top : top + crop.shape[0], left : left + crop.shape[1]] = crop
    return plane


@given(masks)
def test_counts_are_those_of_pycocotools(mask):
    height, width = mask.shape
    counts = encode_rle(mask, 0, 0, height, width)
    compressed = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
    assert coco.frPyObjects({"size": [height, width], "counts": counts}, height, width) == compressed
    assert np.array_equal(whole(decode_rle(counts, height, width), height, width), mask)
    text = compressed["counts"].decode()
    assert np.array_equal(whole(decode_rle(text, height, width), height, width), mask)


@given(masks, st.integers(0, 5), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5))
def test_a_crop_is_placed(crop, top, left, below, right):
    plane = np.pad(crop, ((top, below), (left, right)))
    counts = encode_rle(crop, top, left, *plane.shape)
    assert counts == encode_rle(plane, 0, 0, *plane.shape)
    assert np.array_equal(whole(decode_rle(counts, *plane.shape), *plane.shape), plane)


def test_long_runs_of_a_large_image():
    height, width = 3000, 4000
    plane = np.zeros((height, width), bool)
    plane[:, 1000:3000], plane[5, 3999] = True, True
    text = coco.encode(np.asfortranarray(plane.astype(np.uint8)))["counts"].decode()
    assert np.array_equal(whole(decode_rle(text, height, width), height, width), plane)


def test_runs_of_no_length_between():
    assert whole(decode_rle([0, 2, 0, 2, 5], 3, 3), 3, 3).T.ravel().tolist() == [True] * 4 + [False] * 5


@pytest.mark.parametrize(
    "counts",
    [
        [5],
        [10],
        [-1, 10],
        [4, -4, 9],
        [10**30, -(10**30), 9],
        "",
        "9\n",
        "\x00",
        "é",
        "o" * 40,
        "4P",
        [],
        [1] * 8,
    ],
)
def test_wrong_counts_are_refused(counts):
    with pytest.raises(ValueError, match="run lengths"):
        decode_rle(counts, 3, 3)
