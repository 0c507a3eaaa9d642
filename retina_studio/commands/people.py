"""The commands about people: graders."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from retina_studio.commands.shared import StudyFolder, console
from retina_studio.domain.errors import RetinaError

app = typer.Typer()
graders_app = typer.Typer(help="The people who grade in a study.", invoke_without_command=True)
app.add_typer(graders_app, name="graders")

Name = Annotated[str, typer.Argument(help="The person's name.")]
Who = Annotated[str, typer.Option("--as", help="Who does it, for the audit trail.")]
Stdin = Annotated[bool, typer.Option("--stdin", help="Read the passphrase from standard input.")]


class RoleChoice(StrEnum):
    """What a person may do in a study."""

    GRADER = "grader"
    ADJUDICATOR = "adjudicator"
    ENGINEER = "engineer"


@graders_app.callback()
def graders(context: typer.Context, study: StudyFolder) -> None:
    """The people of a study: listed, or changed."""
    context.obj = study
    if context.invoked_subcommand is None:
        graders_list(context)


@graders_app.command("list")
def graders_list(context: typer.Context) -> None:
    """List everybody who is or was in the study."""
    from retina_studio.study.study import Study

    with Study.open(context.obj) as opened:
        for grader in opened.graders():
            about = [grader.role, *(["passphrase"] if grader.has_passphrase else [])]
            console.print(f"{grader.name}  ({', '.join(about + ([] if grader.active else ['left']))})")


@graders_app.command("add")
def graders_add(
    context: typer.Context,
    name: Name,
    role: Annotated[RoleChoice, typer.Option(help="What the person may do.")] = RoleChoice.GRADER,
    who: Who = "command line",
) -> None:
    """Add a person to the study."""
    from retina_studio.study.study import Study

    with Study.open(context.obj) as opened:
        grader = opened.add_grader(name, role.value, who=who)
    console.print(f"{grader.name} joined as {grader.role}.")


@graders_app.command("role")
def graders_role(
    context: typer.Context,
    name: Name,
    role: Annotated[RoleChoice, typer.Argument(help="What the person may do from now on.")],
    who: Who = "command line",
) -> None:
    """Change what a person may do."""
    from retina_studio.study.study import Study

    with Study.open(context.obj) as opened:
        grader = opened.change_role(name, role.value, who)
    console.print(f"{grader.name} is {grader.role} now.")


@graders_app.command("leave")
def graders_leave(context: typer.Context, name: Name, who: Who = "command line") -> None:
    """Let a person leave: gradings stay, what was not begun can be given to others (`assign`)."""
    from retina_studio.study.study import Study

    with Study.open(context.obj) as opened:
        grader = opened.grader_leaves(name, who)
    console.print(f"{grader.name} has left; run `assign` to give what was not begun to others.")


@graders_app.command("back")
def graders_back(context: typer.Context, name: Name, who: Who = "command line") -> None:
    """Take a person back who had left."""
    from retina_studio.study.study import Study

    with Study.open(context.obj) as opened:
        grader = opened.grader_comes_back(name, who)
    console.print(f"{grader.name} is back.")


@graders_app.command("passphrase")
def graders_passphrase(
    context: typer.Context, name: Name, stdin: Stdin = False, who: Who = "command line"
) -> None:
    """Ask this person for a passphrase from now on; an empty one asks for none."""
    from retina_studio.study.study import Study

    with Study.open(context.obj) as opened:
        opened.grader(name)  # before anybody types a passphrase for nobody
        grader = opened.set_passphrase(name, _passphrase(stdin=stdin), who)
    said = "is asked for a passphrase" if grader.has_passphrase else "is asked for no passphrase"
    console.print(f"{grader.name} {said} from now on.")


def _passphrase(*, stdin: bool) -> str:
    """The passphrase as it was typed, twice, or as it comes in; never from the arguments, which others can read."""
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise RetinaError(
            "There is no terminal to ask on: give the passphrase to standard input with --stdin."
        )
    return str(
        typer.prompt("Passphrase", default="", hide_input=True, confirmation_prompt=True, show_default=False)
    )
