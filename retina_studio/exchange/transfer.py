"""Labels into graders' gradings and out of a study, in any of the formats."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path

from retina_studio.domain.edits import ChangeShapes, Edit, SetAbsent, SetComment, SetGrade
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.shapes import Geometry, Shape
from retina_studio.domain.voting.rules import VoteRules
from retina_studio.exchange.checks import check_inside
from retina_studio.exchange.formats import Format, format_named
from retina_studio.exchange.layers import CONSENSUS, Found, Layer
from retina_studio.exchange.sources import opened
from retina_studio.study.access import own_grading
from retina_studio.study.consensus import submitted_gradings
from retina_studio.study.curation import keep_out_of_study, settled_consensus
from retina_studio.study.recording import study_name_of
from retina_studio.study.records import Grader, ImageRecord
from retina_studio.study.session import GradingSession
from retina_studio.study.study import Study

Progress = Callable[[int, int], bool]
_IMAGE_ENDINGS = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp", ".dcm"}
_LONGEST = 600  # characters of a sentence about a file that others wrote


def import_labels(
    study: Study,
    source: Path,
    graders: Grader | Sequence[Grader],
    form: str,
    *,
    submit: bool = False,
    progress: Progress | None = None,
) -> int:
    """Import labels of one of `formats.FORMATS` into graders' gradings; returns of how many images.

    Everything is read and checked before anything is changed. For each image, the labels that the source answers
    replace the grader's own; the rest stays. A submitted grading that differs is reopened as a new version. Images
    of the source that the study does not have are passed over.

    Args:
        study: where to.
        source: a file, a folder, or a ZIP file of one.
        graders: whose they are: one, or for counts as many as were counted.
        form: the format's name.
        submit: hand each grading in afterwards.
        progress: called with (steps done, steps in all): one to read and one to take each image and grader. When it
            returns False the import stops, before anything is changed or between two gradings.

    Raises:
        RetinaError: nothing in the source is of an image in this study, something in it cannot be taken, or the import
            was stopped.
    """
    wanted = format_named(form)
    named = [graders] if isinstance(graders, Grader) else list(graders)
    _check_graders(named, wanted)
    place = source
    try:
        with opened(source) as place:
            gradings = list(_read(study, _inside(place, wanted), named, wanted, progress))
    except RetinaError as error:
        raise RetinaError(_one_sentence(str(error), place, source)) from error
    for number, (image, grader, grading) in enumerate(gradings):
        if progress and not progress(len(gradings) + number, 2 * len(gradings)):
            raise RetinaError(
                f"The import was stopped after {number} of {len(gradings)} gradings: import again to go on."
            )
        _take(study.session(image, grader), grading, submit=submit)
    if progress:
        progress(2 * len(gradings), 2 * len(gradings))
    return len({image.id for image, _, _ in gradings})


def _check_graders(graders: Sequence[Grader], form: Format) -> None:
    if len({grader.id for grader in graders}) != len(graders):
        raise RetinaError("A grader is named twice: name each once.")
    if not graders or (len(graders) > 1 and not form.several):
        raise RetinaError(f"{form.title} holds the labels of one grader: name one.")


def _inside(place: Path, form: Format) -> Path:
    """The one file of a format that has one, where a folder was named."""
    if not form.file or not place.is_dir():
        return place
    direct = place / form.file
    found = [direct] if direct.is_file() else sorted(place.rglob(f"*{Path(form.file).suffix}"))
    if len(found) != 1:
        raise RetinaError(f"{place.name} must hold {form.file}.")
    return found[0]


def _read(
    study: Study, source: Path, graders: Sequence[Grader], form: Format, progress: Progress | None
) -> Iterator[tuple[ImageRecord, Grader, Grading]]:
    """Each grading that the source gives, read and checked."""
    images = {image.name: image for image in study.images()}
    listed = [
        (_image_of(study, images, found.names), found)
        for found in form.load().read_labels(source, len(graders))
    ]
    known = [(images[name], found) for name, found in listed if name]
    if not known:
        raise RetinaError(
            f"{source} holds no labels of an image in this study: their names must be the same."
        )
    _check_once(known)
    for number, (image, found) in enumerate(known):
        if progress and not progress(number, 2 * len(known)):
            raise RetinaError("The import was stopped: nothing was changed.")
        grading = found.read(image)
        check_inside(image, grading)
        yield image, graders[found.grader], grading


def _check_once(known: Iterable[tuple[ImageRecord, Found]]) -> None:
    places: dict[tuple[int, int], str] = {}
    for image, found in known:
        other = places.setdefault((image.id, found.grader), found.place)
        if other is not found.place:
            raise RetinaError(f"{other} and {found.place} are both of image {image.name}: keep one.")


def _image_of(study: Study, images: Mapping[str, ImageRecord], names: tuple[str, ...]) -> str:
    """The image that one of the names means: by its name in the study, else by the name its file had; or ""."""
    named = list(_candidates(names))
    found = next((name for name in named if name in images), None)
    known = (study_name_of(study, name) for name in named)
    return found or next((name for name in known if name in images), "")


def _candidates(names: tuple[str, ...]) -> Iterator[str]:
    """Each name as it is, then without an image ending (`a.jpg.png` is a mask of `a.jpg`, the image `a`)."""
    yield from names
    yield from (Path(name).stem for name in names if Path(name).suffix.lower() in _IMAGE_ENDINGS)


def _one_sentence(text: str, place: Path, source: Path) -> str:
    """A sentence on one line, whatever the file that it quotes has put into it; it names files as the person does."""
    text = text.replace(f"{place}{os.sep}", "").replace(str(place), source.name)
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST // 2]} ... {shown[-_LONGEST // 2 :]}"


def _take(session: GradingSession, incoming: Grading, *, submit: bool) -> None:
    edits = _edits(session.grading, incoming)
    if edits and session.state == "submitted":
        session.reopen()
    for edit in edits:
        session.apply(edit)
    if submit and session.state != "submitted":
        session.submit(complete=False)


def _edits(current: Grading, incoming: Grading) -> list[Edit]:
    """What makes the grading say what the source says; nothing when it does already."""
    drawn = {shape.label for shape in incoming.shapes.values()}
    replaced = [s for s in current.shapes.values() if s.label in drawn | incoming.absent]
    edits: list[Edit] = [SetAbsent(code, False) for code in sorted(drawn & current.absent)]
    if _content(replaced) != _content(incoming.shapes.values()):
        edits.append(ChangeShapes(tuple(replaced), tuple(incoming.shapes.values()), "Import labels"))
    edits += [SetAbsent(code, True) for code in sorted(incoming.absent - current.absent)]
    for scale, value in incoming.grades.items():
        if current.grades.get(scale) != value:
            edits.append(SetGrade(scale, current.grades.get(scale), value))
    if incoming.comment and incoming.comment != current.comment:
        edits.append(SetComment(current.comment, incoming.comment))
    return edits


def _content(shapes: Iterable[Shape]) -> set[tuple[str, Geometry]]:
    return {(shape.label, shape.geometry) for shape in shapes}


def export_labels(
    study: Study,
    out: Path,
    form: str,
    layer: str | None = None,
    rules: VoteRules | None = None,
    progress: Progress | None = None,
) -> int:
    """Write labels as one of `formats.FORMATS`; returns of how many images. Each file is written whole or not at all.

    Args:
        study: of what.
        out: the folder; or the file, for a format that is one file.
        form: the format's name.
        layer: "consensus", or a grader's name; None is the consensus, or every layer of a format that holds them all.
        rules: of the vote; None takes the study's.
        progress: called with (images done, images in all); when it returns False the export stops.

    Raises:
        RetinaError: there is nothing to write, no such grader, the files cannot be written, or the export was stopped.
    """
    keep_out_of_study(study, out)
    wanted = format_named(form)
    layers = _layers(study, wanted, layer, rules, progress)
    first = next(layers, None)
    if first is None:
        what = "a consensus" if layer in {None, CONSENSUS} else f"labels of {layer}"
        what = "a submitted grading" if layer is None and wanted.every else what
        raise RetinaError(f"There is nothing to export: no image has {what} yet.")
    place = out
    if wanted.file and out.suffix.lower() != Path(wanted.file).suffix:
        place = out / wanted.file
    return wanted.load().write_labels(place, chain([first], layers))  # one image in memory at a time


def _layers(
    study: Study, form: Format, layer: str | None, rules: VoteRules | None, progress: Progress | None
) -> Iterator[Layer]:
    """The layers asked for, image by image."""
    images = study.images()
    of_image: Callable[[ImageRecord], Iterator[Layer]]
    if layer is None and form.every:
        of_image = partial(_every, study, rules, consensus=form.every == "all")
    elif layer in {None, CONSENSUS}:
        of_image = partial(_consensus, study, rules)
    else:
        grader = study.grader(str(layer))
        of_image = partial(_of_grader, study, grader)
    for number, image in enumerate(images):
        if progress and not progress(number, len(images)):
            raise RetinaError(f"The export was stopped after {number} of {len(images)} images.")
        yield from of_image(image)
    if progress:
        progress(len(images), len(images))


def _consensus(study: Study, rules: VoteRules | None, image: ImageRecord) -> Iterator[Layer]:
    """The consensus, where it is settled, as a grading and as exact planes."""
    found = settled_consensus(study, image, rules)
    if found is not None:
        absent = frozenset(code for code, kind in found.outcome.labels.items() if kind == "none")
        grading = Grading({shape.id: shape for shape in found.shapes}, found.outcome.grades, absent)
        violating = frozenset(entry.shape.id for entry in found.entries if not entry.compliant)
        picture = partial(study.image_file, image)
        yield Layer(image, CONSENSUS, grading, picture, study.id, found.masks, violating)


def _of_grader(study: Study, grader: Grader, image: ImageRecord) -> Iterator[Layer]:
    grading = own_grading(study, image, grader)
    if grading is not None:
        yield Layer(image, grader.name, grading, partial(study.image_file, image), study.id)


def _every(study: Study, rules: VoteRules | None, image: ImageRecord, *, consensus: bool) -> Iterator[Layer]:
    for name, grading in submitted_gradings(study, image).items():
        yield Layer(image, name, grading, partial(study.image_file, image), study.id)
    if consensus:
        yield from _consensus(study, rules, image)
