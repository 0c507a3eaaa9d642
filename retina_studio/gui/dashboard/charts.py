"""The charts of points: dots with intervals by group, and lines over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip

from retina_studio.gui import theme

from .looks import Cast, Look

_REACH = 10.0  # pixels from a point at which the pointer is on it
_NAMES = 190  # pixels, the widest names of groups
_FEET = 40  # pixels of the axis below and its title
_BAND, _BAND_OF_MANY = 26, 40  # pixels a group takes


@dataclass(frozen=True)
class Dot:
    """One figure of one grader, with its interval where it has one; `words` tell it in full."""

    group: str
    grader: str
    value: float
    low: float | None
    high: float | None
    words: str


class Chart(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types
    """Points that tell what they are under the pointer, and pick their grader when clicked."""

    picked = Signal(str)
    told = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the table below says the same to the keyboard
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        plot = self.getPlotItem()
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.getViewBox().setMouseEnabled(False, False)
        plot.getViewBox().setDefaultPadding(0.0)
        self.dots: Sequence[Dot] = ()
        self.places: npt.NDArray[np.float64] = np.zeros((0, 2))

    def clear_all(self) -> None:
        """Take everything out, and take the colours of the theme."""
        self.clear()
        self.setBackground(QColor(theme.colour("panel")))
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(pg.mkPen(theme.colour("line")))
            axis.setTextPen(pg.mkPen(theme.colour("muted")))
            axis.setStyle(tickLength=0)

    def add_points(self, cast: Cast) -> None:
        """Draw the dots where they stand, the picked grader's over the others."""
        edge = pg.mkPen(QColor(theme.colour("panel")), width=1)
        for look, chosen in self.by_look(cast):
            item = pg.ScatterPlotItem(
                pos=self.places[chosen],
                size=look.size,
                symbol=look.symbol,
                brush=pg.mkBrush(look.colour),
                pen=edge,
            )
            item.setZValue(20 if look.front else 10)
            self.addItem(item)

    def add_lines(self, cast: Cast, ends: npt.NDArray[np.float64], joined: npt.NDArray[np.bool_]) -> None:
        """Draw a line from each dot's first end to its second, behind the dots.

        Args:
            cast: how each grader is drawn.
            ends: (dots, 2, 2) x and y of both ends.
            joined: (dots,) which dots have a line.
        """
        for look, chosen in self.by_look(cast):
            own = ends[[number for number in chosen if joined[number]]].reshape(-1, 2)
            colour = QColor(look.colour)
            if not cast.few and not look.front:
                colour.setAlpha(90)
            pen = pg.mkPen(colour, width=3 if look.front else 2)
            item = pg.PlotCurveItem(own[:, 0], own[:, 1], connect="pairs", pen=pen)
            item.setZValue(15 if look.front else 5)
            self.addItem(item)

    def by_look(self, cast: Cast) -> list[tuple[Look, list[int]]]:
        """The dots that look the same: a few items paint faster than many."""
        found: dict[tuple[str, int, str, bool], tuple[Look, list[int]]] = {}
        looks = {grader: cast.look(grader) for grader in {dot.grader for dot in self.dots}}
        for number, dot in enumerate(self.dots):
            look = looks[dot.grader]
            key = (look.colour.name(), look.colour.alpha(), look.symbol, look.front)
            found.setdefault(key, (look, []))[1].append(number)
        return list(found.values())

    def at(self, place: QPoint) -> Dot | None:
        """The dot at a place of the widget."""
        if not len(self.places):
            return None
        box = self.getPlotItem().getViewBox()
        spot = box.mapSceneToView(self.mapToScene(place))
        wide, high = box.viewPixelSize()
        far = np.hypot((self.places[:, 0] - spot.x()) / wide, (self.places[:, 1] - spot.y()) / high)
        nearest = int(far.argmin())
        return self.dots[nearest] if far[nearest] <= _REACH else None

    def place_of(self, number: int) -> QPoint:
        """Where a dot is on the widget."""
        box = self.getPlotItem().getViewBox()
        return QPoint(self.mapFromScene(box.mapViewToScene(pg.Point(*self.places[number]))))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is under the pointer."""
        dot = self.at(event.position().toPoint())
        words = dot.words if dot else ""
        self.setCursor(Qt.CursorShape.PointingHandCursor if dot else Qt.CursorShape.ArrowCursor)
        QToolTip.showText(event.globalPosition().toPoint(), words, self)
        self.told.emit(words)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the grader of the dot; elsewhere nobody."""
        if event.button() == Qt.MouseButton.LeftButton:
            dot = self.at(event.position().toPoint())
            self.picked.emit(dot.grader if dot else "")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Nothing is dragged here."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Nothing more than the first click."""

    def leaveEvent(self, event: QEvent) -> None:
        """Tell nothing."""
        super().leaveEvent(event)
        self.told.emit("")


class DotChart(Chart):
    """A row for each group, such as a label, with a dot and an interval for each grader."""

    def show_dots(self, dots: Sequence[Dot], cast: Cast, title: str, top: float | None = 1.0) -> None:
        """Draw them.

        Args:
            dots: in the order of their groups.
            cast: how each is drawn.
            title: of the axis.
            top: where the axis ends; None = where the figures do.
        """
        self.clear_all()
        self.dots = dots
        groups = list(dict.fromkeys(dot.group for dot in dots))
        row = {group: number for number, group in enumerate(groups)}
        self.places = np.array(
            [[dot.value, row[dot.group] + shift] for dot, shift in self._shifted(dots, cast)]
        )
        self.places = self.places.reshape(-1, 2)
        self._whiskers(cast)
        self.add_points(cast)
        self._axes(groups, title, top)
        most = max((sum(dot.group == group for dot in dots) for group in groups[:1]), default=1)
        band = _BAND if most <= 1 else (max(_BAND, 6 * most) if cast.few else _BAND_OF_MANY)
        self.setMinimumHeight(min(len(groups) * band + _FEET, 16_000))

    def _shifted(self, dots: Sequence[Dot], cast: Cast) -> list[tuple[Dot, float]]:
        """Each dot with how far it stands below the middle of its group's row: graders in the same order in each."""
        alone = len({dot.group for dot in dots}) == len(dots)
        there = {dot.grader for dot in dots}
        order = {name: number for number, name in enumerate(n for n in cast.graders if n in there)}
        step = 0.72 / max(len(order), 1)
        return [(dot, 0.0 if alone else (order[dot.grader] - (len(order) - 1) / 2) * step) for dot in dots]

    def _whiskers(self, cast: Cast) -> None:
        x = [(dot.low, dot.high) if dot.high is not None else (np.nan, np.nan) for dot in self.dots]
        rows = np.repeat(self.places[:, 1], 2).reshape(-1, 2)
        ends = np.stack([np.array(x, dtype=np.float64).reshape(-1, 2), rows], axis=2)
        self.add_lines(cast, ends, ~np.isnan(ends[:, 0, 0]))

    def _axes(self, groups: Sequence[str], title: str, top: float | None) -> None:
        ends = [end for dot in self.dots for end in (dot.value, dot.high) if end is not None]
        starts = [dot.low for dot in self.dots if dot.low is not None]
        last = top if top is not None else max(ends, default=1.0) * 1.05 or 1.0
        first = min(0.0, *starts, *self.places[:, 0], 0.0)
        edge = (last - first) * 0.012
        box = self.getPlotItem().getViewBox()
        box.invertY(True)
        box.setRange(xRange=(first - edge, last + edge), yRange=(-0.6, len(groups) - 0.4), padding=0)
        left, bottom = self.getAxis("left"), self.getAxis("bottom")
        metrics = QFontMetrics(self.font())
        names = [metrics.elidedText(group, Qt.TextElideMode.ElideMiddle, _NAMES - 12) for group in groups]
        left.setTicks([list(enumerate(names))])
        left.setTextPen(pg.mkPen(theme.colour("text")))
        left.setWidth(max((metrics.horizontalAdvance(name) for name in names), default=40) + 14)
        bottom.setLabel(title, color=theme.colour("muted"))
        bottom.setHeight(_FEET - 2)
        self._grid(len(groups), last)

    def _grid(self, rows: int, last: float) -> None:
        thin = pg.mkPen(theme.colour("line"), width=1)
        for row in range(rows - 1):
            self.addItem(pg.InfiniteLine(row + 0.5, angle=0, pen=thin))
        if last == 1.0:
            self.getAxis("bottom").setTickSpacing(0.2, 0.2)
            for place in (0.2, 0.4, 0.6, 0.8, 1.0):
                self.addItem(pg.InfiniteLine(place, angle=90, pen=thin))

    def minimumSizeHint(self) -> QSize:
        """As high as its rows want it."""
        return QSize(320, self.minimumHeight())


class LineChart(Chart):
    """A line for each grader over the days on which weeks or months begin."""

    def show_lines(self, dots: Sequence[Dot], cast: Cast, title: str) -> None:
        """Draw them: each grader's in order; a dot's group is an ISO date."""
        self.clear_all()
        self.dots = dots
        days = [float(date.fromisoformat(dot.group).toordinal()) for dot in dots]
        self.places = np.array([[day, dot.value] for day, dot in zip(days, dots, strict=True)]).reshape(-1, 2)
        before = np.roll(self.places, 1, axis=0)
        joined = [number > 0 and dots[number - 1].grader == dot.grader for number, dot in enumerate(dots)]
        self.add_lines(cast, np.stack([before, self.places], axis=1), np.array(joined, dtype=np.bool_))
        self.add_points(cast)
        self._axes(title)
        self.setMinimumHeight(160)

    def _axes(self, title: str) -> None:
        days, values = (
            (self.places[:, 0], self.places[:, 1]) if len(self.places) else (np.zeros(1), np.ones(1))
        )
        low = min(0.5, float(np.floor(values.min() * 10) / 10))
        edge = max(2.0, (days.max() - days.min()) * 0.03)
        box = self.getPlotItem().getViewBox()
        box.setRange(xRange=(days.min() - edge, days.max() + edge), yRange=(low - 0.02, 1.02), padding=0)
        thin = pg.mkPen(theme.colour("line"), width=1)
        for place in np.arange(low, 1.01, 0.1):
            self.addItem(pg.InfiniteLine(place, angle=0, pen=thin))
        self.getAxis("left").setTicks([[(place, f"{place:.1f}") for place in np.arange(low, 1.01, 0.1)]])
        self.getAxis("left").setWidth(40)
        self.getAxis("left").setLabel(title, color=theme.colour("muted"))
        starts: list[Any] = sorted(set(days))
        shown = starts[:: max(1, -(-len(starts) // 12))]
        named = [(day, date.fromordinal(int(day)).isoformat()) for day in shown] if len(self.places) else []
        self.getAxis("bottom").setTicks([named])
        self.getAxis("bottom").setHeight(24)
