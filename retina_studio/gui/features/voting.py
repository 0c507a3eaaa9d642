"""The menu "Study": the vote, and its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retina_studio.domain.voting.rules import default_rules
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.panels.vote_dialog import VoteDialog, VoteRulesDialog
from retina_studio.gui.words import tr
from retina_studio.study.consensus import VoteReport, run_vote, vote_rules
from retina_studio.study.study import Study

from .studying import StudyFeature, images_words, reporter, simple_job

if TYPE_CHECKING:
    from retina_studio.gui.panels.job_dialog import JobDialog


class Voting(StudyFeature):
    """A vote that is stopped keeps what it has, and goes on there."""

    restricted = ("vote", "vote_rules")
    specs = (
        ActionSpec("vote", "Study", "Vote …", "scales", (), "Settle what the graders agree on"),
        ActionSpec(
            "vote_rules",
            "Study",
            "Vote rules …",
            "sliders-horizontal",
            (),
            "When an image is settled, and how",
        ),
    )

    def vote(self) -> None:
        """Offer to vote."""
        self.show(self._vote)

    def _vote(self) -> JobDialog:
        dialog = VoteDialog(self.window)
        dialog.wanted.connect(self._start)
        return dialog

    def _start(self) -> None:
        if isinstance(self.dialog, VoteDialog):
            stopped = tr("Stopped. What was voted on is kept; the next vote goes on there.")
            self.dialog.follow(Job(vote_job, self.window.study), report_words, stopped)

    def vote_rules(self) -> None:
        """Show the rules."""
        self.show(self._rules)

    def _rules(self) -> JobDialog:
        dialog = VoteRulesDialog(vote_rules(self.window.study), default_rules(), self.window)
        dialog.wanted.connect(self._save)
        return dialog

    def _save(self) -> None:
        dialog, study, who = self.dialog, self.window.study, self.window.grader.name
        if isinstance(dialog, VoteRulesDialog):
            changed = dialog.changed
            told = tr("Saved. They hold from the next vote on.")
            dialog.follow(simple_job(lambda: study.set_setting("vote", changed, who)), lambda _: told)


def report_words(report: VoteReport) -> str:
    """Where the images stand after a vote."""
    return tr(
        "{settled} settled, {adjudication} for the adjudicator, {waiting} waiting for gradings. "
        "Counted anew: {images}.",
        settled=report.settled,
        adjudication=report.adjudication,
        waiting=report.waiting,
        images=images_words(report.recomputed),
    )


def vote_job(state: JobState, study: Study) -> VoteReport:
    """Vote, with progress; cancelled it keeps what it has. Raises as `run_vote`, and CancelledError."""
    return run_vote(study, progress=reporter(state, tr("Voting on {done} of {total}")), check=state.check)
