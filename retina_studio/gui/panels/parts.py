"""Small parts that the panels share."""

from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from retina_studio.gui import icons

EDGE = 12  # pixels between a panel's border and its content


def panel_layout(panel: QWidget) -> QVBoxLayout:
    """The column of a panel, with the common margins."""
    panel.setObjectName("panel")
    column = QVBoxLayout(panel)
    column.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
    column.setSpacing(8)
    return column


def styled_label(text: str, style: str) -> QLabel:
    """A label in one of the style sheet's styles: heading, title, quiet, key, bad."""
    made = QLabel(text)
    made.setObjectName(style)
    return made


def header(title: str, note: QLabel | None = None) -> QLayout:
    """A panel's title, with a quiet note at its right."""
    row = QHBoxLayout()
    row.addWidget(styled_label(title, "heading"))
    row.addStretch()
    if note is not None:
        row.addWidget(note)
    return row


def rule() -> QFrame:
    """A thin line."""
    line = QFrame()
    line.setObjectName("rule")
    line.setFixedHeight(1)
    return line


def icon_button(
    icon: str, name: str, tip: str, *, checkable: bool = False, role: str = "muted"
) -> QToolButton:
    """A flat button with an icon; `name` is what a screen reader says."""
    button = QToolButton()
    icons.dress(button, icon, role)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    button.setCheckable(checkable)
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return button
