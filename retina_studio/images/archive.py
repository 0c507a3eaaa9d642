"""Images inside ZIP files, read one member at a time: nothing is ever unpacked onto the disk."""

import zipfile
from pathlib import Path, PurePosixPath

from retina_studio.domain.errors import RetinaError
from retina_studio.images.dicom import is_dicom
from retina_studio.images.scan import may_be_scan

MAX_MEMBERS = 100_000
MAX_BYTES = 4 << 30  # of one member, unpacked
_BOMB_BYTES, _BOMB_RATIO = 256 << 20, 100  # pictures are packed already: no honest one shrinks so
_ENCRYPTED = 0x1


class Archive:
    """An open ZIP file; `close` it."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            RetinaError: not a ZIP file, damaged, or of more than 100,000 members.
        """
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except Exception as error:  # a damaged directory fails anywhere in zipfile
            raise RetinaError(
                f"{path.name} is damaged or no ZIP file: copy it again from its source."
            ) from error
        if len(self._zip.infolist()) > MAX_MEMBERS:
            self._zip.close()
            raise RetinaError(f"{path.name} has more than {MAX_MEMBERS:,} members: split it.")

    def close(self) -> None:
        """Give the file back."""
        self._zip.close()

    def members(self, refused: list[str]) -> list[zipfile.ZipInfo]:
        """The members that may be images, by name; a sentence in `refused` for each that was left out for a reason.

        Folders, what an operating system adds, and files of other kinds are passed over in silence.
        """
        found = []
        for member in sorted(self._zip.infolist(), key=lambda each: each.filename):
            if is_junk(member.filename) or member.is_dir():
                continue
            problem = self._problem(member)
            if problem:
                refused.append(problem)
            elif may_be_scan(member.filename) or self._is_bare_dicom(member):
                found.append(member)
        return found

    def _problem(self, member: zipfile.ZipInfo) -> str:
        name = f"{self.path.name}: {member.filename}"
        if PurePosixPath(member.filename).suffix.lower() == ".zip":
            return f"{name} is an archive inside an archive: unpack it first."
        if may_be_scan(member.filename) is False:
            return ""
        if leads_out(member.filename):
            return f"{name} has a path out of the archive, which no honest archive has: it was not read."
        if member.flag_bits & _ENCRYPTED:
            return f"{name} is encrypted: unpack it with its password first."
        bomb = member.file_size > _BOMB_BYTES and member.file_size > _BOMB_RATIO * member.compress_size
        if bomb or member.file_size > MAX_BYTES:
            return (
                f"{name} unpacks to {member.file_size / 2**20:,.0f} MB, which no image does: it was not read."
            )
        return ""

    def _is_bare_dicom(self, member: zipfile.ZipInfo) -> bool:
        """Whether a member without an ending is a DICOM file."""
        if may_be_scan(member.filename) is False:
            return False
        try:
            with self._zip.open(member) as file:
                return is_dicom(file.read(132))
        except Exception:  # as in `read`
            return False

    def read(self, member: zipfile.ZipInfo) -> bytes:
        """A member's content.

        Raises:
            RetinaError: it is damaged or empty.
        """
        name = f"{self.path.name}: {member.filename}"
        try:
            with self._zip.open(member) as file:
                content = file.read(member.file_size + 1)
        except Exception as error:  # damage fails anywhere in zipfile and its decompressors
            raise RetinaError(f"{name} is damaged and cannot be unpacked.") from error
        if not content:
            raise RetinaError(f"{name} is empty.")
        return content


def is_junk(name: str) -> bool:
    """Whether a member is what an operating system adds by itself."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return not parts or "__MACOSX" in parts or parts[-1].startswith("._")


def leads_out(name: str) -> bool:
    """Whether a member's path would leave the folder that the archive is unpacked into."""
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or path.parts[0].endswith(":")


def archive_of(path: Path) -> bool:
    """Whether a file is a ZIP archive, by its ending or, where that says nothing, its first bytes."""
    if path.suffix.lower() == ".zip":
        return True
    if may_be_scan(path.name):
        return False
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PK\x03\x04"
    except OSError:
        return False
