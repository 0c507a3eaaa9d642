"""Who is given which image: a plan that is balanced, spread and the same for the same seed. No database here."""

import hashlib
import heapq
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from retina_studio.domain.errors import RetinaError


@dataclass(frozen=True)
class Candidate:
    """An image to be given: what it is balanced by, and who has it.

    Attributes:
        stratum: modality and eye; every grader is to have about as many of each.
        patient: pseudonym; the images of one patient are to go to different graders.
        held: the graders whose grading of it will count.
        barred: graders who cannot be given it, `held` or not.
    """

    id: int
    stratum: tuple[str, str]
    patient: str
    held: Collection[int] = ()
    barred: Collection[int] = ()


@dataclass
class _Loads:
    """How much each grader has: in all, of each stratum, of each patient."""

    all: Counter[int] = field(default_factory=Counter)
    strata: Counter[tuple[int, tuple[str, str]]] = field(default_factory=Counter)
    patients: Counter[tuple[int, str]] = field(default_factory=Counter)

    def add(self, image: Candidate, graders: Iterable[int]) -> None:
        for grader in graders:
            self.all[grader] += 1
            self.strata[grader, image.stratum] += 1
            self.patients[grader, image.patient] += 1


def plan(
    images: Sequence[Candidate], graders: Sequence[int], per_image: int, seed: int
) -> list[tuple[int, int]]:
    """The pairs (image, grader) that are missing until every image has `per_image` graders, or all there are.

    Whoever has least so far comes first, which keeps the totals of graders who may be given the same within one of
    each other; among equals, whoever has least of the patient, then of the stratum. Within a stratum a patient's images
    follow each other, so that they go round the graders.
    """
    loads = _Loads()
    for image in images:
        loads.add(image, image.held)
    order = sorted(images, key=lambda image: (image.stratum, chance_rank(seed, image.patient), image.id))
    pairs = []
    for image in order:
        missing = per_image - len(image.held)
        if missing <= 0:
            continue
        chance = chance_rank(seed, str(image.id))
        ranked = [
            (
                loads.all[grader],
                loads.patients[grader, image.patient],
                loads.strata[grader, image.stratum],
                chance[number % len(chance)],
                grader,
            )
            for number, grader in enumerate(graders)
            if grader not in image.held and grader not in image.barred
        ]
        chosen = [entry[-1] for entry in heapq.nsmallest(missing, ranked)]
        loads.add(image, chosen)
        pairs += [(image.id, grader) for grader in chosen]
    return pairs


def shuffled(
    pairs: Iterable[tuple[int, int]], seed: int, after: Mapping[int, int]
) -> dict[tuple[int, int], int]:
    """The place of each (image, grader) in that grader's own shuffled order, behind place `after[grader]`."""
    last = dict(after)
    places = {}
    for image, grader in sorted(pairs, key=lambda pair: chance_rank(seed, f"{pair[1]}/{pair[0]}")):
        last[grader] = last.get(grader, 0) + 1
        places[image, grader] = last[grader]
    return places


def due_date(text: str) -> str:
    """A date as the tables hold it, ISO 8601 with hyphens.

    Raises:
        RetinaError: it is none.
    """
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise RetinaError(f"{text!r} is not a date: write it as 2026-12-31.") from error


def chance_rank(seed: int, text: str) -> bytes:
    """A place in an order that only the seed decides: the same on every machine, whatever else comes or goes."""
    return hashlib.sha512(f"{seed}/{text}".encode()).digest()
