"""CIDEr and CIDEr-D against dense vectors written out, by hand, and the triplet test."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.metrics.captions.cider import Consensus, DocumentFrequencies, cider, cider_d
from kineograph.metrics.captions.triplets import Triplet, more_alike, triplet_agreement

sentence = st.lists(st.sampled_from("abcd"), min_size=1, max_size=7).map(" ".join)
pictures = st.lists(
    st.tuples(sentence, st.lists(sentence, min_size=1, max_size=3)), min_size=2, max_size=4
)


def runs(text: str, n: int) -> list[str]:
    words = text.split()
    return [" ".join(words[i : i + n]) for i in range(len(words) - n + 1)]


def by_definition(pairs, clipped: bool, corpus=None) -> float:
    """Whole vectors over all n-grams there are, with numpy."""
    corpus = corpus or [references for _, references in pairs]
    every = [text for answer, references in pairs for text in (answer, *references)]
    scores = []
    for answer, references in pairs:
        of_reference = []
        for reference in references:
            cosines = []
            for n in (1, 2, 3, 4):
                names = sorted({run for text in every for run in runs(text, n)})
                have = [sum(any(run in runs(x, n) for x in xs) for xs in corpus) for run in names]
                idf = np.log(len(corpus)) - np.log(np.maximum(1, have))
                g, h = (
                    np.array([runs(text, n).count(run) for run in names]) * idf
                    for text in (answer, reference)
                )
                norm = np.linalg.norm(g) * np.linalg.norm(h)
                top = (np.minimum(g, h) if clipped else g) @ h
                cosines.append(top / norm if norm else 0.0)
            delta = len(runs(answer, 2)) - len(runs(reference, 2))
            scale = 10 * math.exp(-(delta**2) / 72) if clipped else 1
            of_reference.append(scale * np.mean(cosines))
        scores.append(np.mean(of_reference))
    return float(np.mean(scores))


@settings(max_examples=25, deadline=None)
@given(pictures, pictures)
def test_cider_and_cider_d_are_their_definitions(pairs, other):
    answers, references = zip(*pairs, strict=True)
    corpus = [xs for _, xs in other]
    try:
        given_counts = DocumentFrequencies.of(corpus, "another corpus")
        DocumentFrequencies.of(references)
    except InputError:
        assume(False)
    assert cider(answers, references) == pytest.approx(by_definition(pairs, False))
    assert cider_d(answers, references) == pytest.approx(by_definition(pairs, True))
    found = cider_d(answers, references, given_counts)
    assert found == pytest.approx(by_definition(pairs, True, corpus))


def test_cider_by_hand():
    # two pictures; every n-gram stands in one of them, all weights are log 2
    references = [["a b"], ["c d e"]]
    # words: (1, 1) against (1, 1), cosine 1; pair: 1; no triple, no four: (1 + 1 + 0 + 0) / 4
    assert cider(["a b", "c d e"], references) == pytest.approx((2 / 4 + 3 / 4) / 2)
    # "a a b": words (2, 1)·(1, 1) / (√5 √2) = 3/√10; pairs "a a", "a b" against "a b": 1/√2;
    # "a a b" has three words, no reference has any
    plain = (3 / math.sqrt(10) + 1 / math.sqrt(2)) / 4
    assert Consensus(references).cider(0, "a a b") == pytest.approx(plain)
    # clipped: words min(2, 1) · 1 + 1 = 2 over √10; lengths 2 and 1 bigrams
    clipped = (2 / math.sqrt(10) + 1 / math.sqrt(2)) / 4
    found = Consensus(references).cider_d(0, "a a b")
    assert found == pytest.approx(10 * math.exp(-1 / 72) * clipped)
    # of a word that both pictures have, nothing is left
    assert Consensus([["a the"], ["b the"]]).cider(0, "the") == 0.0


def test_cider_d_falls_with_the_difference_in_length():
    assert Consensus([["a"], ["b c"]]).cider_d(0, "a") == pytest.approx(10 / 4)
    references = [["a"], ["c"]]
    two = Consensus(references).cider_d(0, "a x")  # one bigram more: exp(-1/72) · 1/√2 / 4
    assert two == pytest.approx(10 * math.exp(-1 / 72) / math.sqrt(2) / 4)


def test_cider_gains_by_repeating_what_is_right_and_cider_d_does_not():
    consensus = Consensus([["zebra"], ["hat"], ["man"]])  # all weights are log 3
    once, often = "zebra hat", "zebra zebra zebra hat"
    assert consensus.cider(0, once) == pytest.approx(1 / math.sqrt(2) / 4)
    assert consensus.cider(0, often) == pytest.approx(3 / math.sqrt(10) / 4)
    assert consensus.cider_d(0, often) < 10 / math.sqrt(10) / 4 < consensus.cider_d(0, once)


@settings(max_examples=25, deadline=None)
@given(pictures)
def test_cider_is_within_bounds_and_hangs_on_no_order(pairs):
    answers, references = zip(*pairs, strict=True)
    try:
        plain, d = cider(answers, references), cider_d(answers, references)
    except InputError:
        assume(False)
    assert -1e-12 <= plain <= 1 + 1e-12 and -1e-12 <= d <= 10 + 1e-9
    assert d <= 10 * plain + 1e-9, "clipping and length only take away"
    turned = [list(reversed(each)) for each in reversed(references)]
    assert cider_d(list(reversed(answers)), turned) == pytest.approx(d)
    assert cider([a.upper() + " ." for a in answers], references) == pytest.approx(plain)
    loud = [a + "!" for a in answers]
    assert cider_d(loud, [[r.title() for r in each] for each in references]) == pytest.approx(d)


def test_a_reference_said_again_scores_the_most():
    references = [["a red cat sleeps now"], ["two dogs run over snow"]]
    said = [each[0] for each in references]
    assert cider(said, references) == pytest.approx(1)
    assert cider_d(said, references) == pytest.approx(10)
    assert cider_d(list(reversed(said)), references) == 0.0


def test_cider_of_one_picture_alone_is_explained():
    for score in (cider, cider_d):
        with pytest.raises(InputError, match="1 picture. CIDEr weighs.*Score it among others, or"):
            score(["a dog"], [["a dog", "the dog"]])
        with pytest.raises(InputError, match="all 2 pictures have the same words.*larger corpus"):
            score(["a dog", "a"], [["a dog"], ["a dog"]])
    larger = DocumentFrequencies.of([["a dog"], ["a cat"], ["a hat"]], "three pictures")
    assert cider(["dog"], [["dog"]], larger) == pytest.approx(1 / 4)
    assert larger.weight(("a",)) == 0 and larger.weight(("new",)) == pytest.approx(math.log(3))


def test_cider_of_nothing_said_is_0_and_no_reference_is_said():
    assert cider_d(["", "c"], [["a b"], ["c"]]) == pytest.approx(10 / 4 / 2)
    with pytest.raises(InputError, match="picture 1: no reference"):
        cider(["a", "b"], [["a"], [""]])


def test_cider_of_more_references_is_their_mean():
    frequencies = DocumentFrequencies.of([["a b c d"], ["e f g h"], ["a x"]], "three")
    both = cider(["a b c d"], [["a b c d", "e f g h"]], frequencies)
    assert both == pytest.approx(cider(["a b c d"], [["a b c d"]], frequencies) / 2)


def test_triplets_by_cider():
    a = ["a brown cow grazes on grass", "a cow eats grass in a field"]
    others = [["a man rides a bike in a street"], ["a field of flowers"], ["a cow in a street"]]
    frequencies = DocumentFrequencies.of([a, *others], "four pictures")

    def score(answer, references):
        return cider_d([answer], [references], frequencies)

    b, c = "a cow stands on grass", "a man rides a horse in a field"
    assert more_alike(score, a, b, c) == "B" and more_alike(score, a, c, b) == "C"
    assert more_alike(score, a, b, b) is None
    triplets = [Triplet(a, b, c, "B"), Triplet(a, c, b, "C"), Triplet(a, b, c, "C")]
    assert triplet_agreement(score, triplets) == pytest.approx(2 / 3)
    assert triplet_agreement(score, [Triplet(a, b, b, "B")]) == 0.5
    with pytest.raises(InputError, match="no triplet"):
        triplet_agreement(score, [])
