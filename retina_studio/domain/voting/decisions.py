"""What an adjudicator decides of one disputed item."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from retina_studio.domain.labels import GradeValue
from retina_studio.domain.shapes import Geometry, geometry_from_dict

Action = Literal["keep", "drop", "average", "redraw", "choose"]


@dataclass(frozen=True)
class Decision:
    """One item settled by a person.

    Attributes:
        item: the item's key.
        action: keep what one grader drew, drop it (the answer "none"), average what was drawn, redraw it, or choose
            a grade.
        grader: whose drawing was kept ("keep" only).
        value: the grade ("choose" only).
        geometries: what the adjudicator drew ("redraw" only).
        reason: why, in the adjudicator's words.
        by: the adjudicator's name.
        at: when, UTC, ISO 8601.
    """

    item: str
    action: Action
    grader: str = ""
    value: GradeValue | None = None
    geometries: tuple[Geometry, ...] = ()
    reason: str = ""
    by: str = ""
    at: str = ""

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form; `decision_from_dict` reads it."""
        return {
            "item": self.item,
            "action": self.action,
            "grader": self.grader,
            "value": self.value,
            "geometries": [geometry.to_dict() for geometry in self.geometries],
            "reason": self.reason,
            "by": self.by,
            "at": self.at,
        }


def decision_from_dict(form: Mapping[str, Any]) -> Decision:
    """The decision written by `Decision.to_dict`."""
    geometries = tuple(geometry_from_dict(entry) for entry in form["geometries"])
    return Decision(**{**form, "geometries": geometries})
