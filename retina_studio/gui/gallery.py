"""Images for the canvas, decoded in workers; the next one is fetched before it is asked for."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from retina_studio.gui.canvas.picture import Picture, picture_of
from retina_studio.gui.jobs import Job, JobState
from retina_studio.images.read import read_image

_KEPT = 4  # decoded images in memory: the shown one, its neighbours, and one to come back to


class Gallery(QObject):
    """A small cache of pictures by image id."""

    ready = Signal(int, object)  # image id, Picture: the one asked for last
    failed = Signal(int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept: OrderedDict[int, Picture] = OrderedDict()
        self._jobs: dict[int, Job] = {}
        self._wanted: int | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being decoded."""
        return not self._jobs

    def want(self, image_id: int, path: Path | Callable[[], Path]) -> None:
        """Ask for an image; `ready` follows, at once when it is in memory.

        `path` may be what finds the file: it is called in the worker, where it may take the time to fetch it.
        """
        self._wanted = image_id
        if image_id in self._kept:
            self._kept.move_to_end(image_id)
            self.ready.emit(image_id, self._kept[image_id])
        else:
            self.prefetch(image_id, path)

    def prefetch(self, image_id: int, path: Path | Callable[[], Path]) -> None:
        """Decode an image in the background, for later; `path` as for `want`."""
        if image_id in self._kept or image_id in self._jobs:
            return
        job = Job(_load, image_id, path)
        self._jobs[image_id] = job
        job.done.connect(self._on_loaded)
        job.failed.connect(self._on_failed)
        job.setProperty("image", image_id)
        job.start()

    def _on_loaded(self, loaded: tuple[int, Picture]) -> None:
        image_id, picture = loaded
        self._jobs.pop(image_id, None)
        self._kept[image_id] = picture
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        if image_id == self._wanted:
            self.ready.emit(image_id, picture)

    def _on_failed(self, sentence: str) -> None:
        image_id = int(self.sender().property("image"))
        self._jobs.pop(image_id, None)
        if image_id == self._wanted:
            self.failed.emit(image_id, sentence)


def _load(state: JobState, image_id: int, path: Path | Callable[[], Path]) -> tuple[int, Picture]:
    state.check()
    pixels = read_image(path if isinstance(path, Path) else path())
    state.check()
    return image_id, picture_of(pixels)
