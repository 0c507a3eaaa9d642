"""A worklist with the images first that teach most (domain/informative.py), and why each stands where it does."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import cast

from pydantic_core import from_json
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from retina_studio.domain.gist import Gist, joined
from retina_studio.domain.informative import (
    RANDOM_SHARE,
    Merit,
    Placed,
    grade_disagreement,
    merits,
    placed,
)
from retina_studio.study.cases import voting
from retina_studio.study.loading import go_on
from retina_studio.study.offered_forms import load_gist
from retina_studio.study.records import Grader, WorklistEntry
from retina_studio.study.schema import AssignmentRow, GistRow, GradingRow
from retina_studio.study.settings import setting_in
from retina_studio.study.study import Study

# What is said of an image that its grader is to see without the models' opinion.
UNTOLD = "its reason is told once you have submitted it"
_GIST = cast("Table", GistRow.__table__)
_GISTS = select(_GIST.c.image_id, _GIST.c.model, _GIST.c.content).order_by(_GIST.c.proposal_id)


def informative_worklist(
    study: Study, grader: Grader, check: Callable[[], None] = go_on
) -> list[WorklistEntry]:
    """A person's worklist, in another order: what is to do by what it teaches, then what is submitted, as it was given.

    No image is left out. The same share of the places (setting `random_share`) goes to the same images by chance, each
    time and for this person. While a study is blind first, a grader is not told what models say of an image before they
    have submitted it. Takes about a second of 12,000 images: call it in a worker. `check` is called between its parts,
    and may raise to give it up.

    Raises:
        RetinaError: the study cannot be read.
    """
    entries = study.worklist(grader)
    with study.database.reading() as session:
        found = read_merits(session, check)
        share = setting_in(session, "random_share", RANDOM_SHARE)
        blind = grader.role == "grader" and setting_in(session, "blind_first", default=False)
    check()
    by_id = {entry.image.id: entry for entry in entries}
    order = placed(list(by_id), found, f"{study.id}/{grader.id}", share)
    in_turn = ((by_id[place.image], place) for place in order)
    to_do = [_told(entry, place, blind) for entry, place in in_turn if entry.state != "submitted"]
    return [*to_do, *(entry for entry in entries if entry.state == "submitted")]


def read_merits(session: Session, check: Callable[[], None] = go_on) -> dict[int, Merit]:
    """The merit of every image of the study that models said something of, by id."""
    newest: dict[int, dict[str, str]] = defaultdict(dict)
    for image, model, content in session.connection().execute(_GISTS):
        newest[image][model] = content
    gists = {image: joined(_readable(by_model.values())) for image, by_model in newest.items()}
    check()
    given: dict[int, list[str]] = defaultdict(list)
    for image, grades in session.execute(voting(AssignmentRow.image_id, GradingRow.grades)):
        given[image].append(grades)
    check()
    disagreements = {image: _disagreement(texts) for image, texts in given.items()}
    return merits(gists, {image: value for image, value in disagreements.items() if value is not None})


def _readable(contents: Iterable[str]) -> list[Gist]:
    """A damaged one says nothing; `verify` names it."""
    gists = []
    for content in contents:
        with suppress(ValueError, KeyError, TypeError):
            gists.append(load_gist(content))
    return gists


def _disagreement(grades: Sequence[str]) -> float | None:
    if len(grades) < 2:
        return None
    with suppress(ValueError):
        return grade_disagreement([from_json(text) for text in grades])
    return None


def _told(entry: WorklistEntry, place: Placed, blind: bool) -> WorklistEntry:
    hidden = blind and place.merit is not None and not place.by_chance
    return replace(entry, informative=UNTOLD if hidden else place.reason())
