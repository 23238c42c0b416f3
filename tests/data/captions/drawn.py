"""Coloured shapes with sentences that say which: a data set drawn for tests."""

from pathlib import Path

import cv2
import numpy as np

from kineograph.data.captions.described import DescribedPicture
from kineograph.data.captions.folder import CAPTIONS
from kineograph.data.prepared_folder import PreparedFolder, write_folder

COLOURS = {"red": (220, 40, 40), "green": (40, 200, 60), "blue": (50, 70, 230)}
SHAPES = ("circle", "square")


def draw(colour: str, shape: str, at: int, size: int = 32) -> np.ndarray:
    """(S, S, 3) RGB."""
    picture = np.full((size, size, 3), 235, np.uint8)
    middle = (size // 3 + at % 10, size // 2)
    if shape == "circle":
        cv2.circle(picture, middle, size // 4, COLOURS[colour], -1)
    else:
        corners = [tuple(place + by * size // 4 for place in middle) for by in (-1, 1)]
        cv2.rectangle(picture, *corners, COLOURS[colour], -1)
    return picture


def drawn_folder(path: Path, count: int = 36) -> PreparedFolder[DescribedPicture]:
    """Pictures of every colour and shape, two sentences each, dealt to three sides."""
    (path / "pictures").mkdir(parents=True)
    records = []
    for number in range(count):
        colour = list(COLOURS)[number % 3]
        shape = SHAPES[number // 3 % 2]
        name = f"pictures/{number:03}.png"
        rgb = draw(colour, shape, number)
        cv2.imwrite(str(path / name), cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
        records.append(
            DescribedPicture(
                name,
                (f"A {colour} {shape} .", f"There is a {shape} that is {colour} ."),
                split=("train", "train", "val", "test")[number // 6 % 4],
            )
        )
    write_folder(path, CAPTIONS, records, name="shapes", source_root=path, way="test")
    return PreparedFolder(path, CAPTIONS)
