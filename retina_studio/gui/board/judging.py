"""Deciding on the board: keep, drop, average, redraw, choose, withdraw, and what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from retina_studio.domain.shapes import Geometry
from retina_studio.domain.voting.decisions import Decision
from retina_studio.domain.voting.outcome import Outcome
from retina_studio.gui.canvas.scene import Scene
from retina_studio.gui.settings import settings
from retina_studio.gui.words import tr

from .case import keeping
from .deciding import Decider, Errand
from .pens import chip
from .phrases import summary, violations

if TYPE_CHECKING:
    from .window import BoardWindow

_REST = 2500  # ms that a settled image stays before the next one comes by itself


class Judging(QObject):
    """Goes on to the next item at once; what cannot be saved comes back with a sentence."""

    def __init__(self, board: BoardWindow) -> None:
        super().__init__(board)
        self.board = board
        self.decider = Decider(board.study, board.viewer, self)
        self.decider.done.connect(self._on_decided)
        self.decider.refused.connect(self._on_refused)
        self.needs_reason = False
        self._made: list[str] = []  # keys of the items decided while this image is open, the last one last
        self.going_on = QTimer(self, interval=_REST, singleShot=True)
        self.going_on.timeout.connect(board.next_open_image)

    def wire(self) -> None:
        """Connect to the board's parts, once all of them are there."""
        detail, drawing = self.board.parts.items.detail, self.board.parts.redraw
        detail.decided.connect(self.decide)
        detail.redraw_asked.connect(self.redraw)
        detail.withdraw_asked.connect(self.withdraw)
        detail.next_asked.connect(self.board.next_open)
        drawing.taken.connect(self._take_drawing)
        drawing.given_up.connect(self._stop_drawing)
        self.board.parts.readings.moved.connect(self.going_on.stop)  # who looks around wants to stay
        self.board.actions["auto_next"].setChecked(str(settings().value("board/auto_next", "true")) == "true")

    def open(self) -> None:
        """Another image is being opened."""
        self.going_on.stop()
        self._made = []

    def require_reason(self, required: bool) -> None:
        """Say whether the study wants a reason for every decision."""
        self.needs_reason = required
        self.board.parts.items.detail.reason.require(required)

    def is_pending(self, key: str) -> bool:
        """Whether a decision on an item of the open image is on its way."""
        case = self.board.case
        return case is not None and self.decider.is_pending(case.image, key)

    # One key each

    def keep(self) -> None:
        """Keep the reading of the pressed number; or ask in a menu, whose letters are keys."""
        sender = self.sender()
        name = str(sender.data()) if isinstance(sender, QAction) else "keep"
        if ":" in name:
            self._keep_place(int(name.partition(":")[2]) - 1)
            return
        case, item = self.board.case, self.board.item
        if case is None or item is None:
            return
        menu = QMenu(self.board)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for place, reading in enumerate(case.readings):
            words = tr("&{letter}  Keep reading {letter}", letter=reading.letter)
            entry = menu.addAction(chip(reading.letter, place), words)
            entry.setData(place)
            entry.setEnabled(keeping(item, reading.name) is not None)
        menu.triggered.connect(self._keep_chosen)
        menu.popup(self.board.parts.items.detail.mapToGlobal(QPoint(12, 40)))

    def _keep_chosen(self, entry: QAction) -> None:
        self._keep_place(int(entry.data()))

    def _keep_place(self, place: int) -> None:
        decision = self.board.parts.items.detail.choose(place)
        if decision is None:
            self.board.say(tr("This reading says nothing of the item."))
        else:
            self.decide(decision)

    def drop(self) -> None:
        """Settle that there is nothing."""
        item = self.board.item
        if item is not None and item.kind != "grade":
            self.decide(Decision(item.key, "drop"))
        else:
            self.board.say(tr("A grade cannot be dropped: choose a value."))

    def average(self) -> None:
        """Take the mean of what was drawn."""
        item = self.board.item
        if item is not None and item.average:
            self.decide(Decision(item.key, "average"))
        else:
            self.board.say(tr("There is nothing to average here."))

    def redraw(self) -> None:
        """Draw the item in focus anew."""
        board = self.board
        if board.case is None or board.item is None or board.picture is None or not self._may_decide():
            return
        if board.item.kind == "grade":
            board.say(tr("A grade cannot be drawn: choose a value."))
            return
        board.parts.show_drawing(drawing=True)
        board.parts.redraw.begin(board.case, board.item, board.picture)
        QTimer.singleShot(0, self, board.parts.redraw.go_to_item)  # once it has its size
        board.enable()

    def _take_drawing(self, geometries: tuple[Geometry, ...]) -> None:
        item = self.board.item
        self._stop_drawing()
        if item is not None:
            self.decide(Decision(item.key, "redraw", geometries=geometries))

    def _stop_drawing(self) -> None:
        self.board.parts.show_drawing(drawing=False)
        self.board.say("")
        self.board.enable()
        self.board.parts.readings.take_focus()

    def decide(self, decision: Decision) -> None:
        """Send a decision on its way, and go on to the next open item."""
        board = self.board
        if board.case is None or not self._may_decide():
            return
        items = board.parts.items
        items.detail.reason.remember()
        self.going_on.stop()
        self.decider.decide(board.case.image, replace(decision, reason=items.detail.reason.text))
        self._made = [*(key for key in self._made if key != decision.item), decision.item]
        board.parts.banner.tell("")
        items.refresh(board.case)
        following = items.next_open()
        if following:
            board.focus_item(following)
        else:
            items.choose(decision.item)

    def _may_decide(self) -> bool:
        board = self.board
        if not board.editable or board.case is None or board.item is None:
            return False
        if self.is_pending(board.item.key):
            board.say(tr("This item is being saved."))
            return False
        if self.needs_reason and not board.parts.items.detail.reason.text:
            board.say(tr("This study asks for a reason: type or choose one first, then Enter."))
            self.reason()
            return False
        return True

    def reason(self) -> None:
        """Type the reason."""
        self.board.parts.items.detail.reason.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def withdraw(self) -> None:
        """Take the decision on the item in focus back, or else the last one made."""
        board, key = self.board, self._to_withdraw()
        if board.case is None or not key:
            board.say(tr("There is no decision to take back."))
            return
        self.going_on.stop()
        board.parts.banner.tell("")
        self.decider.withdraw(board.case.image, key)
        self._made = [made for made in self._made if made != key]
        board.parts.items.refresh(board.case)
        board.focus_item(key)

    def _to_withdraw(self) -> str:
        case, item = self.board.case, self.board.item
        made = {entry.key: entry.decision.at for entry in case.items if entry.decision} if case else {}
        made = {key: at for key, at in made.items() if not self.is_pending(key)}
        if item is not None and item.key in made:
            return item.key
        here = [key for key in self._made if key in made]
        return here[-1] if here else max(made, key=made.__getitem__, default="")

    # What became of it

    def _on_decided(self, errand: Errand, outcome: Outcome, consensus: Scene) -> None:
        board = self.board
        board.parts.queue.progress(errand.image, len(outcome.open_items))
        board.parts.saved.setText(tr("Saved {time}", time=f"{datetime.now().astimezone():%H:%M:%S}"))
        if board.case is None or board.case.image.id != errand.image.id:
            return
        board.update_case(board.case.settled_so_far(outcome, consensus))
        if outcome.state == "settled" and not self.decider.busy and errand.decision is not None:
            self._tell_settled(outcome)

    def _on_refused(self, errand: Errand, sentence: str) -> None:
        board = self.board
        board.tell(tr("Not decided: {why}", why=sentence))
        self._made = [made for made in self._made if made != errand.item]
        if board.case is not None and board.case.image.id == errand.image.id:
            board.parts.items.refresh(board.case)
            board.focus_item(errand.item if board.case.item(errand.item) else board.parts.items.next_open())
            board.reload(quietly=True)  # the readings may have changed meanwhile

    def _tell_settled(self, outcome: Outcome) -> None:
        board, found = self.board, violations(outcome)
        lines = [summary(outcome)]
        if found:
            lines += [tr("Kept, but against the guideline:"), *(f"    {line}" for line in found)]
        if board.parts.queue.neighbour(1, only_open=True) is None:
            board.tell("\n".join([*lines, tr("That was the last open image.")]))
            return
        board.tell("\n".join(lines), tr("Next image"), tr("Go to the next open image (Shift+N)"))
        if board.actions["auto_next"].isChecked() and not found:
            self.going_on.start()

    def auto_next(self) -> None:
        """Remember whether to go on by itself."""
        on = self.board.actions["auto_next"].isChecked()
        settings().setValue("board/auto_next", "true" if on else "false")
        if not on:
            self.going_on.stop()
