"""Labels into a grader's gradings and out of a study, in any of the formats."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retina_studio.domain.edits import ChangeShapes, Edit, SetAbsent, SetComment, SetGrade
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import write_whole
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import Modality
from retina_studio.domain.shapes import Geometry, Point, Shape
from retina_studio.domain.vote import THREE_GRADERS, VoteRules
from retina_studio.exchange.coco import CocoImage, load_coco, write_coco
from retina_studio.exchange.files import file_name
from retina_studio.exchange.labelme import load_labelme, write_labelme
from retina_studio.exchange.masks import list_masks, write_masks, write_planes, write_points
from retina_studio.study.curation import keep_out_of_study, settled_consensus
from retina_studio.study.recording import study_name_of
from retina_studio.study.records import Grader, ImageRecord
from retina_studio.study.session import GradingSession
from retina_studio.study.study import Study

CONSENSUS = "consensus"
COCO_FILE = "annotations.json"  # in the folder, where OUT or PATH is one
_IMAGE_ENDINGS = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp", ".dcm"}
_Planes = Mapping[str, npt.NDArray[np.uint8]] | None  # exact ones, where the layer is the consensus
_Layer = tuple[ImageRecord, Grading, _Planes]
_Reader = Callable[[int, int, Modality], Grading]


def import_labels(study: Study, source: Path, grader: Grader, form: str, *, submit: bool = False) -> int:
    """Import labels of format `masks`, `labelme` or `coco` into a grader's gradings; returns how many images.

    Everything is read and checked before anything is changed. For each image, the labels that the source answers
    replace the grader's own; the rest stays. A submitted grading that differs is reopened as a new version. Images
    of the source that the study does not have are passed over.

    Raises:
        RetinaError: nothing in the source is of an image in this study, or something in it cannot be taken.
    """
    images = {image.name: image for image in study.images()}
    named = [(_image_of(study, images, names), reader) for names, reader in _readers(source, form)]
    found = [(images[name], reader) for name, reader in named if name]
    if not found:
        raise RetinaError(
            f"{source} holds no labels of an image in this study: their names must be the same."
        )
    gradings = [(image, reader(image.height, image.width, image.modality)) for image, reader in found]
    for image, grading in gradings:
        _check_inside(image, grading)
    for image, grading in gradings:
        _take(study.session(image, grader), grading, submit=submit)
    return len(gradings)


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


def _check_inside(image: ImageRecord, grading: Grading) -> None:
    for shape in grading.shapes.values():
        left, top, right, bottom = shape.geometry.box
        if right < 0 or bottom < 0 or left > image.width or top > image.height:
            raise RetinaError(
                f"A {shape.label} lies wholly outside {image.name} ({image.width} x {image.height} pixels): "
                "these labels are of another image."
            )


def _readers(source: Path, form: str) -> Iterator[tuple[tuple[str, ...], _Reader]]:
    """(the names an image may have, the likeliest first; how to read what the source says of it)."""
    if form == "masks":
        folder = list_masks(source)
        yield from (((name,), partial(folder.read, name)) for name in folder.images)
    elif form == "coco":
        coco = load_coco(source / COCO_FILE if source.is_dir() else source)
        yield from (((name,), partial(coco.read, name)) for name in coco.images)
    else:
        for path in sorted(source.rglob("*.json")) if source.is_dir() else [source]:
            labelme = load_labelme(path)
            yield labelme.names, labelme.read


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
    study: Study, out: Path, form: str, layer: str = CONSENSUS, rules: VoteRules = THREE_GRADERS
) -> int:
    """Write the consensus, or one grader's gradings, as `masks`, `labelme` or `coco`; returns how many images.

    Raises:
        RetinaError: there is nothing to write, no such grader, or the files cannot be written.
    """
    keep_out_of_study(study, out)
    layers = _consensus(study, rules) if layer == CONSENSUS else _of_grader(study, study.grader(layer))
    first = next(layers, None)
    if first is None:
        raise RetinaError(f"There is nothing to export: no image has a {layer} layer yet.")
    layers = chain([first], layers)  # one image's planes in memory at a time
    if form == "coco":
        file = out if out.suffix.lower() == ".json" else out / COCO_FILE
        return write_coco(file, (_coco_image(image, grading) for image, grading, _ in layers))
    write = _write_labelme if form == "labelme" else _write_masks
    written = [(image.name, write(study, out, image, grading, planes)) for image, grading, planes in layers]
    if form == "masks":
        write_points(out, written)
    return len(written)


def _write_labelme(
    study: Study, out: Path, image: ImageRecord, grading: Grading, _planes: _Planes
) -> Grading:
    """Write the JSON with the de-identified picture beside it: a path back into the study would tell folder names."""
    picture = file_name(image.name, Path(image.file).suffix)
    write_labelme(out, image.name, picture, grading, image.height, image.width, image.modality)
    write_whole(out / picture, study.image_file(image).read_bytes())
    return grading


def _write_masks(_study: Study, out: Path, image: ImageRecord, grading: Grading, planes: _Planes) -> Grading:
    """Write the planes; what is left for `points.csv` is the grading's points."""
    if planes is not None:
        write_planes(out, image.name, planes)
    else:
        write_masks(out, image.name, grading, image.height, image.width)
    points = {key: s for key, s in grading.shapes.items() if isinstance(s.geometry, Point)}
    return Grading(points)


def _coco_image(image: ImageRecord, grading: Grading) -> CocoImage:
    return CocoImage(image.name, image.name + Path(image.file).suffix, image.height, image.width, grading)


def _consensus(study: Study, rules: VoteRules) -> Iterator[_Layer]:
    """The settled images, each with its consensus as a grading and as exact planes."""
    for image in study.images():
        found = settled_consensus(study, image, rules)
        if found is not None:
            absent = frozenset(code for code, kind in found.outcome.labels.items() if kind == "none")
            shapes = {shape.id: shape for shape in found.shapes}
            yield image, Grading(shapes, found.outcome.grades, absent), found.masks


def _of_grader(study: Study, grader: Grader) -> Iterator[_Layer]:
    for entry in study.worklist(grader):
        if entry.state != "open":
            yield entry.image, study.session(entry.image, grader).grading, None
