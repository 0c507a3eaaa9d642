"""The charts of the report, each as a PNG: curves of a stage, confusion, ROC."""

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import confusion_matrix, roc_curve

from retina_studio.domain.labels import catalogue
from training.metrics.roc import auc, auc_interval
from training.report.gallery import Graded
from training.report.history import StageHistory
from training.report.names import number, readable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLUMNS = 3
_SIZE = 3.3, 2.3  # inches of one small chart
_DPI = 144
# Chosen to stay apart to a colour-blind eye (Okabe and Ito 2008).
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#6b7785")
_WIDE = 30  # the largest over the smallest of what a straight scale can show

Curves = dict[str, list[float]]


def stage_chart(stage: StageHistory) -> bytes | None:
    """Losses, validation figures and the learning rate over the epochs; None where no epoch was finished.

    A solid line marks the epoch whose weights were kept, dotted ones where the learning rate was divided by 10, and
    dashed ones where the run was taken up again.
    """
    epochs = sorted(stage.epochs)
    if not epochs:
        return None
    events = [stage.epochs[epoch] for epoch in epochs]
    charts: list[tuple[str, Curves]] = [("Losses", _curves(events, "losses"))]
    charts += _by_label(_curves(events, "metrics"))
    charts.append(("Learning rate", {"": [_float(event.get("learning_rate")) for event in events]}))
    rows = -(-len(charts) // _COLUMNS)
    figure = _figure(_COLUMNS * _SIZE[0], rows * _SIZE[1])
    for place, (title, curves) in enumerate(charts, 1):
        axes = figure.add_subplot(rows, _COLUMNS, place)
        _draw(axes, title, epochs, curves)
        _mark(axes, stage)
    return _png(figure)


def confusion_chart(graded: Graded) -> bytes:
    """How many images of each grade (rows) were found to be which (columns); the shade is the share of the row."""
    found = [int(np.argmax(each)) for each in graded.probabilities]
    places = range(len(graded.values))
    table = confusion_matrix(graded.truths, found, labels=list(places))
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    side = 1.8 + 0.55 * len(places)
    figure = _figure(side + 0.6, side)
    axes = figure.add_subplot()
    axes.imshow(shares, vmin=0, vmax=1, cmap="Blues")
    titles = [_plain(title) for title in graded.titles]
    axes.set_xticks(places, titles, rotation=45, ha="right")
    axes.set_yticks(places, titles)
    axes.set_xlabel("Found")
    axes.set_ylabel("Graded")
    for (row, column), count in np.ndenumerate(table):
        colour = "white" if shares[row, column] > 0.55 else "black"
        axes.text(column, row, str(count), ha="center", va="center", color=colour)
    return _png(figure)


def roc_chart(graded: Graded) -> bytes | None:
    """ROC curves with their areas: of "yes", or of each grade against the rest; None where none can be drawn."""
    figure = _figure(4.6, 4.2)
    axes = figure.add_subplot()
    places = [1] if graded.values == (False, True) else range(len(graded.values))
    drawn = 0
    for place in places:
        truths = [truth == place for truth in graded.truths]
        scores = [each[place] for each in graded.probabilities]
        area = auc(scores, truths)
        if area is None:
            continue
        wrong, right, _ = roc_curve(truths, scores, drop_intermediate=False)
        label = f"{_plain(graded.titles[place])}: {_area(area, auc_interval(scores, truths))}"
        axes.plot(wrong, right, color=_COLOURS[drawn % len(_COLOURS)], label=label)
        drawn += 1
    if not drawn:
        return None
    axes.plot([0, 1], [0, 1], color="#b8c0ca", linewidth=0.8, linestyle=":")
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
    axes.set_xlabel("1 - specificity")
    axes.set_ylabel("Sensitivity")
    axes.legend(fontsize=7.5, loc="lower right", title="Area under the curve (95 %)", title_fontsize=7.5)
    return _png(figure)


def _area(area: float, interval: tuple[float, float] | None) -> str:
    return f"{area:.3f}" if interval is None else f"{area:.3f} ({interval[0]:.3f} to {interval[1]:.3f})"


def _curves(events: Sequence[dict[str, Any]], key: str) -> Curves:
    """name -> value of each epoch, nan where it was not finite or not there."""
    tables = [event.get(key) or {} for event in events]
    names = dict.fromkeys(name for table in tables for name in table)
    return {name: [_float(table.get(name)) for table in tables] for name in names}


def _by_label(curves: Curves) -> list[tuple[str, Curves]]:
    """One chart a figure; figures of the same name that differ in the label stand in one."""
    charts: dict[str, Curves] = {}
    for name, values in curves.items():
        base, _, label = name.rpartition("_")
        if base and label in catalogue():
            charts.setdefault(f"{base} by label", {})[label] = values
        else:
            charts[name] = {"": values}
    return [(readable(title), drawn) for title, drawn in charts.items()]


def _draw(axes: Any, title: str, epochs: Sequence[int], curves: Curves) -> None:
    axes.set_title(_plain(title), fontsize=9, loc="left")
    dots = "." if len(epochs) < 30 else ""
    for place, (name, values) in enumerate(curves.items()):
        colour = _COLOURS[place % len(_COLOURS)]
        last = next((value for value in reversed(values) if math.isfinite(value)), None)
        label = f"{readable(name)}: {number(last)}" if name else None
        axes.plot(epochs, values, color=colour, linewidth=1.2, marker=dots, label=_plain(label or ""))
    positive = [value for values in curves.values() for value in values if value > 0]
    if (
        positive
        and max(positive) > _WIDE * min(positive)
        and not any(v <= 0 for c in curves.values() for v in c)
    ):
        axes.set_yscale("log")
    axes.set_xlim(epochs[0] - 0.5, epochs[-1] + 0.5)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.tick_params(labelsize=7.5)
    axes.grid(alpha=0.25)
    if any(curves):
        axes.legend(fontsize=7)


def _mark(axes: Any, stage: StageHistory) -> None:
    if stage.bests:
        axes.axvline(stage.bests[-1], color="#009E73", linewidth=1)
    for epoch in stage.drops:
        axes.axvline(epoch + 0.5, color="#6b7785", linewidth=0.9, linestyle=":")
    for epoch in stage.resumed:
        axes.axvline(epoch + 0.5, color="#6b7785", linewidth=0.9, linestyle="--")


def _float(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def _figure(width: float, height: float) -> "Figure":
    from matplotlib.figure import Figure  # noqa: PLC0415 - a second to import, and only a report needs it

    return Figure(figsize=(width, height), layout="constrained")


def _png(figure: "Figure") -> bytes:
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=_DPI)
    return data.getvalue()


def _plain(text: str) -> str:
    """As it is: matplotlib would set what stands between two dollar signs as a formula."""
    return text.replace("$", r"\$")
