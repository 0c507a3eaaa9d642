"""Ask a model for shapes on the image that is shown; it runs in a worker, where torch is imported when first asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.proposal import Proposal
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.words import tr
from retina_studio.images.read import read_image
from retina_studio.study.records import ImageRecord

from .base import Feature

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow
    from retina_studio.inference.predictor import Predictor

_STEM = "disc"  # the model that the action runs


class Proposing(Feature):
    """One image at a time; the person may go on to others meanwhile."""

    specs = (
        ActionSpec(
            "propose",
            "Proposals",
            "Propose",
            "sparkle",
            ("Ctrl+M",),
            "Ask the model for shapes on this image",
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._asked_for: ImageRecord | None = None

    def wire(self) -> None:
        """Know which image is shown."""
        self.window.image_opened.connect(self._offer)

    def propose(self) -> None:
        """Run the model on this image, in the background."""
        window = self.window
        if window.image is None or self._asked_for is not None:
            return
        self._asked_for = window.image
        self._offer()
        job = Job(propose_shapes, partial(window.study.image_file, window.image), _STEM)
        window.status.work.follow(job, tr("Starting the model"))
        job.done.connect(self._keep)
        job.failed.connect(window.status.say)
        for ended in (job.done, job.failed, job.cancelled):
            ended.connect(self._end)
        job.start()

    def _keep(self, proposal: Proposal) -> None:
        image, window = self._asked_for, self.window
        if image is None:
            return
        try:
            window.study.add_proposal(image, proposal)
        except RetinaError as error:
            window.tell_failure(str(error))
            return
        found = len(proposal.shapes)
        words = (
            tr("The model offers one shape for {image}.")
            if found == 1
            else tr("The model offers {count} shapes for {image}.")
        )
        window.status.say(words.format(count=found, image=image.name))
        window.document.proposals_changed.emit()

    def _end(self) -> None:
        self._asked_for = None
        self._offer()

    def _offer(self) -> None:
        """The model reads fundus photographs, and one at a time."""
        image = self.window.image
        fundus = image is not None and image.modality == "fundus"
        self.window.actions["propose"].setEnabled(fundus and self._asked_for is None)


def propose_shapes(state: JobState, image_file: Callable[[], Path], stem: str) -> Proposal:
    """What the current weights of a model offer for an image file, which `image_file` finds.

    Raises:
        RetinaError: there are no weights for this model, or the image or weights cannot be read.
    """
    from retina_studio.inference.registry import find_weights  # noqa: PLC0415

    state.progress(0.1, tr("Loading the model"))
    predictor = _predictor(find_weights(stem))
    state.progress(0.6, tr("Looking at the image"))
    pixels = read_image(image_file())
    state.check()
    return predictor.propose(pixels)


@lru_cache(maxsize=2)
def _predictor(weights: Path) -> Predictor:
    from retina_studio.inference.predictor import Predictor  # noqa: PLC0415

    return Predictor(weights)
