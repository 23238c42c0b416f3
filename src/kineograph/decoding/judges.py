"""What is added to a text's score as it grows, besides the network: a language model, a lexicon.

A *judge* walks beside every text of a beam: it has a state, and each character adds a weight and
leads to another state. All judges speak in the alphabet's indices; 0, the blank, is never asked.
"""

import math
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kineograph.decoding.ngram import END_TOKEN, Integers, NGram
from kineograph.errors import InputError

MOST_CACHED = 1 << 23  # weights kept of states that were met: 64 MB with the states after them


class Judge(Protocol):
    """What a beam asks of it."""

    @property
    def start(self) -> int:
        """The state of the empty text."""
        ...

    @property
    def states(self) -> int:
        """How many there are."""
        ...

    def rows(self, states: Integers) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """(N, V) what each character adds after each state, and (N, V) the states after it."""
        ...

    def ends(self, states: Integers) -> NDArray[np.float64]:
        """(N,) what it adds if the text ends in each state."""
        ...


class Language:
    """Shallow fusion: weight · log p(character | text before) + bonus for every character.

    The line's end counts with the weight and without the bonus. characters: the alphabet without
    the blank. The bonus makes good for what a language model takes from every longer text.
    """

    def __init__(self, model: NGram, characters: Sequence[str], weight: float, bonus: float = 0.0):
        self.model, self.weight, self.bonus = model, weight, bonus
        self._columns = model.encode(["", *characters])  # the blank's is never asked
        self.start, self.states = model.begin, len(model) + 1

    def rows(self, states: Integers) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """See Judge."""
        log, after = self.model.rows(states)
        weights = np.float32(self.weight) * log[:, self._columns] + np.float32(self.bonus)
        return weights, after[:, self._columns]

    def ends(self, states: Integers) -> NDArray[np.float64]:
        """See Judge."""
        log, _ = self.model.step(states, np.full(len(states), END_TOKEN))
        return self.weight * log


class Lexicon:
    """Words must be of a given set; any other costs `unknown_cost`, once.

    A word is an unbroken run of letters, combining marks, and whatever else stands in the given
    words; all other characters stand between words. unknown_cost: in natural logarithms;
    infinite (no other word may be read) unless told. Case counts. Raises InputError.
    """

    start = 0

    def __init__(
        self, words: Iterable[str], characters: Sequence[str], unknown_cost: float = math.inf
    ):
        wanted = sorted({word for word in words if word})
        if not wanted:
            raise InputError("the lexicon has no word. Give one word a line.")
        if not unknown_cost >= 0:
            raise InputError(f"unknown_cost {unknown_cost}: must be 0 or more; it is taken off.")
        index_of = {character: i + 1 for i, character in enumerate(characters)}
        self.unknown_cost = unknown_cost
        self.width = len(characters) + 1
        self.left_out = [word for word in wanted if not set(word) <= set(index_of)]
        within = set("".join(wanted))
        self._of_words = np.array(
            [False, *(c in within or unicodedata.category(c[0])[0] in "LM" for c in characters)]
        )
        self._plant([[index_of[c] for c in word] for word in wanted if set(word) <= set(index_of)])

    def _plant(self, words: list[list[int]]) -> None:
        """The tree of words as sorted keys; the state after its last node is 'an unknown word'."""
        children: dict[int, int] = {}
        whole = {0}
        for word in words:
            node = 0
            for index in word:
                node = children.setdefault(node * self.width + index, len(children) + 1)
            whole.add(node)
        self.states = len(children) + 2
        self._unknown = len(children) + 1
        keys = np.array(sorted(children), np.int64)
        self._columns = keys % self.width
        self._children = np.array([children[key] for key in keys.tolist()], np.int64)
        self._first = np.searchsorted(keys, np.arange(self.states + 1) * self.width)
        self._whole = np.zeros(self.states, bool)
        self._whole[[*whole, self._unknown]] = True  # the unknown word has paid already

    def rows(self, states: Integers) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """See Judge."""
        weights = np.zeros((len(states), self.width), np.float32)
        weights[:, ~self._of_words] = self.ends(states)[:, None]
        leaves = np.where(states == self._unknown, 0.0, -self.unknown_cost)
        weights[:, self._of_words] = leaves[:, None]
        after = np.repeat(np.where(self._of_words, self._unknown, 0)[None], len(states), axis=0)
        count = self._first[states + 1] - self._first[states]
        row = np.repeat(np.arange(len(states)), count)
        place = np.arange(count.sum()) + np.repeat(
            self._first[states] - np.cumsum(count) + count, count
        )
        weights[row, self._columns[place]] = 0.0
        after[row, self._columns[place]] = self._children[place]
        return weights, after.astype(np.int32)

    def ends(self, states: Integers) -> NDArray[np.float64]:
        """See Judge."""
        return np.where(self._whole[states], 0.0, -self.unknown_cost)

    def allows(self, text_indices: Sequence[int]) -> bool:
        """Whether all words of a text are of the given set."""
        state, cost = np.array([self.start]), 0.0
        for index in text_indices:
            weights, after = self.rows(state)
            cost -= float(weights[0, index])
            state = after[:, index].astype(np.int64)
        return cost == 0.0 and bool(self._whole[state[0]]) and int(state[0]) != self._unknown


class Remembered:
    """A judge whose answers are kept: the states of real text are few, and come again and again."""

    def __init__(self, judge: Judge):
        self.judge = judge
        self._place_of = np.full(judge.states, -1, np.int64)
        self._weights, self._after = judge.rows(np.array([judge.start]))
        self._place_of[judge.start] = 0
        self._kept = 1

    def places(self, states: Integers) -> Integers:
        """Where the answers of states (any shape) lie, as `weights` and `after` take it.

        They hold until the next call, which may forget what lay there.
        """
        found = self._place_of[states]
        if (found < 0).any():
            self._keep(np.unique(states[found < 0]), states)
            found = self._place_of[states]
        return found

    def _keep(self, new: Integers, wanted: Integers) -> None:
        if self._weights.size > MOST_CACHED:
            self._place_of[:] = -1
            self._kept, new = 0, np.unique(wanted)
            self._weights, self._after = self._weights[:0], self._after[:0]
        weights, after = self.judge.rows(new)
        end = self._kept + len(new)
        if end > len(self._weights):
            more = ((0, max(len(self._weights), end)), (0, 0))
            self._weights, self._after = np.pad(self._weights, more), np.pad(self._after, more)
        self._weights[self._kept : end], self._after[self._kept : end] = weights, after
        self._place_of[new] = np.arange(self._kept, end)
        self._kept = end

    def weights(self, places: Integers, characters: Integers) -> NDArray[np.float32]:
        """What characters add, shapes as of `places` and `characters` broadcast."""
        return self._weights[places, characters]

    def after(self, places: Integers, characters: Integers) -> NDArray[np.int32]:
        """The states after them."""
        return self._after[places, characters]
