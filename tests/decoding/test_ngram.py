"""The character model against the papers' formulas, and its own promises: it sums to one."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.decoding.ngram import BEGIN, END, UNKNOWN, NGram, bits_per_character
from kineograph.decoding.ngram_learn import learn_ngram
from kineograph.errors import InputError
from tests.decoding.formulas import Formulas

TEXTS = st.lists(st.text("abc", min_size=1, max_size=7), min_size=1, max_size=6)
SMOOTHINGS = st.sampled_from(["kn", "wb"])


def drawn_text(lines: int = 300) -> list[str]:
    """Lines in which common characters follow each other often: their counts of counts are full."""
    rng = np.random.default_rng(3)
    share = 0.5 ** np.arange(1, 13)
    letters = rng.choice(list("abcdefghijkl"), (lines, 9), p=share / share.sum())
    return ["".join(row) for row in letters]


def contexts(characters: str, longest: int):
    """Every text up to a length, in the middle of a line and at its begin."""
    for length in range(longest + 1):
        for text in itertools.product(characters, repeat=length):
            yield text
            yield (BEGIN, *text)


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.integers(1, 4), SMOOTHINGS, st.integers(1, 3))
def test_it_is_what_the_formulas_say(lines, order, smoothing, minimum_count):
    model = learn_ngram(lines, order, smoothing, minimum_count)
    truth = Formulas(lines, order, smoothing, minimum_count)
    for context in contexts("ab", 2):
        for character in truth.vocabulary:
            found = math.exp(model.log_probability(context, character))
            assert found == pytest.approx(truth.probability(context, character), rel=1e-5)


@pytest.mark.parametrize("smoothing", ["kn", "wb"])
@pytest.mark.parametrize("minimum_count", [1, 2])
def test_discounts_are_the_texts_own_where_it_is_long_enough(smoothing, minimum_count):
    lines = drawn_text()
    model, truth = (f(lines, 3, smoothing, minimum_count) for f in (learn_ngram, Formulas))
    plain = [discount == (0.5, 1.0, 1.5) for discount in truth.discounts]
    assert plain[0] and not plain[2]  # so that both ways are tried
    for context in contexts("abg", 2):
        for character in "abcdl":
            found = math.exp(model.log_probability(context, character))
            assert found == pytest.approx(truth.probability(context, character), rel=1e-5)


@settings(max_examples=15, deadline=None)
@given(TEXTS, st.integers(1, 5), SMOOTHINGS, st.integers(1, 3))
def test_all_that_may_come_sums_to_one_after_any_context(lines, order, smoothing, minimum_count):
    model = learn_ngram(lines, order, smoothing, minimum_count, characters="abcd")
    may_come = model.encode([*model.characters, END, UNKNOWN])
    for context in contexts("abd", 3):
        logs, _ = model.step(np.full(len(may_come), model.state(context)), may_come)
        assert np.exp(logs).sum() == pytest.approx(1, abs=1e-5)


@settings(max_examples=30, deadline=None)
@given(TEXTS, st.integers(1, 5), SMOOTHINGS, st.text("abcx", max_size=8))
def test_rows_steps_and_scores_agree(lines, order, smoothing, text):
    model = learn_ngram(lines, order, smoothing)
    total, state = 0.0, np.array([model.begin])
    for place, token in enumerate(model.encode([*text, END])):
        logs, after = model.rows(state)
        one, then = model.step(state, np.array([token]))
        assert one[0] == pytest.approx(logs[0, token], abs=1e-5) and then[0] == after[0, token]
        assert one[0] == pytest.approx(
            model.log_probability((BEGIN, *text[:place]), [*text, END][place]), abs=1e-5
        )
        total += one[0]
        state = then
    assert model.score(text) == pytest.approx(total, abs=1e-5)
    assert model.score_lines(["a", text, ""])[1] == pytest.approx(total, abs=1e-5)


def test_a_state_forgets_what_changes_nothing():
    model = learn_ngram(["abcabc", "xbcy"], 4)
    assert model.state("zzzzab") == model.state("ab")  # z is unknown
    assert model.state((BEGIN, *"ab")) != model.state("ab")
    long, short = model.state("aabc"), model.state("abc")
    assert long == short  # order 4 sees three characters


def test_the_end_ends_a_state_and_nothing_follows_it():
    model = learn_ngram(["ab"], 3)
    assert model.state(("a", "b", END)) in range(len(model) + 1)
    assert math.exp(model.log_probability("b", END)) > 0.4


def test_bits_per_character_of_a_fair_coin_are_one():
    """The uniform model: all characters known, none seen but once; by hand."""
    model = learn_ngram(["ab"], 1, "wb")  # counts a, b, </s>: 1 of 3; kinds 3; over a b </s> <unk>
    each = 1 / 6 + 1 / 2 / 4
    assert math.exp(model.log_probability("", "a")) == pytest.approx(each)
    assert bits_per_character(model, ["ab", "b"]) == pytest.approx(-math.log2(each))
    with pytest.raises(ValueError, match="at least one line"):
        bits_per_character(model, [])


def test_kneser_ney_asks_in_how_many_contexts_a_character_stands():
    """The papers' Francisco: common, but only ever after one other character."""
    lines = ["sf", "sf", "sf", "sf", "ae", "be", "ce"]
    never = [math.exp(learn_ngram(lines, 2, s).log_probability("f", "f")) for s in ("kn", "wb")]
    often = [math.exp(learn_ngram(lines, 2, s).log_probability("f", "e")) for s in ("kn", "wb")]
    assert never[0] < often[0] and never[1] > often[1]


def test_characters_of_several_code_points_and_those_never_seen():
    model = learn_ngram([("a", "e\u0364"), ("a", "b")], 2, characters=["z"])
    assert model.characters == ("a", "b", "e\u0364", "z")
    assert model.score(("a", "e\u0364")) > model.score(("a", "z"))
    assert model.unknown_in(["aqq", "b"]) == {"q": 2}
    assert model.log_probability("a", "q") == model.log_probability("a", UNKNOWN)


def test_rare_n_grams_are_left_out_from_three_characters_on():
    lines = ["abab", "abc"]
    assert learn_ngram(lines, 3, minimum_count=2).sizes == (6, 6, 1)  # <s>ab alone stands twice
    assert learn_ngram(lines, 3, minimum_count=99).sizes == (6, 6)


@pytest.mark.parametrize(
    ("words", "how"),
    [
        ("order 9: must be 1 to 8", {"order": 9}),
        ("smoothing 'x': must be kn .* or wb", {"smoothing": "x"}),
        ("minimum count 0: must be at least 1", {"minimum_count": 0}),
        ("no line with a character", {"lines": ["", ""]}),
    ],
)
def test_what_cannot_be_learned_is_said(words, how):
    with pytest.raises(InputError, match=words):
        learn_ngram(**{"lines": ["ab"], **how})


def test_arrays_that_are_no_tree_are_refused():
    good = learn_ngram(["ab"], 2)
    parents, tokens = good.parents[1:].astype(np.int64), good.tokens[1:].astype(np.int64)
    columns = (good.log_probabilities[1:], good.log_backoffs[1:])
    assert len(NGram(good.characters, good.sizes, parents, tokens, *columns)) == len(good)
    with pytest.raises(ValueError, match="not a tree"):
        NGram(good.characters, good.sizes, parents[::-1], tokens, *columns)
