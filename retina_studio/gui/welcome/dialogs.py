"""The two small windows that make a study: an empty one, with or without images to import, and the demo study."""

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from retina_studio.domain.errors import RetinaError
from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.panels.job_dialog import JobDialog
from retina_studio.gui.panels.path_field import PathField, ask_folder
from retina_studio.gui.words import tr
from retina_studio.study.study import Study

from .demo_study import make_demo_study


class _MakeDialog(JobDialog):
    """A study's name, and the folder that its own folder is made in."""

    made = Signal(object)  # the study's folder; the dialog has closed

    def __init__(self, title: str, note: str, start: str, name: str, parent: QWidget) -> None:
        super().__init__(title, note, start, parent)
        self.name = QLineEdit(name)
        self.name.setAccessibleName(tr("Name of the study"))
        self.name.setToolTip(tr("A folder of this name is made"))
        self.name.textChanged.connect(self.refresh_start)
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        tip = tr("The study's folder is made in it; choose a disk of this computer with room for the images")
        self.place = PathField(tr("In the folder"), tip, [(tr("Choose …"), ask_folder)], documents)
        self.place.changed.connect(self.refresh_start)
        self.fields.addRow(tr("Name"), self.name)
        self.fields.addRow(tr("In the folder"), self.place)
        self.wanted.connect(self._start)

    @property
    def folder(self) -> Path | None:
        """The folder to be made; None while name or place are missing."""
        name, place = self.name.text().strip(), self.place.path
        is_name = bool(name) and name not in (".", "..") and not set(name) & set('/\\:*?"<>|')
        return place / name if place is not None and is_name else None

    @property
    def can_start(self) -> bool:
        """Name and place are given."""
        return self.folder is not None

    def _start(self) -> None:
        if self.folder is not None and not self.is_busy:
            job = self._job_for(self.folder)
            job.done.connect(self._on_made)
            self.follow(job, str, tr("Stopped: no study was made."))

    def _job_for(self, folder: Path) -> Job:
        raise NotImplementedError

    def _on_made(self, folder: Path) -> None:
        self.accept()
        self.made.emit(folder)


class NewStudyDialog(_MakeDialog):
    """An empty study; the images are asked for once it is open."""

    def __init__(self, images: Path | None, parent: QWidget) -> None:
        note = tr(
            "A study is a folder with images and everybody's gradings. Your own image files stay as they are."
        )
        name = images.name if images else tr("My study")
        super().__init__(tr("New study"), note, tr("Make study"), name, parent)
        self.images = PathField(
            tr("Import images of"),
            tr("Left empty, images are imported later"),
            [(tr("Choose …"), ask_folder)],
        )
        self.images.text.setText(str(images) if images else "")
        self.images.text.setPlaceholderText(tr("A folder; may be left empty"))
        self.fields.addRow(tr("Import images of"), self.images)
        self.refresh_start()

    def _job_for(self, folder: Path) -> Job:
        return Job(_make_study, folder, self.images.path)


class DemoStudyDialog(_MakeDialog):
    """The demo study."""

    def __init__(self, parent: QWidget) -> None:
        note = tr(
            "Ten synthetic images, some of them read by two simulated graders. No real patient is in it; "
            "remove the folder when you are done."
        )
        super().__init__(tr("Demo study"), note, tr("Make demo study"), tr("Retina Studio demo"), parent)
        self.refresh_start()

    def _job_for(self, folder: Path) -> Job:
        return Job(_make_demo, folder, tr("You"))


def _make_study(state: JobState, folder: Path, images: Path | None) -> Path:
    if images is not None and not images.is_dir():
        raise RetinaError(f"{images} is not a folder.")
    state.check()
    Study.create(folder).close()
    return folder


def _make_demo(state: JobState, folder: Path, you: str) -> Path:
    text = tr("Drawing images and gradings …")
    return make_demo_study(folder, you, lambda share: state.progress(share, text))
