"""The rules of the live check as data: what `resources/guideline.toml` says, read and checked."""

import string
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from retina_studio.domain.edits import ChangeShapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import Modality, catalogue, scales
from retina_studio.domain.shapes import Shape

if TYPE_CHECKING:
    from retina_studio.domain.facts import Facts

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
SEVERE_KEYS = frozenset({"haemorrhages", "venous_beading", "irma"})


@dataclass(frozen=True)
class Finding:
    """One disagreement.

    Attributes:
        rule: the id of the rule.
        severity: "error", "warning" or "note".
        text: one sentence for the grader.
        shape_ids: the shapes it is about; empty where it is about the image.
        fix: an edit that would settle it, for the grader to choose; None where there is no obvious one.
        fix_title: what the fix does, in a few words.
    """

    rule: str
    severity: Severity
    text: str
    shape_ids: frozenset[str] = frozenset()
    fix: ChangeShapes | None = None
    fix_title: str = ""


@dataclass(frozen=True)
class ImageFrame:
    """What the check needs to know of an image: `eye` is "OD", "OS" or ""; sizes in pixels."""

    modality: Modality
    eye: str
    width: int
    height: int


@dataclass(frozen=True)
class Rule:
    """One entry of the file: `numbers` are its parameters."""

    id: str
    severity: Severity
    text: str
    numbers: Mapping[str, float] = field(default_factory=dict)

    def found(
        self,
        shapes: Iterable[Shape] = (),
        /,
        *,
        fix: ChangeShapes | None = None,
        fix_title: str = "",
        **fields: object,
    ) -> Finding:
        """The finding about these shapes, its sentence filled with the rule's fields."""
        ids = frozenset(shape.id for shape in shapes)
        return Finding(self.id, self.severity, self.text.format(**fields), ids, fix, fix_title)


@dataclass(frozen=True)
class Check:
    """How a rule is checked, the parameters it must have, and the fields its sentence may name."""

    run: Callable[["Facts", Rule], Iterable[Finding]]
    fields: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()


def check(run: Callable[["Facts", Rule], Iterable[Finding]], fields: str = "", numbers: str = "") -> Check:
    """A check from names separated by spaces."""
    return Check(run, frozenset(fields.split()), frozenset(numbers.split()))


@dataclass(frozen=True)
class OctClass:
    """The label an OCT class needs ("" = none), the words for its absence, and the labels it goes with."""

    needs: str
    missing: str
    allows: frozenset[str]


@dataclass(frozen=True)
class Guideline:
    """The whole file: evidence is label -> DR grade, words label -> (one, several); rules that are off are left out."""

    rules: tuple[Rule, ...]
    sufficient: Mapping[str, int]
    indirect: Mapping[str, int]
    severe: Mapping[str, int]
    oct: Mapping[str, OctClass]
    words: Mapping[str, tuple[str, str]]

    def counted(self, shapes: Mapping[str, int]) -> str:
        """So many of each label in words: "2 hard exudates and 1 cotton-wool spot"."""
        return listed([f"{count} {self.words[code][count != 1]}" for code, count in shapes.items()])


def listed(parts: list[str]) -> str:
    """Several phrases as one: "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def read_guideline(path: Path, checks: Mapping[str, Check]) -> Guideline:
    """The rules in a file; each check needs its entry there.

    Raises:
        RetinaError: a key, rule, label, field or parameter that is unknown, missing or of the wrong kind.
    """
    name = path.name
    try:
        with path.open("rb") as file:
            form = tomllib.load(file)
        _same_keys(form, {"rule", "evidence", "severe", "oct", "words"}, name)
        _same_keys(form["evidence"], {"sufficient", "indirect"}, f"{name}: evidence")
        _same_keys(form["severe"], SEVERE_KEYS, f"{name}: severe")
        _same_keys(form["words"], catalogue(), f"{name}: words")
        _same_keys(form["oct"], map(str, scales()["oct"].values), f"{name}: oct")
        _same_keys([entry["id"] for entry in form["rule"]], checks, f"{name}: rule")
        rules = [_rule(entry, checks[entry["id"]], name) for entry in form["rule"]]
        return Guideline(
            rules=tuple(rule for rule in rules if rule is not None),
            sufficient=_evidence(form["evidence"]["sufficient"], name),
            indirect=_evidence(form["evidence"]["indirect"], name),
            severe={key: int(value) for key, value in form["severe"].items()},
            oct={code: _oct_class(entry, f"{name}: oct.{code}") for code, entry in form["oct"].items()},
            words={code: (one, several) for code, (one, several) in form["words"].items()},
        )
    except (
        tomllib.TOMLDecodeError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        RecursionError,
    ) as error:
        raise RetinaError(f"{name} is written wrongly: {error}.") from error


def _same_keys(given: Iterable[str], wanted: Iterable[str], where: str) -> None:
    given, wanted = sorted(given), sorted(wanted)
    if given != wanted:
        twice = {key for key in given if given.count(key) > 1}
        wrong = ", ".join(sorted(set(given) ^ set(wanted) | twice))
        raise RetinaError(f"{where} has wrong, missing or repeated entries: {wrong}.")


def _rule(entry: Mapping[str, Any], wanted: Check, name: str) -> Rule | None:
    """The rule, or None where it is off; checked either way, so that turning it on cannot fail."""
    where = f"{name}: rule {entry['id']!r}"
    _same_keys(entry, {"id", "severity", "text", *wanted.numbers}, where)
    if entry["severity"] not in (*SEVERITIES, "off"):
        raise RetinaError(f"{where}: the severity is one of {', '.join(SEVERITIES)}, off.")
    named = {key for _, key, _, _ in string.Formatter().parse(entry["text"]) if key is not None}
    if wrong := named - wanted.fields:
        raise RetinaError(f"{where}: its text cannot name {', '.join(sorted(wrong))}.")
    numbers = {key: entry[key] for key in wanted.numbers}
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in numbers.values()):
        raise RetinaError(f"{where}: {', '.join(sorted(numbers))} must be numbers.")
    return (
        None if entry["severity"] == "off" else Rule(entry["id"], entry["severity"], entry["text"], numbers)
    )


def _evidence(table: Mapping[str, int], name: str) -> dict[str, int]:
    for code, grade in table.items():
        if code not in catalogue() or grade not in scales()["dr"].values:
            raise RetinaError(
                f"{name}: {code!r} = {grade!r} is no evidence: it takes a label and a DR grade."
            )
    return dict(table)


def _oct_class(entry: Mapping[str, Any], where: str) -> OctClass:
    _same_keys(entry, {"needs", "missing", "allows"}, where)
    allows = frozenset(entry["allows"])
    if wrong := ({entry["needs"]} | allows) - catalogue().keys() - {""}:
        raise RetinaError(f"{where} names a label that does not exist: {', '.join(sorted(wrong))}.")
    return OctClass(entry["needs"], entry["missing"], allows)
