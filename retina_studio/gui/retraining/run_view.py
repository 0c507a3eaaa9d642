"""One run while it goes on: progress, curves, examples, log."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from retina_studio.gui import theme
from retina_studio.gui.dashboard.looks import FEW
from retina_studio.gui.features.proposing import TITLES
from retina_studio.gui.panels.parts import ElidedLabel, restyle, styled_label
from retina_studio.gui.words import tr, tr_data
from retina_studio.retraining.run import Run

from .course import Curve, StageCourse, course_of, figure_curves, is_share, loss_curves
from .curves import CurveChart
from .examples_view import ExamplesView
from .follower import Seen
from .phrases import Gated, event_words, memory_words, progress_words, readable

_FULL = 1000  # of the progress bar


class RunView(QWidget):
    """Shows what a reading found of the chosen run; it draws anew only what has changed."""

    def __init__(self, losses: CurveChart, figures: CurveChart) -> None:
        super().__init__()
        self.losses, self.figures = losses, figures
        self.title = styled_label("", "title")
        self.progress = styled_label("", "quiet")
        self.progress.setAccessibleName(tr("Progress"))
        self.memory = ElidedLabel("", "quiet")
        self.memory.setAccessibleName(tr("Memory"))
        self.reason = styled_label("", "quiet")
        self.reason.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        self.stage = QComboBox()
        self.stage.setAccessibleName(tr("Stage"))
        self.stage.setToolTip(tr("Which stage of the training the curves show"))
        self.figure = QComboBox()
        self.figure.setAccessibleName(tr("Figures"))
        self.figure.setToolTip(tr("Which figures on the validation images are drawn"))
        for box in (self.stage, self.figure):  # filled later, and then as wide as what is in it
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.examples = ExamplesView()
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.log.setAccessibleName(tr("Log"))
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(tr("Details"))
        self.tabs.addTab(self.examples, tr("Examples"))
        self.tabs.addTab(self.log, tr("Log"))
        self._stages: tuple[StageCourse, ...] = ()
        self._run = ""
        self._events = -1
        self._ground = ""
        self._lay_out()
        self.stage.activated.connect(self._draw)
        self.figure.activated.connect(self._draw_figures)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addWidget(self.memory, 1)
        self.memory.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        charts = QWidget()
        grid = QGridLayout(charts)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        for place, (words, box, chart) in enumerate(
            ((tr("Losses"), self.stage, self.losses), (tr("Validation"), self.figure, self.figures))
        ):
            line = QHBoxLayout()
            line.addWidget(styled_label(words, "heading"))
            line.addStretch(1)
            line.addWidget(box)
            grid.addLayout(line, 0, place)
            grid.addWidget(chart, 1, place)
            grid.addWidget(chart.legend, 2, place, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(place, 1)
        grid.setRowStretch(1, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("bare")
        split.setChildrenCollapsible(False)
        split.addWidget(charts)
        split.addWidget(self.tabs)
        split.setSizes([340, 260])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.progress)
        column.addWidget(self.bar)
        column.addWidget(self.reason)
        column.addWidget(split, 1)

    def show_seen(self, seen: Seen, run: Run) -> None:
        """Show the chosen run as it is now."""
        progress = seen.progress.get(run.id)
        self.title.setText(tr_data(TITLES[run.stem]))
        self.progress.setText(progress_words(run, progress, seen.gated))
        self.memory.setText(memory_words(progress, seen.gpus))
        self.reason.setText(run.reason)
        self.reason.setVisible(bool(run.reason))
        restyle(self.reason, "bad" if run.state == "failed" else "quiet")
        self._show_share(run, progress.share if progress else 0.0, seen.gated)
        self.examples.show_examples(seen.pictures)
        self._show_log(seen)
        if (run.id, len(seen.events)) != (self._run, self._events):
            is_other = run.id != self._run
            self._run, self._events = run.id, len(seen.events)
            self._take(course_of(seen.events), is_other=is_other)

    def redraw(self) -> None:
        """Take the colours of another theme."""
        if self._ground != theme.colour("panel"):
            self._draw()

    def _show_share(self, run: Run, share: float, gated: Gated | None) -> None:
        is_vague = run.state == "curating" or (run.state == "gating" and gated is None)
        if run.state == "gating" and gated is not None:
            share = gated.done / max(gated.images, 1)
        self.bar.setRange(0, 0 if is_vague else _FULL)
        if not is_vague:
            self.bar.setValue(round(_FULL * (1.0 if run.state in {"promoted", "held back"} else share)))

    def _show_log(self, seen: Seen) -> None:
        lines = [words for words in map(event_words, seen.events) if words]
        text = "\n".join([*lines, *([seen.log.rstrip()] if seen.log.strip() else [])])
        if text != self.log.toPlainText():
            bar = self.log.verticalScrollBar()
            was_last, at = bar.value() >= bar.maximum(), bar.value()
            self.log.setPlainText(text)
            bar.setValue(bar.maximum() if was_last else at)

    # Curves

    def _take(self, stages: tuple[StageCourse, ...], *, is_other: bool) -> None:
        """Offer the stages; the newest is shown until the person takes another."""
        was_newest = is_other or self.stage.currentIndex() >= self.stage.count() - 1
        chosen = self.stage.currentIndex()
        self._stages = stages
        self.stage.clear()
        for stage in stages:
            self.stage.addItem(tr("Stage: {stage}", stage=stage.name))
        self.stage.setCurrentIndex(len(stages) - 1 if was_newest else chosen)
        self.stage.setEnabled(len(stages) > 1)
        self._draw()

    def _draw(self) -> None:
        self._ground = theme.colour("panel")
        stage = self._shown_stage
        self.losses.show_curves(loss_curves(stage)[: 2 * FEW] if stage else (), stage.bests if stage else ())
        self._offer_figures(figure_curves(stage) if stage else [])
        self._draw_figures()

    @property
    def _shown_stage(self) -> StageCourse | None:
        place = self.stage.currentIndex()
        return self._stages[place] if 0 <= place < len(self._stages) else None

    def _offer_figures(self, curves: list[Curve]) -> None:
        names, chosen = [curve.name for curve in curves], self.figure.currentData()
        self.figure.clear()
        if names:
            self.figure.addItem(tr("Main figures"), "")
        for name in names:
            self.figure.addItem(readable(name), name)
        self.figure.setCurrentIndex(max(self.figure.findData(chosen), 0) if names else -1)
        self.figure.setEnabled(len(names) > 1)

    def _draw_figures(self) -> None:
        stage, name = self._shown_stage, self.figure.currentData()
        curves = figure_curves(stage) if stage else []
        shares = [curve for curve in curves if is_share(curve)]
        shown = [curve for curve in curves if curve.name == name] if name else (shares or curves)[:FEW]
        bests = stage.bests if stage else ()
        self.figures.show_curves(shown, bests, shares=bool(shown) and all(map(is_share, shown)))
