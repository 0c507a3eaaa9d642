"""Guideline cleaning: which lesions of a consensus the settled grade does not allow. Marked, never deleted."""

from collections.abc import Mapping
from dataclasses import replace

from retina_studio.domain.findings import guideline
from retina_studio.domain.labels import GradeValue, label, scales
from retina_studio.domain.voting.outcome import ConsensusShape
from retina_studio.domain.voting.rules import VoteRules


def cleaned(
    shapes: tuple[ConsensusShape, ...], grades: Mapping[str, GradeValue], rules: VoteRules
) -> tuple[ConsensusShape, ...]:
    """The shapes, those marked that do not comply with the settled grades (models.md 7.2, Table I of Lesion-Net).

    A lesion complies with a DR grade that is at least the one it is evidence for, and with an OCT class that goes with
    its label (`resources/guideline.toml`). Without a settled grade nothing can be said against it.
    """
    notes: dict[str, str] = {}
    for code in {entry.shape.label for entry in shapes}:
        if note := _objection(code, grades, rules):
            notes[code] = note
    return tuple(
        replace(entry, compliant=False, note=notes[entry.shape.label])
        if entry.shape.label in notes
        else entry
        for entry in shapes
    )


def _objection(code: str, grades: Mapping[str, GradeValue], rules: VoteRules) -> str:
    """One sentence why a label does not comply; "" where it does."""
    known = guideline()
    one = known.words[code][0]
    dr, oct_class = grades.get("dr"), grades.get("oct")
    least = {**known.sufficient, **known.indirect}.get(code)
    if code == "CWS" and not rules.cws_at_dr2:
        least = 3
    if dr is not None and least is not None and least > int(dr):
        more = " or more" if least < max(int(value) for value in scales()["dr"].values) else ""
        return f"{one[0].upper()}{one[1:]} is a sign of DR{least}{more}, but the settled grade is DR{dr}."
    if (
        oct_class is not None
        and label(code).modality == "oct"
        and code not in known.oct[str(oct_class)].allows
    ):
        title = scales()["oct"].title_of(oct_class)
        return f"{one[0].upper()}{one[1:]} does not go with the settled OCT class, {title}."
    return ""
