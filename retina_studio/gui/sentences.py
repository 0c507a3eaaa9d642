"""Sentences and titles that lower rooms have filled in already, put into the person's language.

The lower rooms speak English. What they say is made of a few templates: those of resources/guideline.toml and those
below. A text that fits one is taken apart, and the template and its parts are translated; any other stays English.
"""

import re
import tomllib
from functools import cache, lru_cache

from retina_studio.gui.words import is_english, marked, tr_data
from retina_studio.paths import resources

# Reasons of a worklist's order (domain/informative.py), titles of edits (domain/edits.py, domain/shape_edits.py) and of
# remedies (domain/anatomy.py), and parts of all. The first that fits is taken.
_TEMPLATES = (
    marked("{first} or {second}: the model is unsure"),
    marked("{what}: the model is unsure"),
    marked("rare: {what}"),
    marked("Move {what}"),
    marked("Resize {what}"),
    marked("Rotate {what}"),
    marked("Paste mirrored {what}"),
    marked("Paste {what}"),
    marked("Add vertex to {what}"),
    marked("Delete vertex of {what}"),
    marked("Delete {count} vertices of {what}"),
    marked("Duplicate {what}"),
    marked("Unite {what}"),
    marked("Split {what}"),
    marked("Brush {what}"),
    marked("Erase {what}"),
    marked("Convert {what}"),
    marked("Reshape {what}"),
    marked("Change {what}"),
    marked("Grow {what}"),
    marked("Add {what}"),
    marked("Delete {what}"),
    marked("Cut a hole in {what}"),
    marked("Fill holes of {what}"),
    marked("Subtract {what} from {whole}"),
    marked("Accept {count} proposed {what}"),
    marked("Accept proposed {what}"),
    marked("Refine {what}"),
    marked("Relabel {what} to {label}"),
    marked("{scale}: {answer}"),
    marked("DR{grade} or more"),
    marked("{things} is poor"),
    marked("{things} are poor"),
    marked("{first} and {second}"),
    marked("{first}, {second}"),
    marked("no {what}"),
    marked("{count} {things}"),
)
WORDS = (
    marked("Clip the cup to the disc"),
    marked("Subtract the disc from the atrophy"),
    marked("Clip to the image"),
    marked("Clip to image"),
    marked("Clip OC to OD"),
    marked("Comment"),
    marked("not answered"),
    marked("shape"),
    marked("shapes"),
    marked("quadrant"),
    marked("quadrants"),
    marked("is"),
    marked("are"),
    marked("reaches"),
    marked("reach"),
    marked("left"),
    marked("right"),
    marked("right eye"),
    marked("left eye"),
    marked("image definition"),
    marked("field definition"),
    marked("no drusen are drawn"),
    marked("no CNV is drawn"),
    marked("no fluid is drawn"),
    marked("graders often disagree on such images"),
    marked("random share"),
    marked("its reason is told once you have submitted it"),
    marked("What the models offer is shown once you have submitted your own grading of this image."),
)
_FORMS = {
    "count": r"\d+",
    "grade": r"\d",
    "are": "is|are",
    "reach": "reach|reaches",
}  # of fields; else any text


def tr_sentence(text: str) -> str:
    """A filled-in English text in the person's language, as far as its template is known."""
    return text if is_english() else _translated(text)


@lru_cache(maxsize=2048)
def _translated(text: str) -> str:
    whole = tr_data(text)
    if whole != text:
        return whole
    for pattern, template in _patterns():
        found = pattern.fullmatch(text)
        if found:
            parts = {name: _translated(part) for name, part in found.groupdict().items()}
            return tr_data(template).format(**parts)
    return text


def forget_translations() -> None:
    """The language has changed."""
    _translated.cache_clear()


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    with (resources() / "guideline.toml").open("rb") as file:
        rules = [str(rule["text"]) for rule in tomllib.load(file)["rule"]]
    return tuple((_pattern(template), template) for template in (*rules, *_TEMPLATES))


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"{(\w+)}", template)
    shown = [
        f"(?P<{part}>{_FORMS.get(part, '.+?')})" if place % 2 else re.escape(part)
        for place, part in enumerate(parts)
    ]
    return re.compile("".join(shown), re.DOTALL)
