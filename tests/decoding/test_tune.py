"""Weights are those with the fewest errors, and the least of equals."""

import numpy as np
import pytest

from kineograph.decoding.ngram_learn import learn_ngram
from kineograph.decoding.tune import best_of, error_grid, tune_weights
from kineograph.errors import InputError

CHARACTERS = ("a", "b", "c")


def line_of(text: str, share: float) -> np.ndarray:
    """Each character on a column of its own; c has the rest of it."""
    line = np.full((2 * len(text), 4), 1e-4)
    line[1::2, 0] = 1.0
    for place, character in enumerate(text):
        line[2 * place, CHARACTERS.index(character) + 1] = share
        line[2 * place, 3] += 1 - share
    return np.log(line / line.sum(axis=1, keepdims=True))


def test_a_model_that_knows_better_is_given_weight():
    model = learn_ngram(["abab"] * 5, 3)
    lines, truths = [line_of("abab", 0.45)] * 2, ["abab"] * 2
    told = []
    grid = error_grid(lines, truths, model, CHARACTERS, progress=lambda *words: told.append(words))
    assert grid[0.0, 0.0] == 1.0 and min(grid.values()) == 0.0
    weight, bonus = tune_weights(lines, truths, model, CHARACTERS)
    assert weight > 0 and grid[weight, bonus] == 0.0
    assert told[0] == (1, len(grid), "0, 0: 100.00 %") and len(told) == len(grid)


def test_of_equals_the_least():
    assert best_of({(0.4, 0.0): 0.1, (0.2, 0.6): 0.1, (0.2, 0.3): 0.1, (0.0, 0.0): 0.2}) == (
        0.2,
        0.3,
    )
    model = learn_ngram(["ab"], 2)
    assert tune_weights([line_of("ab", 0.99)], ["ab"], model, CHARACTERS) == (0.0, 0.0)


def test_the_rate_is_edits_over_true_characters():
    model = learn_ngram(["ab"], 2)
    lines = [line_of("abab", 0.99), line_of("b", 0.99)]
    grid = error_grid(lines, ["abcab", "a"], model, CHARACTERS, weights=[0.0], bonuses=[0.0])
    assert grid == {(0.0, 0.0): pytest.approx(2 / 6)}


def test_nothing_to_count_on_is_said():
    model = learn_ngram(["ab"], 2)
    with pytest.raises(InputError, match="the validation lines have no text"):
        tune_weights([], [], model, CHARACTERS)
    with pytest.raises(ValueError, match="1 lines and 0 texts: one is needed each"):
        tune_weights([line_of("a", 0.9)], [], model, CHARACTERS)
