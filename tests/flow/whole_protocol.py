"""The protocol from assignment to snapshot, by scripted people: who grades, leaves, is asked again, decides.

`python -m tests.flow.whole_protocol IMAGES OUT [--url URL]` runs it over a folder of real images with lesion masks
(`IMAGES/images/*.jpg`, `IMAGES/LABEL/*.png`) and prints the figures as JSON.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from retina_studio.domain.edits import ChangeShapes, SetGrade
from retina_studio.domain.geometry import rasterise
from retina_studio.domain.grading import Grading
from retina_studio.domain.voting.decisions import Decision
from retina_studio.exchange.masks import list_masks
from retina_studio.phantoms.graders import profiles, simulate
from retina_studio.store.read import Snapshot
from retina_studio.store.verify import verify_snapshot
from retina_studio.study.adjudication import decide, queue
from retina_studio.study.agreement import study_agreement
from retina_studio.study.assigning import assign
from retina_studio.study.consensus import run_vote, stored_outcome
from retina_studio.study.curation import curate
from retina_studio.study.importing import import_images
from retina_studio.study.returning import return_for_correction
from retina_studio.study.snapshot_check import snapshot_problems
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems

GRADERS = ("Ada", "Ben", "Cleo", "Dan")


def run(folder, url, pictures, truth_of, out, seed=3):
    """Carry images with a known truth through the protocol; returns the figures.

    Args:
        folder: of the new study.
        url: its database; None is SQLite.
        pictures: image files to import.
        truth_of: image name -> the true Grading.
        out: where the snapshot goes.
        seed: of the assignment and of the graders' habits.
    """
    begun = time.perf_counter()
    with Study.create(folder, url) as study:
        import_images(study, pictures)
        for name in GRADERS:
            study.add_grader(name)
        senior = study.add_grader("Senior", "adjudicator")
        given = assign(study, per_image=3, seed=seed).given
        hands = dict(zip(GRADERS, profiles(len(GRADERS), seed), strict=True))
        edits = _grade_half(study, "Dan", hands, truth_of, seed)
        study.grader_leaves("Dan", "Senior")
        given += assign(study, per_image=3).given  # what Dan left open goes to others
        for name in GRADERS[:3]:
            edits += _grade(study, name, hands, truth_of, seed)
        _return_one(study, senior)
        run_vote(study)
        decided = _adjudicate(study, senior, truth_of)
        report = run_vote(study)
        agreement = study_agreement(study)
        digest = curate(study, out)
        problems = [*study_problems(study), *verify_snapshot(out), *snapshot_problems(study, out)]
        return {
            "images": len(study.images()),
            "given": given,
            "edits": edits,
            "decided": decided,
            "settled": report.settled,
            "snapshot": digest,
            "problems": problems,
            "kappa": {scale.scale: scale.kappa.value for scale in agreement.scales},
            "dice with the truth": _dice(out, truth_of),
            "seconds": round(time.perf_counter() - begun, 1),
        }


def _grade_half(study, name, hands, truth_of, seed):
    entries = study.worklist(study.grader(name))
    return _grade(study, name, hands, truth_of, seed, entries[: len(entries) // 2])


def _grade(study, name, hands, truth_of, seed, entries=None):
    """Draw and submit what the grader has to do; returns how many edits it took."""
    grader, edits = study.grader(name), 0
    for entry in study.worklist(grader) if entries is None else entries:
        image = entry.image
        seen = simulate(truth_of(image.name), hands[name], seed, image.height, image.width, image.modality)
        session = study.session(image, grader)
        for scale, value in seen.grades.items():
            session.apply(SetGrade(scale, None, value))
        shapes = tuple(seen.shapes.values())
        session.apply(ChangeShapes((), shapes, "Draw"))
        edits += 1 + len(seen.grades)
        session.submit()
    return edits


def _return_one(study, senior):
    """The adjudicator asks for one grading again; it is corrected and submitted."""
    ada = study.grader("Ada")
    image = study.worklist(ada)[0].image
    return_for_correction(study, image, "Ada", "Please look at the grade once more.", senior)
    session = study.session(image, ada)
    assert (session.state, session.note) == ("returned", "Please look at the grade once more.")
    session.apply(SetGrade("dr", session.grading.grades["dr"], 3))
    session.submit()


def _adjudicate(study, senior, truth_of):
    """Decide every disputed item as somebody would who knows the truth; returns how many."""
    decided = 0
    while entries := queue(study):
        for entry in entries:
            outcome = stored_outcome(study, entry.image)
            truth = truth_of(entry.image.name)
            for item in outcome.open_items:
                decide(study, entry.image, senior, _decision(item, truth))
                decided += 1
    return decided


def _decision(item, truth):
    if item.kind == "grade":
        return Decision(item.key, "choose", value=truth.grades[item.code], reason="the guideline")
    boxes = [shape.geometry.box for shapes in item.drawn.values() for shape in shapes]
    near = any(_touch(box, shape.geometry.box) for box in boxes for shape in truth.labelled(item.code))
    return Decision(item.key, "average" if near else "drop", reason="seen" if near else "nothing there")


def _touch(first, second):
    return first[0] <= second[2] and second[0] <= first[2] and first[1] <= second[3] and second[1] <= first[3]


def _dice(snapshot, truth_of):
    """Pooled over the images: of each label's pixels, how the consensus and the truth overlap."""
    sums = {}
    with Snapshot(snapshot) as store:
        for entry in store.entries:
            truth = truth_of(entry.name)
            for label in entry.labels:
                plane = store.mask(entry.index, label) > 0
                true = np.zeros_like(plane)
                for shape in truth.labelled(label):
                    true |= rasterise(shape.geometry, *plane.shape)
                both, all_ = sums.get(label, (0, 0))
                sums[label] = (both + int((plane & true).sum()), all_ + int(plane.sum()) + int(true.sum()))
    return {label: round(2 * both / all_, 3) for label, (both, all_) in sorted(sums.items()) if all_}


def truths_from_masks(folder, sizes):
    """Image name -> the grading that masks LABEL/NAME.png of a folder hold, as a sight-threatening retinopathy."""
    masks = list_masks(folder)
    grades = {"gradability": "good", "dr": 3}
    truths = {}
    for name, (height, width) in sizes.items():
        drawn = masks.read(name, height, width, "fundus")
        truths[name] = Grading(drawn.shapes, grades)
    return truths


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("images", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--url")
    parser.add_argument("--count", type=int, default=16)
    chosen = parser.parse_args()
    pictures = sorted((chosen.images / "images").glob("*.jpg"))[: chosen.count]
    truths = real_truths(chosen.images, pictures)
    chosen.out.mkdir(parents=True)
    figures = run(chosen.out / "study", chosen.url, pictures, truths.__getitem__, chosen.out / "consensus.h5")
    print(json.dumps(figures, indent=1))


def real_truths(folder, pictures):
    """The truths of real photographs."""
    from retina_studio.images.read import read_image

    sizes = {path.stem: read_image(path).shape[:2] for path in pictures}
    return truths_from_masks(folder, sizes)


if __name__ == "__main__":
    main()
