"""A proposal as the columns of its row, and back."""

import base64
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from pydantic_core import from_json

from retina_studio.domain.gist import Gist
from retina_studio.domain.labels import GradeValue
from retina_studio.domain.proposal import Proposal
from retina_studio.domain.shapes import shape_from_dict
from retina_studio.study.schema import ProposalRow

# What the one map of a model explained, when a proposal had no more than one.
_ONE_CAM: Mapping[str, str] = {
    "disc": "OD",
    "glaucoma": "glaucoma",
    "lesion": "dr",
    "ppa": "ppa",
    "oct": "oct",
}
# The columns that hold the content; the audit trail keeps a digest of each, and of the older `cam`.
CONTENT = ("shapes", "scores", "grades", "cam", "probabilities", "measures", "cams")
_Map = npt.NDArray[np.float32]


def columns_of(proposal: Proposal) -> dict[str, Any]:
    """The columns of a row, without its image, id and time."""
    return {
        "model": proposal.model,
        "weights_hash": proposal.weights_hash,
        "shapes": json.dumps([shape.to_dict() for shape in proposal.shapes]),
        "scores": json.dumps(dict(proposal.scores)),
        "grades": json.dumps(dict(proposal.grades)),
        "seconds": proposal.seconds,
        "probabilities": json.dumps(_chances(proposal.probabilities)),
        "measures": json.dumps({name: float(number) for name, number in proposal.measures.items()}),
        "cams": json.dumps({name: _packed(cam) for name, cam in proposal.cams.items()}),
    }


def load_proposal(row: ProposalRow) -> Proposal:
    """The value of a stored proposal; a map that cannot be read is left out."""
    content = (row.shapes, row.scores, row.grades, row.probabilities, row.measures, row.cams, row.cam)
    return _proposal(row.model, row.weights_hash, row.seconds, content)


@lru_cache(maxsize=32)  # a panel asks for the same few after every edit, and a proposal never changes
def _proposal(
    model: str, weights_hash: str, seconds: float, content: tuple[str, str, str, str, str, str, bytes | None]
) -> Proposal:
    shapes, scores, grades, probabilities, measures, cams, cam = content
    found = {name: _grey(base64.b64decode(text)) for name, text in json.loads(cams).items()}
    if cam is not None:
        found[_ONE_CAM.get(model, model)] = _grey(cam)
    return Proposal(
        model=model,
        weights_hash=weights_hash,
        shapes=tuple(shape_from_dict(form) for form in json.loads(shapes)),
        scores=json.loads(scores),
        grades=json.loads(grades),
        probabilities=_from_chances(json.loads(probabilities)),
        measures=json.loads(measures),
        cams={name: plane for name, plane in found.items() if plane is not None},
        seconds=seconds,
    )


def gist_content(gist: Gist) -> str:
    """A gist as the column of its row."""
    return json.dumps(
        {
            "grades": dict(gist.grades),
            "probabilities": _chances(gist.probabilities),
            "labels": {label: list(found) for label, found in gist.labels.items()},
        }
    )


def load_gist(content: str) -> Gist:
    """The value of a stored gist.

    Raises:
        ValueError: it is damaged.
    """
    form = from_json(content)
    labels = {label: (count, doubt) for label, (count, doubt) in form["labels"].items()}
    return Gist(form["grades"], _from_chances(form["probabilities"]), labels)


def _chances(probabilities: Mapping[str, Mapping[GradeValue, float]]) -> dict[str, list[list[Any]]]:
    """As pairs, because the keys of JSON are texts and a scale's values may be numbers or truths."""
    return {
        scale: [[value, float(chance)] for value, chance in values.items()]
        for scale, values in probabilities.items()
    }


def _from_chances(form: Mapping[str, list[list[Any]]]) -> dict[str, dict[GradeValue, float]]:
    return {scale: {value: chance for value, chance in pairs} for scale, pairs in form.items()}  # noqa: C416


def _packed(cam: _Map) -> str:
    """A grey PNG in base 64."""
    grey = np.rint(np.clip(cam, 0, 1) * 255).astype(np.uint8)
    return base64.b64encode(cv2.imencode(".png", grey)[1].tobytes()).decode()


def _grey(png: bytes) -> _Map | None:
    grey = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE) if png else None
    return None if grey is None else np.asarray(grey, dtype=np.float32) / np.float32(255)
