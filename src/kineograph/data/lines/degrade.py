"""What happens to a drawn line before a reader sees it: ink, paper, the years, the scanner.

Blots and breaks are large and smooth, as worn type and rough paper make them; what follows is
augment.py's. Drawn lines that are too clean teach a reader nothing of scans.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from kineograph.data.lines.augment import LineAugmentation, change_line
from kineograph.data.lines.picture import Grey

SCAN = LineAugmentation(
    rotation_degrees=0.7,
    shear=0.06,
    scale=0.04,
    elastic=0.015,
    blur_pixels=0.9,
    noise=0.05,
    contrast=0.4,
    stroke_pixels=0.8,
    jpeg=0.6,
    chance=0.6,
)


def degrade(ink: NDArray[np.float32], rng: np.random.Generator) -> Grey:
    """Ink (H, W), 0 none to 1 full, as a scan of it (H, W) uint8, dark on light."""
    height, width = ink.shape
    paper = float(rng.uniform(165, 252))
    dark = float(rng.uniform(5, min(95, paper - 90)))
    wear = float(rng.choice([0.0, 0.2, 0.4])) * float(rng.random())
    rough = _smooth(rng, ink.shape, height / 12)
    worn = ink * np.clip(1.0 - wear * (rough > 0.35) - 0.25 * wear * (rough + 1), 0.0, 1.0)
    if rng.random() < 0.25:  # ink that spreads, then is cut by a threshold, as in a bitonal scan
        soft = cv2.GaussianBlur(worn, (0, 0), height / 60 + 0.3)
        full = float(np.percentile(soft[ink > 0.5], 50)) if (ink > 0.5).any() else 1.0
        fuzz = 0.12 * _smooth(rng, ink.shape, height / 24)
        worn = (soft / full + fuzz > 0.5).astype(np.float32)  # of a fine pen less is full
    shade = 8.0 * _smooth(rng, ink.shape, height * 1.5) + 3.0 * _smooth(rng, ink.shape, height / 6)
    if rng.random() < 0.2:  # the other side of the leaf shows through
        behind = cv2.GaussianBlur(ink[:, ::-1], (0, 0), height / 20)
        shade -= 0.18 * (paper - dark) * np.roll(behind, int(rng.integers(width)), axis=1)
    page = (paper + shade) * (1.0 - worn) + dark * worn
    grey = np.clip(np.rint(page), 0, 255).astype(np.uint8)
    return change_line(grey, rng, SCAN)


def _smooth(
    rng: np.random.Generator, shape: tuple[int, ...], cell_pixels: float
) -> NDArray[np.float32]:
    """Smooth numbers of about -1 to 1 over (H, W), whose hills are `cell_pixels` wide."""
    cell = max(cell_pixels, 1.0)
    grid = (int(shape[0] / cell) + 3, int(shape[1] / cell) + 3)
    coarse = rng.uniform(-1.0, 1.0, grid).astype(np.float32)
    fine = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(fine, dtype=np.float32)
