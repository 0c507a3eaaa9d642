"""Where the parts of the main window stand: tool bar, worklist at the left, what the grader says at the right.

Both sides can be put away; sizes and the chosen tab are kept from one start to the next.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from retina_studio.gui.actions import add_menus
from retina_studio.gui.features.base import Tab
from retina_studio.gui.panels.history import HistoryPanel
from retina_studio.gui.panels.parts import rule, styled_label
from retina_studio.gui.panels.tabs import SideTabs
from retina_studio.gui.settings import settings
from retina_studio.gui.tool_bar import ToolBar
from retina_studio.gui.tools import TOOLS
from retina_studio.gui.words import tr

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow

_WIDTHS = (284, 392)  # of the left and the right side, where there is room
_LEAST_WIDTHS = (204, 280)
_WIDE = 1120  # window width from which the tool bar has room for all that it can hold
_WIDE_BAR = ("view_panel", "etdrs_grid", "compare")  # where there is room; all of them stand in the menus
_BAR = (
    tuple(TOOLS),
    ("undo", "redo"),
    ("zoom_out", "zoom_in", "fit", "actual_size"),
    ("hide_shapes", "show_cam"),
)


def compose(window: MainWindow) -> None:
    """Build the window around its parts, at the size it was left with."""
    window.setMinimumSize(QSize(980, 640))
    window.setCentralWidget(_stage(window))
    window.setStatusBar(window.status)
    add_menus(window, window.specs, window.actions)
    window.addToolBar(_tool_bar(window))
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, _dock("left", _left(window), _LEAST_WIDTHS[0]))
    window.addDockWidget(
        Qt.DockWidgetArea.RightDockWidgetArea, _dock("right", _right(window), _LEAST_WIDTHS[1])
    )
    window.resize(1400, 900)
    _restore(window)


def share_width(window: MainWindow) -> None:
    """Give the sides their width; in a small window less, so that the canvas has half of it.

    Where nothing has to give way the sides stay as wide as the person has dragged them.
    """
    shrink = min(1.0, (window.width() / 2 - 4) / sum(_WIDTHS))
    if shrink == 1.0 and window.property("shrink") == 1.0:
        return
    window.setProperty("shrink", shrink)
    for action in window.findChildren(QAction, "roomy"):
        action.setVisible(window.width() >= _WIDE)
    _resize_sides(window)
    QTimer.singleShot(
        0, window, partial(_resize_sides, window)
    )  # again, once Qt has divided the new size itself


def _resize_sides(window: MainWindow) -> None:
    shrink = window.property("shrink")
    widths = [max(round(width * shrink), least) for width, least in zip(_WIDTHS, _LEAST_WIDTHS, strict=True)]
    window.resizeDocks(sides(window), widths, Qt.Orientation.Horizontal)


def sides(window: MainWindow) -> list[QDockWidget]:
    """The left and the right side."""
    found = [window.findChild(QDockWidget, name) for name in ("left", "right")]
    return [side for side in found if side is not None]


def remember(window: MainWindow) -> None:
    """Keep the window's size and place, and how it is divided, for the next start."""
    kept = settings()
    kept.setValue("window/geometry", window.saveGeometry())
    for name, split in _splitters(window).items():
        kept.setValue(f"window/{name}", split.saveState())
    tabs = window.findChild(SideTabs)
    if tabs is not None:
        kept.setValue("window/tab", tabs.currentIndex())


def _restore(window: MainWindow) -> None:
    kept = settings()
    geometry, tab = kept.value("window/geometry"), kept.value("window/tab", 0)
    if isinstance(geometry, QByteArray):
        window.restoreGeometry(geometry)
    for name, split in _splitters(window).items():
        state = kept.value(f"window/{name}")
        if isinstance(state, QByteArray):
            split.restoreState(state)
    tabs = window.findChild(SideTabs)
    if tabs is not None and str(tab).isdecimal():
        tabs.setCurrentIndex(min(int(str(tab)), tabs.count() - 1))


def _splitters(window: MainWindow) -> dict[str, QSplitter]:
    found = {name: window.findChild(QSplitter, name) for name in ("stage", "lists")}
    return {name: split for name, split in found.items() if split is not None}


def _tool_bar(window: MainWindow) -> QToolBar:
    bar = ToolBar(tr("Tools"))
    bar.setObjectName("tools")
    bar.setMovable(False)
    bar.setIconSize(QSize(20, 20))
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    for group in _BAR:
        for name in group:
            bar.addAction(window.actions[name])
        bar.addSeparator()
    for name in _WIDE_BAR:
        bar.addWidget(_button(window.actions[name])).setObjectName("roomy")
    bar.addSeparator().setObjectName("roomy")
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
    role = {"grader": tr("Grader"), "adjudicator": tr("Adjudicator"), "engineer": tr("Engineer")}
    who.setToolTip(
        tr(
            "{role} {name} in the study {folder}",
            role=role[window.grader.role],
            name=window.grader.name,
            folder=window.study.folder,
        )
    )
    who.setContentsMargins(0, 0, 8, 0)
    bar.addWidget(who).setObjectName("roomy")
    for name in ("previous", "next", "shortcuts"):
        bar.addAction(window.actions[name])
    bar.let_go()
    return bar


def _button(action: QAction) -> QToolButton:
    """An action's button, which can be hidden while the action stays."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setAccessibleName(action.text())
    return button


def _stage(window: MainWindow) -> QWidget:
    """The canvas, with what features put beside and below it."""
    split = QSplitter(Qt.Orientation.Horizontal)
    split.setObjectName("stage")
    split.setChildrenCollapsible(False)
    split.setHandleWidth(1)
    split.addWidget(window.canvas)
    for tab in _tabs(window, "beside"):
        split.addWidget(tab.widget)
    stage = QWidget()
    column = QVBoxLayout(stage)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(split, 1)
    for tab in _tabs(window, "below"):
        column.addWidget(tab.widget)
    return stage


def _left(window: MainWindow) -> QWidget:
    tabs = SideTabs(tr("Lists"))
    tabs.add(window.proposal_panel, tr("Proposals"), "sparkle")
    tabs.add(window.shape_panel, tr("Shapes"), "list-bullets")
    tabs.add(HistoryPanel(window.document.undo_stack), tr("History"), "clock-counter-clockwise")
    for tab in _tabs(window, "left"):
        tabs.add(tab.widget, tab.title, tab.icon)
    split = QSplitter(Qt.Orientation.Vertical)
    split.setObjectName("lists")
    split.setChildrenCollapsible(False)
    split.setHandleWidth(1)
    split.addWidget(window.worklist)
    split.addWidget(tabs)
    split.setSizes([340, 460])
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
    area.setAccessibleName(tr("Labels and grades"))
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
