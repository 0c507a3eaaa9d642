"""The commands that exchange labels with other programs: labels import, export."""

from pathlib import Path
from typing import Annotated

import typer

from retina_studio.commands.shared import FormatChoice, StudyFolder, console, progress

app = typer.Typer()
labels_app = typer.Typer(help="Labels made elsewhere.", no_args_is_help=True)
app.add_typer(labels_app, name="labels")


@labels_app.callback()
def labels(context: typer.Context, study: StudyFolder) -> None:
    """Labels made elsewhere."""
    context.obj = study


@labels_app.command("import")
def labels_import(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="PATH", help="Folder, file or ZIP file of labels.")],
    format: FormatChoice,
    grader: Annotated[str, typer.Option(help="Whose labels they are.")] = "",
    graders: Annotated[str, typer.Option(help="For counts: as many names as were counted, A,B,C,D.")] = "",
    submit: Annotated[bool, typer.Option("--submit", help="Submit each grading afterwards.")] = False,
) -> None:
    """Import labels into one grader's gradings, or counts into several graders'."""
    from retina_studio.exchange.transfer import import_labels
    from retina_studio.study.study import Study

    if bool(grader) == bool(graders):
        raise typer.BadParameter("Say whose labels they are: --grader NAME, or --graders A,B,C,D for counts.")
    names = [grader] if grader else [name.strip() for name in graders.split(",")]
    with Study.open(context.obj) as opened, progress("Labels") as tick:
        people = [opened.grader(name) for name in names]
        count = import_labels(opened, source, people, format, submit=submit, progress=tick)
    console.print(f"Labels of {count} images imported for {', '.join(names)}.")


@app.command()
def export(
    study: StudyFolder,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder, or file for a format of one file.")],
    format: FormatChoice,
    layer: Annotated[
        str | None,
        typer.Option(help="consensus, or a grader's name; without it csv and counts hold every grader."),
    ] = None,
    per_image: Annotated[
        int | None, typer.Option(min=1, help="Submitted gradings an image needs; else the study's rules.")
    ] = None,
) -> None:
    """Write labels for other programs."""
    from dataclasses import replace

    from retina_studio.exchange.transfer import export_labels
    from retina_studio.study.consensus import vote_rules
    from retina_studio.study.study import Study

    with Study.open(study) as opened, progress("Labels") as tick:
        rules = replace(vote_rules(opened), graders=per_image) if per_image else None
        count = export_labels(opened, out, format, layer, rules, tick)
    console.print(f"Labels of {count} images written to {out}.")
