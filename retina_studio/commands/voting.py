"""The commands of the vote: vote, adjudicate, agreement."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from retina_studio.commands.shared import Json, StudyFolder, console, errors, progress
from retina_studio.domain.errors import RetinaError

if TYPE_CHECKING:
    from retina_studio.domain.voting.outcome import Outcome
    from retina_studio.domain.voting.rules import VoteRules
    from retina_studio.study.agreement_values import StudyAgreement
    from retina_studio.study.records import ImageRecord
    from retina_studio.study.study import Study

app = typer.Typer()
OfTheVote = Annotated[
    int | None,
    typer.Option("--per-image", min=1, help="Gradings an image needs; default: as the study says."),
]


class ActionChoice(StrEnum):
    """What an adjudicator makes of an item."""

    KEEP = "keep"
    DROP = "drop"
    AVERAGE = "average"
    REDRAW = "redraw"
    CHOOSE = "choose"


@app.command()
def vote(
    study: StudyFolder,
    json_: Json = False,
    per_image: OfTheVote = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; default: one for each core.")] = None,
) -> None:
    """Settle what the graders' majority agrees on; only what changed since the last vote is voted on."""
    from retina_studio.study.adjudication import queue
    from retina_studio.study.consensus import run_vote
    from retina_studio.study.study import Study

    with Study.open(study) as opened:
        with progress("Vote") as tick:
            report = run_vote(opened, _rules(opened, per_image), tick, workers)
        if json_:
            _print_outcomes(opened, report.to_dict())
            return
        table = Table("Image", "Open", "Why")
        for entry in queue(opened):
            table.add_row(entry.image.name, str(entry.open_items), "; ".join(entry.reasons))
    if table.row_count:
        console.print(table)
    console.print(f"{report.settled} settled, {report.adjudication} adjudication, {report.waiting} waiting")
    console.print(f"{report.recomputed} images voted on in {report.seconds:.1f} s.")


@app.command()
def adjudicate(
    study: StudyFolder,
    image: Annotated[str | None, typer.Argument(metavar="[IMAGE]", help="Default: list the queue.")] = None,
    as_: Annotated[str, typer.Option("--as", metavar="NAME", help="The adjudicator who decides.")] = "",
    list_: Annotated[bool, typer.Option("--list", help="List the images, or one's items.")] = False,
    item: Annotated[str, typer.Option(metavar="KEY", help="The item to decide.")] = "",
    action: Annotated[ActionChoice | None, typer.Option(help="What becomes of the item.")] = None,
    grader: Annotated[str, typer.Option(help="keep: whose drawing, by letter or name.")] = "",
    value: Annotated[str, typer.Option(help="choose: the grade.")] = "",
    geometries: Annotated[
        Path | None, typer.Option(metavar="FILE", help="redraw: a JSON list of geometries.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; kept with the decision.")] = "",
    undo: Annotated[bool, typer.Option("--withdraw", help="Take the item's decision back.")] = False,
    per_image: OfTheVote = None,
    json_: Json = False,
) -> None:
    """List what the vote left open, show an image's items, or decide one of them."""
    from retina_studio.domain.voting.decisions import Decision
    from retina_studio.study.adjudication import decide, withdraw
    from retina_studio.study.study import Study

    with Study.open(study) as opened:
        if image is None:
            _print_queue(opened, json_=json_)
            return
        record = opened.image(image)
        if list_ or not (item or action or undo):
            _print_items(opened, record, json_=json_)
            return
        if not (item and as_):
            raise RetinaError("To decide, say all of: --as NAME --item KEY --action ACTION (or --withdraw).")
        rules, person = _rules(opened, per_image), opened.grader(as_)
        if undo:
            outcome = withdraw(opened, record, person, item, rules)
        elif action is None:
            raise RetinaError("Say what becomes of the item: --action keep, drop, average, redraw or choose.")
        else:
            kept, chosen = _unblinded(opened, record, grader), _typed(item, value)
            made = Decision(item, action.value, kept, chosen, _geometries(geometries), reason)
            outcome = decide(opened, record, person, made, rules)
    _say(record.name, outcome, json_=json_)


@app.command()
def agreement(
    study: StudyFolder,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="report.html, .pdf, .csv or .json.")
    ] = None,
    blind: Annotated[bool, typer.Option("--blind", help="Numbers in place of names.")] = False,
    json_: Json = False,
) -> None:
    """Say how far the graders agree with the consensus, with each other and with themselves."""
    from retina_studio.study.agreement import study_agreement
    from retina_studio.study.study import Study

    if out is None and not json_:
        raise RetinaError(
            "Say where the agreement goes: --out report.html (or .pdf, .csv, .json), or --json."
        )
    with Study.open(study) as opened, progress("Agreement") as tick:
        found = study_agreement(opened, tick, blind=blind)
    if json_:
        print(json.dumps(found.to_dict()))
    if out is not None:
        _write_agreement(found, out)
        errors.print(f"Agreement of {found.images} images written to {out}.")


def _write_agreement(found: "StudyAgreement", out: Path) -> None:
    if out.suffix.lower() == ".json":
        from retina_studio.domain.files import write_whole

        write_whole(out, json.dumps(found.to_dict(), indent=1).encode(), 0o600)
    else:
        from retina_studio.exchange.agreement_report import write_agreement

        write_agreement(found, out)


def _rules(study: "Study", per_image: int | None) -> "VoteRules":
    """The study's rules, with the number of gradings that was asked for."""
    from dataclasses import replace

    from retina_studio.study.consensus import vote_rules

    rules = vote_rules(study)
    return rules if per_image is None else replace(rules, graders=per_image)


def _print_outcomes(study: "Study", counts: dict[str, Any]) -> None:
    """{counts, "images": [...]}, written image by image: thousands of outcomes do not fit in memory."""
    from retina_studio.study.consensus import outcomes

    print(f'{json.dumps(counts)[:-1]}, "images": [', end="")
    separator = ""
    for image, outcome in outcomes(study):
        print(separator + json.dumps({"name": image.name, **outcome.to_dict()}), end="")
        separator = ", "
    print("]}")


def _print_queue(study: "Study", *, json_: bool) -> None:
    from retina_studio.study.adjudication import queue

    entries = queue(study)
    if json_:
        forms = [{"image": e.image.name, "open": e.open_items, "reasons": list(e.reasons)} for e in entries]
        print(json.dumps(forms))
        return
    if not entries:
        console.print("Nothing waits for the adjudicator.")
        return
    table = Table("Image", "Open", "Why")
    for entry in entries:
        table.add_row(entry.image.name, str(entry.open_items), "; ".join(entry.reasons))
    console.print(table)


def _print_items(study: "Study", image: "ImageRecord", *, json_: bool) -> None:
    from retina_studio.study.consensus import stored_outcome

    outcome = stored_outcome(study, image)
    if outcome is None:
        raise RetinaError(f"{image.name} waits for graders, or was not voted on: run `vote` first.")
    if json_:
        print(json.dumps(outcome.to_dict()))
        return
    table = Table("Item", "About", "Why", "Answers", "Decision")
    letters = _letters(study, image)
    for item in outcome.items:
        said = sorted((letters.get(name, name), answer) for name, answer in item.answers.items())
        answers = ", ".join(f"{letter}: {answer}" for letter, answer in said)
        made = f"{item.decision.action} by {item.decision.by}" if item.decision else "open"
        table.add_row(item.key, item.title, item.reason, answers, made)
    console.print(table)


def _letters(study: "Study", image: "ImageRecord") -> dict[str, str]:
    """The letter of each grader of an image: an adjudicator judges drawings, not people."""
    from retina_studio.study.access import blinded_names
    from retina_studio.study.consensus import submitted_gradings

    return blinded_names(study, image, submitted_gradings(study, image))


def _unblinded(study: "Study", image: "ImageRecord", grader: str) -> str:
    """The name behind a letter; a name stays as it is."""
    names = {letter: name for name, letter in _letters(study, image).items()} if grader else {}
    return names.get(grader, grader)


def _typed(item: str, text: str) -> Any:
    """A grade as it is typed, a value of the item's scale; None where nothing was."""
    from retina_studio.domain.labels import scales

    if not text:
        return None
    code = item.split(":")[1] if item.count(":") > 1 else ""
    for value in scales()[code].values if code in scales() else ():
        if text.lower() == str(value).lower():
            return value
    return text


def _geometries(file: Path | None) -> "tuple[Any, ...]":
    from retina_studio.domain.shapes import geometry_from_dict

    if file is None:
        return ()
    try:
        forms = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise RetinaError(f"{file} cannot be read as JSON: {error}.") from error
    if not isinstance(forms, list) or not all(isinstance(form, dict) for form in forms):
        raise RetinaError(f"{file} must hold a JSON list of geometries.")
    return tuple(geometry_from_dict(form) for form in forms)


def _say(name: str, outcome: "Outcome", *, json_: bool) -> None:
    if json_:
        print(json.dumps(outcome.to_dict()))
        return
    left = len(outcome.open_items)
    console.print(f"{name}: {outcome.state}" + (f", {left} to decide" if left else ""))
