"""Each figure of the candidate against the current weights, image by image."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from retina_studio.domain.errors import RetinaError
from training.experiments.statistics import Figure, Row, paired
from training.gate.rules import GateRules, figures_of, shows

Rows = Sequence[Row]


@dataclass(frozen=True)
class Check:
    """One figure; `retina_studio/retraining/verdict.py` says what each field means, and reads it."""

    name: str
    title: str
    primary: bool
    tolerance: float
    higher: bool
    images: int
    current: float | None
    candidate: float | None
    difference: float | None
    interval: tuple[float, float] | None
    passed: bool | None
    reason: str


def checks(stem: str, rules: GateRules, candidate: Rows, current: Rows) -> list[Check]:
    """The primary figure first, then those with a tolerance.

    Args:
        stem: of the model.
        rules: of the gate.
        candidate, current: what `evaluate` measured on each image, of the same images.

    Raises:
        RetinaError: the rules say nothing of this model.
    """
    if stem not in rules.models:
        raise RetinaError(f"The gate has no rules for the model {stem}: resources/gate.toml names none.")
    figures, model = figures_of(stem), rules.models[stem]
    compared = {
        name: _Compared.of(name, stem, figures[name], candidate, current)
        for name in (*model.primary, *model.tolerance)
    }
    enough = [name for name in model.primary if compared[name].images >= rules.default.fewest_images]
    chosen = (enough or list(model.primary))[0]
    first = _primary(chosen, compared[chosen], figures[chosen], rules)
    rest = [
        _guarded(name, compared[name], figures[name], model.tolerance[name], rules)
        for name in model.tolerance
        if name != chosen
    ]
    return [first, *rest]


@dataclass(frozen=True)
class _Compared:
    """`images` tell the figure (for a lesion: show it); `lost` ones only the current weights say something of."""

    images: int
    lost: int
    current: float | None
    candidate: float | None
    difference: float | None
    interval: tuple[float, float] | None

    @staticmethod
    def of(name: str, stem: str, figure: Figure, candidate: Rows, current: Rows) -> "_Compared":
        new, old = figure.values(candidate), figure.values(current)
        both = sorted(new.keys() & old.keys())
        showing = {str(row["name"]) for row in current if shows(name, row, stem)}
        result = paired(figure, [candidate], [current])
        difference = None if result is None or np.isnan(result.difference) else result.difference
        return _Compared(
            images=sum(image in showing for image in both),
            lost=len(old.keys() - new.keys()),
            current=_value(figure, old, both),
            candidate=_value(figure, new, both),
            difference=difference,
            interval=None if result is None or difference is None else result.interval,
        )


def _value(figure: Figure, values: Mapping[str, Sequence[float]], names: Sequence[str]) -> float | None:
    value = figure.of(np.array([values[name] for name in names], dtype=np.float64))
    return None if np.isnan(value) else value


def _primary(name: str, found: _Compared, figure: Figure, rules: GateRules) -> Check:
    fewest, rise = rules.default.fewest_images, rules.default.least_rise
    passed, reason = False, ""
    gain = _gain(found, figure)
    if found.images < fewest or gain is None:
        reason = f"{figure.title} must rise, and {found.images} test images tell it: the gate wants at least {fewest}."
    elif lost := _lost(found, rules):
        reason = f"{figure.title}: {lost}"
    elif gain <= rise:
        more = f" by more than {rise:g}" if rise else ""
        reason = f"{figure.title} did not rise{more}: {_pair(found)} on {found.images} test images."
    else:
        passed = True
    return _check(name, found, figure, passed, reason, primary=True, tolerance=0.0)


def _guarded(name: str, found: _Compared, figure: Figure, tolerance: float, rules: GateRules) -> Check:
    passed: bool | None = True
    reason, gain = "", _gain(found, figure)
    if lost := _lost(found, rules):
        passed, reason = False, f"{figure.title}: {lost}"
    elif found.images < rules.default.fewest_of_figure or gain is None:
        passed = None
        reason = f"{figure.title} was not judged: {found.images} test images tell it."
    elif gain < -tolerance:
        passed = False
        reason = (
            f"{figure.title} falls by more than {tolerance:g}: {_pair(found)} on {found.images} test images."
        )
    return _check(name, found, figure, passed, reason, primary=False, tolerance=tolerance)


def _gain(found: _Compared, figure: Figure) -> float | None:
    """How much better the candidate is; below 0 worse."""
    if found.difference is None:
        return None
    return found.difference if figure.higher else -found.difference


def _lost(found: _Compared, rules: GateRules) -> str:
    """What is said where the candidate is silent on too many images on which the current weights answer."""
    told = found.lost + found.images
    if not found.lost or found.lost <= rules.default.most_lost * told:
        return ""
    return f"the candidate gives no answer on {found.lost} of {told} test images on which the current weights do."


def _pair(found: _Compared) -> str:
    return f"{found.current:.4f} before, {found.candidate:.4f} now"


def _check(
    name: str,
    found: _Compared,
    figure: Figure,
    passed: bool | None,
    reason: str,
    *,
    primary: bool,
    tolerance: float,
) -> Check:
    return Check(
        name=name,
        title=figure.title,
        primary=primary,
        tolerance=tolerance,
        higher=figure.higher,
        images=found.images,
        current=found.current,
        candidate=found.candidate,
        difference=found.difference,
        interval=found.interval,
        passed=passed,
        reason=reason,
    )
