from types import SimpleNamespace

import numpy as np
import pytest
import torch
from ppa_store import ppa_phantom
from training_store import write_store

from retina_studio.networks.find import find
from retina_studio.networks.finding import Finding
from retina_studio.networks.preprocessing import Frame
from retina_studio.networks.table import model_spec
from retina_studio.store.read import Snapshot
from training.evaluation.driver import evaluate
from training.evaluation.ppa import PpaEvaluation
from training.tasks import task_spec

FRAME = Frame((8, 8), (0, 0, 8, 8), (0, 0, 8, 8), (8, 8))
SQUARE = np.zeros((8, 8), np.float32)
SQUARE[2:6, 2:6] = 1
HALF = np.zeros((8, 8), np.float32)
HALF[2:6, 2:4] = 1
NONE = np.zeros((8, 8), np.float32)


def _case(od, ppa, probability, truth, grade):
    background = 1 - np.maximum(od, ppa)
    return SimpleNamespace(
        finding=Finding(
            FRAME,
            maps={"background": background, "OD": od, "PPA": ppa},
            grades={} if probability is None else {"ppa": {False: 1 - probability, True: probability}},
            exclusive=True,
        ),
        truth=truth.get,
        grade=lambda scale: grade if scale == "ppa" else None,
    )


def _row(*case):
    return PpaEvaluation().measure(_case(*case))


def test_a_row_says_what_was_found_and_what_is_known():
    row = _row(SQUARE, NONE, 0.2, {"OD": HALF > 0, "PPA": NONE > 0}, None)
    assert row == {
        "od_pixels": 16,
        "od_pixels_true": 8,
        "dice_od": pytest.approx(2 * 8 / 24),
        "ppa_pixels": 0,
        "ppa_pixels_true": 0,
        "dice_ppa": 1.0,
        "present": False,
        "found": False,
        "probability": 0.2,
        "score": 1.0,
    }


@pytest.mark.parametrize(
    ("truth", "grade", "present"),
    [
        ({"PPA": SQUARE > 0}, 0.0, True),  # the mask goes before the grade
        ({"PPA": NONE > 0}, 1.0, False),
        ({}, 1.0, True),
        ({}, 0.0, False),
        ({}, None, None),
    ],
)
def test_presence_is_that_of_the_mask_else_of_the_grade(truth, grade, present):
    row = _row(NONE, HALF, None, truth, grade)
    assert row["present"] is present
    assert row["found"]
    assert row["probability"] is None
    assert (row["dice_ppa"] is None) == ("PPA" not in truth)


def test_summary_has_the_papers_figures_and_detection_where_nobody_drew():
    rows = [
        _row(SQUARE, NONE, 0.1, {"PPA": NONE > 0, "OD": SQUARE > 0}, None),
        _row(NONE, HALF, 0.9, {"PPA": SQUARE > 0}, None),
        _row(NONE, HALF, 0.4, {"PPA": NONE > 0}, None),
        _row(NONE, NONE, 0.7, {}, 1.0),
        _row(NONE, NONE, 0.8, {}, 0.0),
        _row(NONE, HALF, 0.8, {"OD": NONE > 0}, None),
    ]
    summary = PpaEvaluation().summary(rows)
    expected = {
        "images_with_ppa_mask": 3,
        "images_with_od_mask": 2,
        "dice_ppa": (1 + 2 / 3 + 0) / 3,
        "dice_ppa_sd": np.std([1, 2 / 3, 0]),
        "dice_ppa_excluded": 2 / 3,
        "dice_ppa_excluded_sd": 0.0,
        "dice_od_mean": 1.0,
        "images_with_presence": 5,
        "images_with_ppa": 2,
        "mask_accuracy": 3 / 5,
        "mask_sensitivity": 1 / 2,
        "mask_specificity": 2 / 3,
        "classifier_auc": 5 / 6,
        "classifier_accuracy": 4 / 5,
        "classifier_sensitivity": 1.0,
        "classifier_specificity": 2 / 3,
    }
    assert {name: summary[name] for name in expected} == pytest.approx(expected)
    low, high = summary["classifier_auc_interval"]
    assert low <= 5 / 6 <= high
    assert set(PpaEvaluation.paper) <= set(summary)


def test_without_a_classifier_there_are_no_figures_of_one():
    rows = [_row(NONE, HALF, None, {"PPA": SQUARE > 0}, None)] * 2
    summary = PpaEvaluation().summary(rows)
    assert summary["mask_sensitivity"] == 1.0
    assert not any(name.startswith("classifier") for name in summary)


def test_a_network_is_measured_at_the_photographs_own_resolution(tmp_path):
    images = [ppa_phantom(n, split="test") for n in range(2)]
    images += [
        ppa_phantom(2, split="test", outlined=()),
        ppa_phantom(3, split="test", outlined=("OD",), graded=False),
    ]
    row = model_spec("ppa", "compact")
    torch.manual_seed(0)
    options = {**row.options, "hba_width": 32, "decoder_widths": [8, 8, 8, 8, 4]}
    spec = type(row.preprocessing)(64, 64, crop=False)
    network = row.build(spec, options).eval()
    with Snapshot(write_store(tmp_path / "store.h5", images)) as snapshot:
        evaluation = task_spec("ppa").evaluation
        result = evaluate(evaluation, lambda pixels: find(row, network, pixels, spec), snapshot, "test")
        finding = find(row, network, snapshot.pixels(0), spec)
        found, truth = finding.mask("PPA"), snapshot.mask(0, "PPA") == 255
    assert (result["images"], result["images_with_ppa_mask"], result["images_with_presence"]) == (4, 2, 3)
    first = result["per_image"][0]
    assert first["ppa_pixels_true"] == truth.sum()
    assert first["dice_ppa"] == 2 * (found & truth).sum() / (found.sum() + truth.sum())
    assert first["probability"] == pytest.approx(finding.grades["ppa"][True])
    assert result["per_image"][2]["dice_ppa"] is None
    assert result["per_image"][3]["present"] is None
