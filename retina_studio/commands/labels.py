"""The commands that exchange labels with other programs: labels import, export."""

from pathlib import Path
from typing import Annotated

import typer

from retina_studio.commands.shared import FormatChoice, PerImage, StudyFolder, console

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
    source: Annotated[Path, typer.Argument(metavar="PATH", help="Folder or file of labels.")],
    grader: Annotated[str, typer.Option(help="Whose labels they are.")],
    format: Annotated[FormatChoice, typer.Option(help="masks: LABEL/IMAGE_NAME.png, 0/255.")],
    submit: Annotated[bool, typer.Option("--submit", help="Submit each grading afterwards.")] = False,
) -> None:
    """Import labels into one grader's gradings."""
    from retina_studio.exchange.transfer import import_labels
    from retina_studio.study.study import Study

    with Study.open(context.obj) as opened:
        count = import_labels(opened, source, opened.grader(grader), format.value, submit=submit)
    console.print(f"Labels of {count} images imported for {grader}.")


@app.command()
def export(
    study: StudyFolder,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder, or file for coco.")],
    format: Annotated[FormatChoice, typer.Option(help="masks, labelme or coco.")],
    layer: Annotated[str, typer.Option(help="consensus, or a grader's name.")] = "consensus",
    per_image: PerImage = 3,
) -> None:
    """Write labels for other programs."""
    from retina_studio.domain.vote import VoteRules
    from retina_studio.exchange.transfer import export_labels
    from retina_studio.study.study import Study

    with Study.open(study) as opened:
        count = export_labels(opened, out, format.value, layer, VoteRules(per_image))
    console.print(f"Labels of {count} images written to {out}.")
