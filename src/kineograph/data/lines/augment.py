"""Change a training line without changing its text: as another scan, press or hand would have it.

Everything is drawn once a line by (seed, epoch, index). The amounts are the largest ones; how much
of each a line gets is drawn evenly below, so that most lines are changed a little.
"""

import math
from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray

from kineograph.data.lines.picture import Grey, paper_grey
from kineograph.errors import InputError

ELASTIC_CELL = 0.35  # of the height: how far apart the drawn shifts lie
LEAST_PAPER, MOST_PAPER = 150, 255  # grey of the paper after a change of contrast
JPEG_WORST = 15  # quality at an amount of 1; 95 at 0


@dataclass(frozen=True)
class LineAugmentation:
    """How far a line may be changed. Everything is off by default."""

    rotation_degrees: float = 0.0  # either way, 0 to 10
    shear: float = 0.0  # how far the top leans, as a part of the height, 0 to 1
    scale: float = 0.0  # larger or smaller by this part, and wider or narrower by it, 0 to 0.5
    elastic: float = 0.0  # shifts of near places, as a part of the height, 0 to 0.2
    blur_pixels: float = 0.0  # standard deviation, 0 to 3
    noise: float = 0.0  # standard deviation, as a part of white, 0 to 0.5
    contrast: float = 0.0  # part of the distance of ink from paper that may be lost, 0 to 0.9
    stroke_pixels: float = 0.0  # strokes that much thicker or thinner, 0 to 2
    jpeg: float = 0.0  # 0: none, 1: blocks that everyone sees
    chance: float = 0.5  # with which each of these is drawn at all, above 0 to 1

    def __post_init__(self) -> None:
        """Refuse amounts that would leave no text."""
        limits = {"rotation_degrees": 10, "scale": 0.5, "elastic": 0.2, "blur_pixels": 3}
        limits |= {"noise": 0.5, "contrast": 0.9, "stroke_pixels": 2}
        for field in fields(self):
            amount, limit = getattr(self, field.name), limits.get(field.name, 1)
            if not 0 <= amount <= limit:
                raise InputError(
                    f"line augmentation {field.name} {amount:g}: it lies between 0 and {limit:g}. "
                    f"Use 0 to leave it out."
                )


NOTHING = LineAugmentation()
USUAL = LineAugmentation(
    rotation_degrees=1.0,
    shear=0.25,
    scale=0.12,
    elastic=0.04,
    blur_pixels=1.0,
    noise=0.06,
    contrast=0.5,
    stroke_pixels=1.0,
    jpeg=0.5,
)


def change_line(picture: Grey, rng: np.random.Generator, config: LineAugmentation) -> Grey:
    """A changed copy of (H, W), of the same height and about the same width.

    Shape first, then the strokes, then what a camera adds. Takes the same numbers from `rng`
    whatever is switched on.
    """
    amount = _amounts(rng, config)
    noise_seed = int(rng.integers(2**31))
    changed = _warp(picture, amount, np.random.default_rng(noise_seed))
    changed = _stroke(changed, amount["stroke_pixels"])
    changed = _contrast(changed, amount["contrast"])
    if abs(amount["blur_pixels"]) > 0.2:
        blurred = cv2.GaussianBlur(changed, (0, 0), abs(amount["blur_pixels"]))
        changed = np.asarray(blurred, dtype=np.uint8)
    if amount["noise"]:
        drawn = np.random.default_rng(noise_seed).standard_normal(changed.shape, dtype=np.float32)
        noised = changed + drawn * (255.0 * abs(amount["noise"]))
        changed = np.clip(np.rint(noised), 0, 255).astype(np.uint8)
    if amount["jpeg"]:
        quality = round(95 - (95 - JPEG_WORST) * abs(amount["jpeg"]))
        _, coded = cv2.imencode(".jpg", changed, [cv2.IMWRITE_JPEG_QUALITY, quality])
        changed = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)
    return changed


def _amounts(rng: np.random.Generator, config: LineAugmentation) -> dict[str, float]:
    """A number from -amount to amount for each change, or 0 where it is not drawn."""
    names = [field.name for field in fields(config) if field.name != "chance"]
    taken = rng.random(len(names) + 1) < config.chance
    parts = rng.uniform(-1.0, 1.0, len(names) + 1)
    drawn = {
        name: float(part * getattr(config, name)) if chosen else 0.0
        for name, chosen, part in zip(names, taken, parts, strict=False)
    }
    drawn["wide"] = float(parts[-1] * config.scale) if taken[-1] else 0.0
    return drawn


def _warp(picture: Grey, amount: dict[str, float], rng: np.random.Generator) -> Grey:
    """Rotation, shear, scale and elastic shifts in one step, so that pixels are read once."""
    shapes = ("rotation_degrees", "shear", "scale", "elastic", "wide")
    if not any(amount[name] for name in shapes):
        return picture
    height, width = picture.shape
    angle, shear = math.radians(amount["rotation_degrees"]), amount["shear"]
    # A long line that turns would leave the strip: it turns so far that its ends stay within.
    limit = 0.15 * height / max(width / 2, 1.0)
    angle = max(-limit, min(limit, angle))
    high, wide = 1.0 + amount["scale"], (1.0 + amount["scale"]) * (1.0 + amount["wide"])
    margin = abs(shear) * height / 2
    new_width = max(1, round(width * wide + 2 * margin))
    across = np.arange(new_width, dtype=np.float32) - (new_width - 1) / 2
    down = np.arange(height, dtype=np.float32)[:, None] - (height - 1) / 2
    turned_x = math.cos(angle) * across + math.sin(angle) * down
    turned_y = -math.sin(angle) * across + math.cos(angle) * down
    old_x = (turned_x + shear * turned_y) / wide + (width - 1) / 2
    old_y = turned_y / high + (height - 1) / 2
    if amount["elastic"]:
        reach = abs(amount["elastic"]) * height
        old_x = old_x + _wander(rng, old_x.shape, height) * reach
        old_y = old_y + _wander(rng, old_y.shape, height) * reach
    paper = paper_grey(picture)
    return np.asarray(
        cv2.remap(
            picture,
            old_x.astype(np.float32),
            np.broadcast_to(old_y, old_x.shape).astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(paper,),
        ),
        dtype=np.uint8,
    )


def _wander(rng: np.random.Generator, shape: tuple[int, ...], height: int) -> NDArray[np.float32]:
    """Smooth numbers of about -1 to 1 over (H, W): drawn on a coarse grid, then interpolated."""
    cell = ELASTIC_CELL * height
    grid = (math.ceil(shape[0] / cell) + 2, math.ceil(shape[1] / cell) + 2)
    coarse = rng.uniform(-1.0, 1.0, grid).astype(np.float32)
    fine = cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(fine, dtype=np.float32)


def _stroke(picture: Grey, pixels: float) -> Grey:
    """Strokes thicker (above 0) or thinner: between the picture and its erosion or dilation."""
    if abs(pixels) < 0.05:
        return picture
    whole = math.ceil(abs(pixels))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * whole + 1, 2 * whole + 1))
    way = cv2.erode if pixels > 0 else cv2.dilate  # ink is dark: to erode light is to add ink
    part = abs(pixels) / whole * (0.7 if pixels < 0 else 1.0)  # thin strokes must not vanish
    return np.asarray(cv2.addWeighted(way(picture, kernel), part, picture, 1.0 - part, 0.0))


def _contrast(picture: Grey, lost: float) -> Grey:
    """Paler ink (above 0), or greyer paper."""
    if not lost:
        return picture
    paper = paper_grey(picture)
    levels = np.arange(256, dtype=np.float32)
    kept = 1.0 - abs(lost)
    if lost > 0:
        levels = paper + (levels - paper) * kept
    else:
        new_paper = LEAST_PAPER + (MOST_PAPER - LEAST_PAPER) * kept
        levels = levels * min(1.0, new_paper / max(paper, 1))
    return np.asarray(cv2.LUT(picture, np.clip(np.rint(levels), 0, 255).astype(np.uint8)))
