"""A program whose every write is recorded: it edits a study, imports into it, or writes a snapshot over another.

    python -m tests.survival.writer study|snapshot FOLDER MARKS

Into MARKS, which lies on another disk so to speak, go lines: "may NAME" before a state may be on the disk, "is NAME"
once the program says that it is.
"""

import os
import random
import sys
from pathlib import Path

from retina_studio.store.read import Snapshot
from retina_studio.store.write import write_snapshot
from retina_studio.study.importing import import_images
from retina_studio.study.study import Study
from tests.survival.small_study import picture
from tests.survival.victims import some_edit, state_of
from tests.training.training_store import phantom

_ROUNDS, _EDITS = 4, 12  # how often the study is opened; edits each time


class Marks:
    """The lines that say what may and what must be there."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def say(self, what: str, name: str) -> None:
        """Write one line with one call."""
        os.write(self._handle, f"{what} {name}\n".encode())


def edit_study(folder: Path, marks: Marks) -> None:
    """Open, edit, close, again and again; images come in between."""
    chance = random.Random(7)
    for turn in range(_ROUNDS):
        with Study.open(folder / "study") as study:
            session = study.session(study.image("eye0"), study.graders()[0])
            for _ in range(_EDITS):
                edit = some_edit(session.grading, chance)
                marks.say("may", "edit")
                session.apply(edit)
                marks.say("is", state_of(session))
            import_images(study, [picture(folder / f"more{turn}.png", 50 + turn)])


def write_over(folder: Path, marks: Marks) -> None:
    """Put a snapshot in the place of another one."""
    marks.say("may", "snapshot")
    write_snapshot(folder / "a.h5", [phantom(n) for n in (3, 4, 5)], study_id="study", rules={})
    with Snapshot(folder / "a.h5") as snapshot:
        marks.say("is", snapshot.content_hash)


if __name__ == "__main__":
    {"study": edit_study, "snapshot": write_over}[sys.argv[1]](Path(sys.argv[2]), Marks(Path(sys.argv[3])))
