"""Describe regions: one picture → many boxes, a sentence each (Johnson et al. 2016, §3.4).

Five losses, learned from together:

    is something there?      logistic, of proposals, and again of what is seen in them
    where exactly?           smooth L1 of the moves to the true box, of proposals and again
    what is it?              cross-entropy of every word, told the words before it

Each is a mean over the regions drawn (of a sentence: over its words), and the paper weighs the
first four by 0.1 and the words by 1. While learning, the score is the share of true boxes that one
of the surest `PROPOSED` proposals overlaps by half: cheap, and words need no search for it.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from kineograph.data.regions.batch import RegionBatch
from kineograph.data.words import END, PAD, START, UNKNOWN
from kineograph.decoding.sequence_beam import SequenceBeam, Speaker, beam_search, greedy
from kineograph.metrics.regions import overlaps
from kineograph.nets.boxes import moves_between
from kineograph.nets.localise import Drawn, Proposals, draw_proposals
from kineograph.nets.models.dense_caption import Found, Recognised

PROPOSED = 24  # boxes a picture that the score of a training looks at
HALF = 0.5


class Described(NamedTuple):
    """Regions of one picture, the surest first: boxes in pixels of the square that was shown."""

    boxes: NDArray[np.float64]  # (N, 4) left, top, right, bottom
    confidences: NDArray[np.float64]  # (N,) from 0 to 1
    words: list[list[int]]  # indices of the vocabulary; none where only boxes were asked


@dataclass(frozen=True)
class DescribeRegions:
    """Answers are boxes with sentences; the loss is the paper's five."""

    confidence_weight: float = 0.1  # is something there: of proposals
    box_weight: float = 0.1  # where exactly: of proposals
    found_confidence_weight: float = 0.1  # and the same of what is seen in them
    found_box_weight: float = 0.1
    words_weight: float = 1.0
    beam: int = 1  # sentences searched beside each other; 1: the best word each time
    longest: int = 12  # words

    def __post_init__(self) -> None:
        for name in ("beam", "longest"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)}: 1 or more. Try 5.")
        for name in LOSSES:
            value = getattr(self, f"{name}_weight")
            if not value >= 0:
                raise ValueError(f"{name}_weight={value}: 0 or more. Try 0.1.")

    def loss(self, network: Any, batch: RegionBatch) -> tuple[Tensor, list[Described]]:
        """The weighed sum of the five, a mean over pictures; the surest proposals of each."""
        grid = network.encoder(batch.pictures)
        found = network.localise(grid)
        generator = None if network.training else torch.Generator().manual_seed(0)
        drawn = draw_proposals(
            found.boxes.detach(), batch.boxes, batch.counts, network.config.drawn, generator
        )
        losses = region_losses(network, grid, found, drawn, batch)
        total = sum(getattr(self, f"{name}_weight") * losses[name] for name in LOSSES)
        boxes, real = network.localise.surest(found, PROPOSED, network.config.proposal_overlap)
        return torch.as_tensor(total), [
            Described(_numbers(own[kept]), np.ones(int(kept.sum())), [])
            for own, kept in zip(boxes, real, strict=True)
        ]

    @torch.inference_mode()
    def answer(self, network: Any, batch: RegionBatch) -> list[Described]:
        """Boxes and their sentences."""
        return self.describe(network, batch.pictures)

    @torch.inference_mode()
    def describe(self, network: Any, pictures: Tensor) -> list[Described]:
        """The same of pictures (B, 3, S, S)."""
        found: Found = network(pictures)
        said = self._say(network, found.codes[found.real])
        ends = found.real.sum(1).cumsum(0).tolist()
        return [
            Described(
                _numbers(boxes[real]), _numbers(sure[real]), said[end - int(real.sum()) : end]
            )
            for boxes, sure, real, end in zip(
                found.boxes, found.confidences, found.real, ends, strict=True
            )
        ]

    def truth(self, batch: RegionBatch) -> list[Described]:
        """The true boxes, and what is said of them."""
        return [
            Described(
                _numbers(boxes[:count]),
                np.ones(count),
                [_until_end(row) for row in words[:count].tolist()],
            )
            for boxes, words, count in zip(
                batch.boxes, batch.words, batch.counts.tolist(), strict=True
            )
        ]

    def score(self, answers: list[Described], truths: list[Described]) -> dict[str, float]:
        """The share of true boxes that some box overlaps by half and more, whatever it says."""
        met = [
            overlaps(truth.boxes, answer.boxes).max(axis=1, initial=0.0) >= HALF
            for answer, truth in zip(answers, truths, strict=True)
        ]
        return {"box_recall": float(np.concatenate(met).mean()) if met else 0.0}

    def _say(self, network: Any, codes: Tensor) -> list[list[int]]:
        """The words of regions (M, C)."""
        if not len(codes):
            return []

        def step(tokens: NDArray[np.int64], state: Any) -> tuple[NDArray[np.float32], Any]:
            logs, state = network.step(torch.from_numpy(tokens).to(codes.device), state)
            return logs.cpu().numpy(), state

        speaker = Speaker(
            step,
            network.initial_state(codes),
            len(codes),
            START,
            END,
            self.longest,
            never=(PAD, START, UNKNOWN),
        )
        if self.beam == 1:
            return [list(said.tokens) for said in greedy(speaker)]
        search = SequenceBeam(self.beam)
        return [list(some[0].tokens) for some in beam_search(speaker, search)]


LOSSES = ("confidence", "box", "found_confidence", "found_box", "words")


def region_losses(
    network: Any, grid: Tensor, found: Proposals, drawn: Drawn, batch: RegionBatch
) -> dict[str, Tensor]:
    """Each of the five by its name, unweighed; 0 where nothing was drawn to learn it from."""
    boxes, moves = (_rows(values, drawn.places) for values in (found.boxes, found.moves))
    seen: Recognised = network.look(grid, boxes)  # through the boxes, too: they learn where to look
    right, used = drawn.right, drawn.right | drawn.wrong
    aims = _rows(batch.boxes, drawn.truths)[right]
    anchors = found.anchors[drawn.places]
    units = network.config.move_units
    said = _rows(batch.words, drawn.truths)[right]
    return {
        "confidence": _logistic(found.confidences.gather(1, drawn.places), right, used),
        "box": _distance(moves[right], moves_between(anchors[right], aims), units),
        "found_confidence": _logistic(seen.confidences, right, used),
        "found_box": _distance(
            seen.moves[right], moves_between(boxes.detach()[right], aims), units
        ),
        "words": _surprise(network, seen.codes[right], said),
    }


def _logistic(logits: Tensor, right: Tensor, used: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits[used], right[used].float())


def _distance(moves: Tensor, aims: Tensor, units: tuple[float, ...]) -> Tensor:
    """Smooth L1 of (M, 4) in their units: summed over a box's four numbers, a mean over boxes."""
    if not len(moves):
        return moves.sum()
    scale = moves.new_tensor(units)
    return F.smooth_l1_loss(moves / scale, aims / scale, reduction="sum") / len(moves)


def _surprise(network: Any, codes: Tensor, words: Tensor) -> Tensor:
    """Nats a word of sentences (M, L), a mean over them."""
    if not len(codes):
        return codes.sum()
    logits = network.tell(codes, words).float()
    return F.cross_entropy(logits.flatten(0, 1), words.flatten(), ignore_index=PAD)


def _rows(values: Tensor, places: Tensor) -> Tensor:
    """Rows `places` (B, N) of values (B, A, F)."""
    return values.gather(1, places[..., None].expand(-1, -1, values.shape[-1]))


def _numbers(values: Tensor) -> NDArray[np.float64]:
    found: NDArray[np.float64] = values.detach().cpu().numpy().astype(np.float64)
    return found


def _until_end(words: list[int]) -> list[int]:
    return words[: words.index(END)] if END in words else words
