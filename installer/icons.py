"""The application's icon as PNG files of a desktop's sizes, and as Windows' .ico: drawn from the SVG by Qt."""

import os
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

SVG = Path(__file__).resolve().parents[1] / "resources" / "icons" / "retina-studio.svg"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)  # pixels
_ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)


def draw_icons(folder: Path) -> Iterator[tuple[int, Path]]:
    """Write FOLDER/SIZE.png for every size and FOLDER/retina-studio.ico; gives (size, PNG file)."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import Qt  # noqa: PLC0415  (after the platform is chosen)
    from PySide6.QtGui import QGuiApplication, QImage, QPainter  # noqa: PLC0415
    from PySide6.QtSvg import QSvgRenderer  # noqa: PLC0415

    _ = QGuiApplication.instance() or QGuiApplication([])
    renderer = QSvgRenderer(str(SVG))
    folder.mkdir(parents=True, exist_ok=True)
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        image.save(str(folder / f"{size}.png"))
        yield size, folder / f"{size}.png"
    with Image.open(folder / f"{max(SIZES)}.png") as largest:
        largest.save(folder / "retina-studio.ico", sizes=[(size, size) for size in _ICO_SIZES])
