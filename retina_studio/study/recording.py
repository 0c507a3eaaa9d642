"""The second half of an import: what was taken gets its rows, many in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from retina_studio.domain.labels import Modality
from retina_studio.images.deidentify import name_hash, pseudonym, shifted_date, volume_id
from retina_studio.images.metadata import ImageFacts, Sidecar, facts_from_name, image_name
from retina_studio.images.names import NameRule, safe_name, tells
from retina_studio.images.scan_facts import ScanFacts
from retina_studio.study import audit
from retina_studio.study.records import ImageRecord
from retina_studio.study.schema import ImageRow, StudyRow, now
from retina_studio.study.study import Study, image_record
from retina_studio.study.taking import Known, Taken, TakenImage


@dataclass(frozen=True)
class NewImage:
    """An image that was recorded, and what the person should hear of it."""

    record: ImageRecord
    renamed: bool
    telling: bool
    burnt_in: bool


@dataclass(frozen=True)
class Recorded:
    """What a batch became."""

    images: list[NewImage] = field(default_factory=list)
    duplicates: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Person:
    """What is known of one file besides its pixels, and the name its image may have."""

    facts: ImageFacts
    identity: str
    name: str
    telling: bool


@dataclass
class _Made:
    """The rows of one batch so far; names by file digest and, of single images, by the digest of what was kept."""

    rows: list[tuple[ImageRow, TakenImage, _Person]] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class Recorder:
    """Writes the rows of one import."""

    def __init__(self, study: Study, modality: Modality, sidecar: Sidecar, names: NameRule) -> None:
        self._study = study
        self._key = study.pseudonym_key
        self._modality = modality
        self._sidecar = sidecar
        self._names = names
        self._last = 0
        self._numbers: dict[str, int] = {}
        self.known = Known()
        with study.database.reading() as session:
            self._learn(session)

    def _learn(self, session: Session) -> None:
        """What the study has by now; another program may have imported meanwhile."""
        rows = session.execute(
            select(ImageRow.id, ImageRow.name, ImageRow.source_sha256, ImageRow.sha256, ImageRow.bscans)
            .where(ImageRow.id > self._last)
            .order_by(ImageRow.id)
        )
        for key, name, source, digest, bscans in rows:
            self._remember(key, name, source, digest, bscans)

    def _remember(self, key: int, name: str, source: str, digest: str, bscans: int) -> None:
        self._last = key
        self.known.sources[source] = (name, bscans or 1)
        self.known.names.add(name)
        if not bscans:
            self.known.files.setdefault(digest, name)

    def record(self, batch: Iterable[Taken]) -> Recorded:
        """Write the rows of a batch in one transaction.

        Raises:
            RetinaError: the database refused; none of the batch is recorded.
        """
        recorded = Recorded()
        made = _Made()
        with self._study.database.transaction() as session:
            session.execute(select(StudyRow).with_for_update())
            if session.scalar(select(func.max(ImageRow.id))) not in {self._last, None}:
                self._learn(session)
            for taken in batch:
                same = self._same(taken, made)
                if same:
                    recorded.duplicates[str(taken.path)] = same
                elif not taken.refusal:
                    self._make_rows(taken, made)
            session.add_all(row for row, *_ in made.rows)
            session.flush()
            events = [(f"image:{row.id}", _event(row)) for row, *_ in made.rows]
            audit.record_all(session, "system", "import", events)
        for row, image, person in made.rows:
            self._remember(row.id, row.name, row.source_sha256, row.sha256, row.bscans)
            told = NewImage(image_record(row), bool(row.source_name), person.telling, image.burnt_in)
            recorded.images.append(told)
        return recorded

    def _same(self, taken: Taken, made: _Made) -> str:
        """The image of the study, or of this batch, that a file equals; "" where it is new."""
        same = taken.same or self.known.whole(taken.digest) or made.digests.get(taken.digest, "")
        if same or taken.count != 1:
            return same
        digest = taken.images[0].sha256  # the same picture in another container, or with other metadata
        return self.known.files.get(digest, "") or made.files.get(digest, "")

    def _make_rows(self, taken: Taken, made: _Made) -> None:
        person = self._person(taken)
        for image in taken.images:
            row = self._row(taken, image, person)
            row.name = self._free_name(row.name, made.names)
            made.rows.append((row, image, person))
            made.names.add(row.name)
            made.digests.setdefault(taken.digest, row.name)
            if taken.count == 1:
                made.files[row.sha256] = row.name

    def _free_name(self, name: str, made: set[str]) -> str:
        """The name, or with the next number behind it: thousands of files may be called `OD`."""
        taken = self.known.names
        if name not in taken and name not in made:
            return name
        number = self._numbers.get(name, 2)
        while f"{name}-{number}" in taken or f"{name}-{number}" in made:
            number += 1
        self._numbers[name] = number + 1
        return f"{name}-{number}"

    def _person(self, taken: Taken) -> _Person:
        listed = self._sidecar.of(taken.path)
        told = (listed or ImageFacts()).patient
        guessed = facts_from_name(taken.path)
        facts = ImageFacts(
            eye=(listed.eye if listed else "") or taken.facts.eye or ("" if listed else guessed.eye),
            patient=told or taken.facts.patient,
            split=listed.split if listed else "",
        )
        original = image_name(taken.path.name)
        # A listed image without a patient is its own patient, as is one whose name gives none.
        identity = facts.patient or (original if listed else guessed.patient) or original
        alias = pseudonym(self._key, identity)
        words = [text for text in (told, *taken.facts.names) if text]
        name = original
        if self._names == "pseudonym":
            name = "_".join(part for part in (alias, facts.eye) if part)
        elif self._names == "safe":
            name = safe_name(original, alias, words)
        return _Person(facts, identity, name, tells(name, words))

    def _row(self, taken: Taken, image: TakenImage, person: _Person) -> ImageRow:
        several = taken.count > 1
        place = f"_b{image.number:0{max(3, len(str(taken.count)))}d}" if several else ""
        original = image_name(taken.path.name) + place
        name = person.name + place
        scan: ScanFacts = taken.facts
        x, y = scan.spacing or (None, None)
        return ImageRow(
            name=name,
            file=image.file,
            sha256=image.sha256,
            source_sha256=image.source_sha256,
            modality=scan.modality or self._modality,
            eye=person.facts.eye,
            patient=pseudonym(self._key, person.identity),
            split=person.facts.split,
            width=image.width,
            height=image.height,
            imported=now(),
            spacing_x=x,
            spacing_y=y,
            acquired=shifted_date(self._key, person.identity, scan.acquired),
            volume=volume_id(self._key, scan.series or taken.digest) if several else "",
            bscan=image.number,
            bscans=taken.count if several else 0,
            source_name="" if name == original else name_hash(self._key, original),
        )


def study_name_of(study: Study, original_name: str) -> str:
    """The name that an image has in the study, from the name its file had; as it is where the study knows no other."""
    with study.database.reading() as session:
        hashed = name_hash(study.pseudonym_key, original_name)
        found = session.scalars(
            select(ImageRow.name).where(ImageRow.source_name == hashed).order_by(ImageRow.id).limit(1)
        ).first()
    return found or original_name


def _event(row: ImageRow) -> dict[str, Any]:
    """All of the row but its id, which the event's subject tells."""
    return {column.key: getattr(row, column.key) for column in ImageRow.__table__.c if column.key != "id"}
