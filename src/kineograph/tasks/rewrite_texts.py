"""One text from another: many characters -> many (Sutskever et al. 2014; Bahdanau et al. 2015).

said so far   start  щ    и           as it was written by people, while training
next          щ      и    end         the loss: nats a character, a mean over all
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from kineograph.data.texts.batch import TextsBatch, filled
from kineograph.data.words import PAD, START, Vocabulary
from kineograph.decoding.sequence_beam import SequenceBeam, beam_search
from kineograph.tasks.describe import captioner_speaker

AT_ONCE = 64
LONGER, SOME = 2, 10  # an answer has at most so many times the given's characters, and some more


@dataclass(frozen=True)
class RewriteTexts:
    """Answers are the likeliest character at each place, given the true ones before it."""

    def loss(self, network: Any, batch: TextsBatch) -> tuple[Tensor, list[list[int]]]:
        """Nats a character, the end counted; the guess at each."""
        said, to_say = batch.targets[:, :-1], batch.targets[:, 1:]
        logits = network(batch.tokens, batch.lengths, said).float()
        loss = F.cross_entropy(logits.flatten(0, 1), to_say.flatten(), ignore_index=PAD)
        return loss, logits.detach().argmax(-1).tolist()

    @torch.inference_mode()
    def answer(self, network: Any, batch: TextsBatch) -> list[list[int]]:
        """The guess at each place."""
        return self.loss(network, batch)[1]

    def truth(self, batch: TextsBatch) -> list[list[int]]:
        """What stands there, its end counted."""
        rows: list[list[int]] = batch.targets[:, 1:].tolist()
        return [[number for number in row if number != PAD] for row in rows]

    def score(self, answers: list[list[int]], truths: list[list[int]]) -> dict[str, float]:
        """The share of characters that were guessed, those before them known."""
        right = sum(
            guess == true
            for row, told in zip(answers, truths, strict=True)
            for guess, true in zip(row, told, strict=False)
        )
        return {"accuracy": right / max(1, sum(map(len, truths)))}


@dataclass(frozen=True)
class Rewritten:
    """One answer. attention (L, T): for each of its characters the shares of those given.
    finished: False where the longest length came before an end.
    """

    text: str
    log_probability: float
    finished: bool
    attention: NDArray[np.float32]


@torch.inference_mode()
def rewrite(
    network: Any,
    texts: Sequence[str],
    given: Vocabulary,
    asked: Vocabulary,
    *,
    beam: int = 5,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Rewritten]:
    """The likeliest answer that a beam finds for each text, in their order. Raises InputError."""
    how = SequenceBeam(beam, length_power=0.0)
    order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
    found: dict[int, Rewritten] = {}
    for begin in range(0, len(order), AT_ONCE):
        places = order[begin : begin + AT_ONCE]
        some = _search(network, [given.encode(texts[place]) for place in places], asked, how)
        found |= dict(zip(places, some, strict=True))
        progress(len(found), len(texts))
    return [found[place] for place in range(len(texts))]


def _search(
    network: Any, given: list[list[int]], asked: Vocabulary, how: SequenceBeam
) -> list[Rewritten]:
    device = next(network.parameters()).device
    lengths = torch.tensor([len(each) for each in given], device=device)
    memory = network.read(filled(given).to(device), lengths)
    longest = LONGER * max(map(len, given)) + SOME
    speaker = captioner_speaker(network.speaker, memory, longest)
    said = [best for best, *_ in beam_search(speaker, how)]
    _, attention = network.walk(memory, filled([[START, *each.tokens] for each in said]).to(device))
    return [
        Rewritten(
            "".join(asked.decode(each.tokens)),
            each.log_probability,
            each.finished,
            looked[: len(each.tokens), :length].cpu().numpy(),
        )
        for each, looked, length in zip(said, attention, lengths.tolist(), strict=True)
    ]
