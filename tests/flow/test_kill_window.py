"""kill -9 while a grader draws: nothing that the window showed as saved may be lost."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from retina_studio.study.importing import import_images
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems

PROGRAM = Path(__file__).with_name("scripted_grader.py")


@pytest.fixture
def drawn_on(study, tmp_path):
    file = tmp_path / "eye.png"
    cv2.imwrite(str(file), np.full((400, 560, 3), 90, np.uint8))
    import_images(study, [file])
    study.add_grader("Ada")
    return study


def kill_at_random(folder: Path, chance: random.Random) -> list[dict]:
    """Let the scripted grader draw for a random while, kill it, and return what it had shown by then."""
    command = [sys.executable, str(PROGRAM), str(folder), str(chance.random())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        first = child.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.5))
        child.kill()
        rest = child.stdout.read()
    lines = [first, *rest.splitlines(keepends=True)]
    return [json.loads(line) for line in lines if line.endswith("\n")]


def run_kills(study: Study, kills: int) -> int:
    """Kill so many times; returns how many states were shown as saved in all."""
    chance = random.Random(20261121)
    shown = 0
    for _ in range(kills):
        told = kill_at_random(study.folder, chance)
        assert told
        assert all(state["shown"].startswith("Saved") for state in told)
        shown += len(told)
        with Study.open(study.folder) as opened:
            session = opened.session(opened.images()[0], opened.graders()[0])
            kept, last = set(session.grading.shapes), set(told[-1]["shapes"])
            # One more gesture may have been committed after the last word; never is one missing before it.
            assert len(kept ^ last) <= 1
            assert len(session.history()) >= len(kept)
            assert study_problems(opened) == []
    return shown


def test_a_few_kills_lose_nothing(drawn_on):
    assert run_kills(drawn_on, 4) > 8


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_fifty_kills_lose_nothing(drawn_on):
    states = run_kills(drawn_on, 50)
    print(f"50 kills, {states} states shown as saved, none lost")
    assert states > 300
