"""Import photographs into a study: found, checked, de-identified, written, recorded. The source is never changed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import write_whole
from retina_studio.domain.labels import Modality
from retina_studio.images.deidentify import CleanImage, pseudonym, sha256, strip_metadata
from retina_studio.images.metadata import ImageFacts, Sidecar, facts_from_name, image_name
from retina_studio.images.read import SUFFIXES, file_bytes
from retina_studio.study import audit
from retina_studio.study.schema import ImageRow, now
from retina_studio.study.study import Study


@dataclass
class ImportReport:
    """What became of each file.

    Attributes:
        imported: names of the new images.
        duplicates: file -> the image it equals.
        refused: a sentence for each file that was not taken.
        unmatched: images of the sidecar that no file had the name of.
        telling: new images whose name holds what the sidecar gives as the patient.
    """

    imported: list[str] = field(default_factory=list)
    duplicates: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    telling: list[str] = field(default_factory=list)


def image_files(paths: Iterable[Path]) -> list[Path]:
    """The image files among paths: a file as it is, a folder's images recursively, in order of name.

    Raises:
        RetinaError: a path does not exist, or a folder has no image.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
            if not inside:
                raise RetinaError(f"{path} holds no JPEG, PNG or TIFF image.")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise RetinaError(f"{path} does not exist.")
    return found


def import_images(
    study: Study,
    paths: Iterable[Path],
    modality: Modality = "fundus",
    sidecar: Sidecar | None = None,
    progress: Callable[[int, int], bool] | None = None,
) -> ImportReport:
    """Import files and folders. A bad file is reported and the rest goes on.

    Args:
        study: where to.
        paths: files and folders.
        modality: what the images are.
        sidecar: eye, patient and split of the images it lists; the others' are read from the file's name.
        progress: called with (files done, files in all); returning False stops before the next file.

    Raises:
        RetinaError: a path does not exist, or the study cannot be written (what was imported stays).
    """
    files = image_files(paths)
    report = ImportReport()
    listed = sidecar or Sidecar({})
    for number, path in enumerate(files):
        if progress and not progress(number, len(files)):
            break
        try:
            content = file_bytes(path)
            digest = sha256(content)
            same = _name_of(study, digest)
            if same is not None:
                report.duplicates[str(path)] = same
                continue
            clean = strip_metadata(content, path.name)
        except RetinaError as error:
            report.refused.append(str(error))
            continue
        known = listed.of(path)
        name = _record(study, clean, path, digest, modality, known or facts_from_name(path))
        report.imported.append(name)
        if known and known.patient and known.patient.lower() in name.lower():
            report.telling.append(name)
    report.unmatched = listed.unmatched(files)
    if progress:
        progress(len(files), len(files))
    return report


def _name_of(study: Study, source_sha256: str) -> str | None:
    with study.database.reading() as session:
        return session.scalar(select(ImageRow.name).where(ImageRow.source_sha256 == source_sha256))


def _record(
    study: Study, clean: CleanImage, path: Path, source_sha256: str, modality: Modality, facts: ImageFacts
) -> str:
    """Write the file, then the row: a stop between the two leaves an unused file, never a row without one."""
    digest = sha256(clean.content)
    relative = f"{digest[:2]}/{digest}{clean.suffix}"
    write_whole(study.folder / "images" / relative, clean.content, 0o600)
    height, width = clean.pixels.shape[:2]
    name = image_name(path.name)
    with study.database.transaction() as session:
        taken = set(
            session.scalars(select(ImageRow.name).where(ImageRow.name.startswith(name, autoescape=True)))
        )
        row = ImageRow(
            name=_free_name(name, taken),
            file=relative,
            sha256=digest,
            source_sha256=source_sha256,
            modality=modality,
            eye=facts.eye,
            patient=pseudonym(study.pseudonym_key, facts.patient or name),
            split=facts.split,
            width=width,
            height=height,
            imported=now(),
        )
        session.add(row)
        session.flush()
        detail = {
            "name": row.name,
            "sha256": digest,
            "modality": modality,
            "eye": row.eye,
            "patient": row.patient,
        }
        audit.record(session, "system", "import", f"image:{row.id}", detail)
        return row.name


def _free_name(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    return next(f"{name}-{n}" for n in range(2, len(taken) + 3) if f"{name}-{n}" not in taken)
