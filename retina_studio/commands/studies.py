"""The commands that make a study and fill it: init, import, settings."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from retina_studio.commands.shared import StudyFolder, console, errors, progress, some

app = typer.Typer()
settings_app = typer.Typer(help="What a study's people agreed on.", invoke_without_command=True)
app.add_typer(settings_app, name="settings")


class ModalityChoice(StrEnum):
    """Fundus photographs or OCT B-scans."""

    FUNDUS = "fundus"
    OCT = "oct"


class NamesChoice(StrEnum):
    """What becomes of a file's name: kept, kept but for what tells who it is, or replaced."""

    KEEP = "keep"
    SAFE = "safe"
    PSEUDONYM = "pseudonym"


@app.command()
def init(
    study: StudyFolder,
    url: Annotated[
        str | None,
        typer.Option(help="The database: postgresql://NAME@HOST/DATABASE for many graders; default: SQLite."),
    ] = None,
    images: Annotated[
        str | None,
        typer.Option(help="Folder or URL (s3://...) of the image files; default: in the study's folder."),
    ] = None,
    join: Annotated[
        bool, typer.Option("--join", help="The study exists at the URL: work on it from this computer too.")
    ] = False,
) -> None:
    """Make a new, empty study, or join a shared one."""
    from retina_studio.domain.errors import RetinaError
    from retina_studio.study.database import parsed_url, without_password
    from retina_studio.study.study import Study

    if images and "://" not in images:
        images = str(Path(images).expanduser().resolve())
    if join and not url:
        raise RetinaError("Name the shared study's database with --url.")
    with Study.join(study, url, images) if join and url else Study.create(study, url, images) as made:
        console.print(f"Study {made.id} is ready in {study}.")
    if url and without_password(parsed_url(url)) != parsed_url(url):
        errors.print("The password was not stored: give it in PGPASSWORD or ~/.pgpass from now on.")


@app.command("import")
def import_(
    study: StudyFolder,
    sources: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Image files, folders, ZIP archives.")
    ],
    modality: Annotated[
        ModalityChoice, typer.Option(help="What the images are, where DICOM and OCT files do not say.")
    ] = ModalityChoice.FUNDUS,
    metadata: Annotated[
        Path | None, typer.Option(help="CSV with the columns image, eye, patient, split.")
    ] = None,
    names: Annotated[
        NamesChoice, typer.Option(help="File names: kept, without what tells who it is, or all pseudonyms.")
    ] = NamesChoice.SAFE,
) -> None:
    """Import photographs, DICOM files and OCT volumes; identity is removed on the way in.

    An import that was stopped goes on when it is started again.
    """
    from retina_studio.images.metadata import read_sidecar
    from retina_studio.study.importing import import_images
    from retina_studio.study.study import Study

    sidecar = read_sidecar(metadata) if metadata else None
    with Study.open(study) as opened, progress("Importing") as tick:
        report = import_images(opened, sources, modality.value, sidecar, tick, names=names.value)
    console.print(f"{len(report.imported)} imported, {len(report.duplicates)} there already.")
    if report.renamed:
        console.print(
            f"{len(report.renamed)} got a pseudonym in place of a name, number or date in the file name."
        )
    for sentence in report.refused:
        errors.print(sentence)
    if report.unmatched:
        errors.print(f"The metadata lists {some(report.unmatched)}, and no file has that name.")
    if report.telling:
        errors.print(
            f"The names of {some(report.telling)} hold the patient: import into a new study with --names safe."
        )
    if report.burnt_in:
        errors.print(
            f"Look at {some(report.burnt_in)}: there seems to be writing in the picture, which may name somebody."
        )
    if report.refused:
        raise typer.Exit(1)


@settings_app.callback()
def settings(context: typer.Context, study: StudyFolder) -> None:
    """What a study's people agreed on: shown, or changed."""
    context.obj = study
    if context.invoked_subcommand is None:
        settings_show(context)


@settings_app.command("show")
def settings_show(context: typer.Context) -> None:
    """Print every setting and its value as JSON."""
    from retina_studio.study.settings import KNOWN
    from retina_studio.study.study import Study

    with Study.open(context.obj) as opened:
        given = opened.settings()
    for key, meaning in KNOWN.items():
        value = json.dumps(given[key]) if key in given else "not set"
        console.print(f"{key} = {value}  ({meaning})")


@settings_app.command("set")
def settings_set(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="Which setting.")],
    value: Annotated[str, typer.Argument(help="JSON; for required_grades also codes with commas between.")],
    who: Annotated[str, typer.Option(help="Who changes it, for the audit trail.")] = "command line",
) -> None:
    """Change a setting."""
    from retina_studio.study.settings import parsed_setting
    from retina_studio.study.study import Study

    with Study.open(context.obj) as opened:
        opened.set_setting(key, parsed_setting(key, value), who)
        console.print(f"{key} = {json.dumps(opened.setting(key))}")
