"""The first half of an import: one file is read, decoded, de-identified and written to where the study's images lie."""

import hashlib
import os
import threading
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from retina_studio.domain.errors import RetinaError
from retina_studio.images.burnt_in import has_writing
from retina_studio.images.deidentify import CleanImage, sha256
from retina_studio.images.scan import open_scan
from retina_studio.images.scan_facts import ScanFacts
from retina_studio.images.sources import Source
from retina_studio.study.image_files import ImageFiles


@dataclass(frozen=True)
class TakenImage:
    """One image whose file lies in the study; `number` counts from 1 in a file of several, else it is 0."""

    number: int
    source_sha256: str
    sha256: str
    file: str
    width: int
    height: int
    burnt_in: bool


@dataclass(frozen=True)
class Taken:
    """What became of one file: its new images, or the image that it equals, or why it was refused."""

    path: Path
    digest: str = ""
    facts: ScanFacts = field(default_factory=ScanFacts)
    count: int = 0
    images: tuple[TakenImage, ...] = ()
    same: str = ""
    refusal: str = ""


@dataclass
class Known:
    """What the study has: source hash -> (name, images in its file); file hash -> name, of single images."""

    sources: dict[str, tuple[str, int]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def whole(self, digest: str) -> str:
        """The image that a file of this hash became, or the first of several; "" unless all of them are there."""
        if digest in self.sources:
            return self.sources[digest][0]
        name, count = self.sources.get(part_hash(digest, 1), ("", 0))
        parts = (part_hash(digest, number) for number in range(1, count + 1))
        return name if all(part in self.sources for part in parts) else ""


def part_hash(digest: str, number: int) -> str:
    """The source hash of one image of several in a file."""
    return hashlib.sha256(f"{digest}/{number}".encode()).hexdigest()


_LARGE = 64 << 20  # bytes of a file: of larger ones, volumes for the most part, one at a time is in memory


class _NotKeptError(Exception):
    """The study's folder could not be written."""


class Taker:
    """Takes files; safe in any thread."""

    def __init__(self, files: ImageFiles, known: Known) -> None:
        self._files = files
        self._known = known
        self._decoding = threading.BoundedSemaphore(os.cpu_count() or 1)
        self._large = threading.Lock()
        self._writing = [threading.Lock() for _ in range(256)]
        self._written: set[str] = set()

    def take(self, source: Source) -> Taken:
        """Put a file's new images where the study's lie, durably. What is wrong with the file is in the result.

        Raises:
            RetinaError: the study's folder cannot be written.
        """
        try:
            with self._large if source.size > _LARGE else nullcontext():
                return self._take(source)
        except _NotKeptError as error:
            raise RetinaError(str(error)) from error
        except RetinaError as error:
            return Taken(source.path, refusal=str(error))

    def _take(self, source: Source) -> Taken:
        content = source.read()
        digest = sha256(content)
        same = self._known.whole(digest)
        if same:
            return Taken(source.path, digest, same=same)
        with self._decoding:
            scan = open_scan(content, source.path.name)
            del content  # a volume is large, and its pixels come next
        images = []
        clean = iter(scan.images)
        for number in range(1, scan.count + 1):
            key = digest if scan.count == 1 else part_hash(digest, number)
            with (
                self._decoding
            ):  # no more images in memory than cores; waiting for the disk is done by more threads
                content, image = self._described(next(clean), 0 if scan.count == 1 else number, key)
            if scan.facts.burnt_in:
                image = replace(image, burnt_in=True)
            if key not in self._known.sources:  # an import that was stopped may have had some
                self._write(image, content)
                images.append(image)
        return Taken(source.path, digest, scan.facts, scan.count, tuple(images))

    def _described(self, clean: CleanImage, number: int, key: str) -> tuple[bytes, TakenImage]:
        digest = sha256(clean.content)
        relative = f"{digest[:2]}/{digest}{clean.suffix}"
        height, width = clean.pixels.shape[:2]
        writing = has_writing(clean.pixels)
        return clean.content, TakenImage(number, key, digest, relative, width, height, writing)

    def _write(self, image: TakenImage, content: bytes) -> None:
        """A stop before the row is written leaves an unused file, never a row without one."""
        with self._writing[int(image.sha256[:2], 16)]:  # two files with the same picture are one file here
            if image.file in self._written:
                return
            try:
                self._files.put(image.file, content)
            except RetinaError as error:
                raise _NotKeptError(str(error)) from error
            self._written.add(image.file)
