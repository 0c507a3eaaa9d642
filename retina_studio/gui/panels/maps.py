"""Which class activation maps (CAMs) there are for an image, and what each is called. Qt-free."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retina_studio.domain.labels import GradeValue, Scale, catalogue, scales
from retina_studio.domain.proposal import Proposal
from retina_studio.gui.words import marked, tr, tr_data

_SHORT = {"dr": marked("DR grade"), "oct": marked("OCT class"), "ppa": marked("PPA")}


@dataclass(frozen=True, eq=False)
class MapChoice:
    """One map of one proposal."""

    proposal: Proposal
    name: str

    @property
    def key(self) -> tuple[str, str]:
        """What it is found by on the next image: the model and the map's name."""
        return self.proposal.model, self.name

    @property
    def cam(self) -> npt.NDArray[np.float32]:
        """The map (h, w) in 0..1 over the whole image."""
        return self.proposal.cams[self.name]

    @property
    def title(self) -> str:
        """What the chooser says."""
        return map_title(self.proposal, self.name)


def maps_of(proposals: Iterable[Proposal]) -> list[MapChoice]:
    """Every map of these proposals, each one's main map first."""
    return [MapChoice(proposal, name) for proposal in proposals for name in proposal.cams]


def wanted_map(
    choices: Sequence[MapChoice], picked: tuple[str, str] | None, proposal: Proposal | None
) -> MapChoice | None:
    """The map to show: the one the person picked, else the main one of a proposal, else that of the newest."""
    for choice in choices:
        if choice.key == picked:
            return choice
    of_proposal = [choice for choice in choices if choice.proposal is proposal]
    if of_proposal:
        return of_proposal[0]
    models = [choice.proposal.model for choice in choices]
    return choices[models.index(models[-1])] if choices else None


def map_title(proposal: Proposal, name: str) -> str:
    """A map's name in words: "DR grade (predicted)", "DR3 severe", "Disc (localiser)", "OCT: Drusen"."""
    code, _, value = name.partition("=")
    if code in scales():
        return _scale_title(scales()[code], value)
    if proposal.model == "disc" and code in {"OD", "disc"}:
        return tr("Disc (localiser)")
    if code in catalogue():
        return tr_data(catalogue()[code].title)
    return tr("Model {model}", model=proposal.model)


def _scale_title(scale: Scale, value: str) -> str:
    title = tr_data(_SHORT.get(scale.code, scale.title))
    if not value:
        return tr("{scale} (predicted)", scale=title) if len(scale.values) > 2 else title
    found = next((v for v in scale.values if _written(v).lower() == value.lower()), None)
    if found is None:
        return f"{title}: {value}"
    words = tr_data(scale.title_of(found))
    if scale.code == "dr":
        return words
    return tr("OCT: {grade}", grade=words) if scale.code == "oct" else f"{title}: {words}"


def _written(value: GradeValue) -> str:
    return str(value)
