"""Masks and grey planes as PNG bytes (and BMP in)."""

import zlib

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import Mask

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def encode_png(plane: npt.NDArray[np.uint8]) -> bytes:
    """A grey PNG of a plane (H, W)."""
    return bytes(cv2.imencode(".png", plane)[1])


def png_size(content: bytes) -> tuple[int, int]:
    """(height, width) of a PNG that is complete: signature, every chunk's checksum, and the end are there.

    cv2 would decode a cut file to a mask with rows missing.

    Raises:
        RetinaError: it is not a PNG, cut short, or damaged.
    """
    if not content.startswith(_SIGNATURE) or content[12:16] != b"IHDR":
        raise RetinaError("it is not a PNG file")
    at, kind = len(_SIGNATURE), b""
    while kind != b"IEND":
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        kind = content[at + 4 : at + 8]
        if end > len(content) or zlib.crc32(content[at + 4 : end - 4]) != int.from_bytes(
            content[end - 4 : end], "big"
        ):
            raise RetinaError("it is cut short or damaged: copy it again from its source")
        at = end
    return int.from_bytes(content[20:24], "big"), int.from_bytes(content[16:20], "big")


def decode_mask(content: bytes, height: int, width: int) -> Mask:
    """The mask (H, W) in a PNG of any kind: inside where a colour channel is not zero and not fully transparent.

    Raises:
        RetinaError: not a whole PNG, of another size, or with its shape in the transparency only. The sentence has
            no subject and no full stop: the caller knows the file.
    """
    rows, columns = png_size(content)
    if (rows, columns) != (height, width):
        raise RetinaError(
            f"it is {columns} x {rows} pixels and its place in the image is {width} x {height} pixels"
        )
    decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None or decoded.shape[:2] != (height, width):
        raise RetinaError("it cannot be decoded: copy it again from its source")
    pixels: Mask = np.asarray(decoded) != 0
    if pixels.ndim == 2:
        return pixels
    colour: Mask = np.logical_or.reduce(pixels[..., :3], axis=2)
    if pixels.shape[2] < 4:
        return colour
    opaque = pixels[..., 3]
    if not colour.any() and opaque.any() and not opaque.all():
        raise RetinaError("its shape is in the transparency only: save it in black and white")
    return colour & opaque


def bmp_size(content: bytes) -> tuple[int, int]:
    """(height, width) of a complete, uncompressed BMP (BITMAPINFOHEADER, little endian).

    Raises:
        RetinaError: it is not one, or cut short.
    """
    if not content.startswith(b"BM") or len(content) < 54:
        raise RetinaError("it is not a BMP file")
    start = int.from_bytes(content[10:14], "little")
    width, height = (abs(int.from_bytes(content[at : at + 4], "little", signed=True)) for at in (18, 22))
    bits, compression = int.from_bytes(content[28:30], "little"), int.from_bytes(content[30:34], "little")
    if compression:
        raise RetinaError("it is a compressed BMP: save it as PNG")
    if start + (bits * width + 31) // 32 * 4 * height > len(content):
        raise RetinaError("it is cut short or damaged: copy it again from its source")
    return height, width


def decode_grey(content: bytes, height: int, width: int) -> npt.NDArray[np.uint8]:
    """The values (H, W) of a grey PNG or BMP of 8 bits; one in colour must have three channels that are the same.

    Raises:
        RetinaError: as `decode_mask`, or it is in colour or of more than 8 bits.
    """
    rows, columns = bmp_size(content) if content.startswith(b"BM") else png_size(content)
    if (rows, columns) != (height, width):
        raise RetinaError(f"it is {columns} x {rows} pixels and the image is {width} x {height} pixels")
    decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None or decoded.shape[:2] != (height, width):
        raise RetinaError("it cannot be decoded: copy it again from its source")
    pixels = np.asarray(decoded)
    if pixels.dtype != np.uint8:
        raise RetinaError("it has more than 8 bits a pixel: save it with 8")
    if pixels.ndim == 2:
        return pixels.astype(np.uint8)
    if (pixels[..., :3] != pixels[..., :1]).any() or (pixels.shape[2] == 4 and (pixels[..., 3] != 255).any()):
        raise RetinaError("it is in colour or transparent: save it in grey")
    return pixels[..., 0].astype(np.uint8)
