"""Studies that every released revision of the tables holds, each written by the program of its time, still work.

released/REVISION is the folder of such a study, its database as SQL: two images, three graders and an adjudicator,
three submitted gradings of one image, a vote, an open grading of the other, edits undone and made again.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from retina_studio.domain.edits import SetGrade
from retina_studio.domain.errors import RetinaError
from retina_studio.store.verify import verify_snapshot
from retina_studio.study.backup import backup, restore
from retina_studio.study.curation import curate
from retina_studio.study.database import MIGRATIONS
from retina_studio.study.schema import SCHEMA_REVISION
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems

RELEASED = Path(__file__).with_name("released")
REVISIONS = sorted(folder.name for folder in RELEASED.iterdir())


@pytest.fixture
def study_url():
    """A released study is a file."""
    return


def made(tmp_path, revision):
    """The study's folder as that program left it."""
    folder = tmp_path / revision
    shutil.copytree(RELEASED / revision, folder)
    with closing(sqlite3.connect(folder / "study.sqlite")) as database:
        database.executescript((folder / "study.sql").read_text())
    (folder / "study.sql").unlink()
    return folder


def test_there_is_one_of_every_revision():
    assert sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")) == REVISIONS
    assert REVISIONS[-1] == SCHEMA_REVISION


@pytest.mark.parametrize("revision", REVISIONS)
def test_it_is_whole_and_work_goes_on(tmp_path, revision):
    folder = made(tmp_path, revision)
    with Study.open(folder) as study:
        assert study.database.revision() == SCHEMA_REVISION
        assert study_problems(study) == []
        assert [grader.name for grader in study.graders()] == ["Ada", "Ben", "Cleo", "Weber"]
        submitted = study.session(study.image("p1_OD"), study.grader("Cleo"))
        assert submitted.state == "submitted"
        assert {shape.label for shape in submitted.grading.shapes.values()} == {"OD", "MA"}
        assert submitted.grading.grades["dr"] == 2
        begun = study.session(study.image("p1_OS"), study.grader("Ada"))
        assert begun.grading.comment == "blurred at the edge"
        assert begun.undo() is not None
        assert begun.redo() is not None
        begun.apply(SetGrade("dr", None, 3))
        submitted.reopen()
        submitted.submit(complete=False)
        curate(study, tmp_path / "curated.h5")
        assert verify_snapshot(tmp_path / "curated.h5") == []
        backup(study, tmp_path / "backup")
        assert study_problems(study) == []
    restore(tmp_path / "backup", tmp_path / "again")
    with Study.open(tmp_path / "again") as again:
        assert again.session(again.image("p1_OS"), again.grader("Ada")).grading.grades == {"dr": 3}


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_a_migration_that_fails_leaves_the_old_study(tmp_path, revision, monkeypatch):
    folder = made(tmp_path, revision)
    before = (folder / "study.sqlite").read_bytes()
    upgrade = command.upgrade

    def failing(*arguments):
        upgrade(*arguments)
        raise RuntimeError("the power goes")

    monkeypatch.setattr(command, "upgrade", failing)
    with pytest.raises(RuntimeError, match="the power goes"):
        Study.open(folder)
    monkeypatch.undo()
    with closing(sqlite3.connect(folder / "study.sqlite")) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == (revision,)
        kept = "\n".join(database.iterdump())
    (folder / "before.sqlite").write_bytes(before)
    with closing(sqlite3.connect(folder / "before.sqlite")) as database:
        assert "\n".join(database.iterdump()) == kept
    with Study.open(folder) as study:
        assert study_problems(study) == []


def test_a_newer_study_is_refused_and_not_a_byte_of_it_changes(tmp_path):
    folder = made(tmp_path, SCHEMA_REVISION)
    with Study.open(folder) as study, study.database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(RetinaError, match="newer Retina Studio"):
        Study.open(folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
