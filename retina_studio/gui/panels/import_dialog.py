"""The two small windows of an import: what to import as what, and what became of it."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from retina_studio.domain.labels import Modality
from retina_studio.gui import icons
from retina_studio.gui.words import tr
from retina_studio.study.importing import ImportReport

from .parts import styled_label


class ImportDialog(QDialog):
    """Files and folders to import, chosen or dropped; `wanted` when the person starts it."""

    wanted = Signal(object, str)  # list of paths, modality

    def __init__(self, paths: Sequence[Path], modality: Modality, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Import images"))
        self.setMinimumWidth(560)
        self.setAcceptDrops(True)
        self.paths: list[Path] = []
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Files and folders to import"))
        self.list.setToolTip(tr("Drop files, folders or ZIP archives here"))
        self.list.setMinimumHeight(140)
        self.files_button = _button(
            tr("Add files …"), "file-plus", tr("Images, DICOM files, OCT volumes, ZIP")
        )
        self.files_button.clicked.connect(self._add_files)
        self.folder_button = _button(
            tr("Add a folder …"), "folder-plus", tr("All images in a folder and the folders inside it")
        )
        self.folder_button.clicked.connect(self._add_folder)
        self.kinds: Mapping[str, QRadioButton] = {
            "fundus": QRadioButton(tr("Fundus photographs")),
            "oct": QRadioButton(tr("OCT B-scans")),
        }
        self.kinds[modality].setChecked(True)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.start_button = box.button(QDialogButtonBox.StandardButton.Ok)
        self.start_button.setText(tr("Import"))
        self.start_button.setObjectName("main")
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        self._lay_out(box)
        self.add(paths)

    def add(self, paths: Collection[Path]) -> None:
        """Put files and folders on the list, each once."""
        new = [path for path in paths if path not in self.paths]
        self.paths += new
        self.list.addItems([str(path) for path in new])
        self.start_button.setEnabled(bool(self.paths))
        self.start_button.setToolTip("" if self.paths else tr("Add files or a folder first"))

    def accept(self) -> None:
        """Start the import."""
        super().accept()
        self.wanted.emit(self.paths, next(kind for kind, box in self.kinds.items() if box.isChecked()))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped."""
        self.add(dropped(event))
        event.acceptProposedAction()

    def _add_files(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self, tr("Choose images, volumes or ZIP archives"))
        self.add([Path(file) for file in files])

    def _add_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Choose a folder of images"))
        if folder:
            self.add([Path(folder)])

    def _lay_out(self, box: QDialogButtonBox) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(styled_label(tr("Import images"), "title"))
        note = styled_label(
            tr(
                "Names, dates and other marks of identity are removed from the copies in the study. "
                "Your files stay as they are."
            ),
            "quiet",
        )
        note.setWordWrap(True)
        column.addWidget(note)
        column.addWidget(self.list)
        row = QHBoxLayout()
        row.addWidget(self.files_button)
        row.addWidget(self.folder_button)
        row.addStretch()
        column.addLayout(row)
        kinds = QHBoxLayout()
        kinds.addWidget(styled_label(tr("Where a file does not say it, these are"), "quiet"))
        for kind in self.kinds.values():
            kind.setToolTip(tr("DICOM files and OCT volumes say it themselves"))
            kinds.addWidget(kind)
        kinds.addStretch()
        column.addLayout(kinds)
        column.addWidget(box)


class ImportSummary(QDialog):
    """What was imported, and what wants the person's attention."""

    def __init__(self, report: ImportReport, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Import"))
        self.setMinimumWidth(560)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        self.headline = styled_label(_headline(report), "title")
        self.headline.setWordWrap(True)
        column.addWidget(self.headline)
        self.details = QPlainTextEdit("\n\n".join(_paragraphs(report)))
        self.details.setReadOnly(True)
        self.details.setAccessibleName(tr("Details of the import"))
        self.details.setToolTip(tr("Details of the import"))
        self.details.setMinimumHeight(180)
        if self.details.toPlainText():
            column.addWidget(self.details)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        column.addWidget(close)


def dropped(event: QDropEvent) -> list[Path]:
    """The files and folders of a drop."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


def _headline(report: ImportReport) -> str:
    count = len(report.imported)
    words = tr("1 image imported") if count == 1 else tr("{count} images imported", count=count)
    more = [
        tr("{count} there already", count=len(report.duplicates)) if report.duplicates else "",
        tr("{count} refused", count=len(report.refused)) if report.refused else "",
    ]
    return ", ".join([words, *filter(None, more)])


def _paragraphs(report: ImportReport) -> list[str]:
    """The parts that there is something to say about, the gravest first."""
    there = [f"{file}  =  {image}" for file, image in report.duplicates.items()]
    parts = (
        (tr("Not taken:"), report.refused),
        (
            tr("These may have writing burnt into the picture, a name perhaps: please look at them:"),
            report.burnt_in,
        ),
        (tr("The names of these images tell who the patient is:"), report.telling),
        (tr("These were given another name, because theirs told who the patient is:"), report.renamed),
        (tr("In the study already:"), there),
    )
    return ["\n".join([title, *(f"   {line}" for line in lines)]) for title, lines in parts if lines]


def _button(text: str, icon: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    icons.dress(button, icon)
    button.setToolTip(tip)
    button.setAccessibleName(text)
    return button
