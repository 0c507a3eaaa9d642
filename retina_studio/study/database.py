"""The connection to a study's database: SQLite by default, PostgreSQL by URL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session

from retina_studio.domain.errors import RetinaError
from retina_studio.study.schema import SCHEMA_REVISION

MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """One engine; every piece of work is one transaction that is on disk when it ends."""

    def __init__(self, url: str | URL) -> None:
        """Connect lazily to a SQLAlchemy URL.

        Raises:
            RetinaError: the URL is malformed or its driver is not installed.
        """
        try:
            self.engine = _engine(url)
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            raise RetinaError(f"The database URL cannot be used: {error}.") from error

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits at the end of the block, or leaves no trace when anything in it fails.

        Raises:
            RetinaError: the database refused (disk full, locked, gone); the sentence says which.
        """
        try:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
        except SQLAlchemyError as error:
            raise RetinaError(_sentence(error)) from error

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that changes nothing.

        Raises:
            RetinaError: the database cannot be read.
        """
        try:
            with Session(self.engine.execution_options(reading=True)) as session:
                yield session
        except SQLAlchemyError as error:
            raise RetinaError(_sentence(error)) from error

    def migrate(self) -> None:
        """Bring the tables to the newest revision, in one transaction."""
        # Late: alembic is needed when a study is made or an old one is opened, not at every start.
        from alembic import command  # noqa: PLC0415
        from alembic.config import Config  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        try:
            with self.engine.connect() as connection, _tables_may_be_copied(connection), connection.begin():
                config.attributes["connection"] = connection
                command.upgrade(config, SCHEMA_REVISION)
        except SQLAlchemyError as error:
            raise RetinaError(_sentence(error)) from error

    def revision(self) -> str | None:
        """The revision of the tables, or None where there are none.

        Raises:
            RetinaError: the file is not a database or the server cannot be reached.
        """
        try:
            with self.engine.connect().execution_options(reading=True) as connection:
                if not inspect(connection).has_table("alembic_version"):
                    return None
                revision: str | None = connection.execute(
                    text("SELECT version_num FROM alembic_version")
                ).scalar()
                return revision
        except SQLAlchemyError as error:
            raise RetinaError(_sentence(error)) from error

    def problems(self) -> list[str]:
        """What the database's own check finds wrong (SQLite's integrity check; none elsewhere)."""
        if self.engine.dialect.name != "sqlite":
            return []
        try:
            with self.engine.connect().execution_options(reading=True) as connection:
                found = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check"))]
        except SQLAlchemyError as error:
            return [_sentence(error)]
        return [] if found == ["ok"] else [f"The study's database is damaged: {entry}." for entry in found]

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _engine(url: str | URL) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
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
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sentence(error: SQLAlchemyError) -> str:
    """What went wrong and what to do, from the driver's own words."""
    reason = str(error.orig) if isinstance(error, DBAPIError) and error.orig else str(error)
    reason = reason.splitlines()[0].rstrip(".")
    if "full" in reason:
        return "The disk is full, so this was not saved: free some space and do it again."
    if "locked" in reason:
        return "The study is busy with another program, so this was not saved: try again in a moment."
    if "not a database" in reason or "malformed" in reason:
        return "The study's database file is damaged and was not opened: restore it from a backup."
    if "readonly" in reason or "unable to open" in reason:
        return f"The study's database cannot be written ({reason}): check the folder's permissions."
    return f"The study's database refused: {reason}."
