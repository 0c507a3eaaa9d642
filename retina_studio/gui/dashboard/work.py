"""What the dashboard does in the background: read the agreement, vote, write a report."""

import importlib
from dataclasses import dataclass
from pathlib import Path

from retina_studio.gui.jobs import JobState
from retina_studio.gui.words import tr
from retina_studio.study.agreement import study_agreement
from retina_studio.study.agreement_names import blinded, concerning
from retina_studio.study.agreement_values import StudyAgreement
from retina_studio.study.consensus import VoteReport, due, run_vote
from retina_studio.study.records import Grader
from retina_studio.study.study import Study


@dataclass(frozen=True)
class Loaded:
    """What a person may see of the agreement: with names (a grader: only their own), and without any.

    `due` is how many images the next vote would look at.
    """

    named: StudyAgreement
    blind: StudyAgreement
    due: int


def load(state: JobState, study: Study, viewer: Grader) -> Loaded:
    """Work the agreement out. Raises as `study_agreement`, and CancelledError."""
    # They import pyqtgraph, which takes up to a second: no window should wait for that.
    for pages in ("comparing", "pairing", "legend"):
        importlib.import_module(f"retina_studio.gui.dashboard.{pages}")

    def progress(done: int, total: int) -> bool:
        state.progress(done / total)
        return True

    found = study_agreement(study, progress)
    if viewer.role == "grader":
        own = concerning(blinded(found, study, keep=(viewer.name,)), viewer.name)
        return Loaded(own, own, due(study))
    return Loaded(found, blinded(found, study), due(study))


def vote(state: JobState, study: Study) -> VoteReport:
    """Vote; cancelled it keeps what it has. Raises as `run_vote`, and CancelledError."""
    text = tr("Voting on {done} of {total}")

    def progress(done: int, total: int) -> bool:
        state.progress(done / max(total, 1), text.format(done=done, total=total))
        return True

    return run_vote(study, progress=progress, check=state.check)


def export(state: JobState, agreement: StudyAgreement, out: Path) -> Path:
    """Write the report. Raises as `write_agreement`, and CancelledError."""
    from retina_studio.exchange.agreement_report import write_agreement  # noqa: PLC0415 - a tenth of a second

    state.check()
    write_agreement(agreement, out)
    return out
