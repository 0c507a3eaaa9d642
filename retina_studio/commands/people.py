"""The commands about people: graders."""

from enum import StrEnum
from typing import Annotated

import typer

from retina_studio.commands.shared import StudyFolder, console

app = typer.Typer()
graders_app = typer.Typer(help="The people who grade in a study.", invoke_without_command=True)
app.add_typer(graders_app, name="graders")


class RoleChoice(StrEnum):
    """What a person may do in a study."""

    GRADER = "grader"
    ADJUDICATOR = "adjudicator"
    ENGINEER = "engineer"


@graders_app.callback()
def graders(context: typer.Context, study: StudyFolder) -> None:
    """List the graders, or add one."""
    context.obj = study
    if context.invoked_subcommand is None:
        from retina_studio.study.study import Study

        with Study.open(study) as opened:
            for grader in opened.graders():
                console.print(f"{grader.name}  ({grader.role})")


@graders_app.command("add")
def graders_add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The person's name.")],
    role: Annotated[RoleChoice, typer.Option(help="What the person may do.")] = RoleChoice.GRADER,
) -> None:
    """Add a person to the study."""
    from retina_studio.study.study import Study

    with Study.open(context.obj) as opened:
        grader = opened.add_grader(name, role.value)
    console.print(f"{grader.name} joined as {grader.role}.")
