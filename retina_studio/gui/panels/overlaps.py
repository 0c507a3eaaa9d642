"""The models' shapes compared with the grader's own, by Dice: worked out in a worker, a row a label."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QSizePolicy

from retina_studio.domain.overlap import Overlap, overlaps
from retina_studio.domain.shapes import Shape
from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.words import tr

_REST = 150  # ms without another change, before it is worked out
Compared = list[tuple[str, list[Overlap]]]  # model, what it shares with the grader


class OverlapTable(QLabel):
    """Hidden where the models and the grader have no label in common."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("quiet")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(tr("Dice of the proposals with your own shapes"))
        self.setToolTip(tr("Dice: 1 where both cover the same pixels, 0 where they share none"))
        self._wanted: tuple[Sequence[Shape], dict[str, list[Shape]], int, int] | None = None
        self._job: Job | None = None
        self._soon = QTimer(self, interval=_REST, singleShot=True)
        self._soon.timeout.connect(self._begin)
        self.hide()

    def compare(self, own: Sequence[Shape], offered: dict[str, list[Shape]], height: int, width: int) -> None:
        """Compare these with what each model offers, on an image of (height, width) pixels; the answer comes soon."""
        self._wanted = (own, offered, height, width)
        self._soon.start()

    def clear_soon(self) -> None:
        """There is nothing to compare any more."""
        self._wanted = None
        self._soon.stop()
        self.hide()

    def _begin(self) -> None:
        if self._wanted is None or self._job is not None:
            return
        wanted, self._wanted = self._wanted, None
        self._job = Job(_compare, *wanted)
        self._job.done.connect(self._show)
        for ended in (self._job.failed, self._job.cancelled):
            ended.connect(self._forget)
        self._job.start()

    def _show(self, found: Compared) -> None:
        self._job = None
        if self._wanted is not None:  # something has changed meanwhile
            self._soon.start()
        self.setText(table_of(found))
        self.setVisible(bool(self.text()))

    def _forget(self) -> None:
        self._job = None


def _compare(
    state: JobState, own: Sequence[Shape], offered: dict[str, list[Shape]], height: int, width: int
) -> Compared:
    found = []
    for model, shapes in offered.items():
        state.check()
        found.append((model, overlaps(own, shapes, height, width)))
    return found


def table_of(found: Compared) -> str:
    """The rows as rich text; "" where there are none."""
    rows = [
        f"<tr><td>{escape(entry.label)}&nbsp;</td><td align='right'><b>{entry.dice:.2f}</b>&nbsp;&nbsp;</td>"
        f"<td>{entry.own} / {entry.offered}&nbsp;&nbsp;</td><td>{escape(model)}</td></tr>"
        for model, entries in found
        for entry in entries
    ]
    return f"{tr('Dice with your own (yours / offered)')}<table>{''.join(rows)}</table>" if rows else ""
