"""Where a study's parts lie: study.toml in its folder.

format = 1
url = "sqlite:///study.sqlite"      the database; a relative SQLite file lies in the folder
images = "s3://clinic/retina"       the image files; without it, the folder `images` beside

No password is ever written here: libpq finds it in PGPASSWORD or ~/.pgpass.
"""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import make_private, write_whole
from retina_studio.study.database import parsed_url, without_password

_FORMAT = 1
_DEFAULT_URL = "sqlite:///study.sqlite"


@dataclass(frozen=True)
class Place:
    """What study.toml says; `images` is a URL or a path, "" for the study's own folder."""

    folder: Path
    url: str
    images: str = ""

    def database_url(self) -> URL:
        """The URL to connect to: a relative SQLite file lies in the study's folder, wherever that was moved.

        Raises:
            RetinaError: the URL is malformed, or of a database in memory.
        """
        url = parsed_url(self.url)
        if url.get_backend_name() != "sqlite":
            return url
        if url.database in {None, "", ":memory:"}:
            raise RetinaError("A study cannot live in memory: name a database file or server in the URL.")
        return url.set(database=str((self.folder / str(url.database)).resolve()))

    def make_database_file(self) -> None:
        """Where the database is a file that is not there yet, make it: nobody but its owner may read it.

        Raises:
            RetinaError: it cannot be made.
        """
        url = self.database_url()
        if url.get_backend_name() != "sqlite":
            return
        try:
            make_private(Path(str(url.database)))
        except OSError as error:
            raise RetinaError(f"{url.database} cannot be made ({error.strerror}).") from error

    def write(self) -> None:
        """Write study.toml; a password in the URL is left out.

        Raises:
            RetinaError: the folder cannot be written.
        """
        url = parsed_url(self.url)
        kept = without_password(url)
        text = self.url if kept == url else kept.render_as_string(hide_password=False)
        about = f"format = {_FORMAT}\nurl = {json.dumps(text)}\n"
        if self.images:
            about += f"images = {json.dumps(self.images)}\n"
        write_whole(self.folder / "study.toml", about.encode(), 0o600)


def new_place(folder: Path, url: str | None, images: str | None) -> Place:
    """The place of a study that is about to be made in a new or empty folder.

    Raises:
        RetinaError: the folder holds something already or cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()):
            raise RetinaError(f"{folder} is not empty: choose a new folder for the study.")
    except OSError as error:
        raise RetinaError(f"{folder} cannot be made ({error.strerror}): choose another folder.") from error
    return Place(folder, url or _DEFAULT_URL, images or "")


def read_place(folder: Path) -> Place:
    """The place of a study that exists.

    Raises:
        RetinaError: there is none in this folder, or study.toml cannot be read, or holds a password.
    """
    path = folder / "study.toml"
    try:
        form: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise RetinaError(f"{folder} is not a study: make one with `retina-studio init {folder}`.") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise RetinaError(f"{path} cannot be read: {error}.") from error
    url, images = form.get("url"), form.get("images", "")
    if not isinstance(url, str) or not isinstance(images, str) or form.get("format") != _FORMAT:
        raise RetinaError(f"{path} is not a study file that this version can read.")
    parsed = parsed_url(url)
    if without_password(parsed) != parsed:
        raise RetinaError(f"{path} holds a password: take it out, and set PGPASSWORD or ~/.pgpass instead.")
    return Place(folder, url, images)
