"""What the commands share: where they print, and the words of their options."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from retina_studio.domain.errors import RetinaError
from retina_studio.exchange.formats import FORMATS

if TYPE_CHECKING:
    from retina_studio.inference.predictor import Predictor

console = Console(markup=False, highlight=False, soft_wrap=True)  # names may hold brackets
errors = Console(stderr=True, markup=False, highlight=False, soft_wrap=True)

StudyFolder = Annotated[Path, typer.Argument(metavar="STUDY", help="The study's folder.")]
StoreFile = Annotated[Path, typer.Argument(metavar="STORE.h5", help="A curated snapshot.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PerImage = Annotated[int, typer.Option(min=1, help="Submitted gradings an image needs.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")]
ModelChoice = Annotated[str, typer.Option(help="The model's stem, e.g. disc, or all.")]
Weights = Annotated[
    Path | None, typer.Option(help="A weights file, of one model; default: the current ones.")
]


def _format(name: str) -> str:
    if name not in FORMATS:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(FORMATS)}.")
    return name


FormatChoice = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORMAT",
        callback=_format,
        autocompletion=lambda: list(FORMATS),
        help=f"One of {', '.join(FORMATS)}; docs/exchange.md says what each keeps.",
    ),
]


def loaded_predictors(model: str, weights: Path | None, device: str) -> "dict[str, Predictor]":
    """A predictor, its weights read, of the model named, or of "all" models; those without weights are told.

    Raises:
        RetinaError: no such model, its weights cannot be used, or none of all has any.
    """
    from retina_studio.inference.models import ALL, chosen_stems
    from retina_studio.inference.predictor import Predictor
    from retina_studio.inference.registry import find_weights

    if model == ALL and weights is not None:
        raise RetinaError("A weights file is for one model: name it with --model.")
    found: dict[str, Predictor] = {}
    for stem in chosen_stems(model):
        try:
            file = find_weights(stem, weights)
            predictor = Predictor(file, device, stem, notice=errors.print, compiles=True)
            predictor.load()
        except RetinaError as error:
            if model != ALL:
                raise
            errors.print(str(error))
        else:
            found[stem] = predictor
    if not found:
        raise RetinaError("No model has weights here: train one, or name a file with --model and --weights.")
    return found


def some(names: list[str]) -> str:
    """A list of names, the first three in full."""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], bool]]:
    """A progress bar on stderr: call it with (done, all)."""
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as bar:
        line = bar.add_task(title, total=None)

        def tick(done: int, total: int) -> bool:
            bar.update(line, completed=done, total=total)
            return True

        yield tick
