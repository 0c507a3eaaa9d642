"""A disk that is full: a small tmpfs, filled to the brim in the middle of each kind of work, and emptied again."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from retina_studio.domain.errors import RetinaError
from retina_studio.exchange.transfer import export_labels
from retina_studio.store.verify import verify_snapshot
from retina_studio.study.backup import backup
from retina_studio.study.curation import curate
from retina_studio.study.importing import import_images
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems
from tests.survival.small_study import grade_all, picture, small_study
from tests.survival.victims import some_edit, state_of
from tests.training.training_store import TINY, phantom, write_store

_ROOT = Path(__file__).resolve().parents[2]
_SIZE = 96 << 20  # bytes of the whole disk: training asks for 50 MB
_LEFT = (0, 4096, 20_000, 120_000)  # bytes left in it when the work begins
_MOST_EDITS = 400
Says = Callable[[str], object]
Work = Callable[[], object]


class NoDiskError(Exception):
    """No small disk can be mounted here; the message says why."""


class SmallDisk:
    """A tmpfs of a few megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, left: int) -> None:
        """Leave so many bytes."""
        room = os.statvfs(self.folder)
        size = room.f_bavail * room.f_frsize - left
        with self._ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)

    def empty(self) -> None:
        """Give the space back."""
        self._ballast.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, size: int = _SIZE) -> Iterator[SmallDisk]:
    """Mount one, and take it away again.

    Raises:
        NoDiskError: that needs root, on Linux.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NoDiskError("a small disk is mounted by root, on Linux")
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise NoDiskError(f"no small disk can be mounted ({done.stderr.strip()})")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def measure(folder: Path, says: Says = print, *, trains: bool = True) -> dict[str, Any]:
    """Fill the disk in each kind of work; what was said, and what went wrong.

    Raises:
        NoDiskError: no small disk can be mounted here.
    """
    result: dict[str, Any] = {"megabytes": _SIZE >> 20, "bytes_left": list(_LEFT), "works": {}, "faults": []}
    with small_disk(folder / "disk") as disk:
        home = disk.folder
        study = small_study(home, 3)
        with study:
            grade_all(study)
            works = _works(study, home, folder, trains=trains)
            for name, work in works.items():
                says(f"disk full: {name}")
                result["works"][name] = _try(name, work, disk, study, result["faults"])
            if study_problems(study):
                result["faults"].append(f"at the end: {study_problems(study)[0]}")
    return result


def _works(study: Study, home: Path, source: Path, *, trains: bool) -> dict[str, Work]:
    """What is tried; each can be done again and again."""
    chance, numbers = random.Random(3), iter(range(1000, 2000))
    session = study.session(study.image("eye0"), study.graders()[0])
    session.reopen()
    store = write_store(source / "store.h5", [phantom(number) for number in range(10)])

    def edit() -> None:
        try:
            for _ in range(_MOST_EDITS):
                session.apply(some_edit(session.grading, chance))
        finally:
            stored = study.session(session.image, session.grader)
            if state_of(stored) != state_of(session):
                raise ValueError("what is on the disk is not what was acknowledged")

    def take_in() -> None:
        paths = [picture(source / f"new{n}.png", n, (200, 300)) for n in (next(numbers), next(numbers))]
        report = import_images(study, paths)
        if report.refused:
            raise RetinaError(report.refused[0])

    def curated() -> None:
        curate(study, home / "curated.h5")

    def exported(form: str) -> Work:
        def work() -> None:
            try:
                export_labels(study, home / "out", form, "Ben")
            finally:
                _remove(home / "out")

        return work

    def backed_up() -> None:
        try:
            backup(study, home / "backup")
        finally:
            _remove(home / "backup")

    works: dict[str, Work] = {"edit": edit, "import": take_in, "curate": curated, "backup": backed_up}
    works |= {f"export {form}": exported(form) for form in ("masks", "coco", "labelme", "dicom-seg", "csv")}
    if trains:
        works["train"] = lambda: _train(store, home, source)
    return works


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)


def _train(store: Path, home: Path, source: Path) -> None:
    """A training of seconds, in its own process.

    Raises:
        RetinaError: it refused, with what it said.
    """
    recipe = source / "tiny.toml"
    recipe.write_text(TINY)
    run = home / "run"
    arguments = [
        "run",
        str(store),
        "--model",
        "disc",
        "--out",
        str(run),
        "--recipe",
        str(recipe),
        "--device",
        "cpu",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "training", *arguments], check=False, capture_output=True, text=True, cwd=_ROOT
    )
    if done.returncode:
        raise RetinaError(done.stderr.strip())
    if not (run / "disc.safetensors").is_file():
        raise FileNotFoundError("the training said that it was done, and there are no weights")
    shutil.rmtree(run)


def _try(name: str, work: Work, disk: SmallDisk, study: Study, faults: list[str]) -> dict[str, Any]:
    """Do a work with little space, then with enough; the sentences that were said."""
    said: list[str] = []
    went_well = 0
    for left in _LEFT:
        before = _kept(study)
        disk.fill(left)
        try:
            work()
            went_well += 1
        except RetinaError as error:
            said.append(str(error))
        except Exception as error:
            faults.append(f"{name}, {left} bytes left: {type(error).__name__}: {error}")
        full = _kept(study)
        disk.empty()
        lost = {key for key in before if full[key] != before[key] and name != "edit"}
        if lost or study_problems(study):
            faults.append(f"{name}, {left} bytes left: lost {sorted(lost)} {study_problems(study)[:1]}")
        try:
            work()
        except Exception as error:
            faults.append(f"{name}, with space again: {type(error).__name__}: {error}")
    for sentence in said:
        if "\n" in sentence or not sentence.endswith("."):
            faults.append(f"{name}: not one sentence: {sentence}")
    if not said:
        faults.append(f"{name}: the disk was never full")
    return {"refused": len(said), "went_well": went_well, "said": sorted(set(map(_shown, said)))}


def _shown(sentence: str) -> str:
    """A sentence without the places of this machine and the names of files that are hashes."""
    sentence = re.sub(r"[0-9a-f]{64}", "HASH", sentence)
    return " ".join(Path(word).name if word.startswith("/") else word for word in sentence.split(" "))


def _kept(study: Study) -> dict[str, str]:
    """Every grading, and the snapshot where there is one."""
    found = {}
    for image in study.images():
        for grader in study.graders():
            found[f"{image.name} {grader.name}"] = state_of(study.session(image, grader))
    snapshot = study.folder.parent / "curated.h5"
    if snapshot.is_file():
        found["snapshot"] = json.dumps(verify_snapshot(snapshot))
    return found
