"""Snap an outline to the lesion inside it: the drawn and the snapped one are both kept until the person chooses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter

from retina_studio.domain.edits import ChangeShapes
from retina_studio.domain.shapes import Ellipse, Geometry, Polygon, Shape
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.canvas.layers import colour_of
from retina_studio.gui.canvas.picture import Picture
from retina_studio.gui.canvas.strokes import OFFERED, draw_shape
from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.tools.base import selected_areas
from retina_studio.gui.words import tr
from retina_studio.images.snap import default_method, snapped

from .editing import EditingFeature
from .offering import Offer, Offering

if TYPE_CHECKING:
    from retina_studio.gui.canvas.canvas import Canvas
    from retina_studio.gui.main_window import MainWindow


@dataclass(frozen=True)
class Choice:
    """A shape's outline as it was drawn, and as it was snapped; one of them is shown."""

    drawn: Geometry
    snapped: Polygon
    shows_snapped: bool = True

    @property
    def shown(self) -> Geometry:
        """The outline that is shown."""
        return self.snapped if self.shows_snapped else self.drawn

    @property
    def other(self) -> Geometry:
        """The outline that is not."""
        return self.drawn if self.shows_snapped else self.snapped


class Snapping(EditingFeature):
    """S snaps the selected shape, or the one that is being drawn as soon as it is finished; S again toggles."""

    specs = (
        ActionSpec(
            "snap",
            "Edit",
            "Snap to the lesion",
            "magnet",
            ("S",),
            "Fit the selected outline to the lesion inside it, or the one being drawn; again: the drawn one",
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._known: dict[str, Choice] = {}  # of every shape that was snapped in this window
        self._asked: Shape | None = None  # what the worker looks at
        self._shown: str = ""  # the shape whose two outlines are on offer
        self._when_drawn = False

    def wire(self) -> None:
        """Know when an outline is finished, and when something else begins."""
        window = self.window
        self._offers = window.feature(Offering)
        window.actions["snap"].setAutoRepeat(False)
        window.document.changed.connect(self._on_changed)
        window.canvas.selection_changed.connect(self._on_selected)
        window.canvas.tool_changed.connect(self._leave_offer)
        window.canvas.overlays.append(self._paint)
        self.watch(window.canvas)

    def snap(self) -> None:
        """Toggle what is on offer, else snap the selected shape, or the outline under way once it is finished."""
        canvas = self.window.canvas
        if self._shown:
            choice = self._known[self._shown]
            self._show(self._shown, replace(choice, shows_snapped=not choice.shows_snapped))
        elif canvas.tool.busy and canvas.tool.kind in {"ellipse", "polygon"}:
            self._when_drawn = True
            canvas.say(tr("This outline will be snapped to the lesion when it is finished."))
        elif self._asked is None and self.ready():
            self._begin()

    def _begin(self) -> None:
        canvas, chosen = self.window.canvas, selected_areas(self.window.canvas)
        if len(chosen) != 1 or canvas.picture is None:
            canvas.say(tr("Select one ellipse or polygon to snap."))
            return
        shape = chosen[0]
        known = self._known.get(shape.id)
        if known is not None and shape.geometry in {known.drawn, known.snapped}:
            self._show(shape.id, replace(known, shows_snapped=shape.geometry == known.drawn))
            return
        self._asked = shape
        job = Job(_snap_job, canvas.picture, shape)
        self.window.status.work.follow(job, tr("Snapping"))
        job.done.connect(self._on_snapped)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._forget)
        job.start()

    def _on_snapped(self, outline: Polygon) -> None:
        shape, canvas = self._asked, self.window.canvas
        self._asked = None
        if shape is None or canvas.grading.shapes.get(shape.id) != shape or canvas.selection != {shape.id}:
            return  # the person has gone on to something else
        self._show(shape.id, Choice(shape.geometry, outline))

    def _on_failed(self, sentence: str) -> None:
        self._asked = None
        self.window.canvas.say(sentence)

    def _forget(self) -> None:
        self._asked = None

    def _show(self, shape_id: str, choice: Choice) -> None:
        self._known[shape_id], self._shown = choice, shape_id
        self.window.canvas.show_preview({shape_id: choice.shown})
        text = (
            tr("Snapped outline shown (S: the drawn one, Esc: leave it)")
            if choice.shows_snapped
            else tr("Drawn outline shown (S: the snapped one, Esc: leave it)")
        )
        button = tr("Keep this outline  (Enter)")
        tip = tr("The outline that is shown becomes the shape's; Ctrl+Z takes it back")
        self._offers.make(Offer(self, text, button, tip, self._keep, self._leave, is_shown=True))
        self.window.canvas.say(text)

    def _keep(self) -> None:
        shape = self.window.canvas.grading.shapes.get(self._shown)
        choice = self._known.get(self._shown)
        self._leave()
        if shape is None or choice is None or shape.geometry == choice.shown:
            return
        verb = "Snap" if choice.shows_snapped else "Unsnap"
        after = shape.with_geometry(choice.shown)
        self.window.canvas.put(ChangeShapes((shape,), (after,), f"{verb} {shape.label}"))

    def _leave(self) -> None:
        """Show the shape as it is in the grading."""
        self._shown = ""
        self.window.canvas.show_preview({})

    def _leave_offer(self) -> None:
        self._when_drawn = False
        if self._shown:
            self._offers.leave()

    def _on_selected(self, ids: frozenset[str]) -> None:
        if self._shown and ids != {self._shown}:
            self._leave_offer()

    def _on_changed(self, ids: frozenset[str]) -> None:
        drawn, self._when_drawn = self._when_drawn, False
        if self._shown in ids:
            self._leave_offer()
        if drawn:
            QTimer.singleShot(0, self, self._begin)  # once it is selected

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """An outline that is given up is not snapped."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self._when_drawn = False
        return super().eventFilter(watched, event)

    def _paint(self, painter: QPainter, canvas: Canvas) -> None:
        """The outline that is not shown, dashed."""
        shape = canvas.grading.shapes.get(self._shown)
        if shape is not None:
            draw_shape(painter, self._known[self._shown].other, canvas.view, colour_of(shape.label), OFFERED)


def _snap_job(state: JobState, picture: Picture, shape: Shape) -> Polygon:
    state.check()
    assert isinstance(shape.geometry, Ellipse | Polygon)  # noqa: S101  (points are not offered)
    return snapped(picture.pixels(), shape.geometry, default_method(shape.label))
