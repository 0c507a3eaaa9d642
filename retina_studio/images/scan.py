"""One file as its images: a photograph is one, a multi-page TIFF, a DICOM or a vendor's OCT file may be many."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from retina_studio.domain.errors import RetinaError
from retina_studio.images import dicom, vendor
from retina_studio.images.deidentify import CleanImage, png_of, strip_metadata
from retina_studio.images.pages import decode_pages, full_pages
from retina_studio.images.read import SUFFIXES, Pixels, decode_image, kind_of
from retina_studio.images.scan_facts import ScanFacts

DICOM_SUFFIXES = {".dcm", ".dicom", ".dic"}
TAKEN = {*SUFFIXES, *DICOM_SUFFIXES, *vendor.SUFFIXES}
KINDS = "JPEG, PNG, TIFF, BMP, WebP, DICOM or OCT"  # what is taken, in words


@dataclass(frozen=True)
class Scan:
    """What a file holds: facts that count for all of it, how many images, and the images one at a time."""

    facts: ScanFacts
    count: int
    images: Iterable[CleanImage]


def open_scan(content: bytes, name: str) -> Scan:
    """The images of a file's content, without its metadata; its kind is told by its first bytes.

    Raises:
        RetinaError: of another kind, damaged, too large, or its reader is not installed.
    """
    several = _frames(content, name)
    if several is None:
        return Scan(ScanFacts(), 1, [strip_metadata(content, name)])
    facts, frames = several
    return Scan(facts, len(frames), _encoded(frames, name))


def read_frames(content: bytes, name: str) -> tuple[ScanFacts, list[Pixels]]:
    """What the header says, and the pixels of every image in a file's content, RGB (H, W, 3) or grey (H, W).

    Raises:
        RetinaError: as `open_scan`.
    """
    return _frames(content, name) or (ScanFacts(), [decode_image(content, name)])


def _frames(content: bytes, name: str) -> tuple[ScanFacts, list[Pixels]] | None:
    """Of a file that may hold several images; None of a photograph."""
    kind = scan_kind(content[:132], name)
    if kind == "dicom":
        found = dicom.read_dicom(content, name)
        return found.facts, found.frames
    if kind == "vendor":
        volume = vendor.read_volume(content, name)
        return volume.facts, volume.frames
    if kind_of(content) == "TIFF":
        pages = full_pages(content, name)
        if len(pages) > 1:
            return ScanFacts(), decode_pages(content, pages, name)
    return None


def _encoded(frames: list[Pixels], name: str) -> Iterator[CleanImage]:
    """One B-scan at a time, and each let go when it is written."""
    for number in range(len(frames)):
        yield png_of(frames[number], name)


def scan_kind(head: bytes, name: str) -> Literal["photograph", "dicom", "vendor"]:
    """Which reader a file is for, by its first 132 bytes and, for vendors' formats, its ending."""
    if dicom.is_dicom(head):
        return "dicom"
    suffix = PurePath(name).suffix.lower()
    if suffix in vendor.SUFFIXES and kind_of(head) is None:
        return "vendor"
    if suffix in DICOM_SUFFIXES:
        raise RetinaError(f"{name} is not a DICOM file: copy it again from its source.")
    return "photograph"


def may_be_scan(name: str) -> bool | None:
    """Whether a file of this name is imported; None where its first bytes must tell (DICOM often has no ending)."""
    base = re.split(r"[/\\]", name)[-1]
    stem, dot, suffix = base.rpartition(".")
    if dot and f".{suffix.lower()}" in TAKEN:
        return True
    bare = not stem or suffix.isdigit()
    return None if bare and base.upper() != "DICOMDIR" else False
