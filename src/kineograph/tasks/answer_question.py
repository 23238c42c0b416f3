"""Answer a question about a picture: one answer out of those that are known.

    learn = "one"      cross-entropy to what most people answered
            "people"   the mean over people of the cross-entropy to each one's answer
                       (Kazemi & Elqursh 2017)
            "shares"   each answer alone, to how far it is right: min(people who gave it / 3, 1)
                       (Teney et al. 2017, VQA v2's winners)

A question whose answer is not known teaches nothing, and is counted as answered wrongly.
"""

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kineograph.data.batch import IGNORED
from kineograph.data.questions.batch import QuestionBatch

AGREEING = 3  # people who make an answer wholly right
WAYS = ("one", "people", "shares")


@dataclass(frozen=True)
class AnswerQuestion:
    """Answers are indices of the known answers; the loss is in nats a question."""

    learn: str = "one"

    def __post_init__(self) -> None:
        if self.learn not in WAYS:
            raise ValueError(f"learn='{self.learn}': must be one of {', '.join(WAYS)}. Try 'one'.")

    def loss(self, network: Any, batch: QuestionBatch) -> tuple[Tensor, list[int]]:
        """A mean over the questions that have a known answer; the answer of every question."""
        logits = network(batch.pictures, batch.rows, batch.words, batch.lengths).logits.float()
        return LOSSES[self.learn](logits, batch.people), logits.detach().argmax(1).tolist()

    @torch.inference_mode()
    def answer(self, network: nn.Module, batch: QuestionBatch) -> list[int]:
        """The likeliest answer of every question."""
        found = network(batch.pictures, batch.rows, batch.words, batch.lengths)
        return found.logits.argmax(1).tolist()

    def truth(self, batch: QuestionBatch) -> list[int]:
        """What most people answered; -100 where that is no known answer."""
        return most_given(batch.people).tolist()

    def score(self, answers: list[int], truths: list[int]) -> dict[str, float]:
        """The share of questions that were answered right."""
        right = sum(answer == truth for answer, truth in zip(answers, truths, strict=True))
        return {"accuracy": right / max(1, len(truths))}


def most_given(people: Tensor) -> Tensor:
    """people (B, A) -> (B,): the known answer given most often, of equals the lowest index.

    -100 where nobody gave a known one. Lower indices are more frequent answers.
    """
    same = (people.unsqueeze(2) == people.unsqueeze(1)).sum(2)  # (B, A): who agree with each
    same = same.masked_fill(people == IGNORED, 0)
    best = same == same.amax(1, keepdim=True)
    candidates = people.masked_fill(~best | (people == IGNORED), torch.iinfo(people.dtype).max)
    lowest = candidates.amin(1)
    return lowest.masked_fill((people == IGNORED).all(1), IGNORED)


def _one(logits: Tensor, people: Tensor) -> Tensor:
    targets = most_given(people)
    known = (targets != IGNORED).sum().clamp(min=1)
    return F.cross_entropy(logits, targets, ignore_index=IGNORED, reduction="sum") / known


def _people(logits: Tensor, people: Tensor) -> Tensor:
    given = people != IGNORED
    each = logits.log_softmax(1).gather(1, people.clamp(min=0)) * given
    known = given.any(1).sum().clamp(min=1)
    return -(each.sum(1) / given.sum(1).clamp(min=1)).sum() / known


def _shares(logits: Tensor, people: Tensor) -> Tensor:
    given = (people != IGNORED).to(logits.dtype)
    times = torch.zeros_like(logits).scatter_add_(1, people.clamp(min=0), given)
    needed = min(AGREEING, people.shape[1])
    right = (times / needed).clamp(max=1)
    known = given.any(1)
    each = F.binary_cross_entropy_with_logits(logits, right, reduction="none").sum(1)
    return (each * known).sum() / known.sum().clamp(min=1)


LOSSES = {"one": _one, "people": _people, "shares": _shares}
