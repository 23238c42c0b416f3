"""Ask a trained network about pictures: `Answerer.load(run).answer("a.png", "what is red?")`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from kineograph.data.pictures.cache import Picture, fit_picture
from kineograph.data.pictures.tensor import picture_tensor
from kineograph.data.questions.batch import BLANK, padded_words
from kineograph.data.questions.question import Question, fault_in_words
from kineograph.errors import InputError
from kineograph.media.image import rgb_picture
from kineograph.recipes.answerer import TrainedAnswerer, load_answerer
from kineograph.training.reproduce import choose_device

SHOWN = 3  # likeliest answers
MOST_NAMED = 6  # unknown words that are named


@dataclass(frozen=True)
class PictureAnswer:
    """What a network answers to one question, and how sure it is.

    shares: the likeliest answers with their shares (0 to 1, of all answers 1), the best first.
    over_places (levels, h, w) and over_words (levels, L): where it looked, what it read.
    unknown: words of the question that it never learned.
    """

    picture: str
    question: str
    shares: tuple[tuple[str, float], ...]
    words: tuple[str, ...]
    unknown: tuple[str, ...]
    over_places: torch.Tensor
    over_words: torch.Tensor

    @property
    def answer(self) -> str:
        """The likeliest answer."""
        return self.shares[0][0]


@dataclass(frozen=True)
class Answerer:
    """A trained network that answers questions about pictures in files."""

    trained: TrainedAnswerer
    device: torch.device

    @classmethod
    def load(cls, run: str | Path, device: str = "cpu") -> "Answerer":
        """The network of a run. Raises InputError."""
        place = choose_device(device)
        trained = load_answerer(run)
        trained.network.to(place)
        return cls(trained, place)

    def picture(self, file: Path) -> Picture:
        """A file as the network sees it, (S, S, 3). Raises InputError if it cannot be read."""
        data = self.trained.recipe.data
        fitted = fit_picture(rgb_picture(file), data.size_pixels, data.fit)
        return fitted * 0 + BLANK if data.blank else fitted

    def check(self, question: str) -> tuple[str, ...]:
        """The words of a question that were never learned. Raises InputError if none is known."""
        fault = fault_in_words(question)
        if fault:
            raise InputError(fault)
        words = Question("asked", question).words
        unknown = tuple(self.trained.words.vocabulary.unknown(words))
        if len(unknown) == len(dict.fromkeys(words)):
            some = ", ".join(self.trained.words.vocabulary.words[:MOST_NAMED])
            raise InputError(
                f"question '{question[:60]}': none of its words was learned, perhaps it is in "
                f"another language than the training questions. Known words are {some} …"
            )
        return unknown

    @torch.inference_mode()
    def ask(self, picture: Picture, question: str, name: str = "") -> PictureAnswer:
        """One question about one picture (S, S, 3). Raises InputError for what is no question."""
        unknown = self.check(question)
        words = Question("asked", question).words
        padded, lengths = padded_words([self.trained.words.vocabulary.encode(words)])
        tensors = picture_tensor([picture]), torch.zeros(1, dtype=torch.int64), padded, lengths
        found = self.trained.network(*(tensor.to(self.device) for tensor in tensors))
        shares = found.logits[0].float().softmax(0).cpu()
        best = shares.topk(min(SHOWN, len(shares)))
        answers = self.trained.words.answers
        return PictureAnswer(
            name,
            question,
            tuple(
                (answers[place], float(share))
                for share, place in zip(best.values, best.indices.tolist(), strict=True)
            ),
            words,
            unknown,
            found.over_places[0].cpu(),
            found.over_words[0].cpu(),
        )

    def answer(self, file: str | Path, question: str) -> PictureAnswer:
        """One question about one file. Raises InputError."""
        return self.ask(self.picture(Path(file)), question, str(file))

    def answer_all(
        self, files: Sequence[Path], question: str
    ) -> tuple[list[PictureAnswer], dict[str, str]]:
        """The same question about many files; what is wrong with those that cannot be read."""
        self.check(question)
        found: list[PictureAnswer] = []
        failed: dict[str, str] = {}
        for file in files:
            try:
                found.append(self.answer(file, question))
            except InputError as error:
                failed[str(file)] = str(error)
        return found, failed
