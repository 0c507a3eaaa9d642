"""Views of the image on one key each: red-free, local contrast, even illumination..., blended, and their tone."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPainter

from retina_studio.domain.labels import Modality
from retina_studio.gui.actions import ActionSpec, Handler
from retina_studio.gui.canvas.canvas import Canvas
from retina_studio.gui.canvas.chips import paint_chip
from retina_studio.gui.canvas.look import Look, plain_view
from retina_studio.gui.canvas.picture import Picture, picture_of
from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.panels.look import LookPanel
from retina_studio.gui.words import tr, tr_data
from retina_studio.images.enhance import VIEWS, enhanced

from .base import Feature

if TYPE_CHECKING:
    from retina_studio.gui.main_window import MainWindow

_MOST_KEPT = 160_000_000  # bytes of enhanced pictures
_FIRST_FILL = 0.25  # opacity that filling the shapes begins with
_MENU = "View/Show as"
Key = tuple[int, str]  # image id, view code


class Views(Feature):
    """A view and its tone stay from image to image, one for each modality; the labels are never touched."""

    specs = (
        *(
            ActionSpec(
                f"view:{view.code}",
                _MENU,
                view.title,
                "",
                (view.key,),
                view.hint,
                checkable=True,
                group="views",
            )
            for view in VIEWS.values()
        ),
        ActionSpec(
            "view_panel",
            "View",
            "Brightness and contrast",
            "sliders-horizontal",
            ("F9",),
            "Choose and blend views; set brightness, contrast and gamma, or the grey window",
            checkable=True,
        ),
        ActionSpec(
            "fill_shapes",
            "View",
            "Fill shapes",
            "paint-bucket",
            ("Shift+H",),
            "Fill the shapes; it falsifies the colour of what lies below",
            checkable=True,
        ),
        ActionSpec(
            "reset_view",
            "View",
            "Plain image",
            "",
            ("Shift+F2",),
            "Show the image as it is, with its own brightness",
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._fill = _FIRST_FILL
        chosen = window.study.setting("default_view", {})
        self._looks: dict[Modality, Look] = {
            modality: Look(chosen.get(modality, plain_view(modality))) for modality in ("fundus", "oct")
        }
        self._kept: OrderedDict[Key, Picture] = OrderedDict()
        self._job: Job | None = None
        self._awaited: Key | None = None
        self.panel = LookPanel(window.canvas)

    @property
    def look(self) -> Look:
        """How the image that is open is looked at."""
        image = self.window.image
        return self._looks[image.modality if image is not None else "fundus"]

    def handlers(self) -> dict[str, Handler]:
        """One handler for all views."""
        return {
            **{f"view:{code}": self._choose for code in VIEWS},
            "view_panel": self.view_panel,
            "reset_view": self.reset_view,
            "fill_shapes": self.fill_shapes,
        }

    def wire(self) -> None:
        """Follow the image and the hand."""
        window = self.window
        window.image_opened.connect(self._offer)
        window.canvas.image_shown.connect(self._apply)
        window.canvas.tone_dragged.connect(self._drag)
        window.canvas.overlays.append(self._paint)
        self.panel.changed.connect(self.show)
        self.panel.fill_changed.connect(self._set_fill)
        self.panel.closed.connect(window.actions["view_panel"].trigger)
        self._offer()

    def show(self, look: Look) -> None:
        """Look at the image like this; a view that is not ready yet comes when it is."""
        self._looks[look.modality] = look
        self._apply()

    def view_panel(self) -> None:
        """Show or hide the panel."""
        self.panel.show_look(self.look)
        self.panel.setVisible(self.window.actions["view_panel"].isChecked())
        self.panel.raise_()

    def reset_view(self) -> None:
        """The image as it is."""
        self.show(Look(plain_view(self.look.modality)))

    def fill_shapes(self) -> None:
        """Fill the shapes with what the slider said last, or show their outlines only."""
        self._show_fill(self._fill if self.window.actions["fill_shapes"].isChecked() else 0.0)

    def _set_fill(self, opacity: float) -> None:
        self._fill = opacity or self._fill
        self.window.actions["fill_shapes"].setChecked(opacity > 0)
        self._show_fill(opacity)

    def _show_fill(self, opacity: float) -> None:
        self.panel.fill.show_number(opacity)
        self.window.canvas.overlay.set_fill(opacity)
        self.window.canvas.update()

    def _choose(self) -> None:
        code = next(code for code in VIEWS if self.window.actions[f"view:{code}"] is self.sender())
        self.show(replace(self.look, view=code))

    def _drag(self, shift: QPoint) -> None:
        self.show(self.look.dragged(shift.x(), shift.y()))

    def _offer(self) -> None:
        """Only the views of the image's modality: the two modalities share keys."""
        look = self.look
        for code, view in VIEWS.items():
            action = self.window.actions[f"view:{code}"]
            action.setEnabled(view.modality == look.modality)
            action.setVisible(view.modality == look.modality)
        self._mirror(look)

    def _mirror(self, look: Look) -> None:
        actions = self.window.actions
        actions[f"view:{look.view}"].setChecked(True)
        self.panel.show_look(look)
        for code, button in self.panel.buttons.items():
            button.setToolTip(actions[f"view:{code}"].toolTip())

    def _apply(self) -> None:
        look, canvas, image = self.look, self.window.canvas, self.window.image
        self._mirror(look)
        if canvas.picture is None or image is None:
            return
        key = (image.id, look.view)
        ready = look.is_plain_view or key in self._kept
        if ready:
            picture = None if look.is_plain_view else self._kept[key]
            if picture is not None:
                self._kept.move_to_end(key)
            canvas.ground.look(picture, look.blend, look.table)
        else:
            self._prepare(key, canvas.picture)
            canvas.ground.look(canvas.ground.enhanced, canvas.ground.blend, look.table)
        canvas.update()

    def _prepare(self, key: Key, picture: Picture) -> None:
        if key == self._awaited:
            return
        if self._job is not None:
            self._job.cancel()
        self._awaited = key
        self._job = job = Job(enhance, picture, key)
        self.window.status.work.follow(job, tr("Preparing the view"))
        job.done.connect(self._keep)
        job.failed.connect(self._fail)
        job.start()

    def _keep(self, made: tuple[Key, Picture]) -> None:
        key, picture = made
        self._kept[key] = picture
        while len(self._kept) > 1 and sum(map(_size, self._kept.values())) > _MOST_KEPT:
            self._kept.popitem(last=False)
        if key == self._awaited:
            self._awaited = self._job = None
            self._apply()

    def _fail(self, sentence: str) -> None:
        self._awaited = self._job = None
        self.window.status.say(sentence)

    def _paint(self, painter: QPainter, canvas: Canvas) -> None:
        """Say on the canvas when the image is not shown as it is."""
        look = self.look
        if look == Look(plain_view(look.modality)):
            return
        words = tr_data(VIEWS[look.view].title)
        if not look.is_plain_view and look.blend < 1:
            words = tr("{view}, {share} %", view=words, share=round(100 * look.blend))
        if look.is_toned:
            words = tr("{view} · brightness changed", view=words)
        paint_chip(painter, canvas, [words], "top left")


def enhance(state: JobState, picture: Picture, key: Key) -> tuple[Key, Picture]:
    """The picture of an image in a view; runs in a worker."""
    state.check()
    pixels = enhanced(picture.pixels(), key[1])
    state.check()
    return key, picture_of(pixels)


def _size(picture: Picture) -> int:
    return sum(level.sizeInBytes() for level in picture.levels)
