"""Kinds of errors, peeled off: each oracle by hand, and every error counted exactly once."""

import numpy as np

from kineograph.inspect.characters.errors import (
    HALF,
    begins_word,
    explained_by_ngrams,
    in_memory,
    in_rare_words,
    peel,
)


def marked(text, chosen):
    return "".join(sign if here else "." for sign, here in zip(text, chosen, strict=True))


def test_memory_knows_a_word_from_its_second_letter_as_far_as_it_stood_before():
    text = "Mary saw Marion; Mary"
    assert marked(text, in_memory(text)) == "..........ar......ary"
    assert marked(text, in_memory(text, memory=6)) == "." * len(text)  # "rion; " has no Mary


def test_rare_words_are_counted_whole():
    learned = "the cat the cats " * 3 + "dog "
    text = "the dog, cat bird"
    assert marked(text, in_rare_words(learned, text, rare=2)) == "....dog......bird"


def test_a_word_begins_after_a_space_a_quote_and_a_lines_end():
    text = 'a "b c\nd'
    assert marked(text, begins_word(text)) == '.."b.c.d'


def test_ngrams_explain_what_they_give_more_than_a_half():
    learned = "abcabcabc" * 20 + "xyzxyz" * 20
    found = explained_by_ngrams(learned, "abcabx", orders=(1, 2, 3))
    assert marked("abcabx", found) == ".bcab."  # of a alone every order is unsure


def test_each_error_is_taken_away_once_by_the_first_that_explains_it():
    learned = "the cat sat. the cat sat. " * 30
    text = "the zebra, the zebra\n!"
    nats = np.full(len(text), HALF * 1.01)
    nats[5] = np.nan  # a character that the network never learned
    nats[6] = HALF * 0.99  # given more than a half: no error
    found = peel(text, nats, learned)
    assert found.errors == len(text) - 2 == sum(found.counts.values())
    assert found.kinds[5] == found.kinds[6] == -1
    kind = [found.names[each] if each >= 0 else "" for each in found.kinds]
    assert kind[2] == "n-gram"  # the
    assert kind[16] == "dynamic memory" and kind[4] == kind[7] == kind[15] == "rare word"
    assert kind[20] == "space, line end" and kind[21] == "word model" and kind[9] == "punctuation"
    assert kind[10] == "space, line end"


def test_without_the_text_that_was_learned_there_are_no_ngrams_and_no_rare_words():
    found = peel("ab, cd", np.full(6, 2.0), None)
    assert "n-gram" not in found.names and "rare word" not in found.names
    assert found.counts == {
        "dynamic memory": 0, "word model": 1, "space, line end": 1, "punctuation": 1, "rest": 3,
    }  # fmt: skip
