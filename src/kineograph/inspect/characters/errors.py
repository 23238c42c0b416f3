"""What kinds of errors a character model makes: peeled off one after another, as an onion is.

A character is an error where the network gave it no more than a half. An oracle takes away those
that it could explain, the next oracle works on what is left, and what none explains is the rest:

    n-gram            an n-gram of the training text gives it more than a half
    dynamic memory    its word, up to and with it, stands in the last characters already
    rare word         its word stands in the training text a few times at most
    word model        first after a space, a quote or a line's end: which word comes is what is hard
    space, line end   it is one itself: where a word or a line ends
    punctuation       it is neither letter nor digit nor white space
    rest              all others

Source: Karpathy, Johnson and Fei-Fei 2015 (arXiv:1506.02078), section 4.4. White space has a peel
of its own here; theirs falls to the rest.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kineograph.decoding.ngram import ORDERS
from kineograph.decoding.ngram_learn import learn_ngram
from kineograph.evaluation.characters.ask import ngram_nats

Values = NDArray[np.float64]
Chosen = NDArray[np.bool_]

HALF = math.log(2)  # nats: a character that costs more was given less than a half
MEMORY = 1000  # characters that the dynamic memory looks back; theirs are 100 to 5000
RARE = 5  # times in the training text, at most
QUOTES = "\"'“”„«»‘’"


@dataclass(frozen=True)
class Peeled:
    """Errors by kind. kinds (L,): the index in `names` of each character's, -1 where none is."""

    names: tuple[str, ...]
    kinds: NDArray[np.int64]

    @property
    def counts(self) -> dict[str, int]:
        """How many errors each oracle took away, in order."""
        return {name: int((self.kinds == place).sum()) for place, name in enumerate(self.names)}

    @property
    def errors(self) -> int:
        """All of them."""
        return int((self.kinds >= 0).sum())


def peel(text: str, nats: Values, learned: str | None, memory: int = MEMORY) -> Peeled:
    """Errors of a text whose characters cost `nats` (L,); characters that are nan are left out.

    learned: the text that the network learned from; None: there are no n-grams, no rare words.
    """
    wrong = np.isfinite(nats) & (nats > HALF)
    oracles: dict[str, Chosen] = {}
    if learned is not None:
        oracles["n-gram"] = explained_by_ngrams(learned, text)
    oracles["dynamic memory"] = in_memory(text, memory)
    if learned is not None:
        oracles["rare word"] = in_rare_words(learned, text)
    oracles["word model"] = begins_word(text)
    oracles["space, line end"] = np.array([each.isspace() for each in text], bool)
    oracles["punctuation"] = np.array([_is_mark(each) for each in text], bool)
    oracles["rest"] = np.ones(len(text), bool)
    kinds = np.full(len(text), -1)
    for place, chosen in enumerate(oracles.values()):
        kinds[wrong & chosen & (kinds < 0)] = place
    return Peeled(tuple(oracles), kinds)


def explained_by_ngrams(learned: str, text: str, orders: Sequence[int] = ORDERS) -> Chosen:
    """(L,) whether the n-gram model of any order gives a character more than a half."""
    found = np.zeros(len(text), bool)
    for order in orders:
        nats = ngram_nats(learn_ngram([learned], order), text)
        found |= np.nan_to_num(nats, nan=np.inf) < HALF
    return found


def in_memory(text: str, memory: int = MEMORY) -> Chosen:
    """(L,) whether a word's begin, up to and with this character, stands in the last `memory`.

    From a word's second character on: of the first one nothing was read yet.
    """
    found = np.zeros(len(text), bool)
    for first, end in words_of(text):
        before = text[max(0, first - memory) : first]
        for place in range(first + 1, end):
            if text[first : place + 1] not in before:
                break  # nor does a longer begin
            found[place] = True
    return found


def in_rare_words(learned: str, text: str, rare: int = RARE) -> Chosen:
    """(L,) whether a character is of a word that stands `rare` times at most in `learned`."""
    counts = Counter(learned[first:end] for first, end in words_of(learned))
    found = np.zeros(len(text), bool)
    for first, end in words_of(text):
        found[first:end] = counts[text[first:end]] <= rare
    return found


def begins_word(text: str) -> Chosen:
    """(L,) whether a character stands after a space, a quote or a line's end."""
    before = [False, *(each.isspace() or each in QUOTES for each in text[:-1])]
    return np.array(before[: len(text)], bool)


def words_of(text: str) -> list[tuple[int, int]]:
    """Runs of letters and digits: the first place of each, and the one after its last."""
    letters = np.array([False, *(each.isalnum() for each in text), False]).astype(np.int8)
    edges = np.diff(letters)
    pairs = zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True)
    return [(int(first), int(end)) for first, end in pairs]


def _is_mark(character: str) -> bool:
    return not (character.isalnum() or character.isspace())
