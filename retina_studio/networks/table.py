"""The table of models: every stem and size, what builds its network, and how its images are prepared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from retina_studio.networks.locseg import LocSeg
from retina_studio.networks.preprocessing import Preprocessing


class UnknownModelError(ValueError):
    """No such model in the table, in one sentence."""


@dataclass(frozen=True)
class ModelSpec:
    """One row of the table.

    Attributes:
        stem, size: what a model is asked for by.
        title: what people read.
        network: the module's class; it takes height and width of the input and `options`.
        options: keyword arguments that make the size; a recipe may change them and weights carry them.
        preprocessing: the default, which a recipe may change and weights carry too.
    """

    stem: str
    size: str
    title: str
    network: Callable[..., LocSeg]
    options: Mapping[str, Any]
    preprocessing: Preprocessing

    def build(
        self, preprocessing: Preprocessing | None = None, options: Mapping[str, Any] | None = None
    ) -> LocSeg:
        """A freshly initialised network, of this row or with what a recipe or a weights file changed.

        Raises:
            ValueError: the numbers fit no network.
        """
        spec = preprocessing or self.preprocessing
        chosen = self.options if options is None else options
        try:
            return self.network(spec.height, spec.width, **chosen)
        except TypeError as error:
            raise UnknownModelError(
                f"The {self.stem} network does not take these options: {error}."
            ) from error


MODELS: tuple[ModelSpec, ...] = (
    ModelSpec(
        stem="disc",
        size="paper",
        title="Optic disc (localiser, then outline)",
        network=LocSeg,
        options={"filters": (32, 64, 128, 256, 512), "dropout": 0.2},
        preprocessing=Preprocessing(height=480, width=640),
    ),
    ModelSpec(
        stem="disc",
        size="compact",
        title="Optic disc (localiser, then outline), small",
        network=LocSeg,
        options={"filters": (16, 24, 32, 64, 128), "dropout": 0.0},
        preprocessing=Preprocessing(height=160, width=192),
    ),
)


def stems() -> tuple[str, ...]:
    """The stems in the table, each once."""
    return tuple(dict.fromkeys(spec.stem for spec in MODELS))


def model_spec(stem: str, size: str) -> ModelSpec:
    """The row of a stem and size.

    Raises:
        UnknownModelError: naming what there is.
    """
    for spec in MODELS:
        if (spec.stem, spec.size) == (stem, size):
            return spec
    if stem not in stems():
        raise UnknownModelError(f"There is no model {stem!r}; there is: {', '.join(stems())}.")
    sizes = ", ".join(spec.size for spec in MODELS if spec.stem == stem)
    raise UnknownModelError(f"The model {stem} has no size {size!r}; it has: {sizes}.")
