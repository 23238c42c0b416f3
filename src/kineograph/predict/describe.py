"""A trained captioner asked: pictures in, sentences out, with where it looked at each word.

A captioner of clips is given clips, and looks at moments.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kineograph.data.pictures.cache import fit_picture
from kineograph.data.pictures.clip import seen_file
from kineograph.data.pictures.tensor import picture_tensor
from kineograph.data.words import PAD, START
from kineograph.decoding.sequence_beam import Said, SequenceBeam, beam_search
from kineograph.recipes.captioner import TrainedCaptioner, load_captioner
from kineograph.tasks.describe import captioner_speaker
from kineograph.training.reproduce import choose_device

PICTURES_AT_ONCE = 32

Picture = NDArray[np.uint8]  # (H, W, 3) RGB; of a clip (T, H, W, 3)
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Description:
    """What was said of one picture or clip.

    alternatives: other sentences with their log-probabilities, the best first. attention: for each
    of `words` the shares (h, w) of the places it was said from, of a clip (1, T) of the moments;
    None where nothing attends.
    finished: False where the longest length came before an end. word_probabilities: of each of
    `words`, given those before it.
    """

    sentence: str
    log_probability: float
    words: tuple[str, ...]
    finished: bool = True
    alternatives: tuple[tuple[str, float], ...] = ()
    attention: NDArray[np.float32] | None = None  # (words, h, w)
    word_probabilities: tuple[float, ...] = ()


@dataclass(frozen=True)
class Describer:
    """`Describer.load("runs/flickr8k-small").describe(pictures)`: as many, in the order given."""

    trained: TrainedCaptioner
    device: torch.device = torch.device("cpu")

    @classmethod
    def load(cls, run: str | Path, *, device: str = "cpu") -> "Describer":
        """A run's captioner, or a shipped one's. Raises InputError for what is none."""
        found = choose_device(device)
        trained = load_captioner(run)
        trained.network.to(found)
        return cls(trained, found)

    @property
    def name(self) -> str:
        """The run's name."""
        return self.trained.name

    @property
    def frames(self) -> int:
        """Moments of a clip that it is shown; 1: it describes pictures."""
        return int(self.trained.recipe.data.frames)

    def read(self, file: Path) -> Picture:
        """A picture (H, W, 3), or so many moments of a clip. Raises InputError."""
        return seen_file(file, self.frames)

    @torch.inference_mode()
    def describe(
        self,
        pictures: Sequence[Picture],
        *,
        beam: int = 5,
        alternatives: int = 1,
        longest: int | None = None,
        length_power: float = 0.7,
        block_repeats: int = 0,
        progress: Progress | None = None,
    ) -> list[Description]:
        """Pictures (H, W, 3) uint8 of any size, or clips as `read` gives them -> what each shows.

        beam: sentences kept in the search. alternatives: sentences told, at most `beam`. longest:
        words; None is what it learned with. block_repeats: no run of so many words comes twice.
        Raises InputError for a beam that cannot be.
        """
        how = SequenceBeam(beam, length_power, block_repeats, alternatives)
        most = longest or self.trained.recipe.task.longest
        found: list[Description] = []
        for begin in range(0, len(pictures), PICTURES_AT_ONCE):
            some = pictures[begin : begin + PICTURES_AT_ONCE]
            network = self.trained.network
            memory = network.see(self._seen(some))
            said = beam_search(captioner_speaker(network, memory, most), how)
            looks = self._attention(memory, [each[0] for each in said])
            found += [self._told(each, look) for each, look in zip(said, looks, strict=True)]
            if progress is not None:
                progress(len(found), len(pictures))
        return found

    def _seen(self, pictures: Sequence[Picture]) -> Tensor:
        config = self.trained.recipe.data
        fitted = [fit_picture(each, config.size_pixels, config.fit) for each in pictures]
        return picture_tensor(fitted).to(self.device)

    def _attention(self, memory: Any, said: list[Said]) -> list[NDArray[np.float32] | None]:
        """For each word of each sentence where it was looked, (L, h, w)."""
        network = self.trained.network
        longest = max(1, *(len(each.tokens) for each in said))
        words = torch.full((len(said), 1, longest), PAD)
        for row, each in zip(words[:, 0], said, strict=True):  # what was said before each word
            row[: len(each.tokens)] = torch.tensor([START, *each.tokens[:-1]][: len(each.tokens)])
        _, attention = network.walk(memory, words.to(self.device))
        if attention is None:
            return [None] * len(said)
        maps = attention[:, 0].unflatten(-1, network.sight.grid).cpu().numpy()
        return [row[: len(each.tokens)] for row, each in zip(maps, said, strict=True)]

    def _told(self, said: list[Said], attention: NDArray[np.float32] | None) -> Description:
        first, *others = said
        words = tuple(self._words(first))
        return Description(
            " ".join(words),
            first.log_probability,
            words,
            first.finished,
            tuple((" ".join(self._words(each)), each.log_probability) for each in others),
            attention,
            tuple(np.exp(first.logs[: len(words)]).tolist()),
        )

    def _words(self, said: Said) -> list[str]:
        return self.trained.vocabulary.decode(said.tokens)
