"""Shows the image beside in the view and tone of the open one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from retina_studio.gui.canvas.canvas import Canvas
from retina_studio.gui.canvas.picture import Picture
from retina_studio.gui.jobs import Job
from retina_studio.images.enhance import VIEWS

from .views import Key, Views, enhance

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow


class SameLook(QObject):
    """One enhanced picture is kept: that of the image and the view shown last."""

    def __init__(self, window: MainWindow, canvas: Canvas) -> None:
        super().__init__(window)
        self._window, self._canvas = window, canvas
        self._made: tuple[Picture, str, Picture] | None = None  # image, view, the image in that view
        self._job: Job | None = None

    def wire(self) -> None:
        """Follow the person's choices; the feature Views, which is wired first, has taken them by then."""
        window, views = self._window, self._window.feature(Views)
        for code in VIEWS:
            window.actions[f"view:{code}"].triggered.connect(self.apply)
        window.actions["reset_view"].triggered.connect(self.apply)
        window.canvas.tone_dragged.connect(self.apply)
        views.panel.changed.connect(self.apply)
        self._canvas.image_shown.connect(self.apply)

    def apply(self) -> None:
        """Look at the image beside as at the open one; a view that has to be made follows."""
        look, canvas = self._window.feature(Views).look, self._canvas
        if canvas.picture is None:
            return
        if look.is_plain_view:
            canvas.ground.look(None, look.blend, look.table)
        elif self._made is not None and self._made[0] is canvas.picture and self._made[1] == look.view:
            canvas.ground.look(self._made[2], look.blend, look.table)
        else:
            canvas.ground.look(canvas.ground.enhanced, canvas.ground.blend, look.table)
            self._make(canvas.picture, look.view)
        canvas.update()

    def _make(self, picture: Picture, code: str) -> None:
        if self._job is not None:
            self._job.cancel()
        self._job = job = Job(enhance, picture, (0, code))
        job.setProperty("of", picture)
        job.done.connect(self._keep)
        job.failed.connect(self._window.status.say)
        job.start()

    def _keep(self, made: tuple[Key, Picture]) -> None:
        job = self.sender()
        self._made = (job.property("of"), made[0][1], made[1])
        if job is self._job:
            self._job = None
            self.apply()
