"""The command line of the training module: `python -m training`, or `retina-train`."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from retina_studio.domain.errors import RetinaError
from training.experiments.cli import ablate, compare
from training.gate.cli import gate

app = typer.Typer(
    name="retina-train",
    help="Train and evaluate the models on a curated snapshot.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

StoreFile = Annotated[Path, typer.Argument(metavar="STORE.h5", help="A curated snapshot.")]
Model = Annotated[str, typer.Option(help="The model's stem, e.g. disc.")]
Size = Annotated[str, typer.Option(help="compact or paper.")]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="A change of the recipe, e.g. decoder.epochs=20; may be repeated."
    ),
]
Recipe = Annotated[Path | None, typer.Option(help="A recipe in place of the shipped one.")]


@app.command("run")
def run_(
    store: StoreFile,
    model: Model,
    out: Annotated[
        Path, typer.Option(metavar="RUN", help="Folder of the run; an interrupted one continues.")
    ],
    size: Size = "compact",
    recipe: Recipe = None,
    set_: Changes = None,
    seconds: Annotated[
        float | None, typer.Option(min=0.001, help="Bound on the training time, shared by the stages.")
    ] = None,
    device: Device = "auto",
    system: Annotated[str, typer.Option(help="A comparison system in the model's place, e.g. u-net.")] = "",
    devices: Annotated[int, typer.Option(min=1, help="Processes that train together, a device each.")] = 1,
    seed: Annotated[int | None, typer.Option(min=0, max=2**31 - 1, help="In place of the recipe's.")] = None,
    from_scratch: Annotated[
        bool, typer.Option("--from-scratch", help="No pretrained encoder, whatever the recipe says.")
    ] = False,
    backbone_weights: Annotated[
        Path | None, typer.Option(help="A local file of the pretrained encoder (.safetensors, .pth).")
    ] = None,
    download_backbone: Annotated[
        bool, typer.Option("--download-backbone", help="Let torchvision fetch the pretrained encoder.")
    ] = False,
    start: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Weights of this model to go on from.")
    ] = None,
    recipe_of_start: Annotated[
        bool, typer.Option("--recipe-of-start", help="With the recipe that these weights carry.")
    ] = False,
    examples: Annotated[
        int,
        typer.Option(min=0, max=16, help="Draw the answers on so many validation images after each epoch."),
    ] = 0,
) -> None:
    """Train a model; prints one JSON event a line. A run that was killed continues where it was."""
    from training.run import RunRequest, run

    changes = [*(set_ or []), *([f"seed={seed}"] if seed is not None else [])]
    run(
        RunRequest(
            store,
            model,
            size,
            out,
            recipe,
            tuple(changes),
            seconds,
            device,
            devices,
            from_scratch=from_scratch,
            backbone_weights=backbone_weights,
            download_backbone=download_backbone,
            system=system,
            start=start,
            recipe_of_start=recipe_of_start,
            examples=examples,
        )
    )


@app.command("evaluate")
def evaluate_(
    store: StoreFile,
    model: Model,
    weights: Annotated[Path | None, typer.Option(help="A weights file.")] = None,
    untrained: Annotated[bool, typer.Option("--untrained", help="Freshly initialised weights.")] = False,
    size: Annotated[str, typer.Option(help="compact or paper, for --untrained.")] = "compact",
    recipe: Annotated[Path | None, typer.Option(help="A recipe, for --untrained.")] = None,
    split: Annotated[str, typer.Option(help="train, val or test.")] = "test",
    only: Annotated[str, typer.Option(metavar="GLOB", help="Only images with such names.")] = "*",
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure weights on one split of a snapshot."""
    from retina_studio.store.read import Snapshot
    from training.evaluation.driver import evaluate
    from training.subject import fresh_subject, weights_subject
    from training.tasks import task_spec

    if (weights is None) == (not untrained):
        raise RetinaError(
            "Name the weights with --weights FILE, or ask for a fresh network with --untrained."
        )
    subject = weights_subject(weights, model) if weights else fresh_subject(model, size, recipe)
    with Snapshot(store) as snapshot:
        figures = evaluate(task_spec(model).evaluation, subject.find, snapshot, split, only=only)
        names = {
            "model": model,
            "size": subject.row.size,
            "weights_hash": subject.weights_hash,
            "store_hash": snapshot.content_hash,
        }
    result = {**names, **figures}
    if json_:
        print(json.dumps(result))
    else:
        _print_table(result)


@app.command("audit")
def audit_(
    store: StoreFile,
    model: Model,
    size: Size = "compact",
    recipe: Recipe = None,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Count what a snapshot has for a model to learn from, and say what is wrong with it."""
    from retina_studio.store.read import Snapshot
    from training.data.audit import audit
    from training.data.leakage import check_leakage
    from training.subject import row_and_recipe
    from training.tasks import task_spec

    _, chosen = row_and_recipe(model, size, recipe)
    with Snapshot(store) as snapshot:
        check_leakage(snapshot)
        found = audit(snapshot, task_spec(model).task.needs(chosen))
    if json_:
        print(json.dumps(found.to_dict()))
    else:
        head, *rows = found.rows()
        table = Table(*head)
        for row in rows:
            table.add_row(*row)
        Console().print(table)
        for fault in found.faults:
            print(fault.sentence)
    found.check()


@app.command("calibrate")
def calibrate_(
    store: StoreFile,
    weights: Annotated[Path, typer.Option(help="The weights file to read.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The weights file to write.")],
    only: Annotated[str, typer.Option(metavar="GLOB", help="Only images with such names.")] = "*",
    half: Annotated[bool, typer.Option("--half", help="Write half precision, for half the size.")] = False,
) -> None:
    """Choose thresholds and temperatures of weights on the split "val", and write them with these; prints them."""
    from training.calibration.calibrate import calibrate

    print(json.dumps(calibrate(weights, store, out, only=only, half=half).to_dict(), sort_keys=True))


app.command("gate")(gate)
app.command("ablate")(ablate)
app.command("compare")(compare)


def _print_table(result: dict[str, Any]) -> None:
    table = Table("Figure", "Value", title=f"{result['model']} ({result['size']}) on {result['split']}")
    for name, value in result.items():
        if isinstance(value, int | float | None) and not name.endswith("_hash"):
            table.add_row(name, "—" if value is None else f"{value:.4g}")
    Console().print(table)


def main(arguments: list[str] | None = None) -> None:
    """The console script. Exit status: 0 done, 2 refused with one sentence on stderr, 70 a fault, 130 interrupted."""
    try:
        app(sys.argv[1:] if arguments is None else arguments)
    except (RetinaError, ValueError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        print(f"A file could not be read or written: {error}.", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        print(f"Training met a fault of its own ({type(error).__name__}: {error}).", file=sys.stderr)
        sys.exit(70)
