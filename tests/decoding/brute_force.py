"""Every path of a line, and every text they spell: the truth for searches and alignments."""

import itertools

import numpy as np


def text_of(path: tuple[int, ...]) -> tuple[int, ...]:
    """Doubles become one, then blanks go."""
    return tuple(symbol for symbol, _ in itertools.groupby(path) if symbol)


def every_text(line: np.ndarray) -> dict[tuple[int, ...], float]:
    """All texts of a (T, V) line with their log-probabilities, paths added up."""
    found: dict[tuple[int, ...], float] = {}
    for path in itertools.product(range(line.shape[1]), repeat=len(line)):
        log = sum(float(line[t, symbol]) for t, symbol in enumerate(path))
        text = text_of(path)
        found[text] = float(np.logaddexp(found.get(text, -np.inf), log))
    return found


def best_path_of(line: np.ndarray, text: tuple[int, ...]) -> tuple[int, ...]:
    """The most probable path that spells a text."""
    paths = itertools.product(range(line.shape[1]), repeat=len(line))
    return max(
        (path for path in paths if text_of(path) == text),
        key=lambda path: sum(float(line[t, symbol]) for t, symbol in enumerate(path)),
    )


def drawn_line(seed: int, columns: int, symbols: int, sharp: float = 2.0) -> np.ndarray:
    """(T, V) log-probabilities from a seed."""
    logits = np.random.default_rng(seed).normal(0, sharp, (columns, symbols))
    return logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
