"""Refine a proposal under review, or the selected shape, by clicks: what belongs to it, and what does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPen

from retina_studio.domain.edits import ChangeShapes, change_shape
from retina_studio.domain.labels import label
from retina_studio.domain.shapes import XY, Ellipse, Polygon, Shape
from retina_studio.gui.actions import ActionSpec
from retina_studio.gui.canvas.layers import colour_of
from retina_studio.gui.canvas.picture import Part, Picture
from retina_studio.gui.canvas.strokes import ACTIVE, OFFERED, draw_shape
from retina_studio.gui.jobs import Job, JobState
from retina_studio.gui.tools.base import selected_areas
from retina_studio.gui.words import tr
from retina_studio.images.refine import refined

from .editing import EditingFeature
from .offering import Offer, Offering
from .reviewing import Reviewing

if TYPE_CHECKING:
    from retina_studio.gui.canvas.canvas import Canvas
    from retina_studio.gui.main_window import MainWindow

_RADIUS = 5.0  # of a point's mark, widget pixels
_YES, _NO, _RIM = QColor("#3DDC84"), QColor("#FF5A5F"), QColor(10, 13, 16)
_BUTTONS = {Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton}
_MOUSE = {QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseButtonRelease}


@dataclass
class _Work:
    """A shape being refined: whether it is only proposed, the points so far, and what they have made of it."""

    shape: Shape
    proposed: bool
    points: list[tuple[XY, bool]] = field(default_factory=list)  # where, and whether it belongs to it
    outline: Polygon | None = None


class Refining(EditingFeature):
    """Left click: this belongs to it; right click or Alt+click: this does not. Enter keeps, Esc drops."""

    specs = (
        ActionSpec(
            "refine",
            "Proposals",
            "Refine by clicks",
            "target",
            ("Shift+F",),
            "Click what belongs to the shape and, right or with Alt, what does not; under review: F",
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._work: _Work | None = None
        self._job: Job | None = None
        self._picture: Picture | None = None

    def wire(self) -> None:
        """Hear the canvas's mouse before its tool does; end when something else begins."""
        window = self.window
        self._offers = window.feature(Offering)
        self._reviewing = window.feature(Reviewing)
        self._reviewing.refine_asked.connect(self.refine)
        self.watch(window.canvas)
        window.canvas.overlays.append(self._paint)
        window.canvas.tool_changed.connect(self._give_up)
        window.document.opened.connect(self._give_up)
        window.document.changed.connect(self._give_up)
        window.proposal_panel.offers_changed.connect(self._on_offers)

    @property
    def outline(self) -> Polygon | None:
        """What the points have made of the shape; None where nothing is refined, or no answer is there yet."""
        return self._work.outline if self._work else None

    def refine(self) -> None:
        """Begin with the proposal under review, else with the selected shape."""
        canvas = self.window.canvas
        if self._work is not None or canvas.picture is None or not self.ready():
            return
        offer, chosen = self._reviewing.offer, selected_areas(canvas)
        if offer is not None:
            shape, proposed = offer.shape, True
        elif len(chosen) == 1:
            shape, proposed = chosen[0], False
        else:
            canvas.say(tr("Select one ellipse or polygon to refine, or review a proposal."))
            return
        if not isinstance(shape.geometry, Ellipse | Polygon) or "polygon" not in label(shape.label).kinds:
            canvas.say(tr("A point cannot be refined."))
            return
        self._work, self._picture = _Work(shape, proposed), canvas.picture
        canvas.refining = shape.id
        if not proposed:
            canvas.show_preview({shape.id: shape.geometry})
        self._tell()

    def _tell(self) -> None:
        text = tr(
            "Refine: click what belongs to it; right click what does not (Backspace: one back, Esc: leave)"
        )
        tip = tr("The shape gets this outline; Ctrl+Z takes it back")
        offer = Offer(self, text, tr("Keep  (Enter)"), tip, self._keep, self._leave, is_shown=True)
        self._offers.make(offer)
        self.window.canvas.update()

    # Points

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Clicks set points; Backspace and undo take the last one back."""
        work = self._work
        if work is None:
            return super().eventFilter(watched, event)
        if isinstance(event, QMouseEvent) and event.type() in _MOUSE and event.button() in _BUTTONS:
            if event.type() != QEvent.Type.MouseButtonRelease:
                canvas = self.window.canvas
                canvas.setFocus(Qt.FocusReason.MouseFocusReason)
                alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
                belongs = event.button() == Qt.MouseButton.LeftButton and not alt
                work.points.append((canvas.to_image(event.position()), belongs))
                self._look()
            return True
        if isinstance(event, QKeyEvent) and work.points and self._is_back(event):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
            else:
                work.points.pop()
                self._look()
            return True
        return super().eventFilter(watched, event)

    def _is_back(self, event: QKeyEvent) -> bool:
        if event.type() not in {QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress}:
            return False
        return event.key() == Qt.Key.Key_Backspace or event.matches(QKeySequence.StandardKey.Undo)

    def _look(self) -> None:
        """Work out the outline of the points as they are; what comes too late for them is not shown."""
        work, picture = self._work, self._picture
        self.window.canvas.update()
        if work is None or picture is None:
            return
        if self._job is not None:
            self._job.cancel()
            self._job = None
        if not work.points:
            work.outline = None
            return
        self._job = job = Job(_refine, picture, work.shape, tuple(work.points))
        self.window.status.work.follow(job, tr("Refining"))
        job.done.connect(self._on_refined)
        job.failed.connect(self._on_failed)
        job.start()

    def _on_refined(self, outline: Polygon) -> None:
        if self._work is None or self.sender() is not self._job:
            return
        self._job = None
        self._work.outline = outline
        if not self._work.proposed:
            self.window.canvas.show_preview({self._work.shape.id: outline})
        self.window.canvas.update()

    def _on_failed(self, sentence: str) -> None:
        if self.sender() is self._job:
            self._job = None
            self.window.canvas.say(sentence)

    # The end of it

    def _keep(self) -> None:
        work, document = self._work, self.window.document
        self._leave()
        if work is None or work.outline is None:
            return
        after = work.shape.with_geometry(work.outline)
        if not work.proposed:
            if document.grading.shapes.get(work.shape.id) == work.shape:
                self.window.canvas.put(change_shape(work.shape, after, "Refine"))
            return
        replaced = tuple(document.grading.labelled(after.label)) if label(after.label).single else ()
        self.window.canvas.put(ChangeShapes(replaced, (after,), f"Refine {after.label}"), ())

    def _leave(self) -> None:
        """Show everything as it is."""
        self._work = self._picture = None
        canvas = self.window.canvas
        if self._job is not None:
            self._job.cancel()
            self._job = None
        canvas.refining = ""
        canvas.show_preview({})

    def _give_up(self) -> None:
        if self._work is not None:
            self._offers.leave()

    def _on_offers(self) -> None:
        """Another proposal is chosen, or this one is decided."""
        work, offer = self._work, self._reviewing.offer
        if work is not None and work.proposed and (offer is None or offer.shape.id != work.shape.id):
            self._give_up()

    def _paint(self, painter: QPainter, canvas: Canvas) -> None:
        work = self._work
        if work is None:
            return
        colour = colour_of(work.shape.label)
        if work.proposed and work.outline is not None:
            draw_shape(painter, work.outline, canvas.view, colour, ACTIVE)
        if work.proposed or work.outline is not None:
            draw_shape(painter, work.shape.geometry, canvas.view, colour, OFFERED)
        for (x, y), belongs in work.points:
            painter.setPen(QPen(_RIM, 1.5))
            painter.setBrush(_YES if belongs else _NO)
            spot = canvas.to_widget(x, y)
            painter.drawEllipse(spot, _RADIUS, _RADIUS)
            painter.drawLine(spot - QPointF(2.5, 0), spot + QPointF(2.5, 0))
            if belongs:
                painter.drawLine(spot - QPointF(0, 2.5), spot + QPointF(0, 2.5))


def _refine(state: JobState, picture: Picture, shape: Shape, points: tuple[tuple[XY, bool], ...]) -> Polygon:
    state.check()
    assert isinstance(shape.geometry, Ellipse | Polygon)  # noqa: S101  (points are not refined)
    part = _part_around(picture, shape.geometry, [place for place, _ in points])
    shift = (-part[0], -part[1])
    inside = [(x + shift[0], y + shift[1]) for (x, y), belongs in points if belongs]
    outside = [(x + shift[0], y + shift[1]) for (x, y), belongs in points if not belongs]
    outline = refined(picture.pixels(part), shape.geometry.moved(*shift), inside, outside)
    return outline.moved(part[0], part[1])


def _part_around(picture: Picture, form: Ellipse | Polygon, points: Sequence[XY]) -> Part:
    """As much of the image as the work on a shape looks at, and some: all of it takes long to convert."""
    left, top, right, bottom = form.box
    xs, ys = [left, right, *(x for x, _ in points)], [top, bottom, *(y for _, y in points)]
    room = max(max(xs) - min(xs), max(ys) - min(ys)) + 16
    columns = np.clip([min(xs) - room, max(xs) + room], 0, picture.width).astype(int)
    rows = np.clip([min(ys) - room, max(ys) + room], 0, picture.height).astype(int)
    return int(columns[0]), int(rows[0]), int(columns[1]), int(rows[1])
