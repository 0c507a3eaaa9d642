"""Grades as text, and back."""

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import GradeValue, Scale

_TRUE, _FALSE = {"true", "yes", "1"}, {"false", "no", "0"}


def written(value: GradeValue) -> str:
    """A grade as it stands in a table: true, false, a number, or the word of its scale."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def value_of(scale: Scale, text: str) -> GradeValue:
    """The grade that a text means; a yes-or-no scale also takes yes, no, 1 and 0.

    Raises:
        RetinaError: it is not on the scale.
    """
    given = text.strip().casefold()
    for value in scale.values:
        words = {written(value).casefold()}
        if isinstance(value, bool):
            words = _TRUE if value else _FALSE
        if given in words:
            return value
    allowed = ", ".join(map(written, scale.values))
    raise RetinaError(f"{text!r} is not a {scale.title} grade; use one of: {allowed}.")
