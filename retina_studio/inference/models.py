"""Which models there are to run, and what each of them looks at."""

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import Modality
from retina_studio.networks.table import stems

ALL = "all"
MODALITY_WORDS: dict[Modality, str] = {"fundus": "a fundus photograph", "oct": "an OCT B-scan"}


def modality_read(stem: str) -> Modality:
    """What a model looks at."""
    return "oct" if stem == "oct" else "fundus"


def chosen_stems(model: str) -> tuple[str, ...]:
    """The stems of "all", or the one that is named.

    Raises:
        RetinaError: there is no such model.
    """
    if model != ALL and model not in stems():
        raise RetinaError(f"There is no model {model!r}; there is: {', '.join(stems())}.")
    return stems() if model == ALL else (model,)


def require_modality(stem: str, modality: Modality) -> None:
    """Refuse to have a model look at what it was not made for.

    Raises:
        RetinaError: the image is of another modality.
    """
    wanted = modality_read(stem)
    if modality != wanted:
        raise RetinaError(
            f"The image is {MODALITY_WORDS[modality]}, and the model {stem} looks at {MODALITY_WORDS[wanted]}."
        )
