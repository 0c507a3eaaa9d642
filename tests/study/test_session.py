import sqlite3
import subprocess
import sys
import textwrap
from contextlib import ExitStack, closing

import numpy as np
import pytest
from sqlalchemy import text

from retina_studio.domain.edits import (
    SetAbsent,
    SetComment,
    SetGrade,
    add_shapes,
    change_shape,
    remove_shapes,
)
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.proposal import Proposal, proposal_origin
from retina_studio.domain.shapes import Ellipse, Polygon, Shape, new_shape
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems


@pytest.fixture
def session(peopled):
    return peopled.session(peopled.image("p1_OD"), peopled.grader("Ada"))


@pytest.fixture
def reopened():
    """The same session as another start of the program would see it."""
    with ExitStack() as opened:

        def open_again(study):
            other = opened.enter_context(Study.open(study.folder))
            return other.session(other.image("p1_OD"), other.grader("Ada"))

        yield open_again


def outside(study, statement):
    """Change the database as another program would, one that cares for nothing."""
    if not study.database.is_server:
        with closing(sqlite3.connect(study.folder / "study.sqlite")) as connection, connection:
            connection.execute(statement)
        return
    with study.database.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # no foreign keys
        connection.execute(text(statement))


def lesion(x=10.0, label="MA"):
    return new_shape(label, Ellipse(x, 10, 3, 2))


def test_looking_leaves_no_trace(peopled, session):
    assert session.state == "open"
    assert session.history() == []
    assert {entry.state for entry in peopled.worklist(peopled.grader("Ada"))} == {"open"}


def test_every_edit_is_on_disk_when_it_returns(peopled, session, reopened):
    first, second = lesion(1), lesion(2)
    moved = second.with_geometry(second.geometry.moved(5, 5))
    for edit in (
        add_shapes(first),
        add_shapes(second),
        change_shape(second, moved, "Move"),
        SetGrade("dr", None, 1),
        SetAbsent("PPA", True),
        SetComment("", "small"),
    ):
        session.apply(edit)
        assert reopened(peopled).grading == session.grading
    assert list(reopened(peopled).grading.shapes) == [first.id, second.id]
    assert [entry.state for entry in peopled.worklist(peopled.grader("Ada"))] == [
        "in progress",
        "open",
        "open",
    ]
    assert study_problems(peopled) == []


def test_undo_and_redo_survive_a_restart(peopled, session, reopened):
    for x in range(4):
        session.apply(add_shapes(lesion(x)))
    session.undo()
    session.undo()
    again = reopened(peopled)
    assert len(again.grading.shapes) == 2
    assert [entry.undone for entry in again.history()] == [False, False, True, True]
    with Study.open(peopled.folder) as other:
        later = other.session(other.image("p1_OD"), other.grader("Ada"))
        later.redo()
        later.redo()
        assert later.redo() is None
        assert len(later.grading.shapes) == 4
        for _ in range(4):
            later.undo()
        assert later.undo() is None
        assert later.grading == Grading()


def test_redo_goes_in_the_order_of_the_edits(session):
    shapes = [lesion(x) for x in range(3)]
    for shape in shapes:
        session.apply(add_shapes(shape))
    session.undo()
    session.undo()
    session.redo()
    assert list(session.grading.shapes) == [shapes[0].id, shapes[1].id]


def test_a_new_edit_drops_what_could_be_redone(session):
    session.apply(add_shapes(lesion(1)))
    session.undo()
    session.apply(add_shapes(lesion(2)))
    assert session.redo() is None
    assert [entry.undone for entry in session.history()] == [False]


def test_graders_do_not_see_each_other(peopled, session):
    session.apply(add_shapes(lesion()))
    other = peopled.session(peopled.image("p1_OD"), peopled.grader("Ben"))
    assert other.grading == Grading()


def test_submit_checks_locks_and_reopens_as_a_new_version(peopled, session, reopened):
    session.apply(add_shapes(lesion()))
    with pytest.raises(RetinaError, match="still to do: Gradability"):
        session.submit()
    session.apply(SetGrade("gradability", None, "good"))
    session.submit()
    assert reopened(peopled).state == "submitted"
    for change in (lambda: session.apply(add_shapes(lesion())), session.undo, session.submit):
        with pytest.raises(RetinaError, match="submitted"):
            change()
    session.reopen()
    with pytest.raises(RetinaError, match="Only a submitted"):
        session.reopen()
    session.apply(remove_shapes(*session.grading.shapes.values()))
    assert reopened(peopled).grading.shapes == {}
    assert study_problems(peopled) == []


def test_a_second_window_never_overwrites_the_first(peopled, reopened):
    first, second = (peopled.session(peopled.image("p1_OD"), peopled.grader("Ada")) for _ in range(2))
    first.apply(SetGrade("dr", None, 2))
    with pytest.raises(RetinaError, match="changed in another window"):
        second.apply(SetGrade("glaucoma", None, True))
    assert second.grading == first.grading
    second.apply(SetGrade("glaucoma", None, True))
    with pytest.raises(RetinaError, match="changed in another window"):
        first.undo()
    second.apply(add_shapes(lesion()))
    with pytest.raises(RetinaError, match="changed in another window"):
        first.apply(add_shapes(lesion()))
    second.apply(SetGrade("gradability", None, "good"))
    second.submit()
    submitted = second.grading
    with pytest.raises(RetinaError, match="changed in another window"):
        first.apply(add_shapes(lesion()))
    assert first.state == "submitted"
    assert reopened(peopled).grading == submitted
    assert study_problems(peopled) == []


def test_undo_says_so_when_another_window_has_undone_everything(peopled, session):
    session.apply(add_shapes(lesion()))
    other = peopled.session(session.image, session.grader)
    other.undo()
    with pytest.raises(RetinaError, match="changed in another window"):
        session.undo()
    assert session.grading == Grading()
    assert session.undo() is None


def test_rejections_outlive_a_reopening(peopled, session, proposal):
    peopled.add_proposal(session.image, proposal)
    session.reject(session.proposals()[0], "proposed-1")
    session.submit(complete=False)
    session.reopen()
    assert session.proposals()[0].decisions == {"proposed-1": "rejected"}


def test_a_failed_write_changes_nothing_here_or_on_disk(peopled, session, reopened):
    if peopled.database.is_server:
        pytest.skip("a full disk is stood in for by SQLite's own limit")
    session.apply(add_shapes(lesion(1)))
    before = session.grading
    # SQLite's own limit stands in for the full disk: it answers with the same SQLITE_FULL.
    with peopled.database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    peopled.database.close()

    def limit(connection, _record):
        connection.execute(f"PRAGMA max_page_count={pages}")

    from sqlalchemy import event

    event.listen(peopled.database.engine, "connect", limit)
    big = new_shape("MA", Polygon(tuple((float(n % 997), float(n % 31)) for n in range(20_000))))
    with pytest.raises(RetinaError, match="disk is full"):
        session.apply(add_shapes(big))
    assert session.grading == before
    event.remove(peopled.database.engine, "connect", limit)
    peopled.database.close()
    assert reopened(peopled).grading == before
    session.apply(add_shapes(big))
    assert reopened(peopled).grading == session.grading
    assert study_problems(peopled) == []


def test_many_shapes_in_one_edit(peopled, session, reopened):
    session.apply(add_shapes(*(lesion(x % 60) for x in range(3000))))
    assert reopened(peopled).grading == session.grading
    session.undo()
    assert reopened(peopled).grading == Grading()


@pytest.fixture
def proposal():
    origin = proposal_origin("disc", "ab" * 32)
    shape = Shape("OD", Ellipse(30, 20, 8, 9), "proposed-1", origin)
    cam = np.linspace(0, 1, 48, dtype=np.float32).reshape(6, 8)
    return Proposal("disc", "ab" * 32, (shape,), {"proposed-1": 0.93}, cams={"OD": cam}, seconds=0.1)


def test_a_proposal_is_kept_with_its_cam_and_once_per_weights(peopled, session, proposal):
    number = peopled.add_proposal(session.image, proposal)
    assert peopled.add_proposal(session.image, proposal) == number
    (stored,) = session.proposals()
    assert stored.proposal.shapes == proposal.shapes
    assert stored.proposal.scores == {"proposed-1": 0.93}
    assert np.abs(stored.proposal.cam - proposal.cam).max() < 1 / 255
    assert stored.decisions == {}


def test_accept_edit_undo_and_reject(peopled, session, proposal, reopened):
    peopled.add_proposal(session.image, proposal)
    session.apply(add_shapes(new_shape("OD", Ellipse(5, 5, 4, 4))))
    (stored,) = session.proposals()
    session.apply(session.accept(stored, "proposed-1"))
    assert [shape.id for shape in session.grading.labelled("OD")] == ["proposed-1"]
    assert session.proposals()[0].decisions == {"proposed-1": "accepted"}
    kept = session.grading.shapes["proposed-1"]
    session.apply(change_shape(kept, kept.with_geometry(kept.geometry.moved(1, 0)), "Move"))
    assert session.proposals()[0].decisions == {"proposed-1": "edited"}
    assert session.grading.shapes["proposed-1"].origin.startswith("proposal:disc:")
    session.undo()
    session.undo()
    assert session.proposals()[0].decisions == {}
    session.reject(stored, "proposed-1")
    assert reopened(peopled).proposals()[0].decisions == {"proposed-1": "rejected"}
    assert study_problems(peopled) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE shape SET form = replace(form, '10.0', '11.0')",
        "DELETE FROM shape",
        "UPDATE grading SET grades = '{\"dr\": 4}'",
        "UPDATE audit SET who = 'Mallory' WHERE what = 'edit'",
        "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)",
        "UPDATE audit SET detail = replace(detail, '10.0', '11.0')",
    ],
)
def test_a_change_outside_the_program_is_found(peopled, session, statement):
    session.apply(add_shapes(lesion()))
    session.apply(SetGrade("dr", None, 1))
    assert study_problems(peopled) == []
    outside(peopled, statement)
    assert study_problems(peopled)


def test_a_changed_or_missing_image_file_is_found(peopled):
    first, second, _ = peopled.images()
    peopled.image_file(first).unlink()
    peopled.image_file(second).write_bytes(b"other")
    assert study_problems(peopled) == [
        "The file of image p1_OD is missing.",
        "The file of image p1_OS was changed.",
    ]


@pytest.mark.slow
def test_kill_9_between_edits_loses_nothing_acknowledged(peopled, reopened):
    script = textwrap.dedent(
        f"""
        import itertools
        from pathlib import Path
        from retina_studio.domain.edits import add_shapes
        from retina_studio.domain.shapes import Ellipse, Shape
        from retina_studio.study.study import Study
        study = Study.open(Path({str(peopled.folder)!r}))
        session = study.session(study.image("p1_OD"), study.grader("Ada"))
        for n in itertools.count(len(session.grading.shapes)):
            session.apply(add_shapes(Shape("MA", Ellipse(n % 60 + 1, 10, 3, 2), str(n))))
            print(n, flush=True)
        """
    )
    for kills in range(2 if peopled.database.is_server else 5):
        child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        acknowledged = [child.stdout.readline().strip() for _ in range(7 + 11 * kills)]
        child.kill()
        acknowledged += child.stdout.read().split()
        child.wait()
        child.stdout.close()
        grading = reopened(peopled).grading
        assert set(acknowledged) <= set(grading.shapes)
        assert len(grading.shapes) - int(acknowledged[-1]) <= 2
        assert study_problems(peopled) == []


def test_the_history_tells_long_edits_from_the_end_of_their_rows(session):
    session.apply(add_shapes(*(lesion(x % 60) for x in range(200))))
    session.apply(SetComment("", "a" * 9000))
    session.apply(SetComment("a" * 9000, "short"))
    assert [entry.title for entry in session.history()] == ["Add 200 shapes", "Comment", "Comment"]
