"""Icons: Phosphor (MIT) by way of qtawesome, in the colours of the theme, and swatches of the labels."""

import os
import sys
from contextlib import suppress
from functools import cache
from typing import Protocol
from weakref import WeakKeyDictionary

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from retina_studio.gui import theme
from retina_studio.paths import resources

os.environ["QT_API"] = "pyside6"  # qtawesome must take the binding that we take
# Its layer over the bindings loads OpenGL too unless that is missing: a sixth of a second at every start.
_UNNEEDED = [name for name in ("PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets") if name not in sys.modules]
sys.modules |= dict.fromkeys(_UNNEEDED)  # type: ignore[arg-type]  # None: what Python takes for a missing module
import qtawesome  # noqa: E402

for _name in _UNNEEDED:
    del sys.modules[_name]


class HasIcon(Protocol):
    """An action or a button."""

    def setIcon(self, icon: QIcon, /) -> None:
        """Show an icon."""
        ...


_dressed: WeakKeyDictionary[HasIcon, tuple[str, str]] = WeakKeyDictionary()


def icon(name: str, role: str = "text") -> QIcon:
    """A Phosphor icon in a colour of the theme."""
    return _drawn(name, theme.colour(role), theme.colour("faint"))


@cache
def _drawn(name: str, colour: str, faint: str) -> QIcon:
    drawn: QIcon = qtawesome.icon(f"ph.{name}", color=colour, color_disabled=faint, scale_factor=1.1)
    return drawn


def dress(target: HasIcon, name: str, role: str = "text") -> None:
    """Give an action or button an icon that follows the theme."""
    _dressed[target] = (name, role)
    target.setIcon(icon(name, role))


def redress() -> None:
    """Draw all icons again, after the theme has changed."""
    for target, (name, role) in list(_dressed.items()):
        with suppress(RuntimeError):  # Qt has deleted it already
            target.setIcon(icon(name, role))


def swatch(colour: str) -> QIcon:
    """A round patch of a label's colour."""
    pixmap = QPixmap(QSize(28, 28))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(0, 0, 0, 90))
    painter.setBrush(QColor(colour))
    painter.drawEllipse(QRectF(3, 3, 22, 22))
    painter.end()
    pixmap.setDevicePixelRatio(2.0)
    return QIcon(pixmap)


def application_icon() -> QIcon:
    """The application's own icon."""
    return QIcon(str(resources() / "icons" / "retina-studio.svg"))
