"""How a grader is drawn in every chart: one colour and one symbol each, while there are few."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QColor

from retina_studio.gui import theme
from retina_studio.gui.words import tr
from retina_studio.study.agreement_figures import CONSENSUS
from retina_studio.study.agreement_values import StudyAgreement

# Apart to a colour-blind eye (Okabe and Ito 2008), in an order and lightness that each ground can bear.
_ON_DARK = ("#56B4E9", "#E69F00", "#17B890", "#E28CBD", "#F0E442", "#FF7A3D", "#E7EAED")
_ON_LIGHT = ("#0072B2", "#C24E00", "#008A63", "#B0508A", "#8C6A00", "#2E9BD6", "#1B2127")
_SYMBOLS = ("o", "s", "t", "d", "t1", "p", "star")
FEW = len(_SYMBOLS)  # graders; more are all grey, but for the one that is picked


@dataclass(frozen=True)
class Look:
    """A grader's colour and symbol (pyqtgraph's names); `size` in pixels, `front` draws over the others."""

    colour: QColor
    symbol: str
    size: int
    front: bool


@dataclass(frozen=True)
class Cast:
    """The graders of an agreement, in order, and who of them is picked ("" = nobody)."""

    graders: tuple[str, ...]
    blind: bool
    picked: str = ""

    @property
    def few(self) -> bool:
        """Whether each has a colour of their own."""
        return len(self.graders) <= FEW

    def look(self, grader: str) -> Look:
        """How a grader is drawn now."""
        picked = grader == self.picked
        if not self.few:
            return Look(
                QColor(theme.colour("accent" if picked else "muted")), "o", 10 if picked else 6, picked
            )
        colour = QColor(colours()[self.graders.index(grader)])
        if self.picked and not picked:
            colour.setAlpha(70)
        return Look(colour, _SYMBOLS[self.graders.index(grader)], 12 if picked else 9, picked)

    def called(self, name: str) -> str:
        """A grader's name, or number, or the consensus, in the person's language."""
        if name == CONSENSUS and name not in self.graders:
            return tr("Consensus")
        word, _, number = name.partition(" ")
        if self.blind and word == "Grader" and number.isdecimal():
            return tr("Grader {number}", number=number)
        return name


def cast_of(agreement: StudyAgreement, picked: str = "") -> Cast:
    """The cast; somebody who is not in it is not picked."""
    return Cast(agreement.graders, agreement.blind, picked if picked in agreement.graders else "")


def colours() -> Sequence[str]:
    """The colours of a few graders on the ground of the current theme."""
    is_dark = QColor(theme.colour("panel")).lightness() < 128
    return _ON_DARK if is_dark else _ON_LIGHT
