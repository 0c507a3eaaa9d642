"""A grader judges before they see what models offer, where the study says so."""

import pytest
from sqlalchemy import select

from retina_studio.domain.edits import SetGrade, add_shapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.proposal import Proposal
from retina_studio.domain.shapes import Ellipse, Shape, new_shape
from retina_studio.study.consensus import run_vote, stored_outcome, submitted_gradings
from retina_studio.study.returning import return_for_correction
from retina_studio.study.schema import AuditRow, EditRow, GradingRow
from retina_studio.study.verify import study_problems


@pytest.fixture
def blind(peopled):
    """A study that is blind first, with a proposal for its first image; Zoe adjudicates."""
    peopled.set_setting("blind_first", True, "Zoe")
    disc = Shape("OD", Ellipse(30, 20, 8, 9), "proposed", "proposal:disc:abababababab")
    peopled.add_proposal(peopled.image("p1_OD"), Proposal("disc", "ab" * 32, (disc,), {"proposed": 0.9}))
    peopled.add_grader("Zoe", "adjudicator")
    peopled.add_grader("Eve", "engineer")
    return peopled


@pytest.fixture
def opened(blind):
    def open_(who="Ada", image="p1_OD"):
        return blind.session(blind.image(image), blind.grader(who))

    return open_


def reveals(study):
    """(version, whether it was submitted before the showing) of each showing."""
    with study.database.reading() as session:
        rows = session.scalars(select(GradingRow).where(GradingRow.revealed.is_not(None)))
        return [(row.version, row.submitted is not None and row.submitted < row.revealed) for row in rows]


def test_nothing_is_shown_before_the_own_grading_is_submitted(blind, opened):
    session = opened()
    assert session.proposals() == []
    assert "once you have submitted" in session.proposals_hidden
    session.apply(SetGrade("dr", None, 1))
    session.reveal()
    assert (session.proposals(), session.has_offers, reveals(blind)) == ([], False, [])
    session.submit(complete=False)
    assert session.proposals_hidden == ""
    assert len(session.proposals()) == 1
    assert session.has_offers
    assert opened().proposals_hidden == ""
    assert opened("Ben").proposals_hidden


@pytest.mark.parametrize("who", ["Zoe", "Eve"])
def test_adjudicators_and_engineers_see_them_at_once(opened, who):
    session = opened(who)
    assert session.proposals_hidden == ""
    assert len(session.proposals()) == 1


def test_it_is_off_unless_the_study_says_so(blind, opened):
    blind.set_setting("blind_first", False, "Zoe")
    assert opened().proposals_hidden == ""
    with pytest.raises(RetinaError, match="true or false"):
        blind.set_setting("blind_first", "yes", "Zoe")


def test_a_showing_beside_a_submitted_grading_is_recorded(blind, opened):
    session = opened()
    session.submit(complete=False)
    session.reveal()
    session.reveal()
    assert reveals(blind) == [(1, True)]
    assert opened().is_revealed
    assert study_problems(blind) == []


def test_every_edit_of_a_reopened_grading_comes_after_the_showing(blind, opened):
    session = opened()
    session.apply(SetGrade("dr", None, 1))
    session.submit(complete=False)
    session.reopen()
    assert session.is_revealed
    assert len(session.proposals()) == 1
    session.apply(SetGrade("dr", 1, 2))
    session.apply(add_shapes(new_shape("MA", Ellipse(9, 9, 2, 2))))
    with blind.database.reading() as rows:
        first, second = rows.scalars(select(GradingRow).order_by(GradingRow.version))
        made = rows.execute(
            select(EditRow.grading_id, AuditRow.at).join(AuditRow, AuditRow.id == EditRow.audit_id)
        ).all()
    assert first.revealed is None
    assert second.revealed == second.created > first.submitted
    assert [at > second.revealed for _, at in made] == [False, True, True]
    assert study_problems(blind) == []


def test_an_image_without_proposals_is_reopened_unseen(blind, opened):
    session = opened(image="p2_OD")
    session.submit(complete=False)
    session.reopen()
    assert not session.is_revealed
    assert reveals(blind) == []


def test_a_returned_grading_was_submitted_once(blind, opened):
    opened().submit(complete=False)
    return_for_correction(blind, blind.image("p1_OD"), "Ada", "Look again.", blind.grader("Zoe"))
    session = opened()
    assert session.state == "returned"
    assert session.proposals_hidden == ""


def test_a_window_that_finds_its_grading_changed_stays_blind_no_longer(blind, opened):
    one, other = opened(), opened()
    other.submit(complete=False)
    with pytest.raises(RetinaError, match="changed in another window"):
        one.apply(SetGrade("dr", None, 1))
    assert one.proposals_hidden == ""


def voters(study, version):
    """The DR grade of everybody who votes on the first image."""
    study.set_setting("vote", {"graders": 1, "version": version}, "Zoe")
    gradings = submitted_gradings(study, study.image("p1_OD"))
    return {name: grading.grades["dr"] for name, grading in gradings.items()}


def test_the_vote_takes_the_newest_version_or_the_last_blind_one(blind, opened):
    session = opened()
    session.apply(SetGrade("dr", None, 1))
    session.submit(complete=False)
    assert voters(blind, "newest") == voters(blind, "blind") == {"Ada": 1}
    session.reveal()
    assert voters(blind, "blind") == {"Ada": 1}
    session.reopen()
    session.apply(SetGrade("dr", 1, 2))
    assert voters(blind, "newest") == voters(blind, "blind") == {}  # not while it is open again
    session.submit(complete=False)
    assert voters(blind, "newest") == {"Ada": 2}
    assert voters(blind, "blind") == {"Ada": 1}
    assert run_vote(blind, workers=1).recomputed == 1
    assert stored_outcome(blind, blind.image("p1_OD")).grades["dr"] == 1
    voters(blind, "newest")
    assert run_vote(blind, workers=1).recomputed == 1
    assert stored_outcome(blind, blind.image("p1_OD")).grades["dr"] == 2


def test_who_saw_proposals_first_has_no_blind_vote(blind, opened):
    blind.set_setting("blind_first", False, "Zoe")
    session = opened("Ben")
    session.apply(SetGrade("dr", None, 3))
    session.reveal()
    session.submit(complete=False)
    session.reopen()
    session.submit(complete=False)
    assert voters(blind, "newest") == {"Ben": 3}
    assert voters(blind, "blind") == {}


def test_outcomes_from_before_the_rule_existed_are_not_voted_on_again(blind, opened):
    session = opened()
    session.apply(SetGrade("dr", None, 1))
    session.submit(complete=False)
    voters(blind, "newest")
    assert run_vote(blind, workers=1).recomputed == 1
    voters(blind, "blind")
    assert run_vote(blind, workers=1).recomputed == 0
