"""Tests of `app.run`: what is done in the application's own event loops, and an end to those that would never end."""

from contextlib import contextmanager

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from retina_studio.gui import crashing

_PATIENCE = 60_000  # ms
_SOON = 20  # ms


def when(kind, act, ready=lambda window: True):
    """Do something with the first visible window of a kind, as soon as it is there and ready."""

    def look():
        found = [
            w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible() and ready(w)
        ]
        if found:
            act(found[0])
        else:
            QTimer.singleShot(_SOON, look)

    # Not at once: a dialog that is just being shown may meet that event before its loop runs.
    QTimer.singleShot(_SOON, look)


def in_use(window):
    """Whether a main window shows its image and takes keys."""
    return window.canvas.picture is not None and window.isActiveWindow()


@contextmanager
def ended_at_last(monkeypatch):
    """No time limit of the tests reaches into such a loop, and an error in it would wait for somebody to read it."""
    told, timer = [], QTimer()

    def close_all():
        for window in QApplication.topLevelWidgets():
            window.close()

    def end(reason):
        told.append(reason)
        timer.start(_SOON)  # again and again: what is closed may open the next

    monkeypatch.setattr(crashing, "_say", lambda error, report: end(error))
    timer.timeout.connect(close_all)
    late = QTimer(singleShot=True)
    late.timeout.connect(lambda: end("It took too long."))
    late.start(_PATIENCE)
    yield
    timer.stop()
    late.stop()
    assert told == []
