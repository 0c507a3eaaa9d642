"""The figures of the model `ppa` (models.md 1.7)."""

from collections.abc import Mapping
from typing import Any

from retina_studio.networks.finding import THRESHOLD
from training.data.needs import Needs
from training.evaluation.driver import Case
from training.metrics.common import deviation, dice, interval, mean, median
from training.metrics.ppa import detection_figures, outline_figures
from training.metrics.roc import auc, auc_interval


class PpaEvaluation:
    """Dice of atrophy and disc at the photograph's resolution, and how well images with atrophy are told from others.

    There are two answers to "is there atrophy": a single pixel of the mask (the paper's) and the classifier's. The
    truth is the mask where there is one, else the grade, so that detection is measured where nobody drew.
    """

    needs = Needs("fundus", labels=("OD", "PPA"), grades=("ppa",))
    paper: Mapping[str, Any] = {
        "dice_ppa": 0.8854,
        "dice_ppa_sd": 0.1860,
        "dice_ppa_excluded": 0.9020,
        "dice_ppa_excluded_sd": 0.0786,
        "mask_accuracy": 0.9651,
        "mask_sensitivity": 1.0,
        "mask_specificity": 0.8125,
    }
    remark = "The paper: 851 photographs of one hospital, disc and PPA outlined by experts; 86 tested, 70 with PPA."

    def measure(self, case: Case) -> dict[str, Any]:
        """Dice and pixels of each label; whether PPA is there, was found, and how probable the classifier thinks it."""
        row: dict[str, Any] = {}
        for label, name in (("OD", "od"), ("PPA", "ppa")):
            truth = case.truth(label)
            found = case.finding.mask(label) if label in case.finding.labels else None
            row[f"{name}_pixels"] = None if found is None else int(found.sum())
            row[f"{name}_pixels_true"] = None if truth is None else int(truth.sum())
            row[f"dice_{name}"] = None if found is None or truth is None else dice(found, truth)
        drawn, grade = row["ppa_pixels_true"], case.grade("ppa")
        row["present"] = drawn > 0 if drawn is not None else None if grade is None else bool(grade)
        row["found"] = None if row["ppa_pixels"] is None else row["ppa_pixels"] > 0
        answers = case.finding.grades.get("ppa")
        row["probability"] = None if answers is None else answers[True]
        row["score"] = row["dice_od"] if row["dice_ppa"] is None else row["dice_ppa"]
        return row

    def summary(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """The paper's figures, those of the disc, and detection by mask and by classifier, with 95 % intervals."""
        outlined = [row for row in rows if row["dice_ppa"] is not None]
        discs = [row["dice_od"] for row in rows]
        return {
            "images_with_ppa_mask": len(outlined),
            "images_with_od_mask": sum(score is not None for score in discs),
            **outline_figures(
                [row["dice_ppa"] for row in outlined], [row["ppa_pixels_true"] > 0 for row in outlined]
            ),
            "dice_ppa_interval": interval([row["dice_ppa"] for row in outlined]),
            "dice_od_mean": mean(discs),
            "dice_od_sd": deviation(discs),
            "dice_od_median": median(discs),
            "dice_od_interval": interval(discs),
            **_detection(rows),
        }


def _detection(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Of the images that say whether there is PPA."""
    said = [row for row in rows if row["present"] is not None]
    present = [row["present"] for row in said]
    figures: dict[str, Any] = {"images_with_presence": len(said), "images_with_ppa": sum(present)}
    looked = [row for row in said if row["found"] is not None]
    figures |= _named(
        "mask", detection_figures([row["found"] for row in looked], [row["present"] for row in looked])
    )
    probabilities = [row["probability"] for row in said if row["probability"] is not None]
    if len(probabilities) == len(said):
        figures |= {
            "classifier_auc": auc(probabilities, present),
            "classifier_auc_interval": auc_interval(probabilities, present),
        }
        figures |= _named("classifier", detection_figures([p >= THRESHOLD for p in probabilities], present))
    return figures


def _named(prefix: str, figures: Mapping[str, float | None]) -> dict[str, float | None]:
    return {f"{prefix}_{name}": value for name, value in figures.items()}
