"""Where an actor is filmed: background, light, camera path, shadow and noise, all by chance.

A scene is wider than the picture, so that the camera can turn along with an actor.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kineograph.data.toy.figure import Pixels
from kineograph.data.toy.motion import Array, Joint

Place = NDArray[np.float32]  # (H, W, 3) RGB, 0 to 255

MARGIN = 20  # pixels of scene around the picture, for a tilted or shaking camera


@dataclass(frozen=True)
class Scene:
    """A place and its light.

    canvas (H + 2 MARGIN, 2 W + 2 MARGIN, 3) is already in this light; light (256, 3) maps a
    value of each colour channel to the camera's; grain (2, h, w, 3) is added and taken away.
    """

    canvas: Pixels
    light: Array
    grain: Pixels
    shadow: float
    sun: tuple[float, float]


def build_scene(
    size_pixels: tuple[int, int],
    *,
    ground: float,
    rng: np.random.Generator,
) -> Scene:
    """Draw a place darker than actors' clothes; ground: height of the feet."""
    height, width = size_pixels[0] + 2 * MARGIN, 2 * (size_pixels[1] + MARGIN)
    base = rng.uniform(26, 64)
    kind = PLACES[rng.integers(len(PLACES))]
    horizon = int(MARGIN + ground - size_pixels[0] * rng.uniform(0.06, 0.3))
    place = kind(np.zeros((height, width, 3), np.float32), base, horizon, rng)
    place = _textured(place, rng)
    light = _light(rng)
    pixels = np.clip(place, 0, 255).astype(np.uint8)
    for channel in range(3):
        pixels[..., channel] = cv2.LUT(pixels[..., channel], light[:, channel].astype(np.uint8))
    sun = (rng.uniform(-0.9, 0.9), rng.uniform(-0.25, 0.12))
    shadow = max(0.0, rng.uniform(-0.1, 0.4)) * base
    return Scene(pixels, light, _grain(size_pixels, rng), float(shadow), sun)


# ------------------------------------------------------------------------------------- places


def _tone(rng: np.random.Generator, base: float, spread: float = 12.0) -> Array:
    """A muted colour about a grey level."""
    return base + rng.uniform(-spread, spread, 3) * [1.0, 0.7, 1.0]


def _graded(place: Place, rows: slice, top: Array, bottom: Array) -> None:
    """Fill rows with a gradient between two colours."""
    count = place[rows].shape[0]
    if count:
        part = np.linspace(0, 1, count)[:, None, None]
        place[rows] = (1 - part) * top + part * bottom


def _ground(place: Place, base: float, horizon: int, rng: np.random.Generator) -> Array:
    """A floor below the horizon; returns its colour."""
    floor = _tone(rng, base + rng.uniform(-28, 14))
    _graded(place, slice(horizon, None), floor, floor + rng.uniform(-14, 18))
    return floor


def _room(place: Place, base: float, horizon: int, rng: np.random.Generator) -> Place:
    """A wall with a skirting board, and pictures, doors or windows on it."""
    wall = _tone(rng, base)
    _graded(place, slice(0, horizon), wall + rng.uniform(-12, 12), wall)
    _ground(place, base, horizon, rng)
    for _ in range(rng.integers(0, 6)):
        left = int(rng.integers(0, place.shape[1]))
        across = int(rng.integers(14, 46))
        top = int(rng.integers(0, max(1, horizon - 30)))
        foot = horizon if rng.random() < 0.4 else min(horizon - 6, top + int(rng.integers(14, 50)))
        inside = wall + rng.uniform(-26, 26)
        frame = inside + rng.uniform(-26, 26)
        cv2.rectangle(place, (left, top), (left + across, foot), frame.tolist(), -1)
        cv2.rectangle(place, (left + 2, top + 2), (left + across - 2, foot), inside.tolist(), -1)
    board = (wall + rng.uniform(-30, 30)).tolist()
    cv2.rectangle(
        place, (0, horizon - int(rng.integers(1, 5))), (place.shape[1], horizon), board, -1
    )
    return place


def _field(place: Place, base: float, horizon: int, rng: np.random.Generator) -> Place:
    """Sky, hills, trees and a meadow."""
    sky = _tone(rng, base) + [-8.0, 0.0, 14.0]
    _graded(place, slice(0, horizon), sky + [-18.0, -8.0, 6.0], sky)
    columns = np.arange(place.shape[1])
    for step in range(rng.integers(1, 4)):
        hill = _tone(rng, base - 10 - 6 * step, 12) + [-6.0, 6.0, -6.0]
        wave = rng.uniform(4, 16) * np.sin(columns / rng.uniform(18, 60) + rng.uniform(0, 6))
        edge = np.clip(horizon - rng.uniform(2, 30) + wave, 0, horizon).astype(np.int32)
        outline = np.stack([columns, edge], -1)
        corners = np.array([[columns[-1], horizon], [0, horizon]])
        cv2.fillPoly(place, [np.concatenate([outline, corners]).astype(np.int32)], hill.tolist())
    for _ in range(rng.integers(0, 7)):
        x, size = int(rng.integers(0, place.shape[1])), int(rng.integers(5, 15))
        leaf = (_tone(rng, base - 24, 12) + [-8.0, 8.0, -10.0]).tolist()
        cv2.rectangle(place, (x - 1, horizon - 2 * size), (x + 1, horizon), leaf, -1)
        cv2.ellipse(place, (x, horizon - 2 * size), (size, int(size * 1.3)), 0, 0, 360, leaf, -1)
    _ground(place, base, horizon, rng)
    place[horizon:] += [-6.0, 6.0, -8.0]
    return place


def _tiles(place: Place, base: float, horizon: int, rng: np.random.Generator) -> Place:
    """A wall of bricks, boards or tiles."""
    wall = _tone(rng, base)
    place[:horizon] = wall
    across, down = int(rng.integers(8, 34)), int(rng.integers(5, 20))
    seam = (wall + rng.choice([-1, 1]) * rng.uniform(8, 26)).tolist()
    for row, y in enumerate(range(horizon, -down, -down)):
        cv2.line(place, (0, y), (place.shape[1], y), seam, 1)
        start = (row % 2) * across // 2 if rng.random() < 0.9 else 0
        for x in range(start, place.shape[1], across):
            cv2.line(place, (x, y - down), (x, y), seam, 1)
            if rng.random() < 0.3:
                shade = (wall + rng.uniform(-10, 10)).tolist()
                cv2.rectangle(place, (x + 1, y - down + 1), (x + across - 1, y - 1), shade, -1)
    _ground(place, base, horizon, rng)
    return place


def _fence(place: Place, base: float, horizon: int, rng: np.random.Generator) -> Place:
    """A sky or wall behind posts, rails and stripes."""
    back = _tone(rng, base)
    _graded(place, slice(0, horizon), back + rng.uniform(-20, 20), back)
    post = (back + rng.choice([-1, 1]) * rng.uniform(10, 30)).tolist()
    top = int(horizon - rng.uniform(18, 60))
    apart, thick = int(rng.integers(9, 40)), int(rng.integers(2, 6))
    for x in range(int(rng.integers(0, apart)), place.shape[1], apart):
        cv2.rectangle(place, (x, top), (x + thick, horizon), post, -1)
    for y in (top + 4, (top + horizon) // 2):
        cv2.rectangle(place, (0, y), (place.shape[1], y + thick // 2), post, -1)
    _ground(place, base, horizon, rng)
    return place


def _haze(place: Place, base: float, horizon: int, rng: np.random.Generator) -> Place:
    """Nothing but two soft colours: a studio, or fog."""
    _graded(place, slice(0, None), _tone(rng, base, 26), _tone(rng, base, 26))
    if rng.random() < 0.5:
        _ground(place, base, horizon, rng)
        cv2.GaussianBlur(place, (0, 0), rng.uniform(1.0, 8.0), dst=place)
    return place


PLACES: tuple[Callable[..., Place], ...] = (_room, _field, _tiles, _fence, _haze)


def _textured(place: Place, rng: np.random.Generator) -> Place:
    """Blotches of a random size upon a place that is a little out of focus."""
    height, width = place.shape[:2]
    grain = rng.uniform(2, 14)
    small = rng.standard_normal((int(height / grain) + 2, int(width / grain) + 2, 1))
    blotch = cv2.resize(small.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    strength = np.exp(rng.uniform(np.log(0.5), np.log(7.0)))
    cv2.GaussianBlur(place, (0, 0), rng.uniform(0.3, 1.6), dst=place)
    return place + np.float32(strength) * blotch[..., None]


def _light(rng: np.random.Generator) -> Array:
    """What the camera makes of each value 0..255 in each channel: contrast, exposure, tint."""
    value = np.arange(256.0)[:, None]
    contrast, exposure = rng.uniform(0.85, 1.05), rng.uniform(-8, 12)
    tint = 1 + rng.uniform(-0.06, 0.06, 3)
    return np.clip(((value - 128) * contrast + 128 + exposure) * tint, 0, 255)


def _grain(size_pixels: tuple[int, int], rng: np.random.Generator) -> Pixels:
    """Sensor noise for a whole clip, larger than a frame, to be laid on at changing places."""
    shape = (size_pixels[0] + 32, size_pixels[1] + 32)
    strength = np.exp(rng.uniform(np.log(0.6), np.log(6.0)))
    noise = 0.85 * rng.standard_normal((*shape, 1)) + 0.5 * rng.standard_normal((*shape, 3))
    noise = np.rint(np.clip(noise * strength, -60, 60))
    return np.stack([np.maximum(noise, 0), np.maximum(-noise, 0)]).astype(np.uint8)


# ------------------------------------------------------------------------------------ filming


def film_place(scene: Scene, size_pixels: tuple[int, int], camera: Array, roll: Array) -> Pixels:
    """The empty place (T, H, W, 3) along a camera path (T, 2) in pixels, tilted by roll (T,)."""
    height, width = size_pixels
    frames = np.empty((len(camera), height, width, 3), np.uint8)
    centre = np.array([width / 2, height / 2])
    for time, frame in enumerate(frames):
        cos, sin = np.cos(roll[time]), np.sin(roll[time])
        turn = np.array([[cos, sin], [-sin, cos]])
        start = centre + camera[time] + MARGIN - turn @ centre
        cv2.warpAffine(
            scene.canvas,
            np.column_stack([turn, start]),
            (width, height),
            dst=frame,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REFLECT,
        )
    return frames


BONES = (
    (Joint.CHEST, Joint.HEAD, 0.1),
    (Joint.PELVIS, Joint.CHEST, 0.16),
    *[
        (first + side, second + side, thick)
        for first, second, thick in (
            (Joint.HIP, Joint.KNEE, 0.1),
            (Joint.KNEE, Joint.TOE, 0.07),
            (Joint.SHOULDER, Joint.ELBOW, 0.07),
            (Joint.ELBOW, Joint.FINGERS, 0.06),
        )
        for side in (0, 1)
    ],
)


def cast_shadow(frames: Pixels, scene: Scene, seen_shadow: Array, scale: float) -> None:
    """Darken the ground where bones seen as flat shadows (T, J, 2) lie, softly."""
    if scene.shadow < 2:
        return
    points = np.rint(seen_shadow * 16).astype(int)
    mask = np.empty(frames.shape[1:3], np.uint8)
    for time, frame in enumerate(frames):
        mask[:] = 0
        for first, second, thick in BONES:
            start, end = points[time, first].tolist(), points[time, second].tolist()
            cv2.line(mask, start, end, scene.shadow, max(1, int(thick * scale)), cv2.LINE_8, 4)
        soft = cv2.blur(mask, (5, 3))
        cv2.subtract(frame, cv2.cvtColor(soft, cv2.COLOR_GRAY2RGB), dst=frame)


def add_grain(frames: Pixels, scene: Scene, rng: np.random.Generator) -> None:
    """Lay the scene's noise upon frames (T, H, W, 3), somewhere else in every frame."""
    height, width = frames.shape[1:3]
    for frame, (y, x) in zip(frames, rng.integers(0, 32, (len(frames), 2)), strict=True):
        window = scene.grain[:, y : y + height, x : x + width]
        cv2.add(frame, window[0], dst=frame)
        cv2.subtract(frame, window[1], dst=frame)
