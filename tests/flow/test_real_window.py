"""The window on a real X display (Xvfb): the same events, and what the screen then shows."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from retina_studio.images.read import read_image
from retina_studio.study.importing import import_images

PROGRAM = Path(__file__).with_name("real_window.py")


@pytest.fixture
def display():
    """The name of a fresh X display."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed (the Debian package xvfb)")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as answer:
            yield f":{answer.readline().strip()}"
        server.terminate()


@pytest.mark.window
def test_drawing_on_a_real_display(study, tmp_path, display):
    file = tmp_path / "eye.png"
    cv2.imwrite(str(file), np.full((400, 560, 3), (40, 90, 200), np.uint8))  # a red fundus, as BGR
    import_images(study, [file])
    study.add_grader("Ada")
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    picture = tmp_path / "screen.png"
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(study.folder), str(picture)],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.stdout.split() == ["xcb", "submitted", "2"], done.stderr
    session = study.session(study.images()[0], study.graders()[0])
    assert session.state == "submitted"
    disc = session.grading.labelled("OD")[0].geometry
    assert (disc.x, disc.y) == pytest.approx((150, 200), abs=2)
    screen = read_image(picture)
    red = np.all(np.abs(screen.astype(int) - (200, 90, 40)) < 6, axis=2)
    assert red.mean() > 0.15, "the image is not on the screen"
    blue = np.all(np.abs(screen.astype(int) - (0x56, 0xB4, 0xE9)) < 30, axis=2)
    assert blue.sum() > 100, "the outline of the disc is not on the screen"
