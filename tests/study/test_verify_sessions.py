"""Whatever people do in the program, in whatever order, the audit trail tells of exactly that."""

import random
from collections import OrderedDict
from functools import partial

import pytest
from full_study import fill
from hypothesis import given, settings
from hypothesis import strategies as st

from retina_studio.domain.edits import (
    JointEdit,
    SetAbsent,
    SetComment,
    SetGrade,
    add_shapes,
    change_shape,
    remove_shapes,
)
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.shapes import Ellipse, Point, new_shape
from retina_studio.study import verify
from retina_studio.study.checks.ledger import Ledger
from retina_studio.study.returning import return_for_correction
from retina_studio.study.verify import study_problems


class Hand:
    """Does something at random with the gradings of a study."""

    def __init__(self, study, seed):
        self.study, self.chance = study, random.Random(seed)
        self.sessions = {}

    def session(self):
        image = self.chance.choice(self.study.images())
        grader = self.chance.choice(self.study.graders()[:3])
        if self.chance.random() < 0.2:  # another window of the same person
            self.sessions.pop((image.id, grader.id), None)
        key = (image.id, grader.id)
        return self.sessions.setdefault(key, self.study.session(image, grader))

    def step(self):
        session = self.session()
        does = (
            self.edit,
            self.edit,
            self.edit,
            self.undo,
            self.undo,
            self.redo,
            self.hand_in,
            self.send_back,
        )
        self.chance.choice((*does, lambda session: session.reveal()))(session)

    def edit(self, session):
        if session.state == "submitted":
            session.reopen()
        session.apply(self.any_edit(session.grading, deep=True))

    def undo(self, session):
        if session.state != "submitted":
            session.undo()

    def redo(self, session):
        if session.state != "submitted":
            session.redo()

    def hand_in(self, session):
        if session.state != "submitted":
            session.submit(complete=False)

    def send_back(self, session):
        if session.state == "submitted":
            return_for_correction(
                self.study, session.image, session.grader.name, "Again.", self.study.grader("Zoe")
            )

    def any_edit(self, grading, deep):
        shapes = list(grading.shapes.values())
        some = self.chance.sample(shapes, min(len(shapes), self.chance.randint(0, 3)))
        makers = [self.grade, self.absent, self.comment, self.add, self.add]
        if some:
            makers += [lambda _: remove_shapes(*some), lambda _: self.move(some[0])]
        if deep:
            makers += [self.joint]
        return self.chance.choice(makers)(grading)

    def grade(self, grading):
        before = grading.grades.get("dr")
        return SetGrade(
            "dr", before, self.chance.choice([value for value in (None, 0, 1, 2, 4) if value != before])
        )

    def absent(self, grading):
        return SetAbsent("NV", "NV" not in grading.absent)

    def comment(self, grading):
        return SetComment(grading.comment, f"Said {self.chance.random()}, “so”.")

    def add(self, _):
        x, y = self.chance.randint(5, 50), self.chance.uniform(5, 35)
        return add_shapes(
            *(new_shape("MA", Ellipse(x + n, y, 2, 3)) for n in range(self.chance.randint(1, 3))),
            new_shape("HaEx", Point(x, y)),
        )

    def move(self, shape):
        return change_shape(shape, shape.with_geometry(shape.geometry.moved(1, 0.1)), "Move")

    def joint(self, grading):
        """Several edits in one, of which a later one may put back what an earlier one took away."""
        edits = []
        for _ in range(self.chance.randint(2, 4)):
            edit = self.any_edit(grading, deep=False)
            edits.append(edit)
            grading = edit.apply(grading)
            if getattr(edit, "before", ()) and not getattr(edit, "after", ()) and self.chance.random() < 0.5:
                again = add_shapes(*edit.before) if isinstance(edit.before, tuple) else SetComment("", "")
                if again.shape_ids:
                    edits.append(again)
                    grading = again.apply(grading)
        return JointEdit(tuple(edits), "Several")


@pytest.mark.parametrize("seed", range(2))
def test_random_sessions_leave_a_study_that_is_whole(peopled, seed):
    peopled.add_grader("Zoe", "adjudicator")
    hand = Hand(peopled, seed)
    done = 0
    for _ in range(60):
        try:
            hand.step()
            done += 1
        except RetinaError:  # another window, or a version that was returned meanwhile: loaded again
            hand.sessions.clear()
    assert done > 35
    assert study_problems(peopled) == []


def test_what_does_not_fit_into_memory_is_kept_in_the_scratch_file(study, tmp_path, monkeypatch):
    fill(study, tmp_path / "pictures")
    monkeypatch.setattr(verify, "Ledger", partial(Ledger, kept=12))
    assert study_problems(study) == []


keys = st.tuples(st.sampled_from("ab"), st.integers(-3, 3) | st.sampled_from(["", "ä", "Z", "a"]))
steps = st.lists(
    st.tuples(st.sampled_from(["put", "get", "change", "drop"]), keys, st.integers()), max_size=60
)


@given(steps, st.integers(2, 8))
@settings(max_examples=60, deadline=None)
def test_a_ledger_is_a_dictionary(script, kept):
    ledger, model = Ledger(kept), OrderedDict()
    for what, (table, key), value in script:
        place = (table, key)
        if what == "put":
            ledger.put(table, key, row={"value": value})
            model[place] = {"value": value}
        elif what == "drop":
            ledger.drop(table, key)
            model.pop(place, None)
        else:
            row = ledger.get(table, key)
            assert row == model.get(place)
            if what == "change" and row is not None:
                row["value"] = model[place]["value"] = value
    ledger.seal()
    for table in "ab":
        wanted = {key: row for (name, key), row in model.items() if name == table}
        order = sorted(wanted, key=lambda key: (isinstance(key, str), key))
        assert list(ledger.rows(table)) == [((key,), wanted[key]) for key in order]
    ledger.close()
