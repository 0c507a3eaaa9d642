"""The menu "Study": certification."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.panels.certification_dialog import CertificationDialog
from retina_studio.gui.words import tr
from retina_studio.study.certification import (
    Certification,
    CertificationResult,
    certification_results,
    certifications,
    give_certification,
    make_certification,
)

from .studying import StudyFeature, images_words, simple_job

if TYPE_CHECKING:
    from retina_studio.gui.panels.job_dialog import JobDialog

_State = tuple[list[Certification], list[CertificationResult]]
_REQUIRED = "certification_required"


class Certifying(StudyFeature):
    """Images with known answers show what a grader can do before their gradings count."""

    restricted = ("certification",)
    specs = (
        ActionSpec(
            "certification", "Study", "Certification …", "graduation-cap", (), "Images with known answers"
        ),
    )

    def certification(self) -> None:
        """Show the sets and how everybody did."""
        self.show(self._make_dialog)

    def _make_dialog(self) -> JobDialog:
        study = self.window.study
        required = bool(study.setting(_REQUIRED, False))
        dialog = CertificationDialog(study.graders(), required=required, parent=self.window)
        dialog.show_state((certifications(study), certification_results(study)))
        dialog.made.connect(self._make)
        dialog.wanted.connect(self._give)
        dialog.required_changed.connect(self._require)
        return dialog

    def _make(self, name: str, author: str) -> None:
        study, who = self.window.study, self.window.grader.name

        def work() -> str:
            made = make_certification(study, name, study.grader(author), who=who)
            return tr("The set {name} has {images}.", name=name, images=images_words(len(made.images)))

        self._change(work)

    def _give(self) -> None:
        dialog, study, who = self.dialog, self.window.study, self.window.grader.name
        if isinstance(dialog, CertificationDialog):
            name, graders = dialog.sets.currentData(), dialog.ticked

            def work() -> str:
                count = give_certification(study, name, graders, who=who)
                return tr("{count} given.", count=count)

            self._change(work)

    def _require(self, required: bool) -> None:
        study, who = self.window.study, self.window.grader.name

        def work() -> str:
            study.set_setting(_REQUIRED, required, who)
            return tr("Saved.")

        self._change(work)

    def _change(self, work: Callable[[], str]) -> None:
        """Make a change, then show what is there."""
        dialog, study = self.dialog, self.window.study
        if not isinstance(dialog, CertificationDialog) or dialog.is_busy:
            return

        def change() -> tuple[str, _State]:
            told = work()
            return told, (certifications(study), certification_results(study))

        def show(done: tuple[str, _State]) -> str:
            told, state = done
            dialog.show_state(state)
            return told

        dialog.follow(simple_job(change), show)
