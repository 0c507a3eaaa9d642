"""Figures as people read them: their names and their numbers."""

import math
from typing import Any

from retina_studio.domain.labels import catalogue

_WORDS = {
    "auc": "AUC",
    "acc": "accuracy",
    "dd": "(disc diameters)",
    "dr": "DR",
    "f1": "F1",
    "iou": "IoU",
    "mae": "mean absolute error",
    "mse": "mean squared error",
    "oc": "OC",
    "oct": "OCT",
    "od": "OD",
    "pacc": "pixel accuracy",
    "ppa": "PPA",
    "px": "(px)",
    "px2": "(px²)",
    "sd": "standard deviation",
    "se": "squared error",
    "sen": "sensitivity",
    "spe": "specificity",
    "sacc": "accuracy against the rest",
    "vcdr": "vCDR",
}


def readable(name: str) -> str:
    """A figure's name in words: "centre_error_px" is "Centre error (px)"; a label stays as it is written."""
    first, *rest = (_WORDS.get(word, word) for word in name.split("_"))
    return " ".join([first if first in catalogue() else first[:1].upper() + first[1:], *rest])


def number(value: Any) -> str:
    """A figure in four digits; a dash where there is none; several numbers with strokes between."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        return " / ".join(number(each) for each in value)
    return str(value)
