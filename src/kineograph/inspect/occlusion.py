"""Which frames moved an answer: each is left out in turn, and the answer is asked for again.

Frames near each other say much the same, so longer parts of the clip are left out as well.

    features    a  b  c  d           the encoder's, made once
    without c   a  b  b  d           the frame before stands in its place
    drop        log-odds of the label with c, less those without it

A drop above zero: the frame spoke for the label. Below: against it. A frame that shows what the
one before it shows can be left out without a change. Of a part, the frame before it stands for all.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from kineograph.data.batch import Batch
from kineograph.data.inputs import Laid
from kineograph.predict.ask import Moment, Pixels, ask, frames_asked
from kineograph.predict.engine import Engine
from kineograph.recipes import Trained
from kineograph.tasks import LabelFrames

Floats = NDArray[np.float64]
AT_ONCE = 16  # clips in a batch
PARTS = 9  # of a clip, at most
LEAST = 1e-30  # of a probability: below, a float32 has no digits left

Count = Callable[[int, int], None]  # answers, of all


@dataclass(frozen=True, eq=False)
class Watched:
    """A stretch of a video as a network saw it.

    places (T,): the frames that it was shown, by their number in the stretch. answer (V,): of the
    whole stretch. curve (T, V): had it ended with each frame, or each frame's own answer where
    every frame has one; None where it goes by several windows, or begins anew. drops (T,):
    log-odds of the label lost without each frame; None where there is only one. parts: the frames
    [first, end) of longer parts; part_drops: without each of those. Empty where a clip is short.
    """

    seconds: Floats  # (T,)
    places: NDArray[np.int64]
    answer: Floats
    curve: Floats | None
    drops: Floats | None
    parts: list[tuple[int, int]]
    part_drops: Floats

    @property
    def label(self) -> int:
        """The likeliest class."""
        return int(self.answer.argmax())


@dataclass(frozen=True, eq=False)
class Features:
    """A clip of features (F, ...) that were made before; for those left out stand another's."""

    pixels: Pixels
    table: Tensor  # of the frames at `places`
    places: NDArray[np.int64]
    out: tuple[int, int] = (0, 0)  # rows [first, end) of the table

    def colours(self) -> NDArray[Any]:
        """Where more moves, more frames are chosen: those of the whole clip, whatever is out."""
        return self.pixels.colours()

    def chosen(self, indices: NDArray[Any]) -> Tensor:
        """Rows of frames by their number in the stretch."""
        rows = np.searchsorted(self.places, indices)
        first, end = self.out
        rows = np.where((first <= rows) & (rows < end), first - 1 if first else end, rows)
        return self.table[torch.from_numpy(rows)]


def parts_of(count: int) -> list[tuple[int, int]]:
    """Up to `PARTS` parts [first, end) of so many frames, two frames or more each."""
    edges = np.linspace(0, count, PARTS + 1).round().astype(int).tolist()
    return list(itertools.pairwise(edges)) if count >= 2 * PARTS else []


def log_odds(probabilities: Floats, label: int) -> float:
    """log p / (1 - p) of a label, 1 - p as the sum of the others: exact where p is nearly 1."""
    others = np.delete(probabilities, label).sum()
    return float(np.log(max(probabilities[label], LEAST)) - np.log(max(others, LEAST)))


@torch.inference_mode()
def watch(frames: Sequence[Laid], trained: Trained, engine: Engine, done: Count) -> Watched:
    """Ask about a stretch, then again without each frame. done: how far it is."""
    assert engine.encode is not None and engine.read is not None
    seconds = np.array([frame.seconds for frame in frames])
    pixels = Pixels(np.stack([frame.pixels for frame in frames]))
    passes = frames_asked(seconds, pixels, trained.recipe.data)
    places = np.unique(np.concatenate(passes))
    chunks = [places[at : at + AT_ONCE] for at in range(0, len(places), AT_ONCE)]
    table = torch.cat([engine.encode(pixels.chosen(few).to(engine.device)) for few in chunks])
    frames_out = [(row, row + 1) for row in range(len(places))] if len(places) > 1 else []
    parts = parts_of(len(places))
    clips = [Features(pixels, table, places, out) for out in ((0, 0), *frames_out, *parts)]
    answers = _answers(seconds, clips, trained, engine)
    whole = next(answers)
    label = int(whole.argmax())
    drops = []
    for number, without in enumerate(answers, start=1):
        drops.append(log_odds(whole, label) - log_odds(without, label))
        done(number, len(clips) - 1)
    in_order = len(passes) == 1 and bool((np.diff(passes[0]) >= 0).all())
    return Watched(
        seconds[places],
        places,
        whole,
        _curve(table, places, passes[0], trained, engine) if in_order else None,
        np.array(drops[: len(frames_out)]) if frames_out else None,
        parts,
        np.array(drops[len(frames_out) :]),
    )


def _answers(
    seconds: Floats, clips: Sequence[Features], trained: Trained, engine: Engine
) -> Iterator[Floats]:
    """(V,) of each clip of features, asked as every clip is asked."""
    assert engine.read is not None
    for at in range(0, len(clips), AT_ONCE):
        some = clips[at : at + AT_ONCE]
        for moments in ask(seconds, some, trained, engine.read, engine.device):
            yield _over_all(moments)


def _over_all(moments: list[Moment]) -> Floats:
    """One answer for all the time: each moment's counts as long as it lasts."""
    lengths = [end - start for start, end, _ in moments]
    rows = np.stack([row for _, _, row in moments]).astype(np.float64)
    return np.asarray(np.average(rows, axis=0, weights=lengths))


def _curve(
    table: Tensor,
    places: NDArray[np.int64],
    shown: NDArray[Any],
    trained: Trained,
    engine: Engine,
) -> Floats:
    """(T, V): of each frame, or of the clip had it ended with that frame."""
    task, read = trained.recipe.task, cast(nn.Module, engine.read)
    inputs = table[torch.from_numpy(np.searchsorted(places, shown))]
    last = np.searchsorted(shown, places, side="right")  # a short clip shows a frame repeatedly
    if isinstance(task, LabelFrames):
        rows = task.answer(read, _batch(inputs[None], [len(inputs)], engine))[0]
        return np.asarray(rows[last - 1], dtype=np.float64)
    found: list[NDArray[Any]] = []
    for at in range(0, len(last), AT_ONCE):
        lengths = last[at : at + AT_ONCE].tolist()
        begun = inputs[: max(lengths)].expand(len(lengths), -1, *inputs.shape[1:])
        found += task.answer(read, _batch(begun, lengths, engine))
    return np.stack(found).astype(np.float64)


def _batch(inputs: Tensor, lengths: list[int], engine: Engine) -> Batch:
    count = len(lengths)
    batch = Batch(
        inputs=inputs,
        lengths=torch.tensor(lengths),
        targets=torch.zeros(count, dtype=torch.long),
        ids=[""] * count,
    )
    return batch.to(engine.device)
