"""The words of the models' window: states, a version's card, figures."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from retina_studio.domain.comparison import Compared, Score
from retina_studio.gui.words import marked, tr, tr_data

if TYPE_CHECKING:
    from retina_studio.inference.registry import Event, Version

NOTHING = "–"
STATES: Mapping[str, str] = {
    "candidate": marked("candidate"),
    "current": marked("current"),
    "retired": marked("retired"),
}
ORIGINS: Mapping[str, str] = {
    "shipped": marked("came with the application"),
    "run": marked("a run on this computer"),
    "imported": marked("an imported file"),
}
_DEEDS: Mapping[str, str] = {
    "add": marked("added"),
    "promote": marked("promoted"),
    "retire": marked("retired"),
    "roll back": marked("rolled back to"),
}


def figure(value: float | None) -> str:
    """A figure of a model."""
    return NOTHING if value is None else f"{value:.3f}"


def signed(value: float | None) -> str:
    """A change of a figure."""
    return NOTHING if value is None else f"{value:+.3f}"


def called(version: Version) -> str:
    """A version in a few words."""
    return f"{version.short} · {tr_data(STATES[version.state])}"


def first_figures(version: Version) -> str:
    """The figures that fit into a row."""
    return ", ".join(f"{name} {figure(value)}" for name, value in list(version.facts.metrics.items())[:2])


def card(version: Version, events: Sequence[Event]) -> str:
    """All that is known of a version, and what was done with it."""
    return "\n".join(
        [*(f"{name}: {value}" for name, value in _facts(version)), "", *_history(version, events)]
    )


def _facts(version: Version) -> Iterator[tuple[str, str]]:
    facts = version.facts
    channels, height, width = facts.input
    yield tr("Model"), f"{version.stem} ({facts.size})"
    yield tr("SHA-256"), version.hash
    yield tr("State"), tr_data(STATES[version.state])
    yield tr("Origin"), tr_data(ORIGINS[version.origin])
    if version.added:
        yield tr("Added"), f"{_day(version.added)}, {version.by or 'Retina Studio'}"
    yield tr("Trained from, or in the place of"), version.parent or tr("not known")
    yield tr("Trained on the snapshot"), facts.store_hash or tr("none")
    yield tr("Stages"), ", ".join(facts.stages) or tr("none")
    yield tr("Input"), f"{width} × {height} × {channels}"
    yield tr("Trained with"), f"Retina Studio {facts.software}" if facts.software else tr("not known")
    for name, value in facts.metrics.items():
        yield name, figure(value)
    yield tr("Recipe"), json.dumps(facts.recipe, ensure_ascii=False)


def _history(version: Version, events: Sequence[Event]) -> Iterator[str]:
    digest = "" if version.origin == "shipped" else version.hash
    for event in events:
        if event.stem == version.stem and event.hash == digest:
            words = tr_data(_DEEDS[event.deed])
            yield f"{_day(event.at)}  {event.by or 'Retina Studio'}: {words} ({event.why})"


def _day(at: str) -> str:
    return at[:16].replace("T", " ")


def score_words(case: Compared, *, new: bool) -> str:
    """What one of the two versions got on an image, in a line."""
    return "   ".join(_words(score, case, new=new) for score in case.scores)


def _words(score: Score, case: Compared, *, new: bool) -> str:
    value = score.new if new else score.old
    if score.kind != "grade":
        return f"{score.name} {figure(value)}"
    answer = score.answers[1 if new else 0]
    return tr(
        "{scale}: {answer} (settled: {truth})",
        scale=score.name,
        answer=NOTHING if answer is None else answer,
        truth=case.truth[score.name],
    )
