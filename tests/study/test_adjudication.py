"""What an adjudicator makes of what the vote left open."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select
from vote_examples import GRADERS, submit, submit_all

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.shapes import Ellipse, Point
from retina_studio.domain.voting.decisions import Decision
from retina_studio.study import adjudication
from retina_studio.study.adjudication import decide, queue, withdraw
from retina_studio.study.consensus import run_vote, stored_outcome
from retina_studio.study.schema import AuditRow, ConsensusRow, DecisionRow
from retina_studio.study.verify import study_problems


@pytest.fixture
def disputed(peopled):
    """Of p1_OD the grade is disputed, and a lesion that Ada alone drew."""
    submit_all(peopled, "p1_OD", dr=(1, 2, 3), lesions=(50, None, None))
    peopled.add_grader("Zoe", "adjudicator")
    run_vote(peopled)
    return peopled


@pytest.fixture
def image(disputed):
    return disputed.image("p1_OD")


@pytest.fixture
def zoe(disputed):
    return disputed.grader("Zoe")


@pytest.fixture
def items(disputed, image):
    """The items of p1_OD by kind."""
    return {item.kind: item for item in stored_outcome(disputed, image).items}


def decisions(study):
    with study.database.reading() as session:
        return [
            (row.action, row.state) for row in session.scalars(select(DecisionRow).order_by(DecisionRow.id))
        ]


def events(study, what):
    with study.database.reading() as session:
        found = session.scalars(select(AuditRow).where(AuditRow.what == what).order_by(AuditRow.id)).all()
    return [(row.who, row.subject, json.loads(row.detail)) for row in found]


def test_the_queue_says_what_is_open_and_why(disputed):
    submit_all(disputed, "p1_OS", dr=(0, 2, 4))
    submit_all(disputed, "p2_OD")
    run_vote(disputed)
    entries = queue(disputed)
    assert [(entry.image.name, entry.open_items) for entry in entries] == [("p1_OD", 2), ("p1_OS", 1)]
    assert "Diabetic retinopathy: no majority" in entries[0].reasons[0]
    assert "drawn by 1 of 3" in entries[0].reasons[1]


def test_an_empty_queue(peopled):
    assert queue(peopled) == []


def test_deciding_every_item_settles_the_image(disputed, image, zoe, items):
    half = decide(
        disputed, image, zoe, Decision(items["grade"].key, "choose", value=2, reason="haemorrhages")
    )
    assert (half.state, half.grades["dr"]) == ("adjudication", 2)
    assert [entry.open_items for entry in queue(disputed)] == [1]
    whole = decide(disputed, image, zoe, Decision(items["lesion"].key, "keep", grader="Ada"))
    assert whole.state == "settled"
    (kept,) = (entry for entry in whole.shapes if entry.shape.label == "MA")
    assert kept.rule == "adjudicator: keep"
    assert stored_outcome(disputed, image) == whole
    assert queue(disputed) == []
    assert run_vote(disputed).recomputed == 0
    assert study_problems(disputed) == []


def test_a_decision_is_signed_and_told_in_the_trail(disputed, image, zoe, items):
    outcome = decide(
        disputed, image, zoe, Decision(items["grade"].key, "choose", value=2, reason="why", by="Ada")
    )
    (made,) = (item.decision for item in outcome.items if item.decision)
    assert (made.by, made.reason) == ("Zoe", "why")
    ((who, subject, detail),) = events(disputed, "decide")
    assert (who, subject, detail["reason"]) == ("Zoe", f"image:{image.id}", "why")
    assert detail["before"] == []
    with disputed.database.reading() as session:
        row = session.scalars(select(DecisionRow)).one()
        basis = session.get_one(ConsensusRow, image.id).basis
    assert detail["after"] == {"id": row.id, "grader": zoe.id, "decision": json.loads(row.detail)}
    assert events(disputed, "vote")[-1][2]["basis"] == basis


def test_deciding_again_withdraws_the_earlier_decision_and_keeps_it(disputed, image, zoe, items):
    key = items["lesion"].key
    decide(disputed, image, zoe, Decision(key, "drop"))
    redrawn = Ellipse(49, 30, 3, 2)
    outcome = decide(disputed, image, zoe, Decision(key, "redraw", geometries=(redrawn,)))
    assert decisions(disputed) == [("drop", "withdrawn"), ("redraw", "active")]
    assert [e.shape.geometry for e in outcome.shapes if e.shape.label == "MA"] == [redrawn]
    before = events(disputed, "decide")[-1][2]["before"]
    assert [entry["decision"]["action"] for entry in before] == ["drop"]


def test_a_withdrawn_decision_leaves_the_item_open_again(disputed, image, zoe, items):
    key = items["grade"].key
    decide(disputed, image, zoe, Decision(key, "choose", value=4))
    outcome = withdraw(disputed, image, zoe, key)
    assert {item.kind for item in outcome.open_items} == {"grade", "lesion"}
    assert decisions(disputed) == [("choose", "withdrawn")]
    assert events(disputed, "withdraw decision")[0][2]["before"][0]["decision"]["value"] == 4
    with pytest.raises(RetinaError, match="Nothing was decided"):
        withdraw(disputed, image, zoe, key)


def test_a_decision_lasts_as_long_as_what_it_was_made_upon(disputed, image, zoe, items):
    decide(disputed, image, zoe, Decision(items["grade"].key, "choose", value=2))
    submit(disputed, "p1_OD", "Ada", dr=4)
    run_vote(disputed)
    outcome = stored_outcome(disputed, image)
    assert "dr" not in outcome.grades
    with pytest.raises(RetinaError, match="gradings of p1_OD changed"):
        decide(disputed, image, zoe, Decision(items["grade"].key, "choose", value=2))
    submit(disputed, "p1_OD", "Ada", dr=1)  # the same words again: the decision holds again
    run_vote(disputed)
    assert stored_outcome(disputed, image).grades["dr"] == 2


def test_a_stale_window_is_told_before_the_next_vote_was_run(disputed, image, zoe, items):
    submit(disputed, "p1_OD", "Ada", dr=4)
    with pytest.raises(RetinaError, match="gradings of p1_OD changed"):
        decide(disputed, image, zoe, Decision(items["grade"].key, "choose", value=2))
    assert decisions(disputed) == []


WRONG = [
    ("grade", {"action": "drop"}, "choose"),
    ("grade", {"action": "choose", "value": 9}, "not a Diabetic retinopathy grade"),
    ("lesion", {"action": "choose", "value": 2}, "not a grade"),
    ("lesion", {"action": "keep", "grader": "Nobody"}, "said nothing"),
    ("lesion", {"action": "redraw"}, "Draw"),
    ("lesion", {"action": "redraw", "geometries": (Ellipse(200, 30, 2, 2),)}, "outside of p1_OD"),
    ("lesion", {"action": "redraw", "geometries": (Point(20, 30),)}, "cannot be a point"),
]


def test_a_decision_that_does_not_fit_is_refused(disputed, image, zoe, items):
    before = stored_outcome(disputed, image)
    for kind, wrong, sentence in WRONG:
        with pytest.raises(RetinaError, match=sentence):
            decide(disputed, image, zoe, Decision(items[kind].key, **wrong))
    assert decisions(disputed) == []
    assert stored_outcome(disputed, image) == before


def test_only_an_adjudicator_decides(disputed, image, items):
    with pytest.raises(RetinaError, match="Only an adjudicator"):
        decide(disputed, image, disputed.grader("Ada"), Decision(items["lesion"].key, "drop"))
    with pytest.raises(RetinaError, match="Only an adjudicator"):
        withdraw(disputed, image, disputed.grader("Ada"), items["lesion"].key)
    pretended = replace(disputed.grader("Ada"), role="adjudicator")
    with pytest.raises(RetinaError, match="Only an adjudicator"):
        decide(disputed, image, pretended, Decision(items["lesion"].key, "drop"))
    assert decisions(disputed) == []


def test_a_reason_where_the_study_wants_one(disputed, image, zoe, items):
    disputed.set_setting("reason_required", True, "Zoe")
    with pytest.raises(RetinaError, match="wants a reason"):
        decide(disputed, image, zoe, Decision(items["lesion"].key, "drop", reason=" "))
    assert decide(disputed, image, zoe, Decision(items["lesion"].key, "drop", reason="artefact")).items


def test_an_image_that_waits_has_nothing_to_decide(disputed, image, zoe, items):
    disputed.session(image, disputed.grader("Ada")).reopen()
    with pytest.raises(RetinaError, match="waits for graders"):
        decide(disputed, image, zoe, Decision(items["lesion"].key, "drop"))


def test_two_adjudicators_on_one_image_do_not_undo_each_other(disputed, image, zoe, items, monkeypatch):
    yves = disputed.add_grader("Yves", "adjudicator")
    keep, calls = adjudication._keep, []

    def late(*arguments):
        if not calls:
            calls.append(1)
            decide(disputed, image, yves, Decision(items["grade"].key, "choose", value=3))
        keep(*arguments)

    monkeypatch.setattr(adjudication, "_keep", late)
    outcome = decide(disputed, image, zoe, Decision(items["lesion"].key, "drop"))
    assert outcome.state == "settled"
    assert outcome.grades["dr"] == 3
    assert {item.decision.by for item in outcome.items} == {"Zoe", "Yves"}
    assert len(GRADERS) == len(outcome.votes["dr"])
