"""The charts of the agreement report: drawings by grader, kappa matrices, drift, time."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from retina_studio.domain.labels import catalogue
from retina_studio.exchange.agreement_sections import scale_title
from retina_studio.study.agreement_values import StudyAgreement

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WIDTH = 9.0  # inches
# Chosen to stay apart to a colour-blind eye (Okabe and Ito 2008).
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_GREY = "#6b7785"
_MANY = len(_COLOURS)  # graders beyond which one line each tells nothing


def charts(agreement: StudyAgreement) -> "list[tuple[str, Figure]]":
    """(title, chart) of whatever there are figures for; about a second, most of it the import of matplotlib."""
    drawn = [
        ("Dice with the consensus", _labels(agreement)),
        *((f"{scale_title(code)}: quadratic kappa", _grades(agreement, code)) for code in _scales(agreement)),
        *((f"{code}: Dice of every two graders", _overlaps(agreement, code)) for code in _drawn(agreement)),
        ("Dice of anatomy over time", _drift(agreement, "dice")),
        ("Same grades as the consensus over time", _drift(agreement, "agreement")),
        ("Seconds per image", _times(agreement)),
    ]
    return [(title, chart) for title, chart in drawn if chart is not None]


def _figure(height: float) -> "tuple[Figure, Any]":
    from matplotlib.figure import Figure  # noqa: PLC0415 - a second to import, and only a report needs it

    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    return figure, figure.add_subplot()


def _labels(agreement: StudyAgreement) -> "Figure | None":
    entries = [entry for entry in agreement.labels if entry.dice.value is not None]
    if not entries:
        return None
    codes = list(dict.fromkeys(entry.label for entry in entries))
    graders = [name for name in agreement.graders if any(entry.grader == name for entry in entries)]
    is_few = len(graders) <= _MANY
    figure, axes = _figure(1.2 + len(codes) * (0.18 * max(len(graders), 2) if is_few else 0.6))
    step = 0.8 / max(len(graders), 1)
    for number, name in enumerate(graders):
        own = [entry for entry in entries if entry.grader == name]
        shift = (number - (len(graders) - 1) / 2) * step
        places = [codes.index(entry.label) + shift for entry in own]
        colour = _COLOURS[number] if is_few else _GREY
        known = [(e.dice, place) for e, place in zip(own, places, strict=True) if e.dice.low is not None]
        axes.hlines(
            [place for _, place in known],
            [dice.low for dice, _ in known],
            [dice.high for dice, _ in known],
            color=colour,
            linewidth=1.5 if is_few else 0.5,
            alpha=1 if is_few else 0.4,
        )
        axes.plot(
            [e.dice.value for e in own],
            places,
            "o" if is_few else ".",
            color=colour,
            markersize=4 if is_few else 3,
        )
    axes.set_yticks(range(len(codes)), codes)
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel("Dice, mean and 95 % interval")
    axes.grid(axis="x", alpha=0.3)
    if len(graders) <= _MANY:
        _legend(axes, graders)
    return figure


def _scales(agreement: StudyAgreement) -> list[str]:
    return list(dict.fromkeys(entry.scale for entry in agreement.pairs))


def _drawn(agreement: StudyAgreement) -> list[str]:
    """The labels whose pairs are more than a table shows."""
    if len(agreement.graders) <= _MANY:
        return []
    return sorted({entry.label for entry in agreement.overlaps}, key=list(catalogue()).index)


def _grades(agreement: StudyAgreement, scale: str) -> "Figure | None":
    entries = [e for e in (*agreement.pairs, *agreement.consensus) if e.scale == scale]
    return _matrix(agreement.graders, [(e.first, e.second, e.quadratic.value) for e in entries])


def _overlaps(agreement: StudyAgreement, label: str) -> "Figure | None":
    entries = [e for e in agreement.overlaps if e.label == label]
    return _matrix(agreement.graders, [(e.first, e.second, e.dice.value) for e in entries])


def _matrix(graders: Sequence[str], entries: Sequence[tuple[str, str, float | None]]) -> "Figure | None":
    """Graders by graders, and the consensus; empty where two share no image."""
    known = [entry for entry in entries if entry[2] is not None]
    if not known:
        return None
    settled = ["consensus"] if any(second == "consensus" for _, second, _ in known) else []
    names = [*graders, *settled]
    place = {name: number for number, name in enumerate(names)}
    values = np.full((len(names), len(names)), np.nan)
    for first, second, value in known:
        values[place[first], place[second]] = values[place[second], place[first]] = value
    is_few = len(names) <= 12
    figure, axes = _figure(2.4 + (0.35 if is_few else 0.15) * len(names))
    image = axes.imshow(values, vmin=0, vmax=1, cmap="cividis")
    figure.colorbar(image, ax=axes, shrink=0.8)
    size = 9 if is_few else 5.5
    axes.set_xticks(range(len(names)), plain(names), rotation=90, fontsize=size)
    axes.set_yticks(range(len(names)), plain(names), fontsize=size)
    if is_few:
        for (row, column), value in np.ndenumerate(values):
            if not np.isnan(value):
                colour = "white" if value < 0.5 else "black"
                axes.text(column, row, f"{value:.2f}", ha="center", va="center", color=colour, fontsize=8)
    return figure


def _drift(agreement: StudyAgreement, what: str) -> "Figure | None":
    points = [entry for entry in agreement.drift if getattr(entry, what) is not None]
    periods = sorted({entry.start for entry in points})
    if len(periods) < 2:
        return None
    figure, axes = _figure(3.2)
    graders = [name for name in agreement.graders if any(entry.grader == name for entry in points)]
    for number, name in enumerate(graders):
        own = [entry for entry in points if entry.grader == name]
        places = [periods.index(entry.start) for entry in own]
        colour = _COLOURS[number % _MANY] if len(graders) <= _MANY else _GREY
        axes.plot(places, [getattr(entry, what) for entry in own], "o-", color=colour, markersize=3)
    axes.set_xticks(range(len(periods)), periods, rotation=45, ha="right")
    axes.set_ylim(0, 1.02)
    axes.grid(alpha=0.3)
    if len(graders) <= _MANY:
        _legend(axes, graders)
    return figure


def _times(agreement: StudyAgreement) -> "Figure | None":
    if not agreement.times:
        return None
    figure, axes = _figure(1.2 + (0.3 if len(agreement.times) <= _MANY else 0.16) * len(agreement.times))
    for place, entry in enumerate(agreement.times):
        axes.plot(
            [entry.lower_quartile, entry.upper_quartile], [place, place], color=_COLOURS[0], linewidth=4
        )
        axes.plot([entry.median], [place], "o", color="white", markeredgecolor=_COLOURS[0], markersize=7)
    names = plain([entry.grader for entry in agreement.times])
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.set_xlabel("Seconds: median and middle half")
    axes.grid(axis="x", alpha=0.3)
    return figure


def _legend(axes: Any, names: Sequence[str]) -> None:
    from matplotlib.lines import Line2D  # noqa: PLC0415

    lines = [
        Line2D([], [], marker="o", color=colour, label=name)
        for name, colour in zip(plain(names), _COLOURS, strict=False)
    ]
    axes.legend(handles=lines, fontsize=8, loc="best")


def plain(names: Sequence[str]) -> list[str]:
    """Names as they are: matplotlib would set what stands between two dollar signs as a formula."""
    return [name.replace("$", r"\$") for name in names]
