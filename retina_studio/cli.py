"""The command line. Each command is a thin wire to the room that does the work."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from retina_studio import __version__, paths
from retina_studio.domain.errors import RetinaError

app = typer.Typer(
    name="retina-studio",
    help="Annotate, adjudicate and retrain on retinal images. Without a command: open the window.",
    pretty_exceptions_enable=False,
    add_completion=False,
)
graders_app = typer.Typer(help="The people who grade in a study.", invoke_without_command=True)
labels_app = typer.Typer(help="Labels made elsewhere.", no_args_is_help=True)
settings_app = typer.Typer(help="What a study's people agreed on.", invoke_without_command=True)
app.add_typer(graders_app, name="graders")
app.add_typer(settings_app, name="settings")
app.add_typer(labels_app, name="labels")

console = Console(markup=False, highlight=False, soft_wrap=True)  # names may hold brackets
errors = Console(stderr=True, markup=False, highlight=False, soft_wrap=True)

StudyFolder = Annotated[Path, typer.Argument(metavar="STUDY", help="The study's folder.")]
StoreFile = Annotated[Path, typer.Argument(metavar="STORE.h5", help="A curated snapshot.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PerImage = Annotated[int, typer.Option(min=1, help="Submitted gradings an image needs.")]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]


class ModalityChoice(StrEnum):
    """Fundus photographs or OCT B-scans."""

    FUNDUS = "fundus"
    OCT = "oct"


class NamesChoice(StrEnum):
    """What becomes of a file's name: kept, kept but for what tells who it is, or replaced."""

    KEEP = "keep"
    SAFE = "safe"
    PSEUDONYM = "pseudonym"


class RoleChoice(StrEnum):
    """What a person may do in a study."""

    GRADER = "grader"
    ADJUDICATOR = "adjudicator"
    ENGINEER = "engineer"


class FormatChoice(StrEnum):
    """The label files that go in and out."""

    MASKS = "masks"
    LABELME = "labelme"
    COCO = "coco"


class SizeChoice(StrEnum):
    """The paper's backbone, or the small one for a laptop."""

    COMPACT = "compact"
    PAPER = "paper"


@app.command()
def gui(
    study: Annotated[Path | None, typer.Argument(metavar="[STUDY]", help="The study's folder.")] = None,
    grader: Annotated[str | None, typer.Option(help="Open as this grader.")] = None,
) -> None:
    """Open the window."""
    from retina_studio.display import has_display
    from retina_studio.gui.app import run
    from retina_studio.study.study import Study

    if study is not None:
        Study.open(study).close()  # what is no study is refused before a window is
    if not has_display():
        raise RetinaError(
            "There is no display here: start it on a desktop, or run `retina-studio demo --offscreen`."
        )
    raise typer.Exit(run(study, grader))


@app.command()
def init(
    study: StudyFolder,
    url: Annotated[str | None, typer.Option(help="SQLAlchemy URL of the database; default: SQLite.")] = None,
) -> None:
    """Make a new, empty study."""
    from retina_studio.study.study import Study

    with Study.create(study, url) as made:
        console.print(f"Study {made.id} is ready in {study}.")


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
    with Study.open(study) as opened, _progress("Importing") as tick:
        report = import_images(opened, sources, modality.value, sidecar, tick, names=names.value)
    console.print(f"{len(report.imported)} imported, {len(report.duplicates)} there already.")
    if report.renamed:
        console.print(
            f"{len(report.renamed)} got a pseudonym in place of a name, number or date in the file name."
        )
    for sentence in report.refused:
        errors.print(sentence)
    if report.unmatched:
        errors.print(f"The metadata lists {_some(report.unmatched)}, and no file has that name.")
    if report.telling:
        errors.print(
            f"The names of {_some(report.telling)} hold the patient: import into a new study with --names safe."
        )
    if report.burnt_in:
        errors.print(
            f"Look at {_some(report.burnt_in)}: there seems to be writing in the picture, which may name somebody."
        )
    if report.refused:
        raise typer.Exit(1)


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


@app.command()
def propose(
    study: StudyFolder,
    model: Annotated[str, typer.Option(help="The model's stem, e.g. disc.")],
    weights: Annotated[Path | None, typer.Option(help="A weights file; default: the current ones.")] = None,
    device: Device = "auto",
) -> None:
    """Let a model propose shapes for every image of the study."""
    from retina_studio.images.read import read_image
    from retina_studio.inference.predictor import Predictor
    from retina_studio.inference.registry import find_weights
    from retina_studio.study.study import Study

    with Study.open(study) as opened:
        modality = "oct" if model == "oct" else "fundus"
        images = [image for image in opened.images() if image.modality == modality]
        if not images:
            raise RetinaError(f"{study} holds no {modality} image that the model {model} could look at.")
        predictor = Predictor(find_weights(model, weights), device)
        with _progress("Proposing") as tick:
            for number, image in enumerate(images):
                tick(number, len(images))
                opened.add_proposal(image, predictor.propose(read_image(opened.image_file(image))))
            tick(len(images), len(images))
    console.print(f"{len(images)} images have a proposal of {model}.")


@app.command()
def train(
    store: StoreFile,
    model: Annotated[str, typer.Option(help="The model's stem, e.g. disc.")],
    out: Annotated[
        Path, typer.Option(metavar="RUN", help="Folder of the run; an interrupted one continues.")
    ],
    size: Annotated[SizeChoice, typer.Option(help="Which size of the model.")] = SizeChoice.COMPACT,
    recipe: Annotated[Path | None, typer.Option(help="A recipe in place of the shipped one.")] = None,
    device: Device = "auto",
    seconds: Annotated[float | None, typer.Option(help="Stop training after so many seconds.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="In place of the recipe's.")] = None,
    no_localiser: Annotated[
        bool, typer.Option("--no-localiser", help="For comparison: no localiser pre-training.")
    ] = False,
) -> None:
    """Train a model on a snapshot, in a process of its own; prints one JSON event a line."""
    options = ["--model", model, "--size", size.value, "--out", str(out), "--device", device]
    options += ["--recipe", str(recipe)] if recipe else []
    options += ["--seconds", str(seconds)] if seconds is not None else []
    options += ["--seed", str(seed)] if seed is not None else []
    options += ["--no-localiser"] if no_localiser else []
    raise typer.Exit(_training("run", str(store), *options))


@app.command()
def evaluate(
    store: StoreFile,
    model: Annotated[str, typer.Option(help="The model's stem, e.g. disc.")],
    weights: Annotated[Path | None, typer.Option(help="A weights file; default: the current ones.")] = None,
    split: Annotated[str, typer.Option(help="train, val or test.")] = "test",
    untrained: Annotated[bool, typer.Option("--untrained", help="Measure a fresh network instead.")] = False,
    json_: Json = False,
) -> None:
    """Measure a weights file on one split of a snapshot."""
    from retina_studio.inference.registry import find_weights

    source = ["--untrained"] if untrained else ["--weights", str(find_weights(model, weights))]
    options = ["--model", model, "--split", split, *source]
    raise typer.Exit(_training("evaluate", str(store), *options, *(["--json"] if json_ else [])))


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
def doctor() -> None:
    """Say what this installation has: versions, GPU, Qt, writable folders, weights."""
    from retina_studio.doctor import findings

    table = Table(show_header=False)
    for name, value, good in findings():
        table.add_row(name, value, "" if good else Text("look here", "red"))
    console.print(table)


def _training(*arguments: str) -> int:
    """Run the training module as its own process; its stdout and stderr are ours."""
    return subprocess.run([sys.executable, "-m", "training", *arguments], check=False).returncode  # noqa: S603


def _some(names: list[str]) -> str:
    """A list of names, the first three in full."""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int, int], bool]]:
    """A progress bar on stderr: call it with (done, all)."""
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as bar:
        line = bar.add_task(title, total=None)

        def tick(done: int, total: int) -> bool:
            bar.update(line, completed=done, total=total)
            return True

        yield tick


def _with_default_command(arguments: list[str]) -> list[str]:
    """`retina-studio` and `retina-studio STUDY` open the window."""
    known = {command.name or "" for command in app.registered_commands}
    known |= {(command.callback.__name__ if command.callback else "") for command in app.registered_commands}
    known |= {group.name or "" for group in app.registered_groups}
    if not arguments:
        return ["gui"]
    first = arguments[0]
    return arguments if first.startswith("-") or first in known else ["gui", *arguments]


def main(arguments: list[str] | None = None) -> None:
    """The console script. Exit status: 0 done, 1 or 2 refused with one sentence on stderr, 130 interrupted."""
    given = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a file name need not be valid text
    if given == ["--version"]:
        print(f"Retina Studio {__version__}")
        return
    try:
        app(_with_default_command(given))
    except RetinaError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        print(_unexpected(error), file=sys.stderr)
        sys.exit(70)


def _unexpected(error: Exception) -> str:
    """Keep the traceback in a log file and say where: nobody reads a traceback on the terminal."""
    log: Any = paths.user_data() / "error.log"
    handler = logging.FileHandler(log, encoding="utf-8")
    logging.getLogger("retina_studio").addHandler(handler)
    logging.getLogger("retina_studio").error("unexpected", exc_info=error)
    return (
        f"Something went wrong that should not ({type(error).__name__}: {error}); the details are in {log}."
    )
