"""The tables of a study. Migrations in `migrations/versions` build them; a test keeps the two equal."""

from datetime import UTC, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SCHEMA_REVISION = "0004"  # the newest migration: what this version of the program reads and writes


def now() -> str:
    """The time in UTC, ISO 8601 with microseconds, as every table stores it."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


class Base(DeclarativeBase):
    """The metadata all tables share."""


class StudyRow(Base):
    """The one row about the study itself; `audit_head` is the hash of the last audit row."""

    __tablename__ = "study"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created: Mapped[str] = mapped_column(String(40))
    software_version: Mapped[str] = mapped_column(String(40))
    pseudonym_key: Mapped[str] = mapped_column(String(64))
    audit_head: Mapped[str] = mapped_column(String(64))


class ImageRow(Base):
    """One de-identified image. `file` is relative to the study's `images` folder and derived from `sha256`.

    `source_sha256` is of the file it came from; of one page or B-scan of several, of that hash with its number.
    `source_name` is the keyed hash of the name that its file had, where the study does not keep that name.
    `spacing_x`, `spacing_y` are millimetres per pixel; `acquired` is a date shifted per patient.
    """

    __tablename__ = "image"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    file: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    source_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    modality: Mapped[str] = mapped_column(String(10))
    eye: Mapped[str] = mapped_column(String(2))
    patient: Mapped[str] = mapped_column(String(40))
    split: Mapped[str] = mapped_column(String(10))
    width: Mapped[int]
    height: Mapped[int]
    imported: Mapped[str] = mapped_column(String(40))
    spacing_x: Mapped[float | None]
    spacing_y: Mapped[float | None]
    acquired: Mapped[str] = mapped_column(String(10), server_default="")
    volume: Mapped[str] = mapped_column(String(40), server_default="")
    bscan: Mapped[int] = mapped_column(server_default="0")
    bscans: Mapped[int] = mapped_column(server_default="0")
    source_name: Mapped[str] = mapped_column(String(64), server_default="", index=True)


class SettingRow(Base):
    """One setting of the study, as JSON (study/settings.py)."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(String(50), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class GraderRow(Base):
    """A person who grades.

    `passphrase` is the salted hash of a passphrase, "" where none is asked; `left` is when the person left the study,
    NULL while they are in it.
    """

    __tablename__ = "grader"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    role: Mapped[str] = mapped_column(String(20))
    passphrase: Mapped[str] = mapped_column(String(200), server_default="")
    joined: Mapped[str] = mapped_column(String(40), server_default="")
    left: Mapped[str | None] = mapped_column(String(40))


class AssignmentRow(Base):
    """An image given to a grader; `state` is open, in progress, submitted or returned.

    `revision` counts the changes of its gradings, so that a window that shows an older one is found out. `round` is 0
    for the grading that votes, 1, 2 ... for a hidden repeat of it. `purpose` says why it was given ("" where the grader
    took the image in a study that gives none), `position` where it stands in the grader's own shuffled order, `given`
    when (UTC), `due` the ISO date it is wanted by, `note` why it was returned for correction.
    """

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("image_id", "grader_id", "round", name="uq_assignment_round"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"))
    grader_id: Mapped[int] = mapped_column(ForeignKey("grader.id"), index=True)
    state: Mapped[str] = mapped_column(String(20))
    revision: Mapped[int]
    round: Mapped[int] = mapped_column(server_default="0")
    purpose: Mapped[str] = mapped_column(String(20), server_default="")
    position: Mapped[int] = mapped_column(server_default="0")
    given: Mapped[str] = mapped_column(String(40), server_default="")
    due: Mapped[str | None] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text, server_default="")


class GradingRow(Base):
    """One version of a grading. Reopening a submitted one makes the next version; nothing is overwritten.

    `signature` is JSON {"name", "meaning", "at"} of a submitted version, "" before, and of those from older studies.
    `revealed` is when models' proposals were first shown to the grader, NULL as long as they were not.
    """

    __tablename__ = "grading"
    __table_args__ = (UniqueConstraint("assignment_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    version: Mapped[int]
    grades: Mapped[str] = mapped_column(Text)
    absent: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text)
    created: Mapped[str] = mapped_column(String(40))
    submitted: Mapped[str | None] = mapped_column(String(40))
    signature: Mapped[str] = mapped_column(Text, server_default="")
    revealed: Mapped[str | None] = mapped_column(String(40))


class ShapeRow(Base):
    """One shape of a grading as it stands; `position` keeps the drawing order."""

    __tablename__ = "shape"
    __table_args__ = (Index("ix_shape_position", "grading_id", "position"),)
    grading_id: Mapped[int] = mapped_column(ForeignKey("grading.id"), primary_key=True)
    shape_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(20))
    form: Mapped[str] = mapped_column(Text)


class AuditRow(Base):
    """One event: who, when, what, on what, with what content. Append-only and hash-chained (study/audit.py)."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[str] = mapped_column(String(40))
    who: Mapped[str] = mapped_column(String(100))
    what: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(100))
    detail: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))


class EditRow(Base):
    """One edit in a grading's history; its content is its audit row. `state`: applied, undone or discarded.

    `token` is the sender's own id of the edit: one that is sent again after a lost connection is not made twice.
    """

    __tablename__ = "edit"
    __table_args__ = (
        Index("ix_edit_grading", "grading_id", "sequence"),
        Index("ix_edit_token", "token", unique=True),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    grading_id: Mapped[int] = mapped_column(ForeignKey("grading.id"))
    sequence: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"))
    token: Mapped[str | None] = mapped_column(String(32))


class ProposalRow(Base):
    """What one model offered for one image, as JSON (study/offered_forms.py).

    `cam` is the one grey PNG of a row from an older study; newer rows have all in `cams`.
    """

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("image_id", "model", "weights_hash"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"))
    model: Mapped[str] = mapped_column(String(20))
    weights_hash: Mapped[str] = mapped_column(String(64))
    shapes: Mapped[str] = mapped_column(Text)
    scores: Mapped[str] = mapped_column(Text)
    grades: Mapped[str] = mapped_column(Text)
    cam: Mapped[bytes | None] = mapped_column(LargeBinary)
    seconds: Mapped[float]
    created: Mapped[str] = mapped_column(String(40))
    probabilities: Mapped[str] = mapped_column(Text, server_default="{}")
    measures: Mapped[str] = mapped_column(Text, server_default="{}")
    cams: Mapped[str] = mapped_column(Text, server_default="{}")


class GistRow(Base):
    """What a proposal says in short (domain/gist.py), as JSON: all that the order of a worklist is made of.

    Beside the proposal and not in its row, because thousands of them are read at once, and without every outline.
    """

    __tablename__ = "gist"
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"))
    model: Mapped[str] = mapped_column(String(20))
    content: Mapped[str] = mapped_column(Text)


class RejectionRow(Base):
    """A proposed shape that a grader rejected. An accepted one is in the grading, under its proposed id."""

    __tablename__ = "rejection"
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    grading_id: Mapped[int] = mapped_column(ForeignKey("grading.id"), primary_key=True)
    shape_id: Mapped[str] = mapped_column(String(64), primary_key=True)


class ConsensusRow(Base):
    """What the vote settled for one image: state (settled or adjudication) and the outcome as JSON.

    `basis` is the hash of all that the outcome was made of (gradings, rules, decisions): as long as it is the same,
    the image need not be voted on again. `agreement` is JSON: how far each grader agreed with it and with the others.
    """

    __tablename__ = "consensus"
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(Text)
    settled: Mapped[str] = mapped_column(String(40))
    basis: Mapped[str] = mapped_column(String(64), server_default="")
    agreement: Mapped[str] = mapped_column(Text, server_default="{}")


class DecisionRow(Base):
    """What an adjudicator decided of one disputed item of an image; `state` is active or withdrawn.

    `item` is the item's key, which changes with what the graders said of it: so a decision never outlives what it
    was made upon. `detail` is JSON (domain/voting/decisions.py).
    """

    __tablename__ = "decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), index=True)
    item: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(20))
    detail: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    grader_id: Mapped[int] = mapped_column(ForeignKey("grader.id"))
    at: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))


class CertificationRow(Base):
    """A set of images with known answers; `marks` is JSON: what a grader must reach on it."""

    __tablename__ = "certification"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    marks: Mapped[str] = mapped_column(Text)
    created: Mapped[str] = mapped_column(String(40))


class CertificationImageRow(Base):
    """One image of a certification set and the known answer, a grading as JSON."""

    __tablename__ = "certification_image"
    certification_id: Mapped[int] = mapped_column(ForeignKey("certification.id"), primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    reference: Mapped[str] = mapped_column(Text)


class CertificationResultRow(Base):
    """How a grader did on a certification set; `scores` is JSON."""

    __tablename__ = "certification_result"
    id: Mapped[int] = mapped_column(primary_key=True)
    certification_id: Mapped[int] = mapped_column(ForeignKey("certification.id"))
    grader_id: Mapped[int] = mapped_column(ForeignKey("grader.id"))
    passed: Mapped[bool]
    scores: Mapped[str] = mapped_column(Text)
    at: Mapped[str] = mapped_column(String(40))


class PatientSplitRow(Base):
    """The split of a patient, once and for all: images that come later never move it."""

    __tablename__ = "patient_split"
    patient: Mapped[str] = mapped_column(String(40), primary_key=True)
    split: Mapped[str] = mapped_column(String(10))
    decided: Mapped[str] = mapped_column(String(40))
