import math

import numpy as np
import pytest

from retina_studio.networks.finding import Finding
from retina_studio.networks.postprocess import PLAIN, Postprocess, PostprocessError, tempered
from retina_studio.networks.preprocessing import Frame

FRAME = Frame((2, 3), (0, 0, 3, 2), (0, 0, 3, 2), (2, 3))
VALUES = np.array([[0.1, 0.4, 0.6], [0.35, 0.5, 0.9]], np.float32)


def test_a_threshold_counts_for_its_label_only():
    finding = Finding(FRAME, {"MA": VALUES, "iHE": VALUES})
    read = Postprocess(thresholds={"MA": 0.35}).applied(finding)
    assert np.array_equal(read.mask("MA"), VALUES >= 0.35)
    assert np.array_equal(read.mask("iHE"), VALUES >= 0.5)
    assert np.array_equal(PLAIN.applied(finding).mask("MA"), VALUES >= 0.5)


def test_an_exclusive_label_with_a_threshold_need_not_beat_the_background():
    maps = {
        "background": np.array([[0.6, 0.6, 0.6]], np.float32),
        "OD": np.array([[0.1, 0.3, 0.1]], np.float32),
        "PPA": np.array([[0.3, 0.1, 0.3]], np.float32) + np.array([[0, 0, -0.1]], np.float32),
    }
    frame = Frame((1, 3), (0, 0, 3, 1), (0, 0, 3, 1), (1, 3))
    finding = Finding(frame, maps, exclusive=True)
    assert not finding.mask("PPA").any()
    read = Postprocess(thresholds={"PPA": 0.25}).applied(finding)
    assert read.mask("PPA").tolist() == [[True, False, False]]
    low = Postprocess(thresholds={"PPA": 0.05, "OD": 0.05}).applied(finding)
    assert low.mask("PPA").tolist() == [[True, False, True]]
    assert low.mask("OD").tolist() == [[False, True, False]]  # no pixel is both


def test_a_temperature_is_that_of_the_logits():
    logits = np.array([2.0, -1.0, 0.5])
    plain, hot = (np.exp(logits / t) / np.exp(logits / t).sum() for t in (1.0, 1.7))
    grades = dict(enumerate(plain.tolist()))
    assert tempered(grades, 1.7) == pytest.approx(dict(enumerate(hot.tolist())))
    assert tempered(grades, 1.0) == grades
    assert tempered({False: 0.25, True: 0.75}, 2.0)[True] == pytest.approx(1 / (1 + math.sqrt(1 / 3)))


def test_a_low_temperature_leaves_the_most_probable():
    sure = tempered({0: 1e-30, 1: 2e-30, 2: 0.0}, 0.001)
    assert sure[1] == pytest.approx(1.0)
    assert tempered({0: 0.0, 1: 0.0}, 2.0) == {0: 0.0, 1: 0.0}


def test_grades_of_other_scales_stay():
    finding = Finding(FRAME, grades={"dr": {0: 0.8, 1: 0.2}, "oct": {"normal": 0.6, "dme": 0.4}})
    read = Postprocess(temperatures={"dr": 2.0}).applied(finding)
    assert read.grades["oct"] == finding.grades["oct"]
    assert read.grades["dr"][0] == pytest.approx(2 / 3)
    assert read.grade("dr") == finding.grade("dr")


def test_the_form_comes_back():
    chosen = Postprocess({"MA": 0.35}, {"dr": 1.4})
    assert Postprocess.from_dict(chosen.to_dict()) == chosen
    assert Postprocess.from_dict({}) == PLAIN


@pytest.mark.parametrize(
    "form",
    [
        {"thresholds": {"MA": 0}},
        {"thresholds": {"MA": 1}},
        {"thresholds": {"MA": "0.5"}},
        {"thresholds": {"MA": math.nan}},
        {"temperatures": {"dr": 0}},
        {"temperatures": {"dr": math.inf}},
        {"temperatures": {"dr": True}},
        {"sharpness": {}},
    ],
)
def test_numbers_that_mean_nothing_are_refused(form):
    with pytest.raises(PostprocessError):
        Postprocess.from_dict(form)
