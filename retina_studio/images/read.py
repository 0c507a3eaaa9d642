"""Read a photograph into an array: JPEG, PNG, TIFF, BMP or WebP, orientation applied, 8 bits."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.domain.errors import RetinaError

Pixels = npt.NDArray[np.uint8]

# Of a damaged file OpenCV tells its own source lines on stderr; our sentence names the file.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

MAX_PIXELS = 200_000_000
_BAND = 1 << 20  # values that are scaled at once
SUFFIXES = {
    ".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF", ".bmp": "BMP", ".webp": "WebP",
}  # fmt: skip

_WIDTH, _HEIGHT, _SHORT = 256, 257, 3  # TIFF tags and field type
_SIGNATURES = {
    "JPEG": (b"\xff\xd8\xff",),
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "TIFF": (b"II*\x00", b"MM\x00*"),
    "BMP": (b"BM",),
    "WebP": (b"RIFF",),
}


def read_image(path: Path) -> Pixels:
    """The pixels of a file: RGB (H, W, 3), or grey (H, W) where the file has one channel.

    EXIF orientation is applied. 16-bit files are scaled so that their brightest value becomes 255; an alpha
    channel is dropped.

    Raises:
        RetinaError: missing, empty, of another kind, damaged, or over 200 megapixels.
    """
    return decode_image(file_bytes(path), path.name)


def file_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises:
        RetinaError: missing, unreadable or empty.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RetinaError(f"{path} cannot be read ({error.strerror}).") from error
    if not content:
        raise RetinaError(f"{path.name} is empty: copy it again from its source.")
    return content


def kind_of(content: bytes) -> str | None:
    """JPEG, PNG, TIFF, BMP or WebP by the first bytes; None for anything else."""
    for kind, starts in _SIGNATURES.items():
        if content.startswith(starts) and (kind != "WebP" or content[8:12] == b"WEBP"):
            return kind
    return None


def decode_image(content: bytes, name: str) -> Pixels:
    """As `read_image`, from bytes; `name` is what an error calls the file."""
    if kind_of(content) is None:
        raise RetinaError(f"{name} is not a JPEG, PNG, TIFF, BMP or WebP image.")
    size = image_size(content)
    if size:
        check_size(*size, name)
    # IMREAD_ANYCOLOR keeps grey grey; without IGNORE_ORIENTATION cv2 applies the EXIF orientation.
    flags = cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH
    try:
        decoded = cv2.imdecode(np.frombuffer(content, np.uint8), flags)
    except cv2.error as error:
        raise RetinaError(f"{name} cannot be decoded: it is damaged or too large.") from error
    if decoded is None or decoded.size == 0:
        raise RetinaError(f"{name} is damaged and cannot be decoded: copy it again from its source.")
    if decoded.shape[0] * decoded.shape[1] > MAX_PIXELS:
        raise RetinaError(f"{name} is over the limit of {MAX_PIXELS // 1_000_000} megapixels.")
    pixels = to_8_bits(np.asarray(decoded))
    return (
        pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels[..., :3], cv2.COLOR_BGR2RGB), np.uint8)
    )


def check_size(width: int, height: int, name: str) -> None:
    """Refuse what would not fit into memory, before it is decoded.

    Raises:
        RetinaError: over 200 megapixels.
    """
    if width * height > MAX_PIXELS:
        raise RetinaError(
            f"{name} has {width * height / 1e6:.0f} megapixels; the limit is {MAX_PIXELS // 1_000_000}."
        )


def to_8_bits(values: npt.NDArray[np.generic], brightest: float | None = None) -> Pixels:
    """Any array as 8 bits: as it is, or scaled so that `brightest` (default: its own maximum) becomes 255."""
    if values.dtype == np.uint8:
        return np.asarray(values, dtype=np.uint8)
    top = maximum(values) if brightest is None else brightest
    scale = 255.0 / top if top > 0 else 0.0
    result = np.empty(values.shape, np.uint8)
    for band in _bands(values):
        result[band] = np.clip(np.rint(_finite(values[band]) * scale), 0, 255)
    return result


def maximum(values: npt.NDArray[np.generic]) -> float:
    """The largest value of an array; what is not a finite number counts as 0."""
    return max((float(_finite(values[band]).max()) for band in _bands(values)), default=0.0)


def _bands(values: npt.NDArray[np.generic]) -> Iterator[slice]:
    """A few rows at a time: as floats, a deep picture takes several times its own memory."""
    rows = max(1, _BAND * len(values) // max(values.size, 1))
    return (slice(start, start + rows) for start in range(0, len(values), rows))


def _finite(values: npt.NDArray[np.generic]) -> npt.NDArray[np.float32]:
    return np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0)


def image_size(content: bytes) -> tuple[int, int] | None:
    """(width, height) from the header, so that a bomb is refused before it is decoded; None when not found."""
    if content.startswith(_SIGNATURES["PNG"]):
        return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    if content.startswith(_SIGNATURES["JPEG"]):
        for marker, start, end in jpeg_segments(content):
            if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC} and end - start >= 9:
                height, width = content[start + 5 : start + 7], content[start + 7 : start + 9]
                return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        return None
    if content.startswith(_SIGNATURES["BMP"]):
        return _bmp_size(content)
    if content.startswith(_SIGNATURES["WebP"]):
        return None  # 14 bits a side at most (RFC 9649): the decoded size is checked
    return _tiff_size(content)


def _bmp_size(content: bytes) -> tuple[int, int]:
    """Width and height of a Windows bitmap; the height is negative where it runs from the top."""
    if content[14:18] == b"\x0c\x00\x00\x00":  # the header of OS/2, with short numbers
        return int.from_bytes(content[18:20], "little"), int.from_bytes(content[20:22], "little")
    width = int.from_bytes(content[18:22], "little", signed=True)
    height = int.from_bytes(content[22:26], "little", signed=True)
    return abs(width), abs(height)


def _tiff_size(content: bytes) -> tuple[int, int] | None:
    tags = tiff_tags(content, {_WIDTH, _HEIGHT})
    return (tags[_WIDTH], tags[_HEIGHT]) if len(tags) == 2 else None


def tiff_tags(content: bytes, wanted: set[int], directory: int | None = None) -> dict[int, int]:
    """The wanted whole-number tags of a TIFF's (or EXIF block's) directory, the first one where none is given."""
    order: Literal["little", "big"] = "little" if content[:2] == b"II" else "big"

    def read(at: int, count: int) -> int:
        return int.from_bytes(content[at : at + count], order)

    directory = read(4, 4) if directory is None else directory
    tags = {}
    for entry in range(directory + 2, directory + 2 + 12 * min(read(directory, 2), 200), 12):
        if read(entry, 2) in wanted:
            tags[read(entry, 2)] = read(entry + 8, 2 if read(entry + 2, 2) == _SHORT else 4)
    return tags


def jpeg_segments(content: bytes) -> list[tuple[int, int, int]]:
    """(marker, start, end) of each header segment of a JPEG up to the start of the scan (0xDA), that one last."""
    segments, at = [], 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        segments.append((marker, at, end))
        if marker == 0xDA:
            break
        at = end
    return segments
