import json

import pytest
from sqlalchemy import select

from retina_studio.cli import main
from retina_studio.domain.edits import SetGrade, add_shapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.study.assigning import assign
from retina_studio.study.consensus import submitted_gradings
from retina_studio.study.repeating import due_repeats, give_repeats, repeats
from retina_studio.study.returning import return_for_correction
from retina_studio.study.schema import AssignmentRow, AuditRow, GradingRow
from retina_studio.study.verify import study_problems


@pytest.fixture
def submitted(peopled):
    """Ada's submitted grading of p1_OD, with a lesion and a comment-free DR1; Eve adjudicates."""
    peopled.add_grader("Eve", "adjudicator")
    session = peopled.session(peopled.image("p1_OD"), peopled.grader("Ada"))
    session.apply(add_shapes(new_shape("MA", Ellipse(10, 10, 3, 2))))
    session.apply(SetGrade("gradability", None, "good"))
    session.apply(SetGrade("dr", None, 1))
    session.submit()
    return session


def again(study):
    return study.session(study.image("p1_OD"), study.grader("Ada"))


def test_a_returned_grading_is_a_new_version_with_the_comment_until_it_is_submitted(peopled, submitted):
    return_for_correction(peopled, submitted.image, "Ada", "  The disc is missing. ", peopled.grader("Eve"))
    session = again(peopled)
    assert (session.state, session.note) == ("returned", "The disc is missing.")
    assert session.grading == submitted.grading
    assert session.undo() is None
    session.apply(SetGrade("dr", 1, 2))
    assert (again(peopled).state, again(peopled).note) == ("in progress", "The disc is missing.")
    session.submit()
    assert (session.note, again(peopled).state, again(peopled).note) == ("", "submitted", "")
    with peopled.database.reading() as rows:
        versions = rows.execute(select(GradingRow.version, GradingRow.grades, GradingRow.submitted)).all()
        detail = json.loads(rows.scalar(select(AuditRow.detail).where(AuditRow.what == "return")))
        assert rows.scalar(select(AuditRow.who).where(AuditRow.what == "return")) == "Eve"
    assert [(version, json.loads(grades)["dr"]) for version, grades, _ in versions] == [(1, 1), (2, 2)]
    assert all(when for *_, when in versions)
    assert detail["comment"] == "The disc is missing."
    assert study_problems(peopled) == []


def test_a_window_that_still_shows_the_submitted_one_finds_out(peopled, submitted):
    return_for_correction(peopled, submitted.image, "Ada", "Again", peopled.grader("Eve"))
    with pytest.raises(RetinaError, match="changed in another window"):
        submitted.reopen()
    assert (submitted.state, submitted.note) == ("returned", "Again")
    submitted.apply(SetGrade("dr", 1, 2))


def test_who_may_return_what(peopled, submitted):
    eve, ben = peopled.grader("Eve"), peopled.grader("Ben")
    for who, grader, comment, words in (
        (ben, "Ada", "x", "Only an adjudicator or an engineer"),
        (eve, "Ada", "  ", "what is to be corrected"),
        (eve, "Ben", "x", "Ben has not submitted"),
        (eve, "Nobody", "x", "no grader"),
    ):
        with pytest.raises(RetinaError, match=words):
            return_for_correction(peopled, submitted.image, grader, comment, who)
    assert again(peopled).state == "submitted"
    return_for_correction(peopled, submitted.image, "Ada", "x", eve)
    with pytest.raises(RetinaError, match="has not submitted"):
        return_for_correction(peopled, submitted.image, "Ada", "x", eve)
    peopled.grader_leaves("Ada", "Eve")
    with pytest.raises(RetinaError, match="has left"):
        return_for_correction(peopled, submitted.image, "Ada", "x", eve)


def test_the_command_returns(peopled, submitted, capsys):
    with pytest.raises(SystemExit) as end:
        main(["return", str(peopled.folder), "p1_OD", "Ada", "--comment", "Again", "--as", "Eve"])
    assert not end.value.code
    assert capsys.readouterr().out == "p1_OD is back with Ada.\n"
    assert again(peopled).note == "Again"


def test_a_repeat_is_an_empty_grading_and_both_are_found_as_a_pair(peopled, submitted):
    assert due_repeats(peopled, 1, 1.0) == []
    (due,) = due_repeats(peopled, 0, 1.0)
    assert (due.image.name, due.grader.name) == ("p1_OD", "Ada")
    assert give_repeats(peopled, 0, 1.0) == 1
    assert give_repeats(peopled, 0, 1.0) == 0
    session = again(peopled)
    assert (session.state, len(session.grading.shapes)) == ("open", 0)
    assert list(repeats(peopled)) == []
    session.apply(SetGrade("gradability", None, "usable"))
    session.apply(SetGrade("dr", None, 3))
    session.submit()
    (pair,) = repeats(peopled)
    assert (pair.image.name, pair.grader.name) == ("p1_OD", "Ada")
    assert pair.first == submitted.grading
    assert pair.second == session.grading
    assert 0 < pair.days < 1
    with peopled.database.reading() as rows:
        found = rows.execute(select(AssignmentRow.round, AssignmentRow.purpose, AssignmentRow.state)).all()
    assert sorted(tuple(row) for row in found) == [(0, "", "submitted"), (1, "repeat", "submitted")]
    assert study_problems(peopled) == []


def test_a_share_is_chosen_by_the_seed_alone(study, add_images, hand_in):
    add_images(24)
    study.add_grader("Ada")
    assign(study, per_image=1)
    for number in range(24):
        hand_in(study, f"i{number:05}", "Ada")
    chosen = [due.image.name for due in due_repeats(study, 0, 0.3, 1)]
    assert 2 <= len(chosen) <= 14
    assert [due.image.name for due in due_repeats(study, 0, 0.3, 1)] == chosen
    assert set(chosen) <= {due.image.name for due in due_repeats(study, 0, 0.6, 1)}
    assert chosen != [due.image.name for due in due_repeats(study, 0, 0.3, 2)]
    for days, share in ((-1, 0.5), (0, 0.0), (0, 1.5)):
        with pytest.raises(RetinaError, match="share above 0"):
            give_repeats(study, days, share)


def test_the_command_gives_repeats(peopled, submitted, capsys):
    with pytest.raises(SystemExit):
        main(["repeats", str(peopled.folder), "--days", "0", "--share", "1"])
    assert capsys.readouterr().out == "1 given again.\n"


def test_a_window_from_before_a_repeat_cannot_reopen_what_votes(peopled, submitted):
    give_repeats(peopled, 0, 1.0)
    with pytest.raises(RetinaError, match="changed in another window"):
        submitted.reopen()
    assert (submitted.state, dict(submitted.grading.grades)) == ("open", {})
    assert submitted_gradings(peopled, submitted.image).keys() == {"Ada"}


def test_who_is_no_adjudicator_any_more_returns_nothing(peopled, submitted):
    eve = peopled.grader("Eve")
    peopled.change_role("Eve", "grader", "Finn")
    with pytest.raises(RetinaError, match="Only an adjudicator"):
        return_for_correction(peopled, submitted.image, "Ada", "x", eve)


@pytest.mark.parametrize("text", ["half \ud800", "nul \0"])
def test_a_character_that_no_database_keeps_is_refused(peopled, submitted, text):
    if "\0" in text and not peopled.database.is_server:
        pytest.skip("SQLite keeps it")
    with pytest.raises(RetinaError, match="cannot be stored"):
        return_for_correction(peopled, submitted.image, "Ada", text, peopled.grader("Eve"))
    assert again(peopled).state == "submitted"
