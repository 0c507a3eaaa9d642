"""How far the graders of a study agree, from what the vote stored."""

import json

import numpy as np
import pytest
from sqlalchemy import insert, select, update
from vote_examples import GRADERS, submit, submit_all

from retina_studio.domain.agreement import fleiss_kappa, kappa
from retina_studio.domain.bootstrap import bootstrap_interval
from retina_studio.domain.edits import (
    JointEdit,
    SetComment,
    SetGrade,
    add_shapes,
    change_shape,
    remove_shapes,
)
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.study.agreement import study_agreement
from retina_studio.study.agreement_habits import grading_times
from retina_studio.study.consensus import run_vote
from retina_studio.study.estimates import fleiss, kappas, ratios
from retina_studio.study.schema import AssignmentRow, AuditRow, EditRow, GradingRow

GRADES = {"p1_OD": (1, 1, 2), "p1_OS": (3, 3, 3), "p2_OD": (0, 1, 1)}


@pytest.fixture
def graded(peopled):
    for name, grades in GRADES.items():
        submit_all(peopled, name, grades)
    run_vote(peopled)
    return peopled


def of(rows, **wanted):
    """The one row with these values."""
    (row,) = [row for row in rows if all(getattr(row, key) == value for key, value in wanted.items())]
    return row


def test_grades_agree_as_the_formulas_say(graded):
    found = study_agreement(graded)
    assert (found.images, found.gradings, found.graders) == (3, 9, GRADERS)
    ada, ben, cleo = zip(*GRADES.values(), strict=True)
    pair = of(found.pairs, first="Ada", second="Cleo", scale="dr")
    assert pair.kappa.value == pytest.approx(kappa(ada, cleo, 5))
    assert pair.quadratic.value == pytest.approx(kappa(ada, cleo, 5, quadratic=True))
    assert (pair.percent.value, pair.percent.n) == (pytest.approx(1 / 3), 3)
    table = [[row.count(grade) for grade in range(5)] for row in GRADES.values()]
    assert of(found.scales, scale="dr").kappa.value == pytest.approx(fleiss_kappa(table))
    settled = (1, 3, 1)
    against = of(found.consensus, first="Ben", second="consensus", scale="dr")
    assert against.kappa.value == pytest.approx(kappa(ben, settled, 5)) == 1.0
    assert of(found.consensus, first="Ada", scale="dr").percent.value == pytest.approx(2 / 3)


def test_drawings_agree_with_the_consensus_as_far_as_they_do(peopled):
    submit_all(peopled, "p1_OD", lesions=(50, 50, None))
    submit(peopled, "p1_OS", "Ada", disc=24)
    submit(peopled, "p1_OS", "Ben")
    submit(peopled, "p1_OS", "Cleo")
    run_vote(peopled)
    found = study_agreement(peopled)
    ben, ada = (of(found.labels, grader=name, label="OD").dice for name in ("Ben", "Ada"))
    assert (ben.value, ben.n) == (1.0, 2)
    assert 0.7 < ada.value < 0.95
    assert ada.low < ada.value < ada.high
    cleo = of(found.labels, grader="Cleo", label="MA")
    assert (cleo.found, cleo.missed, cleo.extra, cleo.sensitivity.value) == (0, 1, 0, 0.0)
    assert cleo.precision.value is None
    assert of(found.labels, grader="Ada", label="MA").sensitivity.value == 1.0
    # An image of which both say there is none is no overlap: MA was drawn on one image only.
    assert of(found.overlaps, first="Ada", second="Ben", label="MA").dice.n == 1
    assert of(found.overlaps, first="Ben", second="Cleo", label="OD").dice.value == 1.0


def test_drift_is_by_the_week_of_submission_and_by_month_in_a_long_study(graded):
    days = {"p1_OD": "2026-03-02", "p1_OS": "2026-03-08", "p2_OD": "2026-03-09"}
    _submitted(graded, days)
    found = study_agreement(graded)
    assert found.period == "week"
    ada = [(p.start, p.gradings, p.agreement) for p in found.drift if p.grader == "Ada"]
    assert ada == [("2026-03-02", 2, 1.0), ("2026-03-09", 1, 0.5)]
    assert all(point.dice == 1.0 for point in found.drift)
    _submitted(graded, {"p2_OD": "2027-01-31"})
    found = study_agreement(graded)
    assert found.period == "month"
    assert [p.start for p in found.drift if p.grader == "Ada"] == ["2026-03-01", "2027-01-01"]


def test_time_per_image_leaves_pauses_and_files_out(peopled):
    submit_all(peopled, "p1_OD")
    seconds = {"Ada": (0, 60, 600, 660), "Ben": (0, 10, 20, 30), "Cleo": (0, 0, 0, 0)}
    for grader, moments in seconds.items():
        _worked(peopled, "p1_OD", grader, moments)
    ada, ben = grading_times(peopled.database)  # Cleo's came from a file
    assert (ada.grader, ada.gradings, ada.median) == ("Ada", 1, 120)  # the 540 s in between were a pause
    assert (ben.grader, ben.median, ben.lower_quartile, ben.upper_quartile) == ("Ben", 30, 30, 30)


def test_changes_after_the_reveal_are_counted(graded):
    for image, changes in (("p1_OD", True), ("p1_OS", False)):
        session = graded.session(graded.image(image), graded.grader("Ada"))
        session.reopen()
        session.reveal()
        if changes:
            session.apply(add_shapes(new_shape("MA", Ellipse(30, 30, 2, 2))))
        session.submit(complete=False)
    run_vote(graded)
    (row,) = study_agreement(graded).reveals
    assert (row.grader, row.revealed, row.changed, row.rate.value) == ("Ada", 2, 1, 0.5)


def test_hidden_repeats_are_compared_with_the_first_grading_and_vote_nowhere(graded):
    image, ada = graded.image("p1_OD"), graded.grader("Ada")
    with graded.database.transaction() as session:
        again = {"image_id": image.id, "grader_id": ada.id, "state": "open", "revision": 0}
        session.execute(insert(AssignmentRow), {**again, "round": 1, "purpose": "repeat"})
    submit(graded, "p1_OD", "Ada", dr=2, disc=22)
    assert run_vote(graded).recomputed == 0
    found = study_agreement(graded)
    row = of(found.repeat_grades, scale="dr")
    assert (row.first, row.second, row.percent.value, row.kappa.n) == ("Ada", "Ada", 0.0, 1)
    assert 0.8 < of(found.repeat_overlaps, label="OD").dice.value < 1


def test_blinded_nobody_is_named(graded):
    text = json.dumps(study_agreement(graded, blind=True).to_dict())
    assert not any(name in text for name in GRADERS)
    blind, open_ = study_agreement(graded, blind=True), study_agreement(graded)
    assert blind.graders == study_agreement(graded, blind=True).graders
    assert sorted(row.kappa.value for row in blind.pairs) == sorted(row.kappa.value for row in open_.pairs)
    assert {row.second for row in blind.consensus} == {"consensus"}


def test_a_study_without_a_vote_has_no_figures(peopled):
    steps = []
    found = study_agreement(peopled, lambda done, total: steps.append((done, total)) is None)
    assert (found.images, found.labels, found.pairs, found.drift) == (0, (), (), ())
    assert steps[-1] == (8, 8)


def test_intervals_are_those_of_drawing_images_anew():
    rng = np.random.default_rng(1)
    first = rng.integers(0, 4, 80)
    second = np.where(rng.random(80) < 0.7, first, rng.integers(0, 4, 80))
    table = np.zeros((4, 4), np.int64)
    np.add.at(table, (first, second), 1)
    percent, plain, quadratic = kappas(table, 3)
    pairs = np.stack([first, second], axis=1)
    for estimate, weighted in ((plain, False), (quadratic, True)):
        assert estimate.value == pytest.approx(kappa(first, second, 4, quadratic=weighted))
        low, high = bootstrap_interval(
            pairs, lambda p, w=weighted: kappa(p[:, 0], p[:, 1], 4, quadratic=w), 4
        )
        assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=0.03)
    assert percent.value == pytest.approx((first == second).mean())


def test_fleiss_kappa_and_its_interval():
    rng = np.random.default_rng(2)
    table = rng.multinomial(3, [0.7, 0.2, 0.1], 60)
    _, estimate = fleiss(table, 3)
    assert estimate.value == pytest.approx(fleiss_kappa(table))
    low, high = bootstrap_interval(table, fleiss_kappa, 4)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=0.03)


def test_a_pooled_ratio_and_its_interval():
    rng = np.random.default_rng(3)
    found, all_ = rng.integers(0, 5, (70, 1)).astype(float), np.full((70, 1), 6.0)
    (estimate,) = ratios(found, all_, 3)
    assert estimate.value == pytest.approx(found.sum() / all_.sum())
    low, high = bootstrap_interval(found[:, 0] / 6, lambda values: float(values.mean()), 4)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=0.02)


def test_one_image_has_no_interval_and_none_no_value():
    one, none = ratios(np.array([[0.5, 0.0]]), np.array([[1.0, 0.0]]), 3)
    assert (one.value, one.low, one.n) == (0.5, None, 1)
    assert (none.value, none.n) == (None, 0)
    assert fleiss(np.zeros((0, 3), np.int64), 3)[1].value is None


def _submitted(study, days):
    with study.database.transaction() as session:
        for name, day in days.items():
            mine = select(AssignmentRow.id).where(AssignmentRow.image_id == study.image(name).id)
            at = f"{day}T10:00:00.000000+00:00"
            session.execute(update(GradingRow).where(GradingRow.assignment_id.in_(mine)).values(submitted=at))


def _worked(study, image, grader, seconds):
    """Put the times of a grading's edits, and last of its submission, so many seconds after the full hour."""
    at = [f"2026-03-02T10:{second // 60:02}:{second % 60:02}.000000+00:00" for second in seconds]
    with study.database.transaction() as session:
        place = (
            AssignmentRow.image_id == study.image(image).id,
            AssignmentRow.grader_id == study.grader(grader).id,
        )
        wanted = (
            select(GradingRow).join(AssignmentRow, AssignmentRow.id == GradingRow.assignment_id).where(*place)
        )
        grading = session.scalars(wanted).one()
        grading.submitted = at[-1]
        edits = session.scalars(
            select(EditRow).where(EditRow.grading_id == grading.id).order_by(EditRow.sequence)
        ).all()
        for edit, moment in zip(edits, at[:-1], strict=True):
            session.execute(update(AuditRow).where(AuditRow.id == edit.audit_id).values(at=moment))


def later(study, work, image="p1_OD"):
    """Ada opens her grading again, is shown proposals, works and submits."""
    session = study.session(study.image(image), study.grader("Ada"))
    session.reopen()
    session.reveal()
    work(session)
    session.submit(complete=False)
    return study_agreement(study).reveals[0]


def test_what_was_changed_after_the_reveal_is_told_in_kind(graded):
    def work(session):
        old = next(iter(session.grading.shapes.values()))
        kept, gone, new = (new_shape("MA", Ellipse(20 + n, 30, 2, 2)) for n in range(3))
        session.apply(add_shapes(kept, gone))
        session.apply(remove_shapes(gone))
        session.apply(change_shape(old, old.with_geometry(old.geometry.moved(1, 0)), "Move"))
        session.apply(JointEdit((add_shapes(new), SetGrade("dr", session.grading.grades["dr"], 4)), "Both"))
        session.undo()

    row = later(graded, work)
    assert (row.shapes_added, row.shapes_removed, row.shapes_changed, row.grades_changed) == (1, 0, 1, 0)
    assert (row.revealed, row.blind, row.changed) == (1, 1, 1)
    row = later(graded, lambda session: session.apply(SetGrade("dr", session.grading.grades["dr"], 4)))
    assert (row.revealed, row.shapes_added, row.grades_changed) == (1, 1, 1)  # over both versions
    row = later(graded, lambda session: session.apply(remove_shapes(*session.grading.shapes.values())))
    assert (row.shapes_added, row.shapes_removed) == (0, 1)


def test_what_is_taken_back_again_is_no_change(graded):
    def work(session):
        before = session.grading.grades["dr"]
        session.apply(SetGrade("dr", before, 4))
        session.apply(SetGrade("dr", 4, before))
        session.apply(SetComment("", "x"))
        session.undo()

    row = later(graded, work)
    assert (row.revealed, row.changed, row.rate.value) == (1, 0, 0.0)


def test_an_edit_from_before_the_reveal_that_is_undone_after_it_counts(graded):
    session = graded.session(graded.image("p1_OD"), graded.grader("Ada"))
    session.reopen()
    session.apply(add_shapes(new_shape("MA", Ellipse(20, 30, 2, 2))))
    session.undo()
    session.redo()
    session.reveal()
    session.undo()
    session.submit(complete=False)
    (row,) = study_agreement(graded).reveals
    assert (row.shapes_added, row.shapes_removed, row.changed) == (0, 1, 1)


def test_seen_beside_a_submitted_grading_and_left_alone_is_no_change(graded):
    graded.session(graded.image("p1_OD"), graded.grader("Ada")).reveal()
    (row,) = study_agreement(graded).reveals
    assert (row.revealed, row.blind, row.changed) == (1, 1, 0)
