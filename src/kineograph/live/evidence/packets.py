"""The last seconds of a camera as it sent them: a ring of coded packets, from key frame on.

An event is noticed after it has begun, so what came before is kept at all times; a decoder can
begin only at a key frame, so whole groups of pictures come and go.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import isfinite
from threading import Lock
from typing import TYPE_CHECKING

from kineograph.errors import InputError

if TYPE_CHECKING:
    from kineograph.media.cameras.packet import StoredPacket, StreamHead


@dataclass(frozen=True)
class Cut:
    """Packets of one stream in order of decoding, the first of them a key frame; or nothing."""

    head: StreamHead | None
    packets: tuple[StoredPacket, ...]


@dataclass(frozen=True)
class RingStatus:
    """How much is held, and how many packets were given up because they were too large."""

    seconds: float
    held_bytes: int
    given_up: int


class PacketRing:
    """Keeps packets back to the key frame at or before `pre_roll_seconds`, within `most_bytes`.

    A reconnect or a new head begins anew, but only with its first key frame: until then, what was
    last seen can still be taken. Safe among threads; each packet costs the same. Raises InputError
    for a length or a bound that is not positive.
    """

    def __init__(self, pre_roll_seconds: float, most_bytes: int):
        if not (pre_roll_seconds >= 0 and isfinite(pre_roll_seconds)) or most_bytes < 1:
            raise InputError(
                f"packets kept: {pre_roll_seconds:g} s, {most_bytes} bytes; the past has a length "
                "and takes room. Give 0 seconds or more, and 1 byte or more."
            )
        self._pre_roll_seconds = pre_roll_seconds
        self._most_bytes = most_bytes
        self._lock = Lock()
        self._groups: deque[list[StoredPacket]] = deque()  # each begins with its key frame
        self._head: StreamHead | None = None
        self._newest_seconds = 0.0
        self._held_bytes = 0
        self._given_up = 0

    def add(self, packet: StoredPacket, head: StreamHead) -> None:
        """Take the newest packet of the stream."""
        with self._lock:
            if not self._goes_on(packet, head):
                if not packet.is_key:
                    return  # nothing can be decoded before the first key frame
                self._groups.clear()
                self._held_bytes, self._newest_seconds = 0, packet.seconds
                self._head = head
            if packet.is_key:
                self._groups.append([])
            self._groups[-1].append(packet)
            self._held_bytes += len(packet.data)
            self._newest_seconds = max(self._newest_seconds, packet.seconds)
            self._forget()

    def since(self, seconds: float) -> Cut:
        """All packets from the key frame at or before `seconds` on, or from the oldest one held."""
        with self._lock:
            first = 0
            for place, group in enumerate(self._groups):
                if group[0].seconds <= seconds:
                    first = place
            chosen = list(self._groups)[first:]
            return Cut(self._head, tuple(packet for group in chosen for packet in group))

    def status(self) -> RingStatus:
        """What is held now."""
        with self._lock:
            oldest = self._groups[0][0].seconds if self._groups else self._newest_seconds
            return RingStatus(self._newest_seconds - oldest, self._held_bytes, self._given_up)

    def _goes_on(self, packet: StoredPacket, head: StreamHead) -> bool:
        """Whether it belongs to what is held."""
        return (
            bool(self._groups)
            and head == self._head
            and packet.stretch == self._groups[-1][-1].stretch
        )

    def _forget(self) -> None:
        """Let go of what is too old, and of the oldest where there is too much."""
        wanted_seconds = self._newest_seconds - self._pre_roll_seconds
        while len(self._groups) > 1 and self._groups[1][0].seconds <= wanted_seconds:
            self._drop_oldest()
        while self._groups and self._held_bytes > self._most_bytes:
            self._given_up += self._drop_oldest()

    def _drop_oldest(self) -> int:
        """Its number of packets."""
        oldest = self._groups.popleft()
        self._held_bytes -= sum(len(packet.data) for packet in oldest)
        return len(oldest)
