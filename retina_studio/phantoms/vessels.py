"""The retinal vessels: arcades that leave the disc, branch and taper, and spare the fovea."""

import math
from dataclasses import dataclass

import numpy as np

from retina_studio.phantoms.eye import Frame, Points, draw
from retina_studio.phantoms.settings import VesselSettings

_STEP = 0.05  # disc diameters between vertices
_AVASCULAR = 0.42  # nothing comes nearer to the fovea


@dataclass(frozen=True)
class Vessel:
    """One branch: its line (N, 2) in eye coordinates and its full width (N,) in disc diameters."""

    path: Points
    widths: Points
    artery: bool

    @property
    def thickest(self) -> float:
        """The largest width."""
        return float(self.widths.max())


def grow_vessels(rng: np.random.Generator, frame: Frame, settings: VesselSettings) -> list[Vessel]:
    """All branches of one eye, thickest first."""
    vein = draw(rng, settings.vein_width)
    artery = vein * draw(rng, settings.artery_ratio)
    grower = _Grower(rng, frame, settings)
    for side in (-1, 1):
        for is_artery, width in ((False, vein), (True, artery)):
            arch = draw(rng, settings.arch)
            grower.trunk(_temporal(rng, side, arch, is_artery), width * rng.uniform(0.85, 1.1), is_artery)
            grower.trunk(_nasal(rng, side), width * rng.uniform(0.5, 0.85), is_artery)
            if rng.random() < 0.6:
                grower.trunk(_vertical(rng, side), width * rng.uniform(0.45, 0.8), is_artery)
    for _ in range(int(rng.integers(2, 5))):
        grower.macular_twig(bool(rng.random() < 0.5))
    return sorted(grower.grown, key=lambda vessel: -vessel.thickest)


def _root(rng: np.random.Generator, side: int, shift: float) -> list[tuple[float, float]]:
    """Where a trunk comes out: near the cup's nasal wall, then over the upper or lower rim."""
    x = rng.normal(-0.08, 0.03) + shift
    return [
        (x + rng.uniform(0.0, 0.09), side * rng.uniform(-0.12, 0.06)),
        (x - rng.uniform(0.0, 0.05), side * rng.uniform(0.1, 0.16)),
        (x + rng.normal(0, 0.03) + shift, side * 0.36),
    ]


def _temporal(rng: np.random.Generator, side: int, arch: float, artery: bool) -> Points:
    inward = 0.1 if artery else 0.0
    path = [
        *_root(rng, side, 0.06 if artery else 0.02),
        (rng.normal(0.04, 0.1) + inward, side * 0.75),
        (rng.normal(0.42, 0.13) + inward, side * arch * 0.72),
        (rng.normal(1.25, 0.12), side * (arch * 0.97 - inward)),
        (2.3 + rng.normal(0, 0.1), side * (arch * 1.04 - inward) + rng.normal(0, 0.07)),
        (3.4 + rng.normal(0, 0.12), side * arch * 0.86 + rng.normal(0, 0.12)),
        (4.5, side * arch * 0.58 + rng.normal(0, 0.2)),
        (5.6, side * arch * 0.35 + rng.normal(0, 0.3)),
    ]
    return np.asarray(path)


def _nasal(rng: np.random.Generator, side: int) -> Points:
    rise = rng.uniform(0.3, 1.0)
    path = [*_root(rng, side, -0.06), (-0.34 + rng.normal(0, 0.05), side * 0.5)]
    path += [
        (x + rng.normal(0, 0.06), side * (0.5 + rise * (-x - 0.3) ** 0.85) + rng.normal(0, 0.06))
        for x in (-0.9, -1.7, -2.7, -3.8, -5.0)
    ]
    return np.asarray(path)


def _vertical(rng: np.random.Generator, side: int) -> Points:
    lean = rng.uniform(-0.35, 0.3)
    path = [*_root(rng, side, -0.02)]
    path += [(lean * (d - 0.4) + rng.normal(0, 0.06), side * d) for d in (0.75, 1.4, 2.3, 3.4, 4.8)]
    return np.asarray(path)


class _Grower:
    """Grows branches into `grown`; a branch spawns children while it is thick enough."""

    def __init__(self, rng: np.random.Generator, frame: Frame, settings: VesselSettings) -> None:
        self.rng = rng
        self.frame = frame
        self.settings = settings
        self.fovea = np.asarray(frame.fovea)
        self.bend = 0.028 * draw(rng, settings.tortuosity)
        self.grown: list[Vessel] = []

    def trunk(self, controls: Points, width: float, artery: bool) -> None:
        path = _smooth(controls)
        wobble = self._wander(len(path), 1.1)
        wobble *= np.minimum(np.arange(len(path)) * _STEP, 1.0)  # none where it leaves the disc
        normal = np.gradient(path, axis=0)[:, ::-1] * (-1, 1) / _STEP
        path = path + normal * wobble[:, None] * 0.9
        inside = [self.frame.sees(tuple(p), -0.2) for p in path]
        end = inside.index(False) if False in inside else len(path)
        if end < 8:
            return
        length = np.arange(end) * _STEP
        taper = 0.42 + 0.58 * np.exp(-length / 3.2)
        taper *= 0.55 + 0.45 * np.minimum(length / 0.3, 1)  # it dives out of the nerve
        self._add(path[:end], width * taper, artery, 2)

    def macular_twig(self, artery: bool) -> None:
        turn = self.rng.choice((-1, 1)) * self.rng.uniform(0.25, 1.0)
        start = (0.3 * math.cos(turn), 0.35 * math.sin(turn))
        self._walk(start, turn * 0.8, self.rng.uniform(0.02, 0.036), artery, 1, inward=True)

    def _wander(self, steps: int, smoothness: float) -> Points:
        """Smooth noise along a line, in disc diameters."""
        kernel = np.hanning(int(smoothness / _STEP) | 1)
        noise = self.rng.normal(size=steps + len(kernel))
        waves: Points = np.convolve(noise, kernel / np.hypot.reduce(kernel), "same")[:steps]
        return waves * self.bend * 2.2

    def _add(self, path: Points, widths: Points, artery: bool, depth: int) -> None:
        self.grown.append(Vessel(path, widths, artery))
        if depth == 0:
            return
        side = int(self.rng.choice((-1, 1)))
        gap = draw(self.rng, self.settings.spacing)
        at = int((0.65 + 0.5 * gap) / _STEP) if depth == 2 else int(gap / _STEP)
        while at < len(path) - 3:
            direction = path[at + 1] - path[at - 1]
            heading = math.atan2(direction[1], direction[0]) + side * self.rng.uniform(0.35, 0.9)
            width = float(widths[at]) * self.rng.uniform(0.38, 0.78)
            if width > self.settings.finest * 1.3:
                ahead = path[at] + 0.3 * np.array([math.cos(heading), math.sin(heading)])
                nearer = math.dist(ahead, self.fovea) < math.dist(path[at], self.fovea)
                inward = nearer and math.dist(path[at], self.fovea) < 2.6
                self._walk((path[at][0], path[at][1]), heading, width, artery, depth - 1, inward=bool(inward))
            side = -side if self.rng.random() < 0.75 else side
            at += int(draw(self.rng, self.settings.spacing) / _STEP)

    def _walk(
        self,
        start: tuple[float, float],
        heading: float,
        width: float,
        artery: bool,
        depth: int,
        *,
        inward: bool,
    ) -> None:
        steps = int(self.rng.uniform(1.2, 2.8) * (width / 0.035) ** 0.5 / _STEP)
        turns = self.rng.normal(0, self.bend * 1.3, steps)
        x, y = start
        curve, start_heading = 0.0, heading
        path = [(x, y)]
        pull = 0.07 if inward else 0.035
        for turn in turns:
            to_fovea = math.atan2(self.fovea[1] - y, self.fovea[0] - x)
            wanted = to_fovea if inward else to_fovea + math.pi
            curve = 0.82 * curve + float(turn)
            heading += curve + pull * math.sin(wanted - heading)
            x, y = x + _STEP * math.cos(heading), y + _STEP * math.sin(heading)
            outside = not self.frame.sees((x, y), -0.15)
            near = math.hypot(x - self.fovea[0], y - self.fovea[1])
            turned = abs(heading - start_heading) > 2.0
            if outside or turned or near < _AVASCULAR or (len(path) > 12 and math.hypot(x, y) < 0.55):
                break
            path.append((x, y))
        if len(path) < 5:
            return
        t = np.linspace(0, 1, len(path))
        self._add(np.asarray(path), np.maximum(width * (1 - 0.62 * t), self.settings.finest), artery, depth)


def _smooth(controls: Points) -> Points:
    """A Catmull-Rom curve through the control points, resampled at equal steps."""
    p = np.vstack([2 * controls[0] - controls[1], controls, 2 * controls[-1] - controls[-2]])
    t = np.linspace(0, 1, 24, endpoint=False)[:, None]
    parts = [
        0.5
        * (
            2 * p[i]
            + (p[i + 1] - p[i - 1]) * t
            + (2 * p[i - 1] - 5 * p[i] + 4 * p[i + 1] - p[i + 2]) * t**2
            + (3 * p[i] - p[i - 1] - 3 * p[i + 1] + p[i + 2]) * t**3
        )
        for i in range(1, len(p) - 2)
    ]
    curve = np.vstack([*parts, controls[-1:]])
    length = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
    even = np.arange(0, length[-1], _STEP)
    return np.column_stack([np.interp(even, length, curve[:, k]) for k in range(2)])
