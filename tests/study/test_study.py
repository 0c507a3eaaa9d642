import sqlite3
import stat

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from retina_studio.domain.errors import RetinaError
from retina_studio.study.database import MIGRATIONS
from retina_studio.study.schema import SCHEMA_REVISION, Base
from retina_studio.study.study import Study


def test_a_study_opens_again_as_it_was(tmp_path):
    with Study.create(tmp_path / "s") as made:
        made.add_grader("Ada", "engineer")
        identity = made.id
    with Study.open(tmp_path / "s") as opened:
        assert opened.id == identity
        assert [(g.name, g.role) for g in opened.graders()] == [("Ada", "engineer")]


def test_a_moved_study_opens(tmp_path):
    Study.create(tmp_path / "s").close()
    (tmp_path / "s").rename(tmp_path / "elsewhere")
    Study.open(tmp_path / "elsewhere").close()


@pytest.mark.parametrize("name", ["q?x", "50%20a", "mit Umlaut ä", "a b#c"])
def test_odd_folder_names_hold_their_own_study(tmp_path, name):
    Study.create(tmp_path / name).close()
    assert (tmp_path / name / "study.sqlite").is_file()
    Study.open(tmp_path / name).close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_study_in_memory_is_refused(tmp_path, url):
    with pytest.raises(RetinaError, match="in memory"):
        Study.create(tmp_path / "s", url)


def test_it_commits_durably(tmp_path):
    with Study.create(tmp_path / "s") as study, study.database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_the_migrations_build_the_tables_that_the_code_uses(study):
    with study.database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == SCHEMA_REVISION


def test_only_the_owner_may_read_it(study):
    assert stat.S_IMODE((study.folder / "study.toml").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\nb"])
def test_a_grader_needs_a_name(study, name):
    with pytest.raises(RetinaError, match="printable"):
        study.add_grader(name)


def test_a_name_is_taken_once_and_roles_are_known(study):
    study.add_grader("Ada")
    with pytest.raises(RetinaError, match="already"):
        study.add_grader("Ada")
    with pytest.raises(RetinaError, match="not a role"):
        study.add_grader("Bob", "boss")
    with pytest.raises(RetinaError, match=r"no grader 'Eve' .*Ada"):
        study.grader("Eve")


def test_a_folder_with_something_in_it_is_not_overwritten(tmp_path):
    (tmp_path / "precious.txt").write_text("x")
    with pytest.raises(RetinaError, match="not empty"):
        Study.create(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["precious.txt"]


def test_what_is_no_study_is_refused(tmp_path):
    with pytest.raises(RetinaError, match="not a study"):
        Study.open(tmp_path)
    (tmp_path / "study.toml").write_text("format = 1\nurl = 7\n")
    with pytest.raises(RetinaError, match="not a study file"):
        Study.open(tmp_path)
    (tmp_path / "study.toml").write_text("format = [")
    with pytest.raises(RetinaError, match="cannot be read"):
        Study.open(tmp_path)


@pytest.mark.parametrize("url", ["nonsense", "mysterydb://x", "sqlite+nodriver:///x"])
def test_a_wrong_url_gets_one_sentence(tmp_path, url):
    with pytest.raises(RetinaError, match="URL cannot be used"):
        Study.create(tmp_path / "s", url)


def test_a_lost_or_damaged_database_is_refused_never_opened_as_empty(tmp_path):
    Study.create(tmp_path / "s").close()
    file = tmp_path / "s" / "study.sqlite"
    content = file.read_bytes()
    file.write_bytes(b"not a database at all" * 100)
    with pytest.raises(RetinaError, match="damaged"):
        Study.open(tmp_path / "s")
    file.write_bytes(content[:5000])
    with pytest.raises(RetinaError):
        Study.open(tmp_path / "s")
    file.unlink()
    with pytest.raises(RetinaError, match="lost its database"):
        Study.open(tmp_path / "s")
    assert not file.exists()


def test_a_newer_study_is_refused_unchanged(tmp_path):
    Study.create(tmp_path / "s").close()
    file = tmp_path / "s" / "study.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = file.read_bytes()
    with pytest.raises(RetinaError, match="newer Retina Studio"):
        Study.open(tmp_path / "s")
    assert file.read_bytes() == before
