"""The healthy retina on the canvas: colour, choroid, macula, disc, atrophy, vessels."""

import math

import cv2
import numpy as np

from retina_studio.domain.shapes import Polygon
from retina_studio.phantoms.anatomy import Anatomy
from retina_studio.phantoms.eye import Floats, Frame, draw
from retina_studio.phantoms.outlines import ribbon
from retina_studio.phantoms.settings import FundusSettings
from retina_studio.phantoms.texture import Field, Patch, blurred, noise, resized, smooth_field
from retina_studio.phantoms.vessels import Vessel

_BLOOD = np.array([0.24, 1.0, 0.72], np.float32)


def draw_colour(rng: np.random.Generator, settings: FundusSettings) -> Floats:
    """The mean colour (3,) of this fundus: a camera, then a colour of its range."""
    weights = np.array([camera.weight for camera in settings.camera])
    camera = settings.camera[int(rng.choice(len(weights), p=weights / weights.sum()))]
    red = draw(rng, camera.red)
    green = red * draw(rng, camera.green)
    return np.array([red, green, green * draw(rng, camera.blue)])


def paint_ground(rng: np.random.Generator, frame: Frame, colour: Floats, settings: FundusSettings) -> Field:
    """Pigment, choroidal vessels and macula: the canvas (H, W, 3), in grey values before illumination."""
    s, h, w, dd = settings.choroid, frame.height, frame.width, frame.scale
    light = draw(rng, s.pigment) * noise(rng, h, w, 1.6 * dd) + draw(rng, s.grain) * noise(
        rng, h, w, 0.025 * dd
    )
    light += 0.4 * draw(rng, s.pigment) * noise(rng, h, w, 0.35 * dd)
    hue = 0.6 * draw(rng, s.pigment) * noise(rng, h, w, 2.5 * dd)
    tessellated = rng.random() < s.tessellated_chance
    net = draw(rng, s.tessellation if tessellated else s.faint) * _choroid(rng, frame)
    macula, fovea = _macula(rng, frame, settings)
    pigment = macula + fovea
    net *= np.exp(-1.2 * pigment)  # the macular pigment hides the choroid
    density = [
        -light - hue - 0.6 * net + 0.5 * macula + 0.6 * fovea,
        -light + 0.6 * hue - net + 0.75 * macula + 0.8 * fovea,
        -light + hue - 0.6 * net + 0.8 * macula + 0.7 * fovea,
    ]
    canvas = np.empty((h, w, 3), np.float32)
    for channel in range(3):
        canvas[..., channel] = cv2.exp(-density[channel]) * colour[channel]
    return canvas


def _choroid(rng: np.random.Generator, frame: Frame) -> Field:
    """Choroidal vessels: bright ridges, stretched away from the posterior pole; about -1 to 1."""
    shrink = max(max(frame.height, frame.width) / 560, 1.0)
    rows, columns = math.ceil(frame.height / shrink), math.ceil(frame.width / shrink)
    size = 0.07 * frame.scale / shrink
    fine, coarse = (1.0 - 2.2 * np.abs(noise(rng, rows, columns, size * k)) for k in (1.0, 1.9))
    net: Floats = (fine + coarse) / 2
    # Warp radially: sampling a coarse grid along rays stretches the net along them.
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    cx, cy = frame.disc[0] / shrink, frame.disc[1] / shrink
    angle, radius = np.arctan2(y - cy, x - cx), np.hypot(x - cx, y - cy)
    squeezed = 0.62 * radius
    u, v = cx + squeezed * np.cos(angle), cy + squeezed * np.sin(angle)
    warp = 0.7 * size * noise(rng, rows, columns, 4 * size)
    warped = cv2.remap(
        net.astype(np.float32), u + warp, v - warp, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    patchy = np.clip(0.7 + 0.35 * noise(rng, rows, columns, 2.2 * frame.scale / shrink), 0.1, 1.4)
    return resized(np.clip(warped, -1, 1) * patchy, frame.height, frame.width)


def _macula(rng: np.random.Generator, frame: Frame, settings: FundusSettings) -> tuple[Field, Field]:
    """Optical density of the macular pigment: the wide and the foveal part."""
    s = settings.macula
    radius, fovea_radius = draw(rng, s.radius), draw(rng, s.fovea_radius)
    depth, fovea_depth = draw(rng, s.depth), draw(rng, s.fovea_depth)
    fx, fy = frame.fovea
    wide = smooth_field(
        frame, lambda x, y: depth * np.exp(-((x - fx) ** 2 + ((y - fy) * 1.15) ** 2) / (2 * radius**2))
    )
    narrow = smooth_field(
        frame, lambda x, y: fovea_depth * np.exp(-((x - fx) ** 2 + (y - fy) ** 2) / (2 * fovea_radius**2))
    )
    if rng.random() < s.reflex_chance:
        bright = 0.25 * fovea_depth + 0.1
        narrow -= smooth_field(
            frame, lambda x, y: bright * np.exp(-((x - fx) ** 2 + (y - fy) ** 2) / (2 * 0.03**2)), 700
        )
    return wide, narrow


def paint_disc(
    rng: np.random.Generator, canvas: Field, frame: Frame, anatomy: Anatomy, settings: FundusSettings
) -> None:
    """Disc, cup, a faint halo, and the atrophy beside the disc; in place."""
    s, dd = settings.disc, frame.scale
    around = Patch(anatomy.disc, frame.height, frame.width, 1.0 * dd)
    view = canvas[around.at]
    local = np.median(view[~around.mask], axis=0)
    gain = np.cumprod([draw(rng, s.gain_red), draw(rng, s.green_over_red), draw(rng, s.blue_over_green)])
    colour = local * gain
    # Nerve fibres are pale even where a camera shows the fundus as nearly pure red.
    colour[1] = max(colour[1], rng.uniform(0.46, 0.62) * colour[0])
    colour[2] = max(colour[2], rng.uniform(0.3, 0.5) * colour[1])
    halo = rng.uniform(0.05, 0.3) * around.soft(0.33 * dd)
    view *= 1 + halo[..., None] * np.array([0.7, 1.0, 1.0], np.float32)
    if anatomy.ppa is not None:
        _paint_ppa(rng, canvas, frame, anatomy.ppa, local, colour, settings)
    temporal, vertical = _disc_coordinates(frame, around)
    crisp, vague = (draw(rng, s.softness) * k * dd for k in (0.7, 1.6))
    side = np.clip(0.5 + temporal, 0, 1)
    alpha = around.soft(crisp) * (1 - side) + around.soft(vague) * side
    redness = draw(rng, s.rim_redness) * np.clip(0.6 - 1.6 * temporal, 0, 1)
    mottled = 1 + 0.035 * noise(rng, len(temporal), temporal.shape[1], 0.12 * dd)
    tint = np.stack([mottled, mottled * (1 - redness), mottled * (1 - redness)], axis=-1)
    cup = Patch(anatomy.cup, frame.height, frame.width, 0)
    cup_mask = np.zeros(temporal.shape, np.float32)
    r, c = around.at[0].start, around.at[1].start
    cup_mask[cup.at[0].start - r : cup.at[0].stop - r, cup.at[1].start - c : cup.at[1].stop - c] = cup.mask
    depth = blurred(cup_mask, draw(rng, s.cup_softness) * dd) * (draw(rng, s.cup_gain) - 1)
    pale = 1 + depth[..., None] * np.array([0.5, 1.0, 1.4], np.float32)
    curve = 1 - 0.12 * np.clip((temporal**2 + vertical**2) / 0.25, 0, 1.2)
    disc = colour.astype(np.float32) * tint * pale * curve[..., None]
    # Nerve fibres and lamina are white to yellow, never green or blue, whatever the camera.
    disc[..., 0] = np.maximum(disc[..., 0], disc[..., 1] / 0.82)
    disc[..., 2] = np.minimum(disc[..., 2], 0.84 * disc[..., 1])
    view += alpha[..., None] * (disc - view)


def _disc_coordinates(frame: Frame, patch: Patch) -> tuple[Field, Field]:
    grid: Floats = np.indices(patch.mask.shape) + 0.5
    x, y = frame.to_eye(grid[1] + patch.origin[0], grid[0] + patch.origin[1])
    return x.astype(np.float32), y.astype(np.float32)


def _paint_ppa(
    rng: np.random.Generator,
    canvas: Field,
    frame: Frame,
    ppa: Polygon,
    local: Floats,
    disc_colour: Floats,
    settings: FundusSettings,
) -> None:
    """Pale, mottled, with choroid showing through; sometimes a rim of pigment outside."""
    s, dd = settings.ppa, frame.scale
    patch = Patch(ppa, frame.height, frame.width, 0.15 * dd)
    view = canvas[patch.at]
    rows, columns = patch.mask.shape
    soft = patch.soft(0.022 * dd)
    if rng.random() < s.dark_rim_chance:
        rim = np.clip(patch.soft(0.045 * dd) - 0.75 * soft, 0, None) * rng.uniform(0.5, 1.1)
        view *= np.exp(-rim[..., None] * np.array([0.8, 1.0, 0.9], np.float32))
    share = draw(rng, s.brightness)
    colour = local * (1 - share) + disc_colour * np.array([0.95, 0.95, 0.85]) * share
    coarse = noise(rng, rows, columns, 0.09 * dd) + 0.6 * noise(rng, rows, columns, 0.03 * dd)
    uneven = 1 + draw(rng, s.mottle) * 0.5 * coarse
    view += soft[..., None] * (0.9 * (colour.astype(np.float32) * uneven[..., None] - view))


def paint_vessels(
    rng: np.random.Generator, canvas: Field, frame: Frame, vessels: list[Vessel], settings: FundusSettings
) -> None:
    """Veins dark, arteries lighter with a central reflex, a sheen of nerve fibres beside both; in place."""
    s = settings.vessels
    veins = _lines(frame, [v for v in vessels if not v.artery], 1.0)
    arteries = _lines(frame, [v for v in vessels if v.artery], 1.0)
    wide = _lines(frame, [v for v in vessels if v.artery and v.thickest > 0.035], 0.32)
    soft = 0.006 * frame.scale
    density = np.maximum(
        draw(rng, s.vein_density) * blurred(veins, soft),
        draw(rng, s.artery_density) * blurred(arteries, soft),
    )
    density -= draw(rng, s.reflex) * blurred(wide, soft)
    shrink = max(max(frame.height, frame.width) // 256, 1)
    thick = cv2.resize(
        np.maximum(veins, arteries),
        (frame.width // shrink, frame.height // shrink),
        interpolation=cv2.INTER_AREA,
    )
    sheen = resized(blurred(thick, 0.13 * frame.scale / shrink), frame.height, frame.width)
    density -= draw(rng, s.glow) * np.clip(sheen * 2.2, 0, 1)
    for channel in range(3):
        canvas[..., channel] *= cv2.exp(-density * _BLOOD[channel])


def _lines(frame: Frame, vessels: list[Vessel], share: float) -> Field:
    """Coverage (H, W) of the vessels drawn with a share of their width, 0 to 1."""
    image = np.zeros((frame.height, frame.width), np.uint8)
    for vessel in sorted(vessels, key=lambda v: v.thickest):
        pixels = frame.to_pixels(vessel.path)
        across = vessel.widths * frame.scale * share
        for start in range(0, len(pixels) - 1, 5):  # short pieces: a bend must not cross its own outline
            part = slice(start, start + 6)
            drawn = np.maximum(across[part], 1.0)
            thin = float(np.mean(vessel.widths[part]))
            # A thin vessel holds less blood along the line of sight; thinner than a pixel, it also covers less.
            grey = int(255 * min(thin / 0.06, 1.0) ** 0.45 * min(float(np.mean(across[part] / drawn)), 1.0))
            ring = np.round(ribbon(pixels[part], drawn) * 16 - 8).astype(np.int32)
            cv2.fillPoly(image, [ring], grey, cv2.LINE_AA, 4)
    return image.astype(np.float32) / np.float32(255)
