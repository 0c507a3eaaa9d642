"""What the study keeps of the moment at which proposals were shown, with real windows."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import select

from retina_studio.study.agreement import study_agreement
from retina_studio.study.database import ConnectionLostError
from retina_studio.study.schema import AssignmentRow, AuditRow
from retina_studio.study.verify import study_problems


def _reveals(study):
    with study.database.reading() as session:
        return list(session.scalars(select(AuditRow).where(AuditRow.what == "reveal")))


def _answer(window, scale, value):
    button = window.grading_panel.button(scale, value)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.document.grading.grades[scale] == value


def _submit(window):
    _answer(window, "gradability", "good")
    _answer(window, "dr", 1)
    window.document.session.submit(complete=False)


def test_looking_leaves_no_trace_and_the_first_edit_brings_the_time_of_the_showing(
    open_window, proposed, qtbot
):
    window = open_window(proposed)
    assert window.canvas.offers.shapes
    with proposed.database.reading() as session:
        assert list(session.scalars(select(AssignmentRow))) == []
    _answer(window, "gradability", "good")
    _answer(window, "dr", 1)
    (told,) = _reveals(proposed)
    assert told.who == "Chen"
    with proposed.database.reading() as session:
        first_edit = session.scalars(select(AuditRow).where(AuditRow.what == "edit")).first()
    assert json.loads(told.detail)["at"] < first_edit.at
    assert study_problems(proposed) == []


def test_an_image_without_proposals_reveals_nothing(open_window, proposed, qtbot):
    window = open_window(proposed)
    with qtbot.waitSignal(window.image_shown, timeout=5000):
        window.worklist.select("b_OD")
    _answer(window, "gradability", "good")
    assert _reveals(proposed) == []


def test_a_second_window_is_not_told_of_a_change(open_window, full_study, qtbot):
    from retina_studio.domain.proposal import Proposal, proposal_origin
    from retina_studio.domain.shapes import Ellipse, new_shape

    first = open_window(full_study)
    _answer(first, "gradability", "good")
    second = open_window(full_study)
    disc = new_shape("OD", Ellipse(200, 150, 40, 44), proposal_origin("disc", "ab" * 32))
    image = full_study.images()[0]
    full_study.add_proposal(image, Proposal("disc", "ab" * 32, (disc,), {disc.id: 0.9}, seconds=0.1))
    first.document.proposals_changed.emit()
    assert len(_reveals(full_study)) == 1
    _answer(second, "dr", 2)
    assert not second.banner.isVisible()
    second.document.proposals_changed.emit()
    assert len(_reveals(full_study)) == 1


def test_what_is_changed_afterwards_is_in_the_agreement(open_window, proposed, qtbot):
    window = open_window(proposed)
    _submit(window)
    (row,) = study_agreement(proposed).reveals
    assert (row.grader, row.revealed, row.changed) == ("Chen", 1, 1)


@pytest.mark.parametrize("away", [1, 2])
def test_while_the_server_is_away_nothing_is_said_and_the_next_showing_tries_again(
    away, open_window, proposed, monkeypatch, qtbot
):
    window = open_window(proposed)
    session = window.document.session
    real, left = session.reveal, [None] * away

    def reveal(at):
        if left:
            left.pop()
            raise ConnectionLostError("The server cannot be reached.")
        real(at)

    monkeypatch.setattr(session, "reveal", reveal)
    _answer(window, "gradability", "good")
    assert not window.banner.isVisible()
    for grade in (1, 2, 3):
        _answer(window, "dr", grade)
    assert len(_reveals(proposed)) == 1


def test_blind_first_nothing_is_told_of_what_the_models_found(open_window, proposed, qtbot, monkeypatch):
    monkeypatch.setattr("retina_studio.gui.features.proposing.propose_all", lambda *_: (2, []))
    proposed.set_setting("blind_first", True, "Chen")
    window = open_window(proposed)
    window.actions["propose"].trigger()
    qtbot.waitUntil(lambda: "once you have submitted" in window.status.currentMessage())
    assert "2" not in window.status.currentMessage()


def test_blind_first_they_are_shown_and_recorded_once_the_grading_is_submitted(open_window, proposed, qtbot):
    proposed.set_setting("blind_first", True, "Chen")
    window = open_window(proposed)
    _answer(window, "gradability", "good")
    _answer(window, "dr", 1)
    assert window.document.proposals_hidden
    assert window.proposal_panel.table.rowCount() == 0
    assert "once you have submitted" in window.proposal_panel.summary.text()
    assert not window.canvas.offers.shapes
    assert _reveals(proposed) == []
    window.proposal_panel.accept_all()
    assert not window.document.grading.shapes
    window.document.session.submit(complete=False)
    window.document.proposals_changed.emit()
    assert window.document.proposals_hidden == ""
    assert window.proposal_panel.table.rowCount() == 2
    assert window.canvas.offers.shapes
    assert len(_reveals(proposed)) == 1
    assert window.document.reopen()
    assert len(_reveals(proposed)) == 2
    assert study_problems(proposed) == []
