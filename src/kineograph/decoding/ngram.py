"""A language model over characters: an n-gram back-off model in flat sorted arrays.

    p(w | h) = p stored for hw                      where hw was kept,
             = back-off(h) · p(w | h without its first character)      elsewhere.

Every interpolated model can be written so (Chen and Goodman 1998, §2.8), and every ARPA file is.
The n-grams are a tree: a node is an n-gram, its parent the n-gram without the last character. Nodes
are numbered level by level and, within a level, by (parent, character), so all keys parent · V +
character stand in one ascending array, and a child is found by one binary search for any number of
questions at once.

A *state* is the number of the longest node that still matters for what comes next: what a beam
carries instead of its history. It is the longest known suffix of the text that has children or a
back-off weight of its own, so two histories that predict the same share a state.
"""

import math
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

BEGIN, END, UNKNOWN = "<s>", "</s>", "<unk>"
MARKS = (BEGIN, END, UNKNOWN)  # the first three tokens, in this order
BEGIN_TOKEN, END_TOKEN, UNKNOWN_TOKEN = 0, 1, 2
NEVER = -99.0 * math.log(10.0)  # ARPA's way of writing that nothing predicts the begin of a line
ORDERS = range(1, 9)


class NGram:
    """An n-gram model of characters; natural logarithms everywhere.

    characters: what it knows; token i + 3 is the i-th. Tokens 0, 1 and 2 are the begin and the end
    of a line, and any character that it does not know.
    sizes: how many nodes each level has, from single tokens on; the first has all V tokens.
    tokens (N,), log_probabilities (N,), log_backoffs (N,): of each node, level by level.
    parents (N,): the number of each node's parent; 0 is the empty context, nodes count from 1.
    Raises ValueError where the arrays are no such tree.
    """

    def __init__(
        self,
        characters: Sequence[str],
        sizes: Sequence[int],
        parents: Integers,
        tokens: Integers,
        log_probabilities: NDArray[np.floating],
        log_backoffs: NDArray[np.floating],
    ):
        self.characters = tuple(characters)
        self.sizes = tuple(int(size) for size in sizes)
        self.width = len(self.characters) + len(MARKS)
        keys = parents.astype(np.int64) * self.width + tokens
        ends = np.cumsum([1, *self.sizes])
        wrong = (np.diff(keys) <= 0).any() or (parents >= np.arange(1, len(keys) + 1)).any()
        if wrong or len(keys) != sum(self.sizes) or self.sizes[0] != self.width:
            raise ValueError("the n-grams are not a tree in order: levels, then parent and token")
        self._keys = keys
        self._token_of = {character: i + len(MARKS) for i, character in enumerate(self.characters)}
        self._token_of |= {mark: i for i, mark in enumerate(MARKS)}
        root = np.zeros(1)
        self.parents = np.concatenate([[0], parents]).astype(np.int32)
        self.tokens = np.concatenate([[0], tokens]).astype(np.int32)
        self.log_probabilities = np.concatenate([root, log_probabilities]).astype(np.float32)
        self.log_backoffs = np.concatenate([root, log_backoffs]).astype(np.float32)
        self.level_ends = ends
        numbers = np.arange(len(keys) + 2)
        self.first_child = np.searchsorted(keys, numbers * self.width).astype(np.int64) + 1

    @property
    def order(self) -> int:
        """The longest n-gram's length."""
        return len(self.sizes)

    def __len__(self) -> int:
        """How many n-grams of any length it holds."""
        return sum(self.sizes)

    @cached_property
    def suffixes(self) -> NDArray[np.int32]:
        """Of each node, the longest other node that it ends in; 0 (the root) for single tokens."""
        found = np.zeros(len(self.tokens), np.int32)
        for low, high in zip(self.level_ends[1:-1], self.level_ends[2:], strict=True):
            nodes = np.arange(low, high)
            shorter = found[self.parents[nodes]].astype(np.int64)
            found[nodes] = self._first_with(shorter, self.tokens[nodes], found)
        return found

    def _first_with(
        self, contexts: Integers, tokens: NDArray[np.integer], suffixes: NDArray[np.int32]
    ) -> Integers:
        """The child `token` of each context, or of its suffix, or of that one's, and so on."""
        contexts, result = contexts.copy(), np.zeros(len(contexts), np.int64)
        left = np.arange(len(contexts))
        while len(left):
            child = self.child(contexts[left], tokens[left])
            result[left] = child
            left = left[child == 0]
            contexts[left] = suffixes[contexts[left]]
        return result

    @cached_property
    def targets(self) -> NDArray[np.int32]:
        """Of each node, the state of a text that ends in it: itself, or a suffix that is enough."""
        own = (np.diff(self.first_child) > 0) | (self.log_backoffs != 0)
        own[self.level_ends[-2] :] = False  # the longest n-grams are no context
        found = np.where(own, np.arange(len(own)), 0).astype(np.int32)
        for low, high in zip(self.level_ends[1:-1], self.level_ends[2:], strict=True):
            level = slice(low, high)
            found[level] = np.where(own[level], found[level], found[self.suffixes[level]])
        return found

    def child(self, nodes: Integers, tokens: NDArray[np.integer]) -> Integers:
        """(N,) the node of each context and token, 0 where it is not kept."""
        wanted = nodes * self.width + tokens
        places = np.searchsorted(self._keys, wanted)
        there = self._keys[np.minimum(places, len(self._keys) - 1)] == wanted
        return np.where(there, places + 1, 0)

    def encode(self, text: Iterable[str]) -> Integers:
        """(L,) tokens of a text or of `<s>`, characters and `</s>`; unknown characters are 2."""
        return np.array([self._token_of.get(each, UNKNOWN_TOKEN) for each in text], np.int64)

    @property
    def begin(self) -> int:
        """The state at the begin of a line."""
        return int(self.targets[1 + BEGIN_TOKEN])

    def step(
        self, states: Integers, tokens: NDArray[np.integer]
    ) -> tuple[NDArray[np.float64], Integers]:
        """(N,) log-probabilities of a token after each state, and (N,) the states after it."""
        contexts = np.array(states, np.int64)
        log_probabilities = np.zeros(len(contexts))
        after = np.zeros(len(contexts), np.int64)
        left = np.arange(len(contexts))
        while len(left):
            child = self.child(contexts[left], tokens[left])
            hit, missed = left[child > 0], left[child == 0]
            log_probabilities[hit] += self.log_probabilities[child[child > 0]]
            after[hit] = self.targets[child[child > 0]]
            log_probabilities[missed] += self.log_backoffs[contexts[missed]]
            contexts[missed] = self.suffixes[contexts[missed]]
            left = missed
        return log_probabilities, after

    def rows(self, states: Integers) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """(N, V) log-probabilities of every token after each state, and (N, V) states after it.

        From the shortest suffix to the longest: back-off weights are added, and what the longer
        context knows itself is written over.
        """
        chain = [np.array(states, np.int64)]
        while chain[-1].any():
            chain.append(self.suffixes[chain[-1]].astype(np.int64))
        singles = slice(1, 1 + self.width)
        log = np.repeat(self.log_probabilities[None, singles], len(states), axis=0)
        after = np.repeat(self.targets[None, singles], len(states), axis=0)
        for contexts in reversed(chain[:-1]):
            log += self.log_backoffs[contexts][:, None]
            row, children = self.children(contexts)
            log[row, self.tokens[children]] = self.log_probabilities[children]
            after[row, self.tokens[children]] = self.targets[children]
        return log, after

    def children(self, nodes: Integers) -> tuple[Integers, Integers]:
        """All children of some nodes, the root's left out: (M,) whose place, (M,) their numbers."""
        first = self.first_child[nodes]
        count = np.where(nodes > 0, self.first_child[nodes + 1] - first, 0)
        row = np.repeat(np.arange(len(nodes)), count)
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        return row, first[row] + within

    def state(self, context: Iterable[str]) -> int:
        """The state after a context; one that begins with `<s>` stands at the begin of a line."""
        state = np.zeros(1, np.int64)
        for token in self.encode(context):
            at_begin = token == BEGIN_TOKEN
            state = np.array([self.begin]) if at_begin else self.step(state, token[None])[1]
        return int(state[0])

    def log_probability(self, context: Iterable[str], character: str) -> float:
        """Of a character, or of the line's end `</s>`, after a context (see `state`)."""
        found, _ = self.step(np.array([self.state(context)]), self.encode([character]))
        return float(found[0])

    def score(self, text: Sequence[str]) -> float:
        """The log-probability of a whole line, its end counted in."""
        return float(self.score_lines([text])[0])

    def score_lines(self, lines: Sequence[Sequence[str]]) -> Floats:
        """(N,) log-probabilities of whole lines, ends counted in; all lines walk together."""
        known = [np.append(self.encode(line), END_TOKEN) for line in lines]
        order = np.argsort([-len(tokens) for tokens in known], kind="stable")
        lengths = np.array([len(known[i]) for i in order])
        states = np.full(len(lines), self.begin, np.int64)
        totals = np.zeros(len(lines))
        for place in range(lengths[0] if len(lines) else 0):
            alive = int((lengths > place).sum())
            tokens = np.array([known[i][place] for i in order[:alive]])
            log, states[:alive] = self.step(states[:alive], tokens)
            totals[order[:alive]] += log
        return totals

    def unknown_in(self, lines: Iterable[Iterable[str]]) -> dict[str, int]:
        """Characters of these lines that the model does not know, and how often they stand."""
        found: dict[str, int] = {}
        for line in lines:
            for character in line:
                if character not in self._token_of:
                    found[character] = found.get(character, 0) + 1
        return found


def bits_per_character(model: NGram, lines: Sequence[Sequence[str]]) -> float:
    """Cross-entropy in bits of held-out lines, a line's end counting as one more character.

    2 to this power is the perplexity. Raises ValueError without a line.
    """
    if not lines:
        raise ValueError("bits per character need at least one line")
    count = sum(len(line) + 1 for line in lines)
    return float(-model.score_lines(lines).sum() / math.log(2.0) / count)
