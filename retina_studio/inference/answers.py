"""What models found in an image, as files: masks and maps as PNG, the rest as JSON."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.domain.files import write_whole
from retina_studio.domain.labels import Modality
from retina_studio.inference.postprocess import cleaned
from retina_studio.inference.proposing import Found
from retina_studio.inference.rules import shape_rules
from retina_studio.networks.finding import Finding


def write_answers(folder: Path, name: str, modality: Modality, image_hash: str, found: list[Found]) -> None:
    """Write what models found in one image: FOLDER/NAME/STEM_LABEL.png, STEM_cam.png, and FOLDER/NAME.json.

    A mask is 0 or 255 and a map 0 to 255, both of the image's own size; every label that a model answers has a mask.
    Answers of other models that were written before for the same image stay.

    Args:
        folder: made when missing.
        name: of the image.
        modality: of the image.
        image_hash: of its pixels, so that answers about another image of that name are told apart.
        found: of each model, not empty.

    Raises:
        RetinaError: the disk is full or the folder cannot be written.
    """
    for each in found:
        for label in each.finding.labels:
            mask = cleaned(each.finding, label, shape_rules(label))
            _write_png(folder / name / f"{each.stem}_{label}.png", np.where(mask, 255, 0).astype(np.uint8))
        for suffix, plane in _cams(each.finding):
            _write_png(folder / name / f"{each.stem}_cam{suffix}.png", plane)
    height, width = found[0].finding.frame.image
    form = {"name": name, "modality": modality, "image_hash": image_hash, "width": width, "height": height}
    file = folder / f"{name}.json"
    models = {**_models_before(file, form), **{each.stem: _model(each) for each in found}}
    text = json.dumps({**form, "models": models}, indent=1, sort_keys=True)
    write_whole(file, text.encode() + b"\n")


def _cams(finding: Finding) -> list[tuple[str, npt.NDArray[np.uint8]]]:
    """The map to show first, and that of each value of a scale under "_VALUE"."""
    planes = []
    for number, (name, cam) in enumerate(finding.cams.items()):
        value = name.partition("=")[2] or name
        plane = np.rint(finding.frame.map_to_image(cam).clip(0, 1) * 255).astype(np.uint8)
        planes.append((f"_{value}" if number else "", plane))
    return planes


def _model(found: Found) -> dict[str, Any]:
    finding = found.finding
    return {
        "weights_hash": found.weights_hash,
        "seconds": round(found.seconds, 3),
        "grades": {scale: finding.grade(scale) for scale in finding.grades},
        "probabilities": finding.grades,
        "points": {label: [x, y] for label, (x, y) in finding.points.items()},
        "measures": dict(finding.measures),
    }


def _models_before(file: Path, form: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the file already, where it is about the same image."""
    with suppress(OSError, ValueError, RecursionError):
        before = json.loads(file.read_text("utf-8"))
        models = before.pop("models", None) if isinstance(before, dict) else None
        if before == form and isinstance(models, dict):
            return models
    return {}


def _write_png(file: Path, plane: npt.NDArray[np.uint8]) -> None:
    write_whole(file, cv2.imencode(".png", plane)[1].tobytes())
