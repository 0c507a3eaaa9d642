"""The dialog of the preferences: how the application looks, and what a study asks of everybody."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from retina_studio.domain.informative import RANDOM_SHARE
from retina_studio.domain.labels import Modality, scales
from retina_studio.gui import settings
from retina_studio.gui.panels.parts import inset, rule, styled_label
from retina_studio.gui.words import languages, marked, tr, tr_data
from retina_studio.images.enhance import views_of

_THEMES = {"system": marked("As the system"), "dark": marked("Dark"), "light": marked("Light")}
_MODALITIES: Mapping[Modality, str] = {"fundus": marked("Fundus photographs"), "oct": marked("OCT B-scans")}
_COLUMNS = 2


class PreferencesDialog(QDialog):
    """Every change holds at once, or as soon as the note below it says."""

    look_changed = Signal()
    language_changed = Signal(str)
    study_changed = Signal(str, object)  # a study setting's key, and its value

    def __init__(self, study_settings: Mapping[str, Any], *, may_change: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Preferences"))
        self.setMinimumWidth(480)
        self.theme = self._combo(tr("Theme"), [(code, tr_data(name)) for code, name in _THEMES.items()])
        self.language = self._combo(
            tr("Language"), [(settings.SYSTEM_LANGUAGE, tr("As the system")), *languages().items()]
        )
        self.scale = self._combo(tr("Size"), [(scale, f"{scale:.0%}") for scale in settings.UI_SCALES])
        self.note = styled_label("", "quiet")
        self.note.setWordWrap(True)
        self.views = {
            modality: self._combo(
                tr_data(title), [(view.code, tr_data(view.title)) for view in views_of(modality)]
            )
            for modality, title in _MODALITIES.items()
        }
        self.blind = self._box(
            tr("Blind first: no proposal before one's own reading is submitted"),
            tr(
                "From the next image on that is opened; what changes after the reveal is counted in Agreement"
            ),
        )
        self.share = self._share_field()
        self.required = {scale.code: QCheckBox(tr_data(scale.title)) for scale in scales().values()}
        _choose(self.theme, settings.theme_choice())
        _choose(self.language, settings.language_choice())
        _choose(self.scale, settings.ui_scale())
        for modality, code in study_settings.get("default_view", {}).items():
            _choose(self.views[modality], code)
        required = study_settings.get("required_grades", [])
        for code, box in self.required.items():
            box.setChecked(scales()[code].required or code in required)
            box.setToolTip(tr("Submitting asks for this grade"))
            box.setEnabled(may_change and not scales()[code].required)
        self.blind.setChecked(bool(study_settings.get("blind_first", False)))
        self._share = round(100 * study_settings.get("random_share", RANDOM_SHARE))
        self.share.setValue(self._share)
        for field in (*self.views.values(), self.blind, self.share):
            field.setEnabled(may_change)
        self._place(may_change)
        self._connect()

    def _place(self, may_change: bool) -> None:
        look = QFormLayout()
        for text, widget in (
            (tr("Theme"), self.theme),
            (tr("Language"), self.language),
            (tr("Size"), self.scale),
        ):
            look.addRow(text, widget)
        study = QFormLayout()
        for modality, combo in self.views.items():
            study.addRow(tr_data(_MODALITIES[modality]), combo)
        grades = QGridLayout()
        for place, box in enumerate(self.required.values()):
            grades.addWidget(box, place // _COLUMNS, place % _COLUMNS)
        allowed = tr("These hold for every grader of the study.")
        refused = tr("An adjudicator or engineer of the study can change these.")
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        saved = tr("Saving is automatic: every edit is on disk before the screen shows it.")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(styled_label(tr("Look"), "title"))
        column.addLayout(look)
        column.addWidget(self.note)
        column.addWidget(rule())
        column.addWidget(styled_label(tr("This study"), "title"))
        column.addWidget(_quiet(allowed if may_change else refused))
        column.addWidget(QLabel(tr("Images open in this view, from the next start on")))
        column.addLayout(study)
        column.addWidget(QLabel(tr("Grades that submitting asks for")))
        column.addLayout(grades)
        column.addWidget(self.blind)
        share = QFormLayout()
        share.addRow(tr("Of the most informative first, drawn by chance"), self.share)
        column.addLayout(share)
        column.addWidget(rule())
        column.addWidget(_quiet(saved))
        column.addWidget(close)

    def _connect(self) -> None:
        self.theme.activated.connect(self._on_theme)
        self.language.activated.connect(self._on_language)
        self.scale.activated.connect(self._on_scale)
        for combo in self.views.values():
            combo.activated.connect(self._on_view)
        for box in self.required.values():
            box.clicked.connect(self._on_required)
        self.blind.clicked.connect(self._on_blind)
        self.share.editingFinished.connect(self._on_share)

    def _box(self, text: str, tip: str) -> QCheckBox:
        box = QCheckBox(text)
        box.setAccessibleName(text)
        box.setToolTip(tip)
        return box

    def _share_field(self) -> QSpinBox:
        field = QSpinBox()
        field.setRange(0, 100)
        field.setSuffix(" %")
        field.setAccessibleName(tr("Of the most informative first, drawn by chance"))
        field.setToolTip(
            tr("So that the models do not choose alone what is graded; 0 takes only the most informative")
        )
        inset(field)
        return field

    def _combo(self, name: str, choices: Sequence[tuple[object, str]]) -> QComboBox:
        combo = QComboBox()
        combo.setAccessibleName(name)
        combo.setToolTip(name)
        for value, text in choices:
            combo.addItem(text, value)
        return combo

    def _on_theme(self) -> None:
        settings.choose_theme(self.theme.currentData())
        self.look_changed.emit()

    def _on_language(self) -> None:
        self.language_changed.emit(self.language.currentData())

    def _on_scale(self) -> None:
        settings.choose_ui_scale(self.scale.currentData())
        self.note.setText(tr("The size changes at the next start."))

    def _on_blind(self, is_blind: bool) -> None:
        self.study_changed.emit("blind_first", is_blind)

    def _on_share(self) -> None:
        if self.share.value() != self._share:  # leaving the field is no change
            self._share = self.share.value()
            self.study_changed.emit("random_share", self._share / 100)

    def _on_view(self) -> None:
        value = {modality: combo.currentData() for modality, combo in self.views.items()}
        self.study_changed.emit("default_view", value)

    def _on_required(self) -> None:
        chosen = [
            code for code, box in self.required.items() if box.isChecked() and not scales()[code].required
        ]
        self.study_changed.emit("required_grades", chosen)


def _choose(combo: QComboBox, value: object) -> None:
    combo.setCurrentIndex(max(combo.findData(value), 0))


def _quiet(text: str) -> QLabel:
    label = styled_label(text, "quiet")
    label.setWordWrap(True)
    return label
