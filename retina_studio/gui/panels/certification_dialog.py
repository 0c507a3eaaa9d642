"""Certification: sets of images with known answers, who is given them, and how they did."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTreeWidget,
    QWidget,
)

from retina_studio.gui.words import tr
from retina_studio.study.certification import Certification, CertificationResult
from retina_studio.study.records import Grader

from .job_dialog import JobDialog
from .parts import ROW, add_row, styled_label

_WIDTHS = (100, 90, 80, 150)  # of the columns of the results but the last


class CertificationDialog(JobDialog):
    """The main button gives the chosen set to the ticked graders."""

    made = Signal(str, str)  # name of the new set, whose submitted gradings are its answers
    required_changed = Signal(bool)

    def __init__(self, people: Sequence[Grader], *, required: bool, parent: QWidget) -> None:
        note = tr("A grader's gradings of these images never vote; they are compared with the known answers.")
        super().__init__(tr("Certification"), note, tr("Give to the ticked"), parent)
        self._graders = [person for person in people if person.active and person.role == "grader"]
        self.sets = QComboBox()
        self.sets.setAccessibleName(tr("Set"))
        self.sets.setToolTip(tr("The images with known answers"))
        self.graders = QListWidget()
        self.graders.setAccessibleName(tr("Graders"))
        self.graders.setToolTip(tr("Tick who is given the set"))
        self.graders.setMaximumHeight(110)
        for grader in self._graders:
            item = QListWidgetItem(grader.name)
            item.setCheckState(Qt.CheckState.Unchecked)
            item.setSizeHint(QSize(0, ROW))
            self.graders.addItem(item)
        self.graders.itemChanged.connect(self.refresh_start)
        self.results = QTreeWidget()
        self.results.setHeaderLabels([tr("Grader"), tr("Set"), tr("Result"), tr("Scores"), tr("When")])
        self.results.setRootIsDecorated(False)
        self.results.setAccessibleName(tr("Results"))
        self.results.setToolTip(tr("How everybody did, the newest first"))
        self.results.setMinimumHeight(120)
        for column, width in enumerate(_WIDTHS):
            self.results.setColumnWidth(column, width)
        self.required = QCheckBox(tr("Only certified graders are given images"))
        self.required.setToolTip(tr("Whoever passed a set the last time they did it"))
        self.required.setChecked(required)
        self.required.clicked.connect(self.required_changed)
        self.new_name = QLineEdit()
        self.new_name.setPlaceholderText(tr("Name of a new set"))
        self.new_name.setAccessibleName(tr("Name of a new set"))
        self.new_name.setToolTip(tr("A set is made of all images that one person has submitted"))
        self.author = QComboBox()
        self.author.setAccessibleName(tr("Whose gradings are the answers"))
        self.author.setToolTip(tr("Whose gradings are the answers"))
        for person in people:
            self.author.addItem(person.name)
        self.make_button = QPushButton(tr("Make set"))
        self.make_button.setAutoDefault(False)
        self.make_button.setAccessibleName(tr("Make set"))
        self.make_button.setToolTip(tr("Of all images that this person has submitted"))
        self.make_button.clicked.connect(self._on_make)
        self._place()

    @property
    def can_start(self) -> bool:
        """There is a set, and somebody is ticked."""
        return self.sets.count() > 0 and bool(self.ticked)

    @property
    def ticked(self) -> list[Grader]:
        """Who is to be given the set."""
        items = [self.graders.item(row) for row in range(self.graders.count())]
        pairs = zip(self._graders, items, strict=True)
        return [grader for grader, item in pairs if item.checkState() == Qt.CheckState.Checked]

    def show_state(self, state: tuple[Sequence[Certification], Sequence[CertificationResult]]) -> None:
        """Show the sets and the results there are."""
        sets, results = state
        chosen = self.sets.currentData()
        self.sets.clear()
        for kept in sets:
            self.sets.addItem(
                tr("{name} ({count} images)", name=kept.name, count=len(kept.images)), kept.name
            )
        self.sets.setCurrentIndex(max(self.sets.findData(chosen), 0) if sets else -1)
        self.results.clear()
        for result in reversed(results):
            passed = tr("passed") if result.passed else tr("not passed")
            scores = ", ".join(f"{what} {value:.2f}" for what, value in result.scores.items())
            add_row(self.results, [result.grader, result.certification, passed, scores, result.at[:10]])
        self.refresh_start()

    def _on_make(self) -> None:
        name = self.new_name.text().strip()
        if name and self.author.currentText():
            self.made.emit(name, self.author.currentText())

    def _place(self) -> None:
        new = QHBoxLayout()
        new.addWidget(self.new_name, 1)
        new.addWidget(styled_label(tr("answers of"), "quiet"))
        new.addWidget(self.author)
        new.addWidget(self.make_button)
        self.fields.addRow(tr("New set"), new)
        self.fields.addRow(tr("Set"), self.sets)
        self.fields.addRow(tr("Graders"), self.graders)
        self.fields.addRow(self.required)
        self.fields.addRow(self.results)
        self.refresh_start()
