"""Pictures in, answers out, for long files and cameras alike; many of them at once.

    time      0        W/2        W       3W/2
    window    |====================|                     every window is a clip as long as those
                       |====================|            that were learned from
                                  |====================|

What can step is shown each moment as it comes, one memory for every window that is open, and says
after each what it thinks by now; its last word is what it would say of the window as a clip. What
cannot is asked when a window is full, and encodes each picture once, however many windows it is in.
A gap in time (a new stretch) forgets all.
"""

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from kineograph.data.clock import JUST_BEFORE
from kineograph.data.inputs import Laid
from kineograph.predict.ask import Clip, Network, Pixels, ask
from kineograph.predict.engine import Engine, State, Steps
from kineograph.predict.sliding import Sliding
from kineograph.recipes import Trained
from kineograph.tasks import LabelClips, LabelFrames, LabelStreams
from kineograph.tasks.label_clips import step_weights

Seat = Hashable  # whose pictures these are: a camera's window


@dataclass(frozen=True)
class Answer:
    """What a network says of a stretch of time of one seat."""

    seat: Seat
    start_seconds: float
    end_seconds: float  # of the time that it speaks of
    probabilities: np.ndarray  # (V,)
    seen_seconds: float  # the newest that it knows of: it could not have been given before
    last_word: bool = True  # of its window; False: what it thinks by now


class Session:
    """A network and what it remembers of every seat.

    window_seconds: as long as the clips that were learned from, if left away. hop_seconds: from one
    window's begin to the next one's; half a window, or all of it where each frame has a label.
    Frames of different seats that wait for an answer go through the network together.
    """

    def __init__(
        self,
        trained: Trained,
        engine: Engine,
        *,
        window_seconds: float | None = None,
        hop_seconds: float | None = None,
    ) -> None:
        window = window_seconds or trained.clip_seconds
        per_frame = isinstance(trained.recipe.task, LabelFrames)  # each frame once is enough
        hop = hop_seconds or (window if per_frame else window / 2)
        self.window_seconds, self.hop_seconds = window, hop
        self._way: _Stepping | _Sliding
        if engine.steps is not None and steps_suit(trained):
            self._way = _Stepping(trained, engine.steps, window, hop)
        else:
            self._way = _Sliding(trained, engine, window, hop)
        self._stretches: dict[Seat, int] = {}
        self._said: list[Answer] = []

    def see(self, seat: Seat, laid: Laid, stretch: int = 0) -> None:
        """The next moment (H, W, C) of a seat; of another stretch than the last one, the first."""
        if self._stretches.get(seat, stretch) != stretch:
            self._said += self._way.answers()  # what is due is still of the time before
            self._way.forget(seat)
        self._stretches[seat] = stretch
        self._way.see(seat, laid)

    def answers(self) -> list[Answer]:
        """Everything that can be said by now, in the order of its time."""
        said, self._said = [*self._said, *self._way.answers()], []
        return sorted(said, key=lambda each: each.seen_seconds)

    def end(self, seat: Seat) -> list[Answer]:
        """No more comes of this seat: what can be said by now, and the last word about the rest."""
        found = [*self.answers(), *self._way.end(seat)]
        self._stretches.pop(seat, None)
        return sorted(found, key=lambda each: each.seen_seconds)


def steps_suit(trained: Trained) -> bool:
    """Whether the moments that a clip is seen at are known before it is over, one answer a clip."""
    data, task = trained.recipe.data, trained.recipe.task
    return data.sampling in ("even", "jitter") and isinstance(task, LabelClips | LabelStreams)


@dataclass
class _Memory:
    """One window that is open: how far it was seen, and what was said after each step."""

    start_seconds: float
    state: State
    steps: int = 0  # that it was shown, or will be
    said: list[np.ndarray] = field(default_factory=list)  # probabilities after each step


@dataclass
class _Walk:
    """The open windows of one seat, the oldest first."""

    next_start: float
    memories: deque[_Memory] = field(default_factory=deque)
    newest: Laid | None = None
    before: Laid | None = None
    frame_seconds: float = 0.04  # between these two
    said_until: float = -1.0  # by last words

    def shown(self, laid: Laid) -> None:
        """The newest picture."""
        self.before, self.newest = self.newest, laid
        if self.before is not None and laid.seconds > self.before.seconds:
            self.frame_seconds = laid.seconds - self.before.seconds

    def nearest(self, moment: float) -> Laid:
        """Of the newest two pictures; the earlier one of two equally near."""
        assert self.newest is not None
        if self.before is None or self.newest.seconds - moment < moment - self.before.seconds:
            return self.newest
        return self.before


class _Due(NamedTuple):
    """A moment that a memory has not been shown yet."""

    seat: Seat
    memory: _Memory
    pixels: np.ndarray  # (H, W, C)
    seen_seconds: float  # of the newest picture then
    speaks: bool  # whether what it thinks then is told


class _Stepping:
    """Every moment goes once through each memory that is open."""

    def __init__(self, trained: Trained, steps: Steps, window: float, hop: float) -> None:
        self._steps = steps
        self._weighs = trained.recipe.task.steps
        self._count = trained.recipe.data.frames_per_clip  # steps of a window
        self._window, self._hop = window, hop
        self._walks: dict[Seat, _Walk] = {}
        self._due: list[_Due] = []

    def see(self, seat: Seat, laid: Laid) -> None:
        """Show it to every memory whose next moment has come; more than once after a pause."""
        walk = self._walks.setdefault(seat, _Walk(laid.seconds))
        walk.shown(laid)
        while walk.next_start <= laid.seconds + JUST_BEFORE:
            walk.memories.append(_Memory(walk.next_start, self._steps.start()))
            walk.next_start += self._hop
        for place, memory in enumerate(walk.memories):
            while memory.steps < self._count:
                moment = self._next(memory, walk)
                if moment > laid.seconds + JUST_BEFORE:
                    break
                memory.steps += 1
                speaks = place == 0 and self._enough(memory)
                due = _Due(seat, memory, walk.nearest(moment).pixels, laid.seconds, speaks)
                self._due.append(due)
        while walk.memories and walk.memories[0].steps == self._count:
            walk.memories.popleft()

    def answers(self) -> Iterator[Answer]:
        """Go through all that is due: of each memory one moment at a time, all memories at once."""
        while self._due:
            first: dict[int, _Due] = {}
            for each in self._due:
                first.setdefault(id(each.memory), each)
            self._due = [each for each in self._due if first[id(each.memory)] is not each]
            yield from self._stepped(list(first.values()))

    def end(self, seat: Seat) -> Iterator[Answer]:
        """The last word of the oldest window that is open, if it knows of time that no other does.

        Of a video that ended before its first moment came, what its last picture shows.
        """
        walk = self._walks.pop(seat, None)
        if walk is None or walk.newest is None or not walk.memories:
            return
        until, memory = walk.newest.seconds + walk.frame_seconds, walk.memories[0]
        if not memory.said and walk.said_until < 0:
            list(self._stepped([_Due(seat, memory, walk.newest.pixels, until, False)]))
        if memory.said and until > walk.said_until + JUST_BEFORE:
            yield Answer(seat, memory.start_seconds, until, self._mean(memory), until)

    def forget(self, seat: Seat) -> None:
        """A gap: what was remembered means nothing any more."""
        self._walks.pop(seat, None)

    def _next(self, memory: _Memory, walk: _Walk) -> float:
        """The middle of its next part, as a clip's frames are chosen (data/sampling.even).

        A clip goes from its first frame to its last one, which is a frame short of the window.
        """
        part = (self._window - walk.frame_seconds) / self._count
        return memory.start_seconds + (memory.steps + 0.5) * part

    def _enough(self, memory: _Memory) -> bool:
        """Whether it has seen what no younger window will have seen when it is the oldest."""
        return memory.steps > self._count * (1 - self._hop / self._window)

    def _stepped(self, due: list[_Due]) -> Iterator[Answer]:
        frames = np.stack([each.pixels for each in due])
        logits, states = self._steps.step(frames, [each.memory.state for each in due])
        for each, row, state in zip(due, _softmax(logits), states, strict=True):
            seat, memory, _, seen, speaks = each
            memory.state = state
            memory.said.append(row)
            if len(memory.said) == self._count:
                end = memory.start_seconds + self._window
                if walk := self._walks.get(seat):
                    walk.said_until = end
                yield Answer(seat, memory.start_seconds, end, self._mean(memory), seen)
            elif speaks:
                yield Answer(seat, memory.start_seconds, seen, self._mean(memory), seen, False)

    def _mean(self, memory: _Memory) -> np.ndarray:
        """What its steps say together, weighed as the task weighs a clip's."""
        seen = len(memory.said)
        weights = step_weights(self._weighs, torch.tensor([seen]), seen)[0].numpy()
        return np.asarray(weights @ np.stack(memory.said))


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


class Encoded:
    """Frames of one window; each is encoded when it is first chosen, and never again."""

    def __init__(self, frames: "list[_Seen]", engine: Engine) -> None:
        self._frames = frames
        self._engine = engine

    def colours(self) -> np.ndarray:
        """Their first three channels, (T, H, W, 3)."""
        return np.stack([frame.laid.pixels[..., :3] for frame in self._frames])

    @torch.inference_mode()
    def chosen(self, indices: np.ndarray) -> Tensor:
        """Features (n, D) of some."""
        frames = [self._frames[index] for index in indices]
        new = list({id(frame): frame for frame in frames if frame.features is None}.values())
        if new:
            assert self._engine.encode is not None
            pixels = torch.from_numpy(np.stack([frame.laid.pixels for frame in new]))
            found = self._engine.encode(pixels.permute(0, 3, 1, 2).to(self._engine.device))
            for frame, row in zip(new, found, strict=True):
                frame.features = row
        return torch.stack([frame.features for frame in frames if frame.features is not None])


@dataclass
class _Seen:
    laid: Laid
    features: Tensor | None = None

    @property
    def seconds(self) -> float:
        return self.laid.seconds


class _Sliding:
    """Full windows are asked about."""

    def __init__(self, trained: Trained, engine: Engine, window: float, hop: float) -> None:
        self._trained, self._engine = trained, engine
        self._window, self._hop = window, hop
        self._sliding: dict[Seat, Sliding[_Seen]] = {}
        self._full: list[tuple[Seat, list[_Seen]]] = []

    def see(self, seat: Seat, laid: Laid) -> None:
        """Keep it; windows that end before it are full."""
        if seat not in self._sliding:
            self._sliding[seat] = Sliding(self._window, self._hop, laid.seconds)
        self._full += [(seat, full) for full in self._sliding[seat].add(_Seen(laid))]

    def answers(self) -> Iterator[Answer]:
        """Of every full window."""
        full, self._full = self._full, []
        for seat, frames in full:
            yield from self._asked(seat, frames)

    def end(self, seat: Seat) -> Iterator[Answer]:
        """Of the window that ends with the last picture."""
        sliding = self._sliding.pop(seat, None)
        for frames in sliding.rest() if sliding else ():
            yield from self._asked(seat, frames)

    def forget(self, seat: Seat) -> None:
        """A gap: windows do not reach over it."""
        self._sliding.pop(seat, None)

    def _asked(self, seat: Seat, frames: list[_Seen]) -> Iterator[Answer]:
        seconds, engine = np.array([each.seconds for each in frames]), self._engine
        clip: Clip = Pixels(np.stack([each.laid.pixels for each in frames]))
        network: Network = engine.whole
        if self._hop < self._window and engine.encode is not None and engine.read is not None:
            clip, network = Encoded(frames, engine), engine.read
        asked = ask(seconds, [clip], self._trained, network, engine.device)[0]
        for start, end, probabilities in asked:
            yield Answer(seat, float(start), float(end), probabilities, float(end))
