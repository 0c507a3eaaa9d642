"""The command `propose`: models on the images of a study."""

import time
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retina_studio.commands.shared import (
    Device,
    ModelChoice,
    StudyFolder,
    Weights,
    console,
    errors,
    loaded_predictors,
    progress,
)
from retina_studio.domain.errors import RetinaError

if TYPE_CHECKING:
    from retina_studio.inference.many import Promise, Submit
    from retina_studio.inference.predictor import Predictor
    from retina_studio.study.records import ImageRecord
    from retina_studio.study.study import Study

app = typer.Typer()
_AHEAD = 4  # images under way for each that is looked at, so that nobody waits for the next


@dataclass(frozen=True)
class _Way:
    """Where the work is done."""

    device: str
    scheduler: str | None

    def open(self, weights: Path) -> "AbstractContextManager[tuple[Submit, int]]":
        if self.scheduler is None:
            from retina_studio.inference.many import on_this_computer

            return on_this_computer(weights, self.device)
        from retina_studio.inference.cluster import on_a_cluster

        return on_a_cluster(self.scheduler, weights, self.device)


@dataclass
class _Tally:
    """What one model did: images that have a proposal now and had one before, refusals, seconds."""

    made: int = 0
    before: int = 0
    refused: list[str] = field(default_factory=list)
    seconds: float = 0.0


@app.command()
def propose(
    study: StudyFolder,
    model: ModelChoice,
    weights: Weights = None,
    device: Device = "auto",
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="tcp://HOST:PORT", help="Work on a Dask cluster whose workers reach the study's files."
        ),
    ] = None,
) -> None:
    """Let models propose shapes and grades for every image of the study, on every core or on a cluster.

    Images that have a proposal of these weights are passed over, so what was stopped goes on when started again.
    """
    from retina_studio.inference.models import ALL, modality_read
    from retina_studio.study.study import Study

    way, refused, looked = _Way(device, scheduler), 0, 0
    with Study.open(study) as opened:
        for stem, predictor in loaded_predictors(model, weights, "cpu").items():
            modality = modality_read(stem)
            images = [image for image in opened.images() if image.modality == modality]
            if not images and model != ALL:
                raise RetinaError(f"{study} holds no {modality} image that the model {stem} could look at.")
            tally = _propose(opened, images, stem, predictor, way)
            rate = f"; {tally.made / tally.seconds:.1f} images a second" if tally.made else ""
            have = tally.made + tally.before
            if images:
                console.print(f"{have} images have a proposal of {stem}, {tally.before} had it before{rate}.")
            refused, looked = refused + len(tally.refused), looked + len(images)
    if not looked:
        raise RetinaError(f"{study} holds no image that a model with weights could look at.")
    if refused:
        raise typer.Exit(1)


def _propose(
    study: "Study", images: "list[ImageRecord]", stem: str, predictor: "Predictor", way: _Way
) -> _Tally:
    """Have one model look at the images it has not seen; each proposal is stored as soon as it is there."""
    from retina_studio.inference.many import in_order
    from retina_studio.study.proposed import images_proposed

    digest = predictor.load()
    seen = images_proposed(study.database, stem, digest)
    new = [image for image in images if image.id not in seen]
    tally = _Tally(before=len(images) - len(new))
    if not new:
        return tally
    start = time.perf_counter()
    with way.open(predictor.weights) as (submit, together), progress(f"Proposing ({stem})") as tick:

        def ask(image: "ImageRecord") -> "Promise":
            return submit(partial(study.image_file, image), image.modality)

        with closing(in_order(new, ask, _AHEAD * together)) as results:
            for number, (image, offered) in enumerate(results):
                tick(number, len(new))
                if isinstance(offered, RetinaError):
                    tally.refused.append(f"{image.name}: {offered}")
                    errors.print(tally.refused[-1])
                    continue
                if offered.weights_hash != digest:
                    raise RetinaError(f"The weights {predictor.weights} were changed meanwhile: start again.")
                study.add_proposal(image, offered)
                tally.made += 1
    tally.seconds = time.perf_counter() - start
    return tally
