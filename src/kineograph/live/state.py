"""How it goes: what the dashboard, the page and the log say, as plain values."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kineograph.live.evidence.writer import EvidenceStatus
from kineograph.live.sending.letters import SinkStatus
from kineograph.media.cameras.shots import CameraStatus

REMEMBERED = 2000  # delays of a camera


@dataclass(frozen=True)
class WindowState:
    """One window: what it looks like by now, and which events last."""

    name: str
    label: str | None  # None: nothing was said yet
    probability: float | None
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class CameraState:
    """One camera since the start."""

    camera: CameraStatus
    address: str  # without secrets
    windows: tuple[WindowState, ...]
    left_out: tuple[str, ...]  # windows that cannot be watched, a line each
    answers: int
    events: int
    delay_seconds: tuple[float, float] | None  # median, and 99 of 100: picture in, answer out
    failed: str = ""  # the defect that ended it

    @property
    def well(self) -> bool:
        """Whether its pictures come, or came to their end."""
        return self.camera.state in ("up", "ended") and not self.failed and not self.unseen

    @property
    def unseen(self) -> bool:
        """Whether it ended and had no picture to show, such as a file that holds none."""
        return self.camera.state == "ended" and not self.camera.frames and bool(self.camera.error)


@dataclass(frozen=True)
class WatchState:
    """Everything at one moment."""

    run: str
    engine: str
    seconds: float  # since the start
    cameras: tuple[CameraState, ...]
    evidence: EvidenceStatus
    sinks: tuple[SinkStatus, ...]
    latest: tuple[str, ...] = field(default=())  # lines about the newest events, newest last

    @property
    def well(self) -> bool:
        """Whether all cameras are there and the journal is on the disk."""
        return all(each.well for each in self.cameras) and not self.evidence.entries_waiting


class Delays:
    """The newest delays of one camera."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=REMEMBERED)

    def add(self, seconds: float) -> None:
        """From a picture's coming to its answer."""
        self._seconds.append(seconds)

    def shares(self, shares: Sequence[float]) -> tuple[float, float] | None:
        """Quantiles, or None while there is nothing."""
        if not self._seconds:
            return None
        low, high = np.quantile(list(self._seconds), shares)
        return float(low), float(high)
