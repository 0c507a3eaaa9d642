"""The commands of the vote: vote."""

import json

import typer
from rich.table import Table

from retina_studio.commands.shared import Json, PerImage, StudyFolder, console

app = typer.Typer()


@app.command()
def vote(
    study: StudyFolder,
    json_: Json = False,
    per_image: PerImage = 3,
) -> None:
    """Settle what the graders' majority agrees on."""
    from retina_studio.domain.vote import VoteRules
    from retina_studio.study.consensus import run_vote
    from retina_studio.study.study import Study

    with Study.open(study) as opened:
        outcomes = run_vote(opened, VoteRules(per_image))
    counts = {state: sum(o.state == state for o in outcomes.values()) for state in _STATES}
    if json_:
        images = [{"name": name, **outcome.to_dict()} for name, outcome in outcomes.items()]
        print(json.dumps({**counts, "images": images}))
        return
    table = Table("Image", "State", "Why")
    for name, outcome in outcomes.items():
        table.add_row(name, outcome.state, "; ".join(outcome.reasons))
    console.print(table)
    console.print(", ".join(f"{count} {state}" for state, count in counts.items()))


_STATES = ("settled", "adjudication", "waiting")
