"""The tables of the report, from what an evaluation sums up and the figures its paper prints."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from retina_studio.domain.labels import catalogue
from training.report.names import number, readable

_INTERVAL = "_interval"
_NOT_LISTED = {"split", "images", "per_image", "confusion"}  # said elsewhere


@dataclass(frozen=True)
class Table:
    """Cells as text; the first column names the row."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(figures: Mapping[str, Any], paper: Mapping[str, Any]) -> list[Table]:
    """All figures of a split, the paper's beside: first those of the whole split, then those by label or class."""
    labelled = _by_label({**dict.fromkeys(paper), **figures})
    nested = {name: value for name, value in figures.items() if isinstance(value, Mapping)}
    own = {name for names in labelled.values() for name in names.values()} | set(nested)
    return [
        _whole(figures, paper, leave_out=own),
        *_labels(labelled, figures, paper),
        *(_classes(name, value) for name, value in nested.items()),
    ]


def _whole(figures: Mapping[str, Any], paper: Mapping[str, Any], leave_out: set[str]) -> Table:
    names = [
        name
        for name in dict.fromkeys((*paper, *figures))
        if name not in leave_out | _NOT_LISTED and not name.endswith(_INTERVAL)
    ]
    rows = tuple(
        (
            readable(name),
            number(figures.get(name)),
            _between(figures.get(name.removesuffix("_mean") + _INTERVAL)),
            number(paper[name]) if name in paper else "",
        )
        for name in names
    )
    return Table("The whole split", ("Figure", "This run", "95 % interval", "The paper"), rows)


def _by_label(figures: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Figure -> label -> the name that has both, like pixel_f1_MA, where there are several labels."""
    found: dict[str, dict[str, str]] = {}
    for name, value in figures.items():
        base, _, label = name.rpartition("_")
        if base and label in catalogue() and not isinstance(value, Mapping):
            found.setdefault(base, {})[label] = name
    return {base: names for base, names in found.items() if len(names) > 1}


def _labels(
    labelled: Mapping[str, Mapping[str, str]], figures: Mapping[str, Any], paper: Mapping[str, Any]
) -> list[Table]:
    if not labelled:
        return []
    heads = ["Label"]
    for base in labelled:
        heads += [readable(base), f"{readable(base)}, the paper"]
    rows = []
    for code, label in catalogue().items():
        if any(code in names for names in labelled.values()):
            name_of = [names.get(code, "") for names in labelled.values()]
            cells = [text for n in name_of for text in (number(figures.get(n)), number(paper.get(n)))]
            rows.append((f"{label.title} ({code})", *cells))
    return [Table("By label", tuple(heads), tuple(rows))]


def _classes(name: str, values: Mapping[str, Any]) -> Table:
    """Of figures by class, or of one row of figures."""
    if not all(isinstance(each, Mapping) for each in values.values()):
        cells = tuple((readable(key), number(value)) for key, value in values.items())
        counts = name.endswith("_counts")
        heads = ("Label", "True positive / false positive / missed") if counts else ("Figure", "This run")
        return Table(readable(name), heads, cells)
    columns = dict.fromkeys(key for each in values.values() for key in each if not key.endswith(_INTERVAL))
    rows = tuple(
        (key, *(f"{number(each.get(h))} {_between(each.get(h + _INTERVAL))}".strip() for h in columns))
        for key, each in values.items()
    )
    return Table(readable(name), ("Class", *map(readable, columns)), rows)


def _between(interval: Any) -> str:
    return "" if interval is None else f"({number(interval[0])} to {number(interval[1])})"
