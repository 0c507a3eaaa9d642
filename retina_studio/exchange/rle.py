"""COCO's run-length encoding: the lengths of runs of 0 and 1 in turn, 0 first, down the columns.

Works on the smallest crop around the mask, so that a small lesion costs little in a large image. The compressed
text is that of pycocotools' `maskApi.c` (rleToString): from the third run on the difference to the run two before,
in groups of five bits, lowest first, each as a character from 48 on, with 32 for "more follows".
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from retina_studio.domain.geometry import Mask


def encode_rle(crop: Mask, top: int, left: int, height: int, width: int) -> list[int]:
    """The counts of an image (height, width) that is zero but for a crop placed at row `top`, column `left`."""
    column, row = np.nonzero(crop.T)
    inside = (column + left) * height + row + top
    if inside.size == 0:
        return [height * width]
    breaks = np.flatnonzero(np.diff(inside) > 1)
    starts = inside[np.concatenate([[0], breaks + 1])]
    ends = inside[np.concatenate([breaks, [inside.size - 1]])] + 1
    edges = np.column_stack([starts, ends]).ravel()
    counts = np.diff(edges, prepend=0).tolist()
    rest = height * width - int(edges[-1])
    return [*counts, rest] if rest else counts


def decode_rle(counts: Sequence[int] | str, height: int, width: int) -> tuple[Mask, int, int]:
    """The smallest crop that holds the mask (at least its columns), and its top and left.

    Raises:
        ValueError: the counts are not those of an image of this size.
    """
    runs = _uncompressed(counts) if isinstance(counts, str) else list(counts)
    if any(run < 0 for run in runs) or sum(runs) != height * width:
        raise ValueError(f"its run lengths do not add up to {width} x {height} pixels")
    edges = np.cumsum(np.array(runs, dtype=np.int64))
    starts, ends = edges[0:-1:2], edges[1::2]
    starts, ends = starts[ends > starts], ends[ends > starts]
    if starts.size == 0:
        return np.zeros((0, 0), dtype=np.bool_), 0, 0
    left, right = int(starts[0]) // height, (int(ends[-1]) - 1) // height + 1
    mask = _painted(starts - left * height, ends - left * height, (right - left) * height)
    columns = mask.reshape(right - left, height).T
    rows = np.flatnonzero(columns.any(axis=1))
    return columns[rows[0] : rows[-1] + 1], int(rows[0]), left


def _painted(starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], size: int) -> Mask:
    toggles = np.zeros(size + 1, dtype=np.bool_)
    # Runs may touch (a zero run between them), so toggle rather than set.
    np.logical_xor.at(toggles, starts, True)
    np.logical_xor.at(toggles, ends, True)
    inside: Mask = np.logical_xor.accumulate(toggles)[:-1]
    return inside


def _uncompressed(text: str) -> list[int]:
    runs: list[int] = []
    value, shift = 0, 0
    for sign in text:
        bits = ord(sign) - 48
        if not 0 <= bits < 64 or shift > 60:
            raise ValueError("its run lengths are not those of COCO")
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:
            value -= 1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
        value, shift = 0, 0
    if shift:
        raise ValueError("its run lengths are cut short")
    return runs
