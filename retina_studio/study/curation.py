"""Curate: vote, then write every settled image into one immutable snapshot."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import vectorise
from retina_studio.domain.grading import Grading
from retina_studio.domain.shapes import Geometry, Point, Shape
from retina_studio.domain.vote import THREE_GRADERS, Outcome, VoteRules, consensus_mask, vote
from retina_studio.images.read import read_image
from retina_studio.store.curated import CuratedImage
from retina_studio.store.write import write_snapshot
from retina_studio.study.consensus import run_vote, submitted_gradings
from retina_studio.study.records import ImageRecord
from retina_studio.study.study import Study

SPLITS = ("train", "val", "test")
_SHARES = (0.7, 0.15)  # of train and val; the rest is test


def curate(
    study: Study,
    out: Path,
    rules: VoteRules = THREE_GRADERS,
    progress: Callable[[int], None] | None = None,
) -> str:
    """Write the snapshot of every settled image; returns its content hash.

    `progress` is called with the number of images written so far.

    Raises:
        RetinaError: nothing is settled yet, a patient is in two splits, or the file cannot be written.
    """
    keep_out_of_study(study, out)
    outcomes = run_vote(study, rules)
    settled = [image for image in study.images() if outcomes[image.name].state == "settled"]
    if not settled:
        waiting = sum(outcome.state == "waiting" for outcome in outcomes.values())
        raise RetinaError(
            f"Nothing is settled yet: {waiting} of {len(outcomes)} images wait for graders, "
            f"{len(outcomes) - waiting} for the adjudicator."
        )
    splits = split_patients(settled)
    images = _curated(study, settled, splits, rules)
    stated = {
        "vote": asdict(rules),
        "split": f"by patient; {_SHARES} train, val by hash where none was given",
    }
    return write_snapshot(out, images, study_id=study.id, rules=stated, progress=progress)


def split_patients(images: list[ImageRecord]) -> dict[str, str]:
    """The split of every patient: the one given at import, else by a hash of the pseudonym.

    The hash keeps a patient's split when others are added. A split that stays empty takes the patient whose
    hash lies nearest, as long as there are three patients.

    Raises:
        RetinaError: a patient was imported under two splits.
    """
    given: dict[str, str] = {}
    for image in images:
        if image.split and given.setdefault(image.patient, image.split) != image.split:
            raise RetinaError(
                f"Patient {image.patient} was imported under two splits ({given[image.patient]} and "
                f"{image.split}): correct the metadata, training on them would leak."
            )
    places = {image.patient: _place(image.patient) for image in images}
    splits = {patient: given.get(patient) or _split_at(place) for patient, place in places.items()}
    free = [patient for patient in places if patient not in given]
    for split, middle in (("train", 0.35), ("val", 0.775), ("test", 0.925)):
        movable = [p for p in free if list(splits.values()).count(splits[p]) > 1]
        if split not in splits.values() and len(splits) >= len(SPLITS) and movable:
            splits[min(movable, key=lambda patient: abs(places[patient] - middle))] = split
    return splits


def _place(patient: str) -> float:
    """A number in [0, 1) that only the pseudonym decides."""
    return int.from_bytes(hashlib.sha256(patient.encode()).digest()[:8], "big") / 2**64


def _split_at(place: float) -> str:
    train, val = _SHARES
    return "train" if place < train else "val" if place < train + val else "test"


def keep_out_of_study(study: Study, out: Path) -> None:
    """Refuse to write into the study's own folder.

    Raises:
        RetinaError: `out` lies in it.
    """
    if out.resolve().is_relative_to(study.folder.resolve()):
        raise RetinaError(f"{out} lies inside the study itself: choose a place outside {study.folder}.")


@dataclass(frozen=True, eq=False)
class Consensus:
    """What was settled for one image: exact planes by label, the same as shapes, and how it came about."""

    image: ImageRecord
    gradings: Mapping[str, Grading]
    outcome: Outcome
    masks: Mapping[str, npt.NDArray[np.uint8]]
    shapes: tuple[Shape, ...]


def settled_consensus(study: Study, image: ImageRecord, rules: VoteRules) -> Consensus | None:
    """The consensus of an image as its submitted gradings stand now; None where it is not settled."""
    gradings = submitted_gradings(study, image)
    outcome = vote(gradings, image.modality, (image.height, image.width), rules)
    if outcome.state != "settled":
        return None
    masks = settled_masks(image, outcome, gradings, rules)
    return Consensus(image, gradings, outcome, masks, consensus_shapes(image, outcome, masks))


def _curated(
    study: Study, images: list[ImageRecord], splits: Mapping[str, str], rules: VoteRules
) -> Iterator[CuratedImage]:
    pseudonyms = {grader.name: f"grader-{grader.id}" for grader in study.graders()}
    for image in images:
        found = settled_consensus(study, image, rules)
        if found is None:  # reopened and submitted otherwise since the vote
            continue
        yield CuratedImage(
            name=image.name,
            pixels=read_image(study.image_file(image)),
            modality=image.modality,
            eye=image.eye,
            patient=image.patient,
            split=splits[image.patient],
            source_sha256=image.sha256,
            masks=found.masks,
            points=found.outcome.points,
            grades=found.outcome.grades,
            shapes=found.shapes,
            votes=_blinded(found.outcome, pseudonyms),
            # A comment is free text and may name somebody: it stays in the study.
            layers={pseudonyms[name]: replace(g, comment="") for name, g in found.gradings.items()},
        )


def settled_masks(
    image: ImageRecord, outcome: Outcome, gradings: Mapping[str, Grading], rules: VoteRules
) -> dict[str, npt.NDArray[np.uint8]]:
    """A plane (H, W) of 0 and 255 per settled label; all zero where the answer is "none"."""
    needed = rules.needed(len(gradings))
    planes = {}
    for code, kind in outcome.labels.items():
        if kind == "mask":
            mask = consensus_mask(gradings, code, image.height, image.width, needed)
            planes[code] = mask.astype(np.uint8) * 255
        elif kind == "none":
            planes[code] = np.zeros((image.height, image.width), dtype=np.uint8)
    return planes


def consensus_shapes(
    image: ImageRecord, outcome: Outcome, masks: Mapping[str, npt.NDArray[np.uint8]]
) -> tuple[Shape, ...]:
    """The consensus as shapes: the exact outlines of the masks, and the points. Ids are stable."""
    places: list[tuple[str, Geometry]] = [(code, p) for code, mask in masks.items() for p in vectorise(mask)]
    places += [(code, Point(x, y)) for code, (x, y) in outcome.points.items()]
    return tuple(
        Shape(code, geometry, f"consensus-{image.id}-{number}", "consensus")
        for number, (code, geometry) in enumerate(places)
    )


def _blinded(outcome: Outcome, pseudonyms: Mapping[str, str]) -> dict[str, object]:
    """The votes with pseudonyms in place of the graders' names."""
    form = outcome.to_dict()
    form["votes"] = {
        scale: {pseudonyms[name]: value for name, value in given.items()}
        for scale, given in outcome.votes.items()
    }
    form["drawn_by"] = {
        code: [pseudonyms[name] for name in names] for code, names in outcome.drawn_by.items()
    }
    return form
