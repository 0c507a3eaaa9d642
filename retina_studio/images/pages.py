"""The pages of a TIFF: several are a volume or a series; previews and masks among them do not count."""

from typing import Literal, cast

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.domain.errors import RetinaError
from retina_studio.images.read import Pixels, check_size, maximum, tiff_tags, to_8_bits

MAX_PAGES = 4096
MAX_BYTES = 4 << 30  # of decoded pages in one file
_SUBFILE, _WIDTH, _HEIGHT = 254, 256, 257
_PREVIEW_OR_MASK = 0b101  # NewSubfileType bits (TIFF 6.0, page 36)


def full_pages(content: bytes, name: str) -> list[int]:
    """The numbers, from 0, of a TIFF's full pages.

    Raises:
        RetinaError: a page is over 200 megapixels, or there are more than 4096.
    """
    order: Literal["little", "big"] = "little" if content[:2] == b"II" else "big"
    pages: list[int] = []
    directory, number, seen = int.from_bytes(content[4:8], order), 0, set[int]()
    while directory and directory not in seen and directory + 2 <= len(content):
        seen.add(directory)
        tags = tiff_tags(content, {_SUBFILE, _WIDTH, _HEIGHT}, directory)
        check_size(tags.get(_WIDTH, 0), tags.get(_HEIGHT, 0), name)
        if not tags.get(_SUBFILE, 0) & _PREVIEW_OR_MASK:
            pages.append(number)
        number += 1
        if number > MAX_PAGES:
            raise RetinaError(f"{name} has more than {MAX_PAGES} pages: split it.")
        after = directory + 2 + 12 * int.from_bytes(content[directory : directory + 2], order)
        directory = int.from_bytes(content[after : after + 4], order)
    return pages


def decode_pages(content: bytes, pages: list[int], name: str) -> list[Pixels]:
    """The pages as 8-bit RGB (H, W, 3) or grey (H, W); deep ones share one scale, so that B-scans compare.

    Raises:
        RetinaError: a page is damaged, or all of them are over 4 GiB.
    """
    flags = cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH
    buffer = np.frombuffer(content, np.uint8)
    decoded: list[npt.NDArray[np.generic]] = []
    size = 0
    for page in pages:  # one at a time: a damaged page otherwise ends the list in silence
        try:
            done, found = cv2.imdecodemulti(buffer, flags, range=(page, page + 1))
        except cv2.error as error:
            raise RetinaError(f"{name} cannot be decoded: page {page + 1} is damaged.") from error
        if not done or len(found) != 1:
            raise RetinaError(f"{name} is damaged: page {page + 1} cannot be decoded.")
        decoded.append(np.asarray(found[0]))
        size += decoded[-1].nbytes
        if size > MAX_BYTES:
            raise RetinaError(f"{name} has over {MAX_BYTES >> 30} GiB of pixels: split it.")
    brightest = max(maximum(page) for page in decoded)
    for number, deep in enumerate(decoded):  # in place, so that each deep page is let go at once
        decoded[number] = _rgb(to_8_bits(deep, brightest))
    return cast(list[Pixels], decoded)


def _rgb(pixels: Pixels) -> Pixels:
    return (
        pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels[..., :3], cv2.COLOR_BGR2RGB), np.uint8)
    )
