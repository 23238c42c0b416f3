"""One rule on one smoothed probability: two thresholds, a shortest length, joining, cool-down.

high  ─ ─ ─ ─ ╭──╮ ─ ─ ─ ─ ─ ─ ╭─╮ ─ ─ ─ ─
low   ─ ─ ─ ╭─╯─ ╰─╮ ─ ─ ─ ─ ╭─╯ ╰─╮─ ─ ─
      ──────╯      ╰─────────╯     ╰──────
              ├────┤ one       ├───┤ none: it cools down, or it was too short
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kineograph.live.detection.rules import Rule

SLACK_SECONDS = 1e-6  # 1.7 − 1.2 is a little less than 0.5, and meant to be it


class Moment(NamedTuple):
    """When an answer came, on both clocks, and the smoothed probabilities (V,) then."""

    seconds: float
    time: datetime
    confidences: NDArray[np.float64]


@dataclass(frozen=True)
class Stretch:
    """What a rule holds over; while it lasts, its end is None."""

    start: Moment
    peak: Moment
    value: float  # at the peak
    end: Moment | None = None


def always() -> bool:
    """A schedule without hours."""
    return True


class Hold:
    """Answer by answer, what begins (a Stretch without an end) and what ends (the same with one).

    A stretch begins at the first answer of at least `high`; it is told when it has stayed at `low`
    or more for its shortest length. It ends at the first answer under `low` that no answer of
    `high` follows within `join_seconds`.
    """

    def __init__(self, rule: Rule):
        self.rule = rule
        self._now: Stretch | None = None
        self._told = False
        self._fell: Moment | None = None  # the answer under `low` that may be its end
        self._last: Moment | None = None
        self._calm_until = -math.inf

    def see(
        self, moment: Moment, value: float, may_begin: Callable[[], bool] = always
    ) -> list[Stretch]:
        """What one answer changes; `may_begin` is asked only where something would begin."""
        rule, self._last = self.rule, moment
        changes: list[Stretch] = []
        if self._fell and _passed(self._fell, moment, rule.join_seconds):
            changes += self._close(self._fell)
        if self._now is None:
            if value >= rule.high and moment.seconds >= self._calm_until and may_begin():
                self._now = Stretch(moment, moment, value)
        elif self._fell is None and value < rule.low:
            self._fell = moment
            if not self._told or rule.join_seconds == 0:
                changes += self._close(moment)
        elif self._fell is None or value >= rule.high:
            self._fell = None
            if value > self._now.value:
                self._now = replace(self._now, peak=moment, value=value)
        return changes + self._tell(moment)

    @property
    def idle(self) -> bool:
        """Whether nothing lasts, told or not: answers under `high` then change nothing."""
        return self._now is None

    def stop(self) -> list[Stretch]:
        """End what lasts, with the last answer: nothing is known of what came after it."""
        end = self._fell or self._last
        return self._close(end) if end else []

    def _tell(self, moment: Moment) -> list[Stretch]:
        now = self._now
        if now is None or self._told:
            return []
        if not _passed(now.start, moment, self.rule.shortest_seconds):
            return []
        self._told = True
        return [now]

    def _close(self, end: Moment) -> list[Stretch]:
        told = [replace(self._now, end=end)] if self._now and self._told else []
        if told:
            self._calm_until = end.seconds + self.rule.cool_down_seconds - SLACK_SECONDS
        self._now, self._fell, self._told = None, None, False
        return told


def _passed(since: Moment, now: Moment, seconds: float) -> bool:
    return now.seconds - since.seconds >= seconds - SLACK_SECONDS
