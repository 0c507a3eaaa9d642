"""Small pictures in the worklist: those in sight first, made by one worker, kept in memory and on disk."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap

from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.panels.worklist_rows import THUMBNAIL
from retina_studio.gui.settings import settings
from retina_studio.images.read import Pixels
from retina_studio.images.thumbnails import ThumbnailCache
from retina_studio.study.records import ImageRecord

from .base import Feature

if TYPE_CHECKING:
    from pathlib import Path

    from retina_studio.gui.main_window import MainWindow

_SETTING = "worklist/thumbnails"
_AT_WORK = 1  # job at once: on two cores the other worker stays free for the image that is asked for
_WAITING = 40  # rows: two screens; what scrolled by longer ago is asked for again when it is seen again
_KEPT = 1000  # pixmaps of 9 kB


class Thumbnails(Feature):
    """Drawing a row asks for its picture; the one asked for last is made first."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._cache = ThumbnailCache()
        self._made: OrderedDict[int, QPixmap | None] = OrderedDict()  # None: it cannot be read
        self._waiting: OrderedDict[int, ImageRecord] = OrderedDict()
        self._jobs: dict[int, Job] = {}

    def wire(self) -> None:
        """Follow the button; start as it was left."""
        self.window.worklist.thumbnails_wanted.connect(self._switch)
        self._switch(settings().value(_SETTING, True, bool))

    @property
    def is_idle(self) -> bool:
        """Whether all that was asked for is there."""
        return not self._jobs and not self._waiting

    def _switch(self, wanted: object) -> None:
        settings().setValue(_SETTING, bool(wanted))
        self.window.worklist.show_thumbnails(self._picture_of if wanted else None)

    def _picture_of(self, image: ImageRecord) -> QPixmap | None:
        if image.id in self._made:
            self._made.move_to_end(image.id)
            return self._made[image.id]
        if image.id not in self._jobs:
            self._waiting[image.id] = image
            self._waiting.move_to_end(image.id)
            while len(self._waiting) > _WAITING:
                self._waiting.popitem(last=False)
            self._start_next()
        return None

    def _start_next(self) -> None:
        while self._waiting and len(self._jobs) < _AT_WORK:
            image_id, image = self._waiting.popitem()
            job = Job(_make, self._cache, partial(self.window.study.image_file, image), image.sha256)
            job.setProperty("image", image_id)
            self._jobs[image_id] = job
            job.done.connect(self._on_made)
            job.failed.connect(self._on_failed)
            job.start()

    def _on_made(self, pixels: Pixels) -> None:
        height, width, _ = pixels.shape
        image = QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
        ratio = self.window.devicePixelRatioF()
        side = round(THUMBNAIL * ratio)
        small = QPixmap.fromImage(image).scaled(
            side,
            side,
            Qt.AspectRatioMode.KeepAspectRatioByExpanding,
            Qt.TransformationMode.SmoothTransformation,
        )
        small.setDevicePixelRatio(ratio)
        self._keep(small)

    def _on_failed(self) -> None:
        self._keep(None)

    def _keep(self, picture: QPixmap | None) -> None:
        image_id = int(self.sender().property("image"))
        self._jobs.pop(image_id, None)
        self._made[image_id] = picture
        while len(self._made) > _KEPT:
            self._made.popitem(last=False)
        self.window.worklist.view.viewport().update()
        self._start_next()


def _make(state: JobState, cache: ThumbnailCache, find: Callable[[], Path], sha256: str) -> Pixels:
    state.check()
    kept = cache.kept(sha256)  # asked first: the image itself may have to be fetched from elsewhere
    return kept if kept is not None else cache.get(find(), sha256)
