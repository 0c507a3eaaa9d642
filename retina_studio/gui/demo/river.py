"""The demo from end to end: import, three graders, vote, snapshot, training, proposal, correction, report."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from retina_studio.display import has_display
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.gui.app import make_application
from retina_studio.gui.demo.hands import Hands
from retina_studio.gui.demo.report import (
    agreement_rows,
    draw_curves,
    result_row,
    split_sentence,
    write_report,
)
from retina_studio.gui.demo.shipped import offer_shipped, shipped_weights
from retina_studio.gui.demo.subjects import (
    FULL_READINGS,
    GRADERS,
    Subject,
    Subjects,
    phantom_subjects,
    photograph_subjects,
)
from retina_studio.gui.main_window import MainWindow
from retina_studio.images.metadata import Sidecar, image_name, read_sidecar
from retina_studio.images.read import read_image
from retina_studio.paths import training_command
from retina_studio.store.verify import verify_snapshot
from retina_studio.study.consensus import run_vote
from retina_studio.study.curation import curate
from retina_studio.study.importing import import_images
from retina_studio.study.records import ImageRecord
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems

_MARK = ".retina-studio-demo"  # only a folder that bears it is ever cleared
_SHOWN = 4  # proposals corrected in the window


@dataclass
class Demo:
    """Where the demo stands: its folder, study, window hands, and the facts for the report."""

    folder: Path
    subjects: Subjects
    study: Study
    started: float = field(default_factory=time.monotonic)
    pictures: list[tuple[str, str]] = field(default_factory=list)

    def say(self, sentence: str) -> None:
        """One line of progress on the terminal."""
        print(f"[{time.monotonic() - self.started:6.1f} s] {sentence}", flush=True)  # noqa: T201


def run_demo(out: Path, images: Path | None, seconds_training: float, *, offscreen: bool) -> int:
    """Run the demo into a folder; with a display the window stays open at the end. Returns the exit status.

    Raises:
        RetinaError: the folder holds something else, the photographs cannot be used, or a step failed.
    """
    offscreen = offscreen or not has_display()
    if offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _clear(out)
    subjects = photograph_subjects(images, out / "phantoms") if images else phantom_subjects(out / "phantoms")
    application = make_application()
    with Study.create(out / "study") as study:
        demo = Demo(out, subjects, study)
        window = carry_through(demo, seconds_training)
        demo.say(f"Done: open {out / 'report.html'}.")
        if not offscreen:
            window.activateWindow()
            return application.exec()
        window.close()
    return 0


def _clear(out: Path) -> None:
    """Make the folder, or empty it when an earlier demo made it."""
    if out.exists() and not (out.is_dir() and ((out / _MARK).exists() or not any(out.iterdir()))):
        raise RetinaError(f"{out} holds something that no demo made: choose another folder with --out.")
    try:
        if out.exists():
            shutil.rmtree(out)
        out.mkdir(parents=True)
        (out / _MARK).touch()
    except OSError as error:
        raise RetinaError(
            f"{out} cannot be written ({error.strerror}): choose another folder with --out."
        ) from error


def carry_through(demo: Demo, seconds_training: float) -> MainWindow:
    """The whole job on the demo's subjects; returns the window as the review left it.

    Raises:
        RetinaError: a step failed or a check found a problem.
    """
    _import(demo)
    gradings = _grade(demo)
    counts = _vote(demo)
    store = demo.folder / "curated.h5"
    store_hash = curate(demo.study, store)
    for problem in [*verify_snapshot(store), *study_problems(demo.study)]:
        raise RetinaError(problem)
    demo.say(f"Curated snapshot {store_hash[:16]}: {split_sentence(store)}; verified.")
    run = demo.folder / "run"
    demo.say(f"Training the disc model for {seconds_training:.0f} seconds in its own process.")
    training("run", str(store), "--model", "disc", "--out", str(run), "--seconds", str(seconds_training))
    weights = run / "disc.safetensors"
    before = _evaluate(store, "--untrained")
    after = _evaluate(store, "--weights", str(weights))
    demo.say(f"Held-out disc Dice: {before['dice_mean']:.3f} untrained, {after['dice_mean']:.3f} trained.")
    window = _review(demo, weights, after)
    draw_curves(run / "events.jsonl", demo.folder / "training.png")
    facts = {
        "source": demo.subjects.source,
        "notes": demo.subjects.notes,
        "images": len(demo.subjects.images),
        "gradings": gradings,
        "seconds": round(time.monotonic() - demo.started),
        "agreement": agreement_rows(demo.study),
        "counts": counts,
        "store_hash": store_hash,
        "splits": split_sentence(store),
        "held_out": after["images"],
        "results": [result_row("Untrained start", before), result_row("Trained", after)],
    }
    write_report(demo.folder, facts, demo.pictures)
    return window


def _import(demo: Demo) -> None:
    listed = [read_sidecar(path).facts for path in demo.subjects.sidecars]
    sidecar = Sidecar({name: fact for facts in listed for name, fact in facts.items()})
    files = [subject.file for subject in demo.subjects.images]
    report = import_images(demo.study, files, sidecar=sidecar, names="keep")  # the demo finds images by them
    for sentence in report.refused:
        demo.say(sentence)
    names = set(report.imported)  # a file that was refused, or equals another, has no image to grade
    kept = [subject for subject in demo.subjects.images if image_name(subject.file.name) in names]
    demo.subjects = replace(demo.subjects, images=kept)
    for name in GRADERS:
        demo.study.add_grader(name)
    demo.say(f"{len(report.imported)} images imported.")


def _grade(demo: Demo) -> int:
    """Each grader in turn opens the window and reads every image; returns how many gradings were submitted."""
    count = 0
    graded = [subject for subject in demo.subjects.images if subject.gradings]
    for number, name in enumerate(GRADERS):
        window, hands = _open_window(demo, name)
        for place, subject in enumerate(graded):
            _read(hands, subject, subject.gradings[number], pictured=number == 0 and place < FULL_READINGS)
            count += 1
        if number == len(GRADERS) - 1:
            hands.picture("worklist-done", f"{name} has submitted every image")
        window.close()
        demo.say(f"{name} submitted {len(graded)} gradings.")
    return count


def _open_window(demo: Demo, grader: str) -> tuple[MainWindow, Hands]:
    window = MainWindow(demo.study, demo.study.grader(grader))
    window.resize(1400, 900)
    window.show()
    window.activateWindow()  # without it, a display with no window manager gives the window no keys
    hands = Hands(window, demo.folder)
    hands.taken = demo.pictures
    hands.settle(150)
    return window, hands


def _read(hands: Hands, subject: Subject, grading: Grading, *, pictured: bool) -> None:
    name = image_name(subject.file.name)
    hands.open_image(name)
    if pictured:
        hands.picture("opened", f"{name} as it opens")
    hands.grade(grading)
    drawn = hands.window.document.grading
    if len(drawn.shapes) != len(grading.shapes) or drawn.grades != grading.grades:
        raise RetinaError(
            f"The window did not take the whole grading of {name}: this is a fault of the program."
        )
    if pictured:
        hands.picture(
            "graded", f"{name} drawn and graded: {len(drawn.shapes)} shapes, each saved as it was drawn"
        )
    hands.submit()
    if pictured:
        hands.picture("submitted", f"{name} submitted: read only from here")


def _vote(demo: Demo) -> dict[str, int]:
    report = run_vote(demo.study)
    counts = {
        "settled": report.settled,
        "adjudication": report.adjudication,
        "waiting": report.waiting,
    }
    demo.say(f"The vote: {', '.join(f'{count} {state}' for state, count in counts.items())}.")
    return counts


def training(*arguments: str) -> str:
    """Run the training module as a process and return what it printed.

    Raises:
        RetinaError: it refused; the sentence is its own.
    """
    command = [*training_command(), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RetinaError((done.stderr.strip().splitlines() or ["Training stopped without a word."])[-1])
    return done.stdout


def _evaluate(store: Path, *options: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(
        training("evaluate", str(store), "--model", "disc", "--json", *options)
    )
    return result


def _review(demo: Demo, weights: Path, evaluation: dict[str, Any]) -> MainWindow:
    """The first grader gets proposals on images that training never saw: accepts, corrects, rejects."""
    from retina_studio.inference.predictor import Predictor  # noqa: PLC0415 - torch, late

    predictor = Predictor(weights, "cpu")
    images = _unseen(demo, evaluation)
    for image in images:
        demo.study.add_proposal(image, predictor.propose(read_image(demo.study.image_file(image))))
    demo.say(f"The trained model proposed on {len(images)} images.")
    window, hands = _open_window(demo, GRADERS[0])
    for number, image in enumerate(images):
        _review_one(hands, image, reject=number == len(images) - 1 and number > 1)
    if shipped_weights():
        for sentence in offer_shipped(demo.study, demo.folder, hands, images):
            demo.say(sentence)
    return window


def _unseen(demo: Demo, evaluation: dict[str, Any]) -> list[ImageRecord]:
    """Images whose disc nobody outlined first, then images of the test split."""
    outlined = {
        image_name(subject.file.name)
        for subject in demo.subjects.images
        if any(grading.labelled("OD") for grading in subject.gradings)
    }
    tested = {entry["name"] for entry in evaluation["per_image"]}
    images = demo.study.images()
    fresh = [image for image in images if image.name not in outlined]
    return [*fresh, *(image for image in images if image.name in tested)][:_SHOWN]


def _review_one(hands: Hands, image: ImageRecord, *, reject: bool) -> None:
    window = hands.window
    hands.open_image(image.name)
    if not window.document.editable:
        window.actions["reopen"].trigger()
        hands.settle()
    panel = window.proposal_panel
    hands.picture("proposal", f"{image.name}: the model's proposal, dashed")
    if panel.cam_box.isEnabled():
        hands.click(panel.cam_box)
        hands.picture(
            "cam", f"{image.name}: the CAM, where the localiser looked; the slider sets its opacity"
        )
        hands.click(panel.cam_box)
    if not _has_offer(window):
        return
    if reject:
        hands.click(panel.reject_button)
        hands.picture("rejected", f"{image.name}: the proposal rejected")
        return
    hands.click(panel.edit_button)
    hands.settle()
    _nudge(hands)
    hands.picture("corrected", f"{image.name}: the proposal accepted and corrected, its origin kept")


def _has_offer(window: MainWindow) -> bool:
    session = window.document.session
    stored: Sequence[Any] = session.proposals() if session else ()
    return any(entry.proposal.shapes for entry in stored)


def _nudge(hands: Hands) -> None:
    """Correct the selected proposal as a person does: nudge it by a few pixels."""
    for key in ("Right", "Down"):
        hands.press(key)
    hands.settle()
