"""The ranges the phantoms are drawn from: `resources/phantoms.toml`, read into validated values."""

import math
import tomllib
from dataclasses import dataclass, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from retina_studio.domain.errors import RetinaError
from retina_studio.paths import resources

Range = tuple[float, float]  # low, high; drawn from uniformly
T = TypeVar("T")


@dataclass(frozen=True)
class FieldSettings:
    """The frame and the field of view."""

    disc_share: Range
    disc_share_macula: Range
    macula_chance: float
    cut_chance: float
    cut_height: Range
    fill: Range
    notch_chance: float
    tilt: Range
    fovea_distance: Range
    fovea_drop: Range


@dataclass(frozen=True)
class DiscSettings:
    """Optic disc and cup."""

    aspect: Range
    angle: Range
    softness: Range
    gain_red: Range
    green_over_red: Range
    blue_over_green: Range
    cup_gain: Range
    cup_softness: Range
    rim_redness: Range
    vcdr_healthy: Range
    vcdr_glaucoma: Range
    glaucoma_chance: float
    glaucoma_vcdr: float
    cup_aspect: Range


@dataclass(frozen=True)
class PpaSettings:
    """Peripapillary atrophy."""

    chance: float
    width: Range
    spread: Range
    ring_chance: float
    brightness: Range
    mottle: Range
    dark_rim_chance: float


@dataclass(frozen=True)
class MaculaSettings:
    """Macula and fovea."""

    depth: Range
    radius: Range
    fovea_depth: Range
    fovea_radius: Range
    reflex_chance: float


@dataclass(frozen=True)
class VesselSettings:
    """Retinal arteries and veins."""

    vein_width: Range
    artery_ratio: Range
    vein_density: Range
    artery_density: Range
    reflex: Range
    tortuosity: Range
    spacing: Range
    arch: Range
    finest: float
    glow: Range


@dataclass(frozen=True)
class ChoroidSettings:
    """Pigment and choroid behind the retina."""

    tessellated_chance: float
    tessellation: Range
    faint: Range
    pigment: Range
    grain: Range


@dataclass(frozen=True)
class OpticsSettings:
    """Illumination, camera and file."""

    vignette: Range
    gradient: Range
    spot: Range
    rim_haze_chance: float
    rim_haze: Range
    smudge_chance: float
    smudge: Range
    veil: Range
    surround: Range
    blur: Range
    noise: Range
    jpeg_quality: Range
    usable_chance: float
    ungradable_chance: float


@dataclass(frozen=True)
class Camera:
    """Mean colour of a healthy fundus; `green` is over red, `blue` over green."""

    weight: float
    red: Range
    green: Range
    blue: Range


@dataclass(frozen=True)
class LesionSettings:
    """Diabetic lesions; the counts are per DR grade 1 to 4."""

    dr_weights: tuple[float, ...]
    microaneurysms: tuple[Range, ...]
    haemorrhages: tuple[Range, ...]
    exudate_clusters: tuple[Range, ...]
    cotton_wool_spots: tuple[Range, ...]
    severe_chance: float
    severe_count: Range
    flame_chance: float
    circinate_chance: float
    new_vessels: Range
    new_vessel_chance: float
    vitreous_chance: float
    preretinal_chance: float
    fibrous_chance: float
    ma_diameter: Range
    dot_diameter: Range
    flame_length: Range
    exudate_diameter: Range
    exudates_per_cluster: Range
    cws_diameter: Range
    nv_diameter: Range
    preretinal_width: Range
    vitreous_diameter: Range
    fibrous_length: Range

    def __post_init__(self) -> None:
        counts = (self.microaneurysms, self.haemorrhages, self.exudate_clusters, self.cotton_wool_spots)
        if len(self.dr_weights) != 5 or any(len(entry) != 4 for entry in counts):
            raise RetinaError(
                "phantoms.toml: [fundus.lesions] needs five dr_weights and four ranges (DR1 to DR4) per count."
            )


@dataclass(frozen=True)
class FundusSettings:
    """Everything a fundus phantom is drawn from."""

    field: FieldSettings
    disc: DiscSettings
    ppa: PpaSettings
    macula: MaculaSettings
    vessels: VesselSettings
    choroid: ChoroidSettings
    optics: OpticsSettings
    camera: tuple[Camera, ...]
    lesions: LesionSettings


@dataclass(frozen=True)
class OctSettings:
    """Everything an OCT phantom is drawn from."""

    depth: Range
    width: Range
    level: Range
    tilt: Range
    curvature: Range
    pit: Range
    pit_width: Range
    thickness: Range
    shadows: Range
    shadow_strength: Range
    contrast: Range
    speckle: Range
    floor: Range
    choroid: Range
    class_weights: tuple[float, ...]
    drusen_count: Range
    drusen_height: Range
    drusen_radius: Range
    cnv_height: Range
    cnv_radius: Range
    cnv_fluid_chance: float
    cyst_count: Range
    cyst_radius: Range
    swelling: Range
    subretinal_chance: float
    subretinal_height: Range
    subretinal_radius: Range
    bright_foci: Range

    def __post_init__(self) -> None:
        if len(self.class_weights) != 4:
            raise RetinaError("phantoms.toml: [oct] needs four class_weights (normal, drusen, cnv, dme).")


@dataclass(frozen=True)
class GraderSettings:
    """What simulated graders' habits are drawn from."""

    miss_small: Range
    miss_large: Range
    overcalls: Range
    boundary: Range
    centre: Range
    scale: Range
    grade_confusion: Range


@dataclass(frozen=True)
class PhantomSettings:
    """All of `resources/phantoms.toml`."""

    fundus: FundusSettings
    oct: OctSettings
    graders: GraderSettings


@cache
def default_settings() -> PhantomSettings:
    """The settings that ship with the application."""
    return read_settings(resources() / "phantoms.toml")


def read_settings(path: Path) -> PhantomSettings:
    """The settings in a TOML file laid out as `resources/phantoms.toml`.

    Raises:
        RetinaError: not readable, not TOML, an unknown or missing key, or a value out of its range.
    """
    try:
        form = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise RetinaError(f"The phantom settings {path.name} cannot be read: {error}.") from error
    return _table(PhantomSettings, form, "")


def _table(cls: type[T], form: Any, where: str) -> T:
    hints = get_type_hints(cls)
    if not isinstance(form, dict) or set(form) != set(hints):
        wrong = ", ".join(sorted(set(form) ^ set(hints))) if isinstance(form, dict) else "not a table"
        raise RetinaError(f"phantoms.toml: [{where or 'top'}] has wrong or missing keys: {wrong}.")
    prefix = f"{where}." if where else ""
    return cls(**{name: _value(hint, form[name], prefix + name) for name, hint in hints.items()})


def _value(hint: Any, value: Any, where: str) -> Any:
    if is_dataclass(hint) and isinstance(hint, type):
        return _table(hint, value, where)
    if hint is float:
        number = _number(value, where)
        if where.endswith("chance") and not 0 <= number <= 1:
            raise RetinaError(f"phantoms.toml: {where} = {value} is not between 0 and 1.")
        return number
    if get_origin(hint) is not tuple or not isinstance(value, list) or not value:
        raise RetinaError(f"phantoms.toml: {where} must be a list, not {value!r}.")
    if hint == Range:
        return _range(value, where)
    return tuple(_value(get_args(hint)[0], entry, where) for entry in value)


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise RetinaError(f"phantoms.toml: {where} must be a number, not {value!r}.")
    return float(value)


def _range(value: list[Any], where: str) -> Range:
    if len(value) != 2:
        raise RetinaError(f"phantoms.toml: {where} must be two numbers [low, high], not {value!r}.")
    low, high = _number(value[0], where), _number(value[1], where)
    if low > high:
        raise RetinaError(f"phantoms.toml: {where} = {value} has its low end above its high end.")
    return low, high
