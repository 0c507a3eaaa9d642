"""The image files of a study: in a folder, or at any URL that fsspec knows (S3, a share, a web server).

A file is named by its content: ab/abcd...0123.png holds the bytes with that SHA-256. So it is never changed, only
added, and what was fetched once is kept on this computer (readable by its person only) and checked at every use.
"""

import re
import secrets
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import write_whole
from retina_studio.images.deidentify import sha256
from retina_studio.paths import user_cache
from retina_studio.study.records import ImageRecord

_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
# Where a file appears whole or not at all; elsewhere it is written beside and moved.
_WHOLE = {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "memory", "oss", "obs"}


class ImageFiles:
    """Where the images lie. Safe in any thread; of a remote place every call may take as long as the network."""

    def __init__(self, location: str, folder: Path) -> None:
        """Take a URL, a path (a relative one is the study's), or "" for `folder`/images; nothing is opened yet.

        Raises:
            RetinaError: the URL holds a password.
        """
        self.location = location
        self._remote = "://" in location and not location.startswith("file://")
        self._root = Path()
        self._opened: tuple[Any, str] | None = None
        if self._remote:
            if urlsplit(location).password:
                raise RetinaError("The images' URL holds a password: leave it to the account's own settings.")
        elif location.startswith("file://"):
            self._root = Path(url2pathname(urlsplit(location).path))
        else:
            self._root = folder / (location or "images")

    @property
    def is_local(self) -> bool:
        """Whether `path` answers at once."""
        return not self._remote

    def path(self, image: ImageRecord) -> Path:
        """The local file of an image; of a remote one the copy, which is fetched and checked first.

        Raises:
            RetinaError: it is missing, cannot be fetched, or is not what was imported.
        """
        relative = _safe(image.file)
        if not self._remote:
            return self._root / relative
        kept = user_cache() / "images" / relative
        with suppress(OSError):
            if sha256(kept.read_bytes()) == image.sha256:
                return kept
        content = self.read(image)
        if sha256(content) != image.sha256:
            raise RetinaError(
                f"The file of image {image.name} was changed where the images lie: restore it from a backup."
            )
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(kept, content, 0o600)
        return kept

    def read(self, image: ImageRecord) -> bytes:
        """The bytes of an image as they lie there, unchecked and never from the copy.

        Raises:
            RetinaError: it is missing or cannot be read.
        """
        relative = _safe(image.file)
        try:
            if not self._remote:
                return (self._root / relative).read_bytes()
            system, root = self._system()
            return bytes(system.cat_file(f"{root}/{relative}"))
        except FileNotFoundError as error:
            raise RetinaError(f"The file of image {image.name} is missing.") from error
        except RetinaError:
            raise
        except Exception as error:  # each of fsspec's systems has errors of its own
            raise RetinaError(
                f"Image {image.name} could not be fetched ({_reason(error)}): try again."
            ) from error

    def put(self, file: str, content: bytes) -> None:
        """Add a file, named by its content; one that is there already stays. It is whole or not there.

        Raises:
            RetinaError: it could not be written.
        """
        relative = _safe(file)
        if not self._remote:
            write_whole(self._root / relative, content, 0o600)
            return
        try:
            system, root = self._system()
            target = f"{root}/{relative}"
            if system.exists(target) and system.size(target) == len(content):
                return
            _put(system, target, content)
        except RetinaError:
            raise
        except Exception as error:
            raise RetinaError(
                f"An image could not be stored at {self.location} ({_reason(error)})."
            ) from error

    def _system(self) -> tuple[Any, str]:
        """Fsspec's file system and the path of the location in it."""
        if self._opened is None:
            # Late: studies in a folder need none of it.
            from fsspec.core import url_to_fs  # noqa: PLC0415

            try:
                system, root = url_to_fs(self.location)
            except (ImportError, ValueError) as error:
                raise RetinaError(f"Images at {self.location} cannot be used ({_reason(error)}).") from error
            self._opened = (system, str(root).rstrip("/"))
        return self._opened


def _put(system: Any, target: str, content: bytes) -> None:
    system.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
    protocol = system.protocol if isinstance(system.protocol, str) else system.protocol[0]
    if protocol in _WHOLE:
        system.pipe_file(target, content)
        return
    part = f"{target}.{secrets.token_hex(4)}.part"
    try:
        system.pipe_file(part, content)
        system.mv(part, target)
    except BaseException:
        with suppress(Exception):
            system.rm_file(part)
        raise


def _safe(file: str) -> str:
    """A name of the database as a relative path that stays inside.

    Raises:
        RetinaError: it leads elsewhere.
    """
    parts = PurePosixPath(file).parts
    if len(parts) != 2 or "/".join(parts) != file or not all(_PART.fullmatch(part) for part in parts):
        raise RetinaError(
            f"The study names an image file that cannot be ({file!r}): restore it from a backup."
        )
    return file


def _reason(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".")
