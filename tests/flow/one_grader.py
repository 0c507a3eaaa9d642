"""A program for forty_five.py: one grader who works through their list until the parent ends it.

    python -m tests.flow.one_grader STUDY NAME LOG PAUSE

After each edit has returned, a line goes into LOG: the edit's id, whether the study or this computer's journal has
it, and how long it took.
"""

import json
import random
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from retina_studio.domain.edits import ChangeShapes, Edit
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.study.database import ConnectionLostError
from retina_studio.study.session import GradingSession
from retina_studio.study.study import Study

_EDITS_EACH = 40  # edits of an image until it is submitted


_ended: list[int] = []  # signals that came: no edit is broken off, its line in the log follows


class Log:
    """Lines that outlive this process as soon as they are written."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", buffering=1)
        if self._file.tell():
            self._file.write("\n")  # behind half a line that a kill may have left

    def write(self, **entry: Any) -> None:
        self._file.write(json.dumps(entry) + "\n")


def main(folder: Path, name: str, log: Log, pause: float) -> None:
    """Work until SIGTERM, then send what waits."""
    chance = random.Random()
    signal.signal(signal.SIGTERM, lambda number, _: _ended.append(number))
    study = None
    while not _ended:
        try:
            study = study or Study.open(folder)
            work(study, name, log, pause, chance)
        except RetinaError as error:  # the server is gone: nothing can be opened for a while
            print(error, file=sys.stderr, flush=True)
            time.sleep(0.5)
    if study is not None:
        for _ in range(20):
            with suppress(RetinaError):
                study.send_unsent()
            if not study.unsent():
                break
            time.sleep(0.5)
        study.close()


def work(study: Study, name: str, log: Log, pause: float, chance: random.Random) -> None:
    """Grade the first image that is not submitted; submit it, or reopen one when all are."""
    grader = study.grader(name)
    entries = study.worklist(grader)
    if not entries:
        log.write(note="nothing was given")
        time.sleep(1)
        return
    waiting = [entry for entry in entries if entry.state != "submitted"]
    session = study.session((waiting or entries)[0].image, grader)
    study.image_file(session.image).read_bytes()
    if session.state == "submitted":
        session.reopen()
    away_since: float | None = None
    for _ in range(_EDITS_EACH):
        time.sleep(min(10 * pause, chance.expovariate(1 / pause)))
        if _ended:
            return
        edit_once(session, log, chance)
        if session.unsent and away_since is None:
            away_since = time.monotonic()
        elif away_since is not None and not session.unsent:
            log.write(back=time.monotonic() - away_since)
            away_since = None
    while session.unsent and not _ended:
        with suppress(RetinaError):
            session.send_unsent()
        time.sleep(0.2)
    if _ended:
        return
    session.submit(complete=False)
    log.write(submitted=session.image.name)


def edit_once(session: GradingSession, log: Log, chance: random.Random) -> None:
    """One edit of a random kind, and its line in the log."""
    key = f"{chance.getrandbits(64):016x}"
    what, since = "apply", time.perf_counter()
    if chance.random() < 0.1:
        what = "undo"
        try:
            if session.undo() is None:
                return
        except ConnectionLostError:  # made before the server went: not to be undone now
            return
    else:
        session.apply(some_edit(session, key, chance))
    kept = "journalled" if session.unsent else "sent"
    taken = round(1e3 * (time.perf_counter() - since), 2)
    log.write(id=key, what=what, kept=kept, ms=taken, at=time.time())


def some_edit(session: GradingSession, key: str, chance: random.Random) -> Edit:
    """Draw, move or delete; the title is the edit's id, by which it is found again."""
    shapes = list(session.grading.shapes.values())
    kind = chance.random()
    if kind < 0.6 or len(shapes) < 3:
        place = Ellipse(chance.uniform(5, 120), chance.uniform(5, 90), 3, 2)
        return ChangeShapes((), (new_shape("MA", place),), key)
    shape = chance.choice(shapes)
    if kind < 0.9:
        return ChangeShapes((shape,), (shape.with_geometry(shape.geometry.moved(1, 1)),), key)
    return ChangeShapes((shape,), (), key)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Log(Path(sys.argv[3])), float(sys.argv[4]))
