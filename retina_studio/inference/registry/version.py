"""What the registry keeps of a weights file, and of each change: plain values, checked when they are read."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, get_args

State = Literal["candidate", "current", "retired"]
Origin = Literal["shipped", "run", "imported"]
Deed = Literal["add", "promote", "retire", "roll back"]

SHIPPED = "shipped"  # how the version that came with the application is asked for
SHORTEST = 6  # digits that a hash may be abbreviated to
_LONGEST = 2000  # characters of a text
_DEEPEST, _WIDEST = 12, 1024  # of JSON: levels, entries of one object or list
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Facts:
    """What the header of a weights file says of how it was made.

    Attributes:
        size: of the model table's row.
        input: channels, height, width.
        stages: those that trained it.
        metrics: figures on the validation split; None where one could not be measured.
        store_hash: of the snapshot it was trained on, "" for none.
        recipe: a JSON object.
        software: version that trained it.
    """

    size: str
    input: tuple[int, int, int]
    stages: tuple[str, ...] = ()
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    store_hash: str = ""
    recipe: Mapping[str, Any] = field(default_factory=dict)
    software: str = ""


@dataclass(frozen=True)
class Version:
    """One weights file of the registry.

    Attributes:
        stem: of the model.
        hash: SHA-256 (hex) of the file.
        state: "candidate" until it is promoted; one version of a stem is "current", those before it are "retired".
        origin: it came with the application, from a run on this computer, or as somebody's file.
        added: UTC, ISO 8601; "" of shipped weights.
        by: who added it, as they called themselves.
        parent: hash of the weights that it was trained from or replaced first; "" where that is not known.
        facts: what its header says.
    """

    stem: str
    hash: str
    state: State
    origin: Origin
    added: str
    by: str
    parent: str
    facts: Facts

    @property
    def short(self) -> str:
        """The hash as people read it."""
        return self.hash[:12]

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form; `version_from_dict` reads it."""
        form = asdict(self)
        form["facts"] |= {"input": list(self.facts.input), "stages": list(self.facts.stages)}
        return form


@dataclass(frozen=True)
class Event:
    """One change: at what time (UTC, ISO 8601) who did what to which version, why, and what was current before it.

    `hash` and `before` are "" for the shipped weights.
    """

    at: str
    by: str
    deed: Deed
    stem: str
    hash: str
    before: str
    why: str

    def to_dict(self) -> dict[str, str]:
        """A JSON-ready form; `event_from_dict` reads it."""
        return asdict(self)


def version_from_dict(form: Any) -> Version:
    """The version written by `to_dict`.

    Raises:
        ValueError: it is not such a form.
    """
    _check(form, Version, {"facts": lambda value: isinstance(value, dict)})
    if form["state"] not in get_args(State) or form["origin"] not in ("run", "imported"):
        raise ValueError(f"a version cannot be {form['state']!r} and {form['origin']!r}")
    if not form["stem"].isidentifier():  # it becomes part of a file's name
        raise ValueError(f"{form['stem'][:40]!r} is no model")
    if not is_hash(form["hash"]) or not (is_hash(form["parent"]) or form["parent"] == ""):
        raise ValueError(f"{form['hash']!r} from {form['parent']!r} are not hashes")
    return Version(**{**form, "facts": facts_from_dict(form["facts"])})


def facts_from_dict(form: Any) -> Facts:
    """The facts as `Version.to_dict` or a weights file's header hold them.

    Raises:
        ValueError: it is not such a form, or larger than any header needs.
    """
    _check(
        form,
        Facts,
        {
            "input": lambda value: _all(value, list, _is_count) and len(value) == 3,
            "stages": lambda value: _all(value, list, _is_text),
            "metrics": lambda value: isinstance(value, dict) and all(map(_is_figure, value.values())),
            "recipe": lambda value: isinstance(value, dict),
        },
    )
    check_json(form)
    channels, height, width = form["input"]
    metrics = {name: _finite(value) for name, value in form["metrics"].items()}
    return Facts(
        **{
            **form,
            "input": (channels, height, width),
            "stages": tuple(form["stages"]),
            "metrics": metrics,
        }
    )


def event_from_dict(form: Any) -> Event:
    """The event written by `to_dict`.

    Raises:
        ValueError: it is not such a form.
    """
    _check(form, Event, {})
    if form["deed"] not in get_args(Deed):
        raise ValueError(f"nobody can {form['deed']!r} weights")
    return Event(**form)


def is_hash(text: object) -> bool:
    """Whether this is a SHA-256 in small hexadecimal digits."""
    return isinstance(text, str) and _HASH.fullmatch(text) is not None


def check_json(value: Any, deepest: int = _DEEPEST) -> None:
    """Refuse JSON that is deeper, wider or longer than what people write.

    Raises:
        ValueError: saying which.
    """
    if deepest == 0:
        raise ValueError("it is nested too deeply")
    if isinstance(value, str) and len(value) > _LONGEST:
        raise ValueError("it holds a text that is too long")
    if isinstance(value, int) and abs(value) > 2**63:
        raise ValueError("it holds a number that is too large")
    if isinstance(value, dict | list):
        if len(value) > _WIDEST:
            raise ValueError("it holds too many entries")
        for part in [*value, *value.values()] if isinstance(value, dict) else value:
            check_json(part, deepest - 1)


def _check(form: Any, kind: type, others: Mapping[str, Callable[[Any], bool]]) -> None:
    """A form has exactly the fields of a class; all are texts but for `others`."""
    names = {entry.name for entry in fields(kind)}
    if not isinstance(form, dict) or set(form) != names:
        wrong = sorted(names ^ set(form), key=str) if isinstance(form, dict) else sorted(names)
        raise ValueError(
            f"{kind.__name__.lower()} lacks or does not know: {', '.join(map(str, wrong))[:200]}"
        )
    for name in names:
        if not others.get(name, _is_text)(form[name]):
            raise ValueError(f"the {name} is written wrongly")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_figure(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _all(value: Any, kind: type[list[Any]], is_right: Callable[[object], bool]) -> bool:
    return isinstance(value, kind) and all(is_right(entry) for entry in value)
