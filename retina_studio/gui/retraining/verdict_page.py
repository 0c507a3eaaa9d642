"""The page of the verdict: what the gate measured, what follows from it, and a person's own decision."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from retina_studio.gui import icons
from retina_studio.gui.panels.parts import EDGE, deed_button, styled_label
from retina_studio.gui.words import tr

from .check_table import check_table, show_checks
from .phrases import moment
from .work import Judged, longest_reason

_SHORT = 12  # letters of a hash


class VerdictPage(QWidget):
    """`override_wanted` with the verdict and a reason; only an engineer is offered that."""

    override_wanted = Signal(object, str)  # Verdict, reason
    changes_wanted = Signal(object)  # Verdict
    models_wanted = Signal()

    def __init__(self, may_override: bool) -> None:
        super().__init__()
        self.may_override = may_override
        self._judged: tuple[Judged, ...] = ()
        self._wanted = ""
        self._busy = False
        self.run = QComboBox()
        self.run.setAccessibleName(tr("Run"))
        self.run.setToolTip(tr("Whose verdict is shown"))
        self.icon = QLabel()
        self.sentence = styled_label("", "title")
        self.sentence.setWordWrap(True)
        self.sentence.setAccessibleName(tr("Verdict"))
        self.about = styled_label("", "quiet")
        self.about.setWordWrap(True)
        self.about.setAccessibleName(tr("Verdict"))
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.reasons = QLabel()
        self.reasons.setWordWrap(True)
        self.reasons.setAccessibleName(tr("Reasons"))
        self.reasons.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.table = check_table()
        self.changes_button = deed_button(
            tr("What changed …"), "columns", tr("Both weights side by side, image by image")
        )
        self.models_button = deed_button(
            tr("Roll back …"),
            "arrow-counter-clockwise",
            tr("Every version of the models; one click rolls back"),
        )
        self.reason = QLineEdit()
        self.reason.setMaxLength(longest_reason())
        self.reason.setAccessibleName(tr("Reason"))
        self.reason.setPlaceholderText(tr("Reason (needed to promote what the gate held back)"))
        self.reason.setToolTip(tr("Why; it is kept in the audit trail with your name"))
        self.override_button = deed_button(
            tr("Promote all the same"), "hand", tr("Use the candidate in spite of the gate")
        )
        self.empty = QLabel(tr("No run has come as far as the gate yet."))
        self.empty.setObjectName("quiet")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.stage = QStackedWidget()
        self._lay_out()
        self.run.activated.connect(self._on_run)
        self.reason.textChanged.connect(self._offer)
        self.override_button.clicked.connect(self._on_override)
        self.changes_button.clicked.connect(self._on_changes)
        self.models_button.clicked.connect(self.models_wanted)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.sentence, 1)
        head.addWidget(self.run, 0, Qt.AlignmentFlag.AlignTop)
        frame = QFrame()
        frame.setObjectName("banner")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(14, 10, 14, 10)
        inside.addWidget(self.reasons)
        self.frame = frame
        deeds = QHBoxLayout()
        deeds.addWidget(self.changes_button)
        deeds.addWidget(self.models_button)
        deeds.addSpacing(EDGE)
        deeds.addWidget(self.reason, 1)
        deeds.addWidget(self.override_button)
        self._spring = QWidget()
        deeds.addWidget(self._spring, 1)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.about)
        column.addWidget(frame)
        column.addWidget(self.table, 1)
        column.addLayout(deeds)
        self.stage.addWidget(self.empty)
        self.stage.addWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        whole.addWidget(self.stage)

    # What is shown

    @property
    def judged(self) -> Judged | None:
        """The run that is shown."""
        place = self.run.currentIndex()
        return self._judged[place] if 0 <= place < len(self._judged) else None

    def choose(self, key: str) -> None:
        """Show the verdict of this run, as soon as it is read."""
        self._wanted = key
        place = next((n for n, judged in enumerate(self._judged) if judged.run.id == key), -1)
        if place >= 0:
            self.run.setCurrentIndex(place)
            self._show()

    def show_judged(self, found: Sequence[Judged]) -> None:
        """Show these runs, newest first; the one that is shown stays."""
        if tuple(found) == self._judged:
            return
        shown = self.judged
        self._judged = tuple(found)
        self.run.clear()
        for judged in found:
            self.run.addItem(f"{judged.run.stem}  ·  {moment(judged.run.asked)}")
        self.run.setVisible(len(found) > 1)
        self.stage.setCurrentIndex(1 if found else 0)
        self.choose(self._wanted or (shown.run.id if shown else ""))
        self._show()

    def set_busy(self, busy: bool) -> None:
        """Whether something is being done about it."""
        self._busy = busy
        self._offer()

    def redraw(self) -> None:
        """Take the colours of another theme."""
        self._show()

    def _show(self) -> None:
        judged = self.judged
        if judged is None:
            return
        verdict = judged.verdict
        self.sentence.setText(_sentence(judged))
        name, role = ("check-circle", "good") if judged.is_current else ("hand", "warn")
        if judged.was_replaced:
            name, role = "clock-counter-clockwise", "muted"
        self.icon.setPixmap(icons.icon(name, role).pixmap(22, 22))
        self.about.setText(
            tr(
                "{model} {size}: candidate {candidate} against {current}, on {images} locked images of the split "
                "“{split}” of the snapshot {store}.",
                model=verdict.model,
                size=verdict.size,
                candidate=verdict.candidate[:_SHORT],
                current=verdict.current[:_SHORT] or tr("nothing"),
                images=len(verdict.images),
                split=verdict.split,
                store=verdict.store[:_SHORT],
            )
        )
        reasons = verdict.reasons or (() if judged.run.state == "promoted" else (judged.run.reason,))
        lines = [*reasons, *verdict.notes]
        self.reasons.setText("\n".join(f"•  {line}" for line in lines))
        self.frame.setVisible(bool(lines))
        show_checks(self.table, verdict.checks)
        self._offer()

    def _offer(self) -> None:
        judged = self.judged
        held = judged is not None and judged.run.state != "promoted" and not judged.is_current
        asks = held and self.may_override
        self.reason.setVisible(asks)
        self.override_button.setVisible(asks)
        self._spring.setVisible(not asks)
        self.override_button.setEnabled(asks and bool(self.reason.text().strip()) and not self._busy)
        self.changes_button.setEnabled(judged is not None and bool(judged.verdict.current) and not self._busy)

    # What is asked for

    def _on_run(self) -> None:
        self._wanted = self.judged.run.id if self.judged else ""
        self.reason.clear()
        self._show()

    def _on_override(self) -> None:
        if self.judged is not None:
            self.override_wanted.emit(self.judged.verdict, self.reason.text().strip())

    def _on_changes(self) -> None:
        if self.judged is not None:
            self.changes_wanted.emit(self.judged.verdict)


def _sentence(judged: Judged) -> str:
    """What became of a candidate."""
    model = judged.verdict.model
    if judged.was_replaced:
        return tr("Promoted then; by now {model} runs with other weights.", model=model)
    if judged.run.state == "promoted":
        return tr("Promoted: {model} runs with the new weights.", model=model)
    if judged.is_current:
        return tr("Held back by the gate; promoted by a person all the same.")
    return tr("Held back: {model} goes on with the weights it had.", model=model)
