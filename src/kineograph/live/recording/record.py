"""kineograph record: cameras in, pieces of training video out, until time or room is over.

Each camera reads in a thread of its own and cuts there; one thread writes. What waits for the disk
is bounded: of a camera, a piece that finds no room is dropped and counted; a file waits.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Event as Flag

from kineograph.errors import InputError
from kineograph.live.evidence.clip import hide
from kineograph.live.plan import CameraPlan
from kineograph.live.recording.cutter import Cutter, Piece
from kineograph.live.recording.options import RecordOptions
from kineograph.live.recording.shelf import FullError, Shelf
from kineograph.media.cameras.camera import Camera
from kineograph.media.cameras.shots import CameraStatus, Health
from kineograph.media.convert import Shown
from kineograph.media.frame import Box

LOG = logging.getLogger("kineograph.record")
POLL_SECONDS = 0.25
TELL_SECONDS = 0.5
MOST_WAITING_BYTES = 256 * 1024**2  # of packets that wait for the disk
LATEST = 8  # lines


@dataclass(frozen=True)
class RecordState:
    """How it goes, or how it went."""

    seconds: float  # since the start
    cameras: tuple[CameraStatus, ...]
    pieces: int  # since the start
    recorded_seconds: float
    recorded_bytes: int
    held_bytes: int  # in the folder, with what was there before
    dropped: int  # pieces that the disk was too slow for
    failed: int  # pieces that could not be written
    ended_because: str  # "" while it goes on, and where it was told to stop
    by_camera: Mapping[str, int] = field(default_factory=dict)  # pieces
    latest: tuple[str, ...] = ()  # lines about what happened, newest last


class Recorder:
    """Records cameras into one folder. `run` once. Raises as Shelf does."""

    def __init__(
        self, cameras: Sequence[CameraPlan], options: RecordOptions, masks: Sequence[Box] = ()
    ) -> None:
        self._options = options
        self._news = Flag()
        self._latest: deque[str] = deque(maxlen=LATEST)
        every_mask = {each.name: [*masks, *each.masks] for each in cameras}
        self._shelf = Shelf(
            options,
            {name: hide(boxes, None) for name, boxes in every_mask.items() if boxes},
            {each.name: _boxes(each) for each in cameras},
        )
        for note in self._shelf.notes:
            self._say(note)
        self._writer = _Writer(self._shelf, self._say)
        self._cutters: dict[str, Cutter] = {}
        self._cameras: dict[str, Camera[None]] = {}
        for each in cameras:
            waits = not (each.source.live or each.options.as_camera)
            submit = partial(self._writer.submit, waits=waits)
            cutter = Cutter(each.name, options, submit, live=each.source.live)
            self._cutters[each.name] = cutter
            self._cameras[each.name] = Camera(
                each.source, each.options, _nothing, cutter.add, self._news
            )
        self._ended: set[str] = set()
        self._began = time.monotonic()

    def run(
        self, stop: Flag, tell: Callable[[RecordState], None] = lambda state: None
    ) -> RecordState:
        """Until `stop`, until the time or the room is over, or until all files have ended."""
        told, because = self._began, ""
        try:
            for camera in self._cameras.values():
                camera.start()
            while not stop.is_set() and not (because := self._over()):
                self._news.wait(POLL_SECONDS)
                self._news.clear()
                while self._turn() and not stop.is_set() and not self._over():
                    told = self._tell(tell, told)
                told = self._tell(tell, told)
        finally:
            for name, camera in self._cameras.items():
                camera.stop()
                self._cutters[name].finish()
            self._writer.close()
            self._shelf.close()
        state = self._state(self._writer.full or because)  # it may come to that at the very last
        tell(state)
        return state

    def _over(self) -> str:
        if self._writer.full:
            return self._writer.full
        limit = self._options.for_seconds
        if limit is not None and time.monotonic() - self._began >= limit:
            return f"{limit:g} s are over"
        return "all files have ended" if len(self._ended) == len(self._cameras) else ""

    def _turn(self) -> bool:
        """What the cameras tell of themselves. Whether there was anything."""
        came = False
        for name, camera in self._cameras.items():
            for item in camera.take():
                came = True
                if not isinstance(item, Health):
                    continue
                if item.kind == "ended":
                    self._ended.add(name)
                    self._cutters[name].finish()
                self._say(f"{name}: {item.kind}. {item.reason}".strip())
        return came

    def _tell(self, tell: Callable[[RecordState], None], told: float) -> float:
        """Twice a second; when that was."""
        if time.monotonic() - told < TELL_SECONDS:
            return told
        tell(self._state(""))
        return time.monotonic()

    def _state(self, because: str) -> RecordState:
        writer = self._writer
        return RecordState(
            seconds=time.monotonic() - self._began,
            cameras=tuple(camera.status() for camera in self._cameras.values()),
            pieces=sum(writer.pieces.values()),
            recorded_seconds=writer.seconds,
            recorded_bytes=writer.written_bytes,
            held_bytes=self._shelf.held_bytes,
            dropped=writer.dropped,
            failed=writer.failed,
            ended_because=because,
            by_camera={name: writer.pieces.get(name, 0) for name in self._cameras},
            latest=tuple(self._latest),
        )

    def _say(self, line: str) -> None:
        self._latest.append(f"{time.strftime('%H:%M:%S')}  {line}")
        LOG.info("%s", line)


class _Writer:
    """The thread that writes pieces, one after the other."""

    def __init__(self, shelf: Shelf, say: Callable[[str], None]) -> None:
        self._shelf, self._say = shelf, say
        self._waiting: deque[Piece] = deque()
        self._waiting_bytes = 0
        self._changed = threading.Condition()
        self._ending = False
        self.pieces: dict[str, int] = {}
        self.seconds, self.written_bytes = 0.0, 0
        self.dropped = self.failed = 0
        self.full = ""  # why there is no more room
        self._thread = threading.Thread(target=self._run, name="recording", daemon=True)
        self._thread.start()

    def submit(self, piece: Piece, waits: bool) -> None:
        """Into the queue; where there is no room, wait for some or drop it."""
        with self._changed:

            def has_room() -> bool:
                more = self._waiting_bytes + piece.size_bytes
                return not self._waiting or more <= MOST_WAITING_BYTES or bool(self.full)

            if waits:
                self._changed.wait_for(has_room)
            if not has_room():
                self.dropped += 1
                self._say(f"{piece.camera}: a piece was dropped, since the disk is too slow")
                return
            self._waiting.append(piece)
            self._waiting_bytes += piece.size_bytes
            self._changed.notify_all()

    def close(self) -> None:
        """Write what waits."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._ending)
                if not self._waiting:
                    return
                piece = self._waiting[0]
            if not self.full:
                self._write(piece)
            with self._changed:
                self._waiting.popleft()
                self._waiting_bytes -= piece.size_bytes
                self._changed.notify_all()

    def _write(self, piece: Piece) -> None:
        """Whatever a codec or a disk does to one piece, the next one is tried."""
        try:
            entry = self._shelf.add(piece)
        except FullError as error:
            self.full = str(error)
        except Exception as error:
            self.failed += 1
            words = " ".join((getattr(error, "strerror", None) or str(error)).split())
            self._say(f"{piece.camera}: a piece could not be written: {words}")
            if not isinstance(error, InputError | OSError):
                LOG.exception("%s", piece.camera)
        else:
            self.pieces[piece.camera] = self.pieces.get(piece.camera, 0) + 1
            self.seconds += piece.seconds
            self.written_bytes += entry["bytes"]


def _boxes(camera: CameraPlan) -> dict[str, Box]:
    return {name: box for name, box in camera.boxes.items() if box is not None}


def _nothing(shown: Shown) -> None:
    """Pictures are decoded to know the camera's clock and health, and not kept."""
