"""The readings side by side, one at a time or blended into one, with the consensus so far; all views move together."""

from collections.abc import Mapping, Sequence
from typing import Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from retina_studio.domain.shapes import XY, Box, Geometry, Shape
from retina_studio.domain.voting.outcome import Item
from retina_studio.gui.canvas.heat import Heat
from retina_studio.gui.canvas.layers import Offers
from retina_studio.gui.canvas.link import Link
from retina_studio.gui.canvas.picture import Picture
from retina_studio.gui.canvas.view import View
from retina_studio.gui.panels.parts import ElidedLabel, restyle, styled_label
from retina_studio.gui.words import tr

from .case import Case, Reading, result_of
from .pens import chip, chips, pen_of
from .phrases import decision_words, place_of, said, tight_box
from .view import BoardView, Layer

Mode = Literal["side", "one", "blend"]
_SAME = Link()  # all views show the same image
_GAP = 2
_HEAD = 20  # pixels of the line above a view
_SETTLED = "settled"  # the name of the consensus' layer


class Pane(QWidget):
    """A view below a line that says whose it is, and what that reading says of the item in focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.view = BoardView()
        self.icon = QLabel()
        self.icon.setFixedHeight(_HEAD)
        self.title = styled_label("", "quiet")
        self.answer = ElidedLabel("", "plain")
        self.answer.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 8, 4)
        head.setSpacing(7)
        head.addWidget(self.icon)
        head.addWidget(self.title)
        head.addWidget(self.answer, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.view, 1)

    def name(self, title: str) -> None:
        """Say whose view it is."""
        self.title.setText(title)
        self.view.setAccessibleName(title)

    def mark(self, chosen: bool) -> None:
        """Whether this is the view that Tab has reached."""
        restyle(self.title, "heading" if chosen else "quiet")


class Readings(QWidget):
    """One pane for each reading, one for all of them blended, one for the consensus so far."""

    picked = Signal(float, float)
    moved = Signal()  # by the hand of the person

    def __init__(self) -> None:
        super().__init__()
        self.mode: Mode = "side"
        self.with_consensus = True
        self.panes: list[Pane] = []  # of the readings, by letter
        self.case: Case | None = None
        self.names_shown = False
        self.own = ""  # the grader who looks on
        self._item: Item | None = None
        self._result: tuple[Geometry, ...] = ()
        self._picture: Picture | None = None
        self._heat: Heat | None = None
        self._heat_opacity = 0.0
        self._chosen = 0  # the pane that Tab has reached, among those in sight
        self._seen: tuple[View, tuple[int, int]] | None = None  # what all show; None: the whole image
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP)
        self.blend = self._pane(tr("All readings"))
        self.consensus = self._pane(tr("Consensus so far"))

    # What is shown

    def show_case(self, case: Case) -> None:
        """Show another image's readings."""
        self.case, self._item, self._heat = case, None, None
        while len(self.panes) < len(case.readings):
            self.panes.append(self._pane(""))
            self.panes[-1].view.show_picture(self._picture)
        for place, reading in enumerate(case.readings):
            pane = self.panes[place]
            pane.icon.setPixmap(chip(reading.letter, place).pixmap(QSize(18, 18)))
            pane.view.show_layers([Layer(reading.scene, reading.name)])
        blended = [
            Layer(reading.scene, reading.name, reading.letter, pen_of(place))
            for place, reading in enumerate(case.readings)
        ]
        self.blend.view.show_layers(blended)
        self.blend.icon.setPixmap(chips([reading.letter for reading in case.readings]))
        self.consensus.view.show_layers([Layer(case.consensus, _SETTLED)])
        self._flag()
        self.show_names(self.names_shown)
        self._say_answers()
        self._show_heat()
        self._arrange()

    def update_case(self, case: Case) -> None:
        """Show what a decision changed: the consensus."""
        self.case = case
        self.consensus.view.update_layer(case.consensus)
        self._flag()

    def _flag(self) -> None:
        shapes = self.case.outcome.shapes if self.case and self.case.outcome else ()
        self.consensus.view.flag([entry.shape for entry in shapes if not entry.compliant])

    def show_picture(self, picture: Picture | None) -> None:
        """Show the image in all views."""
        self._picture, self._seen = picture, None
        for pane in self._all():
            pane.view.show_picture(picture)

    def show_names(self, shown: bool) -> None:
        """Head the readings with the graders' names, or with letters."""
        self.names_shown = shown
        for pane, reading in zip(self.panes, self._readings, strict=False):
            pane.name(self.called(reading))

    def called(self, reading: Reading) -> str:
        """What a reading is called: by its letter alone while the board is blinded."""
        letter = tr("Reading {letter}", letter=reading.letter)
        if reading.name == self.own:
            return tr("{reading}, yours", reading=letter)
        return f"{letter} · {reading.name}" if self.names_shown else letter

    @property
    def chosen_reading(self) -> int:
        """The place of the reading that Tab has reached; the first one while that is another view."""
        is_reading = self.mode != "blend" and self._chosen < len(self._readings)
        return self._chosen if is_reading else 0

    def show_mode(self, mode: Mode) -> None:
        """Side by side, one at a time, or blended."""
        if mode != self.mode:
            had_focus = any(pane.view.hasFocus() for pane in self._all())
            self.mode = mode
            self._arrange()
            if had_focus:
                self.take_focus()

    def show_consensus(self, shown: bool) -> None:
        """Show or hide the consensus so far."""
        self.with_consensus = shown
        self._arrange()

    def show_shapes(self, shown: bool) -> None:
        """Show the shapes, or the bare image."""
        for pane in self._all():
            pane.view.shapes_shown = shown
            pane.view.update()

    def show_heat(self, heat: Heat | None, opacity: float) -> None:
        """Lay where the readings disagree over the image; None takes it away."""
        self._heat, self._heat_opacity = heat, opacity
        self._show_heat()

    def look(self, picture: Picture | None) -> None:
        """See the image in another view of it (red-free ...); None as it is."""
        for pane in self._all():
            pane.view.ground.look(picture, 1.0, None)
            pane.view.update()

    # The item in focus

    def show_item(self, item: Item | None, *, move: bool = True) -> None:
        """Make an item plain in every view, and go to where it is."""
        same = item is not None and self._item is not None and item.key == self._item.key
        self._item = item
        self._mark_item(flash=move)
        self._say_answers()
        self.preview(self._result if same else ())
        if move and item is not None and self._picture is not None:
            self.go_to(place_of(item, self._picture.frame))

    def refresh_item(self, item: Item | None) -> None:
        """Show what has become of the item in focus."""
        self.show_item(item, move=False)

    def preview(self, geometries: tuple[Geometry, ...]) -> None:
        """Show dashed what a decision would leave; in the consensus, what averaging would while nothing else is."""
        self._result = geometries
        for pane in self._all():
            pane.view.show_result(geometries)
        item = self._item
        if not geometries and item is not None and item.decision is None:
            self.consensus.view.show_result(item.average)

    def _mark_item(self, *, flash: bool) -> None:
        item = self._item
        drawn: Mapping[str, Sequence[Shape]] = item.drawn if item else {}
        box = tight_box(item) if item else None
        in_focus = any(drawn.values())
        for pane in (*self.panes, self.blend):
            pane.view.focus(drawn, box, in_focus=in_focus, flash=flash)
        settled: tuple[Shape, ...] = ()
        if item is not None and item.decision is not None and self.case is not None:
            kept = set(result_of(item, item.decision))
            settled = tuple(
                shape
                for shape in self.case.consensus.at(self.case.consensus.rows.values())
                if shape.geometry in kept
            )
        self.consensus.view.focus({_SETTLED: settled}, box, in_focus=in_focus, flash=flash)

    def _say_answers(self) -> None:
        item = self._item
        for pane, reading in zip(self.panes, self._readings, strict=False):
            pane.answer.setText(said(item, reading.name) if item else "")
        self.consensus.answer.setText(self._settled_words())
        self.blend.answer.setText(
            "   ".join(f"{r.letter}: {said(item, r.name)}" for r in self._readings) if item else ""
        )

    def _settled_words(self) -> str:
        if self.case is None or self._item is None:
            return ""
        return decision_words(self.case, self._item) or tr("open")

    # Moving

    def go_to(self, box: Box | None) -> None:
        """Show a part of the image, or all of it (None), in every view."""
        views = self._shown_views()
        if not views:
            return
        if box is None:
            views[0].fit()
        else:
            views[0].show_around(box)
        self._lead(views[0])

    def zoom(self, factor: float) -> None:
        """Zoom all views about their middle."""
        views = self._shown_views()
        if views:
            views[0].zoom(factor)
            self._lead(views[0])

    def cycle(self, steps: int) -> None:
        """Go to the next view in sight; one at a time, to the next reading."""
        panes = self._choices()
        if panes:
            self._chosen = (self._chosen + steps) % len(panes)
            if self.mode == "one":
                self._arrange()
            self.take_focus()

    def take_focus(self) -> None:
        """Put the keyboard on the chosen view."""
        panes = self._choices()
        if panes:
            self._chosen %= len(panes)
            panes[self._chosen].view.setFocus(Qt.FocusReason.TabFocusReason)
            self._mark_chosen()

    def settle(self) -> None:
        """Wait for what is being drawn."""
        for pane in self._all():
            pane.view.settle()

    @property
    def is_current(self) -> bool:
        """Whether all views in sight show everything as it is."""
        return all(view.is_current for view in self._shown_views())

    # Inside

    @property
    def _readings(self) -> tuple[Reading, ...]:
        return self.case.readings if self.case else ()

    def _all(self) -> list[Pane]:
        return [*self.panes, self.blend, self.consensus]

    @property
    def _frame(self) -> tuple[int, int]:
        image = self.case.image if self.case else None
        return (image.width, image.height) if image else (3, 2)

    def _choices(self) -> list[Pane]:
        """The panes that Tab goes through."""
        readings = [self.blend] if self.mode == "blend" else self.panes[: len(self._readings)]
        return [*readings, *([self.consensus] if self.with_consensus else [])]

    def shown(self) -> list[Pane]:
        """The panes in sight."""
        choices = self._choices()
        if self.mode == "one" and choices:
            self._chosen %= len(choices)
            return [choices[self._chosen]]
        return choices

    def _shown_views(self) -> list[BoardView]:
        return [pane.view for pane in self.shown()]

    def _pane(self, title: str) -> Pane:
        pane = Pane()
        pane.name(title)
        pane.setParent(self)
        pane.hide()
        view = pane.view
        view.moved.connect(self._on_moved)
        view.resized.connect(self._on_resized)
        view.picked.connect(self.picked)
        view.cycled.connect(self.cycle)
        view.pointer_moved.connect(self._point)
        return pane

    def _arrange(self) -> None:
        """Lay the panes out so that the image is as large as it can be in each."""
        shown = self.shown()
        for pane in self._all():
            self._grid.removeWidget(pane)
            pane.setVisible(pane in shown)
        columns = columns_for(len(shown), (self.width(), self.height()), self._frame)
        for place, pane in enumerate(shown):
            self._grid.addWidget(pane, place // columns, place % columns)
        for line in range(max(len(self.panes), 6)):
            self._grid.setColumnStretch(line, int(line < columns))
            self._grid.setRowStretch(line, int(line < -(-len(shown) // columns)))
        self._mark_chosen()

    def _mark_chosen(self) -> None:
        choices = self._choices()
        for place, pane in enumerate(choices):
            pane.mark(place == self._chosen)

    def _show_heat(self) -> None:
        offers = Offers(cam=self._heat, opacity=self._heat_opacity if self._heat else 0.0)
        for pane in self._all():
            pane.view.set_offers(offers)

    def _on_moved(self) -> None:
        view = self.sender()
        if isinstance(view, BoardView):
            self._lead(view)
            self.moved.emit()

    def _lead(self, leader: BoardView) -> None:
        """All views show what this one was moved to."""
        self._seen = None if leader.is_fitted else (leader.view, (leader.width(), leader.height()))
        for view in self._shown_views():
            if view is not leader:
                self._follow(view)

    def _on_resized(self) -> None:
        view = self.sender()
        if isinstance(view, BoardView):
            self._follow(view)

    def _follow(self, view: BoardView) -> None:
        if self._seen is None:
            view.fit()
        else:
            seen, size = self._seen
            view.show_view(_SAME.follow(seen, size, view.view, (view.width(), view.height())))

    def _point(self, place: XY | None) -> None:
        leader = self.sender()
        for view in self._shown_views():
            view.pointed = None if view is leader else place
            view.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Perhaps another number of columns suits the new size."""
        super().resizeEvent(event)
        self._arrange()


def columns_for(count: int, room: tuple[int, int], frame: tuple[int, int]) -> int:
    """How many columns show an image of this size largest in so many panes; more of them where two are equal.

    Sizes are (width, height).
    """
    best, columns = -1.0, 1
    for tried in range(1, max(count, 1) + 1):
        rows = -(-count // tried)
        scale = min(room[0] / tried / frame[0], room[1] / rows / frame[1])
        if scale >= best:
            best, columns = scale, tried
    return columns
