"""The item in focus: who said what, and one button and one key for each way to decide it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from retina_studio.domain.labels import GradeValue, scales
from retina_studio.domain.voting.decisions import Decision
from retina_studio.domain.voting.outcome import Item
from retina_studio.gui import icons
from retina_studio.gui.panels.parts import panel_layout, styled_label
from retina_studio.gui.sentences import tr_sentence
from retina_studio.gui.words import tr, tr_data

from .case import Case, chosen_grade, keeping, result_of
from .pens import chip
from .phrases import decision_words, place_words, said, title_of
from .reason import ReasonBox

_CHIP = QSize(18, 18)
_KEYS = "12345"


class DetailPanel(QWidget):
    """Every button tells what its decision would leave while the pointer or the focus is on it."""

    decided = Signal(object)  # Decision, without reason
    redraw_asked = Signal()
    withdraw_asked = Signal()
    next_asked = Signal()
    previewed = Signal(object)  # tuple of geometries

    def __init__(self, *, editable: bool) -> None:
        super().__init__()
        self._editable = editable
        self._case: Case | None = None
        self._item: Item | None = None
        self._names_shown = False
        self._decisions: dict[QObject, Decision] = {}  # by button
        self.choices: list[QPushButton] = []  # of the readings, or of the scale's values
        self.title = styled_label("", "title")
        self.why = styled_label("", "quiet")
        self.why.setWordWrap(True)
        self.state = styled_label("", "quiet")
        self.state.setWordWrap(True)
        self.state.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._body = QWidget()
        self._choices_box = QVBoxLayout(self._body)
        self._choices_box.setContentsMargins(0, 0, 0, 0)
        self._choices_box.setSpacing(5)
        area = QScrollArea()
        area.setObjectName("panel")
        area.setAccessibleName(tr("The item in dispute"))
        area.setWidget(self._body)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.drop = self._button(tr("Drop"), "D", tr("Settle that there is nothing here (D)"), "trash")
        self.average = self._button(
            tr("Average"), "A", tr("Take the mean of what was drawn, shown dashed (A or V)"), "divide"
        )
        self.redraw = self._button(tr("Redraw"), "R", tr("Draw it yourself (R)"), "pencil-simple")
        self.redraw.clicked.connect(self.redraw_asked)
        self.withdraw = self._button(
            tr("Withdraw"),
            "U",
            tr("Take the decision on this item, or else the last one, back (U)"),
            "arrow-u-up-left",
        )
        self.withdraw.clicked.connect(self.withdraw_asked)
        self.next = self._button(tr("Next open"), "N", tr("Go to the next open item (N)"), "arrow-right")
        self.next.clicked.connect(self.next_asked)
        self.reason = ReasonBox()
        self._ways = QWidget()
        self._lay_out(area)
        for part in (self._ways, self.reason, self.withdraw):
            part.setVisible(editable)
        self.show_item(None, None)

    def _lay_out(self, choices: QWidget) -> None:
        ways = QGridLayout(self._ways)
        ways.setContentsMargins(0, 0, 0, 0)
        ways.setSpacing(5)
        for place, button in enumerate((self.drop, self.average, self.redraw)):
            ways.addWidget(button, 0, place)
        column = panel_layout(self)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addWidget(self.state, 1)
        column.addLayout(head)
        column.addWidget(self.why)
        column.addWidget(choices, 1)
        column.addWidget(self._ways)
        column.addWidget(self.reason)
        foot = QHBoxLayout()
        foot.addWidget(self.withdraw, 1)
        foot.addWidget(self.next, 1)
        column.addLayout(foot)

    def show_item(self, case: Case | None, item: Item | None, *, saving: bool = False) -> None:
        """Show an item, and what was decided of it."""
        known = self._case is not None and case is not None and self._case.readings is case.readings
        same = known and item is not None and self._item is not None and self._item.key == item.key
        self._case, self._item = case, item
        if not same:  # an item's key stands for all that is shown of it but the decision
            self._rebuild()
        self._tell_state(saving=saving)

    def show_names(self, shown: bool) -> None:
        """Name the graders, or only their letters."""
        self._names_shown = shown
        self._rebuild()
        self._tell_state(saving=False)

    def choose(self, place: int) -> Decision | None:
        """The decision for the reading at this place; None where it said nothing."""
        case, item = self._case, self._item
        if case is None or item is None or place >= len(case.readings):
            return None
        return keeping(item, case.readings[place].name)

    # Inside

    def _rebuild(self) -> None:
        case, item = self._case, self._item
        had_focus = next((n for n, button in enumerate(self.choices) if button.hasFocus()), None)
        while (entry := self._choices_box.takeAt(0)) is not None:
            widget = entry.widget()
            if widget is not None:
                widget.removeEventFilter(self)
                widget.hide()  # at once: it is deleted only when the event loop comes round
                widget.deleteLater()
        self.choices = []
        self._decisions = {}
        if case is None or item is None:
            self.title.setText(tr("Nothing is disputed") if case is not None else "")
            self.why.setText("")
            self._ways.setVisible(False)
            return
        self.title.setText(title_of(item))
        self.why.setText(" · ".join(filter(None, (place_words(case, item), tr_sentence(item.reason)))))
        is_grade = item.kind == "grade"
        self._ways.setVisible(self._editable and not is_grade)
        if is_grade:
            self._add_values(case, item)
        else:
            self._add_readings(case, item)
            self._offer(self.drop, Decision(item.key, "drop"), enabled=True)
            self._offer(self.average, Decision(item.key, "average"), enabled=bool(item.average))
            self.redraw.setEnabled(True)
        self._choices_box.addStretch(1)
        if had_focus is not None and had_focus < len(self.choices):
            self.choices[had_focus].setFocus()

    def _add_readings(self, case: Case, item: Item) -> None:
        for place, reading in enumerate(case.readings):
            words = said(item, reading.name)
            who = f"{reading.letter} · {reading.name}" if self._names_shown else reading.letter
            decision = keeping(item, reading.name)
            button = QPushButton(chip(reading.letter, place), f"  {who}   {words}")
            button.setIconSize(_CHIP)
            key = _KEYS[place] if place < len(_KEYS) else ""
            tip = tr(
                "Keep what reading {letter} says: {words} ({key})",
                letter=reading.letter,
                words=words,
                key=key,
            )
            self._add_choice(
                button, decision, key, tr("Reading {letter}: {words}", letter=who, words=words), tip
            )

    def _add_values(self, case: Case, item: Item) -> None:
        scale = scales()[item.code]
        for place, value in enumerate(scale.values):
            who = [
                (number, reading)
                for number, reading in enumerate(case.readings)
                if _same(item.answers.get(reading.name), value)
            ]
            words, hint = tr_data(scale.titles[place]), tr_data(scale.hints[place])
            button = QPushButton(words)
            decision = Decision(item.key, "choose", value=value)
            keys = "".join(_KEYS[number] for number, _ in who)
            tip = tr("{grade}: {hint}", grade=words, hint=hint) if hint else words
            self._add_choice(button, decision, "", f"{title_of(item)}: {words}", tip, chips=who, keys=keys)
            if hint:
                line = styled_label(hint, "hint")
                line.setWordWrap(True)
                line.setContentsMargins(10, 0, 4, 3)
                self._choices_box.addWidget(line)

    def _add_choice(
        self,
        button: QPushButton,
        decision: Decision | None,
        key: str,
        name: str,
        tip: str,
        chips: Sequence[tuple[int, object]] = (),
        keys: str = "",
    ) -> None:
        button.setObjectName("choice")
        button.setCheckable(True)
        button.setAccessibleName(name)
        button.setToolTip(tip)
        if self._editable:
            self._offer(button, decision, enabled=decision is not None)
        else:  # to be read only
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.choices.append(button)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(5)
        line.addWidget(button, 1)
        case = self._case
        for number, _ in chips:
            mark = QLabel()
            mark.setPixmap(chip(case.readings[number].letter if case else "", number).pixmap(_CHIP))
            line.addWidget(mark)
        for shown in (key, *keys):
            if shown and self._editable:
                line.addWidget(styled_label(shown, "key"))
        self._choices_box.addWidget(row)

    def _button(self, words: str, key: str, tip: str, icon: str) -> QPushButton:
        button = QPushButton(f"{words}  {key}")
        icons.dress(button, icon)
        button.setAccessibleName(words)
        button.setToolTip(tip)
        return button

    def _offer(self, button: QPushButton, decision: Decision | None, *, enabled: bool) -> None:
        """Make a button decide, and show beforehand what it would leave."""
        button.setEnabled(enabled)
        if decision is not None:
            self._decisions[button] = decision
        button.removeEventFilter(self)
        button.installEventFilter(self)
        if not button.property("wired"):
            button.setProperty("wired", True)
            button.clicked.connect(self._on_clicked)

    def _on_clicked(self) -> None:
        decision = self._decisions.get(self.sender())
        self._tell_state(saving=False)  # a check mark stands for what is decided, not for what was pressed
        if decision is not None:
            self.decided.emit(decision)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show what a button's decision would leave."""
        item = self._item
        if event.type() in {QEvent.Type.Enter, QEvent.Type.FocusIn}:
            decision = self._decisions.get(watched)
            if decision is not None and item is not None and decision.action in {"keep", "average"}:
                self.previewed.emit(result_of(item, decision))
        elif event.type() in {QEvent.Type.Leave, QEvent.Type.FocusOut}:
            self.previewed.emit(())
        return super().eventFilter(watched, event)

    def _tell_state(self, *, saving: bool) -> None:
        case, item = self._case, self._item
        made = item.decision if item else None
        for button in self.choices:
            offered = self._decisions.get(button)
            button.setChecked(item is not None and offered is not None and _is_made(item, offered))
        if item is None or case is None:
            self.state.setText("")
        elif saving:
            self.state.setText(tr("Being saved …"))
        elif made is None:
            self.state.setText(tr("Open") if self._editable else tr("Not decided"))
        else:
            words = decision_words(case, item)
            self.state.setText(
                tr("Decided: {what} ({reason})", what=words, reason=made.reason)
                if made.reason
                else tr("Decided: {what}", what=words)
            )


def _is_made(item: Item, offered: Decision) -> bool:
    """Whether what is offered is what was decided."""
    made = item.decision
    if made is None:
        return False
    if item.kind == "grade":
        return _same(chosen_grade(item), offered.value)
    return (offered.action, offered.grader) == (made.action, made.grader)


def _same(first: GradeValue | None, second: GradeValue | None) -> bool:
    """Equal grades; `True` is not 1."""
    return first == second and isinstance(first, bool) == isinstance(second, bool)
