"""Where the parts of the board stand: images at the left, views in the middle, items at the right, a tool bar above."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import (
    QLabel,
    QSizePolicy,
    QSlider,
    QSplitter,
    QStackedWidget,
    QStatusBar,
    QToolBar,
    QToolButton,
    QWidget,
)

from retina_studio.gui.panels.banner import Banner
from retina_studio.gui.panels.parts import styled_label
from retina_studio.gui.settings import settings
from retina_studio.gui.words import tr

from .item_panel import ItemPanel
from .looks import Looks
from .queue_panel import QueuePanel
from .readings import Readings
from .redraw import RedrawPane

if TYPE_CHECKING:
    from .window import BoardWindow

_BAR = (
    ("side", "one", "blend", "consensus"),
    ("heat",),
    ("enhance", "hide_shapes"),
    ("go_to_item", "fit", "zoom_out", "zoom_in"),
    ("names",),
)
_WITH_WORDS = frozenset({"blend", "heat", "consensus", "side", "one"})
_WORDS_FROM = 1160  # window width from which the tool bar has room for words
_NAME_FROM = 1380  # and for who works in which study
_SIZES = (230, 740, 330)


class Parts:
    """The widgets of the board, put together at the size they were left with."""

    def __init__(self, board: BoardWindow) -> None:
        self.queue = QueuePanel()
        self.readings = Readings()
        self.readings.own = board.viewer.name
        self.redraw = RedrawPane()
        self.items = ItemPanel(editable=board.editable)
        self.stage = QStackedWidget()
        self.stage.addWidget(self.readings)
        self.stage.addWidget(self.redraw)
        self.banner = Banner(self.stage)
        self.looks = Looks(self.readings, board)
        self.saved = QLabel()
        self.heat_opacity = QSlider(Qt.Orientation.Horizontal)
        self.heat_opacity.setRange(10, 100)
        self.heat_opacity.setValue(60)
        self.heat_opacity.setFixedWidth(90)
        self.heat_opacity.setEnabled(False)
        self.heat_opacity.setAccessibleName(tr("Opacity of the heat map"))
        self.heat_opacity.setToolTip(tr("Opacity of the heat map"))
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(1)
        for part in (self.queue, self.stage, self.items):
            self.split.addWidget(part)
        self.split.setStretchFactor(1, 1)
        self.split.setSizes(list(_SIZES))
        self.queue.setVisible(board.editable)

    def compose(self, board: BoardWindow) -> None:
        """Put everything into the window."""
        board.setMinimumSize(QSize(980, 640))
        board.setCentralWidget(self.split)
        bar = QStatusBar()
        bar.setSizeGripEnabled(False)
        bar.addPermanentWidget(self.saved)
        board.setStatusBar(bar)
        self.bar = self._tool_bar(board)
        board.addToolBar(self.bar)
        board.resize(1400, 900)
        self._restore(board)

    def show_drawing(self, *, drawing: bool) -> None:
        """Exchange the views for the drawing canvas, or back."""
        self.stage.setCurrentWidget(self.redraw if drawing else self.readings)
        self.banner.raise_()

    def fit_bar(self, width: int) -> None:
        """Words beside the icons where there is room for them."""
        style = Qt.ToolButtonStyle
        self._who.setVisible(width >= _NAME_FROM)
        for action in self.bar.actions():
            button = self.bar.widgetForAction(action)
            if isinstance(button, QToolButton) and action.data() in _WITH_WORDS:
                roomy = width >= _WORDS_FROM
                button.setToolButtonStyle(
                    style.ToolButtonTextBesideIcon if roomy else style.ToolButtonIconOnly
                )

    def focus_next(self) -> None:
        """The keyboard goes from the views to the items, the ways to decide, the images, and back."""
        stops: list[list[QWidget]] = [
            [pane.view for pane in self.readings.shown()],
            [self.items.view],
            [*self.items.detail.choices, self.items.detail.drop],
            [self.queue.view],
        ]
        reachable = [[w for w in stop if w.isVisible() and w.isEnabled()] for stop in stops]
        reachable = [stop for stop in reachable if stop]
        here = next((n for n, stop in enumerate(reachable) if any(w.hasFocus() for w in stop)), -1)
        if reachable:
            reachable[(here + 1) % len(reachable)][0].setFocus(Qt.FocusReason.TabFocusReason)

    def settle(self) -> None:
        """Wait for what is being drawn."""
        self.readings.settle()
        self.redraw.settle()

    def remember(self, board: BoardWindow) -> None:
        """Keep the window's size and how it is divided."""
        kept = settings()
        kept.setValue("board/geometry", board.saveGeometry())
        kept.setValue("board/split", self.split.saveState())
        kept.setValue("board/items", self._items_split().saveState())

    def _restore(self, board: BoardWindow) -> None:
        kept = settings()
        geometry = kept.value("board/geometry")
        if isinstance(geometry, QByteArray):
            board.restoreGeometry(geometry)
        for name, split in (("board/split", self.split), ("board/items", self._items_split())):
            state = kept.value(name)
            if isinstance(state, QByteArray):
                split.restoreState(state)

    def _items_split(self) -> QSplitter:
        found = self.items.findChild(QSplitter, "items")
        assert found is not None  # noqa: S101  (the panel is made with it)
        return found

    def _tool_bar(self, board: BoardWindow) -> QToolBar:
        bar = QToolBar(tr("Views"))
        bar.setObjectName("board")
        bar.setMovable(False)
        bar.setIconSize(QSize(20, 20))
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        modes = QActionGroup(board)
        for name in ("side", "one", "blend"):
            modes.addAction(board.actions[name])
        for group in _BAR:
            for name in group:
                bar.addAction(board.actions[name])
                if name == "heat":
                    bar.addWidget(self.heat_opacity)
            bar.addSeparator()
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(spacer)
        who = styled_label(f"{board.viewer.name}  ·  {board.study.folder.name}", "quiet")
        who.setContentsMargins(0, 0, 8, 0)
        self._who = bar.addWidget(who)
        for name in ("previous_image", "next_image", "sheet"):
            bar.addAction(board.actions[name])
        for action in board.actions.values():
            button = bar.widgetForAction(action)
            if button is not None:
                button.setAccessibleName(action.text())
        return bar
