"""Real processes, of a program that only waits."""

import os
import shutil
import subprocess
import sys
import time

import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.retraining import process as module
from retina_studio.retraining.process import TrainingProcess

WAITS = "import sys, time; print('begun', flush=True); sys.stderr.write('a word\\n'); time.sleep(float(sys.argv[2]))"


@pytest.fixture
def waits(monkeypatch):
    monkeypatch.setattr(module, "training_command", lambda: [sys.executable, "-c", WAITS])


def wait_for(condition):
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_process_is_found_again_and_ended(waits, tmp_path):
    marker, log, out = tmp_path / "run", tmp_path / "log.txt", tmp_path / "out.txt"
    started = TrainingProcess([str(marker), "60"], marker)
    assert not started.pid
    started.start(out, log)
    wait_for(lambda: out.is_file() and out.read_text() == "begun\n")
    assert started.is_running()
    assert os.getsid(started.pid) == started.pid != os.getsid(0)
    assert os.getpriority(os.PRIO_PROCESS, started.pid) >= 10
    found = TrainingProcess([str(marker), "60"], marker)
    assert found.pid == started.pid
    found.start(out, log)  # nothing: it is running
    assert found.status is None
    other = TrainingProcess([str(tmp_path / "other"), "60"], tmp_path / "other", pid=started.pid)
    assert not other.pid
    started.end()
    assert not started.is_running()
    assert not found.is_running()
    assert started.status < 0
    assert "a word" in log.read_text()


def test_a_process_that_ends_by_itself_says_how(waits, tmp_path):
    short = TrainingProcess([str(tmp_path), "0"], tmp_path)
    short.start(None, tmp_path / "log.txt")
    wait_for(lambda: not short.is_running())
    assert short.status == 0


def test_a_program_that_is_not_there_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "training_command", lambda: [str(tmp_path / "gone")])
    with pytest.raises(RetinaError, match="Training cannot be started"):
        TrainingProcess([str(tmp_path)], tmp_path).start(None, tmp_path / "log.txt")


@pytest.mark.skipif(shutil.which("ps") is None, reason="there is no ps here")
def test_where_there_is_no_proc_the_words_of_the_process_tell_it_from_a_stranger(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "_PROC", tmp_path / "none")
    marker = tmp_path / "run"
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", str(marker)])
    try:
        assert TrainingProcess([str(marker)], marker, pid=sleeper.pid).pid == sleeper.pid
        other = tmp_path / "other"
        assert not TrainingProcess([str(other)], other, pid=sleeper.pid).pid
    finally:
        sleeper.kill()
        sleeper.wait()
    assert not TrainingProcess([str(marker)], marker, pid=sleeper.pid).pid
