"""Does the grade fit what is drawn? Diabetic retinopathy by Table I, the disc, the B-scan, and answers that clash.

Each check looks at one rule of `resources/guideline.toml`; the table `CHECKS` names them all.
"""

from collections.abc import Iterator, Mapping

from retina_studio.domain.facts import Facts
from retina_studio.domain.labels import label, scales
from retina_studio.domain.rules import Check, Finding, Rule, check, listed

_HIGHEST = 4
_PROOF_OF_DR4 = ("NV", "vHE", "pHE")


def _least(grade: int) -> str:
    return f"DR{grade}" if grade == _HIGHEST else f"DR{grade} or more"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _above(facts: Facts, evidence: Mapping[str, int]) -> dict[str, int]:
    """The drawn labels that are evidence for a higher grade than the one given, with their grades."""
    grade = facts.dr
    if grade is None:
        return {}
    return {code: least for code, least in evidence.items() if least > grade and code in facts.by_label}


def _lesions(facts: Facts, rule: Rule, evidence: Mapping[str, int]) -> Iterator[Finding]:
    if above := _above(facts, evidence):
        shapes = facts.drawn(*above)
        yield rule.found(
            shapes,
            grade=facts.dr,
            lesions=facts.counted(above),
            are=_are(len(shapes)),
            least=_least(max(above.values())),
        )


def _sufficient(facts: Facts, rule: Rule) -> Iterator[Finding]:
    yield from _lesions(facts, rule, facts.guideline.sufficient)


def _indirect(facts: Facts, rule: Rule) -> Iterator[Finding]:
    yield from _lesions(facts, rule, facts.guideline.indirect)


def _cotton_wool(facts: Facts, rule: Rule) -> Iterator[Finding]:
    spots = facts.drawn("CWS")
    if facts.dr == 2 and spots:
        yield rule.found(spots, lesions=facts.counted(["CWS"]))


def _many_in_each_quadrant(facts: Facts) -> bool | None:
    """Whether haemorrhages alone make a DR3; None where there would be enough, but quadrants are not known."""
    most = facts.guideline.severe["haemorrhages"]
    if len(facts.drawn("iHE")) < 4 * (most + 1):
        return False
    least = facts.least_per_quadrant
    return None if least is None else least > most


def _below_severe(facts: Facts) -> bool:
    return facts.dr is not None and facts.dr < 3


def _quadrants(facts: Facts, rule: Rule) -> Iterator[Finding]:
    if _below_severe(facts) and _many_in_each_quadrant(facts):
        yield rule.found(
            facts.drawn("iHE"), grade=facts.dr, haemorrhages=facts.guideline.severe["haemorrhages"]
        )


def _recorded(facts: Facts, scale: str) -> int:
    """The quadrants in which a sign that is not drawn was recorded."""
    return int(facts.grading.grades.get(scale, 0))


def _in_quadrants(number: int) -> str:
    return f"{number} quadrant{'s' * (number != 1)}"


def _sign(facts: Facts, rule: Rule, scale: str) -> Iterator[Finding]:
    number = _recorded(facts, scale)
    if _below_severe(facts) and number >= facts.guideline.severe[scale]:
        yield rule.found(grade=facts.dr, quadrants=_in_quadrants(number))


def _venous_beading(facts: Facts, rule: Rule) -> Iterator[Finding]:
    yield from _sign(facts, rule, "venous_beading")


def _irma(facts: Facts, rule: Rule) -> Iterator[Finding]:
    yield from _sign(facts, rule, "irma")


def _lacks(facts: Facts, grade: int, *labels: str) -> bool:
    """Whether this grade was given without any of these labels, and nothing drawn speaks for a higher one."""
    higher = _above(facts, facts.guideline.sufficient) or _above(facts, facts.guideline.indirect)
    return facts.dr == grade and not higher and facts.by_label.keys().isdisjoint(labels)


def _dr1(facts: Facts, rule: Rule) -> Iterator[Finding]:
    if _lacks(facts, 1, "MA"):
        yield rule.found()


def _dr2(facts: Facts, rule: Rule) -> Iterator[Finding]:
    if _lacks(facts, 2, "iHE", "HaEx"):
        yield rule.found()


def _dr2_indirect(facts: Facts, rule: Rule) -> Iterator[Finding]:
    if _lacks(facts, 2, "iHE") and "HaEx" in facts.by_label:
        yield rule.found(facts.drawn("HaEx"))


def _dr3_by_haemorrhages(facts: Facts) -> bool | None:
    """Whether a DR3 has its haemorrhages (None: cannot be counted); True also where another sign settles it."""
    severe = facts.guideline.severe
    signs = ("venous_beading", "irma")
    settled = any(_recorded(facts, sign) >= severe[sign] for sign in signs)
    return True if settled or not _lacks(facts, 3) else _many_in_each_quadrant(facts)


def _dr3(facts: Facts, rule: Rule) -> Iterator[Finding]:
    severe = facts.guideline.severe
    if _dr3_by_haemorrhages(facts) is False:
        yield rule.found(
            haemorrhages=severe["haemorrhages"],
            beading=_in_quadrants(severe["venous_beading"]),
            irma=_in_quadrants(severe["irma"]),
        )


def _dr3_uncounted(facts: Facts, rule: Rule) -> Iterator[Finding]:
    if _dr3_by_haemorrhages(facts) is None:
        yield rule.found(facts.drawn("iHE"))


def _dr4(facts: Facts, rule: Rule) -> Iterator[Finding]:
    if _lacks(facts, 4, *_PROOF_OF_DR4, "FiP"):
        yield rule.found()


def _dr4_indirect(facts: Facts, rule: Rule) -> Iterator[Finding]:
    if _lacks(facts, 4, *_PROOF_OF_DR4) and "FiP" in facts.by_label:
        yield rule.found(facts.drawn("FiP"))


def _label_denied(facts: Facts, rule: Rule) -> Iterator[Finding]:
    for code in facts.by_label:
        if code in facts.grading.absent:
            shapes = facts.drawn(code)
            yield rule.found(
                shapes, title=label(code).title, lesions=facts.counted([code]), are=_are(len(shapes))
            )


def _grade_denied(facts: Facts, rule: Rule) -> Iterator[Finding]:
    for code, shapes in facts.by_label.items():
        # `False` is the answer "none" of a yes-or-no scale; DR0 equals it, and has rules of its own.
        if facts.grading.grades.get(label(code).answered_by) is False:
            yield rule.found(
                shapes, title=label(code).title, lesions=facts.counted([code]), are=_are(len(shapes))
            )


def _grade_undrawn(facts: Facts, rule: Rule) -> Iterator[Finding]:
    if not facts.ungradable:
        for entry in facts.grading.undrawn(facts.frame.modality):
            yield rule.found(title=entry.title)


def _large_cup(facts: Facts, rule: Rule) -> Iterator[Finding]:
    ratio = facts.vcdr
    if facts.grading.grades.get("glaucoma") is False and ratio and ratio >= rule.numbers["at_least"]:
        yield rule.found(facts.drawn("OC"), ratio=f"{ratio:.2f}")


def _small_cup(facts: Facts, rule: Rule) -> Iterator[Finding]:
    ratio = facts.vcdr
    if facts.grading.grades.get("glaucoma") is True and ratio and ratio < rule.numbers["below"]:
        yield rule.found(facts.drawn("OC"), ratio=f"{ratio:.2f}")


def _fovea_denied(facts: Facts, rule: Rule) -> Iterator[Finding]:
    foveas = facts.drawn("fovea")
    if foveas and facts.grading.grades.get("fovea_visible") is False:
        yield rule.found(foveas)


def _quality_reason(facts: Facts, rule: Rule) -> Iterator[Finding]:
    grades = facts.grading.grades
    poor = [scales()[code].title.lower() for code in ("definition", "field") if grades.get(code) == "poor"]
    if poor and grades.get("gradability") == "good":
        yield rule.found(reasons=f"{listed(poor)} {_are(len(poor))} poor")


def _ungradable_graded(facts: Facts, rule: Rule) -> Iterator[Finding]:
    titles = [s.title for s in scales().values() if s.voted and s.code in facts.grading.grades]
    titles.remove(scales()["gradability"].title) if facts.ungradable else titles.clear()
    if titles:
        yield rule.found(titles=listed(titles))


def _oct_denied(facts: Facts) -> tuple[str, list[str]]:
    """The OCT class ("" = not given), and the drawn labels that do not go with it."""
    given = str(facts.grading.grades.get("oct", ""))
    if not given or facts.ungradable:
        return "", []
    return given, [code for code in facts.by_label if code not in facts.guideline.oct[given].allows]


def _oct_normal(facts: Facts, rule: Rule) -> Iterator[Finding]:
    given, others = _oct_denied(facts)
    if given == "normal" and others:
        shapes = facts.drawn(*others)
        yield rule.found(shapes, lesions=facts.counted(others), are=_are(len(shapes)))


def _oct_other(facts: Facts, rule: Rule) -> Iterator[Finding]:
    given, others = _oct_denied(facts)
    if given not in ("", "normal") and others:
        shapes = facts.drawn(*others)
        title = scales()["oct"].title_of(given)
        yield rule.found(shapes, title=title, lesions=facts.counted(others), are=_are(len(shapes)))


def _oct_evidence(facts: Facts, rule: Rule) -> Iterator[Finding]:
    given, _ = _oct_denied(facts)
    if given and (needs := facts.guideline.oct[given].needs) and needs not in facts.by_label:
        yield rule.found(title=scales()["oct"].title_of(given), missing=facts.guideline.oct[given].missing)


CHECKS: Mapping[str, Check] = {
    "dr-lesions": check(_sufficient, "grade lesions are least"),
    "dr-lesions-indirect": check(_indirect, "grade lesions are least"),
    "dr2-cotton-wool": check(_cotton_wool, "lesions"),
    "dr-quadrants": check(_quadrants, "grade haemorrhages"),
    "dr-venous-beading": check(_venous_beading, "grade quadrants"),
    "dr-irma": check(_irma, "grade quadrants"),
    "dr1-evidence": check(_dr1),
    "dr2-evidence": check(_dr2),
    "dr2-indirect": check(_dr2_indirect),
    "dr3-evidence": check(_dr3, "haemorrhages beading irma"),
    "dr3-uncounted": check(_dr3_uncounted),
    "dr4-evidence": check(_dr4),
    "dr4-indirect": check(_dr4_indirect),
    "label-denied": check(_label_denied, "title lesions are"),
    "grade-denied": check(_grade_denied, "title lesions are"),
    "grade-undrawn": check(_grade_undrawn, "title"),
    "glaucoma-large-cup": check(_large_cup, "ratio", "at_least"),
    "glaucoma-small-cup": check(_small_cup, "ratio", "below"),
    "fovea-denied": check(_fovea_denied),
    "quality-reason": check(_quality_reason, "reasons"),
    "ungradable-graded": check(_ungradable_graded, "titles"),
    "oct-normal": check(_oct_normal, "lesions are"),
    "oct-other-lesion": check(_oct_other, "title lesions are"),
    "oct-evidence": check(_oct_evidence, "title missing"),
}
