"""Events of what models offered, of the vote and of the adjudicator."""

from collections.abc import Callable, Mapping

from retina_studio.study.audit import digest
from retina_studio.study.checks.events import Event, Replay


def propose(replay: Replay, event: Event) -> None:
    """What a model offered; its long parts as digests, which older trails have not, and in short."""
    detail, image = event.detail, event.number("image")
    digests = dict(detail.get("sha256", {}))
    gist = {"content": digests.pop("gist")} if "gist" in digests else {}
    columns = {key: detail[key] for key in ("seconds", "created") if key in detail}
    replay.write(
        event,
        "proposal",
        detail["proposal"],
        image_id=image,
        model=detail["model"],
        weights_hash=detail["weights"],
        **columns,
        **digests,
    )
    replay.write(event, "gist", detail["proposal"], image_id=image, model=detail["model"], **gist)


def vote(replay: Replay, event: Event) -> None:
    """The outcome of an image, or that it waits for graders again."""
    image, detail = event.number("image"), event.detail
    if detail["state"] == "waiting":
        replay.ledger.drop("consensus", image)
    elif "basis" in detail:
        columns = {key: detail[key] for key in ("state", "outcome", "settled", "basis", "agreement")}
        replay.write(event, "consensus", image, **columns)
    else:  # an older trail holds the outcome itself
        replay.ledger.drop("consensus", image)
        replay.write(event, "consensus", image, outcome=digest(event.text))


def decide(replay: Replay, event: Event) -> None:
    """An adjudicator's decision; an earlier one of the item is withdrawn."""
    withdraw_decision(replay, event)
    made = event.detail["after"]
    form = made["decision"]
    replay.write(
        event,
        "decision",
        made["id"],
        image_id=event.number("image"),
        item=event.detail["item"],
        action=form["action"],
        detail=form,
        reason=event.detail["reason"],
        grader_id=made["grader"],
        at=form["at"],
        state="active",
    )


def withdraw_decision(replay: Replay, event: Event) -> None:
    """A decision is taken back."""
    for before in event.detail["before"]:
        replay.ledger.at("decision", before["id"])
        replay.write(event, "decision", before["id"], state="withdrawn")


def show_names(replay: Replay, event: Event) -> None:
    """An adjudicator saw who graded an image: no row tells of it."""


SETTLING: Mapping[str, Callable[[Replay, Event], None]] = {
    "propose image": propose,
    "vote image": vote,
    "decide image": decide,
    "withdraw decision image": withdraw_decision,
    "show names image": show_names,
}
