import numpy as np
import pytest

from retina_studio.domain.comparison import Answers, Truth, compare_answers, totals

SIZE = (20, 30)


def box(left, right):
    mask = np.zeros(SIZE, dtype=bool)
    mask[5:15, left:right] = True
    return mask


def said(*, disc=None, dr=None, fovea=None):
    masks = {} if disc is None else {"OD": disc}
    grades = {} if dr is None else {"dr": dict(enumerate(dr))}
    return Answers(SIZE, masks, {} if fovea is None else {"fovea": fovea}, grades)


def settled(mask):
    return Truth(masks={"OD": mask.astype(np.uint8) * 255})


def test_a_better_mask_a_worse_grade_and_a_nearer_point():
    truth = Truth({"OD": box(0, 10).astype(np.uint8) * 255}, {"fovea": (10.0, 10.0)}, {"dr": 1})
    old = said(disc=box(5, 15), dr=(0.2, 0.8), fovea=(11.5, 10.0))
    new = said(disc=box(0, 10), dr=(0.7, 0.3), fovea=(10.0, 10.0))
    case = compare_answers("a", old, new, truth)
    by_name = {score.name: score for score in case.scores}
    assert (by_name["OD"].old, by_name["OD"].new) == (0.5, 1.0)
    assert by_name["dr"].change == pytest.approx(-0.5)
    assert by_name["dr"].answers == (1, 0)
    assert by_name["fovea"].old == pytest.approx(
        0.5
    )  # 1.5 pixels off, of 3 that are a tenth of the longer side
    assert by_name["fovea"].new == 1.0
    assert case.change == pytest.approx((0.5 - 0.5 + 0.5) / 3)
    assert (case.verdict(), case.verdict("OD"), case.verdict("dr")) == ("better", "better", "worse")
    assert case.turned == ("dr",)
    assert case.overlap == {"OD": 0.5}
    assert case.same == 0.25


def test_what_is_not_settled_does_not_count():
    plane = box(0, 10).astype(np.uint8) * 255
    plane[:, 10:20] = 127
    case = compare_answers("a", said(disc=box(0, 10)), said(disc=box(0, 20)), Truth({"OD": plane}))
    assert (case.scores[0].old, case.scores[0].new) == (1.0, 1.0)
    assert case.verdict() == "same"


def test_the_answer_none_is_right_when_nothing_is_found():
    nothing = np.zeros(SIZE, dtype=bool)
    case = compare_answers("a", said(disc=box(0, 3)), said(disc=nothing), settled(nothing))
    assert (case.scores[0].old, case.scores[0].new) == (0.0, 1.0)


def test_weights_that_say_nothing_of_a_label_have_no_score():
    case = compare_answers("a", said(), said(disc=box(0, 10)), settled(box(0, 10)))
    assert (case.scores[0].old, case.scores[0].new, case.change) == (None, 1.0, None)
    assert case.verdict() == "unknown"
    assert compare_answers("a", said(), said(), settled(box(0, 10))).scores == ()
    assert totals([case]) == ()


def test_a_disc_that_was_only_pointed_at_is_held_against_the_middle_of_the_mask():
    truth = Truth(points={"OD": (5.0, 10.0)})
    case = compare_answers("a", said(disc=box(0, 10)), said(disc=np.zeros(SIZE, dtype=bool)), truth)
    assert (case.scores[0].old, case.scores[0].new) == (1.0, 0.0)


def test_totals_count_each_image_once():
    truth = Truth({"OD": box(0, 10).astype(np.uint8) * 255}, grades={"dr": 1})
    old, new = said(disc=box(5, 15), dr=(0.6, 0.4)), said(disc=box(0, 10), dr=(0.4, 0.6))
    cases = [
        compare_answers("a", old, new, truth),
        compare_answers("b", new, old, truth),
        compare_answers("c", old, new, settled(box(0, 10))),
    ]
    disc, dr = totals(cases)
    assert (disc.name, disc.images, disc.better, disc.worse, disc.right) == ("OD", 3, 2, 1, None)
    assert disc.new == pytest.approx(2.5 / 3)
    assert (dr.name, dr.kind, dr.images, dr.right) == ("dr", "grade", 2, (1, 1))
