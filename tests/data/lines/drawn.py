"""Small lines and pages drawn for the tests of lines."""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image


def line_picture(text="Habe nun, ach", height=48, width=None, seed=0, paper=235, ink=30):
    """(H, W) grey with words of OpenCV's own letters: dark on light."""
    scale = height / 48
    size, _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 2)
    picture = np.full((height, width or size[0] + 20), paper, dtype=np.uint8)
    at = (10, round(height * 0.7))
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, ink, 2, cv2.LINE_AA)
    noise = np.random.default_rng(seed).integers(-4, 5, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def save(path: Path, picture, mode="L", **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(picture)
    if mode == "I;16":
        image = Image.fromarray(picture.astype(np.uint16) * 257)
    elif mode != "L":
        image = image.convert("RGB" if mode in ("CMYK", "RGBA") else mode).convert(mode)
    image.save(path, **options)


def save_line(folder: Path, name: str, text="Habe nun, ach", **about):
    save(folder / f"{name}.png", line_picture(text, **about))
    (folder / f"{name}.gt.txt").write_text(text + "\n", encoding="utf-8")
