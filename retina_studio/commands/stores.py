"""The commands of the curated store: curate, verify."""

from pathlib import Path
from typing import Annotated

import typer

from retina_studio.commands.shared import PerImage, StudyFolder, console, errors
from retina_studio.domain.errors import RetinaError

app = typer.Typer()


@app.command()
def curate(
    study: StudyFolder,
    out: Annotated[Path, typer.Argument(metavar="OUT.h5", help="The snapshot to write.")],
    per_image: PerImage = 3,
) -> None:
    """Vote, then write every settled image into one immutable snapshot."""
    from retina_studio.domain.vote import VoteRules
    from retina_studio.study.curation import curate as write
    from retina_studio.study.study import Study

    with Study.open(study) as opened:
        digest = write(opened, out, VoteRules(per_image))
    console.print(f"Snapshot {digest} written to {out}.")


@app.command()
def verify(
    target: Annotated[Path, typer.Argument(metavar="FILE_OR_STUDY", help="A snapshot or a study.")],
) -> None:
    """Check that a snapshot or a study is whole."""
    if not target.exists():
        raise RetinaError(f"{target} does not exist.")
    if target.is_dir():
        from retina_studio.study.study import Study
        from retina_studio.study.verify import study_problems

        with Study.open(target) as opened:
            problems = study_problems(opened)
    else:
        from retina_studio.store.verify import verify_snapshot

        problems = verify_snapshot(target)
    for problem in problems:
        errors.print(problem)
    if problems:
        raise typer.Exit(1)
    console.print(f"{target} is whole.")
