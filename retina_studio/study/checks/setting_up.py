"""Events that set a study up: itself, its images, people, settings, certification sets, splits, models."""

from collections.abc import Callable, Mapping
from typing import Any

from retina_studio.study.checks.events import Event, Replay


def create(replay: Replay, event: Event) -> None:
    """The study's own row; an older trail tells of nothing but the version."""
    columns = {**event.detail}
    replay.write(event, "study", columns.pop("id", replay.study_id), **columns)


def import_image(replay: Replay, event: Event) -> None:
    """An image, with the columns that the event holds."""
    replay.write(event, "image", event.number("image"), **event.detail)


def set_value(replay: Replay, event: Event) -> None:
    """A setting."""
    replay.write(event, "setting", event.subject["setting"], value=event.detail["value"])


def add_grader(replay: Replay, event: Event) -> None:
    """A person; older trails know neither passphrases nor dates."""
    usual: dict[str, Any] = {"passphrase": "", "joined": "", "left": None}
    key = event.number("grader")
    replay.write(event, "grader", key, **{**usual, **event.detail})
    replay.graders[event.detail["name"]] = key


def change_grader(replay: Replay, event: Event) -> None:
    """Another role or passphrase, or a person who leaves or comes back."""
    key = event.number("grader")
    replay.ledger.at("grader", key)
    replay.write(event, "grader", key, **event.detail["after"])


def make_certification(replay: Replay, event: Event) -> None:
    """A set, and the known answer of each of its images."""
    key, detail = event.number("certification"), event.detail
    columns = {name: detail[name] for name in ("name", "marks", "created")}
    replay.write(event, "certification", key, **columns)
    for image, reference in detail["references"].items():
        replay.write(event, "certification_image", key, int(image), reference=reference)


def certify(replay: Replay, event: Event) -> None:
    """How a person did on a set."""
    detail = event.detail
    replay.write(
        event,
        "certification_result",
        detail["result"],
        certification_id=detail["certification"],
        grader_id=detail["grader"],
        passed=detail["passed"],
        scores=detail["scores"],
        at=detail["at"],
    )


def split(replay: Replay, event: Event) -> None:
    """The splits of patients who had none."""
    for patient, name in event.detail["patients"].items():
        replay.write(event, "patient_split", patient, split=name, decided=event.detail["decided"])


def weights_were_judged(replay: Replay, event: Event) -> None:
    """What became of a retraining, or who answers for weights that the gate held back: no table keeps it."""
    del replay
    if not event.detail["model"]:
        raise ValueError("it names no model")


SETTING_UP: Mapping[str, Callable[[Replay, Event], None]] = {
    "create study": create,
    "import image": import_image,
    "set setting": set_value,
    "add grader grader": add_grader,
    "change grader grader": change_grader,
    "make certification certification": make_certification,
    "certify certification/grader": certify,
    "split study": split,
    "retrain weights": weights_were_judged,
    "override gate weights": weights_were_judged,
}
