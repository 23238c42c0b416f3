"""The search against every sequence there is, against a slow beam, and against itself alone."""

import itertools
import math
from collections import namedtuple
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.decoding.sequence_beam import (
    Sampling,
    SequenceBeam,
    Speaker,
    beam_search,
    greedy,
    sample,
    take_rows,
)
from kineograph.errors import InputError

START, END = 0, 1


def table_of(seed: int, vocabulary: int, sharp: float = 1.5, depth: int = 8) -> np.ndarray:
    """(T, V, V) log-probabilities: at each place, after each token, what comes next."""
    logits = np.random.default_rng(seed).normal(0, sharp, (depth, vocabulary, vocabulary))
    logits[:, :, START] = -np.inf
    return logits - np.logaddexp.reduce(logits, axis=2, keepdims=True)


def speaker_of(tables: list[np.ndarray], longest: int, **options) -> Speaker:
    """Each input has a table of its own; the state is which table and how far one has come."""
    whole = np.stack(tables)

    def step(tokens, state):
        which, place = state
        return whole[which, place, tokens], (which, place + 1)

    first = (np.arange(len(tables)), np.zeros(len(tables), int))
    return Speaker(step, first, len(tables), START, END, longest, **options)


def logs_of(table: np.ndarray, tokens: tuple[int, ...]) -> list[float]:
    before = (START, *tokens)
    return [float(table[t, before[t], token]) for t, token in enumerate(tokens)]


def repeats(tokens: tuple[int, ...], length: int) -> bool:
    runs = [tokens[i : i + length] for i in range(len(tokens) - length + 1)]
    return length > 0 and len(set(runs)) < len(runs)


def every_sequence(table, longest, power, block=0):
    """All finished sequences and their scores."""
    found = {}
    for length in range(longest + 1):
        for tokens in itertools.product(range(2, table.shape[1]), repeat=length):
            log = sum(logs_of(table, (*tokens, END)))
            if not repeats(tokens, block) and log > -math.inf:
                found[tokens] = log / (length + 1) ** power
    return found


def slow_beam(table, longest, width, power, block=0):
    """The same search, one input, in lists; every one that ends keeps its place."""
    alive, ended = [((), 0.0)], []
    for _ in range(longest + 1):
        grown = [
            ((*tokens, token), log + logs_of(table, (*tokens, token))[-1])
            for tokens, log in alive
            for token in range(table.shape[1])
            if token == END or not repeats((*tokens, token), block)
        ]
        grown = sorted((g for g in grown if g[1] > -math.inf), key=lambda g: -g[1])
        grown = grown[: width - len(ended)]
        ended += [(t[:-1], log / len(t) ** power) for t, log in grown if t[-1] == END]
        alive = [(t, log) for t, log in grown if t[-1] != END and len(t) <= longest]
    return sorted(ended, key=lambda e: -e[1])


SEEDS, POWERS = st.integers(0, 10**6), st.sampled_from([0.0, 0.7, 1.0])


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(3, 4), st.integers(1, 4), POWERS, st.integers(0, 2))
def test_a_wide_beam_finds_every_sequence_in_its_order(seed, vocabulary, longest, power, block):
    table = table_of(seed, vocabulary)
    truth = every_sequence(table, longest, power, block)
    beam = SequenceBeam(500, power, block, alternatives=500)
    (found,) = beam_search(speaker_of([table], longest), beam)
    assert {said.tokens: said.score for said in found} == pytest.approx(truth)
    assert [said.score for said in found] == sorted((s.score for s in found), reverse=True)
    for said in found:
        assert said.finished
        assert said.logs == pytest.approx(logs_of(table, (*said.tokens, END)))
        assert said.score == pytest.approx(said.log_probability / (len(said.tokens) + 1) ** power)


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(3, 4), st.integers(1, 4), POWERS, st.integers(1, 3))
def test_the_best_is_the_best_of_all_though_the_search_stops_early(seed, v, longest, power, most):
    truth = every_sequence(table_of(seed, v), longest, power)
    beam = SequenceBeam(500, power, alternatives=most)
    (found,) = beam_search(speaker_of([table_of(seed, v)], longest), beam)
    best = sorted(truth, key=lambda tokens: -truth[tokens])[:most]
    assert [said.tokens for said in found] == best


@settings(max_examples=40, deadline=None)
@given(
    st.lists(SEEDS, min_size=1, max_size=4),
    st.integers(3, 6),
    st.integers(1, 6),
    st.integers(1, 4),
    POWERS,
    st.integers(0, 3),
    st.data(),
)
def test_a_narrow_beam_is_the_slow_one_and_inputs_do_not_disturb_each_other(
    seeds, vocabulary, longest, width, power, block, data
):
    most = data.draw(st.integers(1, width))
    tables = [table_of(seed, vocabulary) for seed in seeds]
    beam = SequenceBeam(width, power, block, most)
    together = beam_search(speaker_of(tables, longest), beam)
    for table, found in zip(tables, together, strict=True):
        truth = slow_beam(table, longest, width, power, block)[:most]
        if truth:
            assert [said.tokens for said in found] == [tokens for tokens, _ in truth]
            assert [said.score for said in found] == pytest.approx([score for _, score in truth])
        assert 1 <= len(found) <= most
        (alone,) = beam_search(speaker_of([table], longest), beam)
        assert [said.tokens for said in alone] == [said.tokens for said in found]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(SEEDS, min_size=1, max_size=3), st.integers(20, 70), st.integers(1, 6), st.booleans()
)
def test_many_tokens_of_which_most_may_be_impossible(seeds, vocabulary, width, sparse):
    tables = [table_of(seed, vocabulary, 3.0, depth=4) for seed in seeds]
    if sparse:
        for table in tables:
            table[:, :, np.arange(vocabulary) % 9 > 1] = -np.inf
    beam = SequenceBeam(width, 0.7, alternatives=width)
    for table, found in zip(tables, beam_search(speaker_of(tables, 3), beam), strict=True):
        truth = slow_beam(table, 3, width, 0.7)
        assert not truth or [said.tokens for said in found] == [tokens for tokens, _ in truth]


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(3, 4), st.integers(1, 4), POWERS)
def test_where_nothing_can_end_the_best_of_what_was_begun_is_told(seed, vocabulary, longest, power):
    table = table_of(seed, vocabulary)
    table[:, :, END] = -np.inf
    every = itertools.product(range(2, vocabulary), repeat=longest)
    best = max(every, key=lambda tokens: sum(logs_of(table, tokens)))
    (found,) = beam_search(speaker_of([table], longest), SequenceBeam(200, power))
    assert (found[0].tokens, found[0].finished) == (best, False)
    assert found[0].score == pytest.approx(sum(logs_of(table, best)) / longest**power)


def test_a_dead_end_is_told_too_and_also_one_at_the_very_start():
    table = np.full((4, 3, 3), -np.inf)
    table[0, START, 2] = 0.0  # after one token nothing can come
    (found,) = beam_search(speaker_of([table], 3))
    assert [(said.tokens, said.finished) for said in found] == [((2,), False)]
    (found,) = beam_search(speaker_of([table], 3, never=(2,)))
    assert [(said.tokens, said.finished, said.score) for said in found] == [((), False, 0.0)]
    ((drawn,),) = sample(speaker_of([table], 3))
    assert (drawn.tokens, drawn.finished) == ((2,), False)


def test_the_one_that_ends_is_told_before_a_better_one_that_does_not():
    table = np.full((3, 3, 3), np.log(0.999))
    table[:, :, END], table[:, :, START] = np.log(0.001), -np.inf
    (found,) = beam_search(speaker_of([table], 2), SequenceBeam(8, 0, alternatives=8))
    assert all(said.finished for said in found) and [len(s.tokens) for s in found] == [0, 1, 2]
    (only,) = greedy(speaker_of([table], 2))
    assert (only.tokens, only.finished) == ((2, 2), False)


def test_length_power_by_hand():
    table = np.full((3, 3, 3), -np.inf)
    table[0, START] = np.log([1e-9, 0.4, 0.6])
    table[1, 2] = np.log([1e-9, 0.5, 0.5])
    table[2, 2, END] = 0.0
    speaker = speaker_of([table], 2)
    by_sum = beam_search(speaker, SequenceBeam(4, 0, alternatives=3))[0]
    by_mean = beam_search(speaker, SequenceBeam(4, 1, alternatives=3))[0]
    assert [math.exp(said.score) for said in by_sum] == pytest.approx([0.4, 0.3, 0.3])
    assert [said.tokens for said in by_mean] == [(2, 2), (2,), ()]
    assert math.exp(by_mean[0].score) == pytest.approx(0.3 ** (1 / 3))


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(3, 6), st.integers(1, 6))
def test_greedy_takes_the_most_probable_token_each_time(seed, vocabulary, longest):
    table, tokens = table_of(seed, vocabulary), [START]
    while tokens[-1] != END and len(tokens) <= longest + 1:
        tokens.append(int(table[len(tokens) - 1, tokens[-1]].argmax()))
    ended = tokens[-1] == END
    (found,) = greedy(speaker_of([table], longest))
    assert found.tokens == tuple(tokens[1:-1]) and found.finished == ended
    sure = Sampling(temperature=1e-6, samples=2, seed=3)
    bound = Sampling(most_tried=1, samples=2, seed=3)
    for drawn in (*sample(speaker_of([table], longest), sure)[0],
                  *sample(speaker_of([table], longest), bound)[0]):  # fmt: skip
        assert (drawn.tokens, drawn.finished) == (found.tokens, found.finished)


def test_what_is_never_to_be_said_is_not():
    tables = [table_of(seed, 5, 0.3) for seed in range(20)]
    speaker = speaker_of(tables, 5, never=(3,))
    for found in (*beam_search(speaker, SequenceBeam(4, alternatives=4)), *sample(speaker)):
        assert all(3 not in said.tokens for said in found)


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(1, 3), st.integers(1, 4))
def test_no_run_of_blocked_length_comes_twice(seed, block, width):
    table = table_of(seed, 4, 0.5, depth=12)
    table[:, :, END] = -5.0
    beam = SequenceBeam(width, 0, block, alternatives=width)
    for said in beam_search(speaker_of([table], 10), beam)[0]:
        assert not repeats(said.tokens, block)


def test_drawn_sequences_come_as_often_as_they_are_probable():
    table, many = table_of(5, 4), 4000
    truth = every_sequence(table, 2, 0)
    (drawn,) = sample(speaker_of([table], 2), Sampling(samples=many))
    ended = [said for said in drawn if said.finished]
    for tokens, log in truth.items():
        share = sum(said.tokens == tokens for said in ended) / many
        p = math.exp(log)
        assert abs(share - p) < 4.5 * math.sqrt(p * (1 - p) / many) + 1e-9, tokens
    for said in ended[:50]:
        assert said.score == pytest.approx(truth[said.tokens])
    (bold,) = sample(speaker_of([table], 2), Sampling(temperature=5, samples=many))
    assert len({s.tokens for s in bold}) >= len({s.tokens for s in drawn})


def test_what_is_drawn_hangs_on_seed_input_and_sample_alone():
    tables = [table_of(seed, 6, 0.5) for seed in range(4)]
    told = [
        [[said.tokens for said in one] for one in sample(speaker_of(some, 6), Sampling(samples=3))]
        for some in (tables, tables[:2])
    ]
    assert told[0][:2] == told[1]
    fewer = sample(speaker_of(tables, 6), Sampling(samples=1))
    assert [one.tokens for (one,) in fewer] == [each[0] for each in told[0]]
    assert len({tokens for each in told[0] for tokens in each}) > 6
    (other,) = sample(speaker_of(tables[:1], 6), Sampling(samples=3, seed=1))
    assert [said.tokens for said in other] != told[0][0]


def test_a_recurrent_network_of_torch_walks_beside():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    cell, embed, out = torch.nn.LSTMCell(6, 8), torch.nn.Embedding(7, 6), torch.nn.Linear(8, 7)

    @torch.no_grad()
    def step(tokens, state):
        hidden = cell(embed(torch.from_numpy(tokens)), state)
        said = 3 * out(hidden[0]) + torch.tensor([-9.0, 2, 0, 0, 0, 0, 0])  # no start; more ends
        return torch.log_softmax(said, 1).numpy(), hidden

    def at_once(tokens, hidden):  # one sequence of one input, from its first state
        state, total = hidden, 0.0
        for before, token in itertools.pairwise((START, *tokens, END)):
            logs, state = step(np.array([before]), state)
            total += float(logs[0, token])
        return total

    first = (torch.randn(3, 8), torch.randn(3, 8))
    found = beam_search(Speaker(step, first, 3, START, END, 6), SequenceBeam(4, 0, alternatives=4))
    for number, told in enumerate(found):
        for said in told:
            assert said.finished
            state = take_rows(first, np.array([number]))
            assert said.log_probability == pytest.approx(at_once(said.tokens, state), abs=1e-4)
    pair = take_rows({"a": [first[0], None]}, np.array([2, 2]))
    assert torch.equal(pair["a"][0], first[0][[2, 2]]) and pair["a"][1] is None
    Cell = namedtuple("Cell", "hidden memory")
    assert torch.equal(take_rows(Cell(*first), np.array([1])).memory, first[1][[1]])


def test_what_is_no_log_probability_is_refused():
    def given_logs(logs, tokens, state):
        return logs, state

    for logs, words in [
        (np.array([[0.1, 2.0, 0.3]]), "log_softmax"),
        (np.array([[np.nan, -1.0, -1.0]]), "log_softmax"),
        (np.array([[-0.1]]), r"gave \(1, 1\), and \(1, V\) is needed, V above 1"),
        (np.zeros((2, 3)), r"gave \(2, 3\)"),
    ]:
        with pytest.raises(ValueError, match=words):
            beam_search(Speaker(partial(given_logs, logs), None, 1, START, END, 3))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: SequenceBeam(0), "width 0: a beam keeps at least 1"),
        (lambda: SequenceBeam(2, length_power=-1), "length_power -1: must be 0 or more"),
        (lambda: SequenceBeam(2, block_ngram=-1), "block_ngram -1: must be 0"),
        (lambda: SequenceBeam(2, alternatives=3), "alternatives 3: must be 1 to the beam's width"),
        (lambda: Sampling(temperature=0), "temperature 0: must be above 0"),
        (lambda: Sampling(most_tried=-1), "most_tried -1: must be 0"),
        (lambda: Sampling(samples=0), "samples 0: at least 1"),
        (lambda: speaker_of([table_of(0, 3)], 0), "longest 0: a sequence may have at least 1"),
        (lambda: speaker_of([table_of(0, 3)], 1, never=(END,)), "holds the end, 1. Leave it out"),
    ],
)
def test_what_cannot_be_is_said(make, words):
    with pytest.raises(InputError, match=words):
        make()


def test_no_input_no_answer():
    assert beam_search(Speaker(lambda t, s: (t, s), None, 0, START, END, 3)) == []
