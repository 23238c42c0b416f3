"""Nats of a text: one walk and windows against brute force, n-grams against their own steps."""

import math

import numpy as np
import pytest
import torch

from kineograph.data.text import Alphabet
from kineograph.decoding.ngram_learn import learn_ngram
from kineograph.evaluation.characters import ask
from kineograph.evaluation.characters.ask import (
    mean_nats,
    nats_in_one_walk,
    nats_in_windows,
    ngram_nats,
    ngrams_beside,
    written,
)
from kineograph.nets.models.character_model import CharacterModelConfig

TEXT = "the cat sat on the mat and the rat sat on the cat. " * 3
ALPHABET = Alphabet.of(TEXT)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return CharacterModelConfig(units=7, layers=2).build(len(ALPHABET)).eval()


def brute(network, told: list[int], asked: int) -> list[float]:
    """Nats of the last `asked` characters, by the whole text up to each, from scratch."""
    found = []
    for place in range(len(told) - asked, len(told)):
        with torch.no_grad():
            logits, _ = network(torch.tensor([told[:place]]))
        found.append(-float(logits[0, -1].double().log_softmax(-1)[told[place]]))
    return found


def test_one_walk_is_the_whole_text_before_each_character(network, monkeypatch):
    monkeypatch.setattr(ask, "PIECE", 16)  # several pieces
    told = [0, *ALPHABET.encode(TEXT)]
    found = nats_in_one_walk(network, TEXT[100:], ALPHABET, before=TEXT[:100])
    assert found == pytest.approx(brute(network, told, len(TEXT) - 100), abs=1e-5)


def test_a_window_begins_with_the_character_before_it_alone(network, monkeypatch):
    text, told = TEXT[:25], [0, *ALPHABET.encode(TEXT[:25])]
    expected = [x for start in (0, 10, 20) for x in _window(network, told[start : start + 11])]
    for bound, value in (("ROWS", 2), ("MOST_LOGITS", 1)):  # two at once, then one by one
        monkeypatch.setattr(ask, bound, value)
        found = nats_in_windows(network, text, ALPHABET, 10)
        assert found == pytest.approx(expected, abs=1e-5)


def _window(network, told):
    return brute(network, told, len(told) - 1)


def test_an_unknown_character_has_no_figure_and_is_not_in_the_mean(network):
    found = nats_in_one_walk(network, "caж", ALPHABET)
    assert np.isnan(found[2]) and mean_nats(found) == pytest.approx(found[:2].mean())
    assert math.isnan(mean_nats(nats_in_windows(network, "жж", ALPHABET, 10)))


@pytest.mark.parametrize("order", [2, 4])
def test_an_ngram_is_asked_for_each_character_from_those_before_it(order):
    model = learn_ngram([TEXT], order, characters=ALPHABET.characters)
    text = "the hat sat on"
    expected = [
        -model.log_probability(text[max(0, place - order + 1) : place], text[place])
        for place in range(len(text))
    ]
    assert ngram_nats(model, text) == pytest.approx(expected, abs=1e-5)


def test_longer_ngrams_know_a_repeated_text_better():
    beside = ngrams_beside(TEXT, TEXT[:50], ALPHABET)
    assert list(beside) == [f"{order}-gram" for order in range(2, 7)]
    assert beside["6-gram"]["nats"] < beside["2-gram"]["nats"]
    assert beside["3-gram"]["bits"] == pytest.approx(beside["3-gram"]["nats"] / math.log(2))


def test_what_is_written_is_of_the_alphabet_and_the_seeds(network):
    text, nats = written(network, ALPHABET, 40, 1.0)
    assert len(text) == 40 and set(text) <= set(ALPHABET.characters) and nats > 0
    assert written(network, ALPHABET, 40, 1.0)[0] == text
    assert written(network, ALPHABET, 40, 1.0, seed=1)[0] != text
