"""Example answers on the same few validation images after each epoch, as one small picture each time."""

import time
from pathlib import Path

import cv2
import numpy as np

from retina_studio.networks.files import write_atomically
from retina_studio.store.entries import Entry
from retina_studio.store.read import Snapshot
from training.data.needs import Planes
from training.evaluation.driver import Case, Evaluation, measurable
from training.events import Events
from training.report.panels import Picture, example
from training.subject import Subject

_SIDE = 240  # pixels of an image's longer side
_MOST = 60  # pictures that are kept; the first of a run always
_SHARE = 0.1  # of the time since training began that the pictures may take


class Examples:
    """Draws `RUN/examples/STAGE-NAME-EPOCH.png`: what graders drew above, what the network says below.

    Args:
        count: how many images.
        subject: the network as it is being trained.
        evaluation: of the model; says which images can be looked at.
        snapshot: stays open.
        out: the run's folder.
        events: told of each picture ("examples").
    """

    def __init__(
        self,
        count: int,
        subject: Subject,
        evaluation: Evaluation,
        snapshot: Snapshot,
        out: Path,
        events: Events,
    ) -> None:
        self._subject, self._snapshot, self._events = subject, snapshot, events
        self._folder = out / "examples"
        self._begun, self._spent = time.monotonic(), 0.0
        self._cases = _telling(snapshot, evaluation, count) if count else []

    def draw(self, place: int, stage: str, epoch: int) -> None:
        """The answers of now; left out where the pictures have taken too much of the time already.

        Raises:
            OSError: the disk is full or the folder cannot be written.
        """
        start = time.monotonic()
        if not self._cases or (self._spent > _SHARE * (start - self._begun) and epoch > 1):
            return
        cases = [
            Case(self._snapshot, entry, known, self._subject.find(self._snapshot.pixels(entry.index)))
            for entry, known in self._cases
        ]
        _, data = cv2.imencode(".png", _side_by_side([example(case, _SIDE) for case in cases])[..., ::-1])
        self._folder.mkdir(exist_ok=True)
        file = self._folder / f"{place + 1}-{stage}-{epoch:04}.png"
        write_atomically(file, data.tobytes())
        for old in sorted(self._folder.glob("*.png"))[1:-_MOST]:
            old.unlink()
        self._spent += time.monotonic() - start
        self._events.emit("examples", stage=stage, epoch=epoch, file=f"{self._folder.name}/{file.name}")


def _telling(snapshot: Snapshot, evaluation: Evaluation, count: int) -> list[tuple[Entry, frozenset[str]]]:
    """The validation images on which most is drawn, by name where it is as much."""
    planes, wanted = Planes(snapshot), frozenset(evaluation.needs.labels)
    cases = measurable(snapshot, "val", evaluation.needs)
    return sorted(cases, key=lambda case: (-len(planes.drawn(case[0]) & wanted), case[0].name))[:count]


def _side_by_side(pictures: list[Picture]) -> Picture:
    """In one row, black below those that are not as high."""
    height = max(picture.shape[0] for picture in pictures)
    return np.hstack([np.pad(p, ((0, height - p.shape[0]), (0, 0), (0, 0))) for p in pictures])
