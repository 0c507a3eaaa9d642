"""kill -9 at random moments of grading: through the study's session, in the window, and with a server that is gone."""

import os
import random
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from retina_studio.gui.app import recovered_words
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems
from tests.postgres_server import PostgresServer
from tests.survival.small_study import small_study
from tests.survival.victims import Victim, grade, grade_on_server, kill_after, state_of

_KILLS_A_STUDY = 40  # so that checking everything after each kill stays quick
_AWAKE = 0.85  # of the victims are killed while they work, the others while they open the study
_SESSION_WORDS, _WINDOW_WORDS = 40, 12  # a victim that works is killed after some of these
_MOMENT, _OPENING = 0.02, 0.25  # seconds: a random part of these passes before the kill
Says = Callable[[str], object]


@dataclass
class Kills:
    """What so many kills came to; whatever is lost or wrong has a sentence in `faults`."""

    kills: int = 0
    acknowledged: int = 0  # changes that had returned
    in_mid_change: int = 0  # kills between a change's start and its answer
    of_these_made: int = 0  # of which the change was found in the study
    before_anything: int = 0  # kills while the study was still being opened
    recovered: int = 0  # edits that waited in a journal and were sent by the next start
    said: int = 0  # starts that said so
    faults: list[str] | None = None

    def fault(self, sentence: str) -> None:
        """Note what was lost or wrong."""
        self.faults = [*(self.faults or []), f"kill {self.kills}: {sentence}"]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {**asdict(self), "faults": self.faults or []}


def session_kills(folder: Path, count: int, seed: int, says: Says = print) -> Kills:
    """Kill a process that edits through `GradingSession`, check everything, and go on with the same study."""
    chance, result = random.Random(seed), Kills()
    known: dict[str, str] = {}
    place = folder
    for number in range(count):
        if number % _KILLS_A_STUDY == 0:
            place, known = folder / str(number), {}
            small_study(place).close()
            says(f"session kills: {number} of {count}, {result.acknowledged} changes acknowledged")
        image = f"eye{chance.randrange(4)}"
        work = grade(place / "study", image, chance.random())
        if chance.random() < _AWAKE:
            told = kill_after(
                work, folder / "told", chance.randrange(1, _SESSION_WORDS), chance.uniform(0, _MOMENT)
            )
        else:
            told = kill_after(work, folder / "told", 0, chance.uniform(0, _OPENING))
        result.kills += 1
        with Study.open(place / "study") as study:
            known[image] = _check(study, image, told, known.get(image), result)
            for problem in study_problems(study):
                result.fault(problem)
    return result


def _check(
    study: Study, image: str, told: list[dict[str, Any]], before: str | None, result: Kills
) -> str | None:
    """Hold what is stored against what was told; returns what is stored."""
    stored = state_of(study.session(study.image(image), study.graders()[0]))
    has = [step["has"] for step in told if "has" in step]
    result.acknowledged += max(0, len(has) - 1)
    last = has[-1] if has else before
    allowed = {last}
    if told and "intends" in told[-1]:
        result.in_mid_change += 1
        allowed.add(told[-1]["intends"])
        result.of_these_made += stored == told[-1]["intends"] != last
    if not has:
        result.before_anything += 1
    if last is not None and stored not in allowed:
        result.fault(f"{image} is {stored}, which is none of {allowed}")
    return stored


def window_kills(folder: Path, count: int, seed: int, says: Says = print) -> Kills:
    """Kill the real offscreen window while mouse and keys draw in it."""
    # Late, and before the first fork: it takes Qt in.
    from tests.flow.scripted_grader import main as draw_in_window

    chance, result = random.Random(seed + 1), Kills()
    place = folder
    for number in range(count):
        if number % _KILLS_A_STUDY == 0:
            place = folder / str(number)
            small_study(place, 1, size=(400, 560)).close()
        if number % 10 == 0:
            says(f"window kills: {number} of {count}, {result.acknowledged} states shown as saved")

        def work(handle: int, study: Path = place / "study", key: float = chance.random()) -> None:
            os.dup2(handle, 1)
            draw_in_window(str(study), str(key))

        told = kill_after(
            work, folder / "told", chance.randrange(1, _WINDOW_WORDS), chance.uniform(0, _MOMENT)
        )
        result.kills += 1
        result.acknowledged += len(told)
        with Study.open(place / "study") as study:
            session = study.session(study.images()[0], study.graders()[0])
            differing = set(session.grading.shapes) ^ set(told[-1]["shapes"])
            if len(differing) > 1:
                result.fault(f"{len(differing)} shapes differ from what was shown as saved")
            if not all(step["shown"].startswith("Saved") for step in told):
                result.fault("an edit was not shown as saved")
            for problem in study_problems(study):
                result.fault(problem)
    return result


def server_kills(folder: Path, count: int, seed: int, says: Says = print) -> Kills:
    """Kill the study's PostgreSQL, let the grader work on with their journal, kill them too, and start both again.

    Raises:
        NoServerError: no PostgreSQL can be started here.
    """
    chance, result = random.Random(seed + 2), Kills()
    server = PostgresServer(durable=True)
    home = os.environ.get("XDG_DATA_HOME")
    os.environ["XDG_DATA_HOME"] = str(folder / "own")  # where the journals lie
    try:
        small_study(folder, url=server.url()).close()
        for number in range(count):
            if number % 10 == 0:
                says(f"server kills: {number} of {count}, {result.recovered} edits recovered")
            image = f"eye{chance.randrange(4)}"
            victim = Victim(grade_on_server(folder / "study", image, chance.random()), folder / "told")
            victim.wait_for(chance.randrange(1, _SESSION_WORDS))
            server.kill()
            victim.wait_for(len(victim.told()) + chance.randrange(2, _SESSION_WORDS))
            time.sleep(chance.uniform(0, _MOMENT))
            told = victim.kill()
            server.start()
            result.kills += 1
            _check_recovered(folder / "study", image, told, result)
    finally:
        server.close()
        if home is None:
            del os.environ["XDG_DATA_HOME"]
        else:
            os.environ["XDG_DATA_HOME"] = home
    return result


def _check_recovered(folder: Path, image: str, told: list[dict[str, Any]], result: Kills) -> None:
    waited = next((step["unsent"] for step in reversed(told) if "unsent" in step), 0)
    intended = bool(told) and "intends" in told[-1]
    with Study.open(folder) as study:
        if not waited <= study.sent.edits <= waited + intended:
            result.fault(f"{waited} edits waited, and {study.sent.edits} were recovered")
        result.recovered += study.sent.edits
        words = recovered_words(study)
        if (str(study.sent.edits) in words) != (study.sent.edits > 0) or words != study.sent.sentence:
            result.fault(f"it was said: {words!r}")
        result.said += bool(words)
        for sentence in study.sent.refused:
            result.fault(sentence)
        _check(study, image, told, None, result)
        for problem in study_problems(study):
            result.fault(problem)
