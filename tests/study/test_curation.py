"""From a graded study to a snapshot."""

import hashlib
import json

import h5py
import numpy as np
import pytest
from sqlalchemy import delete, select, update

from retina_studio.domain.edits import SetAbsent, SetGrade, add_shapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import paint
from retina_studio.domain.shapes import Ellipse, Point, new_shape
from retina_studio.domain.voting.decisions import Decision
from retina_studio.images.read import read_image
from retina_studio.store.read import Snapshot
from retina_studio.store.verify import verify_snapshot
from retina_studio.study import audit
from retina_studio.study.adjudication import decide
from retina_studio.study.audit import chain_problems
from retina_studio.study.consensus import run_vote, stored_outcome
from retina_studio.study.curation import curate, settled_consensus
from retina_studio.study.pseudonyms import blind_rule
from retina_studio.study.schema import AuditRow, EditRow, ShapeRow, StudyRow
from retina_studio.study.snapshot_check import snapshot_problems
from retina_studio.study.study import Study


@pytest.fixture
def graded(peopled):
    """Every image with three discs that lie two pixels apart, a fovea, a grade, and no PPA."""
    for picture in peopled.images():
        for k, grader in enumerate(peopled.graders()):
            session = peopled.session(picture, grader)
            session.apply(add_shapes(new_shape("OD", Ellipse(20 + 2 * k, 20, 8, 9))))
            session.apply(add_shapes(new_shape("fovea", Point(45 + k, 22))))
            session.apply(SetGrade("glaucoma", None, k == 0))
            session.apply(SetAbsent("PPA", True))
            session.submit(complete=False)
    return peopled


def test_the_snapshot_holds_what_two_of_three_said(graded, tmp_path):
    digest = curate(graded, tmp_path / "s.h5")
    assert verify_snapshot(tmp_path / "s.h5") == []
    with Snapshot(tmp_path / "s.h5") as snapshot:
        assert snapshot.content_hash == digest
        assert [entry.name for entry in snapshot.entries] == ["p1_OD", "p1_OS", "p2_OD"]
        for entry in snapshot.entries:
            record = graded.image(entry.name)
            assert np.array_equal(snapshot.pixels(entry.index), read_image(graded.image_file(record)))
            middle = Ellipse(22, 20, 8, 9)  # of three discs in a row, two of three is about the middle one
            expected = np.zeros((40, 60), bool)
            paint(expected, middle)
            plane = snapshot.mask(entry.index, "OD")
            assert (plane == 255).sum() == pytest.approx(expected.sum(), rel=0.05)
            assert not snapshot.mask(entry.index, "PPA").any()
            assert snapshot.point(entry.index, "fovea") == (46, 22)
            assert entry.grades == {"glaucoma": False}
            disc = snapshot.consensus(entry.index)[0]
            assert set(disc.members) == {"grader-1", "grader-2", "grader-3"}
            assert all(ids and set(ids) <= set(record_ids(graded)) for ids in disc.members.values())
            assert set(snapshot.agreement(entry.index)["graders"]) == set(disc.members)
            again = np.zeros((40, 60), bool)
            for shape in snapshot.shapes(entry.index):
                if shape.label == "OD":
                    paint(again, shape.geometry)
            assert np.array_equal(again, plane == 255)
            assert set(snapshot.layers(entry.index)) == {"grader-1", "grader-2", "grader-3"}


def record_ids(study):
    """The ids of all shapes that were drawn."""
    with study.database.reading() as session:
        return session.scalars(select(ShapeRow.shape_id)).all()


@pytest.fixture
def adjudicated(graded):
    """One image that the three graded DR 0, 2 and 4, which the adjudicator settled, saying why."""
    for value, name in ((0, "Ada"), (2, "Ben"), (4, "Cleo")):
        session = graded.session(graded.image("p1_OD"), graded.grader(name))
        session.reopen()
        session.apply(SetGrade("dr", None, value))
        session.submit(complete=False)
    senior = graded.add_grader("Prof Dorn", "adjudicator")
    run_vote(graded)
    image = graded.image("p1_OD")
    (item,) = stored_outcome(graded, image).open_items
    decide(graded, image, senior, Decision(item.key, "choose", value=2, reason="Ada overlooked what Ben saw"))
    return graded


def test_nobodys_name_is_in_the_snapshot(adjudicated, tmp_path):
    curate(adjudicated, tmp_path / "s.h5")
    with h5py.File(tmp_path / "s.h5") as file:
        texts = [file["rules"][0], *file["index"][()]]
        for group in file["images"].values():
            texts += [group[part][0] for part in ("shapes", "votes", "decisions", "agreement", "layers")]
    for name in (b"Ada", b"Ben", b"Cleo", b"Dorn"):
        assert not any(name in text for text in texts)


def test_what_the_adjudicator_decided_is_kept(adjudicated, tmp_path):
    curate(adjudicated, tmp_path / "s.h5")
    with Snapshot(tmp_path / "s.h5") as snapshot:
        (decision,) = snapshot.decisions(0)
        assert (decision.action, decision.value, decision.by) == ("choose", 2, "adjudicator-4")
        assert decision.reason == ""
        assert snapshot.entries[0].grades["dr"] == 2
        assert snapshot.votes(0)["votes"]["dr"] == {"grader-1": 0, "grader-2": 2, "grader-3": 4}
        assert snapshot.decisions(1) == ()


def test_a_lesion_that_does_not_comply_is_kept_as_127(graded, tmp_path):
    for grader in graded.graders():
        session = graded.session(graded.image("p2_OD"), grader)
        session.reopen()
        session.apply(SetGrade("dr", None, 0))
        session.apply(add_shapes(new_shape("iHE", Ellipse(30, 20, 4, 3))))
        session.submit(complete=False)
    curate(graded, tmp_path / "s.h5")
    with Snapshot(tmp_path / "s.h5") as snapshot:
        plane = snapshot.mask(2, "iHE")
        assert set(np.unique(plane)) == {0, 127}
        (entry,) = [e for e in snapshot.consensus(2) if e.shape.label == "iHE"]
        assert not entry.compliant
        assert entry.note
    assert np.array_equal(settled_consensus(graded, graded.image("p2_OD")).masks["iHE"], plane)


def test_names_of_graders_in_a_points_rule_are_hidden():
    names = {"Ann": "grader-1", "Ann, Lee": "grader-2", "Bo": "grader-3"}
    assert blind_rule("median of 3/3", names) == "median of 3/3"
    assert blind_rule("median of 2/3, without Bo", names) == "median of 2/3, without grader-3"
    assert (
        blind_rule("median of 2/4, without Ann, Lee, Bo", names)
        == "median of 2/4, without grader-2, grader-3"
    )
    assert blind_rule("median of 2/3, without Zoe", names) == "median of 2/3"


def test_a_folder_takes_snapshots_by_content_and_never_writes_one_twice(graded, tmp_path):
    folder = tmp_path / "snapshots"
    digest = curate(graded, folder)
    path = folder / f"{digest[:16]}.h5"
    assert list(folder.iterdir()) == [path]
    assert path.stat().st_mode & 0o222 == 0
    before = path.stat()
    graded.set_setting("required_grades", ["dr"], "system")  # the trail grows, the content does not
    assert curate(graded, folder) == digest
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    session = graded.session(graded.image("p1_OD"), graded.grader("Ada"))
    session.reopen()
    session.apply(SetGrade("gradability", None, "good"))
    session.submit(complete=False)
    other = curate(graded, folder)
    assert sorted(folder.iterdir()) == sorted([path, folder / f"{other[:16]}.h5"])


def test_a_trail_that_was_rewritten_after_the_snapshot_is_found(graded, tmp_path):
    path = tmp_path / "s.h5"
    curate(graded, path)
    assert snapshot_problems(graded, path) == []
    graded.add_grader("Dora")
    assert snapshot_problems(graded, path) == []
    rewrite(graded, 4, who="Nobody")  # every hash from here on is made anew: the chain itself fits
    with graded.database.reading() as session:
        assert chain_problems(session) == []
    (problem,) = snapshot_problems(graded, path)
    assert "was changed since" in problem
    with graded.database.transaction() as session:
        session.execute(delete(EditRow))
        session.execute(delete(AuditRow).where(AuditRow.id > 5))
    assert "rows were removed" in snapshot_problems(graded, path)[0]


def test_a_snapshot_of_another_study_proves_nothing(graded, tmp_path):
    curate(graded, tmp_path / "s.h5")
    with Study.create(tmp_path / "other") as other:
        assert "another study" in snapshot_problems(other, tmp_path / "s.h5")[0]


def rewrite(study, first, **changes):
    """What somebody with the database's password could do: change a row and seal all after it again."""
    with study.database.transaction() as session:
        head = audit.GENESIS
        for row in session.scalars(select(AuditRow).order_by(AuditRow.id)):
            if row.id == first:
                for key, value in changes.items():
                    setattr(row, key, value)
            content = json.dumps([head, row.at, row.who, row.what, row.subject, row.detail])
            row.hash = head = hashlib.sha256(content.encode()).hexdigest()
        session.execute(update(StudyRow).values(audit_head=head))


def test_the_same_study_gives_the_same_hash_and_an_edit_another(graded, tmp_path):
    first = curate(graded, tmp_path / "a.h5")
    assert curate(graded, tmp_path / "b.h5") == first
    session = graded.session(graded.image("p1_OD"), graded.grader("Ada"))
    session.reopen()
    session.apply(SetGrade("gradability", None, "good"))
    session.submit()
    assert curate(graded, tmp_path / "c.h5") != first


def test_an_image_in_dispute_stays_out(graded, tmp_path):
    session = graded.session(graded.image("p1_OD"), graded.grader("Ada"))
    for value, name in ((0, "Ada"), (2, "Ben"), (4, "Cleo")):
        session = graded.session(graded.image("p1_OD"), graded.grader(name))
        session.reopen()
        session.apply(SetGrade("dr", None, value))
        session.submit(complete=False)
    assert run_vote(graded).adjudication == 1
    curate(graded, tmp_path / "s.h5")
    with Snapshot(tmp_path / "s.h5") as snapshot:
        assert [entry.name for entry in snapshot.entries] == ["p1_OS", "p2_OD"]


def test_a_reopened_grading_does_not_count_until_it_is_submitted_again(graded):
    picture = graded.image("p1_OD")
    before = settled_consensus(graded, picture)
    assert before.outcome.votes["glaucoma"]["Ada"] is True
    session = graded.session(picture, graded.grader("Ada"))
    session.reopen()
    session.apply(SetGrade("glaucoma", True, False))
    assert settled_consensus(graded, picture) is None
    session.submit(complete=False)
    assert settled_consensus(graded, picture).outcome.votes["glaucoma"]["Ada"] is False


def test_nothing_settled_is_refused_and_writes_nothing(peopled, tmp_path):
    with pytest.raises(RetinaError, match="3 of 3 images wait for graders"):
        curate(peopled, tmp_path / "s.h5")
    assert not (tmp_path / "s.h5").exists()
