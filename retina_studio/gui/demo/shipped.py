"""The demo's last step: what the weights that come with the application offer for an image that they never saw."""

from collections.abc import Iterable
from pathlib import Path

import cv2

from retina_studio import paths
from retina_studio.gui.demo.hands import Hands
from retina_studio.images.read import read_image
from retina_studio.phantoms.oct import oct_phantom
from retina_studio.study.importing import import_images
from retina_studio.study.records import ImageRecord
from retina_studio.study.study import Study

_SEED = 4711  # of a B-scan that no training used


def shipped_weights() -> dict[str, Path]:
    """The weights files that come with the application, by stem."""
    return {file.stem: file for file in sorted(paths.shipped_weights().glob("*.safetensors"))}


def offer_shipped(study: Study, folder: Path, hands: Hands, seen: Iterable[ImageRecord]) -> list[str]:
    """Let the shipped models propose on a photograph that was not in the review, and on a B-scan; a sentence each.

    Args:
        study: it gets the B-scan and the proposals.
        folder: for the B-scan's file.
        hands: of the window, which is pictured with each.
        seen: the images of the review, which have another model's proposals already.
    """
    taken = {image.id for image in seen}
    photograph = next(image for image in study.images() if image.id not in taken)
    scan, window = _scan(study, folder), hands.window
    window.worklist.show_entries(study.worklist(window.grader))
    said = []
    for image in (photograph, scan):
        seconds = _propose(study, image)
        hands.open_image(image.name)
        hands.settle()
        hands.picture("shipped", f"{image.name}: what the weights that come with the application offer")
        said.append(f"The shipped models proposed on {image.name} in {seconds:.1f} s.")
    return said


def _propose(study: Study, image: ImageRecord) -> float:
    from retina_studio.inference.models import modality_read  # noqa: PLC0415 - torch, late
    from retina_studio.inference.predictor import Predictor  # noqa: PLC0415

    pixels = read_image(study.image_file(image))
    seconds = 0.0
    for stem, file in shipped_weights().items():
        if modality_read(stem) == image.modality:
            proposal = Predictor(file, "cpu", stem).propose(pixels, image.modality)
            study.add_proposal(image, proposal)
            seconds += proposal.seconds
    return seconds


def _scan(study: Study, folder: Path) -> ImageRecord:
    file = folder / "phantom_oct_drusen.png"
    cv2.imwrite(str(file), oct_phantom(_SEED, oct_class="drusen").pixels)
    found: list[ImageRecord] = []
    import_images(study, [file], "oct", names="keep", on_image=found.append)
    return found[0]
