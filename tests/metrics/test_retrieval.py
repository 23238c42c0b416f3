"""Ranks against sorted lists, by hand, and a network that knows nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.metrics.retrieval import score_retrieval


def place_of_own(scores: np.ndarray, own: np.ndarray) -> int:
    """Where the first of one's own stands, strangers first among equals."""
    places = sorted(range(len(scores)), key=lambda i: (-scores[i], own[i]))
    return 1 + min(
        sum(not own[other] for other in places[:place]) for place, i in enumerate(places) if own[i]
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.integers(1, 20), st.sampled_from([2, 10**6]))
def test_ranks_are_places_in_a_list_sorted_with_strangers_first(seed, pictures, sentences, values):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, values, (pictures, sentences)).astype(float)
    owner = rng.integers(0, pictures, sentences)
    found = score_retrieval(scores, owner)
    by_picture = [
        place_of_own(scores[picture], owner == picture) for picture in sorted(set(owner.tolist()))
    ]
    by_sentence = [
        place_of_own(scores[:, s], np.arange(pictures) == owner[s]) for s in range(sentences)
    ]
    for told, ranks, choices in [
        (found.sentences_by_picture, by_picture, sentences),
        (found.pictures_by_sentence, by_sentence, pictures),
    ]:
        for depth in (1, 5, 10):
            assert told.recall[depth] == pytest.approx(np.mean([r <= depth for r in ranks]))
        assert told.median_rank == np.median(ranks)
        assert (told.askers, told.choices) == (len(ranks), choices)


def test_by_hand():
    # sentences 0, 1 are of picture 0, sentence 2 of picture 1
    scores = np.array([[5.0, 1.0, 3.0], [2.0, 4.0, 3.5]])
    found = score_retrieval(scores, [0, 0, 1])
    assert found.sentences_by_picture.recall == {1: 0.5, 5: 1.0, 10: 1.0}  # ranks 1 and 2
    assert found.sentences_by_picture.median_rank == 1.5
    assert found.pictures_by_sentence.recall[1] == pytest.approx(2 / 3)  # ranks 1, 2, 1
    assert found.pictures_by_sentence.median_rank == 1


def test_a_network_that_says_the_same_of_all_finds_nothing():
    found = score_retrieval(np.zeros((20, 40)), np.arange(40) // 2)
    for told in (found.sentences_by_picture, found.pictures_by_sentence):
        assert told.recall == {1: 0.0, 5: 0.0, 10: 0.0} and told.median_rank >= 20


@given(st.integers(0, 10**6))
def test_any_growing_function_of_scores_and_any_order_give_the_same(seed):
    rng = np.random.default_rng(seed)
    scores, owner = rng.normal(size=(6, 12)), np.arange(12) // 2
    found = score_retrieval(scores, owner)
    assert score_retrieval(np.exp(scores) * 3 - 1, owner) == found
    order = rng.permutation(12)
    assert score_retrieval(scores[:, order], owner[order]) == found
    turn = rng.permutation(6)
    assert score_retrieval(scores[turn], np.argsort(turn)[owner]) == found


@pytest.mark.parametrize(
    ("scores", "owner", "words"),
    [
        (np.zeros((2, 3)), [0, 1], r"scores \(2, 3\) and \(2,\) owners"),
        (np.zeros((0, 0)), [], "none of them 0"),
        (np.zeros((2, 2)), [0, 2], "there are 2 pictures. Number them from 0"),
        (np.array([[np.nan, 0.0]]), [0, 0], "no number. Give -inf"),
    ],
)
def test_what_cannot_be_scored_is_said(scores, owner, words):
    with pytest.raises(InputError, match=words):
        score_retrieval(scores, owner)
