"""Readers that see a little: what stands in for a trained network."""

import numpy as np

from kineograph.pages.read import LineReading, ReadCharacter
from kineograph.predict.line_search import LineSearch


class ByInk:
    """Sees runs of ink as words and calls each x; remembers what it was given."""

    search = LineSearch()

    def __init__(self):
        self.pictures = []

    def read(self, pictures, progress=None):
        self.pictures += pictures
        for done in range(len(pictures) if progress else 0):
            progress(done + 1, len(pictures))
        return [words_by_ink(picture) for picture in pictures]


class Knows(ByInk):
    """Says what it was told, line by line."""

    def __init__(self, texts):
        super().__init__()
        self.texts = iter(texts)

    def read(self, pictures, progress=None):
        super().read(pictures, progress)
        return [LineReading(next(self.texts), 0.9) for _ in pictures]


def words_by_ink(picture):
    """Every run of ink is an x; gaps of half the height and more part words."""
    dark = np.flatnonzero((picture < 128).any(0))
    runs = np.split(dark, np.flatnonzero(np.diff(dark) > picture.shape[0] / 2) + 1)
    characters = []
    for run in (run for run in runs if len(run)):
        if characters:
            characters.append(ReadCharacter(" ", characters[-1].right_pixels, float(run[0])))
        characters.append(ReadCharacter("x", float(run[0]), float(run[-1] + 1), 0.8))
    text = "".join(each.text for each in characters)
    return LineReading(text, 0.8 if text else None, tuple(characters))
