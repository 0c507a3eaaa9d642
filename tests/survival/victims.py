"""Programs that are killed: each works on a study until it dies, and writes down what it was told is saved.

A line {"intends": STATE} goes before each change and {"has": STATE, "unsent": N} after it has returned; both are with
the kernel before the next step, so that a kill leaves them. Victims are forked: their imports are done already.
"""

import hashlib
import json
import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from retina_studio.domain.edits import Edit, SetGrade, add_shapes, change_shape, remove_shapes
from retina_studio.domain.grading import Grading
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.study.database import ConnectionLostError
from retina_studio.study.session import GradingSession
from retina_studio.study.study import Study

_PATIENCE = 300.0  # seconds
_PAUSE = 0.005  # seconds between two changes on a server

Work = Callable[
    [int], object
]  # takes the file descriptor that it tells its steps to; never returns by itself


class Victim:
    """A forked process that does a piece of work until `kill`."""

    def __init__(self, work: Work, told: Path) -> None:
        self._told = told
        handle = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                work(handle)
            except BaseException as error:
                os.write(handle, json.dumps({"failed": repr(error)}).encode() + b"\n")
            os._exit(1)
        os.close(handle)

    def told(self) -> list[dict[str, Any]]:
        """What it has told so far."""
        lines = self._told.read_bytes().split(b"\n")[:-1]
        return [json.loads(line) for line in lines]

    def wait_for(self, words: int) -> None:
        """Wait until it has told so much.

        Raises:
            RuntimeError: that took minutes.
        """
        until = time.monotonic() + _PATIENCE
        while len(self.told()) < words:
            if time.monotonic() > until:
                self.kill()
                raise RuntimeError("A victim does not go on.")
            time.sleep(0.001)

    def kill(self) -> list[dict[str, Any]]:
        """kill -9; returns all that it had told.

        Raises:
            RuntimeError: it had failed before that.
        """
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        told = self.told()
        if told and "failed" in told[-1]:
            raise RuntimeError(told[-1]["failed"])
        return told


def kill_after(work: Work, told: Path, words: int, seconds: float) -> list[dict[str, Any]]:
    """Let a piece of work be until it has told so much, and so long after that; then kill it."""
    victim = Victim(work, told)
    victim.wait_for(words)
    time.sleep(seconds)
    return victim.kill()


def state_of(session: GradingSession) -> str:
    """What a grading is, in few characters: its content and its state."""
    return _named(session.grading, session.state)


def _named(grading: Grading, state: str) -> str:
    form = grading.to_dict()
    form["shapes"] = sorted(form["shapes"], key=lambda shape: shape["id"])
    text = json.dumps(form, sort_keys=True)
    return f"{state} {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def grade(folder: Path, image: str, seed: float) -> Work:
    """Work that draws, moves, deletes, grades, undoes, redoes, submits and reopens, as quickly as it goes."""

    def work(handle: int) -> None:
        study = Study.open(folder)
        session = study.session(study.image(image), study.graders()[0])
        grader = _Grader(session, random.Random(seed), handle)
        grader.start()
        while True:
            grader.step()

    return work


def grade_on_server(folder: Path, image: str, seed: float) -> Work:
    """The same in a study whose server is killed meanwhile: without submitting, and not as quickly."""

    def work(handle: int) -> None:
        with suppress(ConnectionLostError):  # killed before it was open
            study = Study.open(folder)
            session = study.session(study.image(image), study.graders()[0])
            grader = _Grader(session, random.Random(seed), handle, submits=False)
            grader.start()
            while True:
                grader.step()
                time.sleep(_PAUSE)
        signal.pause()

    return work


class _Grader:
    def __init__(
        self, session: GradingSession, chance: random.Random, handle: int, *, submits: bool = True
    ) -> None:
        self._session, self._chance, self._handle, self._submits = session, chance, handle, submits
        self._made: list[Edit] = []
        self._undone: list[Edit] = []

    def start(self) -> None:
        """Tell what is there, once it can be changed."""
        if self._session.state == "submitted":
            self._change(self._session.grading, "in progress", self._session.reopen)
        self._tell(has=state_of(self._session), unsent=self._session.unsent)

    def step(self) -> None:
        """One change, or a submission and a reopening."""
        session, kind = self._session, self._chance.random()
        if kind < 0.15 and self._made:
            if self._change(self._made[-1].revert(session.grading), "in progress", session.undo):
                self._undone.append(self._made.pop())
            else:
                self._made.clear()  # what was made before the server went is not undone now
        elif kind < 0.22 and self._undone:
            if self._change(self._undone[-1].apply(session.grading), "in progress", session.redo):
                self._made.append(self._undone.pop())
            else:
                self._undone.clear()
        elif kind < 0.24 and self._submits:
            self._change(session.grading, "submitted", lambda: session.submit(complete=False))
            self._change(session.grading, "in progress", session.reopen)
            self._made, self._undone = [], []
        else:
            edit = some_edit(session.grading, self._chance)
            self._change(edit.apply(session.grading), "in progress", lambda: session.apply(edit))
            self._made, self._undone = [*self._made, edit], []

    def _change(self, after: Grading, state: str, change: Callable[[], object]) -> bool:
        """False where it cannot be done while the server is gone."""
        self._tell(intends=_named(after, state))
        is_made = True
        try:
            change()
        except ConnectionLostError:
            is_made = False
        self._tell(has=state_of(self._session), unsent=self._session.unsent)
        return is_made

    def _tell(self, **values: Any) -> None:
        os.write(self._handle, json.dumps(values).encode() + b"\n")


def some_edit(grading: Grading, chance: random.Random) -> Edit:
    """Draw, move, delete or grade."""
    shapes, kind = list(grading.shapes.values()), chance.random()
    if kind < 0.1:
        before = grading.grades.get("dr")
        return SetGrade("dr", before, 1 if before is None else (before + 1) % 5)
    if kind < 0.6 or len(shapes) < 3:
        return add_shapes(new_shape("MA", Ellipse(chance.uniform(5, 50), chance.uniform(5, 35), 3.0, 2.0)))
    shape = chance.choice(shapes)
    if kind < 0.85:
        return change_shape(shape, shape.with_geometry(shape.geometry.moved(1.0, 1.0)))
    return remove_shapes(shape)
