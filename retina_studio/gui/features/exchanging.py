"""The menu "Study": labels for other programs, and labels from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from retina_studio.exchange.transfer import export_labels, import_labels
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.jobs import CancelledError, Job, JobState
from retina_studio.gui.panels.exchange_dialog import ExportDialog, ImportLabelsDialog
from retina_studio.gui.words import tr
from retina_studio.study.records import Grader
from retina_studio.study.study import Study

from .protocol import Protocol
from .studying import RUN, StudyFeature, images_words

if TYPE_CHECKING:
    from retina_studio.gui.panels.job_dialog import JobDialog


class Exchanging(StudyFeature):
    """A grader exchanges only their own labels."""

    specs = (
        ActionSpec(
            "import_labels",
            "Study",
            "Import labels …",
            "upload-simple",
            (),
            "Labels that another program wrote",
        ),
        ActionSpec(
            "export_labels", "Study", "Export labels …", "export", (), "Labels as files for other programs"
        ),
    )

    def export_labels(self) -> None:
        """Ask which, and where to."""
        self.show(self._export)

    def import_labels(self) -> None:
        """Ask from where, and whose they are."""
        self.show(self._import)

    def _export(self) -> JobDialog:
        window = self.window
        sees_all = window.grader.role in RUN
        dialog = ExportDialog(window.grader, window.study.graders(), sees_all, window)
        dialog.wanted.connect(self._start_export)
        return dialog

    def _start_export(self) -> None:
        dialog = self.dialog
        if isinstance(dialog, ExportDialog) and dialog.place.path is not None:
            out, layer = dialog.place.path, dialog.layer.currentData()
            job = Job(_export_job, self.window.study, out, dialog.chosen.name, layer)
            dialog.follow(
                job, lambda count: tr("{images} written to {out}.", images=images_words(count), out=out)
            )

    def _import(self) -> JobDialog:
        window, own = self.window, self.window.grader
        active = [grader for grader in window.study.graders() if grader.active]
        may_be = active if own.role in RUN else [grader for grader in active if grader.id == own.id]
        dialog = ImportLabelsDialog(own, may_be, window)
        dialog.wanted.connect(self._start_import)
        dialog.settled.connect(self._look_again)
        return dialog

    def _start_import(self) -> None:
        dialog = self.dialog
        if isinstance(dialog, ImportLabelsDialog) and dialog.source.path is not None:
            job = Job(
                _import_job,
                self.window.study,
                dialog.source.path,
                dialog.chosen_graders,
                dialog.chosen.name,
                dialog.submit.isChecked(),
            )
            dialog.follow(job, lambda count: tr("Labels of {images} imported.", images=images_words(count)))

    def _look_again(self) -> None:
        """Show what the import has changed of the person's own."""
        self.window.show_anew()
        self.window.feature(Protocol).refresh()


def _export_job(state: JobState, study: Study, out: Path, form: str, layer: str | None) -> int:
    return export_labels(study, out, form, layer, progress=_progress(state, tr("Writing {done} of {total}")))


def _import_job(
    state: JobState, study: Study, source: Path, graders: list[Grader], form: str, submit: bool
) -> int:
    progress = _progress(state, tr("Reading and taking: {done} of {total}"))
    return import_labels(study, source, graders, form, submit=submit, progress=progress)


def _progress(state: JobState, text: str) -> Callable[[int, int], bool]:
    """For functions that say themselves how far they came when they are stopped."""

    def progress(done: int, total: int) -> bool:
        try:
            state.progress(done / max(total, 1), text.format(done=done, total=total))
        except CancelledError:
            return False
        return True

    return progress
