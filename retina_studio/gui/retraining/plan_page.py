"""The page of the plan: what there is to learn from, which models have reason to, and the one button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from retina_studio.gui.dashboard.notice import Notice
from retina_studio.gui.panels.parts import EDGE, restyle, styled_label
from retina_studio.gui.words import tr

from .choices import Choices
from .holdings import HoldingsPanel
from .model_table import ModelTable
from .phrases import duration, size
from .work import Order, Planned

_WIDTHS = (700, 460)


class PlanPage(QWidget):
    """`wanted` with an Order, when the person presses the button; `vote_wanted` to vote first."""

    wanted = Signal(object)
    vote_wanted = Signal()
    bounded = Signal()  # another bound on the time: the estimate changes

    def __init__(self, may_retrain: bool) -> None:
        super().__init__()
        self.may_retrain = may_retrain
        self.planned: Planned | None = None
        self._busy = False
        self.notice = Notice()
        self.notice.asked.connect(self.vote_wanted)
        self.models = ModelTable()
        self.warnings = styled_label("", "quiet")
        self.warnings.setWordWrap(True)
        self.warnings.setAccessibleName(tr("Warnings"))
        self.warnings.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.holdings = HoldingsPanel()
        self.choices = Choices()
        self.total = styled_label("", "quiet")
        self.total.setAccessibleName(tr("Estimate"))
        self.start_button = QPushButton(tr("Retrain"))
        self.start_button.setObjectName("main")
        self.start_button.setToolTip(
            tr("Make a snapshot, train in a process of its own, and measure at the gate")
        )
        self.start_button.clicked.connect(self._on_start)
        self.empty = QLabel()
        self.empty.setObjectName("quiet")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.stage = QStackedWidget()
        self._lay_out()
        self.models.ticked.connect(self._refresh)
        self.models.currentItemChanged.connect(self._tell_warnings)
        self.choices.bounded.connect(self.bounded)
        self.say_empty(tr("Looking at the study …"))

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(styled_label(tr("Models to retrain"), "heading"))
        column.addWidget(self.models, 1)
        column.addWidget(self.warnings)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(2 * EDGE)
        split.setObjectName("bare")
        split.addWidget(left)
        split.addWidget(self.holdings)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes(list(_WIDTHS))
        last = QHBoxLayout()
        last.addWidget(self.total, 1)
        last.addWidget(self.start_button)
        body = QWidget()
        whole = QVBoxLayout(body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        whole.addWidget(split, 1)
        whole.addWidget(self.choices)
        whole.addLayout(last)
        self.choices.setVisible(self.may_retrain)
        self.start_button.setVisible(self.may_retrain)
        self._body = body
        self.stage.addWidget(self.empty)
        self.stage.addWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        outer.addWidget(self.notice)
        outer.addWidget(self.stage, 1)

    # What is shown

    def say_empty(self, sentence: str) -> None:
        """One sentence in place of the plan."""
        self.empty.setText(sentence)
        self.stage.setCurrentWidget(self.empty)

    def show_planned(self, planned: Planned) -> None:
        """Show what would happen."""
        self.planned = planned
        plan, holds = planned.plan, planned.plan.holds
        button = tr("Vote …")
        if not holds.settled:
            self.notice.tell("")
            self.say_empty(tr("No image of this study is settled yet: there is nothing to learn from."))
            self.notice.tell(tr("Models learn from what the graders' vote has settled."), button)
            return
        due = tr("The vote is out of date: {count} images were graded or decided since.", count=holds.due)
        self.notice.tell(due if holds.due else "", button, tr("Vote on what has changed"))
        self.holdings.show_holds(holds)
        self.choices.offer_devices(planned.devices)
        self.models.show_models(plan.models, may_choose=self.may_retrain)
        self.stage.setCurrentWidget(self._body)
        self._tell_warnings()

    def set_busy(self, busy: bool) -> None:
        """Whether an order is being placed."""
        self._busy = busy
        self._refresh()

    @property
    def order(self) -> Order:
        """What the form asks for."""
        return Order(
            tuple(model.stem for model in self.models.chosen),
            self.choices.seconds,
            self.choices.not_before,
            self.choices.device.currentData() or "auto",
        )

    def _refresh(self) -> None:
        chosen = self.models.chosen
        words = tr("Retrain 1 model") if len(chosen) == 1 else tr("Retrain {count} models", count=len(chosen))
        self.start_button.setText(words if chosen else tr("Retrain"))
        self.start_button.setAccessibleName(self.start_button.text())
        self.start_button.setEnabled(bool(chosen) and not self._busy)
        self.total.setText(self._total_words())

    def _total_words(self) -> str:
        chosen = self.models.chosen
        if not self.may_retrain:
            return tr("Only an engineer of this study may retrain its models.")
        if not chosen:
            return tr("Tick the models to retrain.")
        words = tr(
            "At most {time}, one model after the other · up to {memory} of memory",
            time=duration(sum(model.seconds for model in chosen)),
            memory=size(max(model.memory_mb for model in chosen)),
        )
        if all(model.measured for model in chosen):
            return words
        return f"{words} · {tr('a guess, until a run was measured on this computer')}"

    def _tell_warnings(self) -> None:
        plan, model = (self.planned.plan if self.planned else None), self.models.current
        lines = list(plan.warnings) if plan else []
        lines += [f"{model.stem}: {line}" for line in model.warnings] if model else []
        self.warnings.setText("\n".join(lines))
        self.warnings.setVisible(bool(lines))
        restyle(self.warnings, "warning" if lines else "quiet")

    def _on_start(self) -> None:
        self.wanted.emit(self.order)
