"""What every test shares."""

import gc
import itertools
import os
import shutil
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from postgres_server import NoServerError, PostgresServer
from sqlalchemy import make_url

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"
if (
    "PYTEST_XDIST_WORKER" in os.environ
):  # as many workers as cores: more threads would only stand in each other's way
    os.environ.setdefault("OMP_NUM_THREADS", "1")

from retina_studio import paths
from retina_studio.study.database import Database
from retina_studio.study.study import Study

# A machine that judges a change tries the same examples every time; people's machines look for new ones.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

_SHIPPED = paths.shipped_weights
_TEMPLATE = "empty_study"
_NUMBERS = itertools.count()
_SETUPS = itertools.count(1)


def pytest_collection_finish():
    """What the libraries made when they were imported stays: no collection of garbage looks through it again."""
    gc.collect()
    gc.freeze()
    gc.disable()


def pytest_runtest_setup():
    """As in the application, garbage is collected in the main thread alone: Qt objects belong to it."""
    limits = zip(gc.get_count(), gc.get_threshold(), strict=True)
    if any(count > limit > 0 for count, limit in limits):
        gc.collect(1)
    if next(_SETUPS) % 50 == 0:
        gc.collect()


@pytest.fixture(scope="session")
def _homes(tmp_path_factory):
    """A folder for all homes: pytest looks through its own for each new one, which thousands would slow down."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def _own_user_data(_homes, monkeypatch):
    """No test reads or writes the person's own settings and weights."""
    home = _homes / str(next(_NUMBERS))
    home.mkdir()
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(home))


@pytest.fixture(autouse=True)
def _no_shipped_weights(_homes, monkeypatch):
    """No test depends on the weights that come with the application, but those that ask for `shipped_weights`."""
    monkeypatch.setattr(paths, "shipped_weights", lambda: _homes / "no-weights")


@pytest.fixture
def shipped_weights(_no_shipped_weights, monkeypatch) -> Path:
    """The folder of the weights that come with the application."""
    monkeypatch.setattr(paths, "shipped_weights", _SHIPPED)
    return _SHIPPED()


@pytest.fixture
def real_data() -> Path:
    """The folder of real images, or a skip that says so: it is not part of the repository."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not (folder / "DATA.md").is_file():
        pytest.skip("the real images (a folder shared/data beside the checkout) are not here")
    return folder


_COLUMNS = """SELECT string_agg(concat_ws(' ', table_name, column_name, data_type), ',' ORDER BY 1)
    FROM (SELECT * FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 3, 4) AS all_columns"""
_EMPTY = """DO $$ BEGIN EXECUTE (SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ',') || ' RESTART IDENTITY'
    FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'); END $$"""


class Postgres:
    """The server of this test run, with databases that hold a study's empty tables already.

    A database that a test is done with is emptied and used again, unless its tables were changed: that is much quicker
    than to make a new one.
    """

    def __init__(self):
        self.server = PostgresServer()
        self._numbers = itertools.count()
        self._free = []
        self._admin = psycopg.connect(self.server.url().replace("+psycopg", ""), autocommit=True)
        self._admin.execute(f"CREATE DATABASE {_TEMPLATE}")
        template = Database(self.server.url(_TEMPLATE))
        template.migrate()
        template.close()
        self._columns = self._run(_TEMPLATE, _COLUMNS)

    def new_url(self) -> str:
        if self._free:
            return self._free.pop()
        name = f"study_{next(self._numbers)}"
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY")
        return self.server.url(name)

    def drop(self, url: str) -> None:
        name = make_url(url).database
        self._admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        if self._run(name, _COLUMNS) == self._columns:
            self._run(name, _EMPTY)
            self._free.append(url)
        else:
            self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, database, statement):
        with psycopg.connect(
            self.server.url(database).replace("+psycopg", ""), autocommit=True
        ) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchone() if cursor.description else None

    def close(self) -> None:
        self._admin.close()
        self.server.close()


@pytest.fixture(scope="session")
def postgres():
    """A real PostgreSQL, started when the first test asks for it; tests skip where it cannot run."""
    try:
        started = Postgres()
    except NoServerError as error:
        pytest.skip(str(error))
    yield started
    started.close()


@pytest.fixture
def postgres_url(postgres):
    """The URL of a database of its own."""
    url = postgres.new_url()
    yield url
    postgres.drop(url)


@pytest.fixture
def study_url():
    """The database that `study` lives in: None is SQLite; a folder's conftest may say both (`either_url`)."""
    return None  # noqa: RET501 - a value, not the end of a procedure


@pytest.fixture(scope="session")
def _empty_file(tmp_path_factory):
    """A SQLite file with a study's empty tables."""
    path = tmp_path_factory.mktemp("tables") / "study.sqlite"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture
def study(tmp_path, study_url, _empty_file, monkeypatch):
    """An empty study. Its tables come from a copy: the tests of the migrations make them one by one."""

    def migrate(database):
        database.close()
        shutil.copyfile(_empty_file, database.engine.url.database)

    with monkeypatch.context() as patch:
        if study_url is None:
            patch.setattr(Database, "migrate", migrate)
        made = Study.create(tmp_path / "study", study_url)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_url(request):
    """For folders whose tests run on both databases."""
    return None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
