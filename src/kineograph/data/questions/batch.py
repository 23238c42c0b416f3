"""Questions side by side in one batch, those of a picture together, so that it is encoded once.

pictures   [0]          [1]                  (P, 3, S, S)
rows        0   0   0    1   1               (B,) the picture of each question
words      what is     is there   …          (B, L) filled up with 0
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kineograph.data.augment import Augmentation
from kineograph.data.batch import IGNORED, Pass, one_ahead, steps_per_epoch
from kineograph.data.pictures.augment import change_picture
from kineograph.data.pictures.cache import PictureCache
from kineograph.data.pictures.tensor import picture_tensor
from kineograph.data.questions.question import Question
from kineograph.data.words import Vocabulary
from kineograph.errors import InputError

AS_IT_IS = Augmentation()
BLANK = 128  # grey level of a picture that is not shown


class QuestionBatch(NamedTuple):
    """Questions of one step."""

    pictures: Tensor  # (P, 3, S, S) uint8
    rows: Tensor  # (B,) int64: the picture of each question
    words: Tensor  # (B, L) int64, filled up with 0
    lengths: Tensor  # (B,) int64: words of each question, one or more
    people: Tensor  # (B, A) int64: the answer of each person, -100 where it is no known answer
    ids: list[str]

    def to(self, device: torch.device) -> "QuestionBatch":
        """The same batch on a device."""
        pictures, rows, words, lengths, people = (tensor.to(device) for tensor in self[:-1])
        return QuestionBatch(pictures, rows, words, lengths, people, self.ids)


class QuestionExamples:
    """Questions of one side with their pictures, dealt out in batches.

    answers: what can be answered, in the order of the logits. together: so many questions of a
    picture come side by side in shuffled walks, 0 for all of them. `of_pictures`, where given, says
    which other picture is shown with each: a control that must do no better than a guess.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        cache: PictureCache,
        vocabulary: Vocabulary,
        answers: Sequence[str],
        *,
        augmentation: Augmentation = AS_IT_IS,
        blank: bool = False,
        together: int = 0,
        of_pictures: dict[str, str] | None = None,
    ) -> None:
        self.questions = [question for question in questions if question.picture in cache]
        self.cache, self.augmentation, self.blank = cache, augmentation, blank
        self.of_pictures, self._most_together = of_pictures or {}, together
        self.words = [vocabulary.encode(question.words) for question in self.questions]
        index = {answer: place for place, answer in enumerate(answers)}
        self.people = [_people(question, index) for question in self.questions]
        of_picture: dict[str, list[int]] = defaultdict(list)
        for place, question in enumerate(self.questions):
            of_picture[question.picture].append(place)
        self.together = [np.array(places) for places in of_picture.values()]

    def __len__(self) -> int:
        return len(self.questions)

    def batches(self, batch_size: int, walk: Pass) -> Iterator[QuestionBatch]:
        """The questions of one walk, those of a picture side by side."""
        if batch_size < 1:
            raise InputError(f"batch_size {batch_size}: ask for 1 or more.")
        begin, every = walk.part
        order = self.order(walk)

        def load(step: int) -> QuestionBatch:
            whole = order[step * batch_size : (step + 1) * batch_size]
            chosen = whole[begin::every] if begin < len(whole) else whole[:1]
            return self.batch([int(place) for place in chosen], walk.epoch, walk.seed)

        steps = range(walk.first_step, steps_per_epoch(len(self), batch_size))
        return one_ahead(load, steps)

    def order(self, walk: Pass) -> NDArray[np.int_]:
        """Places of the questions: pictures by chance where shuffled, their questions too."""
        if not walk.shuffle:
            return np.concatenate(self.together)
        rng = np.random.default_rng([walk.seed, walk.epoch])
        some = [
            part
            for places in self.together
            for part in _parts(rng.permutation(places), self._most_together)
        ]
        return np.concatenate([some[place] for place in rng.permutation(len(some))])

    def batch(self, places: Sequence[int], epoch: int = 0, seed: int = 0) -> QuestionBatch:
        """The questions at these places; the same for the same numbers."""
        pictures: dict[str, int] = {}
        rows = [pictures.setdefault(self._shown(place), len(pictures)) for place in places]
        return QuestionBatch(
            picture_tensor([self._picture(picture, epoch, seed) for picture in pictures]),
            torch.tensor(rows),
            *padded_words([self.words[place] for place in places]),
            _filled([self.people[place] for place in places], IGNORED),
            [self.questions[place].id for place in places],
        )

    def _shown(self, place: int) -> str:
        picture = self.questions[place].picture
        return self.of_pictures.get(picture, picture)

    def _picture(self, name: str, epoch: int, seed: int) -> NDArray[np.uint8]:
        picture = self.cache[name]
        if self.blank:
            return np.full_like(picture, BLANK)
        if self.augmentation == AS_IT_IS:
            return picture
        # Of the name, not the place, so that a picture changes alike whichever questions come.
        chance = [seed, epoch, *name.encode()]
        return change_picture(picture, np.random.default_rng(chance), self.augmentation)


def _parts(places: NDArray[np.int_], most: int) -> list[NDArray[np.int_]]:
    """In order, `most` at a time; 0: all at once."""
    step = most or len(places)
    return [places[begin : begin + step] for begin in range(0, len(places), step)]


def padded_words(words: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Words of several questions as (B, L), filled up with 0, and how many each has (B,)."""
    return _filled(words, 0), torch.tensor([len(some) for some in words])


def _people(question: Question, index: dict[str, int]) -> list[int]:
    return [index.get(answer, IGNORED) for answer in question.plain] or [IGNORED]


def _filled(rows: Sequence[Sequence[int]], empty: int) -> Tensor:
    filled = np.full((len(rows), max(map(len, rows))), empty, dtype=np.int64)
    for row, values in zip(filled, rows, strict=True):
        row[: len(values)] = values
    return torch.from_numpy(filled)
