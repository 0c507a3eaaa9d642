"""What one click on "Retrain" would do: what the snapshot would hold, and which models have reason to learn anew."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from retina_studio.inference.registry import Registry
from retina_studio.study.study import Study


@dataclass(frozen=True)
class Holds:
    """What a snapshot of the study would hold now.

    Attributes:
        settled: images with a consensus; `unsettled`: those without one.
        due: images that the vote has to look at again first; they are counted as they were.
        splits: split -> images; `patients`: split -> patients.
        labels: label -> split -> images that answer it (drawn or "none").
        drawn: label -> images on which it is drawn.
        grades: scale -> value as text -> images.
        graders: name -> gradings that voted.
        agreement: mean Dice of the graders' drawings with each other over the settled images, 0 to 1; None where no
            two drew the same.
    """

    settled: int
    unsettled: int
    due: int
    splits: Mapping[str, int]
    patients: Mapping[str, int]
    labels: Mapping[str, Mapping[str, int]]
    drawn: Mapping[str, int]
    grades: Mapping[str, Mapping[str, int]]
    graders: Mapping[str, int]
    agreement: float | None


@dataclass(frozen=True)
class ModelPlan:
    """What is known of retraining one model.

    Attributes:
        stem, size: the model.
        current: hash of the weights it would go on from; "" where there are none.
        images: split -> images that answer anything the model learns or is measured by.
        grown: how many of them were settled or settled anew since the snapshot behind the current weights.
        threshold: from how many on the model is chosen by itself.
        chosen: whether it is chosen by itself.
        possible: whether it can be trained and gated at all.
        warnings: sentences, e.g. that no image of the split val answers PPA.
        seconds: how long it will train, None where that is not known.
        memory_mb: of main memory, None where that is not known; `disk_mb` of the run's folder and snapshot.
    """

    stem: str
    size: str
    current: str
    images: Mapping[str, int]
    grown: int
    threshold: int
    chosen: bool
    possible: bool
    warnings: tuple[str, ...]
    seconds: float | None
    memory_mb: float | None
    disk_mb: float | None


@dataclass(frozen=True)
class Plan:
    """What would happen."""

    holds: Holds
    models: tuple[ModelPlan, ...]
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form."""
        raise NotImplementedError


def make_plan(
    study: Study,
    registry: Registry,
    *,
    stems: Sequence[str] | None = None,
    seconds: float | None = None,
    check: Callable[[], None] | None = None,
) -> Plan:
    """Look at a study without changing it; takes about a second for a thousand images.

    Args:
        study: whose consensus.
        registry: of the current weights.
        stems: which models; all by default.
        seconds: the bound on training that a person chose.
        check: called now and then; it may raise to give the work up.

    Raises:
        RetinaError: the study cannot be read.
    """
    raise NotImplementedError
