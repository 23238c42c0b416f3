"""Best path and prefix beam against every path there is; alone and together; never empty."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.decoding.alignment import (
    align,
    align_best_path,
    text_log_probabilities,
    widened,
)
from kineograph.decoding.ctc import best_path, prefix_beam
from kineograph.decoding.judges import Language, Lexicon, Remembered
from kineograph.decoding.ngram_learn import learn_ngram
from kineograph.decoding.prefix_beam import Beam
from kineograph.errors import InputError
from tests.decoding.brute_force import best_path_of, drawn_line, every_text

LINES = st.builds(drawn_line, st.integers(0, 10**6), st.integers(1, 5), st.integers(2, 3))
MODEL = learn_ngram(["abab", "ba", "aab", "bb"], 3)
WIDE = 200  # more than there are texts in any of these lines


def logs(*columns: tuple[float, ...]) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.log(np.array(columns))


def wide(texts: int, tried: int = 24) -> Beam:
    return Beam(WIDE, least_probability=0, most_tried=tried, alternatives=min(texts, WIDE))


@settings(max_examples=60, deadline=None)
@given(LINES)
def test_a_wide_beam_finds_every_text_with_its_true_probability(line):
    truth = every_text(line)
    (found,) = prefix_beam([line], wide(len(truth)))
    assert {a.text_indices: a.log_probability for a in found.alternatives} == pytest.approx(truth)
    assert found.score == found.log_probability == pytest.approx(max(truth.values()))
    assert sum(math.exp(a.log_probability) for a in found.alternatives) == pytest.approx(1)


@settings(max_examples=60, deadline=None)
@given(LINES, st.floats(0, 1.5), st.floats(-1, 1), st.sampled_from([0.0, 0.7, math.inf]))
def test_with_judges_it_is_the_best_of_all_texts(line, weight, bonus, cost):
    characters = "ab"[: line.shape[1] - 1]
    judges = [Language(MODEL, characters, weight, bonus), Lexicon(["ab", "a"], characters, cost)]
    truth = {}
    for indices, log in every_text(line).items():
        text = "".join(characters[i - 1] for i in indices)
        known = 0.0 if text in ("", "a", "ab") else -cost
        truth[indices] = log + weight * MODEL.score(text) + bonus * len(text) + known
    allowed = {text: score for text, score in truth.items() if score > -math.inf}
    (found,) = prefix_beam([line], wide(len(truth)), judges)
    scores = {a.text_indices: a.score for a in found.alternatives}
    assert scores == pytest.approx(allowed, abs=1e-5)
    assert found.score == pytest.approx(max(allowed.values()), abs=1e-5)
    assert [a.score for a in found.alternatives] == sorted(scores.values(), reverse=True)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5), st.floats(0.01, 0.4), st.integers(1, 3))
def test_what_is_not_tried_is_as_if_it_could_not_be(seed, columns, least, most):
    line = drawn_line(seed, columns, 4)
    cut = line.copy()
    for column in cut:
        order = [i for i in np.argsort(-column) if i]
        tried = [i for i in order if column[i] >= math.log(least)]
        tried = (tried or [i for i in order[:1] if column[i] > column[0]])[:most]
        column[[i for i in order if i not in tried]] = -np.inf
    beam = Beam(WIDE, least_probability=least, most_tried=most, alternatives=WIDE)
    found = {a.text_indices for a in prefix_beam([line], beam)[0].alternatives}
    possible = {text for text, log in every_text(cut).items() if log > -np.inf}
    assert found == possible


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 30)), min_size=1, max_size=9))
def test_lines_together_are_read_as_each_alone(drawn):
    lines = [drawn_line(seed, columns, 5, 3.0) for seed, columns in drawn]
    judges = [Remembered(Language(MODEL, "abcd", 0.5, 0.3))]
    beam = Beam(6, alternatives=3)
    together = prefix_beam(lines, beam, judges)
    for line, reading in zip(lines, together, strict=True):
        (alone,) = prefix_beam([line], beam, [Language(MODEL, "abcd", 0.5, 0.3)])
        assert alone.text_indices == reading.text_indices
        assert alone.score == pytest.approx(reading.score)
        assert np.array_equal(alone.spans, reading.spans)
    for line, reading in zip(lines, best_path(lines), strict=True):
        assert reading.text_indices == best_path([line])[0].text_indices


def test_greedy_takes_columns_and_the_beam_takes_texts():
    """The known case: no column prefers a, yet a is the more probable text (1 − 0.6² = 0.64)."""
    line = logs((0.6, 0.4), (0.6, 0.4))
    assert best_path([line])[0].text_indices == ()
    (found,) = prefix_beam([line])
    assert found.text_indices == (1,)
    assert math.exp(found.log_probability) == pytest.approx(0.64)


def test_a_doubled_character_needs_a_blank_between():
    line = logs((0.1, 0.9), (0.9, 0.1), (0.1, 0.9))
    for (found,) in (best_path([line]), prefix_beam([line])):
        assert found.text_indices == (1, 1)
        assert found.spans.tolist() == [[0, 1], [2, 3]]
        assert found.confidences == pytest.approx([0.9, 0.9])


@settings(max_examples=60, deadline=None)
@given(LINES)
def test_spans_are_those_of_the_most_probable_path(line):
    for reading in (*best_path([line]), *prefix_beam([line])):
        path = best_path_of(line, reading.text_indices)
        changes = [t for t in range(len(path)) if path[t] and (t == 0 or path[t] != path[t - 1])]
        assert reading.spans[:, 0].tolist() == changes
        for (low, high), index, sure in zip(
            reading.spans, reading.text_indices, reading.confidences, strict=True
        ):
            assert set(path[low:high]) == {index}
            assert sure == pytest.approx(math.exp(max(line[low:high, index])))
        assert all(a[1] <= b[0] for a, b in pairwise(reading.spans.tolist()))


def test_boxes_round_characters_share_the_blanks_between_them():
    spans = np.array([[4, 5], [9, 10], [10, 12]])
    assert widened(spans, 20).tolist() == [[2, 7], [7, 10], [10, 12]]
    assert widened(np.array([[1, 2], [8, 9]]), 10).tolist() == [[0, 5], [5, 10]]
    assert widened(np.array([[3, 5]]), 9).tolist() == [[3, 5]]
    assert widened(np.zeros((0, 2), np.int64), 9).shape == (0, 2)


def test_the_sum_over_paths_is_torchs():
    import torch

    lines = [drawn_line(seed, columns, 6) for seed, columns in ((0, 9), (1, 14), (2, 5))]
    texts = [(1, 1, 2, 5), (3, 4, 4, 4, 1), ()]
    for line, text, found in zip(lines, texts, text_log_probabilities(lines, texts), strict=True):
        loss = torch.nn.functional.ctc_loss(
            torch.from_numpy(line)[:, None],
            torch.tensor([text], dtype=torch.long),
            torch.tensor([len(line)]),
            torch.tensor([len(text)]),
            reduction="sum",
        )
        assert found == pytest.approx(-float(loss), rel=1e-5)


def test_what_no_path_spells_has_no_probability_and_no_place():
    line = drawn_line(0, 2, 3)
    assert text_log_probabilities([line, line], [(1, 1), (1, 2)])[0] == -np.inf
    with pytest.raises(ValueError, match="text 0 cannot stand on its line"):
        align([line], [(1, 1)])


def test_there_is_always_a_text():
    """No line, no columns, everything forbidden, a beam of one, a flat line, a certain one."""
    assert prefix_beam([]) == best_path([]) == []
    empty = np.zeros((0, 3))
    for (found,) in (best_path([empty]), prefix_beam([empty])):
        assert (found.text_indices, found.score, found.spans.shape) == ((), 0.0, (0, 2))
    sure_of_b = logs((0.0, 0.0, 1.0), (0.0, 0.0, 1.0))
    (found,) = prefix_beam([sure_of_b], judges=[Lexicon(["a"], "ab")])
    assert found.text_indices == (2,)  # the lexicon forbids it, and there is nothing else
    flat = np.full((7, 5), -math.log(5))
    for beam in (Beam(1), Beam(1, least_probability=0.9), Beam(3, most_tried=1)):
        assert len(prefix_beam([flat], beam)[0].alternatives) == 1
    (found,) = prefix_beam([np.full((300, 4), -math.log(4))], Beam(16, alternatives=16))
    assert len({a.text_indices for a in found.alternatives}) == 16


def test_a_very_long_line_does_not_run_out_of_numbers():
    text = [1, 2] * 300
    line = np.full((4 * len(text), 3), -30.0)
    line[:, 0] = math.log1p(-2 * math.exp(-30))
    line[1::4, 0] = -30.0
    line[np.arange(len(text)) * 4 + 1, text] = math.log1p(-2 * math.exp(-30))
    for (found,) in (best_path([line]), prefix_beam([line], Beam(4))):
        assert list(found.text_indices) == text
        assert found.spans[:, 0].tolist() == list(range(1, len(line), 4))


def test_the_language_model_settles_what_the_picture_leaves_open():
    model = learn_ngram(["haus", "maus", "haus und maus"], 4)
    characters = model.characters
    columns = [(0.02,) + (0.98 / len(characters),) * len(characters)] * 4
    line = logs(*columns)
    for place, (character, other) in enumerate(["hb", "ae", "un", "ſs"]):
        for each, share in ((character, 0.5), (other, 0.45)):
            if each in characters:
                line[place, characters.index(each) + 1] = math.log(share)
    (found,) = prefix_beam([line], judges=[Language(model, characters, 0.8, 1.0)])
    assert "".join(characters[i - 1] for i in found.text_indices) == "haus"
    assert found.confidences[0] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("width 0: a beam keeps at least 1 text", {"width": 0}),
        ("least_probability 1: must be 0 or more, and less than 1", {"least_probability": 1}),
        ("most_tried 0: at least 1 character", {"most_tried": 0}),
        ("alternatives 5: must be 1 to the beam's width, 4", {"width": 4, "alternatives": 5}),
    ],
)
def test_a_beam_that_cannot_be_is_refused(words, fields):
    with pytest.raises(InputError, match=words):
        Beam(**fields)


@pytest.mark.parametrize("bad", [np.nan, 3.0, -np.inf])
def test_what_is_no_log_probability_is_refused(bad):
    line = drawn_line(0, 3, 4)
    line[1] = bad
    for search in (best_path, prefix_beam):
        with pytest.raises(ValueError, match="line 1: no log-probabilities; take log_softmax"):
            search([drawn_line(0, 3, 4), line])
    with pytest.raises(ValueError, match=r"line 1: shape \(3, 5\), and \(T, V\) of one V"):
        best_path([drawn_line(0, 3, 4), drawn_line(0, 3, 5)])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 12), st.integers(2, 5))
def test_the_best_path_needs_no_search_for_its_places(seed, columns, symbols):
    """Its text's most probable path is itself: Viterbi over that text finds the same spans."""
    logits = np.random.default_rng(seed).normal(0, 2, (columns, symbols))
    line = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    text, alignment, log = align_best_path(line)
    assert log == pytest.approx(line.max(axis=1).sum())
    (searched,) = align([line], [text])
    np.testing.assert_array_equal(alignment.spans, searched.spans)
    np.testing.assert_allclose(alignment.confidences, searched.confidences)
