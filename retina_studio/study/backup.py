"""Back a study up while people work in it, and make a study of a backup again.

BACKUP/manifest.json   what belongs to it: every file with size and SHA-256, the study's id, the end of its audit trail
BACKUP/study.toml      the rest is a study in itself: of SQLite, whatever database it was made from,
BACKUP/study.sqlite    as it stood at one moment,
BACKUP/images/ab/...   with its images in it
"""

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import URL, insert, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from retina_studio import __version__
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import make_folder, make_private, sync_folder, write_whole
from retina_studio.store.layout import to_json
from retina_studio.study.audit import chain_problems
from retina_studio.study.curation import keep_out_of_study, trail_end
from retina_studio.study.database import Database
from retina_studio.study.place import Place
from retina_studio.study.records import ImageRecord
from retina_studio.study.schema import Base, now
from retina_studio.study.study import Study

_FORMAT = 1
_MANIFEST = "manifest.json"
_DATABASE = "study.sqlite"
_ROWS = 1000  # that are copied at once
_BLOCK = 1 << 20

Progress = Callable[[int, int], bool]
Files = dict[str, dict[str, Any]]  # relative path -> {"bytes", "sha256"}


@dataclass(frozen=True)
class BackupReport:
    """What was backed up or restored; `missing` are the images whose file the study has lost or that was changed."""

    images: int
    audit_rows: int
    bytes: int
    missing: tuple[str, ...] = ()


def backup(study: Study, out: Path, link: bool = False, progress: Progress | None = None) -> BackupReport:
    """Copy a study as it stands at one moment into a new folder; nobody has to stop working.

    The folder appears when it is complete, on disk, and its audit trail was checked.

    Args:
        study: on SQLite or PostgreSQL.
        out: a folder that is empty or does not exist.
        link: make hard links of the image files where that is possible: quick, but on the same disk, so damage to a
            file hits both.
        progress: called with (images done, all).

    Raises:
        RetinaError: the folder is not empty or lies inside the study, or the disk is full.
    """
    keep_out_of_study(study, out)
    with _made_beside(out) as part:
        Place(part, f"sqlite:///{_DATABASE}").write()
        _copy_database(study, part / _DATABASE)
        with Study.open(part) as copy:
            _check_trail(copy, f"The backup of {study.folder}")
            images = copy.images()
            head, rows = trail_end(copy)
        files = {name: _told(part / name) for name in ("study.toml", _DATABASE)}
        missing = []
        for done, image in enumerate(images, 1):
            try:
                name = f"images/{image.file}"
                if name not in files:  # two pages of one file may be equal
                    files[name] = _copy_image(study, image, part / "images" / image.file, link)
            except _LostImageError:
                missing.append(image.name)
            if progress is not None:
                progress(done, len(images))
        manifest = {
            "format": _FORMAT,
            "study_id": study.id,
            "software_version": __version__,
            "made_at": now(),
            "audit_head": head,
            "audit_rows": rows,
            "missing": missing,
            "files": files,
        }
        text = to_json({**manifest, "sha256": _digest(manifest)})
        write_whole(part / _MANIFEST, text.encode(), 0o600)
    return BackupReport(len(images), rows, _bytes(files), tuple(missing))


def restore(source: Path, folder: Path, progress: Progress | None = None) -> BackupReport:
    """Make a study of a backup, in a new folder; the backup stays as it is.

    Args:
        source: the backup.
        folder: of the study to make; empty, or not there yet.
        progress: called with (files done, all).

    Raises:
        RetinaError: not a backup, damaged in any file, or the folder is not empty.
    """
    manifest = _read_manifest(source)
    files: Files = manifest["files"]
    with _made_beside(folder) as part:
        for done, (name, told) in enumerate(sorted(files.items()), 1):
            _restore_file(source, name, told, part)
            if progress is not None:
                progress(done, len(files))
        with Study.open(part) as made:
            _check_trail(made, f"The backup {source}")
            if trail_end(made) != (manifest["audit_head"], manifest["audit_rows"]):
                raise RetinaError(
                    f"The backup {source} is damaged: its audit trail is not the one it was made with."
                )
            images = len(made.images())
    return BackupReport(images, manifest["audit_rows"], _bytes(files), tuple(manifest["missing"]))


class _LostImageError(Exception):
    """The study has not the file any more, or it is not what was imported."""


@contextmanager
def _made_beside(folder: Path) -> Iterator[Path]:
    """A new folder beside, that takes the place of `folder` at the end; gone when anything fails."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RetinaError(f"{folder} is not empty: choose a new folder.")
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(".part", f"{folder.name}.", folder.parent))
    except OSError as error:
        raise RetinaError(f"{folder} cannot be made ({error.strerror}): choose another folder.") from error
    try:
        yield part
        with suppress(FileNotFoundError):
            folder.rmdir()  # the empty one
        part.rename(folder)
        sync_folder(folder.parent)
    except OSError as error:
        raise RetinaError(
            f"{folder} could not be written ({error.strerror or error}): free some space or choose another folder."
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _copy_database(study: Study, path: Path) -> None:
    """The whole database as it is at one moment, in a SQLite file; writers go on meanwhile."""
    make_private(path)
    if study.database.engine.dialect.name == "sqlite":
        _vacuum_into(study, path)
    else:
        _dump(study, path)
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _vacuum_into(study: Study, path: Path) -> None:
    """SQLite's own copy: one reading transaction, which in WAL mode nobody waits for."""
    try:
        with closing(study.database.engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM INTO ?", (str(path),))
    except (sqlite3.Error, SQLAlchemyError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise RetinaError(
            f"The study's database could not be copied ({reason}): see that there is space, and do it again."
        ) from error


def _dump(study: Study, path: Path) -> None:
    """Every table, row by row, from one snapshot of the server into SQLite's tables of the same revision."""
    target = Database(URL.create("sqlite", database=str(path)))
    try:
        target.migrate()
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True, "yield_per": _ROWS}
        with (
            study.database.engine.connect().execution_options(**options) as source,
            target.engine.begin() as to,
        ):
            for table in Base.metadata.sorted_tables:
                rows = source.execute(select(table).order_by(*table.primary_key.columns))
                for part in rows.mappings().partitions(_ROWS):
                    to.execute(insert(table), [dict(row) for row in part])
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise RetinaError(f"The study's database could not be copied ({reason}): try again.") from error
    finally:
        target.close()


def _check_trail(study: Study, what: str) -> None:
    with study.database.reading() as session:
        problems = chain_problems(session)
    if problems:
        raise RetinaError(f"{what} is damaged: {problems[0]}")


def _copy_image(study: Study, image: ImageRecord, target: Path, link: bool) -> dict[str, Any]:
    """The image's file, checked against the hash it was imported with.

    Raises:
        _LostImageError: it is not there, or not what was imported.
    """
    make_folder(target.parent, 0o700)
    try:
        source = study.image_file(image)
        content = source.read_bytes()
    except (RetinaError, FileNotFoundError) as error:
        raise _LostImageError from error
    if hashlib.sha256(content).hexdigest() != image.sha256:
        raise _LostImageError
    if not (link and _linked(source, target)):
        _write(target, content)
    return {"bytes": len(content), "sha256": image.sha256}


def _linked(source: Path, target: Path) -> bool:
    try:
        os.link(source, target)
    except OSError:  # another disk, or a file system without links
        return False
    return True


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _told(path: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return {"bytes": path.stat().st_size, "sha256": digest.hexdigest()}


def _bytes(files: Files) -> int:
    return sum(int(told["bytes"]) for told in files.values())


def _digest(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(to_json(manifest).encode()).hexdigest()


def _read_manifest(source: Path) -> dict[str, Any]:
    """The manifest of a backup.

    Raises:
        RetinaError: there is none, it is damaged, or of a newer program.
    """
    path = source / _MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
        told = manifest.pop("sha256")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise RetinaError(f"{source} is not a backup: it has no {_MANIFEST}.") from error
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise RetinaError(f"The backup {source} is damaged: {_MANIFEST} cannot be read.") from error
    if _digest(manifest) != told:
        raise RetinaError(f"The backup {source} is damaged: {_MANIFEST} was changed.")
    if manifest["format"] != _FORMAT:
        raise RetinaError(f"{source} was made by a newer Retina Studio: update the program to restore it.")
    for name in manifest["files"]:
        pure = PurePosixPath(name)
        if pure.is_absolute() or ".." in pure.parts or "\\" in name or ":" in name:
            raise RetinaError(
                f"The backup {source} names a file outside itself ({name!r}): it was not restored."
            )
    return manifest


def _restore_file(source: Path, name: str, told: Mapping[str, Any], part: Path) -> None:
    """Copy a file block by block, checking it on the way."""
    target = part / name
    make_folder(target.parent, 0o700)
    digest = hashlib.sha256()
    try:
        with (source / name).open("rb") as file, target.open("xb") as copy:
            target.chmod(0o600)
            while block := file.read(_BLOCK):
                digest.update(block)
                copy.write(block)
            copy.flush()
            os.fsync(copy.fileno())
    except FileNotFoundError as error:
        raise RetinaError(f"The backup {source} is damaged: {name} is missing.") from error
    if digest.hexdigest() != told["sha256"]:
        raise RetinaError(f"The backup {source} is damaged: {name} is not as it was backed up.")
