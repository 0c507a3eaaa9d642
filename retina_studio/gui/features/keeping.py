"""The menu "Study": a snapshot for training, and a copy of the study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.panels.keep_dialog import BackupDialog, CurateDialog
from retina_studio.gui.words import tr
from retina_studio.study.backup import BackupReport, backup
from retina_studio.study.curation import curate
from retina_studio.study.study import Study

from .studying import StudyFeature, images_words, reporter
from .voting import vote_job

if TYPE_CHECKING:
    from retina_studio.gui.panels.job_dialog import JobDialog


class Keeping(StudyFeature):
    """What is there stays whole until the new one is written and checked."""

    restricted = ("curate", "backup")
    specs = (
        ActionSpec(
            "curate",
            "Study",
            "Curate …",
            "package",
            (),
            "Write the settled images as a snapshot for training",
        ),
        ActionSpec("backup", "Study", "Back up …", "archive", (), "Copy the whole study as it is now"),
    )

    def curate(self) -> None:
        """Ask where to."""
        self.show(self._curate)

    def _curate(self) -> JobDialog:
        dialog = CurateDialog(self.window)
        dialog.wanted.connect(self._start_curate)
        return dialog

    def _start_curate(self) -> None:
        dialog = self.dialog
        if isinstance(dialog, CurateDialog) and dialog.place.path is not None:
            job = Job(_curate_job, self.window.study, dialog.place.path)
            stopped = tr("Stopped: no snapshot was written.")
            dialog.follow(job, lambda digest: tr("Written. Its content hash: {hash}", hash=digest), stopped)

    def backup(self) -> None:
        """Ask where to."""
        self.show(self._backup)

    def _backup(self) -> JobDialog:
        dialog = BackupDialog(self.window.study.folder.name, self.window)
        dialog.wanted.connect(self._start_backup)
        return dialog

    def _start_backup(self) -> None:
        dialog = self.dialog
        if isinstance(dialog, BackupDialog) and dialog.place.path is not None:
            out = dialog.place.path / dialog.folder_name

            def told(report: BackupReport) -> str:
                words = tr(
                    "{images} and all gradings are in {out}.", images=images_words(report.images), out=out
                )
                if not report.missing:
                    return words
                lost = ", ".join(report.missing)
                return f"{words} {tr('The study has lost or damaged image files: {images}', images=lost)}"

            job = Job(_backup_job, self.window.study, out)
            dialog.follow(job, told, tr("Stopped: nothing was written."))


def _curate_job(state: JobState, study: Study, out: Path) -> str:
    settled = vote_job(state, study).settled  # here, where it can be cancelled
    report = reporter(state, tr("Writing {done} of {total}"))
    return curate(study, out, progress=lambda done: report(done, settled))


def _backup_job(state: JobState, study: Study, out: Path) -> BackupReport:
    return backup(study, out, progress=reporter(state, tr("Copying {done} of {total}")))
