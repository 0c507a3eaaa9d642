"""The queue: a row a run, what goes on first."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from retina_studio.gui import icons
from retina_studio.gui.panels.parts import add_row
from retina_studio.gui.words import tr
from retina_studio.retraining.run import Run

from .follower import Seen
from .phrases import ICONS, moment, short_moment, state_words

_NAMES = 84  # pixels of the models' names


class QueueTable(QTreeWidget):
    """Runs that are not done come first, in their order; then those that are done, newest first."""

    chosen = Signal(str)  # the person chose the run of this id

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderLabels([tr("Model"), tr("State"), "", tr("Asked"), tr("By")])
        self.headerItem().setToolTip(2, tr("How much of the training is through"))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAccessibleName(tr("Queue"))
        self.setToolTip(tr("Runs in the order in which they are worked through"))
        head = self.header()
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(0, _NAMES)
        head.setStretchLastSection(False)
        self._ids: list[str] = []
        self.currentItemChanged.connect(self._on_current)

    def show_seen(self, seen: Seen) -> None:
        """Show the runs; rows that are there already are brought up to date in place."""
        runs = ordered(seen.runs)
        self.blockSignals(True)
        if [run.id for run in runs] != self._ids:
            self.clear()
            self._ids = [run.id for run in runs]
            for _ in runs:
                add_row(self, [""] * self.columnCount())
        for place, run in enumerate(runs):
            self._fill(self.topLevelItem(place), run, seen)
        chosen = self._ids.index(seen.chosen) if seen.chosen in self._ids else -1
        self.setCurrentIndex(self.model().index(chosen, 0))
        self.blockSignals(False)

    def _fill(self, item: QTreeWidgetItem | None, run: Run, seen: Seen) -> None:
        if item is None:
            return
        progress = seen.progress.get(run.id)
        share = "" if progress is None or run.done or not progress.epochs else f"{100 * progress.share:.0f} %"
        cells = (run.stem, state_words(run), share, short_moment(run.asked), run.by)
        for column, words in enumerate(cells):
            if item.text(column) != words:
                item.setText(column, words)
        item.setToolTip(1, run.reason or state_words(run))
        item.setToolTip(3, moment(run.asked))
        item.setIcon(1, icons.icon(*ICONS[run.state]))

    def _on_current(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(self._ids[self.indexOfTopLevelItem(item)])


def ordered(runs: tuple[Run, ...]) -> list[Run]:
    """What is still to come, then what is over."""
    return [run for run in runs if not run.done] + [run for run in reversed(runs) if run.done]
