"""A study: the working database of one annotation project, and the folder it lives in.

STUDY/study.toml     which database: {format = 1, url = "sqlite:///study.sqlite"}
STUDY/study.sqlite   the database, unless the URL points elsewhere
STUDY/images/ab/...  the de-identified image files, named by their content hash
"""

import json
import secrets
import tomllib
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from sqlalchemy import URL, make_url, select
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from retina_studio import __version__
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import write_whole
from retina_studio.domain.proposal import Proposal
from retina_studio.study import audit
from retina_studio.study.database import Database
from retina_studio.study.records import ROLES, Grader, ImageRecord, Role, WorklistEntry
from retina_studio.study.schema import (
    SCHEMA_REVISION,
    AssignmentRow,
    GraderRow,
    ImageRow,
    ProposalRow,
    StudyRow,
    now,
)
from retina_studio.study.session import GradingSession, is_large
from retina_studio.study.settings import read_setting, read_settings, write_setting

_FORMAT = 1
_DEFAULT_URL = "sqlite:///study.sqlite"
# What `ImageRecord` holds, in its order, as plain rows: thousands of mapped objects would take a second.
_IMAGES = select(
    ImageRow.id,
    ImageRow.name,
    ImageRow.file,
    ImageRow.sha256,
    ImageRow.modality,
    ImageRow.eye,
    ImageRow.patient,
    ImageRow.split,
    ImageRow.width,
    ImageRow.height,
    ImageRow.spacing_x,
    ImageRow.spacing_y,
    ImageRow.acquired,
    ImageRow.volume,
    ImageRow.bscan,
    ImageRow.bscans,
).order_by(ImageRow.name)


class Study:
    """An open study. Make one with `Study.create`, open one with `Study.open`, and `close` it."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self.database = database
        with database.reading() as session:
            row = session.execute(select(StudyRow)).scalar_one_or_none()
        if row is None:
            raise RetinaError(f"{folder} holds an unfinished study: remove the folder and make it again.")
        self.id = row.id
        self.pseudonym_key = row.pseudonym_key

    @classmethod
    def create(cls, folder: Path, url: str | None = None) -> "Study":
        """Make a study in a new or empty folder.

        Raises:
            RetinaError: the folder holds something already, cannot be written, or the URL does not work.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if any(folder.iterdir()):
                raise RetinaError(f"{folder} is not empty: choose a new folder for the study.")
        except OSError as error:
            raise RetinaError(
                f"{folder} cannot be made ({error.strerror}): choose another folder."
            ) from error
        database = Database(_resolved(url or _DEFAULT_URL, folder))
        if database.revision() is not None:
            raise RetinaError("This database holds a study already: choose an empty one.")
        database.migrate()
        with database.transaction() as session:
            session.add(
                StudyRow(
                    id=uuid.uuid4().hex,
                    created=now(),
                    software_version=__version__,
                    pseudonym_key=secrets.token_hex(32),
                    audit_head=audit.GENESIS,
                )
            )
            session.flush()
            audit.record(session, "system", "create", "study", {"software_version": __version__})
        about = f"format = {_FORMAT}\nurl = {json.dumps(url or _DEFAULT_URL)}\n"
        write_whole(folder / "study.toml", about.encode(), 0o600)
        return cls(folder, database)

    @classmethod
    def open(cls, folder: Path) -> "Study":
        """Open a study; an older one is migrated first.

        Raises:
            RetinaError: not a study, damaged, or made by a newer version.
        """
        url = _resolved(_read_url(folder), folder)
        if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
            raise RetinaError(f"{folder} has lost its database file study.sqlite: restore it from a backup.")
        database = Database(url)
        revision = database.revision()
        if revision is None:
            raise RetinaError(f"{folder} has a database without tables: restore it from a backup.")
        if revision > SCHEMA_REVISION:
            raise RetinaError(f"{folder} was made by a newer Retina Studio: update the program to open it.")
        if revision < SCHEMA_REVISION:
            database.migrate()
        return cls(folder, database)

    def close(self) -> None:
        """Give the database connections back; nothing is pending, every edit was committed."""
        self.database.close()

    def __enter__(self) -> "Study":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def graders(self) -> list[Grader]:
        """Everybody who grades, in the order they joined."""
        with self.database.reading() as session:
            rows = session.scalars(select(GraderRow).order_by(GraderRow.id)).all()
        return [_grader(row) for row in rows]

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

    def add_grader(self, name: str, role: Role = "grader") -> Grader:
        """Add a person.

        Raises:
            RetinaError: the name is taken or empty, or the role is unknown.
        """
        name = name.strip()
        if not name or len(name) > 100 or not name.isprintable():
            raise RetinaError("A grader's name must have 1 to 100 printable characters.")
        if role not in ROLES:
            raise RetinaError(f"{role!r} is not a role: use grader, adjudicator or engineer.")
        if any(grader.name == name for grader in self.graders()):
            raise RetinaError(f"There is a grader {name!r} already: choose another name.")
        with self.database.transaction() as session:
            row = GraderRow(name=name, role=role)
            session.add(row)
            session.flush()
            audit.record(session, "system", "add grader", f"grader:{row.id}", {"name": name, "role": role})
            return _grader(row)

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
        """Where an image's de-identified file lies."""
        return self.folder / "images" / image.file

    def worklist(self, grader: Grader) -> list[WorklistEntry]:
        """Every image with this grader's state of it, by name."""
        with self.database.reading() as session:
            states: dict[int, str] = dict(
                session.execute(
                    select(AssignmentRow.image_id, AssignmentRow.state).where(
                        AssignmentRow.grader_id == grader.id
                    )
                ).all()
            )
        return [WorklistEntry(image, states.get(image.id, "open")) for image in self.images()]  # type: ignore[arg-type]

    def session(
        self, image: ImageRecord, grader: Grader, check: Callable[[], None] = lambda: None
    ) -> GradingSession:
        """The grader's grading of an image, open for editing; `check` as for `GradingSession`.

        Raises:
            RetinaError: what is stored of it is damaged.
        """
        return GradingSession(self.database, image, grader, check)

    def is_large(self, image: ImageRecord, grader: Grader) -> bool:
        """Whether the grading takes more than a few hundredths of a second to load."""
        with self.database.reading() as session:
            return is_large(session, image, grader)

    def add_proposal(self, image: ImageRecord, proposal: Proposal) -> int:
        """Keep what a model offered for an image; the same weights' earlier offer stays. Returns its id."""
        with self.database.transaction() as session:
            same = select(ProposalRow.id).where(
                ProposalRow.image_id == image.id,
                ProposalRow.model == proposal.model,
                ProposalRow.weights_hash == proposal.weights_hash,
            )
            kept = session.scalar(same)
            if kept is not None:
                return kept
            row = ProposalRow(
                image_id=image.id,
                model=proposal.model,
                weights_hash=proposal.weights_hash,
                shapes=json.dumps([shape.to_dict() for shape in proposal.shapes]),
                scores=json.dumps(dict(proposal.scores)),
                grades=json.dumps(dict(proposal.grades)),
                cam=_cam_png(proposal),
                seconds=proposal.seconds,
                created=now(),
            )
            session.add(row)
            session.flush()
            detail = {
                "model": proposal.model,
                "weights": proposal.weights_hash,
                "shapes": len(proposal.shapes),
            }
            audit.record(session, "system", "propose", f"image:{image.id}", {**detail, "proposal": row.id})
            return row.id


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


def _grader(row: GraderRow) -> Grader:
    return Grader(row.id, row.name, row.role)  # type: ignore[arg-type]


def _cam_png(proposal: Proposal) -> bytes | None:
    if proposal.cam is None:
        return None
    grey = np.rint(np.clip(proposal.cam, 0, 1) * 255).astype(np.uint8)
    return bytes(cv2.imencode(".png", grey)[1].tobytes())


def _read_url(folder: Path) -> str:
    path = folder / "study.toml"
    try:
        form = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise RetinaError(f"{folder} is not a study: make one with `retina-studio init {folder}`.") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RetinaError(f"{path} cannot be read: {error}.") from error
    if not isinstance(form.get("url"), str) or form.get("format") != _FORMAT:
        raise RetinaError(f"{path} is not a study file that this version can read.")
    return str(form["url"])


def _resolved(text: str, folder: Path) -> URL:
    """A relative SQLite file lies in the study's folder, wherever that was moved.

    Raises:
        RetinaError: the URL is malformed, or of a database in memory.
    """
    try:
        url = make_url(text)
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as error:
        raise RetinaError(f"The database URL cannot be used: {error}.") from error
    if backend != "sqlite":
        return url
    if url.database in {None, "", ":memory:"}:
        raise RetinaError("A study cannot live in memory: name a database file or server in the URL.")
    return url.set(database=str((folder / str(url.database)).resolve()))
