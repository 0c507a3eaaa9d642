"""What the models say of the whole image: grades with their probability, and a button that takes each over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from retina_studio.domain.labels import GradeValue, scales
from retina_studio.domain.proposal import Proposal
from retina_studio.gui import icons
from retina_studio.gui.words import marked, tr, tr_data

from .parts import ElidedButton, styled_label

_MEASURES = {"vcdr": marked("vCDR")}
_SHORT = {"ppa": marked("PPA")}
_COLUMNS = 2


@dataclass(frozen=True)
class Answer:
    """A grade that a model gives; `probability` is that of "yes" where the scale asks yes or no, None if unknown."""

    scale: str
    value: GradeValue
    probability: float | None
    model: str

    @property
    def text(self) -> str:
        """In a few words: "DR2 (0.71)", "Glaucoma 12 %"."""
        scale = scales()[self.scale]
        if isinstance(self.value, bool):
            title = tr_data(_SHORT.get(self.scale, scale.title))
            if self.probability is None:
                return f"{title}: {tr_data(scale.title_of(self.value))}"
            return f"{title} {100 * self.probability:.0f} %"
        number = "" if self.probability is None else f" ({self.probability:.2f})"
        words = f"DR{self.value}" if self.scale == "dr" else tr_data(scale.title_of(self.value))
        return f"{words}{number}"


def answers_of(proposals: Iterable[Proposal]) -> list[Answer]:
    """The grades of these proposals; where several answer one scale, the last of them does."""
    found: dict[str, Answer] = {}
    for proposal in proposals:
        for code, value in proposal.grades.items():
            scale = scales().get(code)
            if scale is not None and any(value == v and type(value) is type(v) for v in scale.values):
                asked: GradeValue = True if isinstance(value, bool) else value
                probability = proposal.probabilities.get(code, {}).get(asked)
                found[code] = Answer(code, value, probability, proposal.model)
    return list(found.values())


def measures_in_words(proposals: Iterable[Proposal]) -> str:
    """The numbers worth reading, such as "vCDR 0.58"; "" where there is none."""
    found: dict[str, float] = {}
    for proposal in proposals:
        found |= {name: value for name, value in proposal.measures.items() if name in _MEASURES}
    return " · ".join(f"{tr_data(_MEASURES[name])} {value:.2f}" for name, value in found.items())


class AnswerPanel(QWidget):
    """Hidden where no model says anything."""

    taken = Signal(str, object)  # scale, value

    def __init__(self) -> None:
        super().__init__()
        self.buttons: dict[str, ElidedButton] = {}
        self._answers: list[Answer] = []
        self.measures = styled_label("", "quiet")
        head = QHBoxLayout()
        head.addWidget(styled_label(tr("AI says"), "quiet"))
        head.addStretch()
        head.addWidget(self.measures)
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(self._grid)
        self.hide()

    def show_answers(self, proposals: Iterable[Proposal]) -> None:
        """Show what these proposals say."""
        said = list(proposals)
        answers, words = answers_of(said), measures_in_words(said)
        self.measures.setText(words)
        self.setVisible(bool(answers or words))
        if answers == self._answers:
            return
        self._answers = answers
        for button in self.buttons.values():
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = {answer.scale: self._button(answer) for answer in answers}
        for place, button in enumerate(self.buttons.values()):
            self._grid.addWidget(button, place // _COLUMNS, place % _COLUMNS)

    def show_grades(self, grades: Mapping[str, GradeValue], *, editable: bool) -> None:
        """Mark the answers that the grading gives too; the others can be taken over."""
        for answer in self._answers:
            button = self.buttons[answer.scale]
            given = grades.get(answer.scale)
            same = given is not None and given == answer.value
            button.setEnabled(editable and not same)
            icons.dress(button, "check" if same else "arrow-line-right", "good" if same else "text")
            button.setToolTip(_tip(answer, same=same))

    def _button(self, answer: Answer) -> ElidedButton:
        button = ElidedButton(icons.icon("arrow-line-right"), answer.text)
        button.setObjectName("grade")
        button.setAccessibleName(tr("Take over {answer}", answer=answer.text))
        button.setProperty("scale", answer.scale)
        button.clicked.connect(self._on_taken)
        return button

    def _on_taken(self) -> None:
        scale = self.sender().property("scale")
        answer = next(answer for answer in self._answers if answer.scale == scale)
        self.taken.emit(answer.scale, answer.value)


def _tip(answer: Answer, *, same: bool) -> str:
    scale = scales()[answer.scale]
    said = f"{tr_data(scale.title)}: {tr_data(scale.title_of(answer.value))}"
    if same:
        return tr("The model {model} says {answer}; so does your grading", model=answer.model, answer=said)
    return tr(
        "The model {model} says {answer}; click to take it into your grading", model=answer.model, answer=said
    )
