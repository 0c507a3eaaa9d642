"""Curves over the epochs of a stage, with what they are called below them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QLabel

from retina_studio.gui import theme
from retina_studio.gui.dashboard.charts import Chart, Dot
from retina_studio.gui.dashboard.looks import colours
from retina_studio.gui.panels.parts import styled_label
from retina_studio.gui.words import tr

from .course import Curve
from .phrases import figure, readable

_ROOM = 0.06  # of the axis, above and below the curves
_DOTTED = 40  # epochs up to which each has a dot
_HEIGHT = 130  # pixels, the least


class CurveChart(Chart):
    """A curve a name; validation is dashed where training is beside it. Dots tell their value under the pointer."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.curves: Sequence[Curve] = ()
        self.legend: QLabel = styled_label("", "quiet")
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setWordWrap(True)
        self.setMinimumHeight(_HEIGHT)
        self.setMinimumWidth(220)
        self.show_curves((), ())

    def show_curves(self, curves: Sequence[Curve], bests: Sequence[int], *, shares: bool = False) -> None:
        """Draw them.

        Args:
            curves: as many as there are colours, or fewer.
            bests: epochs that were the best so far; the last is marked.
            shares: whether the axis is to hold 0 to 1.
        """
        self.clear_all()
        self.curves = [curve for curve in curves if curve.points]
        keys = list(dict.fromkeys(curve.key for curve in self.curves))
        paired = len({curve.validated for curve in self.curves}) > 1
        dots: list[Dot] = []
        for curve in self.curves:
            colour = QColor(colours()[keys.index(curve.key) % len(colours())])
            self._draw(curve, colour, dashed=paired and curve.validated)
            dots += [_dot(curve, epoch, value, paired) for epoch, value in curve.points]
        self.dots = dots
        self.places = np.array([point for curve in self.curves for point in curve.points], dtype=np.float64)
        self.places = self.places.reshape(-1, 2)
        self._axes(shares)
        if bests and self.curves:
            mark = pg.mkPen(theme.colour("good"), width=1, style=Qt.PenStyle.DotLine)
            self.addItem(pg.InfiniteLine(bests[-1], angle=90, pen=mark))
        self.legend.setText(self._named(keys, paired, has_best=bool(bests)))

    def _draw(self, curve: Curve, colour: QColor, *, dashed: bool) -> None:
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        x, y = np.array(curve.points, dtype=np.float64).T
        self.addItem(pg.PlotCurveItem(x, y, pen=pg.mkPen(colour, width=2, style=style)))
        if len(x) <= _DOTTED:
            fill = QColor(theme.colour("panel")) if dashed else colour
            edge = pg.mkPen(colour, width=1)
            self.addItem(pg.ScatterPlotItem(x, y, size=5, symbol="o", brush=pg.mkBrush(fill), pen=edge))

    def _axes(self, shares: bool) -> None:
        x = self.places[:, 0] if len(self.places) else np.array([1.0, 10.0])
        y = self.places[:, 1] if len(self.places) else np.array([0.0, 1.0])
        low, high = (0.0, 1.0) if shares else (min(float(y.min()), 0.0), float(y.max()) or 1.0)
        edge = (high - low) * _ROOM
        first, last = float(x.min()), max(float(x.max()), float(x.min()) + 1)
        box = self.getPlotItem().getViewBox()
        side = (last - first) * 0.03
        box.setRange(xRange=(first - side, last + side), yRange=(low - edge, high + edge), padding=0)
        self.showGrid(x=False, y=True, alpha=0.15)
        left, bottom = self.getAxis("left"), self.getAxis("bottom")
        left.setWidth(QFontMetrics(self.font()).horizontalAdvance("0.0000") + 8)
        bottom.setTickSpacing(*_spacing(last - first))
        bottom.setLabel(tr("Epoch"), color=theme.colour("muted"))

    def _named(self, keys: Sequence[str], paired: bool, *, has_best: bool) -> str:
        if not self.curves:
            return tr("No epoch is through yet.")
        names = {curve.key: curve.name for curve in reversed(self.curves)}
        parts = [
            f'<span style="color:{colours()[number % len(colours())]}">●</span>&nbsp;{_whole(readable(names[key]))}'
            for number, key in enumerate(keys)
        ]
        if paired:
            parts.append(f"({_whole(tr('dashed: validation'))})")
        if has_best:
            parts.append(
                f'<span style="color:{theme.colour("good")}">┊</span>&nbsp;{_whole(tr("best, kept"))}'
            )
        return "&nbsp;&nbsp; ".join(parts)


def _whole(words: str) -> str:
    """Words that stay in one line."""
    return words.replace(" ", "&nbsp;")


def _dot(curve: Curve, epoch: int, value: float, paired: bool) -> Dot:
    words = tr("{name}, epoch {epoch}: {value}", name=readable(curve.name), epoch=epoch, value=figure(value))
    if paired:
        words += f" ({tr('validation') if curve.validated else tr('training')})"
    return Dot(str(epoch), curve.key, value, None, None, words)


def _spacing(span: float) -> tuple[float, float]:
    """Whole epochs, some eight of them named."""
    step = max(1, int(np.ceil(span / 8)))
    return float(step), float(step)
