"""What changed between two versions: the images in order of how much, both versions side by side, figures."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QMainWindow, QSizePolicy, QSplitter, QToolBar, QWidget

from retina_studio.gui import icons
from retina_studio.gui.canvas.picture import Picture
from retina_studio.gui.jobs import Job
from retina_studio.gui.panels.parts import styled_label
from retina_studio.gui.words import tr

from .case_panel import CasePanel
from .figures import FiguresPanel
from .phrases import called
from .side_by_side import SideBySide
from .work import Changes, Seen, read_picture

_SIZE = (1400, 860)
_SMALLEST = QSize(900, 560)
_WIDTHS = (310, 1090)
_HEIGHTS = (620, 180)


class ChangesWindow(QMainWindow):
    """Shows what was compared; it changes nothing."""

    image_shown = Signal()
    closed = Signal()
    # By name. Hides QWidget.actions(), a plain list that nothing here needs.
    actions: dict[str, QAction]  # type: ignore[assignment]

    def __init__(self, changes: Changes) -> None:
        super().__init__()
        self.changes = changes
        self.cases = CasePanel(changes.seen)
        self.views = SideBySide(
            tr("Before: {version}", version=called(changes.before)),
            tr("After: {version}", version=called(changes.after)),
        )
        self.figures = FiguresPanel([seen.case for seen in changes.seen])
        self._wanted: Seen | None = None
        self._job: Job | None = None
        self.actions = self._make_actions()
        self._compose()
        self.cases.chosen.connect(self.show_seen)
        self.figures.picked.connect(self.cases.show_only)

    def start(self) -> None:
        """Show the first image."""
        self.cases.choose_first()
        self.cases.view.setFocus()

    def show_seen(self, seen: Seen) -> None:
        """Show an image; its pixels are read in a worker."""
        self._wanted = seen
        self.views.show_seen(seen)
        if self._job is None:
            self._read(seen)

    def _read(self, seen: Seen) -> None:
        job = Job(read_picture, self.changes.snapshot, seen.index)
        job.done.connect(self._on_picture)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._end)
        self._job = job
        job.start()

    def _on_picture(self, found: tuple[int, Picture]) -> None:
        index, picture = found
        self._end()
        if self._wanted is None:
            return
        if index == self._wanted.index:
            self.views.show_picture(picture)
            self.statusBar().showMessage("")
            self.image_shown.emit()
        else:  # the person went on meanwhile
            self._read(self._wanted)

    def _on_failed(self, sentence: str) -> None:
        self._end()
        self.statusBar().showMessage(sentence)

    def _end(self) -> None:
        self._job = None

    def _make_actions(self) -> dict[str, QAction]:
        table = (
            ("truth", tr("Settled"), "target", "T", tr("Show what is settled of the image, in white"), True),
            ("found", tr("Found"), "eye", "H", tr("Show what the versions found"), True),
            ("fit", tr("Fit"), "frame-corners", "F", tr("Show the whole image"), False),
            ("close", tr("Close"), "x", "Ctrl+W", tr("Close this window"), False),
        )
        made = {}
        for name, text, icon, key, tip, checkable in table:
            action = QAction(text, self)
            icons.dress(action, icon)
            action.setShortcut(QKeySequence(key))
            action.setToolTip(f"{tip} ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})")
            action.setCheckable(checkable)
            action.setChecked(checkable)
            self.addAction(action)
            made[name] = action
        made["truth"].toggled.connect(self.views.show_truth)
        made["found"].toggled.connect(self.views.show_found)
        made["fit"].triggered.connect(self.views.fit)
        made["close"].triggered.connect(self.close)
        return made

    def _compose(self) -> None:
        changes = self.changes
        title = tr("What changed: {model}", model=changes.before.stem)
        self.setWindowTitle(f"{title} · Retina Studio")
        self.setMinimumSize(_SMALLEST)
        tools = QToolBar(title)
        tools.setObjectName("changes")
        tools.setMovable(False)
        tools.setIconSize(QSize(20, 20))
        tools.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        tools.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        about = styled_label(
            tr(
                "{model}: {count} images of the split “{split}” of {snapshot}",
                model=changes.before.stem,
                count=len(changes.seen),
                split=changes.split,
                snapshot=changes.snapshot.name,
            ),
            "quiet",
        )
        about.setContentsMargins(8, 0, 8, 0)
        tools.addWidget(about)
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        tools.addWidget(spacer)
        for name in ("truth", "found", "fit"):
            tools.addAction(self.actions[name])
            tools.widgetForAction(self.actions[name]).setAccessibleName(self.actions[name].text())
        self.addToolBar(tools)
        right = _splitter(Qt.Orientation.Vertical, self.views, self.figures)
        right.setSizes(list(_HEIGHTS))
        whole = _splitter(Qt.Orientation.Horizontal, self.cases, right)
        whole.setStretchFactor(1, 1)
        whole.setSizes(list(_WIDTHS))
        self.setCentralWidget(whole)
        self.statusBar().setSizeGripEnabled(False)
        self.resize(*_SIZE)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop what is being read or drawn."""
        self._wanted = None
        if self._job is not None:
            self._job.cancel()
            self._job.wait()
        self.views.settle()
        super().closeEvent(event)
        self.closed.emit()


def _splitter(orientation: Qt.Orientation, *parts: QWidget) -> QSplitter:
    split = QSplitter(orientation)
    split.setChildrenCollapsible(False)
    split.setHandleWidth(1)
    for part in parts:
        split.addWidget(part)
    return split
