"""Change a training clip without changing its label: one draw per clip, the same for its frames.

Frames that were changed one by one would flicker, and flicker looks like motion. What moves is
changed with the picture: mirrored motion goes the other way, and in a closer view it is faster.
"""

import math
from dataclasses import dataclass, fields
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kineograph.errors import InputError
from kineograph.media.flow import flow_image, flow_velocity

Frames = NDArray[np.uint8]  # (T, H, W, 3) RGB
WHOLE = (0.0, 0.0, 1.0, 1.0)  # left, top, width, height of a view, as parts of the picture
LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601: how bright red, green and blue look


@dataclass(frozen=True)
class Augmentation:
    """How far a clip may be changed. Everything is off by default."""

    mirror: bool = False  # left and right, for every second clip
    crop: float = 0.0  # largest part of a side that is cut off by zoom and shift, 0 to 0.9
    aspect: float = 0.0  # width by height changes by at most this part, 0 to 1
    brightness: float = 0.0  # added, as a part of white, 0 to 1
    contrast: float = 0.0  # distance from mid grey changes by at most this part, 0 to 1
    saturation: float = 0.0  # distance from grey of equal brightness, likewise, 0 to 1
    hue: float = 0.0  # colours turn by at most this part of the full circle, 0 to 0.5
    drift: float = 0.0  # the view wanders by at most this part from first to last frame, 0 to 0.5
    speed: float = 0.0  # the sampled span of time is longer or shorter by this part, 0 to 0.9
    noise: float = 0.0  # largest standard deviation of noise, as a part of white, 0 to 1

    def __post_init__(self) -> None:
        """Refuse amounts that would leave no picture."""
        limits = {"crop": 0.9, "hue": 0.5, "speed": 0.9, "drift": 0.5}
        for field in fields(self):
            amount, limit = getattr(self, field.name), limits.get(field.name, 1.0)
            if not 0.0 <= amount <= limit:
                raise InputError(
                    f"augmentation {field.name} {amount:g}: it lies between 0 and {limit:g}. "
                    f"Use 0 to leave it out."
                )


@dataclass(frozen=True)
class Draw:
    """What was drawn for one clip. The default is the clip as it is."""

    mirrored: bool = False
    view: tuple[float, float, float, float] = WHOLE  # what of the picture is seen
    drift: tuple[float, float] = (0.0, 0.0)  # right and down, of the picture, over the clip
    brightness: float = 0.0  # added, as a part of white
    contrast: float = 1.0  # times
    saturation: float = 1.0  # times
    hue: float = 0.0  # of the full circle
    speed: float = 1.0  # the span of time, times
    noise: float = 0.0  # standard deviation, as a part of white
    noise_seed: int = 0


def draw(rng: np.random.Generator, config: Augmentation) -> Draw:
    """Draw the change of one clip. Takes the same numbers from `rng` whatever is switched on."""

    def between(largest: float) -> float:
        return largest * (2.0 * float(rng.random()) - 1.0)

    return Draw(
        mirrored=bool(rng.random() < 0.5) and config.mirror,
        view=_view(rng, config),
        brightness=between(config.brightness),
        contrast=1.0 + between(config.contrast),
        saturation=1.0 + between(config.saturation),
        hue=between(config.hue),
        speed=1.0 + between(config.speed),
        noise=config.noise * float(rng.random()),
        noise_seed=int(rng.integers(2**31)),
        drift=(between(config.drift), between(config.drift)),
    )


def apply(frames: Frames, drawn: Draw, kind: str = "rgb") -> Frames:
    """Change all frames (T, H, W, 3) in the same way. The noise alone is new in every frame.

    kind: what the bytes are (inputs.py). Colours and noise are for pictures only.
    """
    if kind == "depth":
        return _warp_measured(frames, drawn)
    frames = _warp(frames, drawn)
    if kind == "flow":
        return _turn_flow(frames, drawn)
    if kind != "rgb":
        return frames
    frames = _colour(frames, drawn)
    if drawn.noise > 0.0:
        rng = np.random.default_rng(drawn.noise_seed)
        noise = rng.standard_normal(frames.shape, dtype=np.float32) * (255.0 * drawn.noise)
        frames = np.clip(np.rint(frames + noise), 0, 255).astype(np.uint8)
    return frames


def _turn_flow(frames: Frames, drawn: Draw) -> Frames:
    """Velocities of the changed view: x turns with the mirror, both grow as the view is smaller."""
    _, _, wide, high = drawn.view
    if not drawn.mirrored and wide == high == 1.0:
        return frames
    times = np.array([(-1.0 if drawn.mirrored else 1.0) / wide, 1.0 / high], np.float32)
    return flow_image(flow_velocity(frames) * times)


def _warp_measured(frames: Frames, drawn: Draw) -> Frames:
    """Depth (depth.py) of the changed view: pixels that were not measured are in no mean."""
    if _is_as_filmed(drawn):
        return frames
    share = frames[..., 2:].astype(np.float32)
    warped = _warp(np.concatenate([frames[..., :2] * share, share], -1), drawn)
    share = warped[..., 2:]
    levels = np.rint(warped[..., :2] / np.maximum(share, 1e-3))
    levels *= np.rint(share) > 0
    return np.concatenate([levels, np.rint(share)], -1).astype(np.uint8)


def _view(rng: np.random.Generator, config: Augmentation) -> tuple[float, float, float, float]:
    """The part of the picture that will fill the frame: left, top, width, height from 0 to 1."""
    zoom, ratio, across, down = rng.random(4)
    side = 1.0 - config.crop * zoom
    stretch = (1.0 + config.aspect) ** (ratio - 0.5)  # the square root, for each of two sides
    width, height = side * stretch, side / stretch
    larger = max(width, height, 1.0)  # never look beyond the picture
    width, height = float(width / larger), float(height / larger)
    return float(across) * (1.0 - width), float(down) * (1.0 - height), width, height


def _is_as_filmed(drawn: Draw) -> bool:
    """Whether every pixel stays where it is."""
    return not drawn.mirrored and drawn.view == WHOLE and drawn.drift == (0.0, 0.0)


def _warp(frames: NDArray[Any], drawn: Draw) -> NDArray[Any]:
    """Crop, zoom, stretch and mirror in one step, so that pixels are interpolated once."""
    if _is_as_filmed(drawn):
        return frames
    left, top, wide, high = drawn.view
    height, width = frames.shape[1:3]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = np.empty_like(frames)
    for old, new, moment in zip(frames, warped, _moments(len(frames)), strict=True):
        # The new pixel x looks at the old place wide * x + shift; whole numbers are pixel centres.
        across = _held(left + moment * drawn.drift[0], wide)
        shift_x = across * width + 0.5 * wide - 0.5
        shift_y = _held(top + moment * drawn.drift[1], high) * height + 0.5 * high - 0.5
        scale_x = wide
        if drawn.mirrored:
            scale_x, shift_x = -wide, shift_x + wide * (width - 1)
        matrix = np.array([[scale_x, 0.0, shift_x], [0.0, high, shift_y]])
        cv2.warpAffine(
            old, matrix, (width, height), dst=new, flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
    return warped


def _moments(count: int) -> NDArray[np.float64]:
    """From -0.5 at the first frame to 0.5 at the last: a view drifts about its own place."""
    return np.linspace(-0.5, 0.5, count) if count > 1 else np.zeros(1)


def _held(start: float, length: float) -> float:
    """A view's edge, moved so that it does not look beyond the picture."""
    return min(max(start, 0.0), 1.0 - length)


def _colour(frames: Frames, drawn: Draw) -> Frames:
    """Hue, saturation, contrast and brightness as one 3x4 matrix on red, green, blue and 1."""
    grey = np.outer(np.ones(3), LUMA)
    saturate = grey + drawn.saturation * (np.eye(3) - grey)
    matrix = drawn.contrast * (saturate @ _turn_hue(drawn.hue))
    offset = 255.0 * (0.5 * (1.0 - drawn.contrast) + drawn.brightness)
    if offset == 0.0 and np.array_equal(matrix, np.eye(3)):
        return frames
    rows = frames.reshape(-1, frames.shape[2], 3)  # all frames as one tall picture
    affine = np.column_stack([matrix, np.full(3, offset)])
    return np.asarray(cv2.transform(rows, affine), dtype=np.uint8).reshape(frames.shape)


def _turn_hue(part_of_circle: float) -> NDArray[np.float64]:
    """Rotation of RGB about the grey axis (Rodrigues): grey stays grey."""
    angle = 2.0 * math.pi * part_of_circle
    third, root = (1.0 - math.cos(angle)) / 3.0, math.sin(angle) / math.sqrt(3.0)
    return np.array(
        [
            [math.cos(angle) + third, third - root, third + root],
            [third + root, math.cos(angle) + third, third - root],
            [third - root, third + root, math.cos(angle) + third],
        ]
    )
