"""The outbox's file: an SQLite database of messages, and a letter of each to every sink.

A transaction is on the disk when it returns (write-ahead log, synchronous=FULL). One program holds
the file at a time; the system lets go of it when that program ends, however it ends.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kineograph.errors import InputError
from kineograph.live.sending.message import PHASES, Message

VERSION = 1
HELD_SECONDS = 2.0  # a program that is ending may hold the file so long
TABLES = (
    """CREATE TABLE IF NOT EXISTS messages (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL UNIQUE,
        event TEXT NOT NULL,
        files TEXT NOT NULL,
        put_time REAL NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS letters (
        sink TEXT NOT NULL,
        number INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'dead')),
        since REAL NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        error TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (sink, number)) WITHOUT ROWID""",
    # SQLite takes a partial index only where a query repeats its condition, word by word
    "CREATE INDEX IF NOT EXISTS unsent ON letters (sink, number) WHERE state != 'sent'",
    "CREATE INDEX IF NOT EXISTS of_message ON letters (number)",
    """CREATE TABLE IF NOT EXISTS sinks (
        name TEXT PRIMARY KEY,
        sent INTEGER NOT NULL DEFAULT 0,
        sent_time REAL,
        error TEXT NOT NULL DEFAULT '',
        error_time REAL)""",
)


@dataclass(frozen=True)
class Letter:
    """A message on its way to one sink."""

    number: int
    message: Message
    since: float  # Unix seconds: when it was put, or revived
    tries: int  # that failed


@dataclass(frozen=True)
class DeadLetter:
    """A message that a sink never took, and why."""

    sink: str
    key: str
    tries: int
    error: str


@dataclass(frozen=True)
class SinkStatus:
    """What became of the messages to one sink. `sent` counts since the file was made."""

    name: str
    waiting: int
    sent: int
    dead: int
    last_error: str
    last_error_time: datetime | None
    last_sent_time: datetime | None


class Letters:
    """The file, opened and held. Raises InputError if it is another's, or no outbox."""

    def __init__(self, path: Path):
        self.path = path
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(
                path, timeout=HELD_SECONDS, isolation_level=None, check_same_thread=False
            )
        except (OSError, sqlite3.Error) as error:
            raise InputError(
                f"{path}: cannot be opened ({error}). Choose another place for the outbox."
            ) from None
        try:
            self._prepare()
        except BaseException:
            self._file.close()
            raise

    def add(self, message: Message, sinks: Iterable[str], now: float) -> bool:
        """Keep a message for these sinks, once for each key. Raises InputError if it cannot."""
        event, files = json.dumps(message.event), json.dumps([str(file) for file in message.files])
        try:
            with self._transaction() as run:
                new = run(
                    "INSERT INTO messages (key, event, files, put_time) VALUES (?, ?, ?, ?) "
                    "ON CONFLICT (key) DO NOTHING RETURNING number",
                    (message.key, event, files, now),
                ).fetchone()
                for sink in sinks if new else ():
                    run(
                        "INSERT INTO letters (sink, number, state, since) "
                        "VALUES (?, ?, 'waiting', ?)",
                        (sink, new[0], now),
                    )
        except sqlite3.Error as error:
            raise InputError(
                f"{self.path}: cannot be written ({error}). {message.key} will not be sent: "
                "free some space, then put it again."
            ) from None
        return new is not None

    def first(self, sink: str) -> Letter | None:
        """The oldest letter that waits for a sink. Raises sqlite3.Error."""
        with self._transaction() as run:
            row = run(
                "SELECT number, key, event, files, since, tries FROM letters "
                "JOIN messages USING (number) WHERE sink = ? AND state = 'waiting' "
                "AND state != 'sent' ORDER BY number LIMIT 1",
                (sink,),
            ).fetchone()
        if row is None:
            return None
        number, key, event, files, since, tries = row
        paths = tuple(Path(path) for path in json.loads(files))
        return Letter(number, Message(key, json.loads(event), paths), since, tries)

    def sent(self, sink: str, number: int, now: float) -> None:
        """A sink has taken a letter. Raises sqlite3.Error."""
        with self._transaction() as run:
            run(
                "UPDATE letters SET state = 'sent', error = '' WHERE sink = ? AND number = ?",
                (sink, number),
            )
            run(
                "INSERT INTO sinks (name, sent, sent_time) VALUES (?, 1, ?) ON CONFLICT (name) "
                "DO UPDATE SET sent = sent + 1, sent_time = excluded.sent_time",
                (sink, now),
            )

    def failed(self, sink: str, number: int, error: str, now: float, *, dead: bool) -> None:
        """A try has failed; a dead letter is not tried again. Raises sqlite3.Error."""
        with self._transaction() as run:
            run(
                "UPDATE letters SET state = ?, tries = tries + 1, error = ? "
                "WHERE sink = ? AND number = ?",
                ("dead" if dead else "waiting", error, sink, number),
            )
            run(
                "INSERT INTO sinks (name, error, error_time) VALUES (?, ?, ?) ON CONFLICT (name) "
                "DO UPDATE SET error = excluded.error, error_time = excluded.error_time",
                (sink, error, now),
            )

    def dead(self, sink: str | None = None) -> list[DeadLetter]:
        """Dead letters of one sink or of all, oldest first. Raises sqlite3.Error."""
        with self._transaction() as run:
            rows = run(
                "SELECT sink, key, tries, error FROM letters JOIN messages USING (number) "
                "WHERE state = 'dead' AND state != 'sent' AND sink = coalesce(?, sink) "
                "ORDER BY number, sink",
                (sink,),
            ).fetchall()
        return [DeadLetter(*row) for row in rows]

    def revive(self, sink: str | None, key: str | None, now: float) -> int:
        """Dead letters wait again, in their old place. Returns how many. Raises sqlite3.Error."""
        with self._transaction() as run:
            return run(
                "UPDATE letters SET state = 'waiting', since = ?, tries = 0 "
                "WHERE state = 'dead' AND state != 'sent' AND sink = coalesce(?, sink) "
                "AND number IN (SELECT number FROM messages WHERE key = coalesce(?, key))",
                (now, sink, key),
            ).rowcount

    def status(self, sinks: Sequence[str]) -> list[SinkStatus]:
        """These sinks, then others for which letters still lie here. Raises sqlite3.Error."""
        with self._transaction() as run:
            counted = run(
                "SELECT sink, sum(state = 'waiting'), sum(state = 'dead') FROM letters "
                "WHERE state != 'sent' GROUP BY sink ORDER BY sink"
            ).fetchall()
            known = run("SELECT name, sent, sent_time, error, error_time FROM sinks").fetchall()
        unsent = {name: (waiting, dead) for name, waiting, dead in counted}
        past = {name: rest for name, *rest in known}
        found = []
        for name in [*sinks, *(other for other in unsent if other not in sinks)]:
            waiting, dead = unsent.get(name, (0, 0))
            sent, sent_time, error, error_time = past.get(name, (0, None, "", None))
            found.append(
                SinkStatus(name, waiting, sent, dead, error, _utc(error_time), _utc(sent_time))
            )
        return found

    def waits(self, event_id: str) -> bool:
        """Whether a letter about an event waits for any sink. Raises sqlite3.Error."""
        with self._transaction() as run:
            return bool(
                run(
                    "SELECT EXISTS (SELECT 1 FROM letters JOIN messages USING (number) "
                    "WHERE state = 'waiting' AND state != 'sent' "
                    "AND key IN (?, ?, ?))",
                    [f"{event_id}/{phase}" for phase in PHASES],
                ).fetchone()[0]
            )

    def forget(self, before: float) -> int:
        """Drop messages put before then that every sink has taken. Raises sqlite3.Error."""
        with self._transaction() as run:
            return run(
                "DELETE FROM messages WHERE put_time < ? AND NOT EXISTS (SELECT 1 FROM letters "
                "WHERE letters.number = messages.number AND state != 'sent')",
                (before,),
            ).rowcount

    def close(self) -> None:
        """Let another program have the file."""
        with self._lock:
            self._file.close()

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        """Run statements as one: all of them are on the disk afterwards, or none."""
        with self._lock:
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield self._file.execute
                self._file.execute("COMMIT")
            except BaseException:
                if self._file.in_transaction:
                    self._file.execute("ROLLBACK")
                raise

    def _prepare(self) -> None:
        try:
            self._file.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._file.execute("PRAGMA journal_mode = WAL")
            self._file.execute("PRAGMA synchronous = FULL")
            self._file.execute("PRAGMA foreign_keys = ON")
            with self._transaction() as run:
                (version,) = run("PRAGMA user_version").fetchone()
                if version not in (0, VERSION):
                    raise InputError(
                        f"{self.path}: is an outbox of version {version}, and this program knows "
                        f"{VERSION}. Use the Kineograph that wrote it, or name another file."
                    )
                for table in TABLES:
                    run(table)
                run(f"PRAGMA user_version = {VERSION}")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise InputError(
                    f"{self.path}: cannot be written ({error}). Free some space, or name a folder "
                    "that you may write."
                ) from None
            raise InputError(
                f"{self.path}: another kineograph watch sends from there. End it, or give this "
                "one a folder of its own."
            ) from None
        except sqlite3.DatabaseError as error:
            raise InputError(
                f"{self.path}: is no outbox ({error}). Name another file, or move this one away."
            ) from None


def _utc(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
