"""Texts side by side as token numbers, those of like lengths together."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from kineograph.data.batch import Pass, like_sizes, one_ahead
from kineograph.data.texts.config import tokens_of
from kineograph.data.texts.record import TextRecord
from kineograph.data.words import END, PAD, START, UNKNOWN, Vocabulary


class TextsBatch(NamedTuple):
    """Texts of one step."""

    tokens: Tensor  # (B, T) int64, 0 after a text's end
    lengths: Tensor  # (B,) int64
    targets: Tensor  # (B,) a label each; or (B, L) start, characters, end, 0 after it
    ids: list[str]

    def to(self, device: torch.device) -> "TextsBatch":
        """The same batch on a device."""
        tokens, lengths, targets, ids = self
        return TextsBatch(tokens.to(device), lengths.to(device), targets.to(device), ids)


class TextExamples:
    """Token numbers of texts, and of each what is asked: a label's number, or numbers of a text."""

    def __init__(
        self,
        records: Sequence[TextRecord],
        texts: Sequence[Sequence[int]],
        targets: Sequence[int] | Sequence[Sequence[int]],
    ) -> None:
        self.records, self.texts, self.targets = records, texts, targets
        self.sizes = np.array([len(each) for each in texts], dtype=np.int64)

    def __len__(self) -> int:
        return len(self.records)

    def batches(self, batch_size: int, walk: Pass) -> Iterator[TextsBatch]:
        """Every text once; the same batches for the same numbers."""
        steps = like_sizes(self.sizes, batch_size, walk.shuffle, walk.seed, walk.epoch)
        begin, every = walk.part

        def load(step: int) -> TextsBatch:
            rows = steps[step]
            return self.batch((rows[begin::every] if begin < len(rows) else rows[:1]).tolist())

        return one_ahead(load, range(walk.first_step, len(steps)))

    def batch(self, rows: Sequence[int]) -> TextsBatch:
        """Some of them by their places, in this order."""
        told = [self.targets[row] for row in rows]
        targets = [[each] if isinstance(each, int) else each for each in told]
        wanted = filled(targets)
        return TextsBatch(
            tokens=filled([self.texts[row] for row in rows]),
            lengths=torch.tensor([len(self.texts[row]) for row in rows]),
            targets=wanted[:, 0] if told and isinstance(told[0], int) else wanted,
            ids=[self.records[row].id for row in rows],
        )


def filled(rows: Sequence[Sequence[int]]) -> Tensor:
    """(B, T) int64: rows of token numbers, 0 after the end of each."""
    found = np.full((len(rows), max(map(len, rows))), PAD, dtype=np.int64)
    for numbers, row in zip(found, rows, strict=True):
        numbers[: len(row)] = row
    return torch.from_numpy(found)


def labelled_examples(
    records: Sequence[TextRecord],
    vocabulary: Vocabulary,
    labels: Sequence[str],
    *,
    tokens: str,
    longest: int,
) -> TextExamples:
    """Texts with the number of their label; a label that is not among `labels` gets 0."""
    numbers = {label: number for number, label in enumerate(labels)}
    texts = [encode_text(each.text, vocabulary, tokens, longest) for each in records]
    return TextExamples(records, texts, [numbers.get(each.answer, 0) for each in records])


def paired_examples(
    records: Sequence[TextRecord], given: Vocabulary, asked: Vocabulary
) -> TextExamples:
    """Texts by characters, with start, the other text's characters, and end."""
    texts = [given.encode(each.text) for each in records]
    targets = [[START, *asked.encode(each.answer), END] for each in records]
    return TextExamples(records, texts, targets)


def encode_text(text: str, vocabulary: Vocabulary, tokens: str, longest: int) -> list[int]:
    """Its first `longest` tokens as numbers; of a text of none, one unknown token."""
    return vocabulary.encode(tokens_of(text, tokens)[:longest]) or [UNKNOWN]
