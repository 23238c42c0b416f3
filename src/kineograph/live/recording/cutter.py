"""A camera's packets as they come -> pieces, each from a key frame on, with the time when it began.

Nothing here waits or touches a disk: it runs in the camera's reading thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import floor, inf
from threading import Lock
from typing import TYPE_CHECKING

from kineograph.live.evidence.packets import Cut

if TYPE_CHECKING:
    from kineograph.live.recording.options import RecordOptions
    from kineograph.media.cameras.packet import StoredPacket, StreamHead

MOST_PIECE_BYTES = 64 * 1024**2  # then a piece ends, however short it is


@dataclass(frozen=True)
class Piece:
    """Packets of one stretch of one camera, to be written as one file."""

    camera: str
    cut: Cut
    start_time: datetime  # UTC, of its first picture
    seconds: float

    @property
    def size_bytes(self) -> int:
        """What its packets hold."""
        return sum(len(packet.data) for packet in self.cut.packets)


class Cutter:
    """Cuts one camera's stream; `submit` is given each piece as soon as it is whole.

    live: pictures come now, so a piece begins when its first packet came; else the time runs on
    with the file from when it was opened.
    """

    def __init__(
        self,
        camera: str,
        options: RecordOptions,
        submit: Callable[[Piece], None],
        *,
        live: bool,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ):
        self._camera, self._options, self._submit = camera, options, submit
        self._live, self._now = live, now
        self._until_seconds = options.for_seconds or inf
        self._due_seconds = -inf  # when the next piece may begin
        self._zero: datetime | None = None  # of a file: when it was opened
        self._head: StreamHead | None = None
        self._packets: list[StoredPacket] = []
        self._held_bytes = 0
        self._start_time = datetime.min
        self._lock = Lock()

    def add(self, packet: StoredPacket, head: StreamHead) -> None:
        """The camera's newest packet."""
        with self._lock:
            if self._packets and self._ends_before(packet, head):
                self._finish()
            if not self._packets:
                if not packet.is_key or not self._due_seconds <= packet.seconds:
                    return
                if packet.seconds >= self._until_seconds:
                    return
                self._begin(packet, head)
            elif packet.seconds < self._packets[0].seconds:
                return  # shown before its key frame, made of pictures that the last piece holds
            self._packets.append(packet)
            self._held_bytes += len(packet.data)

    def finish(self) -> None:
        """No more comes: hand on what there is."""
        with self._lock:
            if self._packets:
                self._finish()

    def _ends_before(self, packet: StoredPacket, head: StreamHead) -> bool:
        """Whether a packet belongs to no piece, or to the next one."""
        first, last = self._packets[0], self._packets[-1]
        if packet.stretch != last.stretch or head != self._head:
            return True
        if self._held_bytes + len(packet.data) > MOST_PIECE_BYTES:
            return True
        if packet.seconds >= self._until_seconds:
            return True
        # What follows a piece of all that comes must be able to begin; elsewhere nothing follows.
        may_end = packet.is_key or self._options.every_seconds is not None
        return may_end and packet.seconds - first.seconds >= self._options.clip_seconds

    def _begin(self, packet: StoredPacket, head: StreamHead) -> None:
        self._head, self._held_bytes = head, 0
        if self._zero is None:
            self._zero = self._now() - timedelta(seconds=packet.seconds)
        since = timedelta(seconds=packet.seconds)
        self._start_time = self._now() if self._live else self._zero + since
        every = self._options.every_seconds
        if every is not None:
            self._due_seconds = (floor(packet.seconds / every) + 1) * every

    def _finish(self) -> None:
        packets, self._packets = tuple(self._packets), []
        last = max(packets, key=lambda packet: packet.seconds)
        end = last.seconds + float(last.duration * last.time_base)
        seconds = end - packets[0].seconds
        self._submit(Piece(self._camera, Cut(self._head, packets), self._start_time, seconds))
