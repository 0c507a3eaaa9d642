"""What a grader answers for: the signature of a submitted grading, and that proposals were shown to them."""

import json

import pytest
from sqlalchemy import func, select

from retina_studio.domain.edits import SetGrade
from retina_studio.study.schema import AssignmentRow, AuditRow, GradingRow
from retina_studio.study.session import MEANING, MEANING_OF_IMPORT
from retina_studio.study.verify import study_problems


@pytest.fixture
def session(peopled):
    return peopled.session(peopled.image("p1_OD"), peopled.grader("Ada"))


def rows(study, what):
    with study.database.reading() as reading:
        found = reading.execute(
            select(AuditRow.who, AuditRow.subject, AuditRow.detail).where(AuditRow.what == what)
        )
        return [(who, subject, json.loads(detail)) for who, subject, detail in found]


def signatures(study):
    with study.database.reading() as reading:
        found = reading.execute(
            select(GradingRow.submitted, GradingRow.signature).order_by(GradingRow.version)
        )
        return [(submitted, json.loads(text) if text else None) for submitted, text in found]


def test_submitting_signs_in_the_row_and_in_the_trail(peopled, session):
    session.apply(SetGrade("gradability", None, "good"))
    session.submit(meaning=" I stand by this. ")
    ((submitted, signature),) = signatures(peopled)
    assert signature == {"name": "Ada", "meaning": "I stand by this.", "at": submitted}
    ((who, _, detail),) = rows(peopled, "submit")
    assert (who, detail["signature"], detail["grades"]) == ("Ada", signature, {"gradability": "good"})
    assert study_problems(peopled) == []


def test_every_version_is_signed_anew(peopled, session):
    session.submit(complete=False)
    session.reopen()
    assert [signature is None for _, signature in signatures(peopled)] == [False, True]
    session.apply(SetGrade("gradability", None, "good"))
    session.submit()
    assert [signature["meaning"] for _, signature in signatures(peopled)] == [MEANING_OF_IMPORT, MEANING]


def test_showing_proposals_is_recorded_once_for_each_version_and_changes_nothing_else(peopled, session):
    session.reveal()
    session.reveal()
    again = peopled.session(session.image, session.grader)
    again.reveal()
    assert (again.state, again.history(), dict(again.grading.grades)) == ("open", [], {})
    assert {entry.state for entry in peopled.worklist(session.grader)} == {"open"}
    assert len(rows(peopled, "reveal")) == 1
    with peopled.database.reading() as reading:
        assert reading.scalar(select(func.count()).select_from(AssignmentRow)) == 1
    session.apply(SetGrade("gradability", None, "good"))
    session.submit()
    session.reopen()
    session.reveal()
    (first, second) = rows(peopled, "reveal")
    assert first[0] == "Ada"
    assert first[1] != second[1]
    with peopled.database.reading() as reading:
        revealed = list(reading.scalars(select(GradingRow.revealed).order_by(GradingRow.version)))
    assert revealed == [first[2]["at"], second[2]["at"]]
    assert study_problems(peopled) == []


def test_proposals_can_be_shown_beside_a_submitted_grading(peopled, session):
    session.submit(complete=False)
    session.reveal()
    assert session.state == peopled.session(session.image, session.grader).state == "submitted"
    session.reopen()
    assert session.state == "in progress"
