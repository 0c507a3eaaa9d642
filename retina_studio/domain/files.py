"""Files written whole or not at all."""

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path

from retina_studio.domain.errors import RetinaError


def write_whole(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file beside, fsync it and put it in place of the old one; its folder is made when missing.

    `mode` is what the file may be used for at most, before the person's own umask; a folder made for a file that is
    its owner's alone is so too.

    Raises:
        RetinaError: the disk is full or the place cannot be written; the old file is as it was.
    """
    # A name of its own: two programs may write the same file at once, and neither may move the other's half.
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        make_folder(path.parent, 0o777 if mode & 0o077 else 0o700)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        advice = ": free some space and do it again" if error.errno == errno.ENOSPC else ""
        raise RetinaError(f"{path} could not be written ({error.strerror or error}){advice}.") from error


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder with all that it lies in; it is still there after a power cut. `mode` is as in `write_whole`.

    Raises:
        OSError: the disk is full or the place cannot be written.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent, mode)
    folder.mkdir(mode, exist_ok=True)
    sync_folder(folder.parent)


def make_private(path: Path) -> None:
    """Make an empty file that its owner alone may use, where there is none: who writes it next keeps that.

    Raises:
        OSError: the disk is full or the place cannot be written.
    """
    path.touch(0o600, exist_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder durable; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
