"""Choose what belongs to a weights file on the validation split, and write the file with it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from retina_studio.networks.find import find
from retina_studio.networks.finding import Finding
from retina_studio.networks.postprocess import PLAIN, Postprocess
from retina_studio.networks.table import model_spec
from retina_studio.networks.weights import load_weights, save_weights
from retina_studio.store.read import Snapshot
from training.calibration.choosing import Histogram, temperature
from training.evaluation.driver import Case, measurable
from training.tasks import task_spec

FEWEST = 10  # images with a grade, for a temperature; with an answer, to leave the threshold that was chosen before


def calibrate(
    weights: Path,
    store: Path,
    out: Path,
    *,
    only: str = "*",
    half: bool = False,
    before: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Postprocess:
    """Write weights anew with thresholds and temperatures chosen on the split "val"; returns these.

    A label that none of the images shows gets the threshold at which it is rarely seen; labels that exclude each other
    keep one half, and a scale that fewer than ten images are graded on its probabilities.

    Args:
        weights: the file to read.
        store: the snapshot.
        out: the file to write.
        only: a glob; other names are left out.
        half: write half precision, for half the size.
        before: the weights that training went on from: what they chose stays where too few images say anything, since
            the best threshold of four images is another one for the fifth.
        progress: told how many of how many images are done.

    Raises:
        WeightsError, RetinaError: weights or snapshot cannot be used.
    """
    loaded = load_weights(weights)
    header = loaded.header
    row, evaluation = model_spec(header.stem, header.size), task_spec(header.stem).evaluation
    histograms: dict[str, Histogram] = defaultdict(Histogram)
    graded: dict[str, list[tuple[list[float], int]]] = defaultdict(list)
    with Snapshot(store) as snapshot:
        cases = measurable(snapshot, "val", evaluation.needs, only)
        for number, (entry, known) in enumerate(cases):
            if progress:
                progress(number, len(cases))
            finding = find(row, loaded.network, snapshot.pixels(entry.index), header.preprocessing)
            _count(Case(snapshot, entry, known, finding), histograms, graded)
    chosen = _chosen(histograms, graded, load_weights(before).header.postprocess if before else PLAIN)
    save_weights(out, loaded.network.state_dict(), replace(header, postprocess=chosen), half=half)
    return chosen


def _count(
    case: Case, histograms: dict[str, Histogram], graded: dict[str, list[tuple[list[float], int]]]
) -> None:
    finding = case.finding
    for label in () if finding.exclusive else finding.labels:
        if (truth := case.truth(label)) is not None:
            histograms[label].add(finding.probability(label), truth)
    for scale in finding.grades:
        if (place := _place(finding, scale, case)) is not None:
            graded[scale].append(([*finding.grades[scale].values()], place))


def _place(finding: Finding, scale: str, case: Case) -> int | None:
    """The true value's place among those that the model knows; None where it is not known to either."""
    if (value := case.entry.grades.get(scale)) is None:
        return None
    values: list[Any] = list(finding.grades[scale])
    return values.index(value) if value in values else None


def _chosen(
    histograms: dict[str, Histogram], graded: dict[str, list[tuple[list[float], int]]], before: Postprocess
) -> Postprocess:
    thresholds = {
        label: before.thresholds[label]
        if label in before.thresholds and histogram.images < FEWEST
        else histogram.threshold()
        for label, histogram in histograms.items()
    }
    temperatures = {
        scale: round(temperature(*zip(*pairs, strict=True)), 3)
        for scale, pairs in graded.items()
        if len(pairs) >= FEWEST
    }
    return Postprocess(
        {**before.thresholds, **{label: t for label, t in thresholds.items() if t is not None}},
        {**before.temperatures, **temperatures},
    )
