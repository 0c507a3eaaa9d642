"""What one click on "Retrain" would do: what the snapshot would hold, and which models have reason to learn anew."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from retina_studio.inference.registry import Registry
from retina_studio.retraining.growth import curated_behind, grown_since
from retina_studio.retraining.home import home_of
from retina_studio.retraining.needs import all_needs, fewest_test_images, model_needs
from retina_studio.retraining.pace import pace_of
from retina_studio.retraining.queue import Queue
from retina_studio.retraining.useful import useful_labels, useful_to
from retina_studio.study.consensus import due
from retina_studio.study.forecast import SettledImage, settled_images
from retina_studio.study.loading import go_on
from retina_studio.study.study import Study

_SPLITS = ("train", "val", "test")


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
        seconds: how long it will train at most.
        measured: whether `seconds` and `memory_mb` come from an earlier run on this computer.
        memory_mb: of main memory.
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
    seconds: float
    memory_mb: float
    measured: bool


@dataclass(frozen=True)
class Plan:
    """What would happen."""

    holds: Holds
    models: tuple[ModelPlan, ...]
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready form."""
        return asdict(self)


def make_plan(
    study: Study,
    registry: Registry,
    *,
    stems: Sequence[str] | None = None,
    seconds: float | None = None,
    check: Callable[[], None] = go_on,
) -> Plan:
    """Look at a study without changing it; takes about a second for a thousand images.

    Args:
        study: whose consensus.
        registry: of the current weights.
        stems: which models; all by default.
        seconds: the bound on training that a person chose.
        check: called now and then; it may raise to give the work up.

    Raises:
        RetinaError: the study cannot be read, or there is no such model.
    """
    images = settled_images(study, check)
    check()
    waiting = due(study)
    holds = _holds(images, len(study.images()) - len(images), waiting)
    queue = Queue(home_of(study))
    models = tuple(_model(stem, images, registry, queue, seconds) for stem in stems or all_needs())
    warnings = (
        [f"{waiting} images changed since the last vote: it is run before the snapshot is made."]
        if waiting
        else []
    )
    if not images:
        warnings.append("Nothing is settled yet: there is nothing to learn from.")
    return Plan(holds, models, tuple(warnings))


def _holds(images: Sequence[SettledImage], unsettled: int, waiting: int) -> Holds:
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    grades: dict[str, Counter[str]] = defaultdict(Counter)
    for found in images:
        for label in useful_labels(found):
            labels[label][found.split] += 1
        for scale, value in found.grades.items():
            grades[scale][str(value).lower() if isinstance(value, bool) else str(value)] += 1
    dice = [value for found in images for value in found.dice]
    return Holds(
        settled=len(images),
        unsettled=unsettled,
        due=waiting,
        splits=_by_split(images),
        patients={split: len({i.image.patient for i in images if i.split == split}) for split in _SPLITS},
        labels={label: dict(counts) for label, counts in sorted(labels.items())},
        drawn=dict(
            sorted(Counter(c for i in images for c, kind in i.labels.items() if kind != "none").items())
        ),
        grades={scale: dict(sorted(counts.items())) for scale, counts in sorted(grades.items())},
        graders=dict(sorted(Counter(name for found in images for name in found.graders).items())),
        agreement=sum(dice) / len(dice) if dice else None,
    )


def _by_split(images: Sequence[SettledImage]) -> dict[str, int]:
    return {split: sum(found.split == split for found in images) for split in _SPLITS}


def _model(
    stem: str, images: Sequence[SettledImage], registry: Registry, queue: Queue, seconds: float | None
) -> ModelPlan:
    needs = model_needs(stem)
    useful = [found for found in images if useful_to(needs, found)]
    versions = registry.versions(stem)
    current = next((version for version in versions if version.state == "current"), None)
    counts = _by_split(useful)
    grown = grown_since(useful, curated_behind(queue, current.hash if current else ""))
    possible = current is not None and counts["train"] > 0 and counts["val"] > 0
    pace = pace_of(queue, stem, needs)
    whole = needs.images / pace.images_per_second
    return ModelPlan(
        stem=stem,
        size=current.facts.size if current else "",
        current=current.hash if current else "",
        images=counts,
        grown=grown,
        threshold=int(needs.grown),
        chosen=possible and grown >= needs.grown,
        possible=possible,
        warnings=tuple(_warnings(stem, useful, counts, has_weights=current is not None)),
        seconds=whole if seconds is None else min(whole, seconds),
        memory_mb=pace.memory_mb,
        measured=pace.measured,
    )


def _warnings(
    stem: str, useful: Sequence[SettledImage], counts: Mapping[str, int], *, has_weights: bool
) -> list[str]:
    found = [] if has_weights else [f"There are no weights of {stem} to go on from."]
    if not useful:
        return [*found, f"No settled image answers anything that {stem} learns."]
    found += [
        f"No image of the split {split} answers anything that {stem} learns."
        for split in _SPLITS
        if not counts[split]
    ]
    fewest = fewest_test_images()
    if 0 < counts["test"] < fewest:
        found.append(
            f"The split test has {counts['test']} images for {stem}, and the gate promotes with {fewest} or more."
        )
    needs = model_needs(stem)
    for label in needs.labels:
        answered = {image.split for image in useful if label in useful_labels(image)}
        missing = [split for split in _SPLITS if counts[split] and split not in answered]
        if answered and missing:
            found.append(f"No image of the split {' or '.join(missing)} answers {label}.")
    return found
