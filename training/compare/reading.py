"""From the answers of a comparison system to a finding, by the conventions of the model that it stands beside."""

from collections.abc import Mapping
from typing import cast

import numpy as np
from torch import Tensor, nn

from retina_studio.networks.finding import Finding, FloatMap, Value
from retina_studio.networks.findings.glaucoma import vcdr
from retina_studio.networks.octmodel import LESIONS
from retina_studio.networks.preprocessing import Frame
from training.compare.network import ComparedNetwork

Grades = dict[str, dict[Value, float]]


def read_ppa(answers: Mapping[str, Tensor], frame: Frame, network: nn.Module) -> Finding:
    """PPA, and its presence."""
    return Finding(frame, maps=_maps(answers, network), grades=_grades("ppa", answers, network))


def read_disc(answers: Mapping[str, Tensor], frame: Frame, network: nn.Module) -> Finding:
    """The disc: the main component."""
    return Finding(frame, maps=_maps(answers, network), single=frozenset({"OD"}))


def read_glaucoma(answers: Mapping[str, Tensor], frame: Frame, network: nn.Module) -> Finding:
    """Disc and, inside it, cup, with their vCDR; glaucoma."""
    maps = _maps(answers, network)
    ratio = vcdr(maps["OD"], maps["OC"]) if len(maps) == 2 else None
    return Finding(
        frame,
        maps=maps,
        grades=_grades("glaucoma", answers, network),
        measures={} if ratio is None else {"vcdr": ratio},
        single=frozenset(maps),
        inside={"OC": "OD"} if len(maps) == 2 else {},
    )


def read_lesion(answers: Mapping[str, Tensor], frame: Frame, network: nn.Module) -> Finding:
    """Lesions, the presence of each as the maximum of its map (models.md 2.3), and the DR grade."""
    maps = _maps(answers, network)
    return Finding(
        frame,
        maps=maps,
        grades=_grades("dr", answers, network),
        measures={f"presence_{label}": float(plane.max()) for label, plane in maps.items()},
    )


def read_oct(answers: Mapping[str, Tensor], frame: Frame, network: nn.Module) -> Finding:
    """The class, and the one lesion mask under the label of that class; under every label where there is no class."""
    grades = _grades("oct", answers, network)
    found = next(iter(_maps(answers, network).values()), None)
    if found is None:
        return Finding(frame, grades=grades)
    best = max(grades["oct"], key=grades["oct"].__getitem__) if grades else None
    nothing = np.zeros((1, 1), dtype=np.float32)
    known = {name: label for name, label in LESIONS.items() if name in cast(ComparedNetwork, network).classes}
    maps = {label: found if best in (None, name) else nothing for name, label in known.items()}
    return Finding(frame, maps=maps, grades=grades)


READERS = {
    "ppa": read_ppa,
    "lesion": read_lesion,
    "glaucoma": read_glaucoma,
    "disc": read_disc,
    "oct": read_oct,
}


def _maps(answers: Mapping[str, Tensor], network: nn.Module) -> dict[str, FloatMap]:
    compared = cast(ComparedNetwork, network)
    if not compared.masked:
        return {}
    taught: list[float] = cast(Tensor, compared.taught).tolist()
    planes = zip(compared.labels, taught, answers["masks"][0], strict=True)
    return {label: plane.numpy() for label, known, plane in planes if known}


def _grades(scale: str, answers: Mapping[str, Tensor], network: nn.Module) -> Grades:
    compared = cast(ComparedNetwork, network)
    if not compared.classified:
        return {}
    probabilities = answers["classes"][0].tolist()
    return {scale: dict(zip(compared.classes, probabilities, strict=True))}
