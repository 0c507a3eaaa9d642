"""Going through the proposals by keyboard: Tab to the next, A accepts, R rejects, E edits, Esc leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLineF, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter

from retina_studio.domain.shapes import Point
from retina_studio.gui.actions import ActionSpec, Handler
from retina_studio.gui.canvas.chips import paint_chip, paint_guides
from retina_studio.gui.canvas.layers import colour_of
from retina_studio.gui.panels.offers import Offer
from retina_studio.gui.words import tr

from .base import Feature
from .offering import Offering

if TYPE_CHECKING:
    from retina_studio.gui.canvas.canvas import Canvas
    from retina_studio.gui.main_window import MainWindow

Key = Qt.Key
_ROOM, _ARM = 9.0, 9.0  # widget pixels: corners lie so far from the shape, and are so long
_POINT_REACH = 14.0  # widget pixels that a point's mark takes
_KEYPAD = Qt.KeyboardModifier.KeypadModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class Reviewing(Feature):
    """One proposal is under review, the panel's chosen one; outside of a review the keys mean what they always do."""

    refine_asked = Signal()

    specs = (
        ActionSpec(
            "review",
            "Proposals",
            "Review one by one",
            "list-numbers",
            (),
            "Go through the proposals; on the canvas Tab begins it and goes to the next",
        ),
        ActionSpec(
            "accept_label",
            "Proposals",
            "Accept all of this label",
            "checks",
            (),
            "Take every open proposal of the chosen one's label into the grading, in one step",
        ),
        ActionSpec(
            "reject_label",
            "Proposals",
            "Reject all of this label",
            "x",
            (),
            "Refuse every open proposal of the chosen one's label",
        ),
    )

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.is_on = False
        panel = window.proposal_panel
        self._keys: Mapping[tuple[Qt.Key, bool], Callable[[], object]] = {
            (Key.Key_A, False): panel.accept,
            (Key.Key_A, True): panel.accept_label,
            (Key.Key_R, False): panel.reject,
            (Key.Key_R, True): panel.reject_label,
            (Key.Key_E, False): self._edit,
            (Key.Key_F, False): self.refine_asked.emit,
            (Key.Key_Escape, False): self.leave,
        }

    def handlers(self) -> Mapping[str, Handler]:
        """The panel knows which label is the chosen one's."""
        panel = self.window.proposal_panel
        return {
            "review": self.review,
            "accept_label": panel.accept_label,
            "reject_label": panel.reject_label,
        }

    def wire(self) -> None:
        """Hear the canvas's keys before its tool and the focus do, and follow the panel."""
        window = self.window
        self._offers = window.feature(Offering)
        self.watch(window.canvas)
        window.canvas.overlays.append(self._paint)
        window.proposal_panel.offers_changed.connect(self._follow)
        window.image_opened.connect(self.leave)
        window.document.state_changed.connect(self._follow)

    @property
    def offer(self) -> Offer | None:
        """The proposal under review."""
        return self.window.proposal_panel.current if self.is_on else None

    def review(self) -> None:
        """Begin, or go on to the next."""
        self.window.canvas.setFocus()
        if not self._go(1):
            self.window.status.say(tr("No proposal is open on this image."))

    def leave(self) -> None:
        """No proposal is under review any more."""
        self.is_on = False
        self.window.canvas.update()

    def _go(self, step: int) -> bool:
        """To the next open proposal, or the one before; the first time to the chosen one. False: none is open."""
        panel = self.window.proposal_panel
        places = [offer.shape.id for offer in panel.open_offers]
        if not places or not self.window.document.editable:
            self.leave()
            return False
        chosen = panel.current.shape.id if panel.current else ""
        here = places.index(chosen) + (step if self.is_on else 0) if chosen in places else 0
        self.is_on = True
        panel.choose(places[here % len(places)])
        self._show()
        return True

    def _follow(self) -> None:
        """A decision was made, or others are shown: what is chosen now comes up."""
        if self.window.canvas.picture is None:
            self.is_on = False  # another image is on its way
        if not self.is_on:
            return
        chosen = self.window.proposal_panel.current
        if chosen is not None and chosen in self.window.proposal_panel.open_offers:
            self._show()
            return
        if not self._go(0):
            self.window.status.say(tr("Every proposal that is shown is decided."))

    def _show(self) -> None:
        canvas, offer = self.window.canvas, self.offer
        if offer is not None and canvas.picture is not None:
            canvas.bring_into_sight(offer.shape.geometry.box)
        canvas.update()

    def _edit(self) -> None:
        """The review rests while the accepted shape is corrected; Tab goes on."""
        self.leave()
        self.window.proposal_panel.edit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tab, and while a proposal is under review its keys."""
        kinds = {QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress}
        if (
            isinstance(event, QKeyEvent)
            and event.type() in kinds
            and not self.window.canvas.tool.busy
            and self._takes(event)
        ):
            return True
        return super().eventFilter(watched, event)

    def _takes(self, event: QKeyEvent) -> bool:
        held = event.modifiers() & ~_KEYPAD
        pressed = event.type() == QEvent.Type.KeyPress
        if self._offers.is_shown:
            return False  # the strip has the keys: something is being snapped or refined
        if event.key() in {Key.Key_Tab, Key.Key_Backtab} and not held & ~_SHIFT:
            return pressed and self._go(-1 if held & _SHIFT else 1)
        if not self.is_on or held & ~_SHIFT or (event.key() == Key.Key_Escape and self._offers.is_offering):
            return False
        act = self._keys.get((Key(event.key()), bool(held & _SHIFT)))
        if act is None:
            return False
        if pressed:
            act()
        else:
            event.accept()  # it is no action's key now
        return True

    # What is seen of it

    def _paint(self, painter: QPainter, canvas: Canvas) -> None:
        offer = self.offer
        if offer is None or canvas.refining:
            return
        self._frame(painter, canvas, offer)
        places = [each.shape.id for each in self.window.proposal_panel.open_offers]
        if offer.shape.id not in places:
            return
        score = "" if offer.score is None else f" {offer.score:.2f}"
        what = tr(
            "Proposal {place} of {count}: {label}{score}",
            place=places.index(offer.shape.id) + 1,
            count=len(places),
            label=offer.shape.label,
            score=score,
        )
        keys = tr("A accept · R reject · E edit · F refine · Tab next · Esc leave")
        strips = [strip for strip in (self._offers.strip, self.window.banner) if strip.isVisible()]
        above = max((strip.geometry().bottom() for strip in strips), default=0)
        paint_chip(painter, canvas, [what, keys], "top", float(above))

    def _frame(self, painter: QPainter, canvas: Canvas, offer: Offer) -> None:
        """Corners around the shape, so that a small one is found at once."""
        form = offer.shape.geometry
        left, top, right, bottom = form.box
        area = QRectF(canvas.to_widget(left, top), canvas.to_widget(right, bottom))
        room = _ROOM + (_POINT_REACH if isinstance(form, Point) else 0.0)
        area = area.adjusted(-room, -room, room, room)
        lines = []
        for corner, x, y in (
            (area.topLeft(), 1, 1),
            (area.topRight(), -1, 1),
            (area.bottomLeft(), 1, -1),
            (area.bottomRight(), -1, -1),
        ):
            for dx, dy in ((x * _ARM, 0.0), (0.0, y * _ARM)):
                lines.append(QLineF(corner.x(), corner.y(), corner.x() + dx, corner.y() + dy))
        paint_guides(painter, colour_of(offer.shape.label), 2.0, lines)
