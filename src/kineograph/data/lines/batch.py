"""Lines of like widths side by side in one tensor, in an order that chance decides."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kineograph.data.batch import Pass, like_sizes, one_ahead, steps_per_epoch
from kineograph.data.lines.augment import NOTHING, LineAugmentation, change_line
from kineograph.data.lines.cache import LineCache
from kineograph.data.lines.line import Line
from kineograph.data.lines.picture import paper_grey
from kineograph.data.text import NFC, Alphabet, TextPolicy
from kineograph.errors import InputError

# Pixels that a batch's width is a multiple of. oneDNN keeps a kernel for each shape that it has
# met, 1024 of them: with any width a training slows to half in an hour, and takes gigabytes.
WIDTH_STEP = 32


class LineExample(NamedTuple):
    """One line as the network sees it."""

    id: str
    picture: NDArray[np.uint8]  # (H, W) grey
    target: list[int]  # indices of the alphabet, no blanks


class LineBatch(NamedTuple):
    """Lines of one step."""

    lines: Tensor  # (B, 1, H, W) uint8, filled up on the right with each line's paper
    widths: Tensor  # (B,) int64 pixels
    targets: Tensor  # (B, L) int64, filled up with blanks
    target_lengths: Tensor  # (B,) int64
    ids: list[str]

    def to(self, device: torch.device) -> "LineBatch":
        """The same batch on a device."""
        lines, widths, targets, lengths, ids = self
        return LineBatch(
            lines.to(device), widths.to(device), targets.to(device), lengths.to(device), ids
        )


class LineExamples:
    """Lines of one side with their pictures and texts: `examples.example(index, epoch, seed)`.

    Raises InputError, here and not in the middle of an epoch, if a text has characters that are
    not in the alphabet, unless `unseen` is "skip": such characters are then left out of targets.
    """

    def __init__(
        self,
        lines: Sequence[Line],
        cache: LineCache,
        alphabet: Alphabet,
        *,
        policy: TextPolicy = NFC,
        augmentation: LineAugmentation = NOTHING,
        unseen: str = "refuse",
    ) -> None:
        self.lines = [line for line in lines if line in cache]
        self.cache, self.alphabet, self.augmentation = cache, alphabet, augmentation
        self.texts = [policy(line.text) for line in self.lines]
        if unseen == "skip":
            self.targets = [_known(text, alphabet) for text in self.texts]
        else:
            self.targets = [alphabet.encode(text) for text in self.texts]
        self.widths_pixels = np.array([cache.width_pixels(line) for line in self.lines], dtype=int)

    def __len__(self) -> int:
        return len(self.lines)

    def batches(self, batch_size: int, walk: Pass) -> Iterator[LineBatch]:
        """The lines of one walk, those of like widths side by side."""
        return line_batches(self, batch_size, **walk.order)

    def example(self, index: int, epoch: int, seed: int) -> LineExample:
        """The same example for the same three numbers."""
        line = self.lines[index]
        picture = self.cache[line]
        if self.augmentation != NOTHING:
            rng = np.random.default_rng([seed, epoch, index])
            picture = change_line(picture, rng, self.augmentation)
        return LineExample(line.id, picture, self.targets[index])


class JoinedExamples:
    """Lines of several folders as one data set; each part keeps its cache and its changes."""

    def __init__(self, parts: Sequence[LineExamples]) -> None:
        self.parts = list(parts)
        self.widths_pixels = np.concatenate([part.widths_pixels for part in self.parts])
        self._begins = np.cumsum([0, *map(len, self.parts)])

    def __len__(self) -> int:
        return int(self._begins[-1])

    def batches(self, batch_size: int, walk: Pass) -> Iterator[LineBatch]:
        """The lines of one walk, those of like widths side by side, of whichever part."""
        return line_batches(self, batch_size, **walk.order)

    def example(self, index: int, epoch: int, seed: int) -> LineExample:
        """The same example for the same three numbers."""
        part = int(np.searchsorted(self._begins, index, side="right")) - 1
        return self.parts[part].example(index - int(self._begins[part]), epoch, seed)


def collate_lines(examples: Sequence[LineExample]) -> LineBatch:
    """One batch of pictures of one height; each narrower one goes on as empty paper."""
    widths = [example.picture.shape[1] for example in examples]
    height = examples[0].picture.shape[0]
    widest = -(-max(widths) // WIDTH_STEP) * WIDTH_STEP
    lines = np.empty((len(examples), 1, height, widest), dtype=np.uint8)
    lengths = [len(example.target) for example in examples]
    targets = np.full((len(examples), max(lengths)), Alphabet.blank, dtype=np.int64)
    for row, (example, width) in enumerate(zip(examples, widths, strict=True)):
        lines[row, 0, :, :width] = example.picture
        lines[row, 0, :, width:] = paper_grey(example.picture)
        targets[row, : lengths[row]] = example.target
    return LineBatch(
        torch.from_numpy(lines),
        torch.tensor(widths),
        torch.from_numpy(targets),
        torch.tensor(lengths),
        [example.id for example in examples],
    )


def line_batches(
    examples: LineExamples | JoinedExamples,
    batch_size: int,
    *,
    epoch: int = 0,
    shuffle: bool = False,
    seed: int = 0,
    first_step: int = 0,
    part: tuple[int, int] = (0, 1),
) -> Iterator[LineBatch]:
    """The batches of one epoch, each of lines of like widths; one may be smaller.

    Shuffled: lines are dealt to pools at random, sorted by width within each, and the batches come
    in random order. Else widest first, so that memory runs out at once or never. All depends on
    seed and epoch alone, so that a run resumed at `first_step` sees what it would have seen.
    `part` (i, n): every n-th row of each batch from row i on; its first where it has no such row.
    """
    if batch_size < 1:
        raise InputError(f"batch_size {batch_size}: ask for 1 or more.")
    begin, every = part
    steps = like_sizes(examples.widths_pixels, batch_size, shuffle, seed, epoch)

    def load(step: int) -> LineBatch:
        whole = steps[step]
        chosen = whole[begin::every] if begin < len(whole) else whole[:1]
        return collate_lines([examples.example(int(index), epoch, seed) for index in chosen])

    return one_ahead(load, range(first_step, steps_per_epoch(len(examples), batch_size)))


def _known(text: str, alphabet: Alphabet) -> list[int]:
    return alphabet.encode("".join(character for character in text if character in alphabet))
