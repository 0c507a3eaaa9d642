"""The rules of the vote, as data."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

AnatomyRule = Literal["majority", "staple"]
LesionRule = Literal["objects", "pixels", "grade_union"]
MergeRule = Literal["auto", "ellipse", "polygon"]


@dataclass(frozen=True)
class VoteRules:
    """When an image is settled, and how what was drawn becomes one.

    Attributes:
        graders: how many submitted gradings an image needs.
        agreeing: how many of them must agree; 0 = a strict majority.
        point_spread: how far from the median a point may lie and still agree, as a share of the longer side
            (a disc is about 0.13 of it in a 45 degree photograph).
        anatomy: OD, OC, PPA by per-pixel majority, or by STAPLE (Warfield 2004).
        lesions: matched as objects; per-pixel majority; or the union of what the graders drew whose grade is the
            settled one (the paper's rule, models.md 7.1).
        match_iou: two lesions are the same from this overlap on.
        match_distance: or when their centres are nearer than this share of the mean of their diameters.
        match_pixels: and never farther apart than this allows at least, in pixels: microaneurysms are a few wide.
        merge: matched lesions become the mean ellipse, the majority polygon, or (auto) whichever they were drawn as.
    """

    graders: int = 3
    agreeing: int = 0
    point_spread: float = 0.08
    anatomy: AnatomyRule = "majority"
    lesions: LesionRule = "objects"
    match_iou: float = 0.2
    match_distance: float = 0.5
    match_pixels: float = 6.0
    merge: MergeRule = "auto"

    def needed(self, answers: int) -> int:
        """How many of so many answers settle something (by default 2 of 3, 3 of 4, 3 of 5)."""
        return self.agreeing or answers // 2 + 1

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form."""
        return asdict(self)


THREE_GRADERS = VoteRules()
