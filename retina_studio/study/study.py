"""A study: the working database of one annotation project, and the folder it lives in.

STUDY/study.toml     where the database and the images are (study/place.py)
STUDY/study.sqlite   the database, unless its URL points elsewhere
STUDY/images/ab/...  the de-identified image files, named by their content hash, unless they lie elsewhere
"""

import json
import logging
import secrets
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, select

from retina_studio import __version__
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.proposal import Proposal
from retina_studio.study import audit, offers, people
from retina_studio.study.database import Database
from retina_studio.study.image_files import ImageFiles
from retina_studio.study.journal import Journal, Journals
from retina_studio.study.loading import is_large
from retina_studio.study.place import Place, new_place, read_place
from retina_studio.study.records import ChangedElsewhereError, Grader, ImageRecord, Role, WorklistEntry
from retina_studio.study.schema import (
    SCHEMA_REVISION,
    ImageRow,
    SettingRow,
    StudyRow,
    now,
)
from retina_studio.study.sending import Sent, send_leftovers
from retina_studio.study.session import GradingSession
from retina_studio.study.settings import read_setting, read_settings, write_setting
from retina_studio.study.worklist import read_worklist

_log = logging.getLogger(__name__)
_IMAGES_SETTING = "images"  # where the images of a shared study lie, for those who join it
_IMAGE = cast("Table", ImageRow.__table__)
# What `ImageRecord` holds, in its order, as plain rows: thousands of mapped objects would take a second.
_IMAGES = select(
    _IMAGE.c.id,
    _IMAGE.c.name,
    _IMAGE.c.file,
    _IMAGE.c.sha256,
    _IMAGE.c.modality,
    _IMAGE.c.eye,
    _IMAGE.c.patient,
    _IMAGE.c.split,
    _IMAGE.c.width,
    _IMAGE.c.height,
    _IMAGE.c.spacing_x,
    _IMAGE.c.spacing_y,
    _IMAGE.c.acquired,
    _IMAGE.c.volume,
    _IMAGE.c.bscan,
    _IMAGE.c.bscans,
)


class Study:
    """An open study. Make one with `Study.create`, open one with `Study.open`, and `close` it.

    Attributes:
        image_files: where its images lie.
        sent: what an earlier run of the program could not send to the study's server, and was sent at opening.
    """

    def __init__(self, folder: Path, database: Database, images: str = "") -> None:
        self.folder = folder
        self.database = database
        self.image_files = ImageFiles(images, folder)
        with database.reading() as session:
            row = session.execute(select(StudyRow)).scalar_one_or_none()
        if row is None:
            raise RetinaError(f"{folder} holds an unfinished study: remove the folder and make it again.")
        self.id = row.id
        self.pseudonym_key = row.pseudonym_key
        self._journals = Journals(row.id) if database.is_server else None
        self.sent = Sent()

    @classmethod
    def create(cls, folder: Path, url: str | None = None, images: str | None = None) -> "Study":
        """Make a study in a new or empty folder.

        Args:
            folder: where study.toml and all that is not put elsewhere go.
            url: of the database; None for SQLite in the folder. A password in it is used now and not stored.
            images: a URL or folder for the image files; None for the folder `images` in the study's own.

        Raises:
            RetinaError: the folder holds something already, cannot be written, or the URL does not work.
        """
        place = new_place(folder, url, images)
        image_files = ImageFiles(place.images, folder)
        place.make_database_file()
        with _connected(place) as database:
            if database.revision() is not None and _has_study(database):
                raise RetinaError("This database holds a study already: choose an empty one, or join it.")
            database.migrate()
            with database.transaction() as session:
                row = StudyRow(
                    id=uuid.uuid4().hex,
                    created=now(),
                    software_version=__version__,
                    pseudonym_key=secrets.token_hex(32),
                    audit_head=audit.GENESIS,
                )
                session.add(row)
                session.flush()
                told = {"id": row.id, "created": row.created, "software_version": __version__}
                told["pseudonym_key"] = str(audit.digest(row.pseudonym_key))
                audit.record(session, "system", "create", "study", told)
                if place.images:
                    session.add(SettingRow(key=_IMAGES_SETTING, value=json.dumps(image_files.location)))
                    detail = {"value": image_files.location, "before": None}
                    audit.record(session, "system", "set", f"setting:{_IMAGES_SETTING}", detail)
            place.write()
            return cls(folder, database, place.images)

    @classmethod
    def join(cls, folder: Path, url: str, images: str | None = None) -> "Study":
        """Make a new or empty folder the place, on this computer, of a shared study that exists.

        `images` is where this computer reaches the image files; None for where the study says they lie.

        Raises:
            RetinaError: the folder is not empty, the URL does not work or leads to no study, or nothing says where the
                images lie.
        """
        place = new_place(folder, url, images)
        with _connected(place) as database:
            if not database.is_server:
                raise RetinaError(
                    "Only a study on a PostgreSQL server can be joined: copy the folder of any other."
                )
            _bring_up_to_date(database, folder)
            if not images:
                images = read_setting(database, _IMAGES_SETTING, None)
            if not images:
                raise RetinaError(
                    "The images of this study lie in a folder of the computer it was made on: share it, and name it "
                    "with --images."
                )
            place = replace(place, images=images)
            joined = cls(folder, database, images)
            place.write()
            return joined

    @classmethod
    def open(cls, folder: Path) -> "Study":
        """Open a study; an older one is migrated first, and edits that waited for its server are sent.

        Raises:
            RetinaError: not a study, damaged, or made by a newer version.
        """
        place = read_place(folder)
        url = place.database_url()
        if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
            raise RetinaError(f"{folder} has lost its database file study.sqlite: restore it from a backup.")
        with _connected(place) as database:
            _bring_up_to_date(database, folder)
            opened = cls(folder, database, place.images)
            opened.sent = opened.send_unsent()
        for sentence in filter(None, (opened.sent.sentence, *opened.sent.refused)):
            _log.warning("%s", sentence)
        return opened

    def close(self) -> None:
        """Give the database connections back; what waits for the server stays on this computer's disk."""
        if self._journals is not None:
            self._journals.close()
        self.database.close()

    def unsent(self) -> list[Journal]:
        """The gradings of which edits wait for the server in this program."""
        return [journal for journal, _ in self._journals.live()] if self._journals is not None else []

    def send_unsent(self) -> Sent:
        """Send the edits that wait on this computer, those of programs that crashed too.

        Raises:
            ConnectionLostError: the server cannot be reached; they wait on.
        """
        if self._journals is None:
            return Sent()
        edits, refused = 0, []
        for _, send in self._journals.live():
            try:
                edits += send()
            except ChangedElsewhereError as error:
                refused.append(str(error))
        left, damaged = self._journals.leftovers()
        sent = send_leftovers(left, self._of_journal)
        return Sent(edits + sent.edits, (*refused, *sent.refused, *damaged))

    def _of_journal(self, journal: Journal) -> GradingSession:
        about = journal.subject
        image = next((each for each in self.images() if each.id == about.image), None)
        grader = next((each for each in self.graders() if each.id == about.grader), None)
        if image is None or grader is None:
            raise RetinaError(f"{journal.path} is about an image or grader that the study has not.")
        return GradingSession(self.database, image, grader)

    def __enter__(self) -> "Study":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def graders(self) -> list[Grader]:
        """Everybody who is or was in the study (`active` or not), in the order they joined."""
        return people.read_graders(self.database)

    def grader(self, name: str) -> Grader:
        """The grader of this name.

        Raises:
            RetinaError: nobody has it.
        """
        graders = self.graders()
        for grader in graders:
            if grader.name == name:
                return grader
        known = ", ".join(grader.name for grader in graders) or "none yet"
        raise RetinaError(f"There is no grader {name!r} in this study (there are: {known}).")

    def add_grader(
        self, name: str, role: Role = "grader", passphrase: str = "", who: str = "system"
    ) -> Grader:
        """Add a person; `people.add_grader` says what is refused."""
        return people.add_grader(self.database, name, role, passphrase, who)

    def change_role(self, name: str, role: Role, who: str) -> Grader:
        """Let a person do something else from now on; see `people.change_role`."""
        return people.change_role(self.database, name, role, who)

    def set_passphrase(self, name: str, passphrase: str, who: str) -> Grader:
        """Ask for this passphrase from now on, "" for none; see `people.set_passphrase`."""
        return people.set_passphrase(self.database, name, passphrase, who)

    def check_passphrase(self, grader: Grader, text: str) -> bool:
        """Whether a person said their passphrase; of one who has none, anything is right. Takes a tenth of a second."""
        return people.check_passphrase(self.database, grader, text)

    def grader_leaves(self, name: str, who: str) -> Grader:
        """Let a person leave; their gradings stay, see `people.grader_leaves`."""
        return people.grader_leaves(self.database, name, who)

    def grader_comes_back(self, name: str, who: str) -> Grader:
        """Take a person back who had left."""
        return people.grader_comes_back(self.database, name, who)

    def settings(self) -> dict[str, Any]:
        """Every setting that was set, by key."""
        return read_settings(self.database)

    def setting(self, key: str, default: Any = None) -> Any:
        """One of the study's settings (study/settings.py), or `default` where it was never set."""
        return read_setting(self.database, key, default)

    def set_setting(self, key: str, value: Any, who: str) -> None:
        """Change a setting of the study; who did it goes into the audit trail.

        Raises:
            RetinaError: an unknown key, or a value it does not take.
        """
        write_setting(self.database, key, value, who)

    def images(self) -> list[ImageRecord]:
        """All images by name."""
        with self.database.reading() as session:
            rows: Sequence[Any] = session.execute(_IMAGES).all()
        # Sorted here: a server sorts as its country does, and the order must be the same everywhere.
        rows = sorted(rows, key=lambda row: row.name)
        return [ImageRecord(*(*row[:10], _spacing(row[10], row[11]), *row[12:])) for row in rows]

    def image(self, name: str) -> ImageRecord:
        """The image of this name.

        Raises:
            RetinaError: there is none.
        """
        with self.database.reading() as session:
            row = session.scalars(select(ImageRow).where(ImageRow.name == name)).one_or_none()
        if row is None:
            raise RetinaError(f"There is no image {name!r} in this study.")
        return image_record(row)

    def image_file(self, image: ImageRecord) -> Path:
        """An image's de-identified file; where the images lie elsewhere it is fetched first, so call it in a worker.

        Raises:
            RetinaError: it cannot be fetched, or is not the file that was imported.
        """
        return self.image_files.path(image)

    def worklist(self, grader: Grader) -> list[WorklistEntry]:
        """The images a person has to do with, in the order to take them; see `worklist.read_worklist`."""
        return read_worklist(self.database, grader, self.images())

    def session(
        self, image: ImageRecord, grader: Grader, check: Callable[[], None] = lambda: None
    ) -> GradingSession:
        """The grader's grading of an image, open for editing; `check` as for `GradingSession`.

        Raises:
            RetinaError: what is stored of it is damaged.
        """
        for journal, send in self._journals.live() if self._journals is not None else []:
            if (journal.subject.image, journal.subject.grader) == (image.id, grader.id):
                send()  # what another window of this program still keeps must be seen here
        return GradingSession(self.database, image, grader, check, self._journals)

    def is_large(self, image: ImageRecord, grader: Grader) -> bool:
        """Whether the grading takes more than a few hundredths of a second to load."""
        with self.database.reading() as session:
            return is_large(session, image, grader)

    def add_proposal(self, image: ImageRecord, proposal: Proposal) -> int:
        """Keep what a model offered for an image; the same weights' earlier offer stays. Returns its id."""
        return offers.add_proposal(self.database, image, proposal)

    def proposals_of(self, image: ImageRecord) -> list[Proposal]:
        """What models offered for an image, oldest first, whoever may see it (see `GradingSession.proposals`)."""
        return offers.proposals_of(self.database, image)

    def images_with_proposal(self, model: str, weights_hash: str) -> frozenset[int]:
        """The ids of the images for which a model with these weights was asked already."""
        return offers.images_with_proposal(self.database, model, weights_hash)


def image_record(row: ImageRow) -> ImageRecord:
    """The value of a row."""
    return ImageRecord(
        row.id,
        row.name,
        row.file,
        row.sha256,
        row.modality,  # type: ignore[arg-type]
        row.eye,
        row.patient,
        row.split,
        row.width,
        row.height,
        _spacing(row.spacing_x, row.spacing_y),
        row.acquired,
        row.volume,
        row.bscan,
        row.bscans,
    )


def _spacing(across: float | None, down: float | None) -> tuple[float, float] | None:
    return (across, down) if across and down else None


@contextmanager
def _connected(place: Place) -> Iterator[Database]:
    """The database of a study that is being opened; its connections are given back when that fails."""
    database = Database(place.database_url())
    try:
        yield database
    except BaseException:
        database.close()
        raise


def _has_study(database: Database) -> bool:
    with database.reading() as session:
        return session.scalar(select(StudyRow.id)) is not None


def _bring_up_to_date(database: Database, folder: Path) -> None:
    """Migrate an older study.

    Raises:
        RetinaError: the database has no tables, or those of a newer version.
    """
    revision = database.revision()
    if revision is None:
        raise RetinaError(f"{folder} has a database without tables: restore it from a backup.")
    if revision > SCHEMA_REVISION:
        raise RetinaError(f"{folder} was made by a newer Retina Studio: update the program to open it.")
    if revision < SCHEMA_REVISION:
        database.migrate()
