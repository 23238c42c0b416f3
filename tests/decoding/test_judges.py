"""Lexicon and language model as a beam asks them, and the memory before them."""

import math

import numpy as np
import pytest

from kineograph.decoding import judges
from kineograph.decoding.judges import Language, Lexicon, Remembered
from kineograph.decoding.ngram_learn import learn_ngram
from kineograph.errors import InputError

CHARACTERS = "abc' ."


def walked(judge, text: str, characters: str = CHARACTERS) -> float:
    """What a judge adds to a whole text, character by character."""
    total, state = 0.0, np.array([judge.start])
    for character in text:
        weights, after = judge.rows(state)
        index = characters.index(character) + 1
        total += float(weights[0, index])
        state = after[:, index].astype(np.int64)
    return total + float(judge.ends(state)[0])


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("", 0),
        ("ab", 0),
        ("ab.", 0),
        (". ab  a'b.", 0),
        ("a", 1),  # the begin of a word is none
        ("a.ab", 1),
        ("abc", 1),
        ("abcabc ab", 1),  # once a word, however long
        ("c b", 2),
        ("a' ab a'b", 1),
    ],
)
def test_each_unknown_word_costs_once(text, unknown):
    words = ["ab", "a'b", "xyz"]
    assert walked(Lexicon(words, CHARACTERS, 2.5), text) == -2.5 * unknown
    assert walked(Lexicon(words, CHARACTERS), text) == (-math.inf if unknown else 0)


def test_words_that_the_alphabet_cannot_spell_are_named():
    lexicon = Lexicon(["ab", "xyz"], CHARACTERS)
    assert lexicon.left_out == ["xyz"]
    with pytest.raises(InputError, match="the lexicon has no word. Give one word a line."):
        Lexicon(["", ""], CHARACTERS)
    with pytest.raises(InputError, match="unknown_cost -1: must be 0 or more"):
        Lexicon(["ab"], CHARACTERS, -1)
    with pytest.raises(InputError, match="unknown_cost nan"):
        Lexicon(["ab"], CHARACTERS, math.nan)


def test_the_language_adds_weight_times_its_score_and_a_bonus_a_character():
    model = learn_ngram(["ab ab", "cab"], 3)
    for text in ("", "ab", "c'a b"):
        found = walked(Language(model, CHARACTERS, 0.4, 0.7), text)
        assert found == pytest.approx(0.4 * model.score(text) + 0.7 * len(text), abs=1e-5)


def test_memory_changes_no_answer_even_when_it_forgets(monkeypatch):
    model = learn_ngram(["ab ab", "cab", "abc'a."], 4)
    judge = Language(model, CHARACTERS, 0.4, 0.7)
    monkeypatch.setattr(judges, "MOST_CACHED", 5 * (len(CHARACTERS) + 1))
    remembered, rng = Remembered(judge), np.random.default_rng(0)
    for _ in range(60):
        states = rng.integers(0, judge.states, (2, 3))
        states = model.targets[states].astype(np.int64)
        characters = rng.integers(1, len(CHARACTERS) + 1, (2, 3))
        places = remembered.places(states)
        weights, after = judge.rows(states.ravel())
        at = np.arange(6), characters.ravel()
        assert np.array_equal(remembered.weights(places, characters).ravel(), weights[at])
        assert np.array_equal(remembered.after(places, characters).ravel(), after[at])
