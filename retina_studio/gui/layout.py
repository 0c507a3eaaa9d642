"""Where the parts of the main window stand: tool bar, worklist at the left, what the grader says at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QTabWidget,
    QToolBar,
    QToolButton,
    QUndoView,
    QVBoxLayout,
    QWidget,
)

from retina_studio.gui.actions import add_menus
from retina_studio.gui.features.base import Tab
from retina_studio.gui.panels.parts import panel_layout, rule, styled_label
from retina_studio.gui.settings import settings
from retina_studio.gui.tools import TOOLS
from retina_studio.gui.words import tr

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow

_WIDTHS = (284, 392)  # of the left and the right side, where there is room
_LEAST_WIDTHS = (204, 280)
_BAR = (
    tuple(TOOLS),
    ("undo", "redo"),
    ("zoom_out", "zoom_in", "fit", "actual_size"),
    ("hide_shapes", "show_cam"),
)


def compose(window: MainWindow) -> None:
    """Build the window around its parts, at the size it was left with."""
    window.setMinimumSize(QSize(980, 640))
    window.setCentralWidget(window.canvas)
    window.setStatusBar(window.status)
    add_menus(window, window.specs, window.actions)
    window.addToolBar(_tool_bar(window))
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, _dock("left", _left(window), _LEAST_WIDTHS[0]))
    window.addDockWidget(
        Qt.DockWidgetArea.RightDockWidgetArea, _dock("right", _right(window), _LEAST_WIDTHS[1])
    )
    window.resize(1400, 900)
    kept = settings().value("window/geometry")
    if isinstance(kept, QByteArray):
        window.restoreGeometry(kept)


def share_width(window: MainWindow) -> None:
    """Give the sides their width; in a small window less, so that the canvas has half of it."""
    shrink = min(1.0, (window.width() / 2 - 4) / sum(_WIDTHS))
    widths = [max(round(width * shrink), least) for width, least in zip(_WIDTHS, _LEAST_WIDTHS, strict=True)]
    sides = [window.findChild(QDockWidget, name) for name in ("left", "right")]
    window.resizeDocks([side for side in sides if side is not None], widths, Qt.Orientation.Horizontal)


def remember(window: MainWindow) -> None:
    """Keep the window's size and place for the next start."""
    settings().setValue("window/geometry", window.saveGeometry())


def _tool_bar(window: MainWindow) -> QToolBar:
    bar = QToolBar("Tools")
    bar.setObjectName("tools")
    bar.setMovable(False)
    bar.setIconSize(QSize(20, 20))
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    for group in _BAR:
        for name in group:
            bar.addAction(window.actions[name])
        bar.addSeparator()
    bar.addAction(window.actions["propose"])
    button = bar.widgetForAction(window.actions["propose"])
    if isinstance(button, QToolButton):
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    for name, action in window.actions.items():
        made = bar.widgetForAction(action)
        if made is not None:
            made.setAccessibleName(window.actions[name].text())
    spacer = QWidget()
    spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(spacer)
    who = styled_label(f"{window.grader.name}  ·  {window.study.folder.name}", "quiet")
    who.setToolTip(f"{window.grader.role} {window.grader.name} in the study {window.study.folder}")
    who.setContentsMargins(0, 0, 8, 0)
    bar.addWidget(who)
    for name in ("previous", "next", "shortcuts"):
        bar.addAction(window.actions[name])
    return bar


def _left(window: MainWindow) -> QWidget:
    history = QUndoView(window.document.undo_stack)
    history.setEmptyLabel("As it was opened")
    history.setAccessibleName("History")
    history.setToolTip("Every edit; choose one to go back to it")
    page = QWidget()
    column = panel_layout(page)
    column.addWidget(history)
    tabs = QTabWidget()
    tabs.setDocumentMode(True)
    tabs.setAccessibleName("Proposals, shapes and history")
    tabs.addTab(window.proposal_panel, tr("Proposals"))
    tabs.addTab(window.shape_panel, tr("Shapes"))
    tabs.addTab(page, tr("History"))
    for tab in _tabs(window, "left"):
        tabs.addTab(tab.widget, tab.title)
    split = QSplitter(Qt.Orientation.Vertical)
    split.setChildrenCollapsible(False)
    split.setHandleWidth(1)
    split.addWidget(window.worklist)
    split.addWidget(tabs)
    split.setSizes([430, 370])
    return split


def _tabs(window: MainWindow, side: str) -> list[Tab]:
    return [tab for feature in window.features for tab in feature.tabs() if tab.side == side]


def _right(window: MainWindow) -> QWidget:
    body = QWidget()
    column = QVBoxLayout(body)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(window.label_panel)
    column.addWidget(rule())
    column.addWidget(window.grading_panel, 1)
    for tab in _tabs(window, "right"):
        column.addWidget(rule())
        column.addWidget(tab.widget)
    area = QScrollArea()
    area.setObjectName("panel")
    area.setWidget(body)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    side = QWidget()
    side.setObjectName("panel")
    whole = QVBoxLayout(side)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.setSpacing(0)
    for part in (area, rule(), window.grading_panel.footer):
        whole.addWidget(part)
    return side


def _dock(name: str, content: QWidget, width: int) -> QDockWidget:
    dock = QDockWidget()
    dock.setObjectName(name)
    dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
    bare = QWidget()
    QHBoxLayout(bare).setContentsMargins(0, 0, 0, 0)
    dock.setTitleBarWidget(bare)
    dock.setWidget(content)
    content.setMinimumWidth(width)
    return dock
