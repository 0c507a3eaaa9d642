import time
from datetime import date

import pytest

from retina_studio.domain.edits import SetGrade
from retina_studio.study.assigning import assign
from retina_studio.study.certification import give_certification, make_certification
from retina_studio.study.repeating import give_repeats
from retina_studio.study.returning import return_for_correction
from retina_studio.study.worklist import REASONS, read_worklist


@pytest.fixture
def ada(study, add_images):
    add_images(6)
    for name in ("Ada", "Ben", "Cleo"):
        study.add_grader(name)
    study.add_grader("Eve", "adjudicator")
    return study.grader("Ada")


def names(entries):
    return [entry.image.name for entry in entries]


def test_as_long_as_nothing_is_assigned_everybody_sees_every_image_by_name(study, ada):
    assert names(study.worklist(ada)) == [f"i{n:05}" for n in range(6)]
    study.session(study.image("i00002"), ada).apply(SetGrade("dr", None, 1))
    assert [entry.state for entry in study.worklist(ada)] == ["open", "open", "in progress", *["open"] * 3]


def test_assigned_images_come_in_the_graders_own_order_and_others_not_at_all(study, ada):
    assign(study, per_image=2)
    own = [names(study.worklist(study.grader(name))) for name in ("Ada", "Ben", "Cleo")]
    assert [len(order) for order in own] == [4, 4, 4]
    assert sorted(name for order in own for name in order) == sorted([f"i{n:05}" for n in range(6)] * 2)
    assert any(order != sorted(order) for order in own)
    assert names(study.worklist(study.grader("Eve"))) == [f"i{n:05}" for n in range(6)]


def test_what_was_shown_and_neither_given_nor_begun_is_not_in_an_assigned_list(study, ada):
    study.session(study.image("i00001"), ada).reveal()
    study.set_setting("assignment", "assigned", "Eve")
    assert study.worklist(ada) == []
    study.set_setting("assignment", "free", "Eve")
    assert {entry.state for entry in study.worklist(ada)} == {"open"}


@pytest.mark.parametrize(
    ("today", "reason"),
    [
        (date(2026, 5, 8), ""),
        (date(2026, 5, 9), "due tomorrow"),
        (date(2026, 5, 10), "due today"),
        (date(2026, 5, 11), "overdue"),
    ],
)
def test_a_due_date_is_a_reason(study, ada, hand_in, today, reason):
    assign(study, due="2026-05-10")
    hand_in(study, "i00000", "Ada")
    entries = read_worklist(study.database, ada, study.images(), today)
    assert {entry.due for entry in entries} == {"2026-05-10"}
    assert {entry.image.name: entry.reason for entry in entries} == {
        "i00000": "",
        **{f"i{n:05}": reason for n in range(1, 6)},
    }


def test_returned_comes_before_other_reasons_and_ends_with_submitting(study, ada, hand_in):
    assign(study, due="2020-01-01")
    session = hand_in(study, "i00003", "Ada")
    return_for_correction(study, session.image, "Ada", "Look again", study.grader("Eve"))

    def entry():
        return next(entry for entry in study.worklist(ada) if entry.image.name == "i00003")

    assert (entry().state, entry().reason, entry().note) == ("returned", "returned", "Look again")
    study.session(session.image, ada).apply(SetGrade("dr", None, 1))
    assert (entry().state, entry().reason, entry().note) == ("in progress", "returned", "Look again")
    study.session(session.image, ada).submit()
    assert (entry().state, entry().reason, entry().note) == ("submitted", "", "")


def test_a_top_up_says_so(study, ada):
    assign(study, per_image=2)
    assign(study, per_image=3)
    reasons = {entry.reason for entry in study.worklist(ada)}
    assert reasons == {"", "top-up"}
    assert reasons - {""} <= set(REASONS)


def test_nothing_tells_a_hidden_repeat_from_an_open_image(study, ada, hand_in):
    assign(study)
    hand_in(study, "i00000", "Ada")
    give_repeats(study, 0, 1.0)
    entries = {entry.image.name: entry for entry in study.worklist(ada)}
    assert len(entries) == len(study.worklist(ada)) == 6
    repeat, ordinary = entries["i00000"], entries["i00001"]
    hidden = ("state", "due", "reason", "note", "round", "purpose")
    assert [getattr(repeat, key) for key in hidden] == [getattr(ordinary, key) for key in hidden]
    session = study.session(repeat.image, ada)
    assert (session.state, session.history(), dict(session.grading.grades)) == ("open", [], {})


def test_what_was_returned_is_not_hidden_by_a_repeat(study, ada, hand_in):
    hand_in(study, "i00000", "Ada", dr=1)
    give_repeats(study, 0, 1.0)
    return_for_correction(study, study.image("i00000"), "Ada", "Look again", study.grader("Eve"))
    session = study.session(study.image("i00000"), ada)
    assert (session.state, session.grading.grades["dr"]) == ("returned", 1)
    assert study.worklist(ada)[0].note == "Look again"
    session.submit()
    assert (study.session(session.image, ada).state, study.worklist(ada)[0].state) == ("open", "open")


def test_a_hidden_repeat_looks_like_what_nobody_gave(study, ada, hand_in):
    hand_in(study, "i00000", "Ada")
    give_repeats(study, 0, 1.0)
    first, second, *_ = study.worklist(ada)
    assert (first.state, first.purpose, first.reason) == (second.state, second.purpose, second.reason)


def test_a_grading_that_was_begun_is_found_again_after_a_certification(study, ada, hand_in):
    begun = study.session(study.image("i00000"), ada)
    begun.apply(SetGrade("dr", None, 2))
    hand_in(study, "i00000", "Eve")
    make_certification(study, "first", study.grader("Eve"))
    give_certification(study, "first", [ada])
    assert (study.worklist(ada)[0].state, study.worklist(ada)[0].reason) == ("open", "certification")
    hand_in(study, "i00000", "Ada")
    assert study.worklist(ada)[0].state == "in progress"
    assert dict(study.session(study.image("i00000"), ada).grading.grades) == {"dr": 2}


def test_a_list_of_five_thousand_is_quick(study, ada, add_images):
    add_images(4994)
    assign(study, 1, due="2030-01-01", graders=[ada])
    images = study.images()
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        entries = read_worklist(study.database, ada, images)
        taken.append(time.perf_counter() - start)
    assert len(entries) == 5000
    assert min(taken) < 0.25  # 60 ms on a machine that does nothing else
