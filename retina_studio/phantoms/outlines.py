"""Rings of vertices in plain coordinates (N, 2): blobs, crescents, boats, strands."""

import math

import numpy as np

from retina_studio.phantoms.eye import Points


def wavy(rng: np.random.Generator, angles: Points, roughness: float, highest: int = 5) -> Points:
    """A smooth random function of the angle, mean 1, standard deviation about `roughness`."""
    orders = np.arange(2, highest + 1)
    size = rng.normal(size=orders.size) / orders**0.7
    size *= roughness * math.sqrt(2) / max(float(np.hypot.reduce(size)), 1e-9)
    phase = rng.uniform(0, 2 * math.pi, orders.size)
    waves: Points = 1 + (size * np.cos(angles[:, None] * orders + phase)).sum(axis=1)
    return np.maximum(waves, 0.35)


def blob(
    rng: np.random.Generator,
    centre: tuple[float, float],
    a: float,
    b: float,
    angle: float,
    *,
    roughness: float = 0.12,
    points: int = 28,
    highest: int = 5,
) -> Points:
    """A roughly elliptic ring; `angle` in radians."""
    t = np.linspace(0, 2 * math.pi, points, endpoint=False)
    r = wavy(rng, t, roughness, highest)
    u, v = a * r * np.cos(t), b * r * np.sin(t)
    cos, sin = math.cos(angle), math.sin(angle)
    return np.column_stack([centre[0] + u * cos - v * sin, centre[1] + u * sin + v * cos])


def ribbon(path: Points, widths: Points) -> Points:
    """The outline of a line (N, 2) of changing full width (N,)."""
    along = np.gradient(path, axis=0)
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)
    side = np.column_stack([-along[:, 1], along[:, 0]]) / length[:, None] * (widths[:, None] / 2)
    return np.concatenate([path + side, (path - side)[::-1]])


def boat(rng: np.random.Generator, centre: tuple[float, float], width: float, depth: float) -> Points:
    """A pool of blood under a level: flat above, bulging below (y points down)."""
    t = np.linspace(0, math.pi, 22)
    bulge = depth * np.sin(t) ** 0.75 * wavy(rng, t, 0.05)
    lower = np.column_stack([centre[0] + width / 2 * np.cos(t), centre[1] + bulge])
    x = np.linspace(-0.42, 0.42, 6) * width
    level = np.column_stack([centre[0] + x, centre[1] + rng.normal(0, 0.012 * width, x.size)])
    return np.concatenate([lower, level])


def strand(rng: np.random.Generator, start: tuple[float, float], heading: float, length: float) -> Points:
    """A bent, uneven band of tissue."""
    steps = 18
    bend = np.cumsum(rng.normal(0, 0.09, steps)) + heading
    path = np.asarray(start) + np.cumsum(np.column_stack([np.cos(bend), np.sin(bend)]), axis=0) * (
        length / steps
    )
    t = np.linspace(0, 1, steps)
    widths = length * 0.17 * (np.sin(math.pi * t) ** 0.5 + 0.12) * wavy(rng, t * 2 * math.pi, 0.22)
    return ribbon(path, widths)
