"""What the database refuses, in one sentence; what a reader sees; whose work gives way."""

import threading

import psycopg
import pytest
from sqlalchemy import select, text, update

from retina_studio.domain.errors import RetinaError
from retina_studio.study import audit
from retina_studio.study.database import (
    BusyError,
    ConnectionLostError,
    Database,
    parsed_url,
    without_password,
)
from retina_studio.study.schema import GraderRow, StudyRow
from retina_studio.study.study import Study

_SECRET = "geheim"  # noqa: S105 - of a server that asks for none


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://postgres@127.0.0.1:1/x", "nothing answers there"),
        ("postgresql://postgres@no-such-host.invalid/x", "its name is not known"),
        ("postgresql+psycopg://postgres@/x?host=/nowhere", "nothing answers there"),
        ("mysql://postgres@localhost/x", "SQLite or PostgreSQL"),
        ("postgresql://host:port/x", "write it as"),
    ],
)
def test_a_server_out_of_reach_is_one_sentence(tmp_path, url, sentence):
    with pytest.raises(RetinaError, match=sentence) as told:
        Study.create(tmp_path / "s", url)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"database": "nowhere"}, "no database of this name"),
        ({"username": "nobody_here"}, "does not know this account"),
    ],
)
def test_a_wrong_name_is_one_sentence(postgres_url, change, sentence):
    database = Database(parsed_url(postgres_url).set(**change))
    with pytest.raises(ConnectionLostError, match=sentence):
        database.revision()
    database.close()


def test_a_driver_that_is_missing_says_how_to_get_it(monkeypatch):
    def missing(*_, **__):
        raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")

    monkeypatch.setattr("retina_studio.study.database.create_engine", missing)
    with pytest.raises(RetinaError, match=r"pip install 'retina-studio\[postgres\]'"):
        Database("postgresql://x@y/z")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [("53100", "disk is full"), ("55P03", "somebody else's work"), ("42501", "may not do this")],
)
def test_the_servers_codes_are_told_in_words(postgres_url, code, sentence):
    database = Database(postgres_url)
    raise_it = text(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{code}'; END $$")
    with pytest.raises(RetinaError, match=sentence), database.transaction() as session:
        session.execute(raise_it)
    database.close()


def test_a_password_is_used_once_and_never_stored(tmp_path, postgres_url, run_cli):
    secret = parsed_url(postgres_url).set(password=_SECRET).render_as_string(hide_password=False)
    told = run_cli("init", tmp_path / "s", "--url", secret)
    assert "PGPASSWORD" in told
    assert "geheim" not in told
    assert "geheim" not in (tmp_path / "s" / "study.toml").read_text()
    Study.open(tmp_path / "s").close()
    (tmp_path / "s" / "study.toml").write_text(f'format = 1\nurl = "{secret}"\n')
    with pytest.raises(RetinaError, match="holds a password") as refused:
        Study.open(tmp_path / "s")
    assert "geheim" not in str(refused.value)
    assert "password" not in str(
        without_password(parsed_url("postgresql://a@b/c?password=d&sslmode=require"))
    )


@pytest.fixture
def run_cli():
    from typer.testing import CliRunner

    from retina_studio.cli import app

    def run(*words):
        done = CliRunner().invoke(app, [str(word) for word in words])
        assert done.exit_code == 0, done.output
        return done.output

    return run


def test_a_reader_changes_nothing_and_sees_one_moment(study):
    study.add_grader("Ada")
    with study.database.reading() as session:
        first = session.scalars(select(GraderRow.name)).all()
        study.add_grader("Ben")
        assert session.scalars(select(GraderRow.name)).all() == first == ["Ada"]
    if study.database.is_server:
        with pytest.raises(RetinaError), study.database.reading() as session:
            session.execute(update(GraderRow).values(name="Eve"))


def test_after_a_lost_connection_nothing_waits_but_reach(study, monkeypatch):
    if not study.database.is_server:
        pytest.skip("SQLite has no connection to lose")
    database = study.database
    with pytest.raises(ConnectionLostError), database.transaction() as session:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with monkeypatch.context() as patch:
        patch.setattr(database, "engine", None)  # not even touched
        with pytest.raises(ConnectionLostError), database.transaction():
            pass
    assert database.is_quiet
    database.reach()
    assert not database.is_quiet
    assert study.graders() == []


def test_a_deadlock_is_done_again(study):
    """Two transactions lock the same two rows in opposite order: one gives way, and comes second."""
    if not study.database.is_server:
        pytest.skip("SQLite has one writer at a time")
    names = [study.add_grader(name).name for name in ("Ada", "Ben")]
    both, tries = threading.Barrier(2), []

    def change(order):
        turns = []

        def work():
            tries.append(order)
            turns.append(1)
            with study.database.transaction() as session:
                for name in order:
                    session.execute(update(GraderRow).where(GraderRow.name == name).values(joined="now"))
                    if len(turns) == 1 and name == order[0]:
                        both.wait(10)

        study.database.retried(work)

    threads = [threading.Thread(target=change, args=(order,)) for order in (names, names[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(tries) == 3


def test_work_that_always_gives_way_says_so(study, monkeypatch):
    monkeypatch.setattr("retina_studio.study.database._FIRST_PAUSE", 0.0)
    tries = []

    def work():
        tries.append(1)
        raise BusyError("busy")

    with pytest.raises(BusyError):
        study.database.retried(work)
    assert len(tries) == 6


def test_many_writers_make_one_chain(study):
    def write(number):
        for turn in range(10):
            with study.database.transaction() as session:
                audit.record(session, f"writer {number}", "test", f"row:{turn}", {"turn": turn})

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with study.database.reading() as session:
        assert audit.chain_problems(session) == []
        assert session.execute(select(StudyRow.audit_head)).scalar_one() != audit.GENESIS
        assert len(session.scalars(select(audit.AuditRow)).all()) == 61


def test_its_connections_say_whose_they_are(study):
    if not study.database.is_server:
        pytest.skip("SQLite has no sessions")
    with study.database.reading() as session:
        assert session.scalar(text("SHOW application_name")) == "retina-studio"
        assert session.scalar(text("SHOW lock_timeout")) == "15s"


def test_a_password_that_is_asked_for_is_named():
    from sqlalchemy.exc import OperationalError

    from retina_studio.study.refusals import told

    reason = psycopg.OperationalError(
        'connection failed: FATAL:  password authentication failed for user "a"'
    )
    assert "PGPASSWORD" in str(told(OperationalError("x", {}, reason)))


def test_what_sqlite_finds_damaged_is_told_in_single_lines(tmp_path):
    Study.create(tmp_path / "study").close()
    file = tmp_path / "study" / "study.sqlite"
    content = bytearray(file.read_bytes())
    content[36:40] = (7).to_bytes(4, "big")  # so many free pages, says the header
    file.write_bytes(content)
    with Study.open(tmp_path / "study") as study:
        problems = study.database.problems()
    assert problems
    assert all(text.startswith("The study's database is damaged: ") for text in problems)
    assert not any("\n" in text or "***" in text for text in problems)
