"""A camera, or a file: what is made of its pictures, in order, for whoever never waits for them.

One thread reads (camera_reader.py). Whoever takes shots also looks after that thread: where it
hangs in the system or in a library, it is left behind and another one begins.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Generic, TypeVar

import av

from kineograph.errors import InputError
from kineograph.media.cameras.clock import CameraClock
from kineograph.media.cameras.connection import Connection, PacketConnection, Piece
from kineograph.media.cameras.options import CameraOptions
from kineograph.media.cameras.packet import StoredPacket, StreamHead
from kineograph.media.cameras.reader import Reader
from kineograph.media.cameras.shots import (
    CameraStatus,
    Health,
    HealthKind,
    Shot,
    State,
    WaitingLine,
)
from kineograph.media.cameras.source import Source
from kineograph.media.cameras.still import StillPicture
from kineograph.media.convert import Shown
from kineograph.media.listing import VIDEO_SUFFIXES, list_media

T = TypeVar("T")
OnPacket = Callable[[StoredPacket, StreamHead], None]

_MOST_HELD = 600  # packets before the first picture: half a minute at most rates
_MOST_HANGING = 4  # threads left behind; a system that holds more will hold the next one too


class Camera(Generic[T]):
    """Start it, `take` from it often, and stop it; or use it as a context.

    `make` turns a picture into what is worth waiting in line (cropped, shrunk); it runs in the
    reading thread, and a picture for which it raises InputError is counted as broken. `on_packet`
    is given every original packet, in that thread too: it must be quick. `news` is set whenever
    something can be taken. A file that is not played `as_camera` waits for the taker and loses
    nothing; all else drops its oldest shots.
    """

    def __init__(
        self,
        source: Source,
        options: CameraOptions,
        make: Callable[[Shown], T],
        on_packet: OnPacket | None = None,
        news: threading.Event | None = None,
    ) -> None:
        self.source = source
        self.options = options
        self._make = make
        self._on_packet = on_packet
        self._news = news or threading.Event()
        self._paced = source.live or options.as_camera
        self._files = [] if source.live else _files_of(source)
        self._line: WaitingLine[T] = WaitingLine(options.queue_frames)
        self._clock = CameraClock(options.gap_seconds, by_wall=source.live)
        self._still = StillPicture(min(0.5, options.frozen_seconds / 4))
        self._held: list[av.Packet] = []  # of this connection, until its clock is known
        self._placed = False  # whether it is
        self._index = 0  # of the next picture
        self._reader: Reader | None = None
        self._hanging: list[Reader] = []
        self._guard = threading.RLock()  # over all that follows: the taker looks at it too
        self._began = (0.0, datetime.now(UTC))  # of the clock: wall seconds, time
        self._latest_wall: float | None = None  # when the last picture came
        self._since_wall = 0.0  # since when one is awaited
        self._state: State = "connecting"
        self._frames = self._broken = self._reconnects = 0
        self._error = ""
        self._fault: BaseException | None = None

    def start(self) -> None:
        """Begin to read. Call it once."""
        assert self._reader is None, "a camera is started once"
        self._since_wall = time.monotonic()
        self._begin_reader(0)

    def take(self, most: int = 64) -> list[Shot[T] | Health]:
        """The next ones, `most` at most, in order; never waits.

        Take every few seconds at least: a camera that is away, and a thread that hangs, are noticed
        here. A defect of this program or of `make` is raised here too.
        """
        if self._fault is not None:
            raise self._fault
        self._look_after_reader()
        self._look_whether_away()
        return self._line.take(most)

    def status(self) -> CameraStatus:
        """Its counters now."""
        with self._guard:
            age = None if self._latest_wall is None else time.monotonic() - self._latest_wall
            return CameraStatus(
                name=self.source.name,
                state=self._state,
                frames=self._frames,
                dropped=self._line.dropped,
                broken=self._broken,
                reconnects=self._reconnects,
                last_frame_age_seconds=age,
                error=self._error,
            )

    def stop(self) -> None:
        """End the reading thread, in less than `read_seconds`; one that hangs is left behind."""
        self._line.close()
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.leave()
            reader.join(0.95 * self.options.read_seconds)
        with self._guard:
            self._state = "ended"

    def __enter__(self) -> Camera[T]:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    # What the reading thread tells (camera_reader.Intake)

    def connected(self) -> None:
        """A connection was opened: its clock, its packets and its picture are new ones."""
        with self._guard:
            self._clock.connect()
            self._placed = False
            self._held.clear()

    def take_in(self, reader: Reader, connection: Connection, piece: Piece) -> int:
        """A packet and its pictures, which wait their turn if a file is played as a camera."""
        with self._guard:
            self._broken += piece.broken
            self._frames += len(piece.shown)
            placed = [self._place(shown) for shown in piece.shown]
        if isinstance(connection, PacketConnection) and self._on_packet is not None:
            self._offer(connection, piece)
        for shown, (seconds, stretch) in zip(piece.shown, placed, strict=True):
            self._show(reader, shown, seconds, stretch)
        return len(placed)

    def lost(self, error: InputError) -> None:
        """A connection could not be opened, or ended, or a file cannot be read."""
        with self._guard:
            self._error = str(error)
            if self.source.live:
                self._reconnects += 1
                if self._state == "up":
                    self._state = "connecting"
            else:
                self._broken += 1

    def ended(self) -> None:
        """The files are read to their end."""
        with self._guard:
            self._tell("ended", self._clock.end_seconds, self._error)
            self._state = "ended"

    def fault(self, error: BaseException) -> None:
        """A defect of this program: it is raised where shots are taken."""
        self._fault = error
        self._news.set()

    # Inside

    def _place(self, shown: Shown) -> tuple[float, int]:
        """Where a picture stands on the camera's clock, and in which stretch."""
        wall = time.monotonic()
        seconds = self._clock.place(shown.seconds, shown.until_seconds, wall)
        if self._latest_wall is None:
            self._began = (wall - seconds, datetime.now(UTC) - timedelta(seconds=seconds))
        self._latest_wall = wall
        self._placed = True
        return seconds, self._clock.stretch

    def _offer(self, connection: PacketConnection, piece: Piece) -> None:
        """Hand on copies of packets; those before a connection's first picture wait for its clock.

        They are told by their own stamps, so the order and the gaps are those of the stream.
        """
        assert self._on_packet is not None
        if piece.packet is not None:
            self._held.append(piece.packet)
            del self._held[:-_MOST_HELD]
        if not self._placed:
            return
        for packet in self._held:
            self._on_packet(
                *connection.store(packet, self._clock.base_seconds, self._clock.stretch)
            )
        self._held.clear()

    def _show(self, reader: Reader, shown: Shown, seconds: float, stretch: int) -> None:
        if self._paced and not self.source.live:
            reader.pause(self._began[0] + seconds - time.monotonic())
        index, self._index = self._index, self._index + 1
        try:
            same = self._still.same_for(shown.load(), seconds) if self._paced else 0.0
            self._judge(same, seconds)
            value = self._make(replace(shown, index=index, seconds=seconds))
        except (InputError, av.error.FFmpegError) as error:
            with self._guard:
                self._broken += 1
                self._error = str(error)
            return
        shot = Shot(value, seconds, self._time(seconds), stretch, index)
        if self._paced:
            self._line.push(shot)
            self._news.set()
        else:
            self._line.wait_and_push(shot, self._news)

    def _judge(self, same_seconds: float, seconds: float) -> None:
        """A picture came: the camera is back, up, or frozen."""
        with self._guard:
            still = same_seconds >= self.options.frozen_seconds
            if self._state == "away" or (self._state == "frozen" and not still):
                self._tell("back", seconds)
                self._state = "up"
            elif self._state == "connecting":
                self._state = "up"
            if still and self._state == "up":
                self._tell("frozen", seconds, f"the same picture for {same_seconds:.0f} s")
                self._state = "frozen"

    def _look_whether_away(self) -> None:
        with self._guard:
            if not self.source.live or self._state in ("away", "ended"):
                return
            wall = time.monotonic()
            awaited = wall - (self._latest_wall or self._since_wall)
            if awaited > self.options.grace_seconds:
                self._tell("away", self._clock.now(wall), self._error or "no picture comes")
                self._state = "away"

    def _look_after_reader(self) -> None:
        """Replace a reader that hangs, unless too many do."""
        reader = self._reader
        if reader is None:
            return
        if reader not in self._hanging:
            if not reader.leave_if_stuck():
                return
            self._hanging.append(reader)
            place = self.source.shown
            if not self.source.live:
                place = str(self._files[reader.file_number])
            self.lost(InputError(f"{place}: hangs when it is read. It is left behind."))
        self._hanging = [each for each in self._hanging if each.is_alive()]
        if len(self._hanging) < _MOST_HANGING:
            self._begin_reader(reader.file_number + 1)

    def _begin_reader(self, first: int) -> None:
        self._reader = Reader(self.source, self._files, self.options, self, first)
        self._reader.start()

    def _tell(self, kind: HealthKind, seconds: float, reason: str = "") -> None:
        self._line.tell(Health(kind, seconds, self._time(seconds), reason))
        self._news.set()

    def _time(self, seconds: float) -> datetime:
        """Of a live camera's picture, the time when it came; of a file's, as if it were played."""
        if self.source.live:
            return datetime.now(UTC)
        return self._began[1] + timedelta(seconds=seconds)


def _files_of(source: Source) -> list[Path]:
    """The videos of a folder one after the other; without one, its pictures are the clip."""
    path = Path(source.address)
    if source.kind == "file":
        return [path]
    return list_media(path, suffixes=VIDEO_SUFFIXES) or [path]
