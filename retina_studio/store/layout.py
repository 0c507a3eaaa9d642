"""The layout of a curated store, version 2: one HDF5 file that plain h5py or h5dump can read.

docs/curated-store.md shows it to those who read such files with other tools, with the measurements behind it.

Bytes 0 to 511 are an HDF5 user block, which HDF5 readers skip. It holds the seal as ASCII text, padded with
zero bytes: the line `Retina Studio curated store`, then `bytes N` (size of the whole file) and `sha256 HEX`
(SHA-256 of everything behind the user block). So no byte of the file can change unseen, not even one that
HDF5 does not use; `head -c 512 FILE` shows it. The HDF5 part is in the format of HDF5 1.10, whose
structures carry checksums of their own.

    /                       attributes:
                              layout            2
                              content_hash      SHA-256 (hex) of the content, see below
                              study_id          the study it was curated from
                              software_version  of the Retina Studio that wrote it
                              written_at        UTC, ISO 8601
                              audit_head        hash of the last row of the study's audit trail when it was curated
                              audit_rows        how many rows the trail had then
    /rules                  JSON: the rules of the vote and of the split
    /index                  (N,) JSON, one record an image, sorted by name (see below)
    /images/NAME/pixels     (H, W, 3) uint8 RGB, or (H, W) uint8 grey
    /images/NAME/masks/LABEL  (H, W) uint8: 0 outside, 255 inside, 127 inside a consensus shape that does not comply
                            with the settled grade. A plane of zeros is the answer "none"; no plane is no answer.
    /images/NAME/shapes     JSON: the consensus shapes, a list of {"shape": `Shape.to_dict`, "members": {pseudonym:
                            ids of that grader's own shapes that went into it}, "rule": how it came about,
                            "compliant": whether the settled grade allows it, "note": why not}
    /images/NAME/votes      JSON: who said what, by pseudonym
    /images/NAME/decisions  JSON: what the adjudicator decided, a list of `Decision.to_dict` by pseudonym
    /images/NAME/agreement  JSON: how far each grader agreed with the consensus and with the others, by pseudonym
    /images/NAME/layers     JSON: each grader's whole grading, {pseudonym: `Grading.to_dict`}

JSON is ASCII text (other characters escaped) in a one-element dataset of fixed-length UTF-8 strings. A record
of the index has the keys: name, modality ("fundus" or "oct"), eye ("OD", "OS" or ""), patient (pseudonym), split
("train", "val" or "test"), source_sha256 (of the image file that was imported), height, width, channels (3 or 1),
grades {scale: value}, points {label: [x, y]}, and sha256 {part: HEX} with one entry for each dataset of the image
(`pixels`, `masks/LABEL`, `shapes`, `votes`, `decisions`, `agreement`, `layers`): the SHA-256 of its values in C
order, or of its text.

Coordinates are float image pixels, x right, y down, the centre of pixel (row r, column c) at (c+0.5, r+0.5).

`content_hash` is the SHA-256 of the canonical JSON (sorted keys, no spaces) of {"images": the records in their
order, "layout": 2, "rules": the rules}. Two snapshots of equal content share it, whenever they were written.

Chunks in which every value is 0 are not stored: HDF5 reads them as the fill value 0.

Layout 1, which is still read, has no audit_head, audit_rows, decisions and agreement; its `shapes` are plain
`Shape.to_dict`, and its 127 means "inside for some graders, settled by nobody".
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from retina_studio.domain.errors import RetinaError

LAYOUT_VERSION = 2
OLDEST_LAYOUT = 1
LIBVER = ("v110", "v110")
USER_BLOCK = 512
CHUNK = 256
PIXEL_GZIP = 4
MASK_GZIP = 1
TEXT_ROWS = 64  # records of the index in one chunk
MAX_PIXELS = 200_000_000

_MAGIC = b"Retina Studio curated store\n"
_BLOCK = 1 << 20


def to_json(value: object) -> str:
    """Canonical JSON: sorted keys, no spaces, ASCII; equal values give equal text. NaN is refused (ValueError)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def text_hash(text: bytes) -> str:
    """SHA-256 (hex) of a text, as the records hold it."""
    return hashlib.sha256(text).hexdigest()


def content_hash(records: Iterable[bytes], rules: Mapping[str, Any], layout: int = LAYOUT_VERSION) -> str:
    """The hash (hex) that names the content: the records of the index as canonical JSON, by name, and the rules."""
    digest = hashlib.sha256(b'{"images":[')
    between = b""
    for record in records:
        digest.update(between + record)
        between = b","
    digest.update(f'],"layout":{layout},"rules":{to_json(rules)}}}'.encode())
    return digest.hexdigest()


def seal(file: BinaryIO) -> bytes:
    """The user block (512 bytes) that belongs to the content of an open file."""
    digest = hashlib.sha256()
    file.seek(USER_BLOCK)
    while block := file.read(_BLOCK):
        digest.update(block)
    text = _MAGIC + f"bytes {file.tell()}\nsha256 {digest.hexdigest()}\n".encode()
    return text.ljust(USER_BLOCK, b"\0")


def check_user_block(path: Path) -> None:
    """The cheap check at opening: that this is a curated store, and that none of it is missing.

    Raises:
        RetinaError: the file is not there, not a curated store, or cut short.
    """
    try:
        with path.open("rb") as file:
            block = file.read(USER_BLOCK)
        size = path.stat().st_size
    except OSError as error:
        raise RetinaError(f"{path} cannot be opened: {error.strerror or error}.") from error
    if not block.startswith(_MAGIC):
        raise RetinaError(f"{path} is not a curated store; make one with `retina-studio curate`.")
    if f"\nbytes {size}\n".encode() not in block:
        raise RetinaError(
            f"{path} is damaged: it has {size} bytes, not as many as were written; curate it again."
        )
