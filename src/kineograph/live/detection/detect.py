"""From answers to events: what one window of one camera shows, under every rule that holds for it.

The begin of an event is told as soon as it has held for its shortest length: an alert does not wait
for the end. Answers alone decide, by their own times: fed at once or with pauses, the same answers
give the same events, and an event's id depends on camera, window, label and start alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kineograph.errors import InputError
from kineograph.live.detection.event import WHOLE, Event, event_id
from kineograph.live.detection.hold import Hold, Moment, Stretch
from kineograph.live.detection.rules import Rule
from kineograph.live.detection.smooth import Smoother

GAP_SECONDS = 10.0  # answers further apart say nothing of the time between them


@dataclass(frozen=True)
class Change:
    """An event has begun, and still lasts, or has ended."""

    what: Literal["begun", "ended"]
    event: Event
    told_seconds: float  # when it was known, on the camera's stream clock


class Detector:
    """All rules of one window of one camera; those that do not hold for it are left out.

    classes: the network's labels, in the order of its answers. Answers further apart than
    `gap_seconds` are a gap by themselves. Raises InputError for a label that the network lacks, and
    for two rules that call their events the same.
    passed_over: answers that were no numbers, or whose time did not go forward.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        camera: str,
        window: str = WHOLE,
        classes: Sequence[str] = (),
        *,
        gap_seconds: float = GAP_SECONDS,
    ):
        self.rules = tuple(rule for rule in rules if rule.holds_for(camera, window))
        self.camera, self.window, self.classes = camera, window, tuple(classes)
        self.gap_seconds = gap_seconds
        self.passed_over = 0
        self._watches = [_Watch(rule, self.classes) for rule in self.rules]
        self._last_seconds: float | None = None
        self._check_labels()

    def see(
        self, seconds: float, probabilities: NDArray[np.floating], time: datetime
    ) -> list[Change]:
        """What an answer (V,) changes, oldest first. `seconds`: stream clock; `time`: aware."""
        answer = np.asarray(probabilities, dtype=float)
        if answer.shape != (len(self.classes),):
            raise ValueError(f"an answer of {answer.shape} for {len(self.classes)} classes")
        last = self._last_seconds
        if not np.isfinite([seconds, *answer]).all() or (last is not None and seconds <= last):
            self.passed_over += 1
            return []
        changes: list[Change] = []
        if last is not None and seconds - last > self.gap_seconds:
            changes += self.gap()
        self._last_seconds = seconds
        for watch in self._watches:
            changes += self._changes(watch, watch.see(seconds, answer, time), seconds)
        return changes

    def gap(self) -> list[Change]:
        """The camera was away: what lasts ends at its last answer, and smoothing begins anew."""
        changes: list[Change] = []
        for watch in self._watches:
            changes += self._changes(watch, watch.stop(), self._last_seconds or 0.0)
        return changes

    def finish(self) -> list[Change]:
        """The camera or file is done: what lasts ends at its last answer."""
        return self.gap()

    def _changes(self, watch: "_Watch", found: list[Stretch], told_seconds: float) -> list[Change]:
        return [
            Change("begun" if each.end is None else "ended", self._event(watch, each), told_seconds)
            for each in found
        ]

    def _event(self, watch: "_Watch", found: Stretch) -> Event:
        start, end, label = found.start, found.end, watch.rule.label
        return Event(
            id=event_id(self.camera, self.window, label, "seen", start.time),
            camera=self.camera,
            window=self.window,
            label=label,
            kind="seen",
            start_seconds=start.seconds,
            end_seconds=end.seconds if end else None,
            peak_seconds=found.peak.seconds,
            peak=min(max(found.value, 0.0), 1.0),
            start_time=start.time,
            end_time=end.time if end else None,
            confidences=dict(zip(self.classes, found.peak.confidences.tolist(), strict=True)),
        )

    def _check_labels(self) -> None:
        labels = [rule.label for rule in self.rules]
        for label in labels:
            if labels.count(label) > 1:
                raise InputError(
                    f"two rules '{label}' hold for window '{self.window}' of {self.camera}; events "
                    "of one name would be told twice. Name cameras or windows, or rename one."
                )


class _Watch:
    """One rule at work."""

    def __init__(self, rule: Rule, classes: Sequence[str]):
        self.rule = rule
        self._places = rule.places(classes)
        self._smoother = Smoother(rule.smooth_seconds, len(classes))
        self._hold = Hold(rule)

    def see(self, seconds: float, answer: NDArray[np.float64], time: datetime) -> list[Stretch]:
        value = self._smoother.see(seconds, answer)
        certainty = float(value[self._places].sum())
        may_begin = partial(self.rule.hours.holds, time)
        return self._hold.see(Moment(seconds, time, value), certainty, may_begin)

    def stop(self) -> list[Stretch]:
        self._smoother.reset()
        return self._hold.stop()
