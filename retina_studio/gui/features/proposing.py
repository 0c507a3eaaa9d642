"""Ask the models for shapes and grades on the image that is shown; they run in a worker, where torch is imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import Modality
from retina_studio.domain.proposal import Proposal
from retina_studio.gui import settings
from retina_studio.gui.actions import ActionSpec, Handler
from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.sentences import tr_sentence
from retina_studio.gui.words import marked, tr, tr_data
from retina_studio.images.read import Pixels, read_image
from retina_studio.study.records import ImageRecord

from .base import Feature

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow
    from retina_studio.inference.predictor import Predictor

# Which models read which images, the quickest first. (The table itself imports torch.)
MODELS_OF: Mapping[Modality, tuple[str, ...]] = {
    "fundus": ("disc", "glaucoma", "ppa", "lesion"),
    "oct": ("oct",),
}
TITLES = {
    "disc": marked("Disc"),
    "glaucoma": marked("Glaucoma, disc and cup"),
    "ppa": marked("Peripapillary atrophy"),
    "lesion": marked("Lesions and DR grade"),
    "oct": marked("OCT class and lesions"),
}


class Proposing(Feature):
    """One image at a time; the person may go on to others meanwhile."""

    came = Signal(str)  # from the worker: the stem of a model whose proposal is in the study

    specs = (
        ActionSpec(
            "propose",
            "Proposals",
            "Propose",
            "sparkle",
            ("Ctrl+M",),
            "Ask the models for shapes and grades on this image",
        ),
        *(
            ActionSpec(
                f"model:{stem}",
                "Proposals/Models",
                title,
                "",
                (),
                "Whether this model is asked for proposals",
                checkable=True,
            )
            for stem, title in TITLES.items()
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._asked_for: ImageRecord | None = None

    def handlers(self) -> Mapping[str, Handler]:
        """One handler for the choice of all models."""
        return {"propose": self.propose, **{f"model:{stem}": self._choose for stem in TITLES}}

    def wire(self) -> None:
        """Know which image is shown, and which models are wanted."""
        refused = settings.refused_models()
        for stem in TITLES:
            self.window.actions[f"model:{stem}"].setChecked(stem not in refused)
        self.came.connect(self._show)
        self.window.image_opened.connect(self._offer)

    def propose(self) -> None:
        """Run the chosen models on this image, one after the other, in the background."""
        window = self.window
        if window.image is None or self._asked_for is not None:
            return
        stems = self._wanted(window.image.modality)
        if not stems:
            window.status.say(
                tr("No model is chosen for this image: choose one in the menu Proposals, Models.")
            )
            return
        self._asked_for = window.image
        self._offer()
        keep = partial(self._keep, window.image)
        file, modality = partial(window.study.image_file, window.image), window.image.modality
        job = Job(propose_all, file, modality, stems, keep)
        job.keeps_result = True
        window.status.work.follow(job, tr("Starting the models"))
        job.done.connect(self._tell)
        job.failed.connect(window.status.say)
        for ended in (job.done, job.failed, job.cancelled):
            ended.connect(self._end)
        job.start()

    def _wanted(self, modality: Modality) -> list[str]:
        actions = self.window.actions
        return [stem for stem in MODELS_OF[modality] if actions[f"model:{stem}"].isChecked()]

    def _choose(self) -> None:
        settings.refuse_models(s for s in TITLES if not self.window.actions[f"model:{s}"].isChecked())
        self._offer()

    def _keep(self, image: ImageRecord, proposal: Proposal) -> None:
        """Into the study, by the worker."""
        self.window.study.add_proposal(image, proposal)
        self.came.emit(proposal.model)

    def _show(self) -> None:
        if self._asked_for is not None and self.window.image == self._asked_for:
            self.window.document.proposals_changed.emit()

    def _tell(self, found: tuple[int, Sequence[str]]) -> None:
        image, (shapes, refusals) = self._asked_for, found
        hidden = self.window.document.proposals_hidden
        if refusals:
            self.window.status.say(" ".join(refusals))
        elif hidden:  # how much there is to see would be told too early
            self.window.status.say(tr_sentence(hidden))
        elif image is not None:
            words = (
                tr("The models offer one shape for {image}.")
                if shapes == 1
                else tr("The models offer {count} shapes for {image}.")
            )
            self.window.status.say(words.format(count=shapes, image=image.name))

    def _end(self) -> None:
        self._asked_for = None
        self._offer()

    def _offer(self) -> None:
        """One image at a time."""
        self.window.actions["propose"].setEnabled(self.window.image is not None and self._asked_for is None)


def propose_all(
    state: JobState,
    image_file: Callable[[], Path],
    modality: Modality,
    stems: Sequence[str],
    keep: Callable[[Proposal], None],
) -> tuple[int, list[str]]:
    """Run models on an image file, which `image_file` finds; each proposal is kept as soon as it is there.

    Returns how many shapes are proposed, and a sentence for each model that could not run; one without weights is
    left out silently where others have some.

    Raises:
        RetinaError: no model has weights, or the image cannot be read.
    """
    state.progress(0.02, tr("Loading the models"))
    weights, refusals = _weights_of(stems)
    pixels = read_image(image_file())
    shapes = 0
    for place, (stem, file) in enumerate(weights.items()):
        share = 0.1 + 0.9 * place / len(weights)
        words = tr("Model {place} of {count}: {model}")
        title = tr_data(TITLES[stem]).lower()
        state.progress(share, words.format(place=place + 1, count=len(weights), model=title))
        try:
            proposal = propose_shapes(file, pixels, modality, state.check)
            state.check()
            keep(proposal)
        except RetinaError as error:
            refusals.append(str(error))
        else:
            shapes += len(proposal.shapes)
    return shapes, refusals


def _weights_of(stems: Sequence[str]) -> tuple[dict[str, Path], list[str]]:
    """The file of each model that has one, and a sentence for each whose file cannot be used."""
    from retina_studio.inference.registry import NoWeightsError, find_weights  # noqa: PLC0415

    found: dict[str, Path] = {}
    refusals = []
    for stem in stems:
        try:
            found[stem] = find_weights(stem)
        except NoWeightsError:
            continue
        except RetinaError as error:
            refusals.append(str(error))
    if not found and not refusals:
        raise RetinaError(
            tr(
                "There are no weights yet for a model that reads this image: train one, or import its weights."
            )
        )
    return found, refusals


def propose_shapes(weights: Path, pixels: Pixels, modality: Modality, check: Callable[[], None]) -> Proposal:
    """What a weights file offers for an image, uint8 RGB (H, W, 3) or grey (H, W); `check` raises to give up.

    Raises:
        RetinaError: the weights cannot be used.
    """
    return _predictor(weights, weights.stat().st_mtime_ns).propose(pixels, modality, check)


@lru_cache(maxsize=len(TITLES))
def _predictor(weights: Path, changed: int) -> Predictor:
    """The model of a weights file, loaded once until the file is another one (`changed`, ns)."""
    from retina_studio.inference.predictor import Predictor  # noqa: PLC0415

    return Predictor(weights)
