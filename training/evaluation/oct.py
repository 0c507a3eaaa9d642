"""The figures of the model `oct` (models.md 5.8)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from retina_studio.domain.labels import scales
from retina_studio.networks.octmodel import LESIONS, NORMAL
from training.data.needs import Needs
from training.evaluation.driver import Case
from training.metrics.common import interval, mean
from training.metrics.oct import accuracy, confusion, kappa, one_versus_rest, outline_figures
from training.metrics.roc import auc, auc_interval

Mask = npt.NDArray[np.bool_]
Rows = Sequence[Mapping[str, Any]]

_OUTLINE = ("dice", "iou", "sen", "spe", "pacc")


class OctEvaluation:
    """The class of each B-scan, and the outline of its lesion at its own resolution, as the whole model gives it."""

    needs = Needs("oct", labels=tuple(LESIONS.values()), grades=("oct",))
    paper: Mapping[str, Any] = {
        "acc": 0.9693,
        "kappa": 0.9540,
        "dice": 0.7751,
        "iou": 0.6638,
        "sen": 0.7610,
        "spe": 0.9963,
        "pacc": 0.9923,
    }
    remark = (
        "The paper: 750 B-scans of UCSD, 250 each normal, drusen and CNV, every lesion outlined, the outline"
        " measured over 500. On macular edema and normal (100 each): accuracy 0.9700, AUC 0.9925, Dice 0.7800."
    )

    def measure(self, case: Case) -> dict[str, Any]:
        """The class found and its truth; Dice and the rest of the outline where the lesion is known."""
        probabilities = {str(name): p for name, p in case.finding.grades.get("oct", {}).items()}
        truth = _true_class(case)
        row: dict[str, Any] = {
            "truth": truth if truth in probabilities else None,
            "found": case.finding.grade("oct") if probabilities else None,
            "probabilities": probabilities,
            "pathological": None,
            **dict.fromkeys(_OUTLINE),
        }
        # A system that only outlines (a comparison) is measured on every class whose lesion it looks for.
        looked_for = [name for name, label in LESIONS.items() if label in case.finding.labels]
        lesion = _lesion(case, truth, probabilities or (NORMAL, *looked_for))
        if lesion is not None and case.finding.labels:
            found = np.any([case.finding.mask(label) for label in case.finding.labels], axis=0)
            row |= {"pathological": _is_pathological(truth, lesion), **outline_figures(found, lesion)}
        row["score"] = probabilities.get(truth or "") if row["dice"] is None else row["dice"]
        return row

    def summary(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Accuracy, kappa, each class against the rest; the outline over the B-scans with a lesion, then over all."""
        outlined = [row for row in rows if row["dice"] is not None]
        pathological = [row for row in outlined if row["pathological"]]
        return {
            **_classification([row for row in rows if row["truth"] is not None]),
            "images_with_lesion": len(pathological),
            **_means(pathological),
            "dice_interval": interval([row["dice"] for row in pathological]),
            "lesions": {
                name: _means(of_class)
                for name in LESIONS
                if (of_class := [row for row in pathological if row["truth"] == name])
            },
            "all_images": {"images": len(outlined), **_means(outlined)},
        }


def _true_class(case: Case) -> str | None:
    number = case.grade("oct")
    return None if number is None else str(scales()["oct"].values[int(number)])


def _lesion(case: Case, truth: str | None, classes: Collection[str]) -> Mask | None:
    """The mask (H, W) of the lesion that belongs to the true class; None where it is not known.

    A normal B-scan has none. Of a B-scan whose class is not known, every outline counts that the model could give.
    """
    if truth is None:
        known = [case.truth(label) for name, label in LESIONS.items() if name in classes]
        masks = [mask for mask in known if mask is not None]
        return np.any(masks, axis=0) if masks else None
    if truth not in classes:
        return None
    if truth == NORMAL:
        return np.zeros((case.entry.height, case.entry.width), dtype=np.bool_)
    return case.truth(LESIONS[truth])


def _is_pathological(truth: str | None, lesion: Mask) -> bool:
    return bool(lesion.any()) if truth is None else truth != NORMAL


def _classification(rows: Rows) -> dict[str, Any]:
    """The figures of the class, over the B-scans whose class is known and one of the model's."""
    if not rows:
        return {
            "images_with_class": 0,
            "acc": None,
            "acc_interval": None,
            "kappa": None,
            "classes": {},
            "confusion": [],
        }
    names = list(rows[0]["probabilities"])
    found, truth = (np.array([names.index(row[key]) for row in rows]) for key in ("found", "truth"))
    table = confusion(found, truth, len(names))
    return {
        "images_with_class": len(rows),
        "acc": accuracy(table),
        "acc_interval": interval((found == truth).astype(float).tolist()),
        "kappa": kappa(found, truth, len(names)),
        "classes": {
            name: _one_class(rows, name) | one_versus_rest(table, number)
            for number, name in enumerate(names)
            if (truth == number).any()
        },
        "confusion": table.tolist(),
    }


def _one_class(rows: Rows, name: str) -> dict[str, Any]:
    score, yes = [row["probabilities"][name] for row in rows], [row["truth"] == name for row in rows]
    return {"images": sum(yes), "auc": auc(score, yes), "auc_interval": auc_interval(score, yes)}


def _means(rows: Rows) -> dict[str, float | None]:
    return {name: mean([row[name] for row in rows]) for name in _OUTLINE}
