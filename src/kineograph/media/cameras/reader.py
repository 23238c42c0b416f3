"""The thread that opens a source, reads it and opens it again; if it hangs, it is left behind."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

import av

from kineograph.errors import InputError
from kineograph.media.cameras.connection import Connection, Piece, connect, lost_because, open_file
from kineograph.media.cameras.options import CameraOptions, retry_seconds
from kineograph.media.cameras.source import Source

_FAILURES = (InputError, av.error.FFmpegError, OSError, EOFError, ValueError, MemoryError)


class LeftBehindError(Exception):
    """This reader's work is no longer wanted; whatever it holds is dropped."""


class SourceFailedError(Exception):
    """Something foreign failed: the source, the system or a library, never this program."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


class Intake(Protocol):
    """Who is given what a reader reads; called from its thread."""

    def connected(self) -> None:
        """A connection was opened."""

    def take_in(self, reader: Reader, connection: Connection, piece: Piece) -> int:
        """What a packet brought; gives how many of its pictures were shown."""

    def lost(self, error: InputError) -> None:
        """A connection could not be opened, or ended."""

    def ended(self) -> None:
        """Nothing follows."""

    def fault(self, error: BaseException) -> None:
        """This program is at fault, and the thread ends."""


class Reader(threading.Thread):
    """Reads one source from file number `first` on; never more than one piece ahead."""

    def __init__(
        self, source: Source, files: list[Path], options: CameraOptions, intake: Intake, first: int
    ) -> None:
        super().__init__(name=f"camera {source.name}", daemon=True)
        self.file_number = first
        self._source = source
        self._files = files
        self._options = options
        self._intake = intake
        self._left = threading.Event()  # told to end, or left behind
        self._guard = threading.Lock()
        self._deadline: float | None = None  # of the foreign call it is in
        self._cut: Callable[[], None] | None = None
        self._chance = random.Random()

    def run(self) -> None:
        """Until it is told to end, or the files have ended."""
        try:
            if self._source.live:
                self._follow()
            else:
                self._play()
        except LeftBehindError:
            pass
        except BaseException as error:  # a defect: told to whoever takes from the camera
            if not self._left.is_set():
                self._intake.fault(error)

    def pause(self, seconds: float) -> None:
        """Wait, or raise LeftBehindError if it is told to end meanwhile."""
        if self._left.wait(max(seconds, 0.0)):
            raise LeftBehindError

    def leave(self) -> None:
        """Tell it to end; what it waits for in the network is cut where that can be done."""
        self._left.set()
        cut = self._cut
        if cut is not None:
            cut()

    def leave_if_stuck(self) -> bool:
        """Whether it has been in one foreign call for too long; then its work is refused."""
        with self._guard:
            if self._deadline is None or time.monotonic() < self._deadline:
                return False
            self._left.set()
        self.leave()
        return True

    def _follow(self) -> None:
        attempt = 0
        while True:
            try:
                connection = self._opened(
                    partial(connect, self._source, self._options, self._on_way)
                )
                for _ in self._read(connection):
                    attempt = 0
            except SourceFailedError as failed:
                self._intake.lost(lost_because(failed.error, self._source))
            else:
                ended = InputError(f"{self._source.shown}: the stream ended. It is opened again.")
                self._intake.lost(ended)
            self.pause(retry_seconds(attempt, self._options, self._chance))
            attempt += 1

    def _play(self) -> None:
        while self.file_number < len(self._files):
            file = self._files[self.file_number]
            shown = 0
            try:
                for count in self._read(self._opened(partial(open_file, file, self._options))):
                    shown += count
                if not shown:
                    words = f"{file}: none of its pictures can be decoded. Copy it again."
                    self._intake.lost(InputError(words))
            except SourceFailedError as failed:
                self._intake.lost(_broken_file(file, failed.error, shown))
            self.file_number += 1
        self._intake.ended()

    def _opened(self, open_it: Callable[[], Connection]) -> Connection:
        """What opens at last when nobody wants it any more is closed at once."""
        connection: Connection | None = None
        try:
            with self._foreign():
                connection = open_it()
        except LeftBehindError:
            if connection is not None:
                connection.close()
            raise
        assert connection is not None  # or _foreign has raised
        return connection

    def _read(self, connection: Connection) -> Iterator[int]:
        """Hand on piece by piece; yields after each that brought a picture how many it brought."""
        longest = self._options.open_seconds + self._options.read_seconds
        try:
            self._intake.connected()
            pieces, latest = connection.pieces(), time.monotonic()
            while (piece := self._next(pieces)) is not None:
                began = time.monotonic()
                count = self._intake.take_in(self, connection, piece)
                if count:
                    yield count
                    latest = time.monotonic()
                elif self._source.live and began - latest > longest:
                    words = f"sends data, but no picture for {longest:g} s. It is opened again."
                    raise SourceFailedError(InputError(f"{self._source.shown}: {words}"))
        finally:
            self._cut = None
            with self._foreign(wanted=False):  # how closing fails is nobody's business
                connection.close()

    def _next(self, pieces: Iterator[Piece]) -> Piece | None:
        with self._foreign():
            return next(pieces, None)

    @contextmanager
    def _foreign(self, wanted: bool = True) -> Iterator[None]:
        """Around what may hang in the system or in a library."""
        with self._guard:
            longest = self._options.open_seconds + self._options.read_seconds
            self._deadline = time.monotonic() + longest
        failed: Exception | None = None
        try:
            yield
        except _FAILURES as error:
            failed = error
        finally:
            with self._guard:
                self._deadline = None
        if wanted:
            self._check_wanted()
            if failed is not None:
                raise SourceFailedError(failed) from failed

    def _check_wanted(self) -> None:
        if self._left.is_set():
            raise LeftBehindError

    def _on_way(self, cut: Callable[[], None]) -> None:
        self._cut = cut
        self._check_wanted()


def _broken_file(file: Path, error: Exception, shown: int) -> InputError:
    if isinstance(error, InputError):
        return error
    reason = (getattr(error, "strerror", None) or type(error).__name__).lower()
    return InputError(
        f"{file}: cannot be read after {shown} pictures ({reason}). Copy the file again."
    )
