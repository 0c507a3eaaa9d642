"""The evaluation of the model `lesion`: pooled F1 at the photographs' resolution, kappa, referable DR."""

import json

import numpy as np
import pytest
from lesion_store import ALL, photograph
from training_store import write_store

from retina_studio.networks.finding import Finding
from retina_studio.networks.preprocessing import Frame
from retina_studio.store.read import Snapshot
from training.evaluation.driver import evaluate
from training.evaluation.lesion import LesionEvaluation

FRAME = Frame((64, 64), (0, 0, 64, 64), (0, 0, 64, 64), (64, 64))


def finding(image, grade, *, labels=ALL, shift=0, extra=()):
    """The truth of an image, moved by `shift` pixels, and labels that are found without being there."""
    maps = {}
    for label in labels:
        truth = image.masks.get(label, np.zeros((64, 64), np.uint8)) == 255
        maps[label] = np.roll(truth, shift, axis=1).astype(np.float32)
        if label in extra:
            maps[label][0, :5] = 0.5
    rest = 0.1 / 4
    return Finding(
        FRAME,
        maps=maps,
        grades={} if grade is None else {"dr": {n: 0.9 if n == grade else rest for n in range(5)}},
        measures={f"presence_{label}": float(values.max()) for label, values in maps.items()},
    )


def evaluated(path, images, findings):
    """Each image is recognised by its pixels: the model is a table here."""
    answers = {image.pixels.tobytes(): found for image, found in zip(images, findings, strict=True)}
    with Snapshot(write_store(path, images)) as snapshot:
        result = evaluate(LesionEvaluation(), lambda pixels: answers[pixels.tobytes()], snapshot, "train")
    json.dumps(result, allow_nan=False)
    return result


def overlap(image, label, shift):
    truth = image.masks[label] == 255
    found = np.roll(truth, shift, axis=1)
    return (found & truth).sum(), (found & ~truth).sum(), (truth & ~found).sum()


def test_f1_is_pooled_over_images_and_averaged_over_what_is_shown(tmp_path):
    images = [
        photograph(0, 2),
        photograph(1, 1),
        photograph(2, 0),
        photograph(3, 2, labels=("HaEx",), graded=False),
        photograph(4, 2, labels=()),
    ]
    findings = [
        finding(images[0], 2, shift=3),
        finding(images[1], 2),
        finding(images[2], 0, extra=("MA", "NV")),
        finding(images[3], 1, extra=("NV",)),  # NV is not known here: nobody is wrong
        finding(images[4], 3),
    ]
    result = evaluated(tmp_path / "store.h5", images, findings)
    assert (result["images_with_masks"], result["images_with_grade"]) == (4, 4)

    ma = np.sum([overlap(images[0], "MA", 3), overlap(images[1], "MA", 0), (0, 5, 0)], axis=0)
    haex = np.sum([overlap(images[0], "HaEx", 3), overlap(images[3], "HaEx", 0)], axis=0)
    expected = {label: 2 * c[0] / (2 * c[0] + c[1] + c[2]) for label, c in (("MA", ma), ("HaEx", haex))}
    for label, value in expected.items():
        assert result[f"pixel_f1_{label}"] == pytest.approx(value)
    assert result["pixel_f1"] == pytest.approx(np.mean(list(expected.values())))
    assert result["pixel_f1_NV"] is None
    assert result["pixel_f1_counts"]["NV"] == [0, 5, 0]
    low, high = result["pixel_f1_interval"]
    assert low <= result["pixel_f1"] <= high

    assert result["image_f1_MA"] == pytest.approx(2 * 2 / (2 * 2 + 1))
    assert result["image_f1_HaEx"] == 1
    assert result["image_f1"] == pytest.approx((0.8 + 1) / 2)

    scores = [row["score"] for row in result["per_image"]]
    assert scores[1:] == pytest.approx([1, 0, 1, 0.025])
    assert 0.2 < scores[0] < 0.9
    assert result["per_image"][2]["presence"]["NV"] == [True, False]


def test_grades_are_measured_by_kappa_confusion_and_referable_dr(tmp_path):
    truth, found = (0, 0, 1, 2, 3, 4), (0, 1, 1, 2, 2, 4)
    images = [photograph(n, grade, labels=()) for n, grade in enumerate(truth)]
    result = evaluated(
        tmp_path / "store.h5", images, [finding(i, f) for i, f in zip(images, found, strict=True)]
    )
    assert result["accuracy"] == pytest.approx(4 / 6)
    assert result["confusion"] == [
        [1, 1, 0, 0, 0],
        [0, 1, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 0, 1],
    ]
    # Quadratic weights: 1 - sum of squared errors over that of independent grades.
    differences = [(a - b) ** 2 for a in truth for b in found]
    expected = 1 - (2 / 6) / (sum(differences) / 36)
    assert result["kappa"] == pytest.approx(expected, abs=1e-6)
    assert result["kappa_interval"][0] < expected < result["kappa_interval"][1] + 1e-9
    assert result["referable_auc"] == 1
    assert result["pixel_f1"] is None
    assert result["images_with_masks"] == 0


def test_a_model_without_a_grader_is_measured_by_its_lesions_alone(tmp_path):
    image = photograph(0, 2)
    result = evaluated(tmp_path / "store.h5", [image], [finding(image, None, labels=("MA", "HaEx"))])
    assert result["images_with_grade"] == 0
    assert result["kappa"] is None
    assert result["confusion"] is None
    assert result["pixel_f1"] == 1
    assert set(result["per_image"][0]["pixels"]) == {"MA", "HaEx"}


def test_the_papers_row_has_the_names_of_ours():
    paper = LesionEvaluation().paper
    ours = LesionEvaluation().summary([])
    assert set(paper) <= set(ours)
    assert paper["pixel_f1"] == pytest.approx(
        np.mean([paper[f"pixel_f1_{label}"] for label in ALL]), abs=1e-3
    )
    assert paper["image_f1"] == pytest.approx(
        np.mean([paper[f"image_f1_{label}"] for label in ALL]), abs=1e-3
    )
