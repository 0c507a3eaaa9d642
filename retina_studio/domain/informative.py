"""Which images teach most: where models are unsure, graders are likely to disagree, and what is seen is rare.

Nothing here reads an image: all comes from what models said in short (domain/gist.py) and from gradings so far.
"""

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from retina_studio.domain.gist import Gist
from retina_studio.domain.labels import GradeValue, scales

RANDOM_SHARE = 0.2  # of the places are filled by chance, so that what is graded stays like what was imported
_FLOOR = 0.02  # of each of the three: a zero in one must not hide the others
_PRIOR = 0.3  # the disagreement to expect while nobody has graded
_WEIGHT = 5  # images that what is known of a larger group counts as, against those of a smaller one
_OFTEN, _RARELY, _UNSURE = 0.4, 0.5, 0.5  # from here on a reason says so

Item = tuple[str, GradeValue | None]  # a scale and one of its values, or a label and None
_Group = tuple[str, ...]


@dataclass(frozen=True)
class Merit:
    """How much an image is likely to teach, each part from 0 to 1, and what makes it so.

    Attributes:
        uncertainty: of the models: the largest entropy of a scale, as a share of what it can be, or mean doubt of a
            label.
        disagreement: how far two graders are expected to differ in their grades.
        rarity: of the rarest grade or label: 0 where every image has it, 1 where one image alone has it.
        unsure: the two grades that a model is most unsure between, or the one label or "yes"; of the largest
            uncertainty.
        rare: the rarest grade or label; None where models found nothing.
    """

    uncertainty: float
    disagreement: float
    rarity: float
    unsure: tuple[Item, ...] = ()
    rare: Item | None = None

    @property
    def score(self) -> float:
        """The geometric mean of the three, each at least `_FLOOR`."""
        parts = (self.uncertainty, self.disagreement, self.rarity)
        return math.prod(max(part, _FLOOR) for part in parts) ** (1 / len(parts))


@dataclass(frozen=True)
class Placed:
    """An image in its place; `merit` is None where no model said anything, `by_chance` where chance put it there."""

    image: int
    merit: Merit | None
    by_chance: bool

    def reason(self) -> str:
        """Why it stands there, one short text; "" where there is nothing to say."""
        if self.by_chance:
            return "random share"
        return "; ".join(_reasons(self.merit)) if self.merit is not None else ""


def grade_disagreement(gradings: Sequence[Mapping[str, GradeValue]]) -> float | None:
    """The share of pairs of graders who differ, mean over the voted scales that two or more answered; None of fewer."""
    shares = []
    for code in _voted():
        given = [grades[code] for grades in gradings if code in grades]
        count = len(given)
        if count > 1:
            same = sum(given.count(value) for value in given) - count
            shares.append(1 - same / (count * (count - 1)))
    return sum(shares) / len(shares) if shares else None


def merits(gists: Mapping[int, Gist], disagreements: Mapping[int, float]) -> dict[int, Merit]:
    """The merit of every image that models said something of.

    Args:
        gists: image -> what models said of it.
        disagreements: image -> how far its graders differed (`grade_disagreement`), of those graded by two or more.
    """
    items = {image: list(_items(gist)) for image, gist in gists.items()}
    counts = Counter(item for found in items.values() for item in found)
    expected = _Expected(gists, disagreements)
    made = {}
    for image, gist in gists.items():
        uncertainty, unsure = _uncertainty(gist)
        rarity, rare = _rarity(items[image], counts, len(gists))
        made[image] = Merit(uncertainty, expected.of(gist), rarity, unsure, rare)
    return made


def placed(
    images: Sequence[int], found: Mapping[int, Merit], seed: str, share: float = RANDOM_SHARE
) -> list[Placed]:
    """All images, the best first, and every so many places one by chance; those no model spoke of come last.

    Args:
        images: in their usual order, which decides among equals.
        found: of each image that models said something of.
        seed: what chance starts from: the same one gives the same order.
        share: of the places that chance fills, spread evenly.
    """
    score = {image: found[image].score if image in found else -1.0 for image in images}
    ranked = iter(sorted(images, key=lambda image: -score[image]))
    drawn = iter(sorted(images, key=lambda image: hashlib.sha256(f"{seed}/{image}".encode()).digest()))
    order: dict[int, Placed] = {}
    for place in range(len(images)):
        by_chance = math.floor((place + 1) * share) > math.floor(place * share)
        image = next(image for image in (drawn if by_chance else ranked) if image not in order)
        order[image] = Placed(image, found.get(image), by_chance)
    return list(order.values())


@cache
def _voted() -> tuple[str, ...]:
    return tuple(code for code, scale in scales().items() if scale.voted)


def _uncertainty(gist: Gist) -> tuple[float, tuple[Item, ...]]:
    best: tuple[float, tuple[Item, ...]] = (0.0, ())
    for scale, chances in gist.probabilities.items():
        entropy = _entropy(chances.values())
        if entropy > best[0]:
            two = sorted(chances, key=lambda value: -chances[value])[:2]
            named = [True] if True in two and isinstance(two[0], bool) else two  # of yes and no, the yes
            best = entropy, tuple((scale, value) for value in named)
    for label, (_, doubt) in gist.labels.items():
        if doubt > best[0]:
            best = doubt, ((label, None),)
    return best


def _entropy(chances: Iterable[float]) -> float:
    """Of a distribution, as a share of the most it can have."""
    given = list(chances)
    if len(given) < 2:
        return 0.0
    bits = -sum(chance * math.log(chance) for chance in given if chance > 0)
    return min(max(bits / math.log(len(given)), 0.0), 1.0)


def _items(gist: Gist) -> Iterator[Item]:
    yield from gist.grades.items()
    yield from ((label, None) for label in gist.labels)


def _rarity(items: Sequence[Item], counts: Mapping[Item, int], images: int) -> tuple[float, Item | None]:
    if not items or images < 2:
        return 0.0, None
    rare = min(items, key=counts.__getitem__)
    return math.log(images / counts[rare]) / math.log(images), rare


class _Expected:
    """The disagreement to expect: of images alike, drawn towards that of more of them the fewer there are."""

    def __init__(self, gists: Mapping[int, Gist], disagreements: Mapping[int, float]) -> None:
        self._sums: dict[_Group, tuple[int, float]] = defaultdict(lambda: (0, 0.0))
        for image, value in disagreements.items():
            for group in _groups(gists.get(image, Gist())):
                count, total = self._sums[group]
                self._sums[group] = count + 1, total + value

    def of(self, gist: Gist) -> float:
        """From all images to those with the same grades, and to those with the same labels too."""
        rate = _PRIOR
        for group in _groups(gist):
            count, total = self._sums.get(group, (0, 0.0))
            rate = (total + _WEIGHT * rate) / (count + _WEIGHT)
        return rate


def _groups(gist: Gist) -> tuple[_Group, ...]:
    grades = tuple(f"{scale}={value}" for scale, value in sorted(gist.grades.items()))
    return (), ("grades", *grades), ("labels", *grades, *sorted(gist.labels))


def _reasons(merit: Merit) -> Iterator[str]:
    """What tells most at the head: a row of a worklist is narrow."""
    if merit.rarity >= _RARELY and merit.rare is not None:
        yield f"rare: {_name(merit.rare)}"
    if merit.uncertainty >= _UNSURE and merit.unsure:
        yield f"{' or '.join(_name(item) for item in merit.unsure)}: the model is unsure"
    if merit.disagreement >= _OFTEN:
        yield "graders often disagree on such images"


def _name(item: Item) -> str:
    """As short as people say it: DR1, NV, CNV; of a scale that asks yes or no, the scale."""
    code, value = item
    scale = scales().get(code)
    if value is None or scale is None or value not in scale.values:
        return code if value is None else f"{code} {value}"
    if isinstance(value, bool):
        return scale.title if value else f"no {scale.title}"
    title = scale.title_of(value)
    return title.partition(" ")[0] if isinstance(value, int) else title
