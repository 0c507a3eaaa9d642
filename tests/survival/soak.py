"""Eight hours of grading, compressed: one window, thousands of images, and whether it grows or slows down.

    python -m tests.survival.soak --switches 20000 --edits 100000 --out FILE.json [--seconds 3600]

Images are opened through the worklist and drawn on with real mouse and key events; each is opened ten times, in groups
of twenty, so that the first tenth of the work is as heavy as the last. What was measured so far is in FILE.json at any
time: a run that is stopped (SIGTERM, or after --seconds) has the figures of what it did.
"""

import argparse
import gc
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import cv2
import numpy as np
from PySide6.QtCore import QEventLoop, QPointF, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from retina_studio.gui.app import make_application
from retina_studio.gui.main_window import MainWindow
from retina_studio.study.importing import import_images
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems

_VISITS, _GROUP = 10, 20  # how often each image is opened; how many images are gone through in turn
_SIZE = (360, 480)
_PATIENCE = 60_000  # ms until an image is there, on a machine that does much else
_SAMPLES = 100
_WARM_UP = 0.1  # of the work, in which caches fill
_LEFT = Qt.MouseButton.LeftButton


@dataclass
class Sample:
    """The state after a hundredth of the work; seconds are those of this hundredth, of all threads."""

    share: int  # switches of this hundredth
    switches: int
    edits: int
    cpu_seconds: float
    wall_seconds: float
    rss_mb: float


def main(switches: int, edits: int, out: Path, seconds: float, folder: Path) -> dict[str, Any]:
    """Work in a new study in `folder`; returns the figures, which are in `out` too."""
    ended: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: ended.append(number))
    application = make_application()
    with _study(folder, max(1, round(switches / _VISITS))) as study:
        window = MainWindow(study, study.graders()[0])
        window.resize(1280, 800)
        window.show()
        until = time.monotonic() + seconds
        samples: list[Sample] = []
        for sample in _work(window, study, switches, edits):
            samples.append(sample)
            out.write_text(json.dumps(_figures(samples, switches, edits), indent=1) + "\n", "utf-8")
            if ended or time.monotonic() > until:
                break
        window.close()
        window.deleteLater()
        application.processEvents()
        found = {**_figures(samples, switches, edits), "problems": study_problems(study)}
    out.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    signal.signal(signal.SIGTERM, before)
    return found


def _study(folder: Path, count: int) -> Study:
    """A study of so many small photographs, each with its number in it."""
    pictures = folder / "pictures"
    pictures.mkdir(parents=True)
    height, width = _SIZE
    ys, xs = np.mgrid[:height, :width]
    lit = np.hypot(xs - width / 2, ys - height / 2) < height / 2
    ground = np.dstack([lit * 40, lit * 80, lit * 170]).astype(np.uint8)
    for number in range(count):
        picture = ground.copy()
        cv2.putText(picture, str(number), (200, 180), cv2.FONT_HERSHEY_PLAIN, 2, (200, 200, 200), 2)
        cv2.imwrite(str(pictures / f"im{number:05d}.jpg"), picture)
    study = Study.create(folder / "study")
    import_images(study, [pictures])
    study.add_grader("Soak")
    return study


def _order(names: list[str], switches: int) -> Iterator[str]:
    """Which image comes next: groups of images, each gone through so often, then the next group."""
    done = 0
    while done < switches:
        for start in range(0, len(names), _GROUP):
            for name in names[start : start + _GROUP] * _VISITS:
                if done == switches:
                    return
                yield name
                done += 1


def _work(window: MainWindow, study: Study, switches: int, edits: int) -> Iterator[Sample]:
    names = [image.name for image in study.images()]
    chance = random.Random(20)
    made, each = 0, max(1, switches // _SAMPLES)
    cpu, wall = time.process_time(), time.perf_counter()
    for number, name in enumerate(_order(names, switches), 1):
        _show(window, name)
        while made < edits * number // switches:
            _edit(window, chance)
            made += 1
        if number % each == 0 or number == switches:
            share = number - (number - 1) // each * each
            yield Sample(share, number, made, time.process_time() - cpu, time.perf_counter() - wall, _rss())
            cpu, wall = time.process_time(), time.perf_counter()


def _show(window: MainWindow, name: str) -> None:
    """Choose an image and wait until it can be drawn on.

    Raises:
        TimeoutError: it did not come.
    """
    came: list[bool] = []
    loop = QEventLoop()
    connection = window.image_shown.connect(lambda: (came.append(True), loop.quit()))
    window.worklist.select(name)
    if not came:
        patience = QTimer(loop, interval=_PATIENCE, singleShot=True)
        patience.timeout.connect(loop.quit)
        patience.start()
        loop.exec()
        patience.stop()
    window.image_shown.disconnect(connection)
    if not came:
        raise TimeoutError(f"{name} did not come.")
    window.canvas.repaint()
    QApplication.processEvents()


def _edit(window: MainWindow, chance: random.Random) -> None:
    """Draw, delete or undo, as a person's hand does; each is one committed edit."""
    canvas, document = window.canvas, window.document
    before = document.session.revision if document.session else 0
    kind = chance.random()
    if kind < 0.15 and document.undo_stack.canUndo():
        QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    elif kind < 0.4 and canvas.selection:
        QTest.keyClick(canvas, Qt.Key.Key_Delete)
    else:
        _draw(window, chance)
    QApplication.processEvents()
    if document.session is None or document.session.revision != before + 1 or not document.is_saved:
        raise RuntimeError(f"The edit was not made ({kind:.2f}, {document.saved_text}).")


def _draw(window: MainWindow, chance: random.Random) -> None:
    canvas = window.canvas
    QTest.keyClick(canvas, Qt.Key.Key_1)
    x, y = chance.uniform(120, 330), chance.uniform(80, 250)
    spots = [canvas.to_widget(*spot) for spot in ((x, y), (x + 12, y + 9), (x + 24, y + 18))]
    QTest.mousePress(canvas, _LEFT, pos=spots[0].toPoint())
    for spot in spots[1:]:
        QTest.mouseMove(canvas, QPointF(spot).toPoint())
    QTest.mouseRelease(canvas, _LEFT, pos=spots[-1].toPoint())


def _rss() -> float:
    """Resident memory in MB, after a collection of garbage: what is in use."""
    gc.collect()
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def _figures(samples: list[Sample], switches: int, edits: int) -> dict[str, Any]:
    """What a run shows; growth and slowdown leave the warm-up out, and are None while nothing follows it."""
    tenth = max(1, len(samples) // 10)
    warm = samples[round(_WARM_UP * len(samples)) :]
    first, last = warm[:tenth], warm[-tenth:]
    figures: dict[str, Any] = {
        "switches": samples[-1].switches,
        "edits": samples[-1].edits,
        "asked": {"switches": switches, "edits": edits},
        "warm_up": _WARM_UP,
        "rss_mb": {"start": samples[0].rss_mb, "warm": _mid(first), "end": _mid(last)},
        "rss_growth": _mid(last) / _mid(first) - 1,
        "slowdown": _pace(last) / _pace(first),
        "cpu_ms_a_switch": 1000 * _pace(samples),
        "wall_seconds": sum(sample.wall_seconds for sample in samples),
        "cpu_seconds": sum(sample.cpu_seconds for sample in samples),
        "samples": [asdict(sample) for sample in samples],
    }
    return figures


def _mid(samples: list[Sample]) -> float:
    return statistics.median(sample.rss_mb for sample in samples)


def _pace(samples: list[Sample]) -> float:
    """CPU seconds a switch with its edits: other programs on the machine change it little."""
    return statistics.median(sample.cpu_seconds / sample.share for sample in samples)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--switches", type=int, default=20_000)
    parser.add_argument("--edits", type=int, default=100_000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    return parser.parse_args()


if __name__ == "__main__":
    options = _options()
    with tempfile.TemporaryDirectory() as home:
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
            os.environ[name] = home
        done = main(options.switches, options.edits, options.out, options.seconds, Path(home))
    print({key: value for key, value in done.items() if key != "samples"}, file=sys.stderr)
