"""The vote, and the form of its rules with what each of them means."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QGridLayout,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from retina_studio.domain.labels import labels_of
from retina_studio.domain.voting.rules import VoteRules
from retina_studio.gui.words import marked, tr, tr_data

from .job_dialog import JobDialog
from .parts import inset, styled_label

_Field = QSpinBox | QDoubleSpinBox | QComboBox | QCheckBox
# rule -> its name, and what it means
_WORDS: Mapping[str, tuple[str, str]] = {
    "graders": (
        marked("Graders per image"),
        marked("An image waits until so many gradings of it are submitted."),
    ),
    "agreeing": (
        marked("Graders who must agree"),
        marked("What fewer agree on goes to the adjudicator. 0: more than half, so 2 of 3."),
    ),
    "anatomy": (
        marked("Anatomy"),
        marked(
            "Disc, cup and atrophy: the pixels a majority drew, or STAPLE, which weighs graders by their skill."
        ),
    ),
    "point_spread": (
        marked("Fovea: farthest from the median"),
        marked("A share of the image's longer side. The disc is about 0.13 of it in a 45° photograph."),
    ),
    "lesions": (
        marked("Lesions"),
        marked(
            "Matched one by one: one that too few drew is disputed. By pixel: a majority of pixels. By grade: all that "
            "was drawn by those whose grade is the settled one."
        ),
    ),
    "match_iou": (marked("Same lesion from this overlap"), marked("Intersection over union, 0 to 1.")),
    "match_distance": (
        marked("Or centres nearer than"),
        marked("A share of the mean of the two diameters."),
    ),
    "match_pixels": (
        marked("And always when nearer than"),
        marked("Pixels. Microaneurysms are a few pixels wide."),
    ),
    "match_size": (
        marked("By distance only when sizes are alike"),
        marked("The smaller diameter is at least this share of the larger one."),
    ),
    "merge": (
        marked("Matched lesions become"),
        marked("The mean ellipse, the majority polygon, or whichever they were drawn as."),
    ),
    "cws_at_dr2": (
        marked("A cotton-wool spot complies with DR2"),
        marked("As in the international scale; without the tick from DR3 on."),
    ),
    "version": (
        marked("Of a grading votes"),
        marked(
            "The newest version, or the last one from before the grader was shown what models propose. Who has none "
            "such does not vote."
        ),
    ),
}
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "anatomy": {"majority": marked("Majority by pixel"), "staple": marked("STAPLE")},
    "lesions": {
        "objects": marked("Matched one by one"),
        "pixels": marked("Majority by pixel"),
        "grade_union": marked("Union by grade"),
    },
    "merge": {
        "auto": marked("As they were drawn"),
        "ellipse": marked("Mean ellipse"),
        "polygon": marked("Majority polygon"),
    },
    "version": {"newest": marked("The newest version"), "blind": marked("The last before the reveal")},
}
_LIMITS: Mapping[str, tuple[float, float, float]] = {  # lowest, highest, step
    "graders": (1, 99, 1),
    "agreeing": (0, 99, 1),
    "point_spread": (0, 1, 0.01),
    "match_iou": (0.01, 1, 0.05),
    "match_distance": (0, 2, 0.05),
    "match_pixels": (0, 1000, 1),
    "match_size": (0, 1, 0.05),
}


_COLUMNS = 6  # of labels


class VoteDialog(JobDialog):
    """Run the vote: only images are counted anew of which something has changed."""

    def __init__(self, parent: QWidget) -> None:
        note = tr("Settles what the graders agree on, and hands the rest to the adjudicator.")
        super().__init__(tr("Vote"), note, tr("Vote"), parent)


class VoteRulesDialog(JobDialog):
    """The rules of the study, each with its meaning."""

    def __init__(self, rules: VoteRules, usual: VoteRules, parent: QWidget) -> None:
        note = tr(
            "They hold for the whole study from the next vote on; every snapshot keeps the rules it was made by."
        )
        super().__init__(tr("Vote rules"), note, tr("Save"), parent)
        self._usual = usual
        self.rules: dict[str, _Field] = {key: _field(key) for key in _WORDS}
        self.whole = {
            entry.code: QCheckBox(entry.code)
            for entry in (*labels_of("fundus"), *labels_of("oct"))
            if set(entry.kinds) != {"point"}
        }
        self.usual_button = QPushButton(tr("The usual rules"))
        self.usual_button.setAutoDefault(False)
        self.usual_button.setToolTip(tr("Fill the form with the rules that ship with the program"))
        self.usual_button.setAccessibleName(self.usual_button.text())
        self.usual_button.clicked.connect(self._show_usual)
        for field in self.rules.values():
            field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            field.installEventFilter(self)
        self._place()
        self.show_rules(rules)
        self.resize(640, 700)

    @property
    def changed(self) -> dict[str, Any]:
        """The rules of the form that differ from the usual ones: what the study keeps."""
        said = {key: _value(field) for key, field in self.rules.items()}
        said["whole"] = [code for code, box in self.whole.items() if box.isChecked()]
        usual = self._usual.to_dict()
        return {key: value for key, value in said.items() if value != usual[key]}

    def show_rules(self, rules: VoteRules) -> None:
        """Fill the form."""
        form = rules.to_dict()
        for key, field in self.rules.items():
            if isinstance(field, QComboBox):
                field.setCurrentIndex(field.findData(form[key]))
            elif isinstance(field, QCheckBox):
                field.setChecked(form[key])
            else:
                field.setValue(form[key])
        for code, box in self.whole.items():
            box.setChecked(code in form["whole"])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel scrolls the form: it changes no rule that the pointer happens to pass."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _show_usual(self) -> None:
        self.show_rules(self._usual)

    def _place(self) -> None:
        body = QWidget()
        column = QFormLayout(body)
        column.setContentsMargins(0, 0, 12, 0)
        column.setVerticalSpacing(12)
        for key, (name, meaning) in _WORDS.items():
            column.addRow(tr_data(name), _explained(self.rules[key], tr_data(meaning)))
            if key == "anatomy":
                boxes = QWidget()
                grid = QGridLayout(boxes)
                grid.setContentsMargins(0, 0, 0, 0)
                for place, box in enumerate(self.whole.values()):
                    box.setToolTip(tr("Voted as one area"))
                    grid.addWidget(box, place // _COLUMNS, place % _COLUMNS)
                words = tr(
                    "The ticked labels are one area each; every other one is a lesion, settled one by one."
                )
                column.addRow(tr("Voted as one area"), _explained(boxes, words))
        area = QScrollArea()
        area.setAccessibleName(tr("Vote rules"))
        area.setWidget(body)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumHeight(380)
        self.fields.addRow(area)
        self.fields.addRow(self.usual_button)


def _explained(field: QWidget, meaning: str) -> QWidget:
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(3)
    words = styled_label(meaning, "hint")
    words.setWordWrap(True)
    column.addWidget(field)
    column.addWidget(words)
    return whole


def _field(key: str) -> _Field:
    name, meaning = _WORDS[key]
    field: _Field
    if key in _CHOICES:
        field = QComboBox()
        for value, words in _CHOICES[key].items():
            field.addItem(tr_data(words), value)
    elif key in _LIMITS:
        low, high, step = _LIMITS[key]
        if key in {"graders", "agreeing"}:
            field = QSpinBox()
            field.setRange(int(low), int(high))
        else:
            field = QDoubleSpinBox()
            field.setRange(low, high)
            field.setSingleStep(step)
    else:
        field = QCheckBox()
    if isinstance(field, QAbstractSpinBox):
        inset(field)
    field.setAccessibleName(tr_data(name))
    field.setToolTip(tr_data(meaning))
    return field


def _value(field: _Field) -> Any:
    if isinstance(field, QComboBox):
        return field.currentData()
    if isinstance(field, QCheckBox):
        return field.isChecked()
    return round(field.value(), 6) if isinstance(field, QDoubleSpinBox) else field.value()
