"""The command line of the training module: `python -m training`, or `retina-train`."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from retina_studio.domain.errors import RetinaError

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
    seconds: Annotated[
        float | None, typer.Option(min=0.001, help="Bound on the training time, shared by the stages.")
    ] = None,
    device: Device = "auto",
    seed: Annotated[int | None, typer.Option(min=0, max=2**31 - 1, help="In place of the recipe's.")] = None,
    no_localiser: Annotated[
        bool, typer.Option("--no-localiser", help="The paper's baseline: end to end, no pre-training.")
    ] = False,
) -> None:
    """Train a model; prints one JSON event a line. A run that was killed continues where it was."""
    from training.run import RunRequest, run

    run(RunRequest(store, model, size, out, recipe, seconds, device, seed, localiser=not no_localiser))


@app.command("evaluate")
def evaluate_(
    store: StoreFile,
    model: Model,
    weights: Annotated[Path | None, typer.Option(help="A weights file.")] = None,
    untrained: Annotated[bool, typer.Option("--untrained", help="Freshly initialised weights.")] = False,
    size: Annotated[str, typer.Option(help="compact or paper, for --untrained.")] = "compact",
    recipe: Annotated[Path | None, typer.Option(help="A recipe, for --untrained.")] = None,
    split: Annotated[str, typer.Option(help="train, val or test.")] = "test",
    json_: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure weights on one split of a snapshot."""
    from retina_studio.store.read import Snapshot
    from training.evaluation import evaluate
    from training.subject import fresh_subject, weights_subject

    if (weights is None) == (not untrained):
        raise RetinaError(
            "Name the weights with --weights FILE, or ask for a fresh network with --untrained."
        )
    subject = weights_subject(weights, model) if weights else fresh_subject(model, size, recipe)
    with Snapshot(store) as snapshot:
        figures = evaluate(
            subject.network, subject.preprocessing, snapshot, split, localiser=subject.localiser
        )
        names = {
            "model": model,
            "size": subject.size,
            "weights_hash": subject.weights_hash,
            "store_hash": snapshot.content_hash,
        }
    result = {**names, **figures}
    if json_:
        print(json.dumps(result))
    else:
        _print_table(result)


def _print_table(result: dict[str, Any]) -> None:
    table = Table("Figure", "Value", title=f"{result['model']} ({result['size']}) on {result['split']}")
    for name, value in result.items():
        if name.startswith(("dice", "centre", "images")):
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
