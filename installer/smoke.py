"""Smoke-test an installed application: what people get, never the checkout.

    python installer/smoke.py FOLDER [--chroot ROOT] [--out PICTURES]

FOLDER holds the programs `retina-studio` and `retina-train` (with --chroot: as seen from inside ROOT, a tree the
package was installed into). Everything runs as for a new person: an empty home, and no variable but PATH, HOME, LANG
and DISPLAY. Needs Xvfb, xwininfo and xprop, and Pillow for the picture of the screen. Status 1: a check failed.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from PIL import Image, ImageGrab

T = TypeVar("T")
MODELS = ("disc", "glaucoma", "lesion", "oct", "ppa")
_SCREEN = (1920, 1080)
_PATIENCE = 600  # seconds for a command
_WINDOW_PATIENCE = 120  # seconds until a window must be there
_COLOURS = 200  # so many different colours has a screen with the window, a photograph and icons at least


class FailedError(Exception):
    """A check that did not hold, in one sentence."""


@dataclass
class Installed:
    """An installed application, and where its checks may write.

    Attributes:
        folder: of the two programs, as seen from inside the tree.
        root: the tree; / for this machine.
        out: pictures for people to look at.
        work: a new folder below the tree's /tmp, with the home in it.
    """

    folder: Path
    root: Path
    out: Path
    work: Path
    display: str = ""
    seen: dict[str, str] = field(default_factory=dict)

    def inside(self, path: Path) -> str:
        """A path below the tree, as the programs see it."""
        return f"/{path.relative_to(self.root)}"

    def command(self, program: str, *arguments: object) -> list[str]:
        """The command line of a program in the clean environment."""
        words = ["env", "-i", "PATH=/usr/bin:/bin", f"HOME={self.inside(self.work / 'home')}", "LANG=C.UTF-8"]
        words += [f"DISPLAY={self.display}"] if self.display else []
        words += ["OMP_NUM_THREADS=1"] if os.environ.get("OMP_NUM_THREADS") == "1" else []
        words += [str(self.folder / program), *map(str, arguments)]
        return words if self.root == Path("/") else ["chroot", str(self.root), *words]

    def run(self, program: str, *arguments: object) -> str:
        """Run a program to its end; returns what it printed.

        Raises:
            FailedError: another status than 0.
        """
        command = self.command(program, *arguments)
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_PATIENCE, cwd=self.work
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise FailedError(
                f"{program} {' '.join(map(str, arguments))} ended with {done.returncode}: {' / '.join(said[-5:])}"
            )
        return done.stdout


def version(app: Installed) -> str:
    """Both programs start."""
    said = app.run("retina-studio", "--version").strip()
    if not re.fullmatch(r"Retina Studio \d+\.\d+\.\d+\S*", said):
        raise FailedError(f"It calls itself {said!r}.")
    app.run("retina-train", "--help")
    return said


def doctor(app: Installed) -> str:
    """What the application finds of itself; it ends with 1 where something essential is missing."""
    said = app.run("retina-studio", "doctor", "--json")
    found = json.loads(said)
    missing = [model for model in MODELS if not any(model in finding["what"] for finding in found)]
    if missing:
        raise FailedError(f"doctor knows no weights of {', '.join(missing)}.")
    advice = [f"{finding['what']}: {finding['advice']}" for finding in found if finding["state"] != "ok"]
    return "; ".join(advice) or "all is well"


def demo(app: Installed) -> str:
    """Graders draw, the vote settles, a model is trained in its own process and proposes."""
    app.run(
        "retina-studio",
        "demo",
        "--offscreen",
        "--out",
        app.inside(app.work / "demo"),
        "--seconds-training",
        5,
    )
    pictures = sorted((app.work / "demo").glob("*.png"))
    if not pictures or not (app.work / "demo" / "report.html").is_file():
        raise FailedError("The demo left no pictures or no report.")
    for picture in pictures:
        shutil.copyfile(picture, app.out / f"demo-{picture.name}")
    return f"{len(pictures)} pictures and a report"


def vote(app: Installed) -> str:
    """The vote in worker processes, which are the frozen program again."""
    study = app.work / "votes"
    shutil.copytree(app.work / "demo" / "study", study)
    # Another number of readings an image makes every image one that is voted on anew.
    said = (
        app.run("retina-studio", "vote", app.inside(study), "--per-image", 2, "--workers", 2)
        .strip()
        .splitlines()[-1]
    )
    if said.startswith("0 images"):
        raise FailedError("No image was voted on anew.")
    return said


def predictions(app: Installed) -> str:
    """Every shipped weights file loads and answers on a phantom."""
    photograph = sorted((app.work / "demo" / "phantoms").rglob("*.png"))[0]
    for model in MODELS:
        answers = app.work / "answers" / model
        kind = "oct" if model == "oct" else "fundus"
        words = [app.inside(photograph), "--model", model, "--out", app.inside(answers), "--modality", kind]
        app.run("retina-studio", "predict", *words, "--device", "cpu")
        (answer,) = answers.glob("*.json")
        if model not in answer.read_text("utf-8"):
            raise FailedError(f"{answer.name} has no answer of the model {model}.")
    return f"{len(MODELS)} models answered on {photograph.name}"


def training(app: Installed) -> str:
    """Two steps of training: an epoch of one batch in each stage."""
    words = [
        "run",
        app.inside(app.work / "demo" / "curated.h5"),
        "--model",
        "disc",
        "--out",
        app.inside(app.work / "run"),
    ]
    for stage in ("localiser", "decoder"):
        words += ["--set", f"{stage}.epochs=1", "--set", f"{stage}.batch_size=64"]
    app.run("retina-train", *words, "--device", "cpu")
    events = [
        json.loads(line) for line in (app.work / "run" / "events.jsonl").read_text("utf-8").splitlines()
    ]
    epochs = sum(event.get("event") == "epoch" for event in events)
    if not (app.work / "run" / "disc.safetensors").is_file():
        raise FailedError(f"The run has no weights after {epochs} epochs.")
    return f"{epochs} epochs, and weights"


def window(app: Installed) -> str:
    """The window opens on a real display, with icon, picture and no error in its log."""
    study = app.work / "study"
    app.run("retina-studio", "init", app.inside(study))
    app.run("retina-studio", "import", app.inside(study), app.inside(app.work / "demo" / "phantoms"))
    app.run("retina-studio", "graders", app.inside(study), "add", "Ada")
    with _display() as app.display:
        # As a file manager opens it: by the file that the desktop knows as a study.
        command = app.command("retina-studio", app.inside(study / "study.toml"), "--grader", "Ada")
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            try:
                found = _waited(lambda: _window(app.display), process)
                if "_NET_WM_ICON(CARDINAL)" not in _asked("xprop", app.display, "-id", found, "_NET_WM_ICON"):
                    raise FailedError("The window has no icon.")
                colours = _waited(lambda: _colours(app.display, app.out / "window.png"), process)
            finally:
                process.terminate()
    log = (app.work / "home" / ".local" / "share" / "retina-studio" / "logs" / "retina-studio.log").read_text(
        "utf-8"
    )
    if wrong := [line for line in log.splitlines() if " ERROR " in line or " CRITICAL " in line]:
        raise FailedError(f"The log has an error: {wrong[0]}")
    return f"window {found}, {colours} colours on the screen: look at {app.out / 'window.png'}"


CHECKS: tuple[Callable[[Installed], str], ...] = (version, doctor, demo, vote, predictions, training, window)


@contextmanager
def _display() -> Iterator[str]:
    """The name of a fresh X display."""
    reading, writing = os.pipe()
    size = f"{_SCREEN[0]}x{_SCREEN[1]}x24"
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        try:
            with os.fdopen(reading) as answer:
                yield f":{answer.readline().strip()}"
        finally:
            server.terminate()


def _waited(look: Callable[[], T | None], process: subprocess.Popen[str]) -> T:
    """What `look` finds, as soon as it does."""
    end = time.monotonic() + _WINDOW_PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise FailedError(
                f"The window's program ended with {process.returncode}: {process.communicate()[0][-500:]}"
            )
        if found := look():
            return found
        time.sleep(1)
    raise FailedError("The window did not come, or stayed empty.")


def _window(display: str) -> str | None:
    """The id of the application's window, once it is on the screen."""
    for line in _asked("xwininfo", display, "-root", "-tree").splitlines():
        found = re.match(r'\s*(0x[0-9a-f]+) ".*Retina Studio.*": .* (\d+)x(\d+)\+', line)
        if found and int(found[2]) > _SCREEN[0] // 4:
            return found[1]
    return None


def _colours(display: str, picture: Path) -> int | None:
    """How many colours are on the screen, once a photograph and icons are; leaves a picture of it."""
    screen: Image.Image = ImageGrab.grab(xdisplay=display)
    screen.save(picture)
    colours = screen.getcolors(screen.width * screen.height) or []
    return len(colours) if len(colours) > _COLOURS else None


def _asked(program: str, display: str, *arguments: str) -> str:
    command = [program, "-display", display, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every check; 0 when all hold."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="of the programs retina-studio and retina-train")
    parser.add_argument(
        "--chroot", type=Path, default=Path("/"), help="the tree the package was installed into"
    )
    parser.add_argument("--out", type=Path, default=Path("smoke-out"), help="where the pictures go")
    parser.add_argument(
        "--only", nargs="+", choices=[check.__name__ for check in CHECKS], help="some of the checks"
    )
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    root = given.chroot.resolve()
    failed = 0
    with tempfile.TemporaryDirectory(dir=root / "tmp", prefix="retina-smoke-") as work:
        app = Installed(given.folder, root, given.out.resolve(), Path(work))
        (app.work / "home").mkdir()
        for check in CHECKS:
            if given.only and check.__name__ not in given.only:
                continue
            start = time.monotonic()
            try:
                said, word = check(app), "ok    "
            except (FailedError, OSError, subprocess.SubprocessError, ValueError) as error:
                said, word, failed = str(error), "FAILED", failed + 1
            print(f"{word} {check.__name__:12} {time.monotonic() - start:6.1f} s  {said}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
