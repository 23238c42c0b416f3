"""Pictures with their boxes and sentences side by side in tensors, in an order that chance decides.

A picture has as many regions as it has, so regions lie in rows (B, R, …) filled up with boxes of
nothing; `counts` says how many are a picture's own.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from kineograph.data.augment import Augmentation
from kineograph.data.batch import Pass, one_ahead, steps_per_epoch
from kineograph.data.pictures.cache import Picture, PictureCache
from kineograph.data.pictures.tensor import picture_tensor
from kineograph.data.regions.augment import NOTHING, Boxes, change_regions
from kineograph.data.regions.picture import RegionPicture
from kineograph.data.words import END, PAD, Vocabulary
from kineograph.errors import InputError
from kineograph.metrics.captions.words import caption_words

LEAST_SIDE_PIXELS = 1.0  # of a box in the squared picture: a thinner one shows nothing


class RegionExample(NamedTuple):
    """One picture as the network sees it."""

    id: str
    picture: Picture  # (S, S, 3)
    boxes: Boxes  # (R, 4)
    words: list[list[int]]  # of each box, the end's index last


class RegionBatch(NamedTuple):
    """Pictures of one step."""

    pictures: Tensor  # (B, 3, S, S) uint8, channels_last
    boxes: Tensor  # (B, R, 4) left, top, right, bottom in pixels of the square; filled up with 0
    words: Tensor  # (B, R, L) int64: each sentence, its end, and the pad
    counts: Tensor  # (B,) int64 regions of each picture, at least one
    ids: list[str]

    def to(self, device: torch.device) -> "RegionBatch":
        """The same batch on a device."""
        pictures, boxes, words, counts, ids = self
        return RegionBatch(
            pictures.to(device), boxes.to(device), words.to(device), counts.to(device), ids
        )


class RegionExamples:
    """Pictures of one side: `examples.example(index, epoch, seed)`; deals itself out.

    A region whose sentence has more than `longest` words is left out, and so is one that squaring
    leaves thinner than a pixel; a picture that no region is left of is not dealt: `left_out`.
    """

    def __init__(
        self,
        pictures: Sequence[RegionPicture],
        cache: PictureCache,
        vocabulary: Vocabulary,
        *,
        longest: int,
        augmentation: Augmentation = NOTHING,
    ) -> None:
        self.cache, self.vocabulary, self.augmentation = cache, vocabulary, augmentation
        self.pictures: list[RegionPicture] = []
        self.left_out: list[RegionPicture] = []
        self.boxes: list[Boxes] = []
        self.words: list[list[list[int]]] = []
        for picture in pictures:
            if picture.picture in cache:
                self._take(picture, longest)

    def _take(self, picture: RegionPicture, longest: int) -> None:
        boxes = squared_boxes(picture, self.cache.size_pixels)
        sentences = [caption_words(region.sentence) for region in picture.regions]
        kept = [
            row
            for row, (box, said) in enumerate(zip(boxes, sentences, strict=True))
            if 0 < len(said) <= longest and min(box[2:] - box[:2]) >= LEAST_SIDE_PIXELS
        ]
        if not kept:
            self.left_out.append(picture)
            return
        self.pictures.append(picture)
        self.boxes.append(boxes[kept])
        self.words.append([[*self.vocabulary.encode(sentences[row]), END] for row in kept])

    def __len__(self) -> int:
        return len(self.pictures)

    def example(self, index: int, epoch: int, seed: int) -> RegionExample:
        """The same example for the same three numbers."""
        name, boxes, words = self.pictures[index].id, self.boxes[index], self.words[index]
        picture = self.cache[self.pictures[index].picture]
        if self.augmentation != NOTHING:
            rng = np.random.default_rng([seed, epoch, index])
            picture, boxes, kept = change_regions(picture, boxes, rng, self.augmentation)
            words = [words[row] for row in kept]
        return RegionExample(name, picture, boxes, words)

    def batches(self, batch_size: int, walk: Pass) -> Iterator[RegionBatch]:
        """The pictures of one walk; its last batch may be smaller."""
        if batch_size < 1:
            raise InputError(f"batch_size {batch_size}: ask for 1 or more.")
        begin, every = walk.part
        order = np.arange(len(self))
        if walk.shuffle:
            order = np.random.default_rng([walk.seed, walk.epoch]).permutation(order)

        def load(step: int) -> RegionBatch:
            whole = order[step * batch_size : (step + 1) * batch_size]
            chosen = whole[begin::every] if begin < len(whole) else whole[:1]
            return collate_regions(
                [self.example(int(index), walk.epoch, walk.seed) for index in chosen]
            )

        return one_ahead(load, range(walk.first_step, steps_per_epoch(len(self), batch_size)))


def collate_regions(examples: Sequence[RegionExample]) -> RegionBatch:
    """One batch; pictures with fewer regions are filled up with boxes of nothing."""
    counts = [len(example.boxes) for example in examples]
    longest = max(len(said) for example in examples for said in example.words)
    boxes = np.zeros((len(examples), max(counts), 4), np.float32)
    words = np.full((len(examples), max(counts), longest), PAD, np.int64)
    for row, example in enumerate(examples):
        boxes[row, : counts[row]] = example.boxes
        for place, said in enumerate(example.words):
            words[row, place, : len(said)] = said
    return RegionBatch(
        picture_tensor([example.picture for example in examples]),
        torch.from_numpy(boxes),
        torch.from_numpy(words),
        torch.tensor(counts),
        [example.id for example in examples],
    )


def squared_boxes(picture: RegionPicture, size_pixels: int) -> Boxes:
    """Boxes (R, 4) in pixels of the square that the picture is made into, cut at its border."""
    scale = np.array([size_pixels / picture.width_pixels, size_pixels / picture.height_pixels] * 2)
    corners = np.array([region.corners for region in picture.regions], np.float64)
    return np.clip(corners * scale, 0, size_pixels).astype(np.float32)
