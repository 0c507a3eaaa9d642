"""The figures of the model `disc` (models.md 4.4)."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from training.data.needs import Needs
from training.evaluation.driver import Case
from training.metrics.common import deviation, dice, interval, mean, median


class DiscEvaluation:
    """Dice of the mask at the photograph's resolution, and the distance of the centre from the true one."""

    needs = Needs("fundus", labels=("OD",), points=("OD",))
    paper: Mapping[str, Any] = {"dice_mean": 0.88, "dice_sd": 0.1, "centre_mse_px2": 206.15}
    remark = (
        "The paper: RetCam images of premature infants, 9,047 centres and 92 masks, at 640 x 480; here adults' "
        "photographs."
    )

    def measure(self, case: Case) -> dict[str, Any]:
        """Dice; squared error (mean over both coordinates) and distance of the centre in input pixels; the distance in
        disc diameters (of a circle with the mask's area).
        """
        truth = case.truth("OD")
        score = None if truth is None else dice(case.finding.mask("OD"), truth)
        centre = case.point("OD") if "OD" in case.finding.points else None
        row: dict[str, Any] = {"dice": score, "score": score}
        row |= {"centre_se_px2": None, "centre_error_px": None, "centre_error_dd": None}
        if centre is None:
            return row
        found = case.finding.points["OD"]
        offset = np.diff(case.finding.whole_frame.points_to_network([found, centre]), axis=0)[0]
        diameter = 2 * math.sqrt(int(truth.sum()) / math.pi) if truth is not None and truth.any() else None
        return row | {
            "centre_se_px2": float(np.square(offset).mean()),
            "centre_error_px": float(np.hypot(*offset)),
            "centre_error_dd": math.dist(found, centre) / diameter if diameter else None,
        }

    def summary(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Means, medians and the deviation and 95 % interval of the Dice."""
        scores, pixels, diameters = (
            [row[name] for row in rows] for name in ("dice", "centre_error_px", "centre_error_dd")
        )
        return {
            "images_with_mask": sum(score is not None for score in scores),
            "dice_mean": mean(scores),
            "dice_interval": interval(scores),
            "dice_sd": deviation(scores),
            "dice_median": median(scores),
            "centre_mse_px2": mean([row["centre_se_px2"] for row in rows]),
            "centre_error_px": mean(pixels),
            "centre_error_px_median": median(pixels),
            "centre_error_dd": mean(diameters),
            "centre_error_dd_median": median(diameters),
        }
