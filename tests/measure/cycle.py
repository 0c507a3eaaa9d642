"""One cycle of retraining on real images: propose, correct, vote, curate, retrain, gate, and propose again.

    python -m tests.measure cycle DATA OUT [--seconds 600]

The study holds the sets that `glaucoma` and `lesion` are measured on, each image as three graders read it. Drishti's
readings are those of its own graders (the pixels that at least 1, 2 and 3 of the four marked); a set with one reading
has it three times. COUNT validation images, which the shipped weights never learnt from, are left out at first and go
to the split train: the shipped weights propose on them, and three graders accept a proposed outline where it agrees
with what they would draw (Dice of ACCEPTED or more), and else draw their own. Everything then runs as the commands do
it, on the person's own data of a folder of its own (XDG_DATA_HOME in OUT).
"""

import json
import os
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from retina_studio.domain.edits import SetAbsent, add_shapes
from retina_studio.domain.geometry import rasterise
from retina_studio.domain.shapes import Point, Shape, new_shape
from retina_studio.exchange.raster import geometries_of
from retina_studio.images.read import read_image
from retina_studio.inference.predictor import Predictor
from retina_studio.inference.registry import find_weights
from retina_studio.study.records import ImageRecord, StoredProposal
from retina_studio.study.session import GradingSession
from retina_studio.study.study import Study

from .sets import Item, Mask, read_grey, read_items, whole_patients
from .snapshot import Commands
from .staging import stage

STEMS = ("glaucoma", "lesion")
GRADERS = ("Ada", "Ben", "Cleo")
ENGINEER = "Eva"
COUNT = 20
ACCEPTED = 0.9  # Dice
# From the validation images of each set, so that some stay to choose by.
_CORRECTED = {"drishti": 6, "idrid": 1, "heimed": 13}
_SETS = ("drishti", "rimone", "hrf", "idrid", "heimed", "dr_grades")
_RULES = {"lesions": "pixels"}
_FOLDERS = {"OD": "od_graders", "OC": "oc_graders"}


def run_cycle(data: Path, out: Path, seconds: float) -> dict[str, Any]:
    """Make the study, correct, retrain and measure; the figures are written to OUT/cycle.json too.

    Args:
        data: the folder of the sets.
        out: where everything goes, outside the repository.
        seconds: that each model trains at most.

    Raises:
        RuntimeError: a command failed.
    """
    os.environ["XDG_DATA_HOME"] = str(out / "home")
    folder, commands = out / "cycle-study", Commands()
    known, corrected = _divided(data)
    for old in (folder, out / "home"):
        shutil.rmtree(old, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    _begin(commands, known, corrected, out, folder)
    before = _propose(folder, corrected)
    became = _correct(folder, corrected)
    commands.run("vote", folder)
    begun = time.monotonic()
    asked = ["--models", ",".join(STEMS), "--seconds", f"{seconds:g}", "--by", ENGINEER, "--device", "cpu"]
    commands.run("retrain", folder, *asked, "--yes")
    form = {
        "made": time.strftime("%Y-%m-%d"),
        "images": {"known": len(known), "corrected": len(corrected)},
        "seconds": {"bound": seconds, "all": round(time.monotonic() - begun, 1)},
        "outlines": became,
        "runs": _verdicts(folder),
        "proposed": {"before": before, "after": _propose(folder, corrected)},
        "commands": commands.done,
    }
    (out / "cycle.json").write_text(json.dumps(form, indent=1), encoding="utf-8")
    return form


def _divided(data: Path) -> tuple[list[Item], list[Item]]:
    """The images that were read before, and those that are to be corrected."""
    items = [item for item in whole_patients(read_items(data))[0] if item.set in _SETS]
    left, corrected = Counter(_CORRECTED), []
    for item in items:
        if item.split == "val" and left[item.set] > 0:
            left[item.set] -= 1
            corrected.append(replace(item, split="train"))
    if len(corrected) != COUNT:
        raise RuntimeError(f"{len(corrected)} images can be corrected, not {COUNT}.")
    names = {item.name for item in corrected}
    return [item for item in items if item.name not in names], corrected


def _reading(item: Item, number: int) -> Item:
    """The item as the grader of this number, from 0, reads it."""
    if item.set != "drishti":
        return item
    root, name = item.picture.parents[1], f"{item.picture.stem}.png"

    def seen(label: str) -> Mask:
        return read_grey(root / _FOLDERS[label] / name) > number

    return replace(item, masks={label: lambda label=label: seen(label) for label in _FOLDERS})


def _begin(
    commands: Commands, known: Sequence[Item], corrected: Sequence[Item], out: Path, folder: Path
) -> None:
    """The study with all images; the known ones as three graders read them, voted on."""
    commands.run("init", folder)
    commands.run("settings", folder, "set", "vote", json.dumps(_RULES))
    for name in GRADERS:
        commands.run("graders", folder, "add", name)
    commands.run("graders", folder, "add", ENGINEER, "--role", "engineer")
    for number, name in enumerate(GRADERS):
        with _staged([_reading(item, number) for item in known], out) as root:
            if number == 0:
                _import(commands, folder, root)
            add = ("labels", folder, "import")
            commands.run(*add, root / "masks", "--grader", name, "--format", "masks")
            commands.run(*add, root / "grades.csv", "--grader", name, "--format", "csv", "--submit")
    with _staged([replace(item, masks={}, points={}, grades={}) for item in corrected], out) as root:
        _import(commands, folder, root)
    commands.run("vote", folder)


@contextmanager
def _staged(items: Sequence[Item], out: Path) -> Iterator[Path]:
    """The stage folder of photographs, while it is needed."""
    place = out / "cycle-stage"
    shutil.rmtree(place, ignore_errors=True)
    stage(items, place)
    yield place / "fundus"
    shutil.rmtree(place)


def _import(commands: Commands, folder: Path, root: Path) -> None:
    commands.run("import", folder, root / "images", "--metadata", root / "images.csv", "--names", "keep")


def _correct(folder: Path, corrected: Iterable[Item]) -> dict[str, dict[str, int]]:
    """Three graders go through what was proposed; returns label -> what became of how many outlines."""
    became: dict[str, Counter[str]] = defaultdict(Counter)
    with Study.open(folder) as study:
        for item in corrected:
            image = study.image(item.name)
            for number, name in enumerate(GRADERS):
                session = study.session(image, study.grader(name))
                for label, make in _reading(item, number).masks.items():
                    became[label].update(_draw(session, image, label, make()))
                for label, xy in item.points.items():
                    session.apply(add_shapes(new_shape(label, Point(*xy))))
                session.submit(complete=False)
    return {label: dict(counts) for label, counts in sorted(became.items())}


def _draw(session: GradingSession, image: ImageRecord, label: str, truth: Mask) -> dict[str, int]:
    """One grader's outlines of a label: what was proposed, where it fits, else an own one."""
    offered = [
        (stored, shape)
        for stored in session.proposals()
        for shape in stored.proposal.shapes
        if shape.label == label
    ]
    proposed = _mask_of([shape for _, shape in offered], image)
    if offered and _dice(proposed, truth) >= ACCEPTED:
        for stored, shape in offered:
            session.apply(session.accept(stored, shape.id))
        return {"accepted": len(offered)}
    by_proposal: dict[int, tuple[StoredProposal, list[str]]] = {}
    for stored, shape in offered:
        by_proposal.setdefault(stored.id, (stored, []))[1].append(shape.id)
    for stored, ids in by_proposal.values():
        session.reject(stored, *ids)
    drawn = [new_shape(label, geometry) for geometry in geometries_of(label, truth)]
    session.apply(add_shapes(*drawn) if drawn else SetAbsent(label, True))
    return {"rejected": len(offered), "drawn": len(drawn)}


def _mask_of(shapes: Iterable[Shape], image: ImageRecord) -> Mask:
    mask = np.zeros((image.height, image.width), dtype=np.bool_)
    for shape in shapes:
        mask |= rasterise(shape.geometry, image.height, image.width)
    return mask


def _dice(one: Mask, other: Mask) -> float:
    both = float(one.sum() + other.sum())
    return 2 * float((one & other).sum()) / both if both else 1.0


def _verdicts(folder: Path) -> dict[str, Any]:
    """What the gate said of each model's last run: its figures are those of held-out images, before and after."""
    from retina_studio.retraining.home import home_of
    from retina_studio.retraining.queue import Queue

    with Study.open(folder) as study:
        queue = Queue(home_of(study))
    found: dict[str, Any] = {}
    for run in queue.runs():
        gate = queue.files(run).gate
        form = json.loads(gate.read_text("utf-8")) if gate.is_file() else {}
        images = len(form.pop("images", {}))
        found[run.stem] = {"state": run.state, "reason": run.reason, "images": images, "verdict": form}
    return found


def _propose(folder: Path, corrected: Iterable[Item]) -> dict[str, Any]:
    """What the current weights propose, and keep it; stem -> their hash, and label -> mean Dice where they drew."""
    found: dict[str, Any] = {}
    with Study.open(folder) as study:
        for stem in STEMS:
            predictor = Predictor(find_weights(stem), "cpu", stem)
            dice: dict[str, list[float]] = defaultdict(list)
            for item in corrected:
                image = study.image(item.name)
                proposal = predictor.propose(read_image(study.image_file(image)), image.modality)
                study.add_proposal(image, proposal)
                for label, make in item.masks.items():
                    shapes = [shape for shape in proposal.shapes if shape.label == label]
                    if shapes:
                        dice[label].append(_dice(_mask_of(shapes, image), make()))
            means = {label: round(float(np.mean(values)), 4) for label, values in sorted(dice.items())}
            found[stem] = {"weights": proposal.weights_hash, "dice": means}
    return found
