"""Disc, cup and peripapillary atrophy: drawn once in eye coordinates, exact as shapes in pixels."""

import math
from dataclasses import dataclass

import numpy as np

from retina_studio.domain.shapes import Ellipse, Polygon
from retina_studio.phantoms.eye import Frame, draw
from retina_studio.phantoms.outlines import wavy
from retina_studio.phantoms.settings import DiscSettings, PpaSettings

# An inner ring of n chords stays outside an ellipse when its vertices are pushed out by 1/cos(pi/n).
_CHORDS = 120
_CLEAR = 1 / math.cos(math.pi / _CHORDS)


@dataclass(frozen=True)
class Anatomy:
    """The shapes of the disc in pixels, and the numbers the renderer needs."""

    disc: Ellipse
    cup: Ellipse
    ppa: Polygon | None
    vcdr: float
    disc_axes: tuple[float, float]  # half width, half height, disc diameters
    cup_place: tuple[float, float, float, float]  # x, y, half width, half height, disc diameters


def draw_anatomy(rng: np.random.Generator, frame: Frame, disc: DiscSettings, ppa: PpaSettings) -> Anatomy:
    """An optic disc with its cup inside, and now and then a crescent of atrophy beside it."""
    half_height = 0.5
    half_width = half_height / draw(rng, disc.aspect)
    angle = 90 + draw(rng, disc.angle)
    sick = rng.random() < disc.glaucoma_chance
    vcdr = draw(rng, disc.vcdr_glaucoma if sick else disc.vcdr_healthy)
    cup_height = vcdr * half_height
    cup_width = min(vcdr * half_width / draw(rng, disc.cup_aspect), 0.93 * half_width)
    # Room left between cup and disc, of which the offset takes a part: the cup never touches the outline.
    room_x, room_y = half_width - cup_width, half_height - cup_height
    x = room_x * rng.uniform(-0.1, 0.4)
    y = room_y * rng.uniform(-0.25, 0.25)
    return Anatomy(
        disc=frame.ellipse(0, 0, half_height, half_width, angle),
        cup=frame.ellipse(x, y, cup_height, cup_width, angle),
        ppa=_draw_ppa(rng, frame, (half_width, half_height, angle), ppa),
        vcdr=vcdr,
        disc_axes=(half_width, half_height),
        cup_place=(x, y, cup_width, cup_height),
    )


def _draw_ppa(
    rng: np.random.Generator, frame: Frame, disc: tuple[float, float, float], settings: PpaSettings
) -> Polygon | None:
    """A crescent round the temporal side (a closed ring when it goes all round), outside the disc."""
    if rng.random() >= settings.chance:
        return None
    half_width, half_height, angle = disc
    widest = draw(rng, settings.width)
    towards = rng.normal(0.15, 0.35)  # temporal, a little below
    t = np.linspace(-math.pi, math.pi, _CHORDS, endpoint=False)
    ring = rng.random() < settings.ring_chance
    half_spread = math.pi * (1 if ring else min(draw(rng, settings.spread) / 2, 0.85))
    width = widest * np.cos(np.clip(t / half_spread, -1, 1) * math.pi / 2) ** 0.8
    if ring:
        width = 0.07 + 0.7 * width
    width = width * wavy(rng, t, 0.13, 9)

    def around(extra: np.ndarray, at: np.ndarray) -> np.ndarray:
        turn = at + towards
        u, v = half_width * np.cos(turn), half_height * np.sin(turn)
        out = np.column_stack([np.cos(turn), np.sin(turn)]) * extra[:, None]
        lean = math.radians(angle - 90)
        cos, sin = math.cos(lean), math.sin(lean)
        edge = np.column_stack([u * cos - v * sin, u * sin + v * cos]) * _CLEAR
        return np.asarray(edge + out)

    if ring:
        return frame.visible(frame.polygon(around(width, t), around(np.zeros_like(t), t)))
    inside = np.flatnonzero(np.abs(t) < half_spread)
    outer = around(width[inside], t[inside])
    inner = around(np.zeros(inside.size), t[inside])
    return frame.visible(frame.polygon(np.concatenate([outer, inner[-2:0:-1]])))
