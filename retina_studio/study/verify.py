"""Check a whole study: the database, every image file, the audit trail, and every row against what the trail tells."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from retina_studio.domain.errors import RetinaError
from retina_studio.images.deidentify import sha256
from retina_studio.study.checks.compare import table_problems
from retina_studio.study.checks.ledger import Ledger
from retina_studio.study.checks.pace import Pace, StoppedError
from retina_studio.study.checks.tables import TABLES
from retina_studio.study.checks.trail import Trail
from retina_studio.study.records import ImageRecord
from retina_studio.study.schema import Base
from retina_studio.study.study import Study

_THREADS = 4  # that read image files: hashing one, while the disk or the network brings the next
_STOPPED = "The check was stopped before its end: what was not reached was not checked."
_NOT_COMPARED = "The study's rows were not compared with the audit trail, because it is damaged."


def study_problems(study: Study, progress: Callable[[int, int], bool] | None = None) -> list[str]:
    """What does not fit, one sentence each; empty when the study is whole.

    The audit trail is replayed from its first row into what every table must hold (study/checks), and every row that is
    stored is held against that. People may work on meanwhile: all is read as it was at one moment.

    Args:
        study: to check; nothing in it is changed.
        progress: called with (image files and rows done, all); False stops, and the last sentence says so.

    Raises:
        RetinaError: the database cannot be read.
    """
    problems = study.database.problems()
    if problems:
        return problems
    try:
        with study.database.reading() as session, closing(Ledger()) as ledger:
            images = study.images()
            pace = Pace(len(images) + _count(session), progress)
            for sentence in _file_problems(study, images, pace):
                problems.append(sentence)
            trail = Trail(session, study.id, ledger, pace)
            problems += trail.problems
            if not trail.is_whole:
                return [*problems, _NOT_COMPARED]
            ledger.seal()
            for check in TABLES:
                problems += table_problems(session, check, ledger, pace)
            pace.finish()
    except StoppedError:
        problems.append(_STOPPED)
    return problems


def _count(session: Session) -> int:
    """The rows of all tables."""
    counts = (
        session.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables
    )
    return sum(count or 0 for count in counts)


def _file_problems(study: Study, images: list[ImageRecord], pace: Pace) -> Iterator[str]:
    with ThreadPoolExecutor(_THREADS, "verify") as pool:
        ahead: deque[Future[str]] = deque()
        try:
            for image in [*images, *(None,) * _THREADS]:
                if image is not None:
                    ahead.append(pool.submit(_file_problem, study, image))
                if ahead and (image is None or len(ahead) > _THREADS):
                    sentence = ahead.popleft().result()
                    pace.step()
                    if sentence:
                        yield sentence
        finally:
            for future in ahead:
                future.cancel()


def _file_problem(study: Study, image: ImageRecord) -> str:
    """A sentence about the file of an image, "" where it is what was imported."""
    try:
        content = study.image_files.read(image)
    except RetinaError as error:
        return str(error)
    except OSError as error:
        return f"The file of image {image.name} cannot be read ({error.strerror})."
    return "" if sha256(content) == image.sha256 else f"The file of image {image.name} was changed."
