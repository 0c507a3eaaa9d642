"""The menu "Study": images for graders, and some of them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.panels.assign_dialog import AssignDialog, Plan, RepeatsDialog, shortage_words
from retina_studio.gui.words import tr
from retina_studio.study.assigning import AssignReport, assign, preview
from retina_studio.study.repeating import give_repeats
from retina_studio.study.study import Study

from .studying import StudyFeature, reporter, simple_job

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow


class Assigning(StudyFeature):
    """What each grader would get is shown before anything is given."""

    restricted = ("assign", "repeats")
    specs = (
        ActionSpec("assign", "Study", "Assign images …", "user-list", (), "Give each image to some graders"),
        ActionSpec(
            "repeats", "Study", "Hidden repeats …", "repeat", (), "Give graders some of their images again"
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._outlook: Job | None = None  # the newest preview

    def assign(self) -> None:
        """Ask how."""
        self.show(self._assign)

    def _assign(self) -> AssignDialog:
        study = self.window.study
        graders = [grader for grader in study.graders() if grader.active and grader.role == "grader"]
        dialog = AssignDialog(graders, study.setting("assignment_seed", 0), self.window)
        dialog.changed.connect(self._preview)
        dialog.wanted.connect(self._give)
        return dialog

    def _preview(self) -> None:
        dialog = self.dialog
        if isinstance(dialog, AssignDialog) and not dialog.is_busy:
            job = Job(_preview, self.window.study, dialog.plan)
            job.done.connect(self._on_preview)
            job.failed.connect(self._on_no_preview)
            self._outlook = job
            job.start()

    def _on_preview(self, report: AssignReport) -> None:
        if isinstance(self.dialog, AssignDialog) and self.sender() is self._outlook:
            self.dialog.show_preview(report)

    def _on_no_preview(self, sentence: str) -> None:
        if isinstance(self.dialog, AssignDialog) and self.sender() is self._outlook:
            self.dialog.refuse_preview(sentence)

    def _give(self) -> None:
        dialog = self.dialog
        if isinstance(dialog, AssignDialog):
            self._outlook = None
            job = Job(_assign, self.window.study, dialog.plan, self.window.grader.name)
            dialog.settled.connect(self._preview)
            dialog.follow(job, _told)

    def repeats(self) -> None:
        """Ask how many."""
        self.show(self._repeats)

    def _repeats(self) -> RepeatsDialog:
        dialog = RepeatsDialog(self.window.study.setting("assignment_seed", 0), self.window)
        dialog.wanted.connect(self._repeat)
        return dialog

    def _repeat(self) -> None:
        dialog, study, who = self.dialog, self.window.study, self.window.grader.name
        if isinstance(dialog, RepeatsDialog):
            days, share, seed = dialog.days.value(), dialog.share.value() / 100, dialog.seed.value()
            job = simple_job(lambda: give_repeats(study, days, share, seed, who))
            dialog.follow(job, lambda count: tr("{count} images come again.", count=count))


def _preview(state: JobState, study: Study, plan: Plan) -> AssignReport:
    state.check()
    return preview(study, plan.per_image, plan.seed, plan.graders)


def _assign(state: JobState, study: Study, plan: Plan, who: str) -> AssignReport:
    progress = reporter(state, tr("Giving {done} of {total}"))
    return assign(study, plan.per_image, plan.seed, plan.due, who, plan.graders, progress)


def _told(report: AssignReport) -> str:
    if not report.given:
        return f"{tr('Nothing was missing: nothing was given.')} {shortage_words(report)}".strip()
    given = tr("{given} given to {count} graders.", given=report.given, count=len(report.by_grader))
    return f"{given} {shortage_words(report)}".strip()
