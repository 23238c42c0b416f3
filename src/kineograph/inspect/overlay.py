"""A picture lit where a network looked, as Show, Attend and Tell draws it (Xu et al. 2015, Fig. 5).

    .1 .1 .1                       a place of three even shares, or else the greatest, is as it was,
    .1 .2 .1   over the picture    a place of half an even share or less is dark and grey,
    .1 .1 .1                       even shares leave the picture as it is

Between places the light is smooth.
"""

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]  # (H, W, 3) RGB
Shares = NDArray[np.float32]  # (h, w), of all places 1

SHOWN_PIXELS = 320  # the longer side of what a page shows
STRIP_PIXELS = 96  # of one of the pictures side by side
DARKEST = 0.3  # of a picture's brightness, where none looked
UNSEEN, SEEN = 0.5, 3.0  # even shares: dark up to the first, bright from the second on
SOFT = 0.5  # of a place's side: how far its light spreads
QUALITY = 82  # of a JPEG, of 100


def seen_part(picture: Picture, fit: str, side_pixels: int = SHOWN_PIXELS) -> Picture:
    """What a network saw of a picture, in its own proportions and sharper than it was shown.

    fit: "crop" saw the middle square, "squash" all of it.
    """
    height, width = picture.shape[:2]
    if fit == "crop":
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        picture = picture[top : top + side, left : left + side]
        height = width = side
    scale = side_pixels / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=way), dtype=np.uint8)


def seen_strip(clip: Picture, fit: str) -> Picture:
    """The moments of a clip (T, H, W, 3) side by side, each as `seen_part`."""
    return np.concatenate([seen_part(frame, fit, STRIP_PIXELS) for frame in clip], axis=1)


def enlarged(shares: Shares, size: tuple[int, int]) -> NDArray[np.float32]:
    """Shares (h, w) of places -> light (H, W) of pixels, smooth: 0 in the dark, 1 at its brightest.

    Even shares are 1 throughout.
    """
    height, width = size
    rows, columns = shares.shape
    grown = cv2.resize(shares.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    spread = {"sigmaX": SOFT * width / columns, "sigmaY": SOFT * height / rows}
    soft = cv2.GaussianBlur(grown, (0, 0), borderType=cv2.BORDER_REPLICATE, **spread)
    even = float(soft.mean())
    bright = min(float(soft.max()), SEEN * even)
    light = (soft - UNSEEN * even) / max(bright - UNSEEN * even, 1e-12)
    return np.asarray(light.clip(0, 1), dtype=np.float32)


def light_up(picture: Picture, shares: Shares) -> Picture:
    """(H, W, 3) and the shares (h, w) of its places -> the picture, dark and grey elsewhere."""
    height, width = picture.shape[:2]
    light = enlarged(shares, (height, width))[..., None]
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None]
    return np.asarray(np.rint(picture * light + DARKEST * grey * (1 - light)), dtype=np.uint8)


def as_jpeg(picture: Picture) -> bytes:
    """A JPEG file's bytes."""
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "JPEG", quality=QUALITY, optimize=True)
    return content.getvalue()


def as_numbers(shares: NDArray[np.floating]) -> list[object]:
    """Shares as lists for JSON, to five places."""
    rounded: list[object] = np.round(np.asarray(shares, dtype=np.float64), 5).tolist()
    return rounded
