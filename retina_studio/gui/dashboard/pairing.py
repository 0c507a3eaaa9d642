"""The pages of every two graders: heat maps."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from retina_studio.domain.labels import catalogue
from retina_studio.exchange.agreement_sections import figure
from retina_studio.gui.panels.parts import styled_label
from retina_studio.gui.words import marked, tr, tr_data
from retina_studio.study.agreement_figures import CONSENSUS
from retina_studio.study.agreement_values import GradeAgreement, Overlap, StudyAgreement
from retina_studio.study.estimates import Estimate

from .comparing import label_words, scale_words
from .matrix import Cell, Matrix
from .page import Page, put_options
from .table import TableRow, estimate, number

_Pairs = Iterable[tuple[GradeAgreement | Overlap, Estimate]]


class _PairPage(Page):
    """Its chart is a heat map, which is as high as it is wide: the table stands beside it."""

    across = Qt.Orientation.Horizontal
    shares = (780, 470)

    def make_chart(self) -> QWidget:
        """One heat map."""
        self.chart = Matrix(tr_data(self.title))
        self._is_shared = False  # the room, between the heat map and the table
        self.listen(self.chart)
        return self.chart

    def show_pairs(self, agreement: StudyAgreement, pairs: _Pairs) -> None:
        """Rows are the graders who were compared with all the others; one alone where the rest are not told."""
        cells = {
            (pair.first, pair.second): Cell(
                found.value, tr("{figure}, {n} images", figure=figure(found), n=found.n)
            )
            for pair, found in pairs
            if found.value is not None
        }
        there = {name for pair in cells for name in pair}
        names = [name for name in agreement.graders if name in there]
        common = [name for name in names if all(name in pair for pair in cells)]
        rows = common if len(names) > 2 and common else names
        settled = [CONSENSUS] if CONSENSUS in there and CONSENSUS not in names else []
        self.chart.show_cells(rows, [*names, *settled], cells, self.cast)
        if not self._is_shared:
            self._is_shared = True
            width = min(self.chart.wanted_width(), self.shares[0])
            self.split.setSizes([width, max(self.split.width() - width, self.shares[1])])


class PairDrawingsPage(_PairPage):
    """Dice of every two graders' drawings of one label."""

    title = marked("Drawings in pairs")
    note = marked("Mean Dice of what two graders drew, over the images on which one of them drew the label.")
    empty = marked("No two graders have drawn on the same image yet.")

    def make_chart(self) -> QWidget:
        """With a choice of label."""
        self.label = self.choice(tr("Label"), tr("Which label the pairs are compared on"))
        return super().make_chart()

    def fill(self, agreement: StudyAgreement) -> bool:
        """The pairs of one label."""
        codes = sorted({entry.label for entry in agreement.overlaps}, key=list(catalogue()).index)
        chosen = put_options(self.label, [(code, label_words(code)) for code in codes])
        rows = [
            TableRow(
                (self.cast.called(e.first), self.cast.called(e.second), number(e.dice.n), estimate(e.dice)),
                (e.first, e.second),
            )
            for e in agreement.overlaps
            if e.label == chosen
        ]
        self.table.put((tr("First"), tr("Second"), tr("Images"), tr("Dice")), rows)
        self.draw(agreement)
        return bool(rows)

    def draw(self, agreement: StudyAgreement) -> None:
        """The heat map of the label."""
        chosen = self.label.currentData()
        self.show_pairs(agreement, [(e, e.dice) for e in agreement.overlaps if e.label == chosen])


class GradesPage(_PairPage):
    """Kappa of every two graders, and of each with the consensus."""

    title = marked("Grades")
    note = marked("Grades of the images that two graded; each grader also against the settled grades.")
    empty = marked("No two graders have graded the same image yet.")

    def make_chart(self) -> QWidget:
        """With a choice of scale and figure."""
        self.scale = self.choice(tr("Grade"), tr("Which grade the pairs are compared on"))
        options = [
            ("quadratic", tr("Quadratic kappa")),
            ("kappa", tr("Kappa")),
            ("percent", tr("Same grade")),
        ]
        self.figure = self.choice(tr("Figure"), tr("What the chart shows"), options)
        self.together = styled_label("", "heading")
        self.controls.addSpacing(12)
        self.controls.addWidget(self.together)
        return super().make_chart()

    def fill(self, agreement: StudyAgreement) -> bool:
        """The pairs on one scale."""
        codes = list(dict.fromkeys(e.scale for e in (*agreement.pairs, *agreement.consensus)))
        chosen = put_options(self.scale, [(code, scale_words(code)) for code in codes])
        self._say_together(agreement, chosen)
        rows = [
            TableRow(
                (
                    self.cast.called(e.first), self.cast.called(e.second), number(e.percent.n),
                    estimate(e.percent), estimate(e.kappa), estimate(e.quadratic),
                ),
                (e.first, e.second),
            )
            for e in self._pairs(agreement, chosen)
        ]  # fmt: skip
        heads = (
            tr("First"), tr("Second"), tr("Images"), tr("Same grade"), tr("Kappa"), tr("Quadratic kappa"),
        )  # fmt: skip
        self.table.put(heads, rows)
        self.draw(agreement)
        return bool(rows)

    def draw(self, agreement: StudyAgreement) -> None:
        """The heat map of the scale."""
        what = self.figure.currentData()
        pairs = self._pairs(agreement, str(self.scale.currentData()))
        self.show_pairs(agreement, [(e, getattr(e, what)) for e in pairs])

    def _pairs(self, agreement: StudyAgreement, scale: str) -> Sequence[GradeAgreement]:
        return [e for e in (*agreement.consensus, *agreement.pairs) if e.scale == scale]

    def _say_together(self, agreement: StudyAgreement, scale: str) -> None:
        found = next((e for e in agreement.scales if e.scale == scale), None)
        self.together.setVisible(found is not None and found.kappa.value is not None)
        if found is not None:
            self.together.setText(tr("All graders: Fleiss' kappa {kappa}", kappa=figure(found.kappa, 2)))
            self.together.setToolTip(
                tr(
                    "Same grade: {percent} of pairs of graders, {n} images",
                    percent=figure(found.percent, 2), n=found.kappa.n,
                )
            )  # fmt: skip
