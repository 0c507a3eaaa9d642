"""The gate's table: a row a figure, the candidate against the weights that are current."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QTreeWidget

from retina_studio.gui import icons, theme
from retina_studio.gui.panels.parts import add_row
from retina_studio.gui.words import tr
from retina_studio.retraining.verdict import Check

from .holdings import align_counts, plain_table
from .phrases import figure, signed

_COUNTS = range(1, 7)
_RESULT = 7


def check_table() -> QTreeWidget:
    """An empty one."""
    heads = (
        tr("Figure"),
        tr("Current"),
        tr("Candidate"),
        tr("Difference"),
        tr("95 % interval"),
        tr("Tolerance"),
        tr("Images"),
        tr("Passed"),
    )
    table = plain_table(tr("The gate's figures"), heads)
    table.headerItem().setTextAlignment(_RESULT, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.setToolTip(
        tr("Both weights on the same locked images; the figures that are no primary may fall so far")
    )
    return table


def show_checks(table: QTreeWidget, checks: Sequence[Check]) -> None:
    """Show these figures; the primary one is bold."""
    table.clear()
    for check in checks:
        item = add_row(table, _cells(check))
        align_counts(item, _COUNTS)
        name, role = _sign(check)
        item.setIcon(_RESULT, icons.icon(name, role))
        item.setForeground(3, QColor(theme.colour(_colour(check))))
        for column in (0, _RESULT):
            item.setToolTip(column, check.reason)
        if check.primary:
            font = item.font(0)
            font.setBold(True)
            for column in range(_RESULT + 1):
                item.setFont(column, font)


def _cells(check: Check) -> list[str]:
    interval = "–" if check.interval is None else " … ".join(signed(end) for end in check.interval)
    return [
        tr("{figure} (primary)", figure=check.title) if check.primary else check.title,
        figure(check.current),
        figure(check.candidate),
        signed(check.difference),
        interval,
        tr("must rise") if check.primary else figure(check.tolerance),
        str(check.images),
        {True: tr("yes"), False: tr("no"), None: tr("not judged")}[check.passed],
    ]


def _sign(check: Check) -> tuple[str, str]:
    if check.passed is None:
        return "question", "muted"
    return ("check-circle", "good") if check.passed else ("x-circle", "bad")


def _colour(check: Check) -> str:
    gain = (check.difference or 0.0) * (1 if check.higher else -1)
    return "text" if not gain else "good" if gain > 0 else "bad"
