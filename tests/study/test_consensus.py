"""The vote over a study: who votes, what is kept, and that only what changed is voted on again."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import delete, select, update
from vote_examples import GRADERS, submit, submit_all

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.voting.rules import VoteRules
from retina_studio.study import consensus
from retina_studio.study.audit import chain_problems
from retina_studio.study.consensus import (
    outcomes,
    run_vote,
    stored_outcome,
    submitted_gradings,
    vote_rules,
)
from retina_studio.study.schema import AssignmentRow, AuditRow, ConsensusRow, ShapeRow
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems


@pytest.fixture
def graded(peopled):
    """One image is settled, one goes to the adjudicator, one waits."""
    submit_all(peopled, "p1_OD")
    submit_all(peopled, "p1_OS", dr=(1, 2, 3))
    submit(peopled, "p2_OD", "Ada")
    return peopled


def rows(study):
    with study.database.reading() as session:
        return {row.image_id: row for row in session.scalars(select(ConsensusRow)).all()}


def events(study):
    with study.database.reading() as session:
        found = session.scalars(select(AuditRow).where(AuditRow.what == "vote").order_by(AuditRow.id)).all()
    return [(row.subject, json.loads(row.detail)) for row in found]


def counts(report):
    return (report.settled, report.adjudication, report.waiting, report.recomputed)


def test_every_image_is_settled_or_waits_or_goes_to_the_adjudicator(graded):
    assert counts(run_vote(graded)) == (1, 1, 1, 2)
    settled = stored_outcome(graded, graded.image("p1_OD"))
    assert (settled.state, settled.grades["dr"], settled.labels["OD"]) == ("settled", 1, "mask")
    assert stored_outcome(graded, graded.image("p1_OS")).state == "adjudication"
    assert stored_outcome(graded, graded.image("p2_OD")) is None
    assert [(image.name, outcome.state) for image, outcome in outcomes(graded)] == [
        ("p1_OD", "settled"),
        ("p1_OS", "adjudication"),
    ]


def test_what_did_not_change_is_not_voted_on_again(graded):
    run_vote(graded)
    before, told = rows(graded), events(graded)
    assert counts(run_vote(graded)) == (1, 1, 1, 0)
    assert events(graded) == told
    submit(graded, "p1_OS", "Ada", dr=2)
    assert counts(run_vote(graded)) == (2, 0, 1, 1)
    after = rows(graded)
    unchanged = graded.image("p1_OD").id
    assert after[unchanged].settled == before[unchanged].settled
    changed = graded.image("p1_OS").id
    assert after[changed].basis != before[changed].basis


def test_other_rules_vote_on_everything_and_the_study_remembers_its_own(graded):
    run_vote(graded)
    assert counts(run_vote(graded, VoteRules(anatomy="staple"))) == (1, 1, 1, 2)
    graded.set_setting("vote", {"graders": 1}, "Ada")
    assert vote_rules(graded).graders == 1
    assert counts(run_vote(graded)) == (2, 1, 0, 3)


def test_a_reopened_grading_does_not_vote_until_it_is_submitted_again(graded):
    run_vote(graded)
    session = graded.session(graded.image("p1_OD"), graded.grader("Ada"))
    session.reopen()
    assert set(submitted_gradings(graded, graded.image("p1_OD"))) == {"Ben", "Cleo"}
    assert counts(run_vote(graded)) == (0, 1, 2, 0)
    assert stored_outcome(graded, graded.image("p1_OD")) is None
    subject, detail = events(graded)[-1]
    assert subject == f"image:{graded.image('p1_OD').id}"
    assert (detail["state"], detail["before"]["state"]) == ("waiting", "settled")
    session.submit()
    assert counts(run_vote(graded)) == (1, 1, 1, 1)


def test_adjudicators_repeats_and_certification_do_not_vote(graded):
    image = graded.image("p1_OD")
    graded.add_grader("Zoe", "adjudicator")
    submit(graded, "p1_OD", "Zoe", dr=4)
    assert set(submitted_gradings(graded, image)) == set(GRADERS)
    mine = AssignmentRow.image_id == image.id, AssignmentRow.grader_id == graded.grader("Ada").id
    for change in ({"round": 1}, {"round": 0, "purpose": "certification"}):
        with graded.database.transaction() as session:
            session.execute(update(AssignmentRow).where(*mine).values(**change))
        assert set(submitted_gradings(graded, image)) == {"Ben", "Cleo"}


def test_the_trail_tells_each_row_of_the_vote(graded):
    run_vote(graded)
    submit(graded, "p1_OD", "Ben", dr=2)
    run_vote(graded)
    last = dict(events(graded))
    kept = rows(graded)
    assert len(kept) == 2
    for image, row in kept.items():
        detail = last[f"image:{image}"]
        assert (detail["state"], detail["basis"], detail["settled"]) == (row.state, row.basis, row.settled)
        for key in ("outcome", "agreement"):
            assert detail[key] == hashlib.sha256(getattr(row, key).encode()).hexdigest()
    assert last[f"image:{graded.image('p1_OD').id}"]["before"]["state"] == "settled"
    assert study_problems(graded) == []


def test_the_result_does_not_depend_on_the_number_of_processes(graded):
    run_vote(graded, workers=1)
    alone = {key: (row.outcome, row.agreement, row.basis) for key, row in rows(graded).items()}
    with graded.database.transaction() as session:
        session.execute(delete(ConsensusRow))
    assert run_vote(graded, workers=2).recomputed == 2
    assert {key: (row.outcome, row.agreement, row.basis) for key, row in rows(graded).items()} == alone


def test_a_stopped_vote_keeps_what_is_done_and_goes_on_there(graded, monkeypatch):
    monkeypatch.setattr(consensus, "_REPORT", 1)
    seen = []

    def stop(done, total):
        seen.append((done, total))
        return False

    assert counts(run_vote(graded, progress=stop)) == (1, 0, 2, 1)
    assert seen == [(1, 2)]
    assert counts(run_vote(graded, progress=lambda *_: True)) == (1, 1, 1, 1)


def test_a_check_that_raises_gives_the_vote_up(graded, monkeypatch):
    monkeypatch.setattr(consensus, "_REPORT", 1)

    def check():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_vote(graded, check=check)
    assert rows(graded) == {}


def test_what_is_submitted_during_the_vote_is_left_to_the_next(graded, monkeypatch):
    monkeypatch.setattr(consensus, "_REPORT", 1)
    image = graded.image("p1_OD").id

    def meanwhile(done, _total):
        if done == 1:
            submit(graded, "p1_OD", "Ada", dr=2)
        return True

    assert run_vote(graded, progress=meanwhile).recomputed == 1
    assert image not in rows(graded)
    assert run_vote(graded).recomputed == 1
    assert stored_outcome(graded, graded.image("p1_OD")).votes["dr"]["Ada"] == 2


def test_a_damaged_grading_stops_its_own_image_only(graded):
    with graded.database.transaction() as session:
        broken = select(ShapeRow.grading_id).order_by(ShapeRow.grading_id).limit(1).scalar_subquery()
        session.execute(update(ShapeRow).where(ShapeRow.grading_id == broken).values(form="{"))
    with pytest.raises(RetinaError, match=r"Image p1_OD was not voted on: .*damaged"):
        run_vote(graded)
    assert stored_outcome(graded, graded.image("p1_OS")).state == "adjudication"


_VOTER = """
import sys
from pathlib import Path
from retina_studio.study import consensus
from retina_studio.study.audit import chain_problems
from retina_studio.study.study import Study

consensus._BATCH = 4
if __name__ == "__main__":
    with Study.open(Path(sys.argv[1])) as study:
        consensus.run_vote(study, workers=2, progress=lambda done, total: print(done, flush=True) is None)
"""


@pytest.mark.slow
def test_a_vote_that_is_killed_goes_on_where_it_was(study, add_images, tmp_path):
    for name in GRADERS:
        study.add_grader(name)
    add_images(32)
    for image in study.images():
        submit_all(study, image.name)
    script = tmp_path / "voter.py"
    script.write_text(_VOTER)
    voter = subprocess.Popen(
        [sys.executable, str(script), str(study.folder)], stdout=subprocess.PIPE, text=True
    )
    assert voter.stdout.readline().strip() == "16"
    workers = _children(voter.pid)
    assert workers
    os.kill(voter.pid, signal.SIGKILL)
    voter.communicate()
    kept = len(rows(study))
    assert 0 < kept <= 32
    with study.database.reading() as session:
        assert chain_problems(session) == []
    report = run_vote(study)
    assert report.recomputed == 32 - kept
    assert report.settled + report.adjudication == 32
    assert _gone(workers), "worker processes outlived the vote"


def _children(pid):
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
    return [int(line) for line in found.split()]


def _gone(pids, patience=10):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if not any(_runs(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_vote_can_be_opened_again_from_disk(graded):
    run_vote(graded)
    with Study.open(graded.folder) as again:
        assert stored_outcome(again, again.image("p1_OD")) == stored_outcome(graded, graded.image("p1_OD"))
