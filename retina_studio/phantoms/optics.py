"""From the retina to the file: illumination, field of view, haze, blur, sensor noise, JPEG."""

import math
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from retina_studio.phantoms.eye import Floats, Frame, draw
from retina_studio.phantoms.settings import OpticsSettings
from retina_studio.phantoms.texture import Field, FieldFunction, blurred, noise, smooth_field

Gradability = Literal["good", "usable", "ungradable"]


def draw_gradability(rng: np.random.Generator, settings: OpticsSettings) -> Gradability:
    """How good the photograph will be."""
    chance = rng.random()
    if chance < settings.ungradable_chance:
        return "ungradable"
    return "usable" if chance < settings.ungradable_chance + settings.usable_chance else "good"


def photograph(
    rng: np.random.Generator,
    canvas: Field,
    frame: Frame,
    colour: Floats,
    quality: Gradability,
    settings: OpticsSettings,
) -> npt.NDArray[np.uint8]:
    """The photograph (H, W, 3 uint8) of a canvas (H, W, 3), which is used up."""
    worse = {"good": 0.0, "usable": 1.0, "ungradable": 3.5}[quality]
    canvas *= _illumination(rng, frame, settings)[..., None]
    _scatter(rng, canvas, frame, colour, worse, settings)
    sigma = draw(rng, settings.blur) * frame.scale * (1 + 1.3 * worse)
    canvas = blurred(canvas, max(sigma, 0.45))
    _shoulder(canvas)
    surround = draw(rng, settings.surround)
    inside = _field_mask(frame)[..., None]
    canvas *= inside
    canvas += (1 - inside) * surround * np.array([1.0, 0.8, 0.8], np.float32)
    _add_noise(rng, canvas, draw(rng, settings.noise))
    pixels = np.clip(canvas + 0.5, 0, 255).astype(np.uint8)
    return _through_jpeg(pixels, int(draw(rng, settings.jpeg_quality)))


def _illumination(rng: np.random.Generator, frame: Frame, s: OpticsSettings) -> Field:
    """Vignette, a slope and an off-centre spot of light; about 1 in the middle."""
    vignette, slope, spot = draw(rng, s.vignette), draw(rng, s.gradient), draw(rng, s.spot)
    turn, power = rng.uniform(0, 2 * math.pi), rng.uniform(2.2, 4.5)
    place, width = rng.uniform(-0.4, 0.4, 2), rng.uniform(0.35, 0.7)

    def light(u: Field, v: Field) -> Floats:
        radius = np.hypot(u, v)
        value = 1 - vignette * np.minimum(radius, 1.05) ** power
        value *= 1 + slope * (u * math.cos(turn) + v * math.sin(turn))
        bright = np.exp(-((u - place[0]) ** 2 + (v - place[1]) ** 2) / (2 * width**2))
        return np.asarray(value * (1 + spot * (bright - 0.45)))

    return _over_field(frame, light)


def _scatter(
    rng: np.random.Generator, canvas: Field, frame: Frame, colour: Floats, worse: float, s: OpticsSettings
) -> None:
    """Grey light over everything, a bluish or greenish rim on one side, a pale smudge; in place."""
    level = float(colour[1])
    veil = (draw(rng, s.veil) + 0.1 * worse * rng.uniform(0.5, 1)) * level
    canvas += np.array([1.1, 1.0, 0.75], np.float32) * np.float32(veil)
    if worse:  # cataract-like cloud
        cloud = np.clip(
            0.25 * worse * (0.7 + 0.4 * noise(rng, frame.height, frame.width, 3 * frame.scale)), 0, 0.9
        )
        canvas += cloud[..., None] * (np.array([1.05, 0.85, 0.8], np.float32) * colour - canvas) * 0.6
    if rng.random() < s.rim_haze_chance:
        turn, strength = rng.uniform(0, 2 * math.pi), draw(rng, s.rim_haze) * level
        rim = _over_field(
            frame,
            lambda u, v: (
                np.clip(0.55 + 0.75 * (u * math.cos(turn) + v * math.sin(turn)), 0, 1)
                * np.exp(-(((1.02 - np.hypot(u, v)) / 0.16) ** 2))
            ),
        )
        tint = np.array([rng.uniform(0.3, 1.1), 1.0, rng.uniform(0.4, 1.1)], np.float32)
        canvas += rim[..., None] * (tint * np.float32(strength))
    if rng.random() < s.smudge_chance:
        x, y = rng.uniform(-0.3, 0.3, 2)
        size, strength = rng.uniform(0.05, 0.13), draw(rng, s.smudge) * level
        pale = _over_field(
            frame, lambda u, v: np.exp(-(((u - x) / size) ** 2 + ((v - y) / size / 1.7) ** 2) / 2)
        )
        pale *= np.clip(1 + 0.5 * noise(rng, frame.height, frame.width, 0.4 * frame.scale), 0, None)
        canvas += pale[..., None] * (np.array([0.9, 1.1, 1.2], np.float32) * np.float32(strength))


def _over_field(frame: Frame, value: FieldFunction) -> Field:
    """A function of the place in the field: (u, v) from -1 to 1 across it."""
    (cx, cy), radius = frame.field_centre, frame.field_radius
    centre_u, centre_v = frame.to_eye(np.asarray(cx), np.asarray(cy))
    unit = radius / frame.scale
    return smooth_field(
        frame,
        lambda x, y: value(
            ((x - centre_u) / unit).astype(np.float32), ((y - centre_v) / unit).astype(np.float32)
        ),
        200,
    )


def _shoulder(canvas: Field) -> None:
    """Bright values saturate gently, as in a camera's tone curve; in place."""
    knee = np.float32(190.0)
    over = np.maximum(canvas - knee, 0)
    np.minimum(canvas, knee, out=canvas)
    canvas += (255 - knee) * (1 - np.exp(-over / (255 - knee)))


def _field_mask(frame: Frame) -> Field:
    """1 inside the field of view, 0 in the surround, a pixel or two between."""
    y = np.arange(frame.height, dtype=np.float32)[:, None] + 0.5 - frame.field_centre[1]
    x = np.arange(frame.width, dtype=np.float32)[None, :] + 0.5 - frame.field_centre[0]
    edge = max(0.004 * frame.field_radius, 0.8)
    inside = np.clip((frame.field_radius - np.hypot(x, y)) / edge, 0, 1)
    if frame.notch:
        along, across = (x - y) / math.sqrt(2), (x + y) / math.sqrt(2)
        tab = (
            (np.abs(across) < 0.035 * frame.field_radius) & (along > 0) & (along < 1.045 * frame.field_radius)
        )
        inside = np.maximum(inside, tab)
    inside *= np.clip((frame.cut - np.abs(y)) / edge + 0.5, 0, 1)
    return np.asarray(inside, np.float32)


def _add_noise(rng: np.random.Generator, canvas: Field, strength: float) -> None:
    """Sensor noise that grows with the signal, mostly shared by the channels, slightly smoothed; in place."""
    height, width = canvas.shape[:2]
    shared = blurred(rng.standard_normal((height, width), dtype=np.float32), 0.6) * np.float32(1.6)
    gain = np.sqrt((canvas[..., 1] + 6) / 80) * np.float32(strength)
    shared *= gain
    for channel, own in enumerate((0.5, 0.35, 0.9)):
        canvas[..., channel] += shared + own * gain * rng.standard_normal((height, width), dtype=np.float32)


def _through_jpeg(pixels: npt.NDArray[np.uint8], quality: int) -> npt.NDArray[np.uint8]:
    """The same picture once stored as JPEG."""
    _, stored = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    loaded = np.asarray(cv2.imdecode(stored, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(loaded[..., ::-1])
