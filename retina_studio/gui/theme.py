"""The look of the application: colours and style sheet from `resources/theme`, as the person or the system wants it."""

import string
import tomllib
from collections.abc import Mapping
from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from retina_studio.gui import settings
from retina_studio.paths import resources

_FAMILIES = ("Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans")
_TEXT_PIXELS = 12
_current = "dark"


@cache
def _colours(name: str) -> Mapping[str, str]:
    with (resources() / "theme" / f"{name}.toml").open("rb") as file:
        return {key: str(value) for key, value in tomllib.load(file).items()}


def colour(role: str) -> str:
    """The colour "#rrggbb" of a role ("text", "muted", "accent", ...) in the current theme."""
    return _colours(_current)[role]


def wanted_theme(app: QApplication) -> str:
    """The theme that the person chose, else the system's."""
    choice = settings.theme_choice()
    return system_theme(app) if choice == "system" else choice


def system_theme(app: QApplication) -> str:
    """Which theme the system asks for: "light" when it says so, else "dark"."""
    return "light" if app.styleHints().colorScheme() == Qt.ColorScheme.Light else "dark"


def apply_theme(app: QApplication, name: str) -> None:
    """Give every window, open or to come, the theme "dark" or "light"."""
    global _current  # noqa: PLW0603  (one application, one theme)
    if name == _current and app.styleSheet():
        return  # every widget there is would be styled anew
    _current = name
    colours = _colours(name)
    app.setPalette(_palette(colours))
    app.setFont(_font())
    sheet = (resources() / "theme" / "app.qss").read_text("utf-8")
    check = (resources() / "icons" / "check.svg").as_posix()
    caret = (resources() / "icons" / "caret-down.svg").as_posix()
    app.setStyleSheet(string.Template(sheet).substitute(colours, check=check, caret=caret))


def _palette(colours: Mapping[str, str]) -> QPalette:
    roles = {
        QPalette.ColorRole.Window: "window",
        QPalette.ColorRole.WindowText: "text",
        QPalette.ColorRole.Base: "panel",
        QPalette.ColorRole.AlternateBase: "panel",
        QPalette.ColorRole.Text: "text",
        QPalette.ColorRole.Button: "raised",
        QPalette.ColorRole.ButtonText: "text",
        QPalette.ColorRole.PlaceholderText: "muted",
        QPalette.ColorRole.Highlight: "accent",
        QPalette.ColorRole.HighlightedText: "accent_text",
        QPalette.ColorRole.ToolTipBase: "raised",
        QPalette.ColorRole.ToolTipText: "text",
        QPalette.ColorRole.Link: "accent",
        QPalette.ColorRole.Dark: "canvas",
    }
    palette = QPalette()
    for role, name in roles.items():
        palette.setColor(role, QColor(colours[name]))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours["faint"]))
    return palette


def _font() -> QFont:
    known = set(QFontDatabase.families())
    font = QFont()
    for family in _FAMILIES:
        if family in known:
            font.setFamily(family)
            break
    font.setPixelSize(_TEXT_PIXELS)
    return font
