"""What there is to import among the paths a person gave: files, folders and ZIP archives."""

import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from retina_studio.domain.errors import RetinaError
from retina_studio.images.archive import Archive, archive_of
from retina_studio.images.dicom import is_dicom
from retina_studio.images.read import file_bytes
from retina_studio.images.scan import KINDS, may_be_scan


@dataclass(frozen=True)
class Source:
    """One file to import.

    Attributes:
        path: where it is; of an archive's member the archive's path with the member's behind it.
        read: its content, or a RetinaError.
        size: of its content in bytes, as far as the folder or the archive's directory says it.
    """

    path: Path
    read: Callable[[], bytes]
    size: int = 0


@dataclass
class Sources:
    """The files found, in order, and a sentence for each thing that was left out for a reason. Use it in `with`."""

    files: list[Source] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _open: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> "Sources":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add_archive(self, path: Path) -> None:
        """Add a ZIP archive's images; it stays open until the end of the `with` block."""
        try:
            archive = Archive(path)
        except RetinaError as error:
            self.refused.append(str(error))
            return
        self._open.callback(archive.close)
        members = archive.members(self.refused)
        if not members:
            self.refused.append(f"{path.name} holds no {KINDS} image that can be read.")
        for member in members:
            read = partial(archive.read, member)
            self.files.append(Source(path / member.filename, read, member.file_size))

    def add_file(self, path: Path) -> None:
        """Add a file, whatever it is."""
        try:
            size = path.stat().st_size
        except OSError:  # reading it will say why
            size = 0
        self.files.append(Source(path, partial(file_bytes, path), size))


def find_sources(paths: Iterable[Path]) -> Sources:
    """The image files among paths: a file as it is, a folder's images recursively in order of name, an archive's.

    Raises:
        RetinaError: a path does not exist, or a folder has no image.
    """
    found = Sources()
    for path in paths:
        if path.is_dir():
            before = len(found.files), len(found.refused)
            for inside in sorted(Path(folder, name) for folder, _, names in os.walk(path) for name in names):
                _add_from_folder(found, inside)
            if before == (len(found.files), len(found.refused)):
                raise RetinaError(f"{path} holds no {KINDS} image.")
        elif path.is_file():
            (found.add_archive if archive_of(path) else found.add_file)(path)
        else:
            raise RetinaError(f"{path} does not exist.")
    return found


def _add_from_folder(found: Sources, path: Path) -> None:
    known = may_be_scan(path.name)
    if path.name.startswith("._") or not path.is_file():
        return
    if path.suffix.lower() == ".zip":
        found.add_archive(path)
    elif known or (known is None and _is_bare_dicom(path)):
        found.add_file(path)


def _is_bare_dicom(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return is_dicom(file.read(132))
    except OSError:
        return False
