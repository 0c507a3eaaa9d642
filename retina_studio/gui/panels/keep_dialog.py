"""A snapshot for training, and a copy of the study that can be brought back."""

from datetime import date

from PySide6.QtWidgets import QFileDialog, QWidget

from retina_studio.gui.words import tr

from .job_dialog import JobDialog
from .path_field import PathField, ask_folder


class CurateDialog(JobDialog):
    """Where the snapshot goes; its hash is said when it is written."""

    def __init__(self, parent: QWidget) -> None:
        note = tr(
            "Writes every settled image with its consensus, all gradings and the split by patient into one file that "
            "never changes. A snapshot that is there is replaced only once the new one is checked."
        )
        super().__init__(tr("Curate"), note, tr("Write snapshot"), parent)
        tip = tr("The HDF5 file to write, outside the study")
        self.place = PathField(tr("Snapshot"), tip, [(tr("Choose …"), _ask_snapshot)])
        self.place.changed.connect(self.refresh_start)
        self.fields.addRow(tr("Snapshot"), self.place)
        self.refresh_start()

    @property
    def can_start(self) -> bool:
        """A file is named."""
        return self.place.path is not None


class BackupDialog(JobDialog):
    """Where the copy goes."""

    def __init__(self, study_name: str, parent: QWidget) -> None:
        note = tr(
            "Copies the whole study, as it is at this moment, into a new folder. Everybody can go on grading."
        )
        super().__init__(tr("Back up"), note, tr("Back up"), parent)
        tip = tr("A folder that is made in it holds the copy")
        self.place = PathField(tr("Folder"), tip, [(tr("Choose …"), ask_folder)])
        self.place.changed.connect(self.refresh_start)
        self.fields.addRow(tr("In the folder"), self.place)
        self.folder_name = f"{study_name}-{date.today():%Y-%m-%d}"
        self.refresh_start()

    @property
    def can_start(self) -> bool:
        """A folder is named."""
        return self.place.path is not None


def _ask_snapshot(parent: QWidget) -> str:
    return QFileDialog.getSaveFileName(parent, tr("Choose where to write"), "consensus.h5", "HDF5 (*.h5)")[0]
