"""Proposals that are made in the window for one person and are not kept in the study: other graders never see them."""

from collections.abc import Iterable
from itertools import count

from retina_studio.domain.grading import Grading
from retina_studio.domain.proposal import Proposal
from retina_studio.study.records import Decision, StoredProposal

_FIRST = 10**9  # no study has so many proposals: these come after its own


class PassingOffers:
    """By image; what becomes a shape of the grading is kept there, the rest is gone when the window closes."""

    def __init__(self) -> None:
        self._numbers = count(_FIRST)
        self._offered: dict[int, list[tuple[int, Proposal]]] = {}
        self._rejected: set[str] = set()

    def add(self, image_id: int, proposal: Proposal) -> None:
        """Offer this beside what is offered already."""
        self._offered.setdefault(image_id, []).append((next(self._numbers), proposal))

    def holds(self, stored: StoredProposal) -> bool:
        """Whether a proposal is one of these."""
        return stored.id >= _FIRST

    def reject(self, image_id: int, stored: StoredProposal, shape_ids: Iterable[str]) -> None:
        """Refuse shapes; a proposal of which nothing is left is forgotten."""
        self._rejected.update(shape_ids)
        if all(shape.id in self._rejected for shape in stored.proposal.shapes):
            self._offered[image_id] = [kept for kept in self._offered[image_id] if kept[0] != stored.id]

    def beside(self, image_id: int, grading: Grading) -> list[StoredProposal]:
        """What is offered for an image, with what this grading made of it."""
        return [self._decided(*kept, grading) for kept in self._offered.get(image_id, ())]

    def _decided(self, number: int, proposal: Proposal, grading: Grading) -> StoredProposal:
        decisions: dict[str, Decision] = {}
        for shape in proposal.shapes:
            kept = grading.shapes.get(shape.id)
            if kept is not None:
                decisions[shape.id] = "accepted" if kept == shape else "edited"
            elif shape.id in self._rejected:
                decisions[shape.id] = "rejected"
        return StoredProposal(number, proposal, decisions)
