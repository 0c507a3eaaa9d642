"""Import photographs into a study: found, checked, de-identified, written, recorded. The source is never changed."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import Modality
from retina_studio.images.deidentify import CleanImage, pseudonym, sha256, strip_metadata
from retina_studio.images.metadata import ImageFacts, facts_from_name, image_name
from retina_studio.images.read import SUFFIXES, file_bytes
from retina_studio.study import audit
from retina_studio.study.schema import ImageRow, now
from retina_studio.study.study import Study


@dataclass
class ImportReport:
    """What became of each file: names imported, duplicates (file -> the image it equals), refused sentences."""

    imported: list[str] = field(default_factory=list)
    duplicates: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


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
    facts: Mapping[str, ImageFacts] | None = None,
    progress: Callable[[int, int], bool] | None = None,
) -> ImportReport:
    """Import files and folders. A bad file is reported and the rest goes on.

    Args:
        study: where to.
        paths: files and folders.
        modality: what the images are.
        facts: eye, patient and split by image name, from a sidecar; names not in it are read by pattern.
        progress: called with (files done, files in all); returning False stops before the next file.

    Raises:
        RetinaError: a path does not exist, or the study cannot be written (what was imported stays).
    """
    files = image_files(paths)
    report = ImportReport()
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
        name = image_name(path.name)
        known = (facts or {}).get(name) or facts_from_name(path.name)
        report.imported.append(_record(study, clean, name, digest, modality, known))
    if progress:
        progress(len(files), len(files))
    return report


def _name_of(study: Study, source_sha256: str) -> str | None:
    with study.database.reading() as session:
        return session.scalar(select(ImageRow.name).where(ImageRow.source_sha256 == source_sha256))


def _record(
    study: Study, clean: CleanImage, name: str, source_sha256: str, modality: Modality, facts: ImageFacts
) -> str:
    """Write the file, then the row: a stop between the two leaves an unused file, never a row without one."""
    digest = sha256(clean.content)
    relative = f"{digest[:2]}/{digest}{clean.suffix}"
    _write_durably(study.folder / "images" / relative, clean.content)
    height, width = clean.pixels.shape[:2]
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
    name = "".join(c if c.isprintable() and c not in '/\\:*?"<>|' else "_" for c in name)[:180] or "image"
    if name not in taken:
        return name
    return next(f"{name}-{n}" for n in range(2, len(taken) + 3) if f"{name}-{n}" not in taken)


def _write_durably(path: Path, content: bytes) -> None:
    part = path.with_suffix(path.suffix + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise RetinaError(f"The image could not be written into the study ({error.strerror}).") from error
