"""Labels for other programs, and labels from them: which format, whose labels, which files."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QListWidget, QListWidgetItem, QWidget

from retina_studio.exchange.formats import FORMATS, Format
from retina_studio.exchange.layers import CONSENSUS
from retina_studio.gui.words import tr, tr_data
from retina_studio.study.records import Grader

from .job_dialog import JobDialog
from .parts import ROW, styled_label
from .path_field import PathField, ask_file, ask_folder


class ExportDialog(JobDialog):
    """`sees_all`: the person may have the consensus and everybody's labels, not only their own."""

    def __init__(self, own: Grader, graders: Sequence[Grader], sees_all: bool, parent: QWidget) -> None:
        super().__init__(tr("Export labels"), "", tr("Export"), parent)
        self._own, self._graders, self._sees_all = own, graders, sees_all
        self.format = _formats([entry for entry in FORMATS.values() if entry.writes])
        self.note = _note()
        self.layer = _box(tr("Whose labels"), tr("The consensus, or the gradings of one grader"))
        self.place = PathField(
            tr("Folder"), tr("Where to write; existing files of the same names are replaced"),
            [(tr("Choose …"), ask_folder)],
        )  # fmt: skip
        self.place.changed.connect(self.refresh_start)
        self.format.currentIndexChanged.connect(self._on_format)
        self.fields.addRow(tr("Format"), self.format)
        self.fields.addRow("", self.note)
        self.fields.addRow(tr("Labels of"), self.layer)
        self.fields.addRow(tr("Folder"), self.place)
        self._on_format()
        self.refresh_start()

    @property
    def can_start(self) -> bool:
        """A folder is named."""
        return self.place.path is not None

    @property
    def chosen(self) -> Format:
        """The format."""
        return FORMATS[self.format.currentData()]

    def _on_format(self) -> None:
        form = self.chosen
        self.note.setText(tr("Holds: {content}", content=tr_data(form.writes)))
        self.layer.clear()
        if self._sees_all:
            if form.every:
                self.layer.addItem(tr("Everybody"), None)
            self.layer.addItem(tr("Consensus"), CONSENSUS)
        for grader in self._graders if self._sees_all else [self._own]:
            self.layer.addItem(grader.name, grader.name)


class ImportLabelsDialog(JobDialog):
    """`graders` are those whose labels they may become; a format of counts wants as many as were counted."""

    def __init__(self, own: Grader, graders: Sequence[Grader], parent: QWidget) -> None:
        note = tr(
            "All is read and checked before anything is changed. Labels that the files answer replace the "
            "grader's own; a submitted grading becomes a new version."
        )
        super().__init__(tr("Import labels"), note, tr("Import"), parent)
        self._graders = graders
        self.format = _formats([entry for entry in FORMATS.values() if entry.reads])
        self.note = _note()
        self.grader = _box(tr("Whose labels they are"), tr("The grader whose gradings these become"))
        for grader in graders:
            self.grader.addItem(grader.name)
        names = [grader.name for grader in graders]
        self.grader.setCurrentIndex(names.index(own.name) if own.name in names else 0)
        self.several = QListWidget()
        self.several.setAccessibleName(tr("Whose labels they are"))
        self.several.setToolTip(tr("Tick as many graders as were counted"))
        self.several.setMaximumHeight(110)
        for name in names:
            item = QListWidgetItem(name)
            item.setCheckState(Qt.CheckState.Unchecked)
            item.setSizeHint(QSize(0, ROW))
            self.several.addItem(item)
        self.submit = QCheckBox(tr("Submit each grading afterwards"))
        self.submit.setToolTip(tr("Only submitted gradings vote"))
        tip = tr("A file, a folder, or a ZIP file of one; images are found by their names")
        self.source = PathField(
            tr("Labels"), tip, [(tr("File …"), ask_file), (tr("Folder …"), ask_folder)]
        )  # fmt: skip
        self.source.changed.connect(self.refresh_start)
        self.several.itemChanged.connect(self.refresh_start)
        self.format.currentIndexChanged.connect(self._on_format)
        self.fields.addRow(tr("Format"), self.format)
        self.fields.addRow("", self.note)
        self.fields.addRow(tr("Labels"), self.source)
        self.fields.addRow(tr("Labels of"), self.grader)
        self.fields.addRow("", self.several)
        self.fields.addRow("", self.submit)
        self._on_format()

    @property
    def can_start(self) -> bool:
        """Files are named, and whose labels they are."""
        return self.source.path is not None and bool(self.chosen_graders)

    @property
    def chosen(self) -> Format:
        """The format."""
        return FORMATS[self.format.currentData()]

    @property
    def chosen_graders(self) -> list[Grader]:
        """Whose labels they are."""
        if not self.chosen.several:
            return [self._graders[self.grader.currentIndex()]] if self._graders else []
        items = [self.several.item(row) for row in range(self.several.count())]
        pairs = zip(self._graders, items, strict=True)
        return [grader for grader, item in pairs if item.checkState() == Qt.CheckState.Checked]

    def _on_format(self) -> None:
        form = self.chosen
        self.note.setText(tr("Reads: {content}", content=tr_data(form.reads)))
        self.fields.setRowVisible(self.grader, not form.several)
        self.fields.setRowVisible(self.several, form.several)
        self.refresh_start()


def _formats(formats: Sequence[Format]) -> QComboBox:
    box = _box(tr("Format"), tr("The format of the files"))
    for form in formats:
        box.addItem(tr_data(form.title), form.name)
    return box


def _box(name: str, tip: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(tip)
    return box


def _note() -> QLabel:
    note = styled_label("", "quiet")
    note.setWordWrap(True)
    return note
