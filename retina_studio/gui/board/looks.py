"""What is laid over or done to the image on the board: where the readings disagree, and an enhanced view of it."""

from dataclasses import replace

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal

from retina_studio.domain.grading import Grading
from retina_studio.domain.voting.heat import disagreement
from retina_studio.gui.canvas.heat import Heat, heat_of
from retina_studio.gui.canvas.picture import Picture, picture_of
from retina_studio.gui.jobs import Job, JobState
from retina_studio.images.enhance import enhanced

from .case import Case
from .readings import Readings

_VIEWS = {"fundus": "red_free", "oct": "oct_clahe"}
_SIDE = 1024  # pixels of the heat map's longer side
_SMOOTH = 1.2  # of them: its steps are not seen when zoomed in


class Looks(QObject):
    """Both are made when they are first asked for, in the background, and kept while the image is open."""

    failed = Signal(str)

    def __init__(self, readings: Readings, parent: QObject) -> None:
        super().__init__(parent)
        self._readings = readings
        self._case: Case | None = None
        self._picture: Picture | None = None
        self._heat: Heat | None = None
        self._enhanced: Picture | None = None
        self._jobs: dict[str, Job] = {}
        self.heat_shown, self.opacity = False, 0.6
        self.enhanced_shown = False

    @property
    def busy(self) -> bool:
        """Whether something is being made."""
        return bool(self._jobs)

    def open(self, case: Case | None, picture: Picture | None) -> None:
        """Another image, or its pixels have come."""
        if case is None or self._case is None or case.image.id != self._case.image.id:
            for job in self._jobs.values():
                job.cancel()
            self._jobs.clear()
            self._heat = self._enhanced = None
        self._case, self._picture = case, picture
        self._apply()

    def show_heat(self, shown: bool) -> None:
        """Show or hide where the readings disagree."""
        self.heat_shown = shown
        self._apply()

    def set_opacity(self, opacity: float) -> None:
        """Of the heat map, 0..1."""
        self.opacity = opacity
        self._apply()

    def show_enhanced(self, shown: bool) -> None:
        """See the image enhanced, or as it is."""
        self.enhanced_shown = shown
        self._apply()

    def _apply(self) -> None:
        case, picture = self._case, self._picture
        self._readings.show_heat(self._heat if self.heat_shown else None, self.opacity)
        self._readings.look(self._enhanced if self.enhanced_shown else None)
        if case is None or picture is None:
            return
        if self.heat_shown and self._heat is None and "heat" not in self._jobs:
            gradings = {reading.name: reading.grading for reading in case.readings}
            job = Job(_make_heat, case.image.id, gradings, case.image.height, case.image.width)
            self._start("heat", job)
        if self.enhanced_shown and self._enhanced is None and "enhanced" not in self._jobs:
            self._start("enhanced", Job(_enhance, case.image.id, picture, _VIEWS[case.image.modality]))

    def _start(self, name: str, job: Job) -> None:
        self._jobs[name] = job
        job.done.connect(self._keep)
        job.failed.connect(self._fail)
        job.start()

    def _keep(self, made: tuple[int, Heat | Picture]) -> None:
        image_id, result = made
        if self._case is None or self._case.image.id != image_id:
            return
        if isinstance(result, Heat):
            self._heat = result
            self._jobs.pop("heat", None)
        else:
            self._enhanced = result
            self._jobs.pop("enhanced", None)
        self._apply()

    def _fail(self, sentence: str) -> None:
        self._jobs = {name: job for name, job in self._jobs.items() if job is not self.sender()}
        self.failed.emit(sentence)


def _make_heat(
    state: JobState, image_id: int, gradings: dict[str, Grading], height: int, width: int
) -> tuple[int, Heat]:
    state.check()
    rough = disagreement(gradings, height, width, side=_SIDE)
    heat = np.asarray(cv2.GaussianBlur(rough, (0, 0), _SMOOTH), np.float32)
    state.check()
    return image_id, replace(heat_of(heat), lines=())  # around hundreds of lesions lines would hide the image


def _enhance(state: JobState, image_id: int, picture: Picture, view: str) -> tuple[int, Picture]:
    state.check()
    pixels = enhanced(picture.pixels(), view)
    state.check()
    return image_id, picture_of(pixels)
