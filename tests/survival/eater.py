"""A program that is fed spoiled files: each gets the sentence or the success that the application would give.

    python -m tests.survival.eater HOME SCRATCH MEGABYTES

HOME holds the study that the files come from. A line on stdin is {"kind", "path"}; the answer on stdout is {"answer":
"taken" or "refused" or "bug", "said", "problems", "cpu_seconds"}. MEGABYTES bound what the program may map beyond what
it has when it starts. Files that change a study go into a copy of it, which is held against the original afterwards.
"""

import json
import resource
import shutil
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from retina_studio.domain.errors import RetinaError
from retina_studio.exchange.transfer import import_labels
from retina_studio.images.metadata import read_sidecar
from retina_studio.inference.registry.checking import check_weights
from retina_studio.store.read import Snapshot
from retina_studio.store.verify import verify_snapshot
from retina_studio.study.importing import import_images
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems
from tests.survival.specimens import KINDS
from tests.survival.victims import some_edit, state_of
from training.recipe import read_recipe
from training.tasks import task_spec

_FORMS = {"labels-csv": "csv", "labels-zip": "labelme", "mask-png": "masks"}
_FRESH = 50  # files after which the copied study is made anew, so that it stays small
Answer = tuple[str, str]  # "taken" or "refused", and what was said


class Eater:
    """One study's copy, and what may be done to it."""

    def __init__(self, home: Path, scratch: Path) -> None:
        self._home, self._scratch = home, scratch
        self._eaten = 0
        self._ways: dict[str, Callable[[str, Path], Answer]] = {
            "image": self._image,
            "labels": self._labels,
            "study": self._study,
            "snapshot": self._snapshot,
            "metadata": self._metadata,
            "recipe": self._recipe,
            "weights": self._weights,
        }

    def eat(self, kind: str, path: Path) -> dict[str, Any]:
        """Give a file to the program."""
        way = KINDS[kind]
        if way in {"image", "labels", "metadata"}:
            self._renew()
        try:
            answer, said = self._ways[way](kind, path)
        except RetinaError as error:
            answer, said = "refused", str(error)
        except BaseException:
            return {"answer": "bug", "said": traceback.format_exc()[-1500:], "problems": []}
        problems = [] if way in {"study", "snapshot", "recipe", "weights"} else self._harm()
        if answer == "refused" and ("\n" in said or not said.endswith((".", "?"))):
            problems.append("what was said is not one sentence")
        return {"answer": answer, "said": said, "problems": problems}

    def _renew(self) -> None:
        if self._eaten % _FRESH == 0:
            shutil.rmtree(self._scratch / "copy", ignore_errors=True)
            shutil.copytree(self._home, self._scratch / "copy")
            with self._open() as study:
                self._before = self._content(study)
        self._eaten += 1

    def _open(self) -> Study:
        return Study.open(self._scratch / "copy")

    def _content(self, study: Study) -> dict[str, str]:
        """What must stay: every grading of those who did not import, and the images' files."""
        images = [image for image in study.images() if image.name in {"eye0", "eye1"}]
        kept = {image.name: image.sha256 for image in images}
        for grader in study.graders():
            if grader.name != "Ada":
                kept |= {f"{grader.name} {i.name}": state_of(study.session(i, grader)) for i in images}
        return kept

    def _harm(self) -> list[str]:
        with self._open() as study:
            changed = [] if self._content(study) == self._before else ["the study was changed"]
            return changed + study_problems(study)

    def _image(self, kind: str, path: Path) -> Answer:
        modality = "oct" if kind.startswith("oct") else "fundus"
        with self._open() as study:
            report = import_images(study, [path], modality)  # type: ignore[arg-type]
        for sentence in report.refused:
            if "\n" in sentence or not sentence.endswith("."):
                raise ValueError(sentence)
        taken = bool(report.imported or report.duplicates)
        return "taken" if taken else "refused", " ".join(report.refused) or "Nothing was found in it."

    def _labels(self, kind: str, path: Path) -> Answer:
        source = path
        if kind == "mask-png":
            source = path.parent / "masks"
            shutil.rmtree(source, ignore_errors=True)
            (source / "OD").mkdir(parents=True)
            shutil.copy(path, source / "OD")
        with self._open() as study:
            grader = study.grader("Ada")
            for image in study.images():
                session = study.session(image, grader)
                if session.state == "submitted":
                    session.reopen()
            import_labels(study, source, grader, _FORMS.get(kind, kind), submit=False)
        return "taken", ""

    def _metadata(self, kind: str, path: Path) -> Answer:
        read_sidecar(path)
        return "taken", ""

    def _study(self, kind: str, path: Path) -> Answer:
        """A study whose database or study.toml is spoiled: opened, checked, looked at and worked in."""
        folder = self._scratch / "spoiled"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self._home, folder)
        for left in folder.glob(f"{path.name}-*"):
            left.unlink()
        shutil.copy(path, folder / path.name)
        said = []
        with Study.open(folder) as study:
            for look in (self._check, self._work):
                try:
                    said += look(study)
                except RetinaError as error:
                    said.append(str(error))
        return ("refused", said[0]) if said else ("taken", "")

    def _check(self, study: Study) -> list[str]:
        return study_problems(study)

    def _work(self, study: Study) -> list[str]:
        import random

        chance = random.Random(0)
        for grader in study.graders():
            study.worklist(grader)
            for image in study.images():
                session = study.session(image, grader)
                session.history()
                if session.state == "submitted":
                    session.reopen()
                session.apply(some_edit(session.grading, chance))
                session.undo()
        return []

    def _snapshot(self, kind: str, path: Path) -> Answer:
        problems = verify_snapshot(path)
        with Snapshot(path) as snapshot:
            for number, entry in enumerate(snapshot.entries):
                snapshot.pixels(number)
                for label in entry.labels:
                    snapshot.mask(number, label)
                for read in (snapshot.consensus, snapshot.decisions, snapshot.layers, snapshot.votes):
                    read(number)
        return ("refused", problems[0]) if problems else ("taken", "")

    def _recipe(self, kind: str, path: Path) -> Answer:
        read_recipe(path, task_spec("disc").recipe)
        return "taken", ""

    def _weights(self, kind: str, path: Path) -> Answer:
        check_weights(path)
        return "taken", ""


def main(home: Path, scratch: Path, megabytes: int) -> None:
    """Eat until stdin ends."""
    warnings.simplefilter("ignore")
    eater = Eater(home, scratch)
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limit = mapped + (megabytes << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        task, since = json.loads(line), time.process_time()
        answer = eater.eat(task["kind"], Path(task["path"]))
        print(json.dumps({**answer, "cpu_seconds": time.process_time() - since}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
