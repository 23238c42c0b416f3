"""Pictures with all their sentences side by side, so that a picture is looked at once for all.

words (B, S, L)      start  a    dog  runs  end  pad          S sentences of each picture,
                     start  two  men  end   pad  pad          L the longest's, marks counted
"""

from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from kineograph.data.augment import Augmentation
from kineograph.data.batch import Pass, one_ahead, steps_per_epoch
from kineograph.data.captions.described import DescribedPicture
from kineograph.data.pictures.augment import change_picture
from kineograph.data.pictures.cache import Picture, PictureCache
from kineograph.data.pictures.tensor import picture_tensor
from kineograph.data.words import END, PAD, START, Vocabulary
from kineograph.errors import InputError
from kineograph.metrics.captions.cider import Consensus
from kineograph.metrics.captions.words import caption_words

# Words that a batch's length is a multiple of: kernels are kept for each shape that was met.
LENGTH_STEP = 4


class CaptionExample(NamedTuple):
    """One picture as a network sees it."""

    id: str
    picture: Picture  # (S, S, 3)
    sentences: list[list[int]]  # numbers of the vocabulary, start and end counted


class CaptionBatch(NamedTuple):
    """Pictures of one step."""

    pictures: Tensor  # (B, 3, H, W) uint8
    words: Tensor  # (B, S, L) int64; a picture with fewer sentences than S has rows of padding
    ids: list[str]
    judges: "list[Judge]"  # one a picture

    def to(self, device: torch.device) -> "CaptionBatch":
        """The same batch on a device."""
        pictures, words, ids, judges = self
        return CaptionBatch(pictures.to(device), words.to(device), ids, judges)


class Judge(NamedTuple):
    """How near a sentence comes to what people wrote of one picture of a side."""

    examples: "CaptionExamples"
    number: int

    def cider_d(self, words: Sequence[int]) -> float:
        """Of words by number, 0 to 10; document frequencies are those of the side.

        Ends count as words, or a sentence that breaks off behind "on a" would be as good as one
        that was finished (Rennie et al. 2017 count them, too).
        """
        return self.examples.consensus.cider_d(self.number, as_text(words))


class CaptionExamples:
    """Pictures of one side with their sentences as numbers of a vocabulary.

    What is not in the cache is left out. sentences_drawn: so many of each picture's at random in
    shuffled walks, 0 for all. longest: words of a sentence; one that goes on has no end here.
    """

    def __init__(
        self,
        described: Sequence[DescribedPicture],
        cache: PictureCache,
        vocabulary: Vocabulary,
        *,
        longest: int = 20,
        augmentation: Augmentation | None = None,
        sentences_drawn: int = 0,
    ) -> None:
        self.described = [each for each in described if each.picture in cache]
        self.cache, self.vocabulary = cache, vocabulary
        self.augmentation = augmentation or Augmentation()
        self.sentences_drawn = sentences_drawn
        self.sentences = [
            [_marked(vocabulary.encode(caption_words(text)), longest) for text in each.sentences]
            for each in self.described
        ]

    def __len__(self) -> int:
        return len(self.described)

    @cached_property
    def consensus(self) -> Consensus:
        """Judges sentences of numbers by those of all pictures here. Raises InputError for one."""
        texts = [[as_text(row) for row in rows] for rows in self.sentences]
        return Consensus(texts, split=str.split)

    def example(self, index: int, epoch: int, seed: int, shuffle: bool = True) -> CaptionExample:
        """The same example for the same numbers; changed and drawn from only if shuffled."""
        described, sentences = self.described[index], self.sentences[index]
        picture = self.cache[described.picture]
        if shuffle:
            rng = np.random.default_rng([seed, epoch, index])
            if self.augmentation != Augmentation():
                picture = change_picture(picture, rng, self.augmentation)
            if 0 < self.sentences_drawn < len(sentences):
                drawn = rng.permutation(len(sentences))[: self.sentences_drawn]
                sentences = [sentences[place] for place in sorted(drawn)]
        return CaptionExample(described.id, picture, sentences)

    def batches(self, batch_size: int, walk: Pass) -> Iterator[CaptionBatch]:
        """The batches of one walk; the last one may be smaller."""
        if batch_size < 1:
            raise InputError(f"batch_size {batch_size}: ask for 1 or more.")
        order = np.arange(len(self))
        if walk.shuffle:
            order = np.random.default_rng([walk.seed, walk.epoch]).permutation(order)
        steps = range(walk.first_step, steps_per_epoch(len(self), batch_size))
        return one_ahead(partial(self._load, order, batch_size, walk), steps)

    def _load(self, order: np.ndarray, batch_size: int, walk: Pass, step: int) -> CaptionBatch:
        begin, every = walk.part
        whole = order[step * batch_size : (step + 1) * batch_size]
        chosen = whole[begin::every] if begin < len(whole) else whole[:1]
        examples = [
            self.example(int(index), walk.epoch, walk.seed, walk.shuffle) for index in chosen
        ]
        return collate_captions(examples, [Judge(self, int(index)) for index in chosen])


def collate_captions(
    examples: Sequence[CaptionExample], judges: Sequence[Judge] = ()
) -> CaptionBatch:
    """One batch; shorter sentences, and pictures with fewer, are filled up with padding."""
    most = max(len(example.sentences) for example in examples)
    longest = max(len(row) for example in examples for row in example.sentences)
    length = 1 + -(-(longest - 1) // LENGTH_STEP) * LENGTH_STEP  # one is never a target: the start
    words = np.full((len(examples), most, length), PAD, dtype=np.int64)
    for rows, example in zip(words, examples, strict=True):
        for row, sentence in zip(rows, example.sentences, strict=False):
            row[: len(sentence)] = sentence
    return CaptionBatch(
        picture_tensor([example.picture for example in examples]),
        torch.from_numpy(words),
        [example.id for example in examples],
        list(judges),
    )


def vocabulary_of(described: Sequence[DescribedPicture], least_count: int) -> Vocabulary:
    """The words that these pictures' sentences have so often. Raises InputError if none is."""
    return Vocabulary.of(
        (caption_words(text) for each in described for text in each.sentences), least_count
    )


def as_text(words: Sequence[int]) -> str:
    """Words by number, the end among them, as a text that `str.split` takes apart again."""
    return " ".join(str(word) for word in words if word not in (PAD, START))


def _marked(words: list[int], longest: int) -> list[int]:
    """With its start, and its end unless it goes on."""
    return [START, *words[:longest]] + ([END] if len(words) <= longest else [])
