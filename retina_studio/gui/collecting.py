"""Garbage is collected in the GUI thread alone: a Qt object that another thread frees brings the program down."""

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 500


class GarbageCollector(QObject):
    """Takes the place of Python's own collection, which runs in whichever thread makes the next object.

    It looks twice a second, in the thread of its parent, whether a generation has had as many objects as Python lets it
    have. Python's own goes on when this one is closed.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(collect_due)
        self._timer.start()

    def close(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        if self._was_enabled:
            gc.enable()


def collect_due() -> None:
    """Collect the oldest generation that is due, with the younger ones; nothing where none is."""
    limits = zip(gc.get_count(), gc.get_threshold(), strict=True)
    due = [generation for generation, (count, limit) in enumerate(limits) if count > limit > 0]
    if due:
        gc.collect(max(due))
