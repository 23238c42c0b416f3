"""Rows of a text side by side, a window at a time: what stateful training walks through.

    text   t h e   q u i c k   b r o w n   f o x .        3 rows, windows of 3
    row 0  t h e|  q u|                                   step 0 reads the first window of each row,
    row 1  i c k|  b r|                                   step 1 goes on where step 0 ended, and so
    row 2  o w n|  f o|                                   does the network's memory

A row is asked for each of its characters, from the one before it; before the text's first one
stands `BEGIN`. So every character is asked for exactly once in a walk.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kineograph.data.batch import IGNORED, Memory, Pass
from kineograph.data.text import Alphabet
from kineograph.errors import InputError

BEGIN = Alphabet.blank  # before the text, and for a character that is not in the alphabet


class TextBatch(NamedTuple):
    """One window of every row."""

    inputs: Tensor  # (B, T) int64: the character before each target
    targets: Tensor  # (B, T) int64; -100 where a row is at its end, or its character unknown
    ids: list[str]  # "from 12800": where each row's window begins in the side
    memory: Memory  # what the walk remembers; whoever reads the window writes it

    def to(self, device: torch.device) -> "TextBatch":
        """The same batch on a device; the memory is where the network left it."""
        return self._replace(inputs=self.inputs.to(device), targets=self.targets.to(device))


class TextExamples:
    """A text cut into `rows` that are walked side by side; an example is a window of one row.

    Raises InputError for no text, or for more rows than characters.
    """

    def __init__(self, text: str, alphabet: Alphabet, *, rows: int, window_characters: int) -> None:
        if not 1 <= rows <= len(text):
            raise InputError(
                f"{rows} rows of {len(text)} characters: each row needs one at least. "
                "Give a longer text, or a smaller training.batch."
            )
        self.rows, self.window = rows, window_characters
        self.targets = encode(text, alphabet)
        self.inputs = np.concatenate([[BEGIN], self.targets[:-1]])
        self.row_characters = -(-len(text) // rows)
        self.windows = -(-self.row_characters // window_characters)

    def __len__(self) -> int:
        """Windows of all rows together."""
        return self.rows * self.windows

    def batches(self, batch_size: int, walk: Pass) -> Iterator[TextBatch]:
        """A window of every row at a time, in order: nothing is shuffled, whatever `walk` says."""
        if batch_size != self.rows:
            raise InputError(
                f"batch_size {batch_size}: this text is dealt in {self.rows} rows. Ask for as many."
            )
        first, every = walk.part
        memory = walk.memory or Memory()
        own = np.arange(self.rows)[first::every]
        for step in range(walk.first_step, self.windows):
            places = self._places(own, step)
            yield TextBatch(
                inputs=torch.from_numpy(_at(self.inputs, places, BEGIN)),
                targets=torch.from_numpy(self._targets(places)),
                ids=[f"from {place}" for place in places[:, 0].tolist()],
                memory=memory,
            )

    def _places(self, rows: NDArray[np.int64], step: int) -> NDArray[np.int64]:
        """(B, T) places in the text; past the end of a row those of no text at all."""
        begin, end = step * self.window, min((step + 1) * self.window, self.row_characters)
        return rows[:, None] * self.row_characters + np.arange(begin, end)[None, :]

    def _targets(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        found = _at(self.targets, places, IGNORED)
        return np.where(found == BEGIN, IGNORED, found)


def encode(text: str, alphabet: Alphabet) -> NDArray[np.int64]:
    """(L,) index of each character; one that is not in the alphabet is BEGIN's."""
    index = {character: place for place, character in enumerate(alphabet.characters, start=1)}
    return np.array([index.get(character, BEGIN) for character in text], dtype=np.int64)


def _at(values: NDArray[np.int64], places: NDArray[np.int64], else_: int) -> NDArray[np.int64]:
    inside = places < len(values)
    return np.where(inside, values[np.minimum(places, len(values) - 1)], else_)
