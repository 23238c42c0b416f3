"""A tiny network that writes, and the strokes of a line."""

from pathlib import Path

import numpy as np
import pytest

from tests.tiny_hand import write_tiny_hand

LETTERS = " abcdefghijklmnopqrstuvwxyzQWJVZ,"


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that scribbles whatever it is told: enough for a page."""
    return write_tiny_hand(tmp_path_factory.mktemp("runs") / "tiny-hand", LETTERS)


def wave(left: float, right: float, points: int = 40) -> list[list[float]]:
    """A stroke as the page sends it."""
    x = np.linspace(left, right, points)
    y = 20 * np.sin(x / 12)
    return [[float(a), float(b), n / 100] for n, (a, b) in enumerate(zip(x, y, strict=True))]
