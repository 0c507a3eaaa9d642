"""The pages of graders against the consensus, themselves and time: dots with intervals, and lines."""

from collections.abc import Iterator, Sequence

from PySide6.QtWidgets import QWidget

from retina_studio.domain.labels import catalogue
from retina_studio.exchange.agreement_sections import figure, scale_title
from retina_studio.gui.words import marked, tr, tr_data
from retina_studio.study.agreement_values import GradeAgreement, Overlap, StudyAgreement
from retina_studio.study.estimates import Estimate

from .charts import Dot, DotChart, LineChart
from .page import Page, put_options
from .table import Figure, TableRow, estimate, number


def label_words(code: str) -> str:
    """A label as a choice shows it."""
    return f"{code}  {tr_data(catalogue()[code].title)}" if code in catalogue() else code


def scale_words(code: str) -> str:
    """A scale as a person calls it."""
    return tr_data(scale_title(code))


class _DotPage(Page):
    """Its chart shows dots by group."""

    def make_chart(self) -> QWidget:
        """One chart of dots."""
        self.chart = DotChart(tr_data(self.title))
        self.listen(self.chart)
        return self.chart

    def dot(self, group: str, grader: str, found: Estimate, what: str) -> Iterator[Dot]:
        """The dot of a figure, none where it has no value."""
        if found.value is not None:
            words = tr(
                "{grader}, {what}: {figure}, {n} images",
                grader=self.cast.called(grader), what=what, figure=figure(found), n=found.n,
            )  # fmt: skip
            yield Dot(group, grader, found.value, found.low, found.high, words)


class DrawingsPage(_DotPage):
    """Drawings of each label against the consensus."""

    title = marked("Drawings")
    note = marked(
        "Drawings against the consensus, with 95 % intervals. Sensitivity: objects of the consensus that the grader "
        "drew; precision: objects the grader drew that are in it."
    )
    empty = marked("No image with a drawing has been voted on yet.")
    figures = (
        ("dice", marked("Dice")),
        ("iou", marked("IoU")),
        ("sensitivity", marked("Sensitivity")),
        ("precision", marked("Precision")),
    )

    def make_chart(self) -> QWidget:
        """With a choice of label and figure."""
        self.label = self.choice(tr("Label"), tr("One label, or all of them"))
        options = [(key, tr_data(words)) for key, words in self.figures]
        self.figure = self.choice(tr("Figure"), tr("What the chart shows"), options)
        return super().make_chart()

    def fill(self, agreement: StudyAgreement) -> bool:
        """All labels by label, or one by grader."""
        codes = sorted({entry.label for entry in agreement.labels}, key=list(catalogue()).index)
        chosen = put_options(
            self.label, [("", tr("All labels")), *((code, label_words(code)) for code in codes)]
        )
        rows = [
            TableRow(
                (
                    self.cast.called(entry.grader), entry.label, number(entry.dice.n), estimate(entry.dice),
                    estimate(entry.iou), estimate(entry.sensitivity, 2), estimate(entry.precision, 2),
                    Figure(f"{entry.found} / {entry.missed} / {entry.extra}", entry.found),
                ),
                (entry.grader,),
            )
            for entry in agreement.labels
            if chosen in {"", entry.label}
        ]  # fmt: skip
        heads = (
            tr("Grader"), tr("Label"), tr("Images"), tr("Dice"), tr("IoU"), tr("Sensitivity"), tr("Precision"),
            tr("Found / missed / extra"),
        )  # fmt: skip
        self.table.put(heads, rows)
        self.draw(agreement)
        return bool(rows)

    def draw(self, agreement: StudyAgreement) -> None:
        """By label; of one label by grader."""
        chosen, what = self.label.currentData(), self.figure.currentData()
        order = list(catalogue())
        entries = [entry for entry in agreement.labels if chosen in {"", entry.label}]
        entries.sort(key=lambda entry: order.index(entry.label))
        dots = [
            dot
            for entry in entries
            for dot in self.dot(
                self.cast.called(entry.grader) if chosen else entry.label,
                entry.grader,
                getattr(entry, what),
                f"{entry.label}, {self.figure.currentText()}",
            )
        ]
        self.chart.show_dots(dots, self.cast, tr("{figure}, 95 % interval", figure=self.figure.currentText()))


class TimePage(_DotPage):
    """Seconds per image."""

    title = marked("Time per image")
    note = marked(
        "Seconds from the first edit to the submission: median and middle half. Two minutes without an edit count "
        "as a pause."
    )
    empty = marked("Nobody's time on an image is known yet.")

    def fill(self, agreement: StudyAgreement) -> bool:
        """One row a grader."""
        rows = [
            TableRow(
                (
                    self.cast.called(e.grader), number(e.gradings), number(e.median), number(e.lower_quartile),
                    number(e.upper_quartile),
                ),
                (e.grader,),
            )
            for e in agreement.times
        ]  # fmt: skip
        heads = (tr("Grader"), tr("Gradings"), tr("Median"), tr("Lower quartile"), tr("Upper quartile"))
        self.table.put(heads, rows)
        self.draw(agreement)
        return bool(rows)

    def draw(self, agreement: StudyAgreement) -> None:
        """The middle half as a line."""
        dots = []
        for e in agreement.times:
            name = self.cast.called(e.grader)
            words = tr(
                "{grader}: {median} s, middle half {low} to {high} s, {n} gradings",
                grader=name, median=f"{e.median:.0f}", low=f"{e.lower_quartile:.0f}",
                high=f"{e.upper_quartile:.0f}", n=e.gradings,
            )  # fmt: skip
            dots.append(Dot(name, e.grader, e.median, e.lower_quartile, e.upper_quartile, words))
        self.chart.show_dots(dots, self.cast, tr("Seconds: median and middle half"), top=None)


class RevealPage(_DotPage):
    """Changes after a model's proposals were shown."""

    title = marked("After proposals")
    note = marked(
        "Of the gradings in which a model's proposals were shown: how many were submitted before that (blind), how "
        "many were changed afterwards, and what that came to in all."
    )
    empty = marked("No model's proposals have been shown in a submitted grading yet.")

    def fill(self, agreement: StudyAgreement) -> bool:
        """One row a grader."""
        rows = [
            TableRow(
                (
                    self.cast.called(e.grader),
                    number(e.revealed),
                    number(e.blind),
                    number(e.changed),
                    estimate(e.rate),
                    number(e.shapes_added),
                    number(e.shapes_removed),
                    number(e.shapes_changed),
                    number(e.grades_changed),
                ),
                (e.grader,),
            )
            for e in agreement.reveals
        ]
        titles = (
            tr("Grader"), tr("Shown"), tr("Blind"), tr("Changed"), tr("Rate"), tr("Shapes added"),
            tr("Shapes removed"), tr("Shapes changed"), tr("Grades changed"),
        )  # fmt: skip
        self.table.put(titles, rows)
        self.draw(agreement)
        return bool(rows)

    def draw(self, agreement: StudyAgreement) -> None:
        """The rate of each."""
        dots = [
            dot
            for e in agreement.reveals
            for dot in self.dot(self.cast.called(e.grader), e.grader, e.rate, tr("changed afterwards"))
        ]
        self.chart.show_dots(dots, self.cast, tr("Changed afterwards, 95 % interval"))


class RepeatsPage(_DotPage):
    """Each grader against their own reading of a hidden repeat."""

    title = marked("Repeats")
    note = marked("Each grader against themselves: an image that came back, hidden, some weeks later.")
    empty = marked("No hidden repeat has been graded yet.")

    def make_chart(self) -> QWidget:
        """With a choice of figure."""
        options = [
            ("quadratic", tr("Grades: quadratic kappa")), ("kappa", tr("Grades: kappa")),
            ("percent", tr("Grades: same grade")), ("dice", tr("Drawings: Dice")),
        ]  # fmt: skip
        self.figure = self.choice(tr("Figure"), tr("What the chart shows"), options)
        return super().make_chart()

    def fill(self, agreement: StudyAgreement) -> bool:
        """Grades, or drawings."""
        is_drawn = self.figure.currentData() == "dice"
        if is_drawn:
            heads: Sequence[str] = (tr("Grader"), tr("Label"), tr("Images"), tr("Dice"))
            rows = [
                TableRow((self.cast.called(e.first), e.label, number(e.dice.n), estimate(e.dice)), (e.first,))
                for e in agreement.repeat_overlaps
            ]
        else:
            heads = (
                tr("Grader"), tr("Grade"), tr("Images"), tr("Same grade"), tr("Kappa"), tr("Quadratic kappa"),
            )  # fmt: skip
            rows = [
                TableRow(
                    (
                        self.cast.called(e.first), scale_words(e.scale), number(e.percent.n), estimate(e.percent),
                        estimate(e.kappa), estimate(e.quadratic),
                    ),
                    (e.first,),
                )
                for e in agreement.repeat_grades
            ]  # fmt: skip
        self.table.put(heads, rows)
        self.draw(agreement)
        return bool(agreement.repeat_grades or agreement.repeat_overlaps)

    def draw(self, agreement: StudyAgreement) -> None:
        """By scale, or by label."""
        what = self.figure.currentData()
        found: Sequence[GradeAgreement | Overlap]
        found = agreement.repeat_overlaps if what == "dice" else agreement.repeat_grades
        groups = [e.label if isinstance(e, Overlap) else scale_words(e.scale) for e in found]
        order = sorted(range(len(found)), key=lambda place: groups[place])
        dots = [
            dot
            for place in order
            for dot in self.dot(groups[place], found[place].first, getattr(found[place], what), groups[place])
        ]
        self.chart.show_dots(dots, self.cast, tr("{figure}, 95 % interval", figure=self.figure.currentText()))


class DriftPage(Page):
    """Agreement with the consensus over weeks or months."""

    title = marked("Over time")
    note = marked(
        "Agreement with the consensus by the date of submission: a line that falls is a grader who drifts."
    )
    empty = marked("Nothing that was submitted has been voted on yet.")

    def make_chart(self) -> QWidget:
        """With a choice of figure."""
        options = [("dice", tr("Dice of anatomy")), ("agreement", tr("Same grades"))]
        self.figure = self.choice(tr("Figure"), tr("What the chart shows"), options)
        self.chart = LineChart(tr_data(self.title))
        self.listen(self.chart)
        return self.chart

    def fill(self, agreement: StudyAgreement) -> bool:
        """One row a grader and period."""
        rows = [
            TableRow(
                (
                    self.cast.called(e.grader),
                    e.start,
                    number(e.gradings),
                    number(e.dice, 3),
                    number(e.agreement, 3),
                ),
                (e.grader,),
            )
            for e in agreement.drift
        ]
        since = tr("Week of") if agreement.period == "week" else tr("Month of")
        self.table.put((tr("Grader"), since, tr("Gradings"), tr("Dice of anatomy"), tr("Same grades")), rows)
        self.draw(agreement)
        return bool(rows)

    def draw(self, agreement: StudyAgreement) -> None:
        """A line a grader."""
        what, dots = self.figure.currentData(), []
        for e in agreement.drift:
            value = getattr(e, what)
            if value is not None:
                words = tr(
                    "{grader}, {date}: {figure}, {n} gradings",
                    grader=self.cast.called(e.grader), date=e.start, figure=f"{value:.3f}", n=e.gradings,
                )  # fmt: skip
                dots.append(Dot(e.start, e.grader, value, None, None, words))
        self.chart.show_lines(dots, self.cast, self.figure.currentText())
