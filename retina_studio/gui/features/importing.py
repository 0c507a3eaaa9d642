"""Import from the window: choose or drop files, folders, archives; new images join the worklist while it goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QThreadPool, QTimer, Signal
from PySide6.QtGui import QDropEvent

from retina_studio.domain.labels import Modality
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.jobs import CancelledError, Job, JobState
from retina_studio.gui.panels.import_dialog import ImportDialog, ImportSummary, dropped
from retina_studio.gui.panels.status import WorkIndicator
from retina_studio.gui.words import tr
from retina_studio.study.importing import ImportReport, import_images
from retina_studio.study.records import ImageRecord, WorklistEntry
from retina_studio.study.study import Study

from .base import Feature

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow

_GATHER = 200  # ms between two additions to the worklist


class Importing(Feature):
    """One import at a time; an import that was stopped goes on when the same files are imported again."""

    arrived = Signal(object)  # ImageRecord; from the worker
    finished = Signal()

    specs = (
        ActionSpec(
            "import_images",
            "Image",
            "Import images …",
            "download-simple",
            ("Ctrl+I",),
            "Add photographs, B-scans, DICOM files, folders or ZIP archives to the study",
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.work = WorkIndicator()
        self.dialog: ImportDialog | None = None
        self.summary: ImportSummary | None = None
        self._job: Job | None = None
        self._new: list[ImageRecord] = []
        self._count = 0
        self._gather = QTimer(self, interval=_GATHER, singleShot=True)
        self._gather.timeout.connect(self._show_new)

    def wire(self) -> None:
        """Take drops anywhere on the window; show progress in the status bar."""
        self.window.setAcceptDrops(True)
        self.watch(self.window)
        self.window.status.insertPermanentWidget(0, self.work)
        self.arrived.connect(self._on_image)

    def import_images(self) -> None:
        """Ask what to import."""
        self.ask([])

    def ask(self, paths: list[Path]) -> None:
        """Ask how to import these, or which."""
        if self._job is not None:
            self.window.status.say(tr("An import is under way: wait for it, or cancel it first."))
            return
        image = self.window.image
        self.dialog = ImportDialog(paths, image.modality if image else "fundus", self.window)
        self.dialog.wanted.connect(self.start)
        self.dialog.finished.connect(self.dialog.deleteLater)
        self.dialog.open()

    def start(self, paths: list[Path], modality: Modality) -> None:
        """Import these in the background."""
        self._count = 0
        self._job = Job(_import_job, self.window.study, list(paths), modality, self.arrived.emit)
        self._job.done.connect(self._on_done)
        self._job.failed.connect(self._on_failed)
        self._job.cancelled.connect(self._on_cancelled)
        self.work.follow(self._job, tr("Importing"))
        # It waits for the disk most of the time: opening an image must not wait for it.
        QThreadPool.globalInstance().releaseThread()
        self._job.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Files dropped on the window."""
        if isinstance(event, QDropEvent) and event.mimeData().hasUrls():
            if event.type() in {QEvent.Type.DragEnter, QEvent.Type.DragMove}:
                event.acceptProposedAction()
                return True
            if event.type() == QEvent.Type.Drop:
                event.acceptProposedAction()
                self.ask(dropped(event))
                return True
        return super().eventFilter(watched, event)

    def _on_image(self, image: ImageRecord) -> None:
        self._new.append(image)
        self._count += 1
        if not self._gather.isActive():
            self._gather.start()

    def _show_new(self) -> None:
        new, self._new = self._new, []
        self.window.worklist.add_entries([WorklistEntry(image, "open") for image in new])
        if self.window.image is None:
            self.window.worklist.select_first_undone()

    def _on_done(self, report: ImportReport) -> None:
        self._end()
        self.summary = ImportSummary(report, self.window)
        self.summary.finished.connect(self.summary.deleteLater)
        self.summary.show()

    def _on_failed(self, sentence: str) -> None:
        self._end()
        self.window.tell_failure(sentence)

    def _on_cancelled(self) -> None:
        count = self._count
        self._end()
        self.window.status.say(
            tr("Import stopped after {count} images: import the same files again to go on.", count=count)
        )

    def _end(self) -> None:
        self._job = None
        QThreadPool.globalInstance().reserveThread()
        self._gather.stop()
        self._show_new()
        self.finished.emit()


def _import_job(
    state: JobState,
    study: Study,
    paths: list[Path],
    modality: Modality,
    on_image: Callable[[ImageRecord], None],
) -> ImportReport:
    def progress(done: int, total: int) -> bool:
        try:
            state.progress(done / max(total, 1), tr("Importing {done} of {total}", done=done, total=total))
        except CancelledError:
            return False  # what was taken is still recorded
        return True

    return import_images(study, paths, modality, progress=progress, on_image=on_image)
