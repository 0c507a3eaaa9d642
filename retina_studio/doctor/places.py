"""The folders that the application writes into, and where a study lies."""

import ctypes
import importlib.util
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from retina_studio import paths
from retina_studio.domain.errors import RetinaError
from retina_studio.study.place import Place, read_place

from .finding import Finding

_GIB = 2**30
_LEAST_DISK = 2.0  # GiB: a run's checkpoints and a snapshot of some hundred photographs
_NETWORK = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "afs", "9p", "ceph", "glusterfs", "fuse.glusterfs",
    "davfs", "fuse.davfs2", "lustre", "fuse.rclone", "beegfs", "gpfs",
}  # fmt: skip
_REMOTE_DRIVE = 4  # of GetDriveTypeW


def writable_folders() -> Iterator[Finding]:
    """The person's own folders and the one for temporary files."""
    for name, folder in (
        ("User data", paths.user_data()),
        ("Cache", paths.user_cache()),
        ("Temporary files", Path(tempfile.gettempdir())),
    ):
        yield _folder(name, folder)


def study_place(folder: Path) -> Iterator[Finding]:
    """A study's folder, file system and database.

    Raises:
        RetinaError: the folder is no study.
    """
    place = read_place(folder)
    yield _folder("Study", folder)
    yield _file_system(place)
    yield from _database(place)


def _folder(name: str, folder: Path) -> Finding:
    trouble = _cannot_write(folder)
    if trouble:
        return Finding(name, f"{folder}: {trouble}", "missing", f"make {folder} writable for you")
    free = shutil.disk_usage(folder).free / _GIB
    value = f"{folder}, writable, {free:.1f} GiB free"
    if free < _LEAST_DISK:
        return Finding(name, value, "attention", "make room on this disk")
    return Finding(name, value)


def _cannot_write(folder: Path) -> str:
    """Why no file can be made in a folder; "" where one can: permissions alone do not say it."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"0")
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _file_system(place: Place) -> Finding:
    kind = _kind_of_file_system(place.folder)
    if place.database_url().get_backend_name() != "sqlite":
        return Finding("Study's file system", kind or "not known here")
    if _is_network(place.folder, kind):
        return Finding(
            "Study's file system",
            f"{kind or 'network'}: over a network SQLite can lose edits when two computers write",
            "attention",
            "keep the study on this computer's disk, or share it through PostgreSQL",
        )
    return Finding("Study's file system", kind or "not known here")


def _database(place: Place) -> Iterator[Finding]:
    try:
        url = place.database_url()
    except RetinaError as error:
        yield Finding("Study's database", str(error), "missing", "correct the url in study.toml")
        return
    if url.get_backend_name() != "sqlite":
        value = f"{url.get_backend_name()} on {url.host}"
        if importlib.util.find_spec("psycopg") is None:
            advice = "pip install 'retina-studio[postgres]'"
            yield Finding("Study's database", f"{value}, and psycopg is not installed", "missing", advice)
        else:
            yield Finding("Study's database", value)
        return
    file = Path(str(url.database))
    if not file.is_file():
        yield Finding("Study's database", f"{file.name} is not there", "missing", "restore it from a backup")
    elif file.stat().st_mtime > time.time() + 60:
        yield Finding("Study's database", f"{file.name}, changed in the future", "attention", "set the clock")
    else:
        yield Finding("Study's database", f"{file.name}, {file.stat().st_size / 2**20:.1f} MiB")


def _kind_of_file_system(folder: Path) -> str:
    """The type of the mount that a folder lies on, as Linux names it; "" where that is not known."""
    try:
        lines = Path("/proc/self/mounts").read_text("utf-8").splitlines()
    except OSError:
        return ""
    wanted = folder.resolve()
    kinds = {Path(_unescaped(line.split()[1])): line.split()[2] for line in lines}
    above = [mount for mount in kinds if wanted.is_relative_to(mount)]
    return kinds[max(above, key=lambda mount: len(mount.parts))] if above else ""


def _unescaped(mount: str) -> str:
    return mount.replace(r"\040", " ").replace(r"\011", "\t").replace(r"\134", "\\")


def _is_network(folder: Path, kind: str) -> bool:
    if sys.platform == "win32":
        drive = folder.resolve().drive
        return drive.startswith("\\\\") or _drive_type(f"{drive}{os.sep}") == _REMOTE_DRIVE
    return kind in _NETWORK


def _drive_type(root: str) -> int:
    return int(getattr(ctypes, "windll").kernel32.GetDriveTypeW(root))  # noqa: B009
