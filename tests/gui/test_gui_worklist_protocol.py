"""The worklist's due dates, reasons, counts and filters of an assigned study."""

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt

from retina_studio.gui.panels import worklist_rows
from retina_studio.gui.panels.worklist import WorklistPanel
from retina_studio.gui.panels.worklist_rows import Wanted, second_line, urgency
from retina_studio.study.records import ImageRecord, WorklistEntry

TODAY = date(2026, 3, 14)


class _Calendar(date):
    """One on which it is always the same day, also when the tests run over midnight."""

    @classmethod
    def today(cls):
        return TODAY


@pytest.fixture(autouse=True)
def _one_day(monkeypatch):
    monkeypatch.setattr(worklist_rows, "date", _Calendar)


def entry(number, state="open", days=None, **fields):
    image = ImageRecord(number, f"image-{number}", "", "", "fundus", "OD", "p1", "", 10, 10)
    due = (TODAY + timedelta(days=days)).isoformat() if days is not None else ""
    return WorklistEntry(image, state, due, **fields)


@pytest.fixture
def panel(application, qtbot):
    made = WorklistPanel()
    qtbot.addWidget(made)
    made.show_entries(
        [
            entry(1, "returned", -1, reason="returned", note="Look again."),
            entry(2, days=0, reason="due today"),
            entry(3, days=9),
            entry(4, "submitted", -9),
            entry(5, reason="certification", purpose="certification"),
        ]
    )
    return made


@pytest.mark.parametrize(
    ("days", "state", "expected"),
    [
        (-1, "open", "overdue"),
        (0, "open", "soon"),
        (3, "in progress", "soon"),
        (4, "open", ""),
        (-1, "submitted", ""),
        (None, "open", ""),
    ],
)
def test_what_is_not_submitted_becomes_urgent(days, state, expected):
    assert urgency(entry(1, state, days)) == expected


def test_a_row_says_when_it_is_wanted(panel):
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    lines = [second_line(shown) for shown in panel._model.entries]
    assert lines == [
        f"returned · overdue {yesterday} · right eye",
        "open · due today · right eye",
        f"open · due {(TODAY + timedelta(days=9)).isoformat()} · right eye",
        "submitted · right eye",
        "open · right eye",
    ]


def test_the_tip_says_why(panel):
    tips = [panel._model.index(row).data(Qt.ItemDataRole.ToolTipRole) for row in (0, 4)]
    assert tips[0].endswith("Returned by the adjudicator: Look again.")
    assert tips[1].endswith("Given to certify you: the answer is known")


def test_states_are_counted(panel):
    assert panel.counts.text() == "1 of 5 submitted · 1 returned"
    assert panel.counts.toolTip().splitlines() == [
        "open: 3",
        "in progress: 0",
        "submitted: 1",
        "returned: 1",
        "overdue: 1",
    ]
    texts = [action.text() for action in panel.filter_button.menu().actions()][:5]
    assert texts == [
        "All states\t5",
        "To do\t4",
        "Returned\t1",
        "Due soon or overdue\t2",
        "Submitted\t1",
    ]


@pytest.mark.parametrize(
    ("state", "shown"),
    [("", [1, 2, 3, 4, 5]), ("to do", [1, 2, 3, 5]), ("returned", [1]), ("due", [1, 2]), ("submitted", [4])],
)
def test_each_filter_shows_its_own(panel, state, shown):
    panel._want(Wanted(state=state))
    model = panel.view.model()
    names = [model.index(row, 0).data().partition(",")[0] for row in range(model.rowCount())]
    assert names == [f"image-{number}" for number in shown]
