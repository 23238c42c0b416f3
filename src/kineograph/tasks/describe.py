"""Describe a picture: one → many words (Vinyals et al. 2015; Xu et al. 2015; Rennie et al. 2017).

    said so far   start  a    dog
    next word     a      dog  runs        the loss: nats a word, of words as people said them

Beside it may be learned, each by a weight of its own, all of it while training only:
attention that spends as much on every place (the doubly stochastic term, Xu et al. eq. 14);
a guess, right off the picture, of the words that will be said at all (Fang et al. 2015), which
teaches an encoder that starts from nothing what to look for.

With self_critical=True sentences are drawn instead, and made likelier by as much as their CIDEr-D
is above that of the greedy sentence (Rennie et al. 2017, eq. 8). Begin from a trained captioner.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from kineograph.data.captions.batch import CaptionBatch
from kineograph.data.words import END, PAD, START, UNKNOWN
from kineograph.decoding.sequence_beam import Sampling, Speaker, greedy, sample
from kineograph.nets.learning import set_to_learn

MARKS = 1 + max(PAD, START, END, UNKNOWN)  # what no sentence is made of
MOST_SEEDS = 2**31


@dataclass(frozen=True)
class Describe:
    """Answers are sentences as numbers of words, one for each that people wrote."""

    label_smoothing: float = 0.0  # share of certainty that goes to all words alike
    even_attention: float = 0.0  # weight of the doubly stochastic term, λ; 1 in the paper
    guess_weight: float = 0.0  # of the words guessed right off the picture
    self_critical: bool = False  # learn from CIDEr-D instead of from people's sentences
    samples: int = 5  # self-critical: sentences drawn of each picture
    longest: int = 20  # words of an answer

    def __post_init__(self) -> None:
        if not 0 <= self.label_smoothing < 1:
            raise ValueError(f"label_smoothing={self.label_smoothing}: 0 to below 1. Try 0.1.")
        for name in ("even_attention", "guess_weight"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name}={getattr(self, name)}: 0 or more. Try 1.")
        for name in ("samples", "longest"):
            if not getattr(self, name) >= 1:
                raise ValueError(f"{name}={getattr(self, name)}: 1 or more. Try 20.")

    def loss(self, network: Any, batch: CaptionBatch) -> tuple[Tensor, list[list[int]]]:
        """Nats a word, a mean over words, and what is learned beside; the likeliest word of every
        place. Self-critical: the mean CIDEr-D of what is said, its sign turned.
        """
        if self.self_critical:
            return self._by_reward(network, batch)
        memory = network.see(batch.pictures)
        heard, to_say = batch.words[..., :-1], batch.words[..., 1:]
        places = to_say != PAD
        outputs, attention = network.walk(memory, heard)
        logits = network.say(outputs[places]).float()
        smoothing = self.label_smoothing if network.training else 0.0
        loss = F.cross_entropy(logits, to_say[places], label_smoothing=smoothing)
        if network.training and self.even_attention and attention is not None:
            loss = loss + self.even_attention * unevenness(attention, places)
        if network.training and self.guess_weight:
            guess = network.guess_words(memory)
            loss = loss + self.guess_weight * guess_loss(guess, batch.words)
        said = logits.detach().argmax(-1).tolist()
        counts = places.sum(-1).flatten().tolist()
        ends = np.cumsum([0, *counts])
        return loss, [
            said[begin:end] for begin, end in zip(ends, ends[1:], strict=False) if end > begin
        ]

    @torch.inference_mode()
    def answer(self, network: Any, batch: CaptionBatch) -> list[list[int]]:
        """The greedy sentence of each picture, set beside each of the sentences people wrote."""
        speaker = captioner_speaker(network, network.see(batch.pictures), self.longest)
        told = [
            [*said.tokens, END] if said.finished else list(said.tokens) for said in greedy(speaker)
        ]
        counts = (batch.words[..., 0] != PAD).sum(-1).tolist()
        return [said for said, count in zip(told, counts, strict=True) for _ in range(count)]

    def truth(self, batch: CaptionBatch) -> list[list[int]]:
        """The sentences that people wrote, with their ends."""
        rows = batch.words[..., 1:].flatten(0, 1).tolist()
        return [said for row in rows if (said := [word for word in row if word != PAD])]

    def score(self, answers: list[list[int]], truths: list[list[int]]) -> dict[str, float]:
        """The share of places that have the right word."""
        right = sum(
            word == other
            for said, true in zip(answers, truths, strict=True)
            for word, other in zip(said, true, strict=False)
        )
        return {"word_accuracy": right / max(1, sum(map(len, truths)))}

    def _by_reward(self, network: Any, batch: CaptionBatch) -> tuple[Tensor, list[list[int]]]:
        learns = network.training
        network.eval()
        answers = self.answer(network, batch)
        counts = (batch.words[..., 0] != PAD).sum(-1).cumsum(0).tolist()
        usual = [
            judge.cider_d(answers[before])
            for judge, before in zip(batch.judges, [0, *counts], strict=False)
        ]
        if not learns:
            return torch.tensor(-float(np.mean(usual))), answers
        words, gains = self._drawn(network, batch, usual)
        set_to_learn(network)
        outputs, _ = network.walk(network.see(batch.pictures), words[..., :-1])
        to_say = words[..., 1:]
        places = to_say != PAD
        logits = network.say(outputs[places]).float()
        nats = F.cross_entropy(logits, to_say[places], reduction="none")
        each = gains.unsqueeze(-1).expand(to_say.shape)[places]
        loss = (each * nats).sum() / places.sum()
        # What is descended is the gradient's; what is told is the reward, as on validation.
        return loss - loss.detach() - float(np.mean(usual)), answers

    @torch.no_grad()
    def _drawn(
        self, network: Any, batch: CaptionBatch, usual: list[float]
    ) -> tuple[Tensor, Tensor]:
        """Sentences drawn, (B, S, L) with marks, and by how much each is better than the usual."""
        speaker = captioner_speaker(network, network.see(batch.pictures), self.longest)
        seed = int(torch.randint(MOST_SEEDS, ()))
        drawn = sample(speaker, Sampling(samples=self.samples, seed=seed))
        words = torch.full((len(drawn), self.samples, self.longest + 2), PAD)
        gains = torch.zeros(len(drawn), self.samples)
        for row, (every, judge, known) in enumerate(zip(drawn, batch.judges, usual, strict=True)):
            for place, said in enumerate(every):
                whole = [START, *said.tokens] + ([END] if said.finished else [])
                words[row, place, : len(whole)] = torch.tensor(whole)
                gains[row, place] = judge.cider_d(whole) - known
        device = batch.words.device
        return words.to(device), gains.to(device)


def unevenness(attention: Tensor, places: Tensor) -> Tensor:
    """Σ_i (1 - Σ_t α_ti)² of each sentence, over the number of all words (Xu et al. eq. 14).

    attention (B, S, L, P), places (B, S, L): which steps say a word.
    """
    spent = (attention * places.unsqueeze(-1)).sum(2)  # (B, S, P)
    there = places.any(-1)
    return (1 - spent[there]).square().sum() / places.sum()


def guess_loss(logits: Tensor, words: Tensor) -> Tensor:
    """Nats that it takes to say of every word whether it is said, for each word that is.

    logits (B, V), words (B, S, L). What counts as said is the share of sentences that say it.
    """
    batch, sentences, _ = words.shape
    said = logits.new_zeros(batch, sentences, logits.shape[1], dtype=torch.float32)
    said.scatter_(2, words, 1.0)
    there = (words[..., 0] != PAD).sum(1, keepdim=True).clamp(min=1)
    shares = said.sum(1)[:, MARKS:] / there
    nats = F.binary_cross_entropy_with_logits(logits.float()[:, MARKS:], shares, reduction="sum")
    return nats / shares.sum().clamp(min=1)


def captioner_speaker(network: Any, memory: Any, longest: int) -> Speaker:
    """A captioner ready to say sentences of the pictures that it has seen, for decoding to ask."""

    def step(tokens: Any, state: Any) -> tuple[Any, Any]:
        inner, seen = state
        words = torch.from_numpy(np.ascontiguousarray(tokens)).to(seen[0].device)
        logits, inner, _ = network.step(words, inner, seen)
        return logits.float().log_softmax(-1).cpu().numpy(), (inner, seen)

    return Speaker(
        step=step,
        first_state=(network.initial_state(memory), memory),
        inputs=len(memory[0]),
        start=START,
        end=END,
        longest=longest,
        never=(PAD, START, UNKNOWN),
    )
