"""Prepared examples on disk: a memory-mapped file that any number of processes fill and read.

    bytes 0-4095     the lines `Retina Studio examples 1` and the SHA-256 of key and size, then the key as JSON text,
                     cut off or padded with zero bytes
    states           (N,) uint64, one an example: 0 where it is not there yet, else 2**32 + CRC-32 of its record
    records          from the next multiple of 4096: (N, R) uint8; R holds pixels, planes, points, grades, known

An example's state is set after its record, and the first read of each process checks the sum: a kill or a power cut at
any moment costs the examples that were being written, no more. Examples follow from the key alone, so that it does not
matter which process writes one. A file with another key, of another size or damaged at its start is made anew.
"""

import hashlib
import json
import math
import os
import tempfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from retina_studio.domain.errors import RetinaError
from training.data.example import Pixels, Stored, planes_for

LIMIT = 32 * 2**30  # bytes of all files of a folder

_MAGIC = b"Retina Studio examples 1\n"
_HEAD = 4096
_THERE = 1 << 32
_BLOCK = 1 << 24


@dataclass(frozen=True)
class Shape:
    """How large one example is: everything that the size of its record follows from."""

    height: int
    width: int
    channels: int
    labels: int
    points: int
    grades: int

    @property
    def parts(self) -> dict[str, tuple[tuple[int, ...], np.dtype[Any]]]:
        """Shape and type of each part of a record, in order; numbers of four bytes stand where they may."""
        sides = (self.height, self.width)
        return {
            "points": ((self.points, 2), np.dtype("<f4")),
            "grades": ((self.grades,), np.dtype("<f4")),
            "pixels": ((*sides, self.channels), np.dtype("u1")),
            "planes": ((*sides, planes_for(self.labels)), np.dtype("u1")),
            "known": ((self.labels,), np.dtype("?")),
        }

    @property
    def bytes(self) -> int:
        """Of one record: a multiple of 64."""
        parts = sum(int(np.prod(shape)) * kind.itemsize for shape, kind in self.parts.values())
        return -(-parts // 64) * 64


class CacheFile:
    """Records of examples in one file. Threads may use it together."""

    def __init__(self, folder: Path, key: Mapping[str, Any], count: int, shape: Shape) -> None:
        """Open the file of this key in a folder, or make it.

        Args:
            folder: made where it is not there.
            key: JSON-ready; all that the examples follow from.
            count: of the examples.
            shape: of each.

        Raises:
            RetinaError: the folder cannot be written, or has too little room.
        """
        self.path, self.bytes = cache_file(folder, key, count, shape)
        self._shape = shape
        head = (_MAGIC + _digest(key, count, shape).encode() + b"\n" + _text(key))[:_HEAD].ljust(_HEAD, b"\0")
        start = self.bytes - count * shape.bytes
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if self._is_whole(head):
                self.path.touch()  # eviction takes the file first that was not used for longest
            else:
                _evict(folder, self.bytes)
                self._make(head)
            self._states = np.memmap(self.path, np.dtype("<u8"), "r+", _HEAD, (count,))
            self._records = np.memmap(self.path, np.uint8, "r+", start, (count, shape.bytes))
        except OSError as error:
            raise RetinaError(
                f"The cache of prepared images in {folder} cannot be written ({error.strerror or error}): make room "
                f"for {math.ceil(self.bytes / 1e6)} MB there."
            ) from error
        self._checked = np.zeros(count, dtype=bool)

    def read(self, number: int) -> Stored | None:
        """An example, its arrays lying in the file; None where it is not there or damaged."""
        record = self._records[number]
        if not self._checked[number]:
            state = int(self._states[number])
            if state != _THERE + zlib.crc32(record.data):
                return None
            self._checked[number] = True
        return Stored(**_views(record, self._shape))

    def write(self, number: int, stored: Stored) -> None:
        """Keep an example."""
        record = np.zeros(self._shape.bytes, np.uint8)
        for name, view in _views(record, self._shape).items():
            view[...] = getattr(stored, name)
        self._records[number] = record
        self._states[number] = _THERE + zlib.crc32(record.data)
        self._checked[number] = True

    def _is_whole(self, head: bytes) -> bool:
        try:
            with self.path.open("rb") as file:
                return file.read(_HEAD) == head and os.fstat(file.fileno()).st_size == self.bytes
        except FileNotFoundError:
            return False

    def _make(self, head: bytes) -> None:
        """An empty file with all its room taken: a disk that is full later would kill the process on writing."""
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=self.path.name, suffix=".part")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(head)
                _take_room(file, self.bytes)
            if not self._is_whole(head):  # another process may have been quicker
                part.replace(self.path)
        finally:
            part.unlink(missing_ok=True)


def cache_file(folder: Path, key: Mapping[str, Any], count: int, shape: Shape) -> tuple[Path, int]:
    """Where the examples of this key lie, and how many bytes the file has."""
    states = -(-8 * count // _HEAD) * _HEAD
    return folder / f"{_digest(key, count, shape)[:16]}.examples", _HEAD + states + count * shape.bytes


def _digest(key: Mapping[str, Any], count: int, shape: Shape) -> str:
    return hashlib.sha256(_text(key) + f"{count}{shape}".encode()).hexdigest()


def _text(key: Mapping[str, Any]) -> bytes:
    return json.dumps(key, sort_keys=True).encode()


def _evict(folder: Path, coming: int) -> None:
    """Remove the files that were not used for longest, so that with the coming one all stay within the limit."""
    files = []
    for file in folder.glob("*.examples*"):
        with suppress(FileNotFoundError):  # another process was quicker
            files.append((file.stat().st_mtime, file.stat().st_size, file))
    room = LIMIT - coming - sum(size for _, size, _ in files)
    for _, size, file in sorted(files):
        if room < 0:
            with suppress(OSError):  # Windows keeps what another run has open
                file.unlink()
            room += size


def _take_room(file: BinaryIO, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        file.flush()
        os.posix_fallocate(file.fileno(), 0, size)
        return
    while (left := size - file.tell()) > 0:
        file.write(bytes(min(left, _BLOCK)))


def _views(record: Pixels, shape: Shape) -> dict[str, Any]:
    """The parts of a record as arrays that lie in it."""
    views, start = {}, 0
    for name, (sides, kind) in shape.parts.items():
        size = int(np.prod(sides)) * kind.itemsize
        views[name] = record[start : start + size].view(kind).reshape(sides)
        start += size
    return views
