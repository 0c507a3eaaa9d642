import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from eye_store import TINY_EYE, eye
from training_store import write_store

from retina_studio.networks.finding import Finding
from retina_studio.networks.preprocessing import Frame
from retina_studio.networks.weights import WeightsHeader, load_weights, save_weights
from retina_studio.store.read import Snapshot
from training.evaluation.driver import evaluate
from training.evaluation.glaucoma import GlaucomaEvaluation
from training.run import RunRequest, run
from training.subject import chosen, fresh_network, row_and_recipe, weights_subject

FRAME = Frame(
    (64, 128), (0, 0, 128, 64), (0, 0, 64, 32), (32, 64)
)  # the input has half the photograph's sides


def _box(top, bottom, left, right, shape=(32, 64)):
    values = np.zeros(shape, np.float32)
    values[top:bottom, left:right] = 1
    return values


def _case(*, maps=None, points=None, probability=None, measures=None, truth=None, fovea=None, grade=None):
    return SimpleNamespace(
        finding=Finding(
            FRAME,
            maps=maps or {},
            points=points or {},
            grades={} if probability is None else {"glaucoma": {False: 1 - probability, True: probability}},
            measures=measures or {},
            single=frozenset({"OD", "OC"}),
            inside={"OC": "OD"},
        ),
        truth=(truth or {}).get,
        point={"fovea": fovea}.get,
        grade={"glaucoma": grade}.get,
    )


def _row(**case):
    return GlaucomaEvaluation().measure(_case(**case))


def test_a_row_compares_all_that_is_known():
    row = _row(
        maps={"OD": _box(4, 24, 8, 28), "OC": np.zeros((32, 64), np.float32)},
        points={"fovea": (100.0, 30.0)},
        probability=0.7,
        measures={"vcdr": 0.5, "glaucoma_classifier": 0.6, "fovea_peak": 0.9},
        truth={"OD": _box(8, 48, 16, 56, (64, 128)) > 0, "OC": _box(16, 40, 24, 44, (64, 128)) > 0},
        fovea=(106.0, 34.0),
        grade=1.0,
    )
    assert row["dice_od"] == pytest.approx(1.0, abs=0.02)
    assert row["dice_oc"] == 0.0
    assert row["fovea_px"] == pytest.approx(np.hypot(6 * 256 / 128, 4 * 256 / 64))
    assert row["fovea_found"] is True
    assert row["vcdr_true"] == pytest.approx(24 / 40)
    assert row["vcdr_error"] == pytest.approx(0.1)
    assert (row["glaucoma"], row["classifier"], row["glaucoma_true"]) == (0.7, 0.6, True)
    assert row["score"] == pytest.approx((row["dice_od"] + 0.0 + 0.7) / 3)


def test_what_is_not_known_or_not_said_is_none():
    silent = _row(truth={"OD": _box(0, 2, 0, 2, (64, 128)) > 0}, fovea=(3.0, 4.0), grade=0.0)
    assert silent["glaucoma_true"] is False
    assert all(silent[name] is None for name in silent if name != "glaucoma_true")
    unknown = _row(maps={"OD": _box(0, 2, 0, 2)}, points={"fovea": (1.0, 1.0)}, probability=0.5)
    assert unknown["glaucoma"] == 0.5
    assert all(unknown[name] is None for name in unknown if name != "glaucoma")


def test_a_fovea_that_is_not_found_counts_as_the_middle():
    row = _row(measures={"fovea_peak": 0.01}, fovea=(64.0, 8.0))
    assert row["fovea_found"] is False
    assert row["fovea_px"] == pytest.approx((32 - 8) * 256 / 64)


def test_the_summary_averages_over_what_is_there():
    evaluation = GlaucomaEvaluation()
    rows = [
        _row(probability=p, grade=g, measures={"glaucoma_classifier": 1 - p, "vcdr": v, "fovea_peak": 1.0})
        for p, g, v in ((0.9, 1.0, 0.8), (0.6, 0.0, 0.4), (0.4, 1.0, 0.7), (0.1, 0.0, 0.3), (0.2, None, 0.1))
    ]
    for row, dice in zip(rows, (1.0, 0.5, None, None, None), strict=True):
        row["dice_od"] = dice
    figures = evaluation.summary(rows)
    assert figures["images_with_grade"] == 4
    assert figures["auc"] == 0.75
    assert figures["auc_classifier"] == 0.25
    assert figures["auc_vcdr"] == 1.0
    assert figures["accuracy"] == 0.5
    assert figures["dice_od"] == 0.75
    assert figures["dice_od_sd"] == 0.25
    assert figures["fovea_px"] is None
    assert set(evaluation.paper) < set(figures)
    assert evaluation.summary([_row()])["auc"] is None


def test_the_regression_travels_with_the_weights_and_every_image_is_measured(tmp_path):
    store = write_store(tmp_path / "store.h5", [eye(n) for n in range(10)])
    (tmp_path / "tiny.toml").write_text(TINY_EYE, "utf-8")
    row, recipe = row_and_recipe("glaucoma", "paper", tmp_path / "tiny.toml")
    spec, options = chosen(row, recipe)
    network = fresh_network(row, recipe).eval()
    network.vcdr_slope.fill_(3.0)
    network.vcdr_intercept.fill_(-1.5)
    head = network.branch_of("OD").heads["OD"]
    torch.nn.init.constant_(head.bias, 9.0)  # a disc everywhere: a vCDR there is
    file = tmp_path / "glaucoma.safetensors"
    save_weights(file, network.state_dict(), WeightsHeader("glaucoma", "paper", options, spec))
    subject = weights_subject(file, "glaucoma")
    with Snapshot(store) as snapshot:
        report = evaluate(GlaucomaEvaluation(), subject.find, snapshot, "test")
    assert report["images"] == 2
    for found in report["per_image"]:
        by_vcdr = 1 / (1 + math.exp(-(3.0 * found["vcdr"] - 1.5)))
        assert found["glaucoma"] == pytest.approx((found["classifier"] + by_vcdr) / 2)
    assert json.dumps(report)


@pytest.mark.slow
def test_a_run_from_the_snapshot_to_weights_that_answer(tmp_path, capsys):
    store = write_store(tmp_path / "store.h5", [eye(n) for n in range(20)])
    recipe = tmp_path / "tiny.toml"
    recipe.write_text(TINY_EYE, "utf-8")
    run(RunRequest(store, "glaucoma", "paper", tmp_path / "run", recipe=recipe, device="cpu"))
    report = json.loads((tmp_path / "run" / "report.json").read_text("utf-8"))
    assert {"dice_od", "dice_oc", "fovea_px", "auc", "loss"} <= set(report["validation"])
    assert report["test"]["images"] == 4
    assert report["test"]["vcdr_mae"] is None or report["test"]["vcdr_mae"] >= 0
    network = load_weights(tmp_path / "run" / "glaucoma.safetensors").network
    assert torch.isfinite(network.vcdr_slope)
    assert network.taught.tolist() == [1, 1, 1, 1]
    capsys.readouterr()
