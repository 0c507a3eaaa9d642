"""The commands that open the window, or do without: gui, demo, doctor."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from retina_studio.commands.shared import Json, console
from retina_studio.domain.errors import RetinaError

app = typer.Typer()


@app.command()
def gui(
    study: Annotated[
        Path | None, typer.Argument(metavar="[STUDY]", help="The study's folder, or the study.toml in it.")
    ] = None,
    grader: Annotated[str | None, typer.Option(help="Open as this grader.")] = None,
) -> None:
    """Open the window."""
    from retina_studio.display import has_display
    from retina_studio.gui.app import run
    from retina_studio.study.study import Study

    if study is not None and study.name == "study.toml" and study.is_file():  # what a file manager opens
        study = study.parent
    if not has_display():
        if study is not None:
            Study.open(study).close()  # what is no study is refused as such
        raise RetinaError(
            "There is no display here: start it on a desktop, or run `retina-studio demo --offscreen`."
        )
    raise typer.Exit(run(study, grader))


@app.command()
def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where pictures and report go.")] = Path(
        "demo-out"
    ),
    images: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Photographs; default: phantoms.")
    ] = None,
    seconds_training: Annotated[float, typer.Option(min=1, help="How long the model trains.")] = 90,
    offscreen: Annotated[bool, typer.Option("--offscreen", help="Without a display.")] = False,
) -> None:
    """Carry images through the whole job: grade, vote, curate, train, propose, correct."""
    from retina_studio.gui.demo.river import run_demo

    raise typer.Exit(run_demo(out, images, seconds_training, offscreen=offscreen))


@app.command()
def doctor(
    study: Annotated[
        Path | None, typer.Argument(metavar="[STUDY]", help="Look at where this study lies, too.")
    ] = None,
    json_: Json = False,
) -> None:
    """Say what this installation has and lacks, and what to do; exit status 1 when something essential is missing."""
    from retina_studio.doctor import findings

    found = []
    table = Table(show_header=False)
    for finding in findings(study):
        found.append(finding)
        state = Text("OK", "green") if finding.state == "ok" else Text(finding.state, "red")
        table.add_row(
            state, finding.what, f"{finding.value}{f': {finding.advice}' if finding.advice else ''}"
        )
    if json_:
        print(json.dumps([asdict(finding) for finding in found], indent=1))
    else:
        console.print(table)
    if any(finding.state == "missing" for finding in found):
        raise typer.Exit(1)
