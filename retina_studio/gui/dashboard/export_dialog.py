"""Write the agreement to a file: in which form, and where."""

from pathlib import Path

from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from retina_studio.gui.panels.job_dialog import JobDialog
from retina_studio.gui.panels.path_field import PathField
from retina_studio.gui.words import marked, tr, tr_data

_FORMS = (
    (".html", marked("Page with charts and tables (HTML)")),
    (".pdf", marked("Document with charts and tables (PDF)")),
    (".csv", marked("Table of every figure (CSV)")),
    (".json", marked("Values for programs (JSON)")),
)


class ExportReportDialog(JobDialog):
    """The chosen form gives the file its ending."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("Export the agreement"), "", tr("Export"), parent)
        self.form_box = QComboBox()
        self.form_box.setAccessibleName(tr("Format"))
        self.form_box.setToolTip(tr("What is written"))
        for ending, words in _FORMS:
            self.form_box.addItem(tr_data(words), ending)
        self.place = PathField(
            tr("File"), tr("Where to write; a file of this name is replaced"), [(tr("Choose …"), self._ask)]
        )
        self.place.changed.connect(self.refresh_start)
        self.fields.addRow(tr("Format"), self.form_box)
        self.fields.addRow(tr("File"), self.place)
        self.refresh_start()

    @property
    def can_start(self) -> bool:
        """A file is named."""
        return self.place.path is not None

    @property
    def out(self) -> Path | None:
        """The file, with the ending of its form."""
        path, ending = self.place.path, self.form_box.currentData()
        if path is None or path.suffix.lower() == ending:
            return path
        is_form = path.suffix.lower() in [known for known, _ in _FORMS]
        return path.with_suffix(ending) if is_form else path.with_name(path.name + ending)

    def _ask(self, parent: QWidget) -> str:
        ending = self.form_box.currentData()
        start = f"agreement{ending}"
        return QFileDialog.getSaveFileName(parent, tr("Export the agreement"), start, f"*{ending}")[0]
