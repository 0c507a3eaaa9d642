import json

import numpy as np
import pytest
from oct_store import b_scan
from training_store import write_store

from retina_studio.networks.finding import Finding
from retina_studio.networks.preprocessing import Frame
from retina_studio.store.read import Snapshot
from training.evaluation.driver import evaluate
from training.evaluation.oct import OctEvaluation

FRAME = Frame((40, 60), (0, 0, 60, 40), (0, 0, 60, 40), (40, 60))
CLASSES = ("normal", "drusen", "dme")
OWN = {"drusen": "drusen", "dme": "fluid"}


def _finding(found, certainty=0.8, mask=None):
    rest = (1 - certainty) / 2
    grades = {"oct": {name: certainty if name == found else rest for name in CLASSES}}
    nothing = np.zeros((1, 1), np.float32)
    maps = {label: mask if name == found and mask is not None else nothing for name, label in OWN.items()}
    return Finding(FRAME, maps=maps, grades=grades)


def _evaluated(path, images, findings):
    """Each image is recognised by its pixels: the model is a table here."""
    answers = {image.pixels.tobytes(): finding for image, finding in zip(images, findings, strict=True)}
    with Snapshot(write_store(path, images)) as snapshot:
        return evaluate(OctEvaluation(), lambda pixels: answers[pixels.tobytes()], snapshot, "train")


def _truth(image):
    return np.any([plane == 255 for plane in image.masks.values()], axis=0)


def test_the_class_and_the_outline_of_the_whole_model_are_measured(tmp_path):
    images = [
        b_scan(0, "normal", labels=()),
        b_scan(1, "drusen"),
        b_scan(2, "dme"),
        b_scan(3, "dme", outlined=False),
        b_scan(4, "drusen"),
        b_scan(5, "cnv"),
        b_scan(6, "drusen", graded=False),
    ]
    right, half = _truth(images[1]).astype(np.float32), _truth(images[2]).copy()
    half[:, : np.flatnonzero(half.any(axis=0)).mean().astype(int)] = False
    findings = [
        _finding("normal"),
        _finding("drusen", mask=right),
        _finding("dme", mask=half.astype(np.float32)),
        _finding("dme", mask=right),
        _finding("normal"),  # the classifier says that there is nothing: no outline
        _finding("dme"),
        _finding("drusen", mask=_truth(images[6]).astype(np.float32)),
    ]
    result = _evaluated(tmp_path / "store.h5", images, findings)
    json.dumps(result, allow_nan=False)
    rows = {row["name"]: row for row in result["per_image"]}
    assert [rows[f"scan{n:03}"]["dice"] for n in (0, 1, 4, 6)] == [1, 1, 0, 1]
    assert 0.5 < rows["scan002"]["dice"] < 0.8
    assert rows["scan003"]["dice"] is None  # graded and not outlined: unknown, not empty
    assert rows["scan003"]["score"] == pytest.approx(0.8)
    assert rows["scan005"]["truth"] is None  # a class that the model does not know

    assert result["images_with_class"] == 5
    assert result["acc"] == 0.8
    assert result["confusion"] == [[1, 0, 0], [1, 1, 0], [0, 0, 2]]
    assert result["kappa"] == pytest.approx((0.8 - 0.32) / 0.68)
    assert {name: of["images"] for name, of in result["classes"].items()} == {
        "normal": 1,
        "drusen": 2,
        "dme": 2,
    }
    drusen = result["classes"]["drusen"]
    assert (drusen["sen"], drusen["spe"], drusen["sacc"]) == (0.5, 1, 0.8)
    assert drusen["auc"] == pytest.approx((3 + 3 * 0.5) / 6)
    assert result["classes"]["dme"]["auc"] == 1

    half_dice = rows["scan002"]["dice"]
    assert result["images_with_lesion"] == 4
    assert result["dice"] == pytest.approx((1 + half_dice + 0 + 1) / 4)
    assert result["iou"] != pytest.approx(result["dice"] / (2 - result["dice"]), abs=0.01)
    assert result["all_images"]["images"] == 5
    assert result["all_images"]["dice"] == pytest.approx((1 + 1 + half_dice + 0 + 1) / 5)
    assert result["lesions"]["drusen"]["dice"] == 0.5
    assert result["lesions"]["dme"]["dice"] == half_dice
    low, high = result["dice_interval"]
    assert low <= result["dice"] <= high


def test_one_set_of_a_snapshot_is_chosen_by_a_glob(tmp_path):
    images = [b_scan(n, name) for n, name in enumerate(("normal", "dme", "drusen", "dme", "normal"))]
    findings = iter([_finding("normal"), _finding("dme", 0.6)])
    with Snapshot(write_store(tmp_path / "store.h5", images)) as snapshot:
        result = evaluate(OctEvaluation(), lambda _: next(findings), snapshot, "train", only="scan00[01]")
    assert result["images"] == 2
    assert result["classes"]["dme"]["auc"] == 1
    assert "drusen" not in result["classes"]


def test_a_classifier_alone_is_measured_without_outlines(tmp_path):
    images = [b_scan(0, "normal"), b_scan(1, "drusen")]
    grades = {"oct": {"normal": 0.7, "drusen": 0.3}}
    result = _evaluated(tmp_path / "store.h5", images, [Finding(FRAME, grades=grades)] * 2)
    assert result["acc"] == 0.5
    assert result["images_with_lesion"] == 0
    assert result["dice"] is None
    assert result["all_images"] == {
        "images": 0,
        "dice": None,
        "iou": None,
        "sen": None,
        "spe": None,
        "pacc": None,
    }


def test_images_of_no_known_class_still_have_outlines(tmp_path):
    image = b_scan(0, "drusen", graded=False)
    result = _evaluated(
        tmp_path / "store.h5", [image], [_finding("drusen", mask=_truth(image).astype(np.float32))]
    )
    assert (result["images_with_class"], result["acc"], result["dice"]) == (0, None, 1)
