"""A server that goes away in mid-work: every edit is kept on this computer, and sent once."""

import json
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psycopg
import pytest

from retina_studio.domain.edits import SetGrade, add_shapes, remove_shapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.study import journal as journal_module
from retina_studio.study.database import ConnectionLostError
from retina_studio.study.importing import import_images
from retina_studio.study.journal import Journals
from retina_studio.study.records import ChangedElsewhereError
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems


class Wire:
    """Cuts the connections of a study's database in the middle of a commit, as the network or a crash does."""

    def __init__(self, url, engine):
        self._admin = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        self._dialect, self._commit = engine.dialect, engine.dialect.do_commit

    def _cut(self, connection):
        pid = connection.driver_connection.info.backend_pid
        self._admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    def lose_next_commit(self, *, done: bool):
        """`done`: the server has committed, and only its answer is lost."""

        def commit(connection):
            self.mend()
            if done:
                self._commit(connection)
            self._cut(connection)
            connection.driver_connection.execute("SELECT 1")

        self._dialect.do_commit = commit

    def mend(self):
        self._dialect.do_commit = self._commit

    def close(self):
        self.mend()
        self._admin.close()


@pytest.fixture
def shared(tmp_path, postgres_url, pictures):
    with Study.create(tmp_path / "study", postgres_url, str(tmp_path / "images")) as study:
        import_images(study, [pictures])
        for name in ("Ada", "Ben"):
            study.add_grader(name)
        yield study


@pytest.fixture
def session(shared):
    return shared.session(shared.image("p1_OD"), shared.grader("Ada"))


@pytest.fixture
def wire(shared, postgres_url):
    made = Wire(postgres_url, shared.database.engine)
    yield made
    made.close()


def lesion(x=10.0):
    return new_shape("MA", Ellipse(x, 10, 3, 2))


def anew(study):
    return study.session(study.image("p1_OD"), study.grader("Ada"))


def files(study):
    return sorted(path for path in Journals(study.id).folder.rglob("*.jsonl"))


def counts(study):
    """Edits of each state."""
    return [entry.undone for entry in anew(study).history()]


@pytest.mark.parametrize("done", [True, False])
def test_an_edit_whose_commit_was_not_answered_is_there_once(shared, session, wire, done):
    session.apply(add_shapes(lesion(1)))
    wire.lose_next_commit(done=done)
    session.apply(add_shapes(lesion(2)))
    assert session.unsent == 1
    assert len(files(shared)) == 1
    assert session.send_unsent() == 1
    assert session.unsent == 0
    assert files(shared) == []
    assert counts(shared) == [False, False]
    session.apply(add_shapes(lesion(3)))
    assert anew(shared).grading == session.grading
    assert study_problems(shared) == []


@pytest.mark.parametrize("done", [True, False])
def test_the_first_edit_of_all_too(shared, session, wire, done):
    wire.lose_next_commit(done=done)
    session.apply(SetGrade("dr", None, 2))
    assert session.state == "in progress"
    session.send_unsent()
    session.apply(SetGrade("glaucoma", None, True))
    assert counts(shared) == [False, False]
    assert study_problems(shared) == []


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("step", ["undo", "redo"])
def test_an_undo_and_a_redo_are_made_once(shared, session, wire, step, done):
    for x in range(3):
        session.apply(add_shapes(lesion(x)))
    session.undo()
    session.undo()
    wire.lose_next_commit(done=done)
    assert getattr(session, step)() is not None
    left = len(session.grading.shapes)
    session.send_unsent()
    assert counts(shared).count(False) == left == (0 if step == "undo" else 2)
    assert anew(shared).grading == session.grading
    assert study_problems(shared) == []


def test_work_goes_on_while_the_server_is_gone(shared, session, wire):
    session.apply(SetGrade("dr", None, 1))
    wire.lose_next_commit(done=False)
    first, second = lesion(1), lesion(2)
    session.apply(add_shapes(first))
    session.sends_itself = False
    session.apply(add_shapes(second))
    assert session.undo().title == add_shapes(second).title
    assert list(session.grading.shapes) == [first.id]
    session.redo()
    session.undo()
    session.apply(remove_shapes(first))
    assert session.grading.shapes == {}
    session.undo()
    assert session.unsent == 7
    session.undo()
    with pytest.raises(ConnectionLostError, match="only edits made since then"):
        session.undo()
    session.redo()
    with pytest.raises(ConnectionLostError, match="server"):
        session.submit(complete=False)
    with pytest.raises(ConnectionLostError):
        session.history()
    before = session.grading
    assert session.send_unsent() == 9
    assert session.grading is before
    assert anew(shared).grading == before
    assert study_problems(shared) == []
    assert session.undo() is not None
    session.submit(complete=False)


def test_the_next_edit_sends_what_waits(shared, session, wire):
    wire.lose_next_commit(done=False)
    session.apply(add_shapes(lesion(1)))
    session.apply(add_shapes(lesion(2)))
    assert session.unsent == 2  # just after a loss nothing waits for another try
    shared.database.reach()
    session.apply(add_shapes(lesion(3)))
    assert session.unsent == 0
    assert counts(shared) == [False] * 3


def test_nothing_is_mixed_into_what_somebody_else_made(shared, session, wire):
    session.apply(SetGrade("dr", None, 1))
    wire.lose_next_commit(done=False)
    mine = lesion(5)
    session.apply(add_shapes(mine))
    with Study.open(shared.folder) as other:
        theirs = other.session(other.image("p1_OD"), other.grader("Ada"))
        theirs.apply(SetGrade("glaucoma", None, True))
        assert len(files(shared)) == 1  # ours, which lives: the other program left it alone
    with pytest.raises(ChangedElsewhereError, match="while an edit of yours waited") as told:
        session.send_unsent()
    (kept,) = files(shared)
    assert str(kept) in str(told.value)
    assert mine.id in kept.read_text()
    assert session.grading == theirs.grading
    session.apply(add_shapes(lesion(6)))
    assert len(counts(shared)) == 3
    assert study_problems(shared) == []


def test_a_change_after_all_had_come_through_is_told_too(shared, session, wire):
    session.apply(SetGrade("dr", None, 1))
    wire.lose_next_commit(done=True)
    session.apply(add_shapes(lesion(5)))
    with Study.open(shared.folder) as other:
        other.session(other.image("p1_OD"), other.grader("Ada")).undo()
    with pytest.raises(ChangedElsewhereError, match="were sent, and it was changed"):
        session.send_unsent()
    assert files(shared) == []
    assert session.grading.shapes == {}


@pytest.mark.parametrize("sent_before", [0, 1, 2])
def test_what_a_crash_left_is_sent_by_the_next_start(shared, session, wire, sent_before):
    """The program dies with two edits kept, none, one or both of which it had sent by then."""
    wire.lose_next_commit(done=sent_before > 0)
    session.apply(add_shapes(lesion(1)))
    session.sends_itself = False
    session.apply(add_shapes(lesion(2)))
    (path,) = files(shared)
    content = path.read_bytes()
    expected = session.grading
    if sent_before == 2:
        session.send_unsent()
    shared.close()
    path.write_bytes(content + b'{"token": "half a li')
    with Study.open(shared.folder) as again:
        assert again.sent.edits == 2
        assert again.sent.refused == ()
        assert files(again) == []
        assert counts(again) == [False, False]
        assert anew(again).grading == expected
        assert study_problems(again) == []


def test_a_program_that_was_killed_leaves_its_journal(shared, tmp_path):
    """kill -9 of a process that had lost its server: another process sends what it had said was kept."""
    script = textwrap.dedent(
        f"""
        from pathlib import Path
        from retina_studio.domain.edits import add_shapes
        from retina_studio.domain.shapes import Ellipse, Shape
        from retina_studio.study.database import ConnectionLostError
        from retina_studio.study.study import Study
        study = Study.open(Path({str(shared.folder)!r}))
        session = study.session(study.image("p1_OD"), study.grader("Ada"))
        session.sends_itself = False
        def gone(operation):
            raise ConnectionLostError("gone")
        session.make = gone
        for n in range(5):
            session.apply(add_shapes(Shape("MA", Ellipse(n + 1, 10, 3, 2), str(n))))
        print("kept", flush=True)
        input()
        """
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout.readline() == "kept\n"
        assert shared.send_unsent().edits == 0  # it lives, and sends them itself
        child.kill()
    assert shared.send_unsent().edits == 5
    assert sorted(anew(shared).grading.shapes) == list("01234")


def test_a_journal_that_cannot_be_read_is_kept_and_told(shared):
    folder = Journals(shared.id).folder
    folder.mkdir(parents=True)
    (folder / "1-1-aa.jsonl").write_text('{"format": 1}\n{"what": 3}\n')
    (folder / "1-1-bb.jsonl").write_text('{"format": 1}')
    sent = shared.send_unsent()
    assert sent.edits == 0
    assert len(sent.refused) == 1
    assert "cannot be read" in sent.refused[0]
    assert [path.name for path in files(shared)] == ["1-1-aa.jsonl"]
    assert files(shared)[0].parent.name == "set-aside"
    assert shared.send_unsent().refused == ()


def test_an_edit_that_can_be_kept_nowhere_is_refused(shared, session, wire, monkeypatch):
    session.apply(add_shapes(lesion(1)))
    before = session.grading
    wire.lose_next_commit(done=False)
    session.apply(add_shapes(lesion(2)))
    session.sends_itself = False

    def full(handle):
        raise OSError(28, "No space left on device")

    held = session.grading
    with monkeypatch.context() as patch:
        patch.setattr(journal_module.os, "fsync", full)
        with pytest.raises(RetinaError, match="this was not saved"):
            session.apply(add_shapes(lesion(3)))
    assert session.grading == held != before
    (path,) = files(shared)
    assert all(json.loads(line) for line in path.read_text().splitlines())
    session.apply(add_shapes(lesion(4)))
    session.send_unsent()
    assert len(counts(shared)) == 3


@pytest.fixture
def held(shared, postgres_url):
    """Somebody keeps the study's row: the server does not answer those who change anything until `held.commit()`."""
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        connection.execute("SELECT * FROM study FOR UPDATE")
        yield connection


def test_a_window_does_not_wait_for_a_server_that_does_not_answer(shared, session, held):
    session.sends_itself = False
    since = time.perf_counter()
    session.apply(add_shapes(lesion(1)))
    assert time.perf_counter() - since < 2
    since = time.perf_counter()
    session.apply(add_shapes(lesion(2)))
    with pytest.raises(ConnectionLostError):
        session.submit(complete=False)
    assert time.perf_counter() - since < 0.5
    assert session.unsent == 2
    held.commit()
    assert session.send_unsent() == 2
    assert counts(shared) == [False, False]
    assert anew(shared).grading == session.grading
    assert study_problems(shared) == []


def test_what_was_given_up_before_its_commit_is_never_made(shared, session, held):
    held.commit()
    session.apply(add_shapes(lesion(1)))
    session.sends_itself = False
    held.execute("SELECT * FROM assignment FOR UPDATE")
    with pytest.raises(ConnectionLostError, match="does not answer"):
        session.undo()
    others = shared.database.engine.pool.checkedout()
    held.commit()
    deadline = time.monotonic() + 5
    while shared.database.engine.pool.checkedout() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert others == 1
    shared.database.reach()
    assert counts(shared) == [False]
    assert session.undo() is not None
    assert counts(shared) == [True]


def test_a_journal_about_an_unknown_image_keeps_no_study_closed(shared, session, wire):
    wire.lose_next_commit(done=False)
    session.apply(add_shapes(lesion(1)))
    (path,) = files(shared)
    shared.close()
    path.write_text(path.read_text().replace(f'"image": {session.image.id}', '"image": 999'))
    with Study.open(shared.folder) as again:
        assert "an image or grader that the study has not" in again.sent.refused[0]
        assert files(again) == [path]


def test_a_study_in_sqlite_keeps_no_journal(tmp_path, pictures):
    with Study.create(tmp_path / "s") as study:
        import_images(study, [pictures])
        study.add_grader("Ada")
        session = anew(study)
        session.apply(add_shapes(lesion(1)))
        assert session.unsent == 0
        assert study.send_unsent().edits == 0
        assert not Journals(study.id).folder.exists()


def test_only_the_owner_may_read_a_journal(shared, session, wire):
    wire.lose_next_commit(done=False)
    session.apply(add_shapes(lesion(1)))
    (path,) = files(shared)
    assert path.stat().st_mode & 0o077 == 0
    assert Path(path.parent).stat().st_mode & 0o077 == 0
