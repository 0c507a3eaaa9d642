"""From a CAM to a coarse proposal: the area inside its line, offered to this person, who corrects it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retina_studio.domain.evidence import outlines_above
from retina_studio.domain.labels import label
from retina_studio.domain.proposal import Proposal, proposal_origin
from retina_studio.domain.shapes import new_shape
from retina_studio.gui.panels.maps import MapChoice
from retina_studio.gui.words import tr, tr_data

from .base import Feature

if TYPE_CHECKING:
    from retina_studio.domain.labels import Label


class Explaining(Feature):
    """The outlines are not kept in the study: other graders do not see what one of them made of a map."""

    def wire(self) -> None:
        """Hear the panel's button."""
        self.window.proposal_panel.cam.outline_asked.connect(self._outline)

    def _outline(self, label_code: str) -> None:
        window = self.window
        choice, image = window.proposal_panel.cam.choice, window.image
        if choice is None or image is None:
            return
        entry = label(label_code or window.canvas.label)
        if "polygon" not in entry.kinds:
            window.status.say(
                tr("{label} is no area: choose the label of the outline.", label=tr_data(entry.title))
            )
            return
        level = window.proposal_panel.cam.evidence
        proposal = outline_proposal(choice, level, entry, (image.width, image.height))
        if not proposal.shapes:
            window.status.say(tr("The map is nowhere so strong: move the line to a lower level."))
            return
        window.document.offer(proposal)
        window.proposal_panel.choose(proposal.shapes[0].id)
        count = len(proposal.shapes)
        words = (
            tr("One outline is offered as {label}.")
            if count == 1
            else tr("{count} outlines are offered as {label}.")
        )
        window.status.say(words.format(count=count, label=entry.code))


def outline_proposal(choice: MapChoice, level: float, entry: Label, size: tuple[int, int]) -> Proposal:
    """What a map (its model and weights are named in the shapes' origin) offers at a level; size is (width, height)."""
    source = choice.proposal
    model = f"{source.model}-cam"
    found = outlines_above(choice.cam, level, *size)
    origin = proposal_origin(model, source.weights_hash)
    shapes = {
        new_shape(entry.code, part.outline, origin): part.score
        for part in found[: 1 if entry.single else None]
    }
    scores = {shape.id: score for shape, score in shapes.items()}
    return Proposal(model, source.weights_hash, tuple(shapes), scores)
