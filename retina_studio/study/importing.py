"""Import images into a study: found, checked, de-identified, written, recorded. The source is never changed.

Threads read, decode and write the files; the caller's thread records them, many in one transaction. An image is
reported only when its file and its row are on the disk, so that an import that was stopped goes on when it is started
again: what is there already is passed over by its hash.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from retina_studio.domain.labels import Modality
from retina_studio.images.metadata import Sidecar
from retina_studio.images.names import NameRule
from retina_studio.images.sources import Source, find_sources
from retina_studio.study.recording import Recorder
from retina_studio.study.records import ImageRecord
from retina_studio.study.study import Study
from retina_studio.study.taking import Taken, Taker

_THREADS = 8  # most of them wait for the disk, which makes many files durable in the time of one
_BATCH, _BATCH_SECONDS = 64, 0.25  # images and seconds after which what was taken is recorded


@dataclass
class ImportReport:
    """What became of each file.

    Attributes:
        imported: names of the new images.
        duplicates: file -> the image it equals, byte for byte or in every pixel.
        refused: a sentence for each file that was not taken.
        unmatched: images of the sidecar that no file had the name of.
        telling: new images whose name, kept as it was, holds what is known to tell who the patient is.
        renamed: new images of which the file's own name told who the patient is, and was not kept.
        burnt_in: new images that seem to have writing in the picture itself.
    """

    imported: list[str] = field(default_factory=list)
    duplicates: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    telling: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    burnt_in: list[str] = field(default_factory=list)


def import_images(
    study: Study,
    paths: Iterable[Path],
    modality: Modality = "fundus",
    sidecar: Sidecar | None = None,
    progress: Callable[[int, int], bool] | None = None,
    *,
    names: NameRule = "safe",
    on_image: Callable[[ImageRecord], None] | None = None,
) -> ImportReport:
    """Import files, folders and ZIP archives. A bad file is reported and the rest goes on.

    Args:
        study: where to.
        paths: files, folders and archives.
        modality: what the images are, where the file itself does not say (DICOM and vendors' files do).
        sidecar: eye, patient and split of the images it lists; the others' are read from the file's name.
        progress: called with (files done, files in all); returning False stops before the next file.
        names: `safe` replaces what tells who the patient is in a file's name by the pseudonym, `pseudonym` the whole
            name, `keep` nothing.
        on_image: called with each new image, once it is recorded, from the calling thread.

    Raises:
        RetinaError: a path does not exist, or the study cannot be written (what was imported stays).
    """
    listed = sidecar or Sidecar({})
    report = ImportReport()
    with find_sources(paths) as sources:
        report.refused += sources.refused
        recorder = Recorder(study, modality, listed, names)
        taker = Taker(study.image_files, recorder.known)
        batch: list[Taken] = []
        since = time.monotonic()
        for number, taken in enumerate(_taken(sources.files, taker)):
            if progress and not progress(number, len(sources.files)):
                break
            batch.append(taken)
            full = sum(len(each.images) for each in batch) >= _BATCH
            if full or time.monotonic() - since > _BATCH_SECONDS:
                _record(recorder, batch, report, on_image)
                batch, since = [], time.monotonic()
        _record(recorder, batch, report, on_image)
        report.unmatched = listed.unmatched(source.path for source in sources.files)
        if progress:
            progress(len(sources.files), len(sources.files))
    return report


def _taken(sources: list[Source], taker: Taker) -> Iterator[Taken]:
    """Each source as it was taken, in order, a few ahead of the caller; a caller that stops lets the rest be."""
    with ThreadPoolExecutor(_THREADS, "import") as pool:
        ahead: deque[Future[Taken]] = deque()
        try:
            for source in sources:
                ahead.append(pool.submit(taker.take, source))
                if len(ahead) >= 2 * _THREADS:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()


def _record(
    recorder: Recorder,
    batch: list[Taken],
    report: ImportReport,
    on_image: Callable[[ImageRecord], None] | None,
) -> None:
    """Record a batch in one transaction, then tell."""
    if not batch:
        return
    recorded = recorder.record(batch)
    for taken in batch:
        if taken.refusal:
            report.refused.append(taken.refusal)
    report.duplicates.update(recorded.duplicates)
    for image in recorded.images:
        report.imported.append(image.record.name)
        if image.renamed:
            report.renamed.append(image.record.name)
        if image.telling:
            report.telling.append(image.record.name)
        if image.burnt_in:
            report.burnt_in.append(image.record.name)
        if on_image:
            on_image(image.record)
