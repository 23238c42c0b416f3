"""BLEU against its definition in fractions, by hand, and what must not change it."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.metrics.captions.bleu import bleu, sentence_bleu

sentence = st.lists(st.sampled_from("abc"), min_size=1, max_size=7).map(" ".join)
pictures = st.lists(
    st.tuples(sentence, st.lists(sentence, min_size=1, max_size=3)), min_size=1, max_size=4
)


def runs(text: str, n: int) -> list[str]:
    words = text.split()
    return [" ".join(words[i : i + n]) for i in range(len(words) - n + 1)]


def by_definition(pairs, longest: int) -> float:
    product = Fraction(1)
    for n in range(1, longest + 1):
        right = said = 0
        for answer, references in pairs:
            for run in set(runs(answer, n)):
                most = max(runs(reference, n).count(run) for reference in references)
                right += min(runs(answer, n).count(run), most)
            said += len(runs(answer, n))
        if not right:
            return 0.0
        product *= Fraction(right, said)
    c = r = 0
    for answer, references in pairs:
        length = len(answer.split())
        near = sorted((abs(len(x.split()) - length), len(x.split())) for x in references)
        c, r = c + length, r + near[0][1]
    return float(product) ** (1 / longest) * (1 if c > r else math.exp(1 - r / c))


@settings(max_examples=50, deadline=None)
@given(pictures)
def test_bleu_is_its_definition(pairs):
    answers, references = zip(*pairs, strict=True)
    assert bleu(answers, references) == pytest.approx(
        [by_definition(pairs, n) for n in (1, 2, 3, 4)]
    )
    one = sentence_bleu(*pairs[0])
    assert one == pytest.approx([by_definition(pairs[:1], n) for n in (1, 2, 3, 4)])


def test_bleu_by_hand():
    # Papineni's: seven times "the" where a reference has it twice
    one, two, _, _ = sentence_bleu(
        "the the the the the the the",
        ["The cat is on the mat.", "There is a cat on the mat."],
    )
    assert one == pytest.approx(2 / 7) and two == 0.0
    # shorter by a word: 4 of 4 words, 3 of 3 pairs, and exp(1 - 5/4) of each
    found = sentence_bleu("a b c d", ["a b c d e"])
    assert found == pytest.approx([math.exp(-1 / 4)] * 4)
    # of 2 and 6 words, as near to 4, the shorter one counts
    assert sentence_bleu("a b x y", ["a b", "a b a b a b"])[0] == pytest.approx(1 / 2)


def test_bleu_of_many_is_pooled_and_no_mean():
    answers, references = ["a b c d", "x y z q"], [["a b c d"], ["x u v w"]]
    assert bleu(answers, references)[0] == pytest.approx(5 / 8)
    assert bleu(answers, references)[3] == pytest.approx((5 / 8 * 3 / 6 * 2 / 4 * 1 / 2) ** 0.25)
    assert sentence_bleu("x y z q", ["x u v w"])[1] == 0.0


@settings(max_examples=50, deadline=None)
@given(pictures)
def test_bleu_hangs_on_no_order_and_falls_with_n(pairs):
    answers, references = zip(*pairs, strict=True)
    found = bleu(answers, references)
    turned = [list(reversed(each)) for each in reversed(references)]
    assert bleu(list(reversed(answers)), turned) == pytest.approx(found)
    more = [[*each, answers[n]] for n, each in enumerate(references)]
    assert all(0 <= score <= 1 for score in found)
    assert bleu(answers, more)[0] == pytest.approx(1), "the answer itself is a reference"


def test_bleu_of_nothing_said_is_0():
    assert bleu(["", "..."], [["a b"], ["c"]]) == (0, 0, 0, 0)
    assert bleu(["", "c"], [["a"], ["c"]])[0] == pytest.approx(math.exp(1 - 2))
