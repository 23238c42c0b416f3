"""The outbox: what is put there is sent to every sink at least once, in order, come what may.

    with Outbox(folder / "outbox.db", make_sinks(options)) as outbox:
        outbox.put(event.fields(), files)          # on the disk when this returns

One thread a sink. A message is marked as sent after the sink has taken it, so a program killed in
between sends it again under the same key. Nothing newer overtakes a message that waits, until it
is taken, refused for good, or older than the deadline: then it becomes a dead letter, which is
kept, counted, and can be revived.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kineograph.errors import InputError
from kineograph.live.sending.letters import DeadLetter, Letters, SinkStatus
from kineograph.live.sending.message import Refused, Sink, first_line, message_of

LEAST_TRIES = 5  # before a letter is dead of age: those behind it have aged too, as has
# everything that was put before a machine without a battery had learned the time
DAY_SECONDS = 24 * 3600.0
STOP_SECONDS = 5.0  # a sink that is still sending then is left to the next start
OUTBOX = "outbox.db"  # its usual name, in the folder of the evidence
LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """How long to try: waits of 1, 2, 4 … 60 s, each shortened at random by up to a half."""

    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 60.0
    deadline_seconds: float = 6 * 3600.0  # since it was put; then it is a dead letter
    keep_days: float = 30.0  # what was sent, so that the same event put again is known

    def __post_init__(self) -> None:
        """Refuse waits that are no waits."""
        if not 0 < self.first_wait_seconds <= self.longest_wait_seconds:
            raise InputError(
                f"waits from {self.first_wait_seconds:g} to {self.longest_wait_seconds:g} s: must "
                "grow from above 0. Leave them away for 1 to 60 s."
            )
        if self.deadline_seconds <= 0 or self.keep_days <= 0:
            raise InputError(
                f"deadline of {self.deadline_seconds:g} s, kept {self.keep_days:g} days: both must "
                "be above 0. Leave them away for 6 hours and 30 days."
            )

    def wait_seconds(self, failures: int, chance: float) -> float:
        """How long to wait after so many failures one after another; `chance` in [0, 1)."""
        doublings = min(failures - 1, 60)
        whole = min(self.longest_wait_seconds, self.first_wait_seconds * 2**doublings)
        return whole * (1 - chance / 2)


@dataclass(frozen=True)
class Clock:
    """Where the time comes from, and how it passes; a test brings its own."""

    now: Callable[[], float] = time.time  # Unix seconds: a deadline outlives the program
    wait: Callable[[threading.Event, float | None], object] = threading.Event.wait
    chance: Callable[[], float] = random.random


class Outbox:
    """Sends from `path` to `sinks`, by their names, from now on until `close`.

    Raises InputError if another program has the file.
    """

    def __init__(
        self,
        path: Path,
        sinks: Mapping[str, Sink],
        *,
        patience: Patience | None = None,
        clock: Clock | None = None,
    ):
        self._patience, self._clock = patience or Patience(), clock or Clock()
        self._letters = Letters(Path(path))
        self._stop = threading.Event()
        self._settled = threading.Condition()
        self._lines = [
            _Line(name, sink, self._letters, self._patience, self._clock)
            for name, sink in sinks.items()
        ]
        self._forgotten = 0.0
        self._forget()
        self._threads = [
            threading.Thread(target=self._work, args=(line,), name=f"to {line.name}", daemon=True)
            for line in self._lines
        ]
        for thread in self._threads:
            thread.start()

    def put(self, event_fields: Mapping[str, Any], files: Sequence[Path] = ()) -> bool:
        """Keep an event's begin or end for every sink; it is on the disk when this returns.

        Files are named, not copied. Returns False if the same was put before: nothing changes.
        Raises InputError if it cannot be written.
        """
        message = message_of(event_fields, files)
        new = self._letters.add(message, [line.name for line in self._lines], self._clock.now())
        for line in self._lines:
            line.news.set()
        return new

    def handed_over(self, event_id: str) -> bool:
        """Whether no sink is still to be told of an event."""
        return not self._letters.waits(event_id)

    def status(self) -> list[SinkStatus]:
        """Counts for each sink; also for one that is named no more while letters wait for it."""
        return self._letters.status([line.name for line in self._lines])

    def dead(self, sink: str | None = None) -> list[DeadLetter]:
        """The dead letters of one sink or of all, oldest first."""
        return self._letters.dead(sink)

    def revive(self, sink: str | None = None, key: str | None = None) -> int:
        """Try dead letters again: all, those of a sink, or one key. Returns how many."""
        revived = self._letters.revive(sink, key, self._clock.now())
        for line in self._lines:
            line.news.set()
        return revived

    def drain(self, seconds: float) -> bool:
        """Wait until nothing waits for a sink, so long at most. Returns whether it came to that."""
        end = time.monotonic() + seconds
        named = {line.name for line in self._lines}
        with self._settled:
            while any(each.waiting for each in self.status() if each.name in named):
                left = end - time.monotonic()
                if left <= 0:
                    return False
                self._settled.wait(left)
        return True

    def close(self, seconds: float = STOP_SECONDS) -> None:
        """Stop sending; what still waits is sent after the next start."""
        if self._stop.is_set():
            return
        self._stop.set()
        for line in self._lines:
            line.news.set()
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        for line in self._lines:
            line.close()
        self._letters.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _work(self, line: "_Line") -> None:
        """A sink's thread: step after step until the outbox is closed."""
        while not self._stop.is_set():
            try:
                pause = line.step()
                self._forget()
            except Exception as error:  # a full disk, say: the letters are where they were
                if self._stop.is_set():
                    return
                LOG.error("%s: the outbox cannot be read or written: %s", line.name, error)
                pause = self._patience.longest_wait_seconds
            with self._settled:
                self._settled.notify_all()
            if pause is None:
                self._clock.wait(line.news, None)
            elif pause > 0:
                self._clock.wait(self._stop, pause)

    def _forget(self) -> None:
        """Once a day, drop what was sent long ago."""
        now = self._clock.now()
        if abs(now - self._forgotten) >= DAY_SECONDS:
            self._forgotten = now
            self._letters.forget(now - self._patience.keep_days * DAY_SECONDS)


@dataclass
class _Line:
    """Those who wait for one sink, first come, first served."""

    name: str
    sink: Sink
    letters: Letters
    patience: Patience
    clock: Clock
    news: threading.Event = field(default_factory=threading.Event)
    _head: int = 0  # the letter that was tried last
    _failures: int = 0  # of it, one after another, since this program began
    _taken: int = 0  # a letter that the sink has, though the file may not say so yet

    def step(self) -> float | None:
        """Try the first letter. Returns the seconds to wait; None: until there is news."""
        self.news.clear()
        letter = self.letters.first(self.name)
        if letter is None:
            return None
        if letter.number != self._head:
            self._head, self._failures = letter.number, 0
        if letter.number != self._taken:
            try:
                self.sink.send(letter.message)
            except Exception as error:  # whatever a sink raises must not end its thread
                age = self.clock.now() - letter.since
                late = age >= self.patience.deadline_seconds and letter.tries + 1 >= LEAST_TRIES
                return self._failed(letter.number, letter.message.key, error, late)
            self._taken = letter.number
        self.letters.sent(self.name, letter.number, self.clock.now())
        return 0.0

    def close(self) -> None:
        """Let the sink go; nothing that it says then can help anyone."""
        try:
            self.sink.close()
        except Exception as error:
            LOG.warning("%s: %s", self.name, first_line(error))

    def _failed(self, number: int, key: str, error: Exception, late: bool) -> float:
        said, dead = first_line(error), late or isinstance(error, Refused)
        self._failures += 1
        self.letters.failed(self.name, number, said, self.clock.now(), dead=dead)
        if dead:
            LOG.error("%s: %s is a dead letter: %s", self.name, key, said)
            return 0.0
        pause = self.patience.wait_seconds(self._failures, self.clock.chance())
        LOG.warning("%s: %s not sent: %s; again in %.0f s", self.name, key, said, pause)
        return pause
