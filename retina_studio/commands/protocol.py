"""The commands of the protocol: assign, return, repeats, certification."""

import json
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from retina_studio.commands.shared import Json, StudyFolder, console, errors, progress, some

app = typer.Typer()
certification_app = typer.Typer(help="Sets of images with known answers.", invoke_without_command=True)
app.add_typer(certification_app, name="certification")

Names = Annotated[list[str] | None, typer.Option("--grader", help="Only this grader; may be repeated.")]
Due = Annotated[str | None, typer.Option(help="The date they are wanted by, as 2026-12-31.")]
As = Annotated[str, typer.Option("--as", help="Who does it: somebody in the study.")]
Who = Annotated[str, typer.Option("--as", help="Who does it, for the audit trail.")]
Seed = Annotated[
    int | None, typer.Option(min=0, help="What the shuffling starts from; default: the study's.")
]


class OrderChoice(StrEnum):
    """In which order a grader gets images."""

    SHUFFLED = "shuffled"
    INFORMATIVE = "informative"


@app.command()
def assign(
    study: StudyFolder,
    per_image: Annotated[int, typer.Option(min=1, help="Graders per image.")] = 3,
    seed: Seed = None,
    due: Due = None,
    grader: Names = None,
    order: Annotated[
        OrderChoice, typer.Option(help="Of the new ones: by chance, or what teaches most first.")
    ] = OrderChoice.SHUFFLED,
    who: Who = "command line",
    json_: Json = False,
) -> None:
    """Give every image to its graders, balanced and shuffled; what was given before stays.

    Run it again for new images, and after somebody left. From then on graders see only what was given to them.
    """
    from retina_studio.study.assigning import assign as give
    from retina_studio.study.study import Study

    with Study.open(study) as opened, progress("Assigning") as tick:
        people = [opened.grader(name) for name in grader] if grader else None
        report = give(opened, per_image, seed, due, who, people, tick, order.value)
    if json_:
        form = {"given": report.given, "complete": report.complete, "short": report.short}
        print(json.dumps({**form, "by_grader": report.by_grader}))
        return
    for name, count in sorted(report.by_grader.items()):
        console.print(f"{name}: {count}")
    console.print(f"{report.given} given; {report.complete} images have {per_image} graders.")
    if report.short:
        errors.print(f"{len(report.short)} images lack graders ({some(list(report.short))}): add graders.")


@app.command("return")
def return_(
    study: StudyFolder,
    image: Annotated[str, typer.Argument(help="The image.")],
    grader: Annotated[str, typer.Argument(help="Whose grading of it.")],
    comment: Annotated[str, typer.Option(help="What is to be corrected.")],
    who: As,
) -> None:
    """Give a submitted grading back to its grader, with a comment."""
    from retina_studio.study.returning import return_for_correction
    from retina_studio.study.study import Study

    with Study.open(study) as opened:
        return_for_correction(opened, opened.image(image), grader, comment, opened.grader(who))
    console.print(f"{image} is back with {grader}.")


@app.command()
def repeats(
    study: StudyFolder,
    days: Annotated[int, typer.Option(min=0, help="Submitted at least so many days ago.")] = 30,
    share: Annotated[float, typer.Option(min=0.0, max=1.0, help="Which share of them.")] = 0.1,
    seed: Annotated[int, typer.Option(min=0, help="Which ones are of the share.")] = 0,
    who: Who = "command line",
) -> None:
    """Give graders a share of what they submitted a while ago once more, unannounced."""
    from retina_studio.study.repeating import give_repeats
    from retina_studio.study.study import Study

    with Study.open(study) as opened:
        count = give_repeats(opened, days, share, seed, who)
    console.print(f"{count} given again.")


@certification_app.callback()
def certification(context: typer.Context, study: StudyFolder) -> None:
    """Sets of images with known answers: listed, made, given, and how graders did on them."""
    context.obj = study
    if context.invoked_subcommand is None:
        from retina_studio.study.certification import certifications
        from retina_studio.study.study import Study

        with Study.open(study) as opened:
            for entry in certifications(opened):
                marks = ", ".join(f"{key} {mark:g}" for key, mark in entry.marks.items())
                console.print(f"{entry.name}: {len(entry.images)} images; {marks}")


@certification_app.command("make")
def certification_make(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The set's name.")],
    answers_of: Annotated[str, typer.Option(help="Whose submitted gradings are the known answers.")],
    mark: Annotated[
        list[str] | None,
        typer.Option(help='What to reach, as "dice OD=0.8", "kappa dr=0.7"; may be repeated.'),
    ] = None,
    who: Who = "command line",
) -> None:
    """Make a set of the images that one person submitted."""
    from retina_studio.study.certification import make_certification
    from retina_studio.study.scoring import parsed_marks
    from retina_studio.study.study import Study

    marks = parsed_marks(mark) if mark else None
    with Study.open(context.obj) as opened:
        made = make_certification(opened, name, opened.grader(answers_of), marks, who)
    console.print(f"{made.name}: {len(made.images)} images.")


@certification_app.command("give")
def certification_give(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The set's name.")],
    graders: Annotated[list[str], typer.Argument(metavar="GRADER...", help="Who is to do it.")],
    due: Due = None,
    who: Who = "command line",
) -> None:
    """Put the images of a set into graders' worklists."""
    from retina_studio.study.certification import give_certification
    from retina_studio.study.study import Study

    with Study.open(context.obj) as opened:
        count = give_certification(opened, name, [opened.grader(one) for one in graders], due, who)
    console.print(f"{count} given.")


@certification_app.command("results")
def certification_results(context: typer.Context, json_: Json = False) -> None:
    """How graders did."""
    from retina_studio.study.certification import certification_results as read
    from retina_studio.study.study import Study

    with Study.open(context.obj) as opened:
        results = read(opened)
    if json_:
        print(json.dumps([{**vars(result), "scores": dict(result.scores)} for result in results]))
        return
    if not results:
        console.print("Nobody has done a certification set yet.")
        return
    table = Table("Set", "Grader", "Result", "Scores", "When")
    for result in results:
        scores = ", ".join(f"{key} {value:.2f}" for key, value in result.scores.items())
        outcome = "passed" if result.passed else "failed"
        table.add_row(result.certification, result.grader, outcome, scores, result.at[:10])
    console.print(table)
