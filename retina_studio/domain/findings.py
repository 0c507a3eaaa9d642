"""The live check: where a grading disagrees with the guideline or with anatomy. It flags, and changes nothing."""

from functools import cache

from retina_studio.domain import anatomy
from retina_studio.domain import guideline as by_grade
from retina_studio.domain.facts import Facts
from retina_studio.domain.grading import Grading
from retina_studio.domain.rules import SEVERITIES, Finding, Guideline, ImageFrame, read_guideline
from retina_studio.paths import resources

__all__ = ["Finding", "ImageFrame", "findings", "guideline"]

_CHECKS = {**by_grade.CHECKS, **anatomy.CHECKS}


@cache
def guideline() -> Guideline:
    """The rules of `resources/guideline.toml`.

    Raises:
        RetinaError: the file has an unknown or missing entry.
    """
    return read_guideline(resources() / "guideline.toml", _CHECKS)


def findings(grading: Grading, frame: ImageFrame, rules: Guideline | None = None) -> list[Finding]:
    """What the rules find, errors first, then in the file's order; nothing of a grading nobody has touched.

    Args:
        grading: the grading as it stands.
        frame: the image it is about.
        rules: others than the program's own.
    """
    if not (grading.shapes or grading.grades or grading.absent):
        return []
    rules = rules or guideline()
    facts = Facts(grading, frame, rules)
    found = [finding for rule in rules.rules for finding in _CHECKS[rule.id].run(facts, rule)]
    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))
