"""Search for sequences that a network says token by token: beam, greedy, sampled; many at once.

The network is a function: the tokens just said and a state in, log-probabilities of the next token
and a new state out. Its state is never looked into: `take` picks and repeats its rows, so arrays,
tensors of any library, and nests of them serve alike.

Sequences of one input that are equally long are compared by log-probability, and the best go on.
One that ends keeps its place, so a beam is done when all its places have ended (Sutskever et al.
2014, §3.2), and a beam of one is the greedy search. Ended ones are ranked by

    score = log-probability / tokens ** length_power        the end counts as a token

with power 0 by the sum, with 1 by the mean a token. There is always an answer: where nothing ended
within the longest length, the best of what was begun, and it says that it is not finished.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kineograph.errors import InputError

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]
Step = Callable[[Numbers, Any], tuple[NDArray[np.floating[Any]], Any]]
OVER_ONE = 1e-3  # what rounding may do to the log of a probability


def take_rows(state: Any, rows: Numbers) -> Any:
    """Rows of a state (N, …): an array or tensor, or tuples, lists and dicts of them; None stays.

    Not for torch's own (layers, N, units): their rows are not first.
    """
    if state is None:
        return None
    if isinstance(state, tuple) and hasattr(state, "_fields"):
        return type(state)(*(take_rows(each, rows) for each in state))
    if isinstance(state, tuple | list):
        return type(state)(take_rows(each, rows) for each in state)
    if isinstance(state, dict):
        return {name: take_rows(each, rows) for name, each in state.items()}
    return state[rows]


@dataclass(frozen=True)
class Speaker:
    """A network that says one token after another, ready to begin for several inputs.

    step: tokens (N,) and a state of N rows -> natural log-probabilities (N, V) of what comes next,
    and the state after; -inf is what cannot come. first_state: of `inputs` rows, before `start` is
    given. longest: most tokens of a sequence, its end not counted. never: tokens that are not said,
    an unknown word's or the padding's. take: the given rows of a state. Raises InputError.
    """

    step: Step
    first_state: Any
    inputs: int
    start: int
    end: int
    longest: int
    never: tuple[int, ...] = ()
    take: Callable[[Any, Numbers], Any] = take_rows

    def __post_init__(self) -> None:
        if self.longest < 1:
            raise InputError(f"longest {self.longest}: a sequence may have at least 1 token.")
        if self.end in self.never:
            raise InputError(f"never {self.never}: holds the end, {self.end}. Leave it out.")


@dataclass(frozen=True)
class SequenceBeam:
    """How far to search. Raises InputError for what cannot be.

    width: sequences kept. length_power: see above; 0 prefers short ones. block_ngram: no run of so
    many tokens comes twice in a sequence; 0 blocks nothing. alternatives: sequences told, at most.
    """

    width: int = 5
    length_power: float = 0.7
    block_ngram: int = 0
    alternatives: int = 1

    def __post_init__(self) -> None:
        if self.width < 1:
            raise InputError(f"width {self.width}: a beam keeps at least 1 sequence. 5 is usual.")
        if not 0 <= self.length_power < np.inf:
            raise InputError(f"length_power {self.length_power}: must be 0 or more; 1 is the mean.")
        if self.block_ngram < 0:
            raise InputError(f"block_ngram {self.block_ngram}: must be 0 (none) or more.")
        if not 1 <= self.alternatives <= self.width:
            raise InputError(
                f"alternatives {self.alternatives}: must be 1 to the beam's width, {self.width}."
            )


@dataclass(frozen=True)
class Sampling:
    """How to draw. temperature: below 1 the probable becomes surer, above 1 bolder. most_tried:
    only among so many most probable tokens; 0: all. samples: sequences drawn for each input. What
    is drawn depends on the seed, the input's number and the sample's alone. Raises InputError.
    """

    temperature: float = 1.0
    most_tried: int = 0
    samples: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.temperature < np.inf:
            raise InputError(
                f"temperature {self.temperature:g}: must be above 0 and finite. 1 draws as it "
                "learned; for the most probable, search with a beam."
            )
        if self.most_tried < 0:
            raise InputError(f"most_tried {self.most_tried}: must be 0 (all tokens) or more.")
        if self.samples < 1:
            raise InputError(f"samples {self.samples}: at least 1 must be drawn.")


@dataclass(frozen=True)
class Said:
    """One sequence. tokens: without start and end. logs: log-probability of each, and of the end
    if it is finished. score: what it is ranked by.
    """

    tokens: tuple[int, ...]
    logs: Floats
    score: float
    finished: bool

    @property
    def log_probability(self) -> float:
        """Of all of it, natural."""
        return float(self.logs.sum())


def beam_search(speaker: Speaker, beam: SequenceBeam | None = None) -> list[list[Said]]:
    """For each input its best sequences, at least one. Raises ValueError for no log-probabilities.

    Alternatives are of one kind: finished ones, or, where none is, unfinished ones.
    """
    beam = beam or SequenceBeam()
    found = [_Found() for _ in range(speaker.inputs)]
    begun, state = _Begun.nothing(speaker.inputs), speaker.first_state
    for length in range(speaker.longest + 1):
        if not len(begun.input):
            break
        logs, state = _asked(speaker, begun, state, beam.block_ngram)
        last = length == speaker.longest
        for row in np.flatnonzero(last | (logs.max(axis=1) == -np.inf)).tolist():
            found[begun.input[row]].unfinished.append(begun.said(row, beam.length_power))
        places = np.array([beam.width - len(each.finished) for each in found])
        rows, tokens = _best(begun, logs, places)
        grown = begun.grow(rows, tokens, logs[rows, tokens])
        for row in np.flatnonzero(tokens == speaker.end).tolist():
            found[grown.input[row]].finished.append(grown.ended(row, beam.length_power))
        if last:
            break
        goes_on = (tokens != speaker.end) & ~_settled(grown, found, speaker.longest, beam)
        begun, state = grown.rows(goes_on), speaker.take(state, rows[goes_on])
    return [each.best(beam.alternatives) for each in found]


def greedy(speaker: Speaker) -> list[Said]:
    """For each input what comes of taking the most probable token, again and again."""
    return [one for (one,) in beam_search(speaker, SequenceBeam(width=1, length_power=0))]


def sample(speaker: Speaker, sampling: Sampling | None = None) -> list[list[Said]]:
    """For each input as many drawn sequences as asked for, in the order in which they were drawn.

    Their scores are log-probabilities, the network's own, whatever the temperature.
    """
    sampling = sampling or Sampling()
    drawn: dict[int, Said] = {}
    begun = _Begun.nothing(speaker.inputs * sampling.samples)  # each sequence an input of its own
    state = speaker.take(speaker.first_state, begun.input // sampling.samples)
    luck = np.array(
        [
            np.random.default_rng([sampling.seed, *divmod(number, sampling.samples)]).random(
                speaker.longest + 1
            )
            for number in begun.input.tolist()
        ]
    )
    for length in range(speaker.longest + 1):
        if not len(begun.input):
            break
        logs, state = _asked(speaker, begun, state, 0)
        stuck = logs.max(axis=1) == -np.inf
        tokens = draw_tokens(logs, luck[begun.input, length], sampling)
        ends = ~stuck & (tokens == speaker.end)
        over = ~ends & (stuck | (length == speaker.longest))
        every = np.arange(len(tokens))
        grown = begun.grow(every, tokens, logs[every, tokens])
        drawn |= {int(begun.input[row]): grown.ended(row, 0) for row in every[ends].tolist()}
        drawn |= {int(begun.input[row]): begun.said(row, 0) for row in every[over].tolist()}
        goes_on = every[~ends & ~over]
        begun, state = grown.rows(goes_on), speaker.take(state, goes_on)
    return [
        [drawn[number * sampling.samples + one] for one in range(sampling.samples)]
        for number in range(speaker.inputs)
    ]


@dataclass(frozen=True)
class _Begun:
    """N sequences of T tokens that go on: of which input each is, its tokens and their logs."""

    input: Numbers  # (N,), in order
    tokens: Numbers  # (N, T)
    logs: Floats  # (N, T)

    @staticmethod
    def nothing(inputs: int) -> "_Begun":
        empty = np.zeros((inputs, 0))
        return _Begun(np.arange(inputs), empty.astype(np.int64), empty)

    def rows(self, rows: Numbers | NDArray[np.bool_]) -> "_Begun":
        return _Begun(self.input[rows], self.tokens[rows], self.logs[rows])

    def grow(self, rows: Numbers, tokens: Numbers, logs: NDArray[Any]) -> "_Begun":
        """Some of them, each with one token more."""
        kept = self.rows(rows)
        return _Begun(
            kept.input, np.c_[kept.tokens, tokens], np.c_[kept.logs, logs.astype(np.float64)]
        )

    def said(self, row: int, power: float) -> Said:
        """One as it is, without an end."""
        logs, tokens = self.logs[row], self.tokens[row]
        score = float(logs.sum()) / max(1, len(logs)) ** power
        return Said(tuple(tokens.tolist()), logs, score, finished=False)

    def ended(self, row: int, power: float) -> Said:
        """One whose last token is the end."""
        whole = self.said(row, power)
        return replace(whole, tokens=whole.tokens[:-1], finished=True)


@dataclass
class _Found:
    """What an input's search has come to."""

    finished: list[Said] = field(default_factory=list)
    unfinished: list[Said] = field(default_factory=list)

    def best(self, most: int) -> list[Said]:
        return sorted(self.finished or self.unfinished, key=lambda said: -said.score)[:most]


def _asked(
    speaker: Speaker, begun: _Begun, state: Any, block_ngram: int
) -> tuple[NDArray[np.floating[Any]], Any]:
    """(N, V) what the network says of the next token, without what may not come; its state."""
    first = np.full(len(begun.input), speaker.start)
    logs, state = speaker.step(begun.tokens[:, -1] if begun.tokens.shape[1] else first, state)
    if logs.ndim != 2 or len(logs) != len(first) or logs.shape[1] <= speaker.end:
        raise ValueError(
            f"the step gave {logs.shape}, and ({len(first)}, V) is needed, V above {speaker.end}"
        )
    if not (logs.max(axis=1) <= OVER_ONE).all():  # nor are they numbers, if this is so
        raise ValueError("the step gave no log-probabilities; take log_softmax of the logits")
    rows, tokens = _repeating(begun.tokens, block_ngram)
    if speaker.never or len(rows):
        logs = logs.copy()
        logs[:, list(speaker.never)] = -np.inf
        logs[rows, tokens] = -np.inf
    return logs, state


def _repeating(tokens: Numbers, length: int) -> tuple[Numbers, Numbers]:
    """Of which rows (N, T) which next tokens would end a run that is there already."""
    if not length or tokens.shape[1] < length:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    runs = np.lib.stride_tricks.sliding_window_view(tokens, length, axis=1)  # (N, T - n + 1, n)
    tail = tokens[:, None, tokens.shape[1] - length + 1 :]
    row, place = np.nonzero((runs[:, :, :-1] == tail).all(axis=2))
    return row, runs[row, place, -1]


def _best(begun: _Begun, logs: NDArray[Any], places: Numbers) -> tuple[Numbers, Numbers]:
    """Which rows grow by which tokens: of each input as many as it has places, the best first.

    A row can give no more than its best few, so only those are compared with other rows'.
    """
    rows, tokens = _front(logs, min(int(places[begun.input].max()), logs.shape[1]))
    totals = begun.logs.sum(axis=1)[rows] + logs[rows, tokens]
    of_input = begun.input[rows]
    order = np.lexsort((tokens, rows, -totals, of_input))
    rows, tokens, totals, of_input = rows[order], tokens[order], totals[order], of_input[order]
    rank = np.arange(len(rows)) - np.searchsorted(of_input, of_input)
    kept = (rank < places[of_input]) & (totals > -np.inf)
    return rows[kept], tokens[kept]


def _front(logs: NDArray[Any], few: int) -> tuple[Numbers, Numbers]:
    """Rows and tokens: the `few` best of each row that can come, and hardly more.

    A tenth of the time of a partition: of some heaps of tokens the greatest ones are taken, and the
    `few`-th greatest of these is not above the `few`-th greatest of all.
    """
    heaps = max(few, math.isqrt(logs.shape[1]))
    deep = logs.shape[1] // heaps
    heads = logs[:, : deep * heaps].reshape(len(logs), deep, heaps).max(axis=1)
    heads = np.concatenate([heads, logs[:, deep * heaps :]], axis=1)
    least = np.partition(heads, heads.shape[1] - few, axis=1)[:, heads.shape[1] - few]
    least = np.maximum(least, np.finfo(logs.dtype).min)  # -inf cannot come
    rows, tokens = np.divmod(np.flatnonzero(logs >= least[:, None]), logs.shape[1])
    return rows, tokens


def _settled(
    grown: _Begun, found: list[_Found], longest: int, beam: SequenceBeam
) -> NDArray[np.bool_]:
    """(N,) which cannot come among the alternatives any more, even if all that follows is certain.

    Whatever is less probable than one of them is settled too, so no other takes its place.
    """
    enough = np.full(len(found), -np.inf)
    for number, each in enumerate(found):
        if len(each.finished) >= beam.alternatives:
            enough[number] = each.best(beam.alternatives)[-1].score
    most = np.minimum(grown.logs.sum(axis=1), 0) / (longest + 1) ** beam.length_power
    settled: NDArray[np.bool_] = most <= enough[grown.input]
    return settled


def draw_tokens(logs: NDArray[Any], luck: Floats, sampling: Sampling) -> Numbers:
    """(N,) tokens: where each row's chances, laid end to end, hold its luck in [0, 1)."""
    wanted = logs.astype(np.float64)
    if 0 < sampling.most_tried < logs.shape[1]:
        rest = np.argpartition(wanted, -sampling.most_tried, axis=1)[:, : -sampling.most_tried]
        np.put_along_axis(wanted, rest, -np.inf, axis=1)
    wanted -= np.maximum(wanted.max(axis=1, keepdims=True), np.finfo(np.float64).min)  # a stuck row
    with np.errstate(over="ignore"):  # by a tiny temperature: no chance at all
        ends = np.exp(wanted / sampling.temperature).cumsum(axis=1)
    mark = np.minimum(luck * ends[:, -1], np.nextafter(ends[:, -1], 0))
    tokens: Numbers = (ends > mark[:, None]).argmax(axis=1)
    return tokens
