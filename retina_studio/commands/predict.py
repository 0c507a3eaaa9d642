"""The command `predict`: models on image files, without a study."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retina_studio.commands.shared import (
    Device,
    ModelChoice,
    Weights,
    console,
    errors,
    loaded_predictors,
    progress,
)
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import Modality

if TYPE_CHECKING:
    from retina_studio.images.read import Pixels
    from retina_studio.images.sources import Source
    from retina_studio.inference.predictor import Predictor

app = typer.Typer()


class ModalityChoice(StrEnum):
    """Fundus photographs, OCT B-scans, or what each looks like."""

    AUTO = "auto"
    FUNDUS = "fundus"
    OCT = "oct"


@app.command()
def predict(
    sources: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Image files, folders, ZIP archives.")
    ],
    model: ModelChoice,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the answers.")],
    weights: Weights = None,
    device: Device = "auto",
    modality: Annotated[
        ModalityChoice, typer.Option(help="What the images are, where DICOM and OCT files do not say.")
    ] = ModalityChoice.AUTO,
) -> None:
    """Write what models see in image files: masks and maps as PNG, grades, points and measures as JSON.

    Every image gets DIR/IMAGE/MODEL_LABEL.png and DIR/IMAGE/MODEL_cam.png of its own size, and DIR/IMAGE.json.
    """
    from retina_studio.images.sources import find_sources

    named: dict[ModalityChoice, Modality] = {ModalityChoice.FUNDUS: "fundus", ModalityChoice.OCT: "oct"}
    said = named.get(modality)
    done = 0
    with find_sources(sources) as found, progress("Looking") as tick:
        refused = list(found.refused)
        names = _names(found.files)
        for sentence in refused:
            errors.print(sentence)
        predictors = loaded_predictors(model, weights, device)
        for number, (source, name) in enumerate(zip(found.files, names, strict=True)):
            tick(number, len(names))
            try:
                for image, pixels, known in _images(source, name, names):
                    _look(predictors, pixels, known or said, out, image, every=model == "all")
                    done += 1
            except RetinaError as error:
                text = str(error)
                refused.append(text if source.path.name in text else f"{source.path.name}: {text}")
                errors.print(refused[-1])
    console.print(f"{done} images have answers in {out}.")
    if refused:
        raise typer.Exit(1)


def _names(files: list["Source"]) -> list[str]:
    """What the answers of each file are named.

    Raises:
        RetinaError: two of them alike.
    """
    seen: dict[str, Path] = {}
    for source in files:
        name = source.path.stem.casefold()
        if name in seen:
            raise RetinaError(
                f"{seen[name]} and {source.path} have the same name: their answers would lie in one place."
            )
        seen[name] = source.path
    return [source.path.stem for source in files]


def _images(source: "Source", name: str, names: list[str]) -> Iterator[tuple[str, "Pixels", Modality | None]]:
    """Each image of a file, with its name and what the file says it is; of several the number is in the name."""
    from retina_studio.images.scan import read_frames

    facts, frames = read_frames(source.read(), source.path.name)
    for number, pixels in enumerate(frames, 1):
        image = name if len(frames) == 1 else f"{name}_b{number:03}"
        if len(frames) > 1 and image in names:
            raise RetinaError(f"Image {number} of {source.path.name} has the name of another file.")
        yield image, pixels, facts.modality or None


def _look(
    predictors: Mapping[str, "Predictor"],
    pixels: "Pixels",
    said: Modality | None,
    out: Path,
    name: str,
    *,
    every: bool,
) -> None:
    """Write the answers of the models; of every model only those that look at such images."""
    from retina_studio.images.subject import modality_of, require_content
    from retina_studio.inference.answers import write_answers
    from retina_studio.inference.models import MODALITY_WORDS, modality_read
    from retina_studio.inference.predictor import image_hash

    require_content(pixels)
    modality = said or modality_of(pixels)
    asked = [stem for stem in predictors if not every or modality_read(stem) == modality]
    if not asked:
        raise RetinaError(f"The image is {MODALITY_WORDS[modality]}, and no model for it has weights.")
    found = [predictors[stem].look(pixels, modality) for stem in asked]
    write_answers(out, name, modality, image_hash(pixels), found)
