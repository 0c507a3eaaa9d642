"""The agreement of a study as a file: a page (HTML), a document (PDF), one table (CSV) or values (JSON)."""

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from retina_studio import paths
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.files import write_whole
from retina_studio.exchange.agreement_charts import charts, plain
from retina_studio.exchange.agreement_sections import Section, scale_title, sections
from retina_studio.exchange.files import csv_table
from retina_studio.study.agreement_values import StudyAgreement
from retina_studio.study.estimates import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PAGE = (11.7, 8.3)  # inches, A4 across
_LINE = 0.026  # height of a line of a table, as a share of the page
_LINES = 34  # on a page
_HEAD = 5  # lines that title, note, heads and the gap take
_LEFT, _RIGHT = 0.05, 0.95  # edges of a table, as shares of the page
_FEWEST = 4  # rows of a table that are worth its head at the bottom of a page


def write_agreement(agreement: StudyAgreement, out: Path) -> None:
    """Write the agreement in the form that the ending of `out` names: .html, .pdf, .csv or .json.

    Raises:
        RetinaError: another ending, or the file cannot be written.
    """
    makers = {".html": _html, ".pdf": _pdf, ".csv": _csv, ".json": _json}
    make = makers.get(out.suffix.lower())
    if make is None:
        raise RetinaError(f"{out.name} must end in {', '.join(makers)}: the ending says what is written.")
    content = make(agreement)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RetinaError(f"{out.parent} cannot be made: {error.strerror or error}.") from error
    write_whole(out, content)


def _json(agreement: StudyAgreement) -> bytes:
    return json.dumps(agreement.to_dict(), indent=1).encode()


def _csv(agreement: StudyAgreement) -> bytes:
    """One figure a line, so that any program can filter it."""
    heads = ("what", "first", "second", "of", "figure", "value", "low", "high", "images")
    rows = (*_drawings(agreement), *_grades(agreement), *_courses(agreement))
    return csv_table((heads, *rows))


_Row = tuple[str | float, ...]


def _drawings(agreement: StudyAgreement) -> Iterator[_Row]:
    for entry in agreement.labels:
        for name in ("dice", "iou", "sensitivity", "precision"):
            yield _line(("drawing", entry.grader, "consensus", entry.label, name), getattr(entry, name))
    for what, overlaps in (("drawing", agreement.overlaps), ("repeat", agreement.repeat_overlaps)):
        for pair in overlaps:
            yield _line((what, pair.first, pair.second, pair.label, "dice"), pair.dice)


def _grades(agreement: StudyAgreement) -> Iterator[_Row]:
    for entry in agreement.scales:
        yield _line(("grade", "all graders", "", entry.scale, "percent"), entry.percent)
        yield _line(("grade", "all graders", "", entry.scale, "fleiss kappa"), entry.kappa)
    pairs = (*agreement.pairs, *agreement.consensus)
    for what, grades in (("grade", pairs), ("repeat", agreement.repeat_grades)):
        for pair in grades:
            for name in ("percent", "kappa", "quadratic"):
                yield _line((what, pair.first, pair.second, pair.scale, name), getattr(pair, name))


def _courses(agreement: StudyAgreement) -> Iterator[_Row]:
    for point in agreement.drift:
        for name in ("dice", "agreement"):
            estimate = Estimate(getattr(point, name), None, None, point.gradings)
            yield _line(("drift", point.grader, "consensus", point.start, name), estimate)
    for time in agreement.times:
        for name in ("median", "lower_quartile", "upper_quartile"):
            estimate = Estimate(getattr(time, name), None, None, time.gradings)
            yield _line(("seconds", time.grader, "", "", name), estimate)
    for reveal in agreement.reveals:
        yield _line(("reveal", reveal.grader, "", "", "changed"), reveal.rate)
        for name in ("blind", "shapes_added", "shapes_removed", "shapes_changed", "grades_changed"):
            estimate = Estimate(float(getattr(reveal, name)), None, None, reveal.revealed)
            yield _line(("reveal", reveal.grader, "", "", name), estimate)


def _line(key: tuple[str, ...], estimate: Estimate) -> _Row:
    figures = (estimate.value, estimate.low, estimate.high)
    return (*key, *("" if value is None else round(value, 6) for value in figures), estimate.n)


def _html(agreement: StudyAgreement) -> bytes:
    loader = jinja2.FileSystemLoader(paths.resources())
    template = jinja2.Environment(loader=loader, autoescape=True).get_template("agreement_report.html.j2")
    drawn = [(title, _svg(figure)) for title, figure in charts(agreement)]
    page = template.render(agreement=agreement, sections=sections(agreement), charts=drawn)
    return page.encode()


def _svg(figure: "Figure") -> str:
    """The chart as an element to stand in a page."""
    from matplotlib import rc_context  # noqa: PLC0415 - see `charts`

    text = io.StringIO()
    with rc_context(
        {"svg.fonttype": "none"}
    ):  # letters as letters: they can be read aloud, and take little room
        figure.savefig(text, format="svg")
    svg = text.getvalue()
    return svg[svg.index("<svg") :]


def _pdf(agreement: StudyAgreement) -> bytes:
    from matplotlib.backends.backend_pdf import PdfPages  # noqa: PLC0415 - see `charts`

    content = io.BytesIO()
    with PdfPages(content) as pages:
        for page in (_first_page(agreement), *_table_pages(agreement)):
            pages.savefig(page)
        for title, figure in charts(agreement):
            figure.suptitle(title)
            pages.savefig(figure)
    return content.getvalue()


def _first_page(agreement: StudyAgreement) -> "Figure":
    from matplotlib.figure import Figure  # noqa: PLC0415

    page = Figure(figsize=_PAGE)
    page.text(0.07, 0.86, "Agreement of the graders", fontsize=24)
    grades = ", ".join(scale_title(entry.scale) for entry in agreement.scales) or "none"
    lines = (
        f"Study {agreement.study}, {agreement.at[:10]}",
        f"{agreement.images} images, {agreement.gradings} gradings, {len(agreement.graders)} graders",
        f"Grades: {grades}",
        "Intervals: 95 %, images drawn with replacement a thousand times.",
        "Retina Studio is not a medical device.",
    )
    for number, line in enumerate(lines):
        page.text(0.07, 0.76 - 0.05 * number, line, fontsize=12)
    return page


@dataclass(frozen=True)
class _Part:
    """Some rows of a section that stand on one page, from a line on."""

    section: Section
    rows: tuple[tuple[str, ...], ...]
    line: int
    continued: bool


def _table_pages(agreement: StudyAgreement) -> "Iterator[Figure]":
    for parts in _paged(sections(agreement)):
        yield _table_page(parts)


def _paged(tables: Sequence[Section]) -> list[list[_Part]]:
    """The tables one below the other; one that does not fit goes on where the next page begins."""
    pages: list[list[_Part]] = [[]]
    line = 0
    for section in tables:
        rows, continued = section.rows, False
        while rows or not continued:
            room = _LINES - line - _HEAD
            if room < min(_FEWEST, len(rows)):
                pages.append([])
                line, room = 0, _LINES - _HEAD
            pages[-1].append(_Part(section, rows[:room], line, continued))
            line += len(rows[:room]) + _HEAD
            rows, continued = rows[room:], True
    return pages


def _table_page(parts: Sequence[_Part]) -> "Figure":
    from matplotlib.figure import Figure  # noqa: PLC0415

    page = Figure(figsize=_PAGE)
    for part in parts:
        top = 0.95 - part.line * _LINE
        more = " (continued)" if part.continued else ""
        page.text(0.05, top, part.section.title + more, fontsize=12)
        page.text(0.05, top - 0.7 * _LINE, part.section.note, fontsize=6.5, verticalalignment="top")
        if part.rows:
            _add_table(page, part, top - 2.3 * _LINE)
    return page


def _add_table(page: "Figure", part: _Part, top: float) -> None:
    """Words and thin lines: matplotlib's own table takes a second for each page."""
    from matplotlib.collections import LineCollection  # noqa: PLC0415

    lefts = _lefts([part.section.columns, *part.rows])
    lines = []
    for number, row in enumerate([part.section.columns, *part.rows]):
        y = top - number * _LINE
        lines.append(((_LEFT, y - 0.3 * _LINE), (_RIGHT, y - 0.3 * _LINE)))
        for left, cell in zip(lefts, plain(row), strict=True):
            page.text(left, y, cell, fontsize=6.5, fontweight="normal" if number else "bold")
    rules = LineCollection(lines, linewidths=0.3, colors="#9aa3ac", transform=page.transFigure)
    page.add_artist(rules)


def _lefts(rows: Sequence[Sequence[str]]) -> list[float]:
    """Where columns begin: each as wide as its longest word, and as much wider as there is room."""
    longest = [max(len(cell) for cell in column) + 3 for column in zip(*rows, strict=True)]
    share = (_RIGHT - _LEFT) / sum(longest)
    return [_LEFT + share * sum(longest[:number]) for number in range(len(longest))]
