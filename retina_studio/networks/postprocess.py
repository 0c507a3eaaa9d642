"""What was chosen on the validation split for one weights file: thresholds and temperatures."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

from retina_studio.networks.finding import Finding, Value

_HOTTEST = 100.0  # from here on all values of a scale are alike


class PostprocessError(ValueError):
    """Thresholds or temperatures that mean nothing, in one sentence."""


@dataclass(frozen=True)
class Postprocess:
    """How a network's probabilities are read. It belongs to the weights: others need other numbers.

    Attributes:
        thresholds: label -> probability, inside 0..1, from which on a pixel belongs to it; one half where not named.
        temperatures: grading scale -> T above 0: its probabilities become p ** (1 / T), made to sum to 1 again. That is
            temperature scaling of the logits (Guo et al., ICML 2017); the most probable value stays the same.

    Raises:
        PostprocessError: a number out of its range.
    """

    thresholds: Mapping[str, float] = field(default_factory=dict)
    temperatures: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for label, threshold in self.thresholds.items():
            if not (_is_number(threshold) and 0 < threshold < 1):
                raise PostprocessError(
                    f"A threshold lies between 0 and 1: that of {label} cannot be {threshold!r}."
                )
        for scale, temperature in self.temperatures.items():
            if not (_is_number(temperature) and 0 < temperature <= _HOTTEST):
                raise PostprocessError(
                    f"A temperature lies above 0 and up to {_HOTTEST:.0f}: that of {scale} cannot be {temperature!r}."
                )

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form; `from_dict` reads it."""
        return {"thresholds": dict(self.thresholds), "temperatures": dict(self.temperatures)}

    @classmethod
    def from_dict(cls, form: Mapping[str, Any]) -> Self:
        """What `to_dict` wrote.

        Raises:
            PostprocessError: an unknown key, or a number out of its range.
            TypeError, AttributeError: it is no such form.
        """
        if unknown := sorted(set(form) - {entry.name for entry in fields(cls)}):
            raise PostprocessError(f"There is no postprocessing {unknown[0]!r}.")
        return cls(**{name: dict(values) for name, values in form.items()})

    def applied(self, finding: Finding) -> Finding:
        """A network's finding, read with these numbers."""
        grades = {
            scale: tempered(values, self.temperatures.get(scale, 1.0))
            for scale, values in finding.grades.items()
        }
        return replace(finding, thresholds=self.thresholds, grades=grades)


PLAIN = Postprocess()


def tempered(probabilities: Mapping[Value, float], temperature: float) -> Mapping[Value, float]:
    """The probabilities of a scale's values at another temperature: above 1 less sure, below 1 more."""
    if temperature == 1.0:
        return probabilities
    highest = max(probabilities.values())
    if highest <= 0:
        return probabilities
    # Of the most probable value the power is of 1, so that nothing vanishes at a low temperature.
    powers = {value: (p / highest) ** (1 / temperature) for value, p in probabilities.items()}
    return {value: power / sum(powers.values()) for value, power in powers.items()}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
