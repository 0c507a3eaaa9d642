"""The commands `ablate` and `compare` of `python -m training`."""

from pathlib import Path
from typing import Annotated

import typer

StoreFile = Annotated[Path, typer.Argument(metavar="STORE.h5", help="A curated snapshot.")]
Out = Annotated[
    Path, typer.Option(metavar="DIR", help="Folder of the runs and tables; stopped ones continue.")
]
Seconds = Annotated[float | None, typer.Option(min=0.001, help="Bound on the training time of each run.")]
Jobs = Annotated[int, typer.Option(min=1, help="Runs side by side; each gets its share of the cores.")]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]
Backbone = Annotated[
    Path | None, typer.Option(help="A local file of the pretrained encoder (.safetensors, .pth).")
]
FromScratch = Annotated[
    bool, typer.Option("--from-scratch", help="No pretrained encoder, whatever the recipe says.")
]


def ablate(
    store: StoreFile,
    experiment: Annotated[str, typer.Option(help="Name of a shipped experiment, or a .toml file.")],
    out: Out,
    seconds: Seconds = None,
    jobs: Jobs = 1,
    device: Device = "auto",
    backbone_weights: Backbone = None,
    from_scratch: FromScratch = False,
) -> None:
    """Run a grid of trainings and write its table: an ablation, or a paper's central claim in small."""
    from training.experiments.grid import run_experiment

    options = _options(backbone_weights, from_scratch)
    run_experiment(store, experiment, out, seconds=seconds, jobs=jobs, device=device, options=options)


def compare(
    store: StoreFile,
    model: Annotated[str, typer.Option(help="The model's stem, e.g. disc.")],
    out: Out,
    size: Annotated[str, typer.Option(help="compact or paper.")] = "compact",
    systems: Annotated[
        str, typer.Option(help="Names, with commas; all that the model's paper has when left out.")
    ] = "",
    seeds: Annotated[int, typer.Option(min=1, help="Runs of each system.")] = 1,
    recipe: Annotated[Path | None, typer.Option(help="A recipe in place of the shipped one.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="A change of the recipe.")
    ] = None,
    seconds: Seconds = None,
    jobs: Jobs = 1,
    device: Device = "auto",
    backbone_weights: Backbone = None,
    from_scratch: FromScratch = False,
) -> None:
    """Train the systems that the model's paper compares with on the same data, and write one table."""
    from training.experiments.grid import compare_systems

    compare_systems(
        store,
        model,
        out,
        size=size,
        systems=[name.strip() for name in systems.split(",") if name.strip()],
        seeds=range(seeds),
        recipe=recipe,
        changes=set_ or (),
        seconds=seconds,
        jobs=jobs,
        device=device,
        options=_options(backbone_weights, from_scratch),
    )


def _options(backbone_weights: Path | None, from_scratch: bool) -> list[str]:
    """Words for every run's command line."""
    weights = ["--backbone-weights", str(backbone_weights.resolve())] if backbone_weights else []
    return [*weights, *(["--from-scratch"] if from_scratch else [])]
