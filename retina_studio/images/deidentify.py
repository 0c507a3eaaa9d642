"""What a study keeps of a photograph: its pixels, and nothing that says whose they are."""

import datetime
import hashlib
import hmac
from dataclasses import dataclass

import cv2
import numpy as np

from retina_studio.domain.errors import RetinaError
from retina_studio.images.read import Pixels, decode_image, jpeg_segments, kind_of, tiff_tags

# JPEG segments that pixels need: quantisation, Huffman, frame, restart interval, scan. JFIF and Adobe's colour
# transform are kept too, but only their defined fields.
_APP0, _APP1, _APP14, _DRI, _DQT, _DHT, _SOS = 0xE0, 0xE1, 0xEE, 0xDD, 0xDB, 0xC4, 0xDA
_EOI = 0xD9
_JFIF_LENGTH, _ADOBE_LENGTH = 18, 16
_ORIENTATION = 0x0112
MOST_DAYS = 3650  # that a patient's dates are moved by
_KEPT = {_DRI, _DQT, _DHT, _SOS} | set(range(0xC0, 0xD0))


@dataclass(frozen=True)
class CleanImage:
    """A file's pixels without its metadata: the bytes to keep, their suffix, and the decoded pixels."""

    content: bytes
    suffix: str
    pixels: Pixels


def strip_metadata(content: bytes, name: str) -> CleanImage:
    """Drop EXIF, comments, thumbnails, colour profiles and every other note in a file.

    An 8-bit JPEG that lies upright keeps its compressed pixels bit for bit; everything else becomes a PNG.

    Raises:
        RetinaError: as `read.decode_image`.
    """
    pixels = decode_image(content, name)
    if kind_of(content) == "JPEG" and _is_upright(content):
        stripped = _strip_jpeg(content)
        if _decodes_to(stripped, name, pixels):
            return CleanImage(stripped, ".jpg", pixels)
    return png_of(pixels, name)


def png_of(pixels: Pixels, name: str) -> CleanImage:
    """Pixels, RGB or grey, as a PNG with nothing beside them.

    Raises:
        RetinaError: they cannot be written as PNG.
    """
    bgr = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    done, encoded = cv2.imencode(".png", bgr, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    if not done:
        raise RetinaError(f"{name} cannot be written as PNG.")
    return CleanImage(encoded.tobytes(), ".png", pixels)


def _is_upright(content: bytes) -> bool:
    """Whether the EXIF orientation is 1 or not given: then dropping the EXIF changes nothing that is seen."""
    for marker, start, end in jpeg_segments(content):
        body = content[start + 4 : end]
        if marker == _APP1 and body.startswith(b"Exif\x00\x00"):
            return tiff_tags(body[6:], {_ORIENTATION}).get(_ORIENTATION, 1) == 1
    return True


def _strip_jpeg(content: bytes) -> bytes:
    """The segments and scans that pixels need, up to the end of the image: no preview or trailer behind it."""
    kept = [content[:2]]
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker in {0xFF, _EOI}:
            at += 1 if marker == 0xFF else len(content)
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == _SOS:
            end = _end_of_scan(content, end)
        kept.append(_kept_part(marker, content[at:end]))
        at = end
    return b"".join(kept) + b"\xff\xd9"


def _kept_part(marker: int, segment: bytes) -> bytes:
    """A segment as far as pixels need it. APP0 and APP14 count only as what JFIF and Adobe define them to be."""
    if marker == _APP0:
        plain = segment[4:9] == b"JFIF\x00" and len(segment) >= _JFIF_LENGTH
        return b"\xff\xe0\x00\x10" + segment[4:16] + b"\x00\x00" if plain else b""  # without its thumbnail
    if marker == _APP14:
        return segment if segment[4:9] == b"Adobe" and len(segment) == _ADOBE_LENGTH else b""
    return segment if marker in _KEPT else b""


def _end_of_scan(content: bytes, start: int) -> int:
    """Where the next real marker begins: inside a scan, 0xFF is followed by 0x00 or a restart marker."""
    at = content.find(b"\xff", start)
    while 0 <= at < len(content) - 1 and (content[at + 1] == 0 or 0xD0 <= content[at + 1] <= 0xD7):
        at = content.find(b"\xff", at + 2)
    return at if at >= 0 else len(content)


def _decodes_to(content: bytes, name: str, pixels: Pixels) -> bool:
    try:
        return np.array_equal(decode_image(content, name), pixels)
    except RetinaError:
        return False


def pseudonym(key: str, identity: str) -> str:
    """A patient's name in the study: stable for one study's key, and not to be turned back without it."""
    return f"P-{_keyed(key, identity.strip().lower())[:12]}"


def name_hash(key: str, name: str) -> str:
    """What is kept of a file's own name: enough to find its image again by that name, and no more."""
    return _keyed(key, f"name:{name}")


def volume_id(key: str, series: str) -> str:
    """The id of the volume that a series of B-scans is, from its true id."""
    return f"V-{_keyed(key, f'volume:{series}')[:12]}"


def shifted_date(key: str, identity: str, date: str) -> str:
    """An ISO date moved back by the patient's own 1 to 3650 days, so that intervals stay and no date is true.

    PS3.15 calls it the Retain Longitudinal Temporal Information With Modified Dates option. A text that is no
    date becomes "".
    """
    try:
        true = datetime.date.fromisoformat(date)
        days = 1 + int(_keyed(key, f"dates:{identity.strip().lower()}"), 16) % MOST_DAYS
        return (true - datetime.timedelta(days)).isoformat()
    except (ValueError, OverflowError):
        return ""


def _keyed(key: str, text: str) -> str:
    return hmac.new(bytes.fromhex(key), text.encode(errors="surrogateescape"), hashlib.sha256).hexdigest()


def sha256(content: bytes) -> str:
    """Hex digest."""
    return hashlib.sha256(content).hexdigest()
