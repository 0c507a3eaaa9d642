"""The figures of the model `glaucoma` (models.md 3.6)."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from retina_studio.networks.findings.glaucoma import ratio_of
from training.data.needs import Needs
from training.evaluation.driver import Case
from training.metrics.common import deviation, dice, interval, mean
from training.metrics.glaucoma import frame_distance, sensitivity_at
from training.metrics.roc import auc, auc_interval

_PROBABILITIES = ("glaucoma", "classifier", "vcdr")


class GlaucomaEvaluation:
    """AUC of the averaged probability, of the classifier and of vCDR; Dice; distance of the fovea; vCDR."""

    needs = Needs("fundus", labels=("OD", "OC"), points=("fovea",), grades=("glaucoma",))
    paper: Mapping[str, Any] = {
        "auc": 0.9261,
        "dice_od": 0.9161,
        "dice_oc": 0.8121,
        "fovea_px": 5.71,
    }
    remark = (
        "The paper: REFUGE, 400 images each to train, choose and test, 10 % glaucoma, all four labels on each; the "
        "network from a random start (with ImageNet weights: AUC 0.9615, Dice 0.9424 and 0.8395, fovea 5.22)."
    )

    def measure(self, case: Case) -> dict[str, Any]:
        """Dice of disc and cup at the photograph's resolution; the fovea's distance in pixels of a 256 x 256 frame;
        vCDR, the true one and their difference, at the network's; the probabilities of glaucoma and the grade.

        Where no fovea is found the middle of the input counts: there an empty map has its centre of mass.
        """
        finding, fovea = case.finding, self._fovea(case)
        row: dict[str, Any] = {
            **{f"dice_{label.lower()}": self._dice(case, label) for label in ("OD", "OC")},
            "fovea_px": fovea,
            "fovea_found": "fovea" in finding.points if fovea is not None else None,
            "vcdr": finding.measures.get("vcdr"),
            "vcdr_true": self._true_vcdr(case),
            "glaucoma": finding.grades["glaucoma"][True] if "glaucoma" in finding.grades else None,
            "classifier": finding.measures.get("glaucoma_classifier"),
            "glaucoma_true": None if (grade := case.grade("glaucoma")) is None else bool(grade),
        }
        both = row["vcdr"] is not None and row["vcdr_true"] is not None
        row["vcdr_error"] = abs(row["vcdr"] - row["vcdr_true"]) if both else None
        row["score"] = self._score(row)
        return row

    def summary(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Areas with 95 % intervals, sensitivity at specificity 0.85, accuracy at 0.5; means of what is measured."""
        answers = {
            name: [
                (row[name], row["glaucoma_true"])
                for row in rows
                if row[name] is not None and row["glaucoma_true"] is not None
            ]
            for name in _PROBABILITIES
        }
        scores, truths = _columns(answers["glaucoma"])
        return {
            "images_with_grade": len(truths),
            "auc": auc(scores, truths),
            "auc_interval": auc_interval(scores, truths),
            "auc_classifier": auc(*_columns(answers["classifier"])),
            "auc_vcdr": auc(*_columns(answers["vcdr"])),
            "sensitivity_at_85": sensitivity_at(scores, truths),
            "accuracy": mean([float((p >= 0.5) == truth) for p, truth in answers["glaucoma"]]),
            **{
                f"{name}{suffix}": figure([row[name] for row in rows])
                for name in ("dice_od", "dice_oc", "fovea_px")
                for suffix, figure in (("", mean), ("_sd", deviation), ("_interval", interval))
            },
            "fovea_found": mean(
                [None if r["fovea_found"] is None else float(r["fovea_found"]) for r in rows]
            ),
            "vcdr_mae": mean([row["vcdr_error"] for row in rows]),
        }

    def _dice(self, case: Case, label: str) -> float | None:
        truth = case.truth(label)
        if truth is None or label not in case.finding.maps:
            return None
        return dice(case.finding.mask(label), truth)

    def _fovea(self, case: Case) -> float | None:
        true, frame = case.point("fovea"), case.finding.whole_frame
        found = case.finding.points.get("fovea")
        if true is None or (found is None and "fovea_peak" not in case.finding.measures):
            return None
        middle = (frame.size[1] / 2, frame.size[0] / 2)
        x, y = frame.points_to_network(found) if found else middle
        true_x, true_y = frame.points_to_network(true)
        return frame_distance((float(x), float(y)), (float(true_x), float(true_y)), frame.size)

    def _true_vcdr(self, case: Case) -> float | None:
        """By the measure of the network's own, in its frame."""
        masks = [case.truth(label) for label in ("OD", "OC")]
        disc, cup = (
            None if mask is None else case.finding.frame.mask_to_network(mask) == 1 for mask in masks
        )
        return None if disc is None or cup is None else ratio_of(disc, cup)

    def _score(self, row: dict[str, Any]) -> float | None:
        """How well an image went: the mean Dice and how near the probability is to the grade."""
        parts = [row["dice_od"], row["dice_oc"]]
        if row["glaucoma"] is not None and row["glaucoma_true"] is not None:
            parts.append(1 - abs(row["glaucoma"] - row["glaucoma_true"]))
        there = [part for part in parts if part is not None]
        return float(np.mean(there)) if there else None


def _columns(answers: list[tuple[float, bool]]) -> tuple[list[float], list[bool]]:
    return [probability for probability, _ in answers], [truth for _, truth in answers]
