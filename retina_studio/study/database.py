"""The connection to a study's database: SQLite by default, PostgreSQL by URL."""

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from retina_studio.domain.errors import RetinaError
from retina_studio.study.refusals import UNKEPT, BusyError, ConnectionLostError, told
from retina_studio.study.schema import SCHEMA_REVISION

__all__ = ["BusyError", "ConnectionLostError", "Database", "parsed_url", "without_password"]

MIGRATIONS = Path(__file__).parent / "migrations"
T = TypeVar("T")
_TRIES, _FIRST_PAUSE = 6, 0.02  # of a change that gave way to another; seconds, doubled each time
_QUIET = 2.0  # seconds after a lost connection in which no work waits for another try
_PATIENCE = 1.0  # seconds that work which a person waits for is given
# A server that answers no more is found out in seconds, an office network's longest hiccup is survived. The options
# are the server's side of it: the locks of a computer that was cut off in mid-change are free again before those
# who wait for them give up.
_POSTGRES = {
    "connect_timeout": 3,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "application_name": "retina-studio",
    "options": "-c lock_timeout=15s -c idle_in_transaction_session_timeout=10min"
    " -c tcp_keepalives_idle=4 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c timezone=UTC",
}


class Database:
    """One engine; every piece of work is one transaction that is on disk when it ends.

    After a lost connection all work is refused at once for `_QUIET` seconds, so that a window never waits for a
    server that is gone again and again; `reach` tries at any time.
    """

    def __init__(self, url: str | URL) -> None:
        """Connect lazily to a SQLAlchemy URL.

        Raises:
            RetinaError: the URL is malformed or its driver is not installed.
        """
        parsed = parsed_url(url)
        try:
            self.engine = _engine(parsed)
        except (ArgumentError, NoSuchModuleError) as error:
            raise RetinaError(f"The database URL cannot be used: {error}.") from error
        except ModuleNotFoundError as error:
            advice = (
                ": install it with `pip install 'retina-studio[postgres]'`" if _is_postgres(parsed) else ""
            )
            raise RetinaError(f"The database's driver {error.name} is not installed{advice}.") from error
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reader = self.engine.execution_options(reading=True, **(options if self.is_server else {}))
        self._quiet_until = 0.0
        self._lost = ConnectionLostError("")
        self._reaching = threading.Lock()
        self._thread = _Thread()
        self._is_closed = False
        event.listen(self.engine, "checkin", self._on_checkin)

    @property
    def is_server(self) -> bool:
        """Whether it is reached over a connection that may be lost."""
        return self.engine.dialect.name != "sqlite"

    @property
    def is_quiet(self) -> bool:
        """Whether the connection was lost just now, so that nothing but `reach` tries again yet."""
        return time.monotonic() < self._quiet_until

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits at the end of the block, or leaves no trace when anything in it fails.

        Raises:
            ConnectionLostError: the server is gone; whether it had committed is not known.
            BusyError: it gave way to another transaction (see `retried`).
            RetinaError: the database refused (disk full, locked); the sentence says which.
        """
        self._go_on()
        try:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
                self._thread.check()
        except UnicodeEncodeError as error:  # half a character, as broken files hold them
            raise RetinaError(UNKEPT) from error
        except SQLAlchemyError as error:
            raise self._told(error) from error

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that changes nothing, and sees the study as it was at its first statement until it ends.

        Raises:
            ConnectionLostError: the server is gone.
            RetinaError: the database cannot be read.
        """
        self._go_on()
        try:
            with Session(self._reader) as session:
                yield session
        except SQLAlchemyError as error:
            raise self._told(error) from error

    def retried(self, work: Callable[[], T]) -> T:
        """What `work` returns, a function of one transaction; done again where it gave way to another one.

        Raises:
            BusyError: it gave way every time.
        """
        for turn in range(1, _TRIES):
            with suppress(BusyError):
                return work()
            time.sleep(_FIRST_PAUSE * 2**turn * random.random())  # noqa: S311 - so that two do not meet again
        return work()

    def in_time(self, work: Callable[[], T]) -> T:
        """What `work` returns or raises; of a server, given up after `_PATIENCE` seconds, so that no window hangs.

        It runs in a thread of its own, which must share nothing with the caller's that it changes. A transaction of
        it that was not about to commit when it was given up leaves no trace.

        Raises:
            ConnectionLostError: the server did not answer in time; whether it had committed is not known.
        """
        if not self.is_server:
            return work()
        self._go_on()
        task: _Task[T] = _Task()
        threading.Thread(target=self._thread.carry_out, args=(task, work), daemon=True).start()
        task.ended.wait(_PATIENCE)
        task.is_given_up = True
        if not task.ended.is_set():
            self._lost = ConnectionLostError("The study's server does not answer: check the network.")
            self._quiet_until = time.monotonic() + _QUIET
            raise ConnectionLostError(str(self._lost))
        return task.outcome()

    def check_answers(self) -> None:
        """Ask a server whether it is there.

        Raises:
            ConnectionLostError: it did not answer in time.
        """
        if self.is_server:
            self.in_time(self._ask)

    def _ask(self) -> None:
        with self.reading() as session:
            session.execute(text("SELECT 1"))

    def reach(self) -> None:
        """Connect, however short ago the connection was lost; all other work is refused at once meanwhile.

        Raises:
            ConnectionLostError: the server cannot be reached.
        """
        if not self.is_server:
            return
        with self._reaching:
            self._quiet_until = float("inf") if self.is_quiet else 0.0
            try:
                with self.engine.connect() as connection:
                    connection.execute(text("SELECT 1"))
                self._quiet_until = 0.0
            except SQLAlchemyError as error:
                raise self._told(error) from error
            finally:
                self._quiet_until = min(self._quiet_until, time.monotonic() + _QUIET)

    def migrate(self) -> None:
        """Bring the tables to the newest revision, in one transaction."""
        # Late: alembic is needed when a study is made or an old one is opened, not at every start.
        from alembic import command  # noqa: PLC0415
        from alembic.config import Config  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        try:
            with self.engine.connect() as connection, _tables_may_be_copied(connection), connection.begin():
                if self.is_server:  # two programs of a new version may be started at once
                    connection.execute(text("SELECT pg_advisory_xact_lock(7265746)"))
                config.attributes["connection"] = connection
                command.upgrade(config, SCHEMA_REVISION)
        except SQLAlchemyError as error:
            raise self._told(error) from error

    def revision(self) -> str | None:
        """The revision of the tables, or None where there are none.

        Raises:
            RetinaError: the file is not a database or the server cannot be reached.
        """
        try:
            with self._reader.connect() as connection:
                if not inspect(connection).has_table("alembic_version"):
                    return None
                revision: str | None = connection.execute(
                    text("SELECT version_num FROM alembic_version")
                ).scalar()
                return revision
        except SQLAlchemyError as error:
            raise self._told(error) from error

    def problems(self) -> list[str]:
        """What the database's own check finds wrong (SQLite's integrity check; none elsewhere)."""
        if self.is_server:
            return []
        try:
            with self._reader.connect() as connection:
                rows = connection.execute(text("PRAGMA integrity_check")).scalars().all()
        except SQLAlchemyError as error:
            return [str(self._told(error))]
        # One row holds several findings, a line each, below a heading between asterisks.
        found = [line for row in rows for line in str(row).splitlines() if not line.startswith("***")]
        return [] if found == ["ok"] else [f"The study's database is damaged: {entry}." for entry in found]

    def close(self) -> None:
        """Give the connections back; those at work in other threads as soon as they are done."""
        self._is_closed = True
        self.engine.dispose()

    def _on_checkin(self, _connection: object, record: ConnectionPoolEntry) -> None:
        if self._is_closed:
            record.invalidate()

    def _go_on(self) -> None:
        self._thread.check()
        if self.is_quiet:
            raise ConnectionLostError(str(self._lost))

    def _told(self, error: SQLAlchemyError) -> RetinaError:
        meaning = told(error)
        if isinstance(meaning, ConnectionLostError) and not self._thread.is_given_up:
            self._lost, self._quiet_until = meaning, time.monotonic() + _QUIET
        return meaning


class _Task(Generic[T]):
    """Work in a thread of its own, and what it came to."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.is_given_up = False
        self.outcome: Callable[[], T]


class _Thread(threading.local):
    """What the current thread knows of the task it is for; other threads are for none."""

    task: _Task[Any] | None = None

    @property
    def is_given_up(self) -> bool:
        """Whether nobody waits any more for what this thread does."""
        return self.task is not None and self.task.is_given_up

    def check(self) -> None:
        """Break off what was given up."""
        if self.is_given_up:
            raise ConnectionLostError("This was given up.")

    def carry_out(self, task: _Task[T], work: Callable[[], T]) -> None:
        """Do the work of a task, for which the current thread was made."""
        self.task = task
        try:
            result = work()
            task.outcome = lambda: result
        except BaseException as error:
            task.outcome = partial(_raised, error)
        finally:
            task.ended.set()


def _raised(error: BaseException) -> NoReturn:
    raise error


def parsed_url(text: str | URL) -> URL:
    """A database URL with its driver's name; `postgresql://` is psycopg's.

    Raises:
        RetinaError: it is malformed. The sentence does not repeat it, since it may hold a password.
    """
    try:
        url = make_url(text)
        if url.drivername in {"postgresql", "postgres"}:
            url = url.set(drivername="postgresql+psycopg")
        url.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise RetinaError(
            "The database URL cannot be used: write it as postgresql+psycopg://NAME@HOST/DATABASE."
        ) from error
    return url


def without_password(url: URL) -> URL:
    """The URL as it may be stored: libpq finds the password itself, in PGPASSWORD or ~/.pgpass."""
    secret = [key for key in url.query if "password" in key.lower()]
    return URL.create(
        url.drivername,
        url.username,
        None,
        url.host,
        url.port,
        url.database,
        {key: value for key, value in url.query.items() if key not in secret},
    )


def _is_postgres(url: URL) -> bool:
    return url.drivername.startswith("postgresql")


def _engine(url: URL) -> Engine:
    if _is_postgres(url):
        # One connection stays open in each program, for the thread that edits: a server has places for a hundred.
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_size=1,
            max_overflow=15,
            pool_timeout=10,
            pool_recycle=1800,
            connect_args={key: value for key, value in _POSTGRES.items() if key not in url.query},
        )
    if url.get_backend_name() != "sqlite":
        raise RetinaError("The database URL cannot be used: a study lives in SQLite or PostgreSQL.")
    engine = create_engine(url, connect_args={"timeout": 10.0})
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def _tables_may_be_copied(connection: Connection) -> Iterator[None]:
    """SQLite's own way to change a table that others refer to: copy it while references are not enforced."""
    if connection.dialect.name != "sqlite":
        yield
        return
    bare = connection.connection.cursor()  # outside any transaction: in one the pragma does nothing
    bare.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        bare.execute("PRAGMA foreign_keys=ON")
        bare.close()


def _begin(connection: Connection) -> None:
    """A writer takes the lock at once, so that it never fails half-way; a reader never holds it."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, so that none upgrades half-way
    try:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.Error as error:  # on a full disk; what fails here SQLAlchemy would let through as it is
        raise OperationalError("PRAGMA", None, error) from error
