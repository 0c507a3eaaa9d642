"""What the board says of items, answers and decisions. No widgets."""

from collections.abc import Mapping

from retina_studio.domain.labels import GradeValue, label, scales
from retina_studio.domain.shapes import Box, Ellipse, Geometry
from retina_studio.domain.voting.outcome import Item, Outcome
from retina_studio.gui.canvas.scene import union
from retina_studio.gui.sentences import tr_sentence
from retina_studio.gui.words import tr, tr_data

from .case import Case, chosen_grade, has_drawn, result_of

_LEAST_PART = 0.03  # of the image's longer side, that is shown at least around an item


def title_of(item: Item) -> str:
    """The scale or label that an item is about; of several lesions `place_words` says which."""
    return tr_data(scales()[item.code].title if item.kind == "grade" else label(item.code).title)


def row_title(case: Case, item: Item) -> str:
    """An item in a narrow list: of a lesion its label's code and its place."""
    place = place_words(case, item, short=True)
    return f"{item.code}   {place}" if place else title_of(item)


def place_words(case: Case, item: Item, *, short: bool = False) -> str:
    """Where on the retina a lesion lies, else where in the image; "" for what there is one of."""
    box = tight_box(item)
    if item.kind != "lesion" or box is None:
        return ""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    quadrant, distance = case.where.quadrant(x, y), case.where.to_fovea(x, y)
    if distance is None:
        return tr("at {x}, {y}", x=f"{x:.0f}", y=f"{y:.0f}")
    away = f"{distance:.1f} DD" if short else tr("{distance} DD from the fovea", distance=f"{distance:.1f}")
    return ", ".join(part for part in (tr_data(quadrant) if quadrant else "", away) if part)


def said(item: Item, name: str) -> str:
    """What one grader said of an item."""
    answer = item.answers.get(name)
    if item.kind == "grade":
        return tr("not answered") if answer is None else grade_words(item.code, answer)
    drawn = item.drawn.get(name, ())
    if len(drawn) == 1:
        return size_words(drawn[0].geometry)
    if drawn:
        return tr("{count} shapes", count=len(drawn))
    if answer == "none" and item.kind != "lesion":
        return tr("none")
    return tr("not answered") if answer == "silent" else tr("not drawn")


def grade_words(scale: str, value: GradeValue) -> str:
    """A grade as the grading panel shows it."""
    return tr_data(scales()[scale].title_of(value))


def size_words(geometry: Geometry) -> str:
    """That something is drawn, and how large it is in pixels."""
    left, top, right, bottom = geometry.box
    if left == right:
        return tr("set")
    if isinstance(geometry, Ellipse):
        return tr(
            "drawn, {width} × {height} px", width=f"{2 * geometry.a:.0f}", height=f"{2 * geometry.b:.0f}"
        )
    return tr("drawn, {width} × {height} px", width=f"{right - left:.0f}", height=f"{bottom - top:.0f}")


def line_of(case: Case, item: Item) -> str:
    """Who said what, in one line: "A DR2 · B DR3 · C not answered"."""
    if item.kind == "grade":
        return " · ".join(f"{reading.letter} {_short(item, reading.name)}" for reading in case.readings)
    drew = [reading.letter for reading in case.readings if has_drawn(item, reading.name)]
    rest = [reading.letter for reading in case.readings if not has_drawn(item, reading.name)]
    parts = []
    if drew:
        parts.append(tr("drawn: {letters}", letters=" ".join(drew)))
    if rest:
        parts.append(tr("not: {letters}", letters=" ".join(rest)))
    return " · ".join(parts)


def _short(item: Item, name: str) -> str:
    answer = item.answers.get(name)
    return "–" if answer is None else grade_words(item.code, answer)


def decision_words(case: Case, item: Item) -> str:
    """What was decided of an item, in a few words; "" while it is open."""
    made, grade = item.decision, chosen_grade(item)
    if made is None:
        return ""
    if grade is not None:
        return grade_words(item.code, grade)
    if made.action == "keep":
        reading = case.reading(made.grader)
        return tr("kept {letter}", letter=reading.letter if reading else "?")
    words: Mapping[str, str] = {"drop": tr("dropped"), "average": tr("averaged"), "redraw": tr("redrawn")}
    return words[made.action]


def place_of(item: Item, frame: tuple[int, int]) -> Box | None:
    """The part of the image that an item is about, with some of its surroundings; None for the whole image."""
    box = tight_box(item)
    if box is None:
        return None
    least = _LEAST_PART * max(frame)
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    half_x, half_y = max(box[2] - box[0], least) / 2, max(box[3] - box[1], least) / 2
    return (x - half_x, y - half_y, x + half_x, y + half_y)


def tight_box(item: Item) -> Box | None:
    """The box around all that was drawn of an item, the adjudicator's drawing too."""
    boxes = [shape.geometry.box for drawn in item.drawn.values() for shape in drawn]
    if item.decision is not None:
        boxes += [geometry.box for geometry in result_of(item, item.decision)]
    return union(boxes)


def summary(outcome: Outcome) -> str:
    """What was settled: how many items were decided, the grades, and what does not comply with them."""
    count = sum(item.decision is not None for item in outcome.items)
    words = [
        tr("Settled: 1 item decided.") if count == 1 else tr("Settled: {count} items decided.", count=count)
    ]
    shown = [
        f"{tr_data(scales()[code].title)}: {grade_words(code, value)}" for code, value in main_grades(outcome)
    ]
    if shown:
        words.append("; ".join(shown) + ".")
    return " ".join(words)


def main_grades(outcome: Outcome) -> list[tuple[str, GradeValue]]:
    """The settled grades that every grading needs; of lesser ones only what was disputed."""
    disputed = {item.code for item in outcome.items if item.kind == "grade"}
    return [
        (code, value)
        for code, value in outcome.grades.items()
        if (scales()[code].required or code in disputed) and code != "gradability"
    ]


def violations(outcome: Outcome) -> list[str]:
    """What does not comply with the settled grade, by label: "2 × Microaneurysm: DR0 allows none"."""
    counts: dict[tuple[str, str], int] = {}
    for entry in outcome.shapes:
        if not entry.compliant:
            key = (entry.shape.label, entry.note)
            counts[key] = counts.get(key, 0) + 1
    return [f"{count} × {code}: {tr_sentence(note)}" for (code, note), count in counts.items()]
