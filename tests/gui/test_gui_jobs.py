"""Background jobs: results, failures and cancelling arrive as signals in the thread that asked."""

import logging
import threading

import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.gui.jobs import CancelledError, Job, finish_jobs


class _Listener:
    def __init__(self):
        self.heard = []

    def follow(self, job):
        job.progressed.connect(lambda share, text: self._hear("progressed", share, text))
        job.done.connect(lambda result: self._hear("done", result))
        job.failed.connect(lambda sentence: self._hear("failed", sentence))
        job.cancelled.connect(lambda: self._hear("cancelled"))
        job.start()

    def _hear(self, *what):
        self.heard.append((*what, threading.current_thread() is threading.main_thread()))


@pytest.fixture
def listener():
    return _Listener()


def test_a_result_and_progress(qtbot, listener):
    def work(state, number):
        state.progress(0.5, "half")
        return number + 1

    listener.follow(Job(work, 41))
    qtbot.waitUntil(lambda: len(listener.heard) == 2)
    assert listener.heard == [("progressed", 0.5, "half", True), ("done", 42, True)]


def test_a_sentence_for_people_arrives_as_it_is(qtbot, listener):
    def work(state):
        raise RetinaError("The image is empty.")

    listener.follow(Job(work))
    qtbot.waitUntil(lambda: bool(listener.heard))
    assert listener.heard == [("failed", "The image is empty.", True)]


def test_an_unforeseen_error_is_logged_and_told(qtbot, listener, caplog):
    def work(state):
        raise ValueError("odd")

    with caplog.at_level(logging.ERROR):
        listener.follow(Job(work))
        qtbot.waitUntil(lambda: bool(listener.heard))
    assert listener.heard == [("failed", "The work in the background failed: odd", True)]
    assert "ValueError" in caplog.text


def test_cancelling(qtbot, listener):
    began = threading.Event()

    def work(state):
        began.set()
        while True:
            state.check()

    job = Job(work)
    listener.follow(job)
    began.wait(5)
    job.cancel()
    assert job.wait(5)
    qtbot.waitUntil(lambda: bool(listener.heard))
    assert listener.heard[-1] == ("cancelled", True)
    assert not any(what in {"done", "failed"} for what, *_ in listener.heard)
    with pytest.raises(CancelledError):
        job.state.check()


def test_finishing_cancels_whatever_runs(qtbot):
    began = threading.Event()

    def work(state):
        began.set()
        while True:
            state.check()

    job = Job(work)
    job.start()
    began.wait(5)
    finish_jobs(5)
    assert job.wait(0)
