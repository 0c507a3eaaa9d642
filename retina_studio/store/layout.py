"""The layout of a curated store, version 1: one HDF5 file that plain h5py or h5dump can read.

Bytes 0 to 511 are an HDF5 user block, which HDF5 readers skip. It holds the seal as ASCII text, padded with
zero bytes: the line `Retina Studio curated store`, then `bytes N` (size of the whole file) and `sha256 HEX`
(SHA-256 of everything behind the user block). So no byte of the file can change unseen, not even one that
HDF5 does not use; `head -c 512 FILE` shows it. The HDF5 part is in the format of HDF5 1.10, whose
structures carry checksums of their own.

    /                       attributes:
                              layout            1
                              content_hash      SHA-256 (hex) of the content, see below
                              study_id          the study it was curated from
                              software_version  of the Retina Studio that wrote it
                              written_at        UTC, ISO 8601
    /rules                  JSON: the rules of the vote and of the split
    /index                  (N,) JSON, one record an image, sorted by name (see below)
    /images/NAME/pixels     (H, W, 3) uint8 RGB, or (H, W) uint8 grey
    /images/NAME/masks/LABEL  (H, W) uint8: 0 outside, 255 inside, 127 not compliant (inside for some graders,
                            settled by nobody). A plane of zeros is the answer "none"; no plane is no answer.
    /images/NAME/shapes     JSON: the consensus shapes, a list of `Shape.to_dict`
    /images/NAME/votes      JSON: who said what, by pseudonym
    /images/NAME/layers     JSON: each grader's whole grading, {pseudonym: `Grading.to_dict`}

JSON is ASCII text (other characters escaped) in a one-element dataset of fixed-length UTF-8 strings. A record
of the index has the keys: name, modality ("fundus" or "oct"), eye ("OD", "OS" or ""), patient (pseudonym), split
("train", "val" or "test"), source_sha256 (of the image file that was imported), height, width, channels (3 or 1),
grades {scale: value}, points {label: [x, y]}, and sha256 {part: HEX} with one entry for each dataset of the image
(`pixels`, `masks/LABEL`, `shapes`, `votes`, `layers`): the SHA-256 of its values in C order, or of its text.

Coordinates are float image pixels, x right, y down, the centre of pixel (row r, column c) at (c+0.5, r+0.5).

`content_hash` is the SHA-256 of the canonical JSON (sorted keys, no spaces) of {"images": the records in their
order, "layout": 1, "rules": the rules}. Two snapshots of equal content share it, whenever they were written.

Pixels are stored in chunks of 256 x 256 with gzip level 4. Measured on two fundus photographs (37 MB: IDRiD,
4288 x 2848; 6.6 MB: Drishti-GS1, 1600 x 1371), size, write and read time on one core:

    gzip 1   10.4 MB, 350 ms, 151 ms      2.2 MB,  81 ms, 32 ms
    gzip 4    9.5 MB, 500 ms, 144 ms      1.8 MB, 111 ms, 29 ms   (shuffle changes nothing for single bytes)
    gzip 9    8.8 MB, 1310 ms, 134 ms     1.7 MB, 690 ms, 28 ms
    lzf      15.2 MB, 195 ms, 134 ms      3.4 MB,  44 ms, 28 ms
    none     40.1 MB,  22 ms,  18 ms      8.3 MB,   6 ms,  4 ms   (edge chunks are padded)

Masks have gzip level 1: a lesion plane of the first photograph takes 66 KB of 12 MB and is read in 27 ms.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from retina_studio.domain.errors import RetinaError

LAYOUT_VERSION = 1
LIBVER = ("v110", "v110")
USER_BLOCK = 512
CHUNK = 256
PIXEL_GZIP = 4
MASK_GZIP = 1
MAX_PIXELS = 200_000_000

_MAGIC = b"Retina Studio curated store\n"
_BLOCK = 1 << 20


def to_json(value: object) -> str:
    """Canonical JSON: sorted keys, no spaces, ASCII; equal values give equal text. NaN is refused (ValueError)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def content_hash(records: Sequence[Mapping[str, Any]], rules: Mapping[str, Any]) -> str:
    """The hash (hex) that names the content: the index records in order of name, and the rules."""
    content = {"images": list(records), "layout": LAYOUT_VERSION, "rules": rules}
    return hashlib.sha256(to_json(content).encode()).hexdigest()


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
