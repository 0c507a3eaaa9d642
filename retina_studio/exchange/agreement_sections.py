"""What the agreement of a study says, as tables of words: the report and the dashboard show the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from retina_studio.domain.labels import scales
from retina_studio.study.agreement_values import GradeAgreement, Overlap, StudyAgreement
from retina_studio.study.estimates import Estimate

NOTHING = "—"
_MOST = 120  # rows of pairs, or of dates, that somebody would read


@dataclass(frozen=True)
class Section:
    """One table: its title, what it says in a sentence, the heads of its columns, and its rows."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def sections(agreement: StudyAgreement) -> list[Section]:
    """Every table that has a row; of those with too many rows to be read, only what they are and where they stand."""
    tables = (
        _labels(agreement),
        _scales(agreement),
        _grades("Every two graders", "Grades of the images that both graded.", agreement.pairs),
        _grades("Each grader and the consensus", "Grades against the settled ones.", agreement.consensus),
        _overlaps("Every two graders' drawings", "Mean Dice of what they drew.", agreement.overlaps),
        _grades(
            "Each grader a second time",
            "Grades against their own of a hidden repeat.",
            agreement.repeat_grades,
        ),
        _overlaps(
            "Each grader's drawings a second time",
            "Mean Dice with their own of a hidden repeat.",
            agreement.repeat_overlaps,
        ),
        _drift(agreement),
        _times(agreement),
        _reveals(agreement),
    )
    return [_readable(table) for table in tables if table.rows]


def _readable(table: Section) -> Section:
    if len(table.rows) <= _MOST or (table.columns[0] == "Grader" and "Label" in table.columns):
        return table
    where = f"{len(table.rows)} rows, which the charts show and the table of every figure (CSV) lists."
    return replace(table, note=f"{table.note} {where}", rows=())


def figure(estimate: Estimate, digits: int = 3) -> str:
    """A figure with its interval, "0.912 (0.901–0.922)"; a dash where there is none."""
    if estimate.value is None:
        return NOTHING
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.{digits}f}"
    return f"{estimate.value:.{digits}f} ({estimate.low:.{digits}f}–{estimate.high:.{digits}f})"


def scale_title(code: str) -> str:
    """How a person calls a scale."""
    return scales()[code].title if code in scales() else code


def _labels(agreement: StudyAgreement) -> Section:
    rows = (
        (
            entry.grader,
            entry.label,
            str(entry.dice.n),
            figure(entry.dice),
            figure(entry.iou),
            figure(entry.sensitivity, 2),
            figure(entry.precision, 2),
            f"{entry.found} / {entry.missed} / {entry.extra}",
        )
        for entry in agreement.labels
    )
    return Section(
        "Drawings against the consensus",
        "Dice and IoU are means over the images where the grader or the consensus has the label. Sensitivity: objects "
        "of the consensus that the grader drew; precision: objects the grader drew that are in it.",
        (
            "Grader",
            "Label",
            "Images",
            "Dice",
            "IoU",
            "Sensitivity",
            "Precision",
            "Found / missed / extra",
        ),
        tuple(rows),
    )


def _scales(agreement: StudyAgreement) -> Section:
    rows = (
        (scale_title(entry.scale), str(entry.kappa.n), figure(entry.percent), figure(entry.kappa))
        for entry in agreement.scales
    )
    return Section(
        "All graders together",
        "Of two graders of an image, how often they give the same grade; Fleiss' kappa.",
        ("Grade", "Images", "Same grade", "Fleiss' kappa"),
        tuple(rows),
    )


def _grades(title: str, note: str, entries: Sequence[GradeAgreement]) -> Section:
    rows = (
        (
            entry.first,
            entry.second,
            scale_title(entry.scale),
            str(entry.percent.n),
            figure(entry.percent),
            figure(entry.kappa),
            figure(entry.quadratic),
        )
        for entry in entries
    )
    columns = ("First", "Second", "Grade", "Images", "Same grade", "Kappa", "Kappa, quadratic weights")
    return Section(title, note, columns, tuple(rows))


def _overlaps(title: str, note: str, entries: Iterable[Overlap]) -> Section:
    rows = ((e.first, e.second, e.label, str(e.dice.n), figure(e.dice)) for e in entries)
    return Section(title, note, ("First", "Second", "Label", "Images", "Dice"), tuple(rows))


def _drift(agreement: StudyAgreement) -> Section:
    rows = (
        (entry.grader, entry.start, str(entry.gradings), _plain(entry.dice), _plain(entry.agreement))
        for entry in agreement.drift
    )
    return Section(
        "Over time",
        f"By the {agreement.period} of submission: Dice of anatomy, and share of grades, with the consensus.",
        ("Grader", f"{agreement.period.capitalize()} of", "Gradings", "Dice", "Same grades"),
        tuple(rows),
    )


def _times(agreement: StudyAgreement) -> Section:
    rows = (
        (
            entry.grader,
            str(entry.gradings),
            f"{entry.median:.0f}",
            f"{entry.lower_quartile:.0f} to {entry.upper_quartile:.0f}",
        )
        for entry in agreement.times
    )
    return Section(
        "Time per image",
        "Seconds from the first edit to the submission; two minutes without an edit count as a pause.",
        ("Grader", "Gradings", "Median", "Middle half"),
        tuple(rows),
    )


def _reveals(agreement: StudyAgreement) -> Section:
    rows = (
        (
            entry.grader,
            *map(str, (entry.revealed, entry.blind, entry.changed)),
            figure(entry.rate),
            *map(str, (entry.shapes_added, entry.shapes_removed, entry.shapes_changed, entry.grades_changed)),
        )
        for entry in agreement.reveals
    )
    return Section(
        "Changes after a model's proposals were shown",
        "Gradings in which proposals were shown; how many of them were submitted before (blind), how many were changed "
        "afterwards, and what that came to in all: shapes added, removed and changed, and grades changed.",
        ("Grader", "Shown", "Blind", "Changed", "Rate", "Added", "Removed", "Altered", "Grades"),
        tuple(rows),
    )


def _plain(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.3f}"
