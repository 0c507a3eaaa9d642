"""Fundus phantoms: synthetic photographs whose labels and grades are exactly known."""

from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import GradeValue
from retina_studio.domain.shapes import Geometry, Shape
from retina_studio.phantoms.anatomy import Anatomy, draw_anatomy
from retina_studio.phantoms.eye import Eye, Floats, Frame, draw_frame, stream
from retina_studio.phantoms.lesions import Lesion, draw_lesions
from retina_studio.phantoms.looks import paint_lesions
from retina_studio.phantoms.optics import Gradability, draw_gradability, photograph
from retina_studio.phantoms.retina import draw_colour, paint_disc, paint_ground, paint_vessels
from retina_studio.phantoms.settings import FundusSettings, PhantomSettings, default_settings
from retina_studio.phantoms.vessels import Vessel, grow_vessels

SMALLEST = 64  # below it a disc has too few pixels to carry a cup


@dataclass(frozen=True)
class FundusPhantom:
    """A synthetic photograph: `pixels` (H, W, 3) uint8 RGB, the eye, and the exact grading."""

    pixels: npt.NDArray[np.uint8]
    eye: Eye
    grading: Grading


@dataclass(frozen=True)
class Scene:
    """Everything a photograph is rendered from."""

    seed: int
    frame: Frame
    anatomy: Anatomy
    vessels: list[Vessel]
    lesions: tuple[Lesion, ...]
    colour: Floats
    quality: Gradability
    grade: int
    settings: FundusSettings

    def without_lesions(self) -> "Scene":
        """The same eye and photograph before the disease."""
        return replace(self, lesions=())


def fundus_phantom(
    seed: int,
    *,
    size: tuple[int, int] = (768, 768),
    dr: int | None = None,
    settings: PhantomSettings | None = None,
) -> FundusPhantom:
    """A fundus photograph of `size` (height, width) pixels; the same arguments give the same phantom.

    The DR grade is drawn from the settings when `dr` is None.

    Raises:
        RetinaError: a size below 64 pixels, or a DR grade that is not 0 to 4.
    """
    scene = draw_scene(seed, size, dr, (settings or default_settings()).fundus)
    return FundusPhantom(render(scene), scene.frame.eye, grading_of(scene))


def draw_scene(seed: int, size: tuple[int, int], dr: int | None, settings: FundusSettings) -> Scene:
    """Choose everything that a photograph shows, without painting it (arguments as `fundus_phantom`)."""
    if min(size) < SMALLEST:
        raise RetinaError(f"A fundus phantom of {size[1]} x {size[0]} pixels is too small; use 64 or more.")
    if dr is not None and (isinstance(dr, bool) or dr not in range(5)):
        raise RetinaError(f"{dr!r} is not a DR grade; use 0 to 4.")
    frame = draw_frame(stream(seed, "frame"), size, settings.field)
    anatomy = draw_anatomy(stream(seed, "anatomy"), frame, settings.disc, settings.ppa)
    vessels = grow_vessels(stream(seed, "vessels"), frame, settings.vessels)
    colour = draw_colour(stream(seed, "colour"), settings)
    quality = draw_gradability(stream(seed, "quality"), settings.optics)
    weights = np.array(settings.lesions.dr_weights)
    grade = int(stream(seed, "dr").choice(5, p=weights / weights.sum())) if dr is None else dr
    lesions = draw_lesions(stream(seed, f"lesions/{grade}"), frame, vessels, grade, settings.lesions)
    return Scene(seed, frame, anatomy, vessels, lesions, colour, quality, grade, settings)


def render(scene: Scene) -> npt.NDArray[np.uint8]:
    """The photograph (H, W, 3 uint8) of a scene."""
    s, frame = scene.settings, scene.frame
    canvas = paint_ground(stream(scene.seed, "ground"), frame, scene.colour, s)
    paint_disc(stream(scene.seed, "disc"), canvas, frame, scene.anatomy, s)
    paint_vessels(stream(scene.seed, "paint vessels"), canvas, frame, scene.vessels, s)
    paint_lesions(canvas, scene.lesions, frame, scene.colour)
    return photograph(stream(scene.seed, "optics"), canvas, frame, scene.colour, scene.quality, s.optics)


def grading_of(scene: Scene) -> Grading:
    """The truth: every shape that was painted, and the grades that follow."""
    anatomy, frame = scene.anatomy, scene.frame
    found: list[tuple[str, Geometry]] = [("OD", anatomy.disc), ("OC", anatomy.cup)]
    if anatomy.ppa is not None:
        found.append(("PPA", anatomy.ppa))
    found.append(("fovea", frame.point(frame.fovea)))
    found += [(lesion.label, lesion.geometry) for lesion in scene.lesions]
    ids = stream(scene.seed, f"ids/{frame.height}x{frame.width}/{scene.grade}")
    shapes = [Shape(label, geometry, ids.bytes(16).hex()) for label, geometry in found]
    grades: dict[str, GradeValue] = {
        "gradability": scene.quality,
        "dr": scene.grade,
        "glaucoma": anatomy.vcdr >= scene.settings.disc.glaucoma_vcdr,
        "ppa": anatomy.ppa is not None,
    }
    return Grading(MappingProxyType({shape.id: shape for shape in shapes}), grades)
