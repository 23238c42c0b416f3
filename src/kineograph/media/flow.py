"""What moved between two moments of a clip: optical flow or the plain difference, per second.

Both compare a frame with one about 1/15 s before it and divide by the true time between them, so a
clip means the same at 15, 25 or 60 frames a second. A flow image follows LRCN (Donahue et al. 2015,
arXiv:1411.4389, section 4.1): x, y and speed as three channels around 128.

    red    128 + 64 x      velocity to the right, pictures (widths) a second, to ±2
    green  128 + 64 y      velocity down, pictures (heights) a second, to ±2
    blue   128 + 64 speed  length of (x, y)

The unit is the picture, not the pixel: the same numbers hold at every size it is shrunk to.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kineograph.errors import InputError, nearest

Pixels = NDArray[np.uint8]  # (H, W, 3) RGB
Velocity = NDArray[np.float32]  # (H, W, 2): x and y in pictures a second

Part = tuple[float, float, float, float]  # left, top, width, height as parts of a picture

WHOLE: Part = (0.0, 0.0, 1.0, 1.0)
ZERO = 128  # what no motion is kept as
FLOW_STEPS = 64.0  # of one picture a second
DIFFERENCE_STEPS = 1.0 / 12.0  # of one grey level a second
PAIR_SECONDS = 1.0 / 15.0  # between the two frames that are compared, as nearly as there is one
SHORT_SIDE_PIXELS = 160  # flow is measured on pictures of this size, or their own if smaller


def _dis(preset: int) -> Callable[[], Any]:
    return lambda: cv2.DISOpticalFlow.create(preset)


class _Farneback:
    """Farnebäck 2003 behind the face of cv2's DIS."""

    def calc(self, before: Pixels, after: Pixels, flow: None) -> NDArray[np.float32]:
        found = cv2.calcOpticalFlowFarneback(before, after, None, 0.5, 3, 15, 3, 5, 1.2, 0)  # type: ignore[call-overload]
        return np.asarray(found, dtype=np.float32)


METHODS: dict[str, Callable[[], Any]] = {
    "dis-fast": _dis(cv2.DISOPTICAL_FLOW_PRESET_FAST),  # Kroeger et al. 2016
    "dis-medium": _dis(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM),
    "farneback": _Farneback,
}


class Flow:
    """Velocity at each frame of one clip, one call a frame that is shown, in order.

    method: "dis-fast", "dis-medium" or "farneback". The median vector is taken off: what the whole
    picture does is the camera's motion.
    """

    def __init__(self, method: str = "dis-fast") -> None:
        if method not in METHODS:
            hint = nearest(method, METHODS)
            raise InputError(f"flow '{method}': known are {', '.join(METHODS)}. {hint}".rstrip())
        self._method = METHODS[method]()
        self._past = Past()

    def remember(self, pixels: Pixels, seconds: float) -> None:
        """Take the next frame (H, W, 3) RGB."""
        self._past.add(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), seconds)  # type: ignore[arg-type]

    def now(self) -> Velocity:
        """Velocity (H, W, 2) at the frame last taken; zeros at the first, which has no past."""
        moved, per_pixel = self._moved()
        return (moved - _median(moved)) * per_pixel

    def image(self, size_pixels: tuple[int, int], part: Part = WHOLE) -> Pixels:
        """`now`, a part of it, shrunk to (height, width), as a flow image: velocity in parts."""
        moved, per_pixel = self._moved()
        # Means first: what follows is linear, and a twentieth of the pixels is left to do it on.
        small = shrink(cut(moved, part), size_pixels)
        scale = per_pixel / np.array(part[2:], np.float32)
        return flow_image(np.asarray((small - _median(moved)) * scale, np.float32))

    def _moved(self) -> tuple[Velocity, NDArray[np.float32]]:
        """Pixels moved (H, W, 2) since the frame before, and what one pixel is in velocity."""
        after, before, seconds = self._past.pair()
        height, width = after.shape
        if before is None:
            return np.zeros((height, width, 2), np.float32), np.zeros(2, np.float32)
        per_pixel = np.array([1.0 / (width * seconds), 1.0 / (height * seconds)], np.float32)
        return self._method.calc(before, after, None), per_pixel


class Difference:
    """Change of brightness at each frame of one clip, one call a frame that is shown, in order."""

    def __init__(self) -> None:
        self._past = Past()

    def remember(self, pixels: Pixels, seconds: float) -> None:
        """Take the next frame (H, W, 3) RGB."""
        self._past.add(pixels, seconds)

    def image(self, size_pixels: tuple[int, int], part: Part = WHOLE) -> Pixels:
        """128 + a twelfth of the change in grey levels a second, (H, W, 3); 128 at the first."""
        after, before, seconds = self._past.pair()
        if before is None:
            return np.full((*size_pixels, 3), ZERO, dtype=np.uint8)
        change = (cut(after, part).astype(np.float32) - cut(before, part)) / seconds
        return _as_bytes(shrink(change, size_pixels) * DIFFERENCE_STEPS)


class Past:
    """The last frames, to find the one that lies PAIR_SECONDS before the newest."""

    def __init__(self) -> None:
        self._frames: deque[tuple[Pixels, float]] = deque()

    def add(self, picture: Pixels, seconds: float) -> None:
        """Append the newest, and forget what no later frame will be compared with."""
        self._frames.append((picture, seconds))
        while len(self._frames) > 2 and self._frames[1][1] <= seconds - PAIR_SECONDS:
            self._frames.popleft()

    def pair(self) -> tuple[Pixels, Pixels | None, float]:
        """The newest, the frame before it nearest to the wanted distance, and the seconds between.

        A picture that is shown for no time (two of one moment) is compared with nothing.
        """
        newest, now = self._frames[-1]
        before = [(old, now - then) for old, then in list(self._frames)[:-1] if now > then]
        if not before:
            return newest, None, 0.0
        old, seconds = min(before, key=lambda each: abs(each[1] - PAIR_SECONDS))
        return newest, old, seconds


def working_size(size_pixels: tuple[int, int]) -> tuple[int, int]:
    """The (height, width) that a picture of this size is measured at: its own shape, not larger."""
    height, width = size_pixels
    scale = min(1.0, SHORT_SIDE_PIXELS / min(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def cut(picture: NDArray[Any], part: Part) -> NDArray[Any]:
    """A part of a picture (H, W, K), to whole pixels; at least one."""
    height, width = picture.shape[:2]
    left, top = int(part[0] * width + 0.5), int(part[1] * height + 0.5)
    right = max(left + 1, int((part[0] + part[2]) * width + 0.5))
    below = max(top + 1, int((part[1] + part[3]) * height + 0.5))
    return picture[top:below, left:right]


def shrink(values: NDArray[Any], size_pixels: tuple[int, int]) -> NDArray[Any]:
    """Values (H, W, K) as means over the pixels of (height, width)."""
    height, width = size_pixels
    if values.shape[:2] == (height, width):
        return values
    found = cv2.resize(values, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(found)


def flow_image(velocity: Velocity) -> Pixels:
    """Velocity (..., H, W, 2) in pictures a second -> bytes (..., H, W, 3): x, y, speed."""
    speed = np.sqrt((velocity * velocity).sum(-1, keepdims=True))
    return _as_bytes(np.concatenate([velocity, speed], axis=-1) * FLOW_STEPS)


def flow_velocity(image: Pixels) -> Velocity:
    """The velocity (..., H, W, 2) that a flow image was made of, to half a step."""
    return (image[..., :2].astype(np.float32) - ZERO) / FLOW_STEPS


def _as_bytes(steps: NDArray[Any]) -> Pixels:
    return np.clip(np.rint(steps + ZERO), 0, 255).astype(np.uint8)


def _median(moved: NDArray[np.float32]) -> NDArray[np.float32]:
    """The median vector, of every fourth pixel: the same to a few hundredths, at a sixteenth."""
    return np.median(moved[::4, ::4].reshape(-1, 2), axis=0).astype(np.float32)
