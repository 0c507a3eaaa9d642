"""Where labels come from: a file, a folder, or a ZIP file, none of them trusted."""

import os
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import catalogue
from retina_studio.images.archive import MAX_MEMBERS, archive_of, is_junk, leads_out

MAX_MEMBER_BYTES = 512_000_000
MAX_TOTAL_BYTES = 8 << 30  # of everything unpacked
_BOMB_BYTES, _BOMB_RATIO = (
    16 << 20,
    200,
)  # text of labels shrinks to a twentieth, an empty mask hardly ever is so large
_ENCRYPTED = 0x1
_BLOCK = 1 << 20


@contextmanager
def opened(source: Path) -> Iterator[Path]:
    """The file or folder of labels; a ZIP file is unpacked into a folder of its own, which is removed afterwards.

    Raises:
        RetinaError: it is not there; a link in the folder leads out of it; or the ZIP file is damaged, too large, or
            not honest. Then nothing was unpacked.
    """
    if not source.exists():
        raise RetinaError(f"{source} does not exist.")
    if source.is_dir():
        _check_links(source)
        yield source
    elif archive_of(source):
        with tempfile.TemporaryDirectory(prefix="retina-studio-") as scratch:
            folder = Path(scratch) / "labels"
            _unpack(source, folder)
            yield _root(folder)
    else:
        yield source


def _check_links(folder: Path) -> None:
    whole = folder.resolve()
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(parent) / name
            if path.is_symlink() and not path.resolve().is_relative_to(whole):
                raise RetinaError(f"{path} is a link out of the folder: put the file itself there.")


def _unpack(source: Path, folder: Path) -> None:
    """Every name and size is checked before the first file is written."""
    try:
        with zipfile.ZipFile(source) as archive:
            members = _members(source, archive)
            folder.mkdir()
            for member, path in members:
                _extract(archive, member, folder.joinpath(*path.parts))
    except RetinaError:
        raise
    except OSError as error:
        raise RetinaError(f"{source.name} cannot be unpacked: {error.strerror or error}.") from error
    except Exception as error:  # damage fails anywhere in zipfile and its decompressors
        raise RetinaError(
            f"{source.name} is damaged or no ZIP file: copy it again from its source."
        ) from error


def _members(source: Path, archive: zipfile.ZipFile) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    listed = archive.infolist()
    if len(listed) > MAX_MEMBERS:
        raise RetinaError(f"{source.name} has more than {MAX_MEMBERS:,} members: split it.")
    members: dict[str, tuple[zipfile.ZipInfo, PurePosixPath]] = {}
    total = 0
    for member in listed:
        if is_junk(member.filename) or member.is_dir():
            continue
        _check_member(f"{source.name}: {member.filename}", member)
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if members.setdefault(str(path).casefold(), (member, path))[0] is not member:
            raise RetinaError(f"{source.name}: {member.filename} is there twice: keep one.")
        total += member.file_size
    if total > MAX_TOTAL_BYTES:
        raise RetinaError(f"{source.name} unpacks to {total / 2**30:,.0f} GB: split it.")
    return list(members.values())


def _check_member(place: str, member: zipfile.ZipInfo) -> None:
    name = member.orig_filename  # zipfile itself cuts a name at a NUL
    if leads_out(name) or ":" in name or not name.isprintable() or len(name) > 1000:
        raise RetinaError(f"{place} has a path that no honest archive has: nothing was read.")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise RetinaError(f"{place} is a link: put the file itself into the archive.")
    if member.flag_bits & _ENCRYPTED:
        raise RetinaError(f"{place} is encrypted: unpack it with its password first.")
    bomb = member.file_size > _BOMB_BYTES and member.file_size > _BOMB_RATIO * member.compress_size
    if bomb or member.file_size > MAX_MEMBER_BYTES:
        raise RetinaError(
            f"{place} unpacks to {member.file_size / 2**20:,.0f} MB, which no label file does: nothing was read."
        )


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
    """Write one member; one that is longer than its entry says fails in zipfile by its checksum."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as packed, path.open("xb") as file:
        while block := packed.read(_BLOCK):
            file.write(block)


def _root(folder: Path) -> Path:
    """Past folders that hold nothing but one folder, as archives of a folder do, to what the format is made of."""
    parts = {code.casefold() for code in catalogue()} | {"labels"}
    while True:
        inside = list(folder.iterdir())
        if len(inside) != 1 or not inside[0].is_dir():
            return folder
        if inside[0].name.casefold().partition("_")[0] in parts:
            return folder
        folder = inside[0]
