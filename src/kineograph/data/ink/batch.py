"""Lines of ink of like lengths side by side in one tensor, in an order that chance decides."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from kineograph.data.batch import Pass, like_sizes, one_ahead, steps_per_epoch
from kineograph.data.ink.config import InkConfig
from kineograph.data.ink.known import KnownInk, normalised, paced_offsets
from kineograph.data.ink.line import InkLine
from kineograph.data.ink.strokes import Offsets
from kineograph.data.text import Alphabet
from kineograph.errors import InputError

REST = 2  # points of a lifted pen that stays, after the last one: so a network learns to end
LENGTH_STEP = 16  # points that a batch's length is a multiple of: few shapes keep kernels few


class InkExample(NamedTuple):
    """One line as the network sees it."""

    id: str
    points: Offsets  # (T, 3) normalised
    target: list[int]  # indices of the alphabet, no blanks


class InkBatch(NamedTuple):
    """Lines of one step."""

    points: Tensor  # (B, T, 3) float32: right, up, lifted; then REST times 0, 0, 1, then zeros
    lengths: Tensor  # (B,) int64 points of the lines themselves
    texts: Tensor  # (B, L) int64, filled up with blanks
    text_lengths: Tensor  # (B,) int64
    ids: list[str]

    def to(self, device: torch.device) -> "InkBatch":
        """The same batch on a device."""
        points, lengths, texts, text_lengths, ids = self
        return InkBatch(
            points.to(device), lengths.to(device), texts.to(device), text_lengths.to(device), ids
        )


class InkExamples:
    """Lines of one side, normalised: `examples.example(index, epoch, seed)`.

    Characters that are not in the alphabet leave a gap in the text; lines that are longer than the
    recipe allows, or say nothing that is known, are in `problems`.
    """

    def __init__(
        self,
        lines: Sequence[InkLine],
        known: KnownInk,
        config: InkConfig,
        *,
        changes: bool = False,
    ) -> None:
        self.known, self.config, self.changes = known, config, changes
        self.lines: list[InkLine] = []
        self.points: list[Offsets] = []
        self.targets: list[list[int]] = []
        self.problems: list[str] = []
        alphabet = known.alphabet
        for line in lines:
            points = normalised(paced_offsets(line, config, known), known)
            text = config.spelling(line.text)
            target = alphabet.encode("".join(sign for sign in text if sign in alphabet))
            if len(points) > config.longest_points:
                self.problems.append(
                    f"{line.id}: {len(points)} points, and data.longest_points is "
                    f"{config.longest_points}: left out."
                )
            elif not target:
                self.problems.append(f"{line.id}: nothing of {text[:40]!r} is known: left out.")
            else:
                self.lines.append(line)
                self.points.append(points)
                self.targets.append(target)
        self.sizes = np.array([len(points) for points in self.points], dtype=int)

    def __len__(self) -> int:
        return len(self.lines)

    def batches(self, batch_size: int, walk: Pass) -> Iterator[InkBatch]:
        """The lines of one walk, those of like lengths side by side."""
        if batch_size < 1:
            raise InputError(f"batch_size {batch_size}: ask for 1 or more.")
        begin, every = walk.part
        steps = like_sizes(self.sizes, batch_size, walk.shuffle, walk.seed, walk.epoch)

        def load(step: int) -> InkBatch:
            whole = steps[step]
            chosen = whole[begin::every] if begin < len(whole) else whole[:1]
            return collate_ink([self.example(int(n), walk.epoch, walk.seed) for n in chosen])

        return one_ahead(load, range(walk.first_step, steps_per_epoch(len(self), batch_size)))

    def example(self, index: int, epoch: int, seed: int) -> InkExample:
        """The same example for the same three numbers."""
        points = self.points[index]
        if self.changes and (self.config.slant_degrees or self.config.size):
            rng = np.random.default_rng([seed, epoch, index])
            points = _changed(points, self.known, self.config, rng)
        return InkExample(self.lines[index].id, points, self.targets[index])


def collate_ink(examples: Sequence[InkExample]) -> InkBatch:
    """One batch; after each line the pen rests, and shorter ones are filled up with zeros."""
    lengths = [len(example.points) for example in examples]
    longest = -(-(max(lengths) + REST) // LENGTH_STEP) * LENGTH_STEP
    points = np.zeros((len(examples), longest, 3), dtype=np.float32)
    signs = [len(example.target) for example in examples]
    texts = np.full((len(examples), max(signs)), Alphabet.blank, dtype=np.int64)
    for row, example in enumerate(examples):
        points[row, : lengths[row]] = example.points
        points[row, lengths[row] : lengths[row] + REST, 2] = 1.0
        texts[row, : signs[row]] = example.target
    return InkBatch(
        torch.from_numpy(points),
        torch.tensor(lengths),
        torch.from_numpy(texts),
        torch.tensor(signs),
        [example.id for example in examples],
    )


def _changed(
    points: Offsets, known: KnownInk, config: InkConfig, rng: np.random.Generator
) -> Offsets:
    """The same line by a hand that leans otherwise and writes larger or smaller."""
    lean = math.tan(math.radians(float(rng.uniform(-1, 1)) * config.slant_degrees))
    scale = 1 + float(rng.uniform(-1, 1)) * config.size
    right, up = known.deviation
    changed = points.copy()
    changed[:, 0] += lean * points[:, 1] * up / right
    changed[:, :2] *= scale
    return changed
