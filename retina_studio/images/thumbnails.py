"""Small pictures of images, and where they are kept: made again whenever that is lost, stale or damaged."""

from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import write_whole
from retina_studio.images.read import MAX_PIXELS, Pixels, file_bytes, image_size, read_image
from retina_studio.paths import user_cache

SIZE = 96  # pixels of the longer side
_REDUCED = {
    8: cv2.IMREAD_REDUCED_COLOR_8,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    1: cv2.IMREAD_COLOR,
}


def thumbnail(path: Path, size: int = SIZE) -> Pixels:
    """An image file as RGB (H, W, 3) whose longer side is `size` pixels, or less where the image is smaller.

    A JPEG is decoded at the smallest eighth, quarter or half that is still larger (libjpeg does it while decoding).

    Raises:
        RetinaError: as `read.read_image`.
    """
    content = file_bytes(path)
    width, height = image_size(content) or (0, 0)
    factor = next((f for f in _REDUCED if max(width, height) >= f * size), 1)
    decoded = None
    if 0 < width * height <= MAX_PIXELS:
        with suppress(cv2.error):
            decoded = cv2.imdecode(np.frombuffer(content, np.uint8), _REDUCED[factor])
    if decoded is None:
        full = read_image(path)
        rgb = cv2.cvtColor(full, cv2.COLOR_GRAY2RGB) if full.ndim == 2 else full
    else:
        rgb = cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)
    scale = min(1.0, size / max(rgb.shape[:2]))
    target = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    return np.asarray(cv2.resize(rgb, target, interpolation=cv2.INTER_AREA), dtype=np.uint8)


class ThumbnailCache:
    """Thumbnails kept as files by an image's content hash, so that no change of an image shows an old one."""

    def __init__(self, folder: Path | None = None, size: int = SIZE) -> None:
        """`folder` is where they are kept; by default the person's own cache."""
        self._folder = folder or user_cache() / "thumbnails"
        self._size = size

    def get(self, path: Path, sha256: str) -> Pixels:
        """The thumbnail of an image file with this content hash, RGB (H, W, 3); made and kept where it is not yet.

        Raises:
            RetinaError: the image itself cannot be read. A cache that cannot be written is no error.
        """
        kept = self.kept(sha256)
        if kept is not None:
            return kept
        made = thumbnail(path, self._size)
        done, encoded = cv2.imencode(
            ".jpg", cv2.cvtColor(made, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 88]
        )
        if done:
            with suppress(RetinaError):
                write_whole(self._place(sha256), encoded.tobytes(), 0o600)
        return made

    def kept(self, sha256: str) -> Pixels | None:
        """The thumbnail if it is kept and whole, else None; at most a millisecond."""
        try:
            content = self._place(sha256).read_bytes()
            decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
        except (OSError, cv2.error):
            return None
        # A JPEG that was cut off still decodes, with grey where its end was.
        if decoded is None or not content.endswith(b"\xff\xd9") or max(decoded.shape[:2]) > self._size:
            return None
        return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), dtype=np.uint8)

    def _place(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / f"{sha256}-{self._size}.jpg"
