"""The figures of the model `lesion` (models.md 2.7), at the photographs' own resolution."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from torch import tensor
from torchmetrics.functional.classification import multiclass_confusion_matrix

from retina_studio.networks.drgrader import GRADES
from retina_studio.networks.finding import THRESHOLD
from retina_studio.networks.lesionnet import LESIONS
from training.data.needs import Needs
from training.evaluation.driver import Case
from training.metrics.common import interval
from training.metrics.lesion import Counts, counts_of, f1, mean_f1, quadratic_kappa, referable_auc

_PIXEL = (0.591, 0.377, 0.612, 0.740, 0.565, 0.645, 0.590, 0.571, 0.623)
_IMAGE = (0.801, 0.902, 0.882, 0.866, 0.792, 0.733, 0.726, 0.701, 0.807)


class LesionEvaluation:
    """F1 of each lesion by pixels and by images, pooled over the split; kappa, confusion and referable DR."""

    needs = Needs("fundus", labels=LESIONS, grades=("dr",))
    # Lesion-Net-16s with the dual loss (table II) and the multi-task network (table III).
    paper: Mapping[str, Any] = {
        "pixel_f1": _PIXEL[0],
        "image_f1": _IMAGE[0],
        **{f"pixel_f1_{label}": value for label, value in zip(LESIONS, _PIXEL[1:], strict=True)},
        **{f"image_f1_{label}": value for label, value in zip(LESIONS, _IMAGE[1:], strict=True)},
        "kappa": 0.803,
    }
    remark = (
        "The paper: 12,252 photographs at 896 x 896 with all eight lesions by 45 ophthalmologists, a fifth of them for "
        "the test; here what the snapshot holds, at each photograph's own resolution, lesions that it shows only."
    )

    def measure(self, case: Case) -> dict[str, Any]:
        """Pixel counts (TP, FP, FN) and presence (found, there) of each known lesion; DR grade and its probabilities.

        One lesion's map at a time is brought to the photograph's resolution. The image's score is the F1 of all its
        known lesions together (1 where none is there and none is found), else the probability of its DR grade.
        """
        pixels: dict[str, list[int]] = {}
        presence: dict[str, list[bool]] = {}
        for label in case.finding.labels:
            if (truth := case.truth(label)) is not None:
                pixels[label] = counts_of(case.finding.mask(label), truth).tolist()
                found = case.finding.measures[f"presence_{label}"] >= THRESHOLD
                presence[label] = [bool(found), bool(truth.any())]
        row: dict[str, Any] = {"pixels": pixels, "presence": presence, "dr": None, "dr_probabilities": None}
        grade, answers = case.grade("dr"), case.finding.grades.get("dr")
        if grade is not None and answers is not None:
            row |= {"dr": int(grade), "dr_probabilities": list(answers.values())}
        return {**row, "score": _score(row)}

    def summary(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Pooled F1 and kappa with 95 % bootstrap intervals over the images; counts; confusion (truth by rows)."""
        outlined = [row for row in rows if row["pixels"]]
        graded = [row for row in rows if row["dr"] is not None]
        return {
            "images_with_masks": len(outlined),
            "images_with_grade": len(graded),
            **_lesion_figures("pixel_f1", [_pixel_counts(row) for row in outlined]),
            **_lesion_figures("image_f1", [_image_counts(row) for row in outlined]),
            **_grade_figures(graded),
        }


def _score(row: Mapping[str, Any]) -> float | None:
    if not row["pixels"]:
        return None if row["dr"] is None else float(row["dr_probabilities"][row["dr"]])
    hits, false, missed = np.sum(list(row["pixels"].values()), axis=0).tolist()
    wrong = false + missed
    return 2 * hits / (2 * hits + wrong) if hits + wrong else 1.0


def _pixel_counts(row: Mapping[str, Any]) -> Counts:
    """(8, 3) of one image; zeros where a lesion is not known."""
    return np.array([row["pixels"].get(label, (0, 0, 0)) for label in LESIONS], dtype=np.int64)


def _image_counts(row: Mapping[str, Any]) -> Counts:
    """(8, 3) of one image: each known lesion is a true positive, false positive or false negative, or none of them."""
    counts = np.zeros((len(LESIONS), 3), dtype=np.int64)
    for place, label in enumerate(LESIONS):
        if label in row["presence"]:
            found, there = row["presence"][label]
            counts[place] = (found and there, found and not there, there and not found)
    return counts


def _lesion_figures(name: str, images: Sequence[Counts]) -> dict[str, Any]:
    counts = np.stack(images) if images else np.zeros((0, len(LESIONS), 3), dtype=np.int64)
    total = counts.sum(axis=0)
    figures: dict[str, Any] = {name: mean_f1(total)}
    figures[f"{name}_interval"] = _resampled(len(images), lambda chosen: mean_f1(counts[chosen].sum(axis=0)))
    figures |= {f"{name}_{label}": f1(row) for label, row in zip(LESIONS, total, strict=True)}
    figures[f"{name}_counts"] = {label: row.tolist() for label, row in zip(LESIONS, total, strict=True)}
    return figures


def _grade_figures(rows: list[dict[str, Any]]) -> dict[str, Any]:
    truth = [row["dr"] for row in rows]
    probabilities = [row["dr_probabilities"] for row in rows]
    found = [int(np.argmax(each)) for each in probabilities]
    if not rows:
        empty = ("kappa", "kappa_interval", "accuracy", "referable_auc", "referable_auc_interval")
        return {**dict.fromkeys(empty), "confusion": None}

    def kappa(chosen: Sequence[int]) -> float:
        return quadratic_kappa([found[n] for n in chosen], [truth[n] for n in chosen])

    def auc(chosen: Sequence[int]) -> float | None:
        return referable_auc([probabilities[n] for n in chosen], [truth[n] for n in chosen])

    every = range(len(rows))
    return {
        "kappa": kappa(every),
        "kappa_interval": _resampled(len(rows), kappa),
        "accuracy": float(np.mean(np.equal(found, truth))),
        "referable_auc": auc(every),
        "referable_auc_interval": _resampled(len(rows), auc),
        "confusion": multiclass_confusion_matrix(tensor(found), tensor(truth), GRADES).tolist(),
    }


def _resampled(images: int, statistic: Callable[[Any], float | None]) -> tuple[float, float] | None:
    """The interval of a statistic of images; a drawn set of which it cannot be told is as the whole."""
    whole = statistic(range(images)) if images else None
    if whole is None:
        return None

    def told(chosen: Any) -> float:
        value = statistic(chosen)
        return whole if value is None else value

    return interval(list(range(images)), statistic=told)
