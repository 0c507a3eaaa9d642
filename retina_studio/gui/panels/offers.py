"""The proposed shapes of one image, one by one: which of them are shown, in which order, and what is said of them.

Qt-free.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from retina_studio.domain.labels import catalogue
from retina_studio.domain.shapes import Shape
from retina_studio.gui.words import marked
from retina_studio.study.records import StoredProposal

DECISIONS = {
    "": marked("open"),
    "accepted": marked("accepted"),
    "edited": marked("edited"),
    "rejected": marked("rejected"),
}
LABEL, MODEL, SCORE, DECISION = range(4)  # columns


@dataclass(frozen=True, eq=False)
class Offer:
    """One proposed shape and the proposal it belongs to."""

    stored: StoredProposal
    shape: Shape

    @property
    def decision(self) -> str:
        """accepted, edited, rejected, or "" while open."""
        return self.stored.decisions.get(self.shape.id, "")

    @property
    def score(self) -> float | None:
        """How sure the model is, 0..1; None where it does not say."""
        return self.stored.proposal.scores.get(self.shape.id)


def offers_of(proposals: Sequence[StoredProposal]) -> list[Offer]:
    """All proposed shapes, the newest proposal first."""
    return [Offer(stored, shape) for stored in reversed(proposals) for shape in stored.proposal.shapes]


def newest(proposals: Iterable[StoredProposal]) -> list[StoredProposal]:
    """What each model offers with its newest weights, oldest first."""
    last = {stored.proposal.model: stored for stored in proposals}
    return sorted(last.values(), key=lambda stored: stored.id)


def strong(offers: Iterable[Offer], least: float) -> list[Offer]:
    """The offers whose score is at least so much; one without a score is never weak."""
    return [offer for offer in offers if (score := offer.score) is None or score >= least]


def on_canvas(
    offers: Iterable[Offer], proposals: Iterable[StoredProposal], hidden_labels: Collection[str] = ()
) -> list[Offer]:
    """Of these offers the open ones of each model's newest weights, without those of hidden labels."""
    current = {stored.id for stored in newest(proposals)}
    return [
        offer
        for offer in offers
        if not offer.decision and offer.stored.id in current and offer.shape.label not in hidden_labels
    ]


def best_first(offers: Iterable[Offer]) -> list[Offer]:
    """The surest first: of several offers for a label that is drawn once, it is the one to take."""
    return sorted(offers, key=lambda offer: -1.0 if offer.score is None else offer.score, reverse=True)


def ordered(offers: Sequence[Offer], column: int, descending: bool) -> list[Offer]:
    """The offers in the order of a column; equals stay in the models' order."""
    places = {code: place for place, code in enumerate(catalogue())}
    decisions = {decision: place for place, decision in enumerate(DECISIONS)}
    keys = {
        LABEL: lambda offer: places[offer.shape.label],
        MODEL: lambda offer: offer.stored.proposal.model,
        SCORE: lambda offer: -1.0 if offer.score is None else offer.score,
        DECISION: lambda offer: decisions[offer.decision],
    }
    return sorted(offers, key=keys[column], reverse=descending)
