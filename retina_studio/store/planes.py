"""Compress planes on several cores: HDF5 itself uses one, and compression is most of the work of writing a store."""

import hashlib
import zlib
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass

import h5py
import numpy as np

from retina_studio.store.curated import Plane
from retina_studio.store.layout import CHUNK


@dataclass(frozen=True, eq=False)
class Packed:
    """A plane on its way into the file: its chunks are being compressed.

    Attributes:
        shape: (H, W) or (H, W, 3).
        level: of gzip.
        chunks: where each chunk begins, and its bytes to come; None where all its values are 0.
        digest: SHA-256 (hex) of the values to come.
    """

    shape: tuple[int, ...]
    level: int
    chunks: list[tuple[tuple[int, ...], Future[bytes | None]]]
    digest: Future[str]


def pack(values: Plane, level: int, workers: Executor) -> Packed:
    """Start to compress a plane; it must not be changed until it is written."""
    values = np.ascontiguousarray(values)
    side = _sides(values.shape)
    chunks = [
        (start, workers.submit(_compressed, values, start, level)) for start in _starts(values.shape, side)
    ]
    return Packed(values.shape, level, chunks, workers.submit(_digest, values))


def write_packed(group: h5py.Group, name: str, packed: Packed) -> str:
    """Write a packed plane as a dataset of gzip chunks; returns the SHA-256 (hex) of its values."""
    dataset = group.create_dataset(
        name,
        shape=packed.shape,
        dtype=np.uint8,
        chunks=_sides(packed.shape),
        compression="gzip",
        compression_opts=packed.level,
    )
    for start, compressed in packed.chunks:
        content = compressed.result()
        if content is not None:
            dataset.id.write_direct_chunk(start, content)
    return packed.digest.result()


def _sides(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (min(CHUNK, shape[0]), min(CHUNK, shape[1]), *shape[2:])


def _starts(shape: tuple[int, ...], sides: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    for top in range(0, shape[0], sides[0]):
        for left in range(0, shape[1], sides[1]):
            yield (top, left, *(0 for _ in shape[2:]))


def _compressed(values: Plane, start: tuple[int, ...], level: int) -> bytes | None:
    """One chunk as HDF5's gzip filter writes it; at the edges the rest of the chunk is 0."""
    sides = _sides(values.shape)
    cut = values[start[0] : start[0] + sides[0], start[1] : start[1] + sides[1]]
    if not cut.any():
        return None
    if cut.shape != sides:
        whole = np.zeros(sides, dtype=np.uint8)
        whole[: cut.shape[0], : cut.shape[1]] = cut
        cut = whole
    return zlib.compress(np.ascontiguousarray(cut).data, level)


def _digest(values: Plane) -> str:
    return hashlib.sha256(values.data).hexdigest()
