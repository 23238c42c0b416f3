"""What belongs to an event is gathered while it happens: packets, probabilities, its begin and end.

Nothing here touches a disk or waits: the camera's thread adds packets, the loop adds probabilities
and events, and what is complete goes to the writer (evidence.py) as one `Job`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from kineograph.live.evidence.packets import Cut, PacketRing, RingStatus

if TYPE_CHECKING:
    from kineograph.live.evidence.clip import Hide
    from kineograph.media.cameras.packet import StoredPacket, StreamHead
    from kineograph.media.frame import Box

LAG_SECONDS = 10.0  # how much later than its begin an event may be noticed
REORDER_SECONDS = 0.5  # a picture may be sent that much later than one that is shown after it
GRACE_SECONDS = 5.0  # after which a camera that sends nothing is not waited for

Score = tuple[float, dict[str, float]]  # seconds, probability of each label


@dataclass(frozen=True)
class Source:
    """What is said of a camera in its evidence: no secrets."""

    camera: str
    address: str
    network: str  # the run's name
    hidden: Hide | None  # what makes masked parts away, where there are any
    windows: Mapping[str, Box] = field(default_factory=dict)  # of the picture, in pixels, by name


@dataclass(frozen=True)
class Job:
    """An event to be written, or a word for the journal alone (`kind`: begun, ended)."""

    kind: str
    event: dict[str, Any]
    source: Source
    cut: Cut = Cut(None, ())
    scores: tuple[Score, ...] = ()
    high: float | None = None
    low: float | None = None
    problems: tuple[str, ...] = ()

    @property
    def size_bytes(self) -> int:
        """What it holds in memory, nearly."""
        return sum(len(packet.data) for packet in self.cut.packets)


@dataclass
class _Recording:
    """An event that is not written yet."""

    event: dict[str, Any]
    high: float | None
    low: float | None
    head: StreamHead | None
    packets: list[StoredPacket]
    scores: list[Score]
    until_seconds: float | None = None  # known with its end
    deadline: float | None = None  # on this machine's own clock
    problems: list[str] = field(default_factory=list)  # why the clip ended before its time
    held_bytes: int = 0


class CameraEvidence:
    """One camera's packets and events. Safe among threads; no call waits for a disk.

    submit: takes a Job, at once. pre_roll, post_roll and longest in seconds; most_bytes bounds the
    packets held before an event, and again those of each clip.
    """

    def __init__(
        self,
        source: Source,
        submit: Callable[[Job], None],
        *,
        pre_roll_seconds: float,
        post_roll_seconds: float,
        longest_seconds: float,
        most_bytes: int,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.source = source
        self._submit = submit
        self._pre_roll_seconds, self._post_roll_seconds = pre_roll_seconds, post_roll_seconds
        self._longest_seconds, self._most_bytes = longest_seconds, most_bytes
        self._clock = clock
        self._ring = PacketRing(pre_roll_seconds + LAG_SECONDS, most_bytes)
        self._scores: dict[str, deque[Score]] = {}  # by window
        self._open: dict[str, _Recording] = {}  # by event id
        self._lock = Lock()

    def add_packet(self, packet: StoredPacket, head: StreamHead) -> None:
        """The camera's newest packet."""
        with self._lock:
            self._ring.add(packet, head)
            for recording in list(self._open.values()):
                self._lengthen(recording, packet, head)

    def add_scores(self, window: str, seconds: float, probabilities: Mapping[str, float]) -> None:
        """What the network says of a window at `seconds`."""
        score = (seconds, {label: float(share) for label, share in probabilities.items()})
        with self._lock:
            scores = self._scores.setdefault(window, deque())
            scores.append(score)
            while scores[0][0] < seconds - self._pre_roll_seconds - LAG_SECONDS:
                scores.popleft()
            for recording in list(self._open.values()):
                if recording.event.get("window") == window:
                    recording.scores.append(score)
                    self._end_if_long(recording, seconds)

    def begin(
        self, event: dict[str, Any], high: float | None = None, low: float | None = None
    ) -> None:
        """An event has begun: `Event.fields()`, with the thresholds of its rule.

        What is no sight of the network (a camera away, a test) is written at once, with what was
        last seen.
        """
        with self._lock:
            if event["id"] in self._open:
                return
            self._submit(Job("begun", event, self.source))
            since = event["start_seconds"] - self._pre_roll_seconds
            cut = self._ring.since(since)
            scores = self._scores.get(event.get("window", ""), ())
            recording = _Recording(
                event, high, low, cut.head, list(cut.packets), [s for s in scores if s[0] >= since]
            )
            recording.held_bytes = sum(len(packet.data) for packet in cut.packets)
            self._open[event["id"]] = recording
            if event.get("kind", "seen") != "seen":
                self._finish(recording)

    def end(self, event: dict[str, Any]) -> None:
        """The event is over: the same `Event.fields()` with its end; its clip runs on for a while.

        Where its evidence was written before, since it was long, the journal gets a word of it.
        """
        with self._lock:
            recording = self._open.get(event["id"])
            if recording is None:
                self._submit(Job("ended", event, self.source))
                return
            recording.event = event
            recording.until_seconds = event["end_seconds"] + self._post_roll_seconds
            recording.deadline = self._clock() + self._post_roll_seconds + GRACE_SECONDS
            if recording.problems:
                self._finish(recording)

    def gap(self) -> None:
        """The camera went away: what was open ends here."""
        with self._lock:
            for recording in list(self._open.values()):
                self._break(recording)

    def over(self) -> None:
        """A film was read to its end: what is open is written, and nothing more comes."""
        self._write_open("the film is over")

    def finish_late(self, now: float | None = None) -> None:
        """Write what waits for packets that do not come; called now and then."""
        at = self._clock() if now is None else now
        with self._lock:
            for recording in list(self._open.values()):
                if recording.deadline is not None and at >= recording.deadline:
                    recording.problems.append("the clip ends early: the camera sent no more")
                    self._finish(recording)

    def close(self) -> None:
        """Write all that is open, as far as it has come."""
        self._write_open("the program was ended")

    def status(self) -> RingStatus:
        """What is held of the time before an event."""
        return self._ring.status()

    def _write_open(self, why: str) -> None:
        with self._lock:
            for recording in list(self._open.values()):
                recording.problems.append(f"the clip ends early: {why}")
                self._finish(recording)

    def _lengthen(self, recording: _Recording, packet: StoredPacket, head: StreamHead) -> None:
        """Add a packet to a clip, or end the clip with it."""
        if recording.problems:
            return
        if not recording.packets:
            if not packet.is_key:
                return
            recording.head = head
        elif packet.stretch != recording.packets[-1].stretch or head != recording.head:
            self._break(recording)
            return
        until = recording.until_seconds
        if until is not None and packet.seconds > until + REORDER_SECONDS:
            self._finish(recording)
            return
        recording.packets.append(packet)
        recording.held_bytes += len(packet.data)
        if recording.held_bytes > self._most_bytes:
            recording.problems.append(f"the clip ends early: it is over {self._most_bytes} bytes")
            self._finish(recording)
        else:
            self._end_if_long(recording, packet.seconds)

    def _end_if_long(self, recording: _Recording, seconds: float) -> None:
        first = recording.event["start_seconds"] - self._pre_roll_seconds
        if seconds - first >= self._longest_seconds:
            recording.problems.append(
                f"the clip ends early: longest_seconds is {self._longest_seconds:g}"
            )
            self._finish(recording)

    def _break(self, recording: _Recording) -> None:
        """The stream broke: nothing more comes, but the event's end may still be told."""
        if not recording.problems:
            recording.problems.append("the clip ends early: the camera was away")
        if recording.until_seconds is not None:
            self._finish(recording)
        else:
            recording.deadline = self._clock() + GRACE_SECONDS

    def _finish(self, recording: _Recording) -> None:
        """Hand it to the writer."""
        self._open.pop(recording.event["id"], None)
        packets = _until(recording.packets, recording.until_seconds)
        self._submit(
            Job(
                "event",
                recording.event,
                self.source,
                Cut(recording.head, tuple(packets)),
                tuple(_within(recording.scores, recording.until_seconds)),
                recording.high,
                recording.low,
                tuple(recording.problems[:1]),
            )
        )


def _until(packets: Sequence[StoredPacket], seconds: float | None) -> Sequence[StoredPacket]:
    """Without those at the end that are shown later; order of decoding is kept."""
    last = len(packets)
    while seconds is not None and last > 1 and packets[last - 1].seconds > seconds:
        last -= 1
    return packets[:last]


def _within(scores: Iterable[Score], seconds: float | None) -> Iterable[Score]:
    return (score for score in scores if seconds is None or score[0] <= seconds)
