"""The commands of the models: models, train, evaluate."""

import json
import subprocess
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from retina_studio.commands.shared import Device, Json, StoreFile, console
from retina_studio.paths import training_command

app = typer.Typer()


class SizeChoice(StrEnum):
    """The paper's backbone, or the small one for a laptop."""

    COMPACT = "compact"
    PAPER = "paper"


@app.command()
def models(json_: Json = False) -> None:
    """List every model: stem, size and variant, input, answers, parameters and MiB."""
    from retina_studio.networks.inventory import inventory

    rows = inventory()
    if json_:
        print(json.dumps(rows))
        return
    table = Table("Model", "Size")
    for name in ("Variant", "Input", "Answers", "Parameters", "MiB"):
        table.add_column(name, no_wrap=name not in ("Input", "Answers"), overflow="fold")
    for row in rows:
        shape = " x ".join(str(side) for side in row["input"])
        answers = ", ".join(row["answers"])
        table.add_row(
            row["stem"],
            row["size"],
            row["variant"],
            shape,
            answers,
            f"{row['parameters']:,}",
            f"{row['mib']:.1f}",
        )
    console.print(table)


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
    from_scratch: Annotated[
        bool, typer.Option("--from-scratch", help="No pretrained encoder, whatever the recipe says.")
    ] = False,
) -> None:
    """Train a model on a snapshot, in a process of its own; prints one JSON event a line.

    `python -m training run --help` lists what else there is.
    """
    options = ["--model", model, "--size", size.value, "--out", str(out), "--device", device]
    options += ["--recipe", str(recipe)] if recipe else []
    options += ["--seconds", str(seconds)] if seconds is not None else []
    options += ["--seed", str(seed)] if seed is not None else []
    options += ["--from-scratch"] if from_scratch else []
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


def _training(*arguments: str) -> int:
    """Run the training module as its own process; its stdout and stderr are ours."""
    return subprocess.run([*training_command(), *arguments], check=False).returncode  # noqa: S603
