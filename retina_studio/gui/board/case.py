"""One image on the board: everybody's reading of it, the vote so far, and both as the views draw them. No widgets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import GradeValue
from retina_studio.domain.retina_map import RetinaMap, landmarks_of
from retina_studio.domain.shapes import Geometry, Point, Shape
from retina_studio.domain.voting.decisions import Decision
from retina_studio.domain.voting.outcome import Item, Outcome
from retina_studio.gui.canvas.scene import EMPTY_SCENE, Scene, scene_of
from retina_studio.study.access import blinded_names, visible_gradings
from retina_studio.study.consensus import stored_outcome, submitted_gradings
from retina_studio.study.records import Grader, ImageRecord
from retina_studio.study.study import Study

ItemState = Literal["open", "saving", "decided"]


@dataclass(frozen=True, eq=False)
class Reading:
    """What one grader said. `letter` stands for the name while the board is blinded."""

    name: str
    letter: str
    grading: Grading
    scene: Scene


@dataclass(frozen=True, eq=False)
class Case:
    """An image, its readings by letter, and what the vote and the adjudicator have settled (None: not voted yet).

    `where` names places on the retina by the settled disc and fovea, or else by those of the first reading with both.
    """

    image: ImageRecord
    readings: tuple[Reading, ...]
    outcome: Outcome | None
    consensus: Scene
    where: RetinaMap

    @property
    def items(self) -> tuple[Item, ...]:
        """What is disputed, decided or not."""
        return self.outcome.items if self.outcome else ()

    def item(self, key: str) -> Item | None:
        """The item with this key, while it is disputed."""
        return next((item for item in self.items if item.key == key), None)

    def reading(self, name: str) -> Reading | None:
        """The reading of this grader."""
        return next((reading for reading in self.readings if reading.name == name), None)

    def settled_so_far(self, outcome: Outcome, consensus: Scene) -> "Case":
        """The case after a decision."""
        return replace(self, outcome=outcome, consensus=consensus)


def load_case(study: Study, viewer: Grader, image: ImageRecord, check: Callable[[], None]) -> Case:
    """Everything the board shows of an image. Takes as long as the gradings are large; safe in a worker.

    An adjudicator sees the gradings that vote; a grader what others submitted, once the own one is.

    Raises:
        RetinaError: what is stored is damaged, or there is nothing that this person may see.
    """
    if viewer.role == "adjudicator":
        gradings: Mapping[str, Grading] = submitted_gradings(study, image)
    else:
        gradings = visible_gradings(study, viewer, image)
        if not set(gradings) - {viewer.name}:
            raise RetinaError(
                f"There is no other reading of {image.name} to see: others are shown once they and you have submitted."
            )
    check()
    outcome = stored_outcome(study, image)
    letters = blinded_names(study, image, list(gradings))
    readings = []
    for name in sorted(gradings, key=letters.__getitem__):
        check()
        grading = gradings[name]
        readings.append(Reading(name, letters[name], grading, scene_of(grading.shapes.values())))
    consensus = consensus_scene(outcome)
    return Case(
        image, tuple(readings), outcome, consensus, _map_of(image, consensus, list(gradings.values()))
    )


def _map_of(image: ImageRecord, consensus: Scene, gradings: Sequence[Grading]) -> RetinaMap:
    settled = Grading({shape.id: shape for shape in consensus.at(consensus.rows.values())})
    found = [landmarks_of(grading, image.eye) for grading in (settled, *gradings)]
    whole = [marks for marks in found if marks.disc is not None and marks.fovea is not None]
    return RetinaMap((whole or found)[0])


def consensus_scene(outcome: Outcome | None) -> Scene:
    """The shapes and points that are settled."""
    if outcome is None:
        return EMPTY_SCENE
    points = [
        Shape(code, Point(*xy), f"consensus:{code}", "consensus") for code, xy in outcome.points.items()
    ]
    return scene_of([*(entry.shape for entry in outcome.shapes), *points])


def answer_of(item: Item, name: str) -> GradeValue | None:
    """What a grader said of an item; None where the grader said nothing of it."""
    return item.answers.get(name)


def has_drawn(item: Item, name: str) -> bool:
    """Whether a grader drew something of an item."""
    return bool(item.drawn.get(name))


def keeping(item: Item, name: str) -> Decision | None:
    """The decision for what one grader said, be it "none"; None where that grader said nothing."""
    answer = answer_of(item, name)
    if item.kind == "grade":
        return None if answer is None else Decision(item.key, "choose", value=answer)
    return None if answer in {None, "silent"} else Decision(item.key, "keep", grader=name)


def chosen_grade(item: Item) -> GradeValue | None:
    """The grade that a decision settled; None while there is none."""
    made = item.decision
    if made is None or item.kind != "grade":
        return None
    return made.value if made.action == "choose" else answer_of(item, made.grader)


def result_of(item: Item, decision: Decision) -> tuple[Geometry, ...]:
    """What a decision leaves of an item on the image."""
    if decision.action == "keep":
        return tuple(shape.geometry for shape in item.drawn.get(decision.grader, ()))
    if decision.action == "average":
        return item.average
    return decision.geometries
