"""The rules of the vote, as data: `resources/vote.toml`, or what a study made of it."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from typing import Any, Literal, get_args

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import catalogue
from retina_studio.paths import resources

AnatomyRule = Literal["majority", "staple"]
LesionRule = Literal["objects", "pixels", "grade_union"]
MergeRule = Literal["auto", "ellipse", "polygon"]
Version = Literal["newest", "blind"]


@dataclass(frozen=True)
class VoteRules:
    """When an image is settled, and how what was drawn becomes one.

    Attributes:
        graders: how many submitted gradings an image needs.
        agreeing: how many of them must agree; 0 = a strict majority.
        point_spread: how far from the median a point may lie and still agree, as a share of the longer side
            (a disc is about 0.13 of it in a 45 degree photograph).
        whole: the labels voted as one area each (anatomy); every other area label is a lesion.
        anatomy: those by per-pixel majority, or by STAPLE (Warfield 2004) where three or more drew them.
        lesions: matched as objects; per-pixel majority; or the union of what the graders drew whose grade is the
            settled one (the paper's rule, models.md 7.1).
        match_iou: two lesions are the same from this overlap on.
        match_distance: or when their centres are nearer than this share of the mean of their diameters...
        match_pixels: ...or than so many pixels, if that is more: microaneurysms are a few wide.
        match_size: by distance alone only where the smaller diameter is at least this share of the larger.
        merge: matched lesions become the mean ellipse, the majority polygon, or (auto) the ellipse where all are.
        cws_at_dr2: whether a cotton-wool spot complies with DR2 (international scale), or from DR3 on (Table I).
        version: which version of a submitted grading votes: the newest, or (blind) the last that was submitted before
            proposals were shown to its grader; who has none such does not vote.
    """

    graders: int = 3
    agreeing: int = 0
    point_spread: float = 0.08
    whole: tuple[str, ...] = ("OD", "OC", "PPA")
    anatomy: AnatomyRule = "majority"
    lesions: LesionRule = "objects"
    match_iou: float = 0.2
    match_distance: float = 0.5
    match_pixels: float = 6.0
    match_size: float = 0.3
    merge: MergeRule = "auto"
    cws_at_dr2: bool = True
    version: Version = "newest"

    def needed(self, answers: int) -> int:
        """How many of so many answers settle something (by default 2 of 3, 3 of 4, 3 of 5)."""
        return self.agreeing or answers // 2 + 1

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form; `vote_rules_from_dict` reads it."""
        return {**asdict(self), "whole": list(self.whole)}


THREE_GRADERS = VoteRules()

_CHOICES = {
    "anatomy": get_args(AnatomyRule),
    "lesions": get_args(LesionRule),
    "merge": get_args(MergeRule),
    "version": get_args(Version),
}
_RANGES = {
    "graders": (1, 99),
    "agreeing": (0, 99),
    "point_spread": (0.0, 1.0),
    "match_iou": (0.01, 1.0),
    "match_distance": (0.0, 2.0),
    "match_pixels": (0.0, 1000.0),
    "match_size": (0.0, 1.0),
}


def vote_rules_from_dict(form: Mapping[str, Any]) -> VoteRules:
    """Rules from what a file or a study's setting says; what it leaves out keeps its default.

    Raises:
        RetinaError: an unknown key, a value of the wrong kind or out of range, or more agreeing than graders.
    """
    known = {entry.name for entry in fields(VoteRules)}
    if unknown := sorted(set(form) - known):
        raise RetinaError(f"The vote has no rule {unknown[0]!r}; it has: {', '.join(sorted(known))}.")
    rules = VoteRules(**{key: _checked(key, value) for key, value in form.items()})
    if rules.agreeing > rules.graders:
        raise RetinaError(
            f"The vote asks {rules.agreeing} graders to agree, but gives an image to {rules.graders} only: "
            "lower `agreeing` or raise `graders`."
        )
    return rules


def _checked(key: str, value: Any) -> Any:
    if key in _CHOICES:
        if value not in _CHOICES[key]:
            raise RetinaError(f"The vote's rule {key!r} is one of {', '.join(_CHOICES[key])}, not {value!r}.")
        return value
    if key == "cws_at_dr2":
        if not isinstance(value, bool):
            raise RetinaError(f"The vote's rule {key!r} is true or false, not {value!r}.")
        return value
    if key == "whole":
        return _labels(value)
    return _number(key, value)


def _labels(value: Any) -> tuple[str, ...]:
    entries = value if isinstance(value, list | tuple) else ()
    wrong = [entry for entry in entries if not isinstance(entry, str) or entry not in catalogue()]
    if wrong or entries is not value:
        said = wrong[0] if wrong else value
        raise RetinaError(f"The vote's rule 'whole' is a list of labels of the catalogue, not {said!r}.")
    return tuple(entries)


def _number(key: str, value: Any) -> float:
    low, high = _RANGES[key]
    whole = isinstance(low, int)
    kinds = (int,) if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
        kind = "a whole number" if whole else "a number"
        raise RetinaError(f"The vote's rule {key!r} is {kind} from {low:g} to {high:g}, not {value!r}.")
    return value if whole or not math.isfinite(value) else float(value)


@cache
def default_rules() -> VoteRules:
    """The rules of `resources/vote.toml`.

    Raises:
        RetinaError: the file has an unknown key or a wrong value.
    """
    try:
        with (resources() / "vote.toml").open("rb") as file:
            return vote_rules_from_dict(tomllib.load(file))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RetinaError(f"vote.toml is written wrongly: {error}.") from error
