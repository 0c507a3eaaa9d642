"""The figures that tables of each model show, read off the rows of its evaluation; and the papers' own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from retina_studio.networks.lesionnet import LESIONS
from training.experiments.statistics import Figure, Row

Read = Callable[[Row], Sequence[float] | None]


def _column(name: str, only: Callable[[Row], bool] = lambda row: True) -> Read:
    """A number of the row itself, of the images that count."""

    def read(row: Row) -> Sequence[float] | None:
        return (float(row[name]),) if row.get(name) is not None and only(row) else None

    return read


def _pair(score: str, truth: str) -> Read:
    def read(row: Row) -> Sequence[float] | None:
        both = row.get(score), row.get(truth)
        return None if None in both else (float(both[0]), float(both[1]))  # type: ignore[arg-type]  # just asked

    return read


def _same(answer: str, truth: str) -> Read:
    def read(row: Row) -> Sequence[float] | None:
        both = row.get(answer), row.get(truth)
        return None if None in both else (float(both[0] == both[1]),)

    return read


def _pixel_counts(row: Row) -> Sequence[float] | None:
    """TP, FP and FN of each lesion; zeros of a lesion that is not known."""
    pixels = row["pixels"]
    return [n for label in LESIONS for n in pixels.get(label, (0, 0, 0))] if pixels else None


def _one_lesion(label: str) -> Read:
    def read(row: Row) -> Sequence[float] | None:
        counts: Sequence[float] | None = row["pixels"].get(label)
        return counts

    return read


def _image_counts(*labels: str) -> Read:
    """TP, FP and FN of each lesion's presence; zeros of a lesion that is not known."""

    def read(row: Row) -> Sequence[float] | None:
        if not any(label in row["presence"] for label in labels):
            return None
        counts = []
        for label in labels:
            found, there = row["presence"].get(label, (False, False))
            counts += [found and there, found and not there, there and not found]
        return [float(count) for count in counts]

    return read


def _dr(row: Row) -> Sequence[float] | None:
    if row["dr"] is None or row["dr_probabilities"] is None:
        return None
    return float(np.argmax(row["dr_probabilities"])), float(row["dr"])


def _referable(row: Row) -> Sequence[float] | None:
    if row["dr"] is None or row["dr_probabilities"] is None:
        return None
    return float(sum(row["dr_probabilities"][2:])), float(row["dr"] >= 2)


def _sick(row: Row) -> Sequence[float] | None:
    """Probability of anything but normal, and whether it is so."""
    if row["truth"] is None or "normal" not in (row["probabilities"] or {}):
        return None
    return 1 - float(row["probabilities"]["normal"]), float(row["truth"] != "normal")


# Stem -> name -> figure; experiments name them.
FIGURES: Mapping[str, Mapping[str, Figure]] = {
    "ppa": {
        "dice_ppa": Figure("Dice of PPA, all images", _column("dice_ppa")),
        "dice_ppa_excluded": Figure(
            "Dice of PPA, images with PPA", _column("dice_ppa", lambda row: bool(row["present"]))
        ),
        "dice_no_ppa": Figure(
            "Dice of PPA, images without (1: nothing found)",
            _column("dice_ppa", lambda row: row["present"] is False),
        ),
        "dice_od": Figure("Dice of the disc", _column("dice_od")),
        "mask_specificity": Figure(
            "Share of images without PPA where none is outlined",
            lambda row: None if row["present"] is not False else _same("found", "present")(row),
        ),
        "mask_accuracy": Figure("Accuracy of detection by mask", _same("found", "present")),
        "classifier_auc": Figure("AUC of the classifier", _pair("probability", "present"), "auc"),
    },
    "lesion": {
        "pixel_f1": Figure("Pixel F1, mean of the lesions", _pixel_counts, "f1"),
        "image_f1": Figure("Image F1, mean of the lesions", _image_counts(*LESIONS), "f1"),
        **{f"pixel_f1_{label}": Figure(f"Pixel F1 of {label}", _one_lesion(label), "f1") for label in LESIONS},
        **{f"image_f1_{label}": Figure(f"Image F1 of {label}", _image_counts(label), "f1") for label in LESIONS},
        "kappa": Figure("Quadratic kappa of DR", _dr, "kappa"),
        "referable_auc": Figure("AUC of referable DR", _referable, "auc"),
    },
    "glaucoma": {
        "auc": Figure("AUC of glaucoma", _pair("glaucoma", "glaucoma_true"), "auc"),
        "auc_classifier": Figure("AUC of the classifier alone", _pair("classifier", "glaucoma_true"), "auc"),
        "dice_od": Figure("Dice of the disc", _column("dice_od")),
        "dice_oc": Figure("Dice of the cup", _column("dice_oc")),
        "fovea_px": Figure("Distance of the fovea (px of 256)", _column("fovea_px"), higher=False),
        "vcdr_mae": Figure("Error of vCDR", _column("vcdr_error"), higher=False),
    },
    "disc": {
        "dice": Figure("Dice of the disc", _column("dice")),
        "centre_error_dd": Figure(
            "Distance of the centre (disc diameters)", _column("centre_error_dd"), higher=False
        ),
    },
    "oct": {
        "acc": Figure("Accuracy", _same("found", "truth")),
        "auc": Figure("AUC of any disease", _sick, "auc"),
        "dice": Figure(
            "Dice of the lesion, pathological images", _column("dice", lambda row: bool(row["pathological"]))
        ),
        "iou": Figure(
            "IoU of the lesion, pathological images", _column("iou", lambda row: bool(row["pathological"]))
        ),
        "dice_all": Figure("Dice of the lesion, all images", _column("dice")),
    },
}  # fmt: skip

# What a comparison shows.
COMPARED: Mapping[str, tuple[str, ...]] = {
    "ppa": ("dice_ppa", "dice_ppa_excluded", "mask_accuracy", "classifier_auc"),
    "lesion": ("pixel_f1", "image_f1", "kappa", "referable_auc"),
    "glaucoma": ("auc", "dice_od", "dice_oc", "fovea_px"),
    "disc": ("dice",),
    "oct": ("acc", "auc", "dice", "iou"),
}

# The papers' own tables, by comparison system; "ours" is the paper's network (models.md 1.7, 2.7, 3.6, 4.4, 5.8).
SYSTEM_PAPER: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    "ppa": {
        "ours": {"dice_ppa": 0.8854, "dice_ppa_excluded": 0.9020, "mask_accuracy": 0.9651},
        "u-net": {"dice_ppa": 0.7115, "dice_ppa_excluded": 0.8456},
        "r50-unet": {"dice_ppa": 0.7594, "dice_ppa_excluded": 0.8473},
        "attention-unet": {"dice_ppa": 0.6988, "dice_ppa_excluded": 0.8157},
        "swin-unetr": {"dice_ppa": 0.7236, "dice_ppa_excluded": 0.8604},
    },
    "lesion": {
        "ours": {"pixel_f1": 0.591, "image_f1": 0.801, "kappa": 0.803},
        "fcn-32s": {"pixel_f1": 0.571, "image_f1": 0.769},
        "fcn-16s": {"pixel_f1": 0.587, "image_f1": 0.787},
        "fcn-8s": {"pixel_f1": 0.586, "image_f1": 0.778},
        "u-net": {"pixel_f1": 0.570, "image_f1": 0.757},
        "deeplabv3plus": {"pixel_f1": 0.553, "image_f1": 0.794},
        "inception-v3": {"kappa": 0.774},
        "abn": {"kappa": 0.797},
    },
    "glaucoma": {
        "ours": {"auc": 0.9261, "dice_od": 0.9161, "dice_oc": 0.8121, "fovea_px": 5.71},
        "stl": {"auc": 0.8737, "dice_od": 0.9387, "dice_oc": 0.8062, "fovea_px": 5.96},
        "gradnorm": {"auc": 0.8631, "dice_od": 0.8032, "dice_oc": 0.6893, "fovea_px": 28.48},
        "pcgrad": {"auc": 0.8551, "dice_od": 0.8523, "dice_oc": 0.7108, "fovea_px": 34.45},
    },
    "disc": {"ours": {"dice": 0.88}, "u-net": {"dice": 0.84}},
    "oct": {
        "ours": {"acc": 0.9693, "dice": 0.7751, "iou": 0.6638},
        "vgg16": {"acc": 0.9253},
        "mobilenet": {"acc": 0.9373},
        "se-resnet": {"acc": 0.9467},
        "inception-v3": {"acc": 0.9520},
        "pspnet": {"dice": 0.6318},
        "attention-unet": {"dice": 0.7543},
        "u-net": {"dice": 0.7575},
        "y-net": {"acc": 0.9213, "dice": 0.7362},
        "cross-stitch": {"acc": 0.9467, "dice": 0.7540},
    },
}


def rows_of(report: Mapping[str, Any]) -> list[Row]:
    """The rows of the test images of a run's report; none where the split "test" says nothing of the model."""
    rows: list[Row] = (report.get("test") or {}).get("per_image", [])
    return rows
