"""The evidence journal: what was kept and what was removed, in a chain that cannot be re-spelled.

Append-only, one line an entry (see entries.py), on the disk before `append` returns. A machine may
stop in the middle of a line: that line was never confirmed; it is set aside in `journal.torn`, and
an entry says so. A disk may fill up: a reserve file is given up for the entries, and an entry says
so; when even that is used up, entries wait in memory and are written as soon as there is room.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from kineograph.errors import InputError
from kineograph.held_file import hold
from kineograph.live.journal.entries import FIRST_PREVIOUS, Entry, parse, seal
from kineograph.live.journal.signing import Signer
from kineograph.whole_file import settle, temporary_beside

JOURNAL, LOCK, TORN, RESERVE = "journal.jsonl", "journal.lock", "journal.torn", "journal.reserve"
KEY = Path("keys") / "journal.key"
KEEPING = ("event", "adopted")  # kinds of entries that name a folder with its files
OFFERED = (*KEEPING, "ended", "cut-off")  # kinds that somebody is told of, beside "begun"
REMOVING = "removed-by-retention"
REVIEWED = "reviewed"  # somebody said whether an alert was right: see reviews.py

RESERVE_BYTES = 256 * 1024  # some 300 entries
MOST_WAITING = 10_000  # entries in memory, a few megabytes
_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Kept:
    """A folder of evidence that the journal knows and that was not removed."""

    folder: str  # below the evidence folder, with /
    number: int  # of its entry
    time: datetime  # of its entry
    size_bytes: int
    event_id: str
    files: dict[str, Any]  # name -> {"sha256", "bytes"}


class Journal:
    """The journal of one evidence folder, opened for writing by one program at a time.

    key: the file of the private key, made at first use. Raises InputError where another program
    writes, or where the key is not the one that signed before; OSError where the disk refuses.
    """

    def __init__(
        self,
        folder: Path,
        *,
        key: Path | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ):
        self.folder = folder
        self.path = folder / JOURNAL
        self._clock = clock
        self._mutex = Lock()
        self._waiting: deque[bytes] = deque()
        self._refused = False  # by the disk, and an entry says so
        self.number, self.head = 0, FIRST_PREVIOUS
        self.kept: dict[str, Kept] = {}  # by folder
        self.kept_bytes = 0
        self.removed: set[str] = set()  # folders
        self.events: set[str] = set()  # ids of all events whose evidence was ever journalled
        self.begun: dict[str, dict[str, Any]] = {}  # events that last, as far as is known here
        self.newest: Entry | None = None  # of which somebody is told
        self.reviewed: set[str] = set()  # lines of review.jsonl that have an entry, by SHA-256
        folder.mkdir(parents=True, exist_ok=True)
        self._held = hold(
            folder / LOCK,
            f"{folder}: another program keeps evidence there. End it, or choose another folder for "
            "evidence.",
        )
        try:
            self._open(key or folder / KEY)
        except BaseException:
            self._held.close()
            raise

    def append(self, kind: str, content: dict[str, Any]) -> Entry:
        """Sign and write one entry; when this returns, it is on the disk, or counted in `waiting`.

        Raises InputError when so many wait that no more can be held.
        """
        with self._mutex:
            if len(self._waiting) >= MOST_WAITING:
                raise InputError(
                    f"{self.path}: {len(self._waiting)} entries wait for room on the disk, and no "
                    "more can be held. Free some space."
                )
            entry = self._take(kind, content)
            self._write_waiting()
            return entry

    @property
    def waiting(self) -> int:
        """Entries that are in memory alone, since the disk refuses them."""
        return len(self._waiting)

    def retry(self) -> None:
        """Write what waits, as far as it can be."""
        with self._mutex:
            self._write_waiting()

    def kept_of(self, event_id: str) -> Kept | None:
        """The newest folder of an event, unless there is none, or it was removed."""
        return next((k for k in reversed(self.kept.values()) if k.event_id == event_id), None)

    def close(self) -> None:
        """Write what waits, if it can be, and let another program write."""
        with self._mutex:
            self._write_waiting()
            os.close(self._file)
            self._held.close()

    def _open(self, key: Path) -> None:
        """Read what is there, set a torn end aside, and go on behind it."""
        signed_by, end = None, 0
        content = self.path.read_bytes() if self.path.exists() else b""
        for entry, entry_end in _entries(content):
            end = entry_end
            if entry.kind == "key":
                signed_by = entry.content.get("fingerprint")
            self._know(entry)
        if end and not key.exists():
            raise InputError(
                f"{key}: the key of this journal is gone, and its chain cannot go on without it. "
                "Put the key back, or choose a new folder for evidence."
            )
        signer = Signer(key)
        if signed_by not in (None, signer.fingerprint):
            raise InputError(
                f"{key}: has the fingerprint {signer.fingerprint[:16]}…, but this journal was "
                f"signed by {str(signed_by)[:16]}…. Put that key back, or choose a new folder."
            )
        self._signer = signer
        if tail := content[end:]:
            _set_aside(self.folder / TORN, tail)
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        os.ftruncate(self._file, end)
        self._size = end
        settle(self.path)
        self._make_reserve()
        if not end:
            public = signer.public_key.public_bytes_raw().hex()
            self.append("key", {"fingerprint": signer.fingerprint, "public_key": public})
        if tail:
            self.append("torn", {"bytes": len(tail), "sha256": sha256(tail).hexdigest()})

    def _take(self, kind: str, content: dict[str, Any]) -> Entry:
        """The next entry of the chain, to be written."""
        entry = seal(self.number + 1, self._clock(), kind, content, self.head, self._signer)
        self._know(entry)
        self._waiting.append(entry.line)
        return entry

    def _know(self, entry: Entry) -> None:
        """What follows from an entry, read or new."""
        self.number, self.head = entry.number, entry.hash
        said, event = entry.content, entry.content.get("event")
        event = event if isinstance(event, dict) else {}
        name = str(event.get("id", said.get("event_id", "")))
        if entry.kind in OFFERED:
            self.newest = entry
            if name:
                self.events.add(name)
            if event.get("end_seconds") is not None:
                self.begun.pop(name, None)
            if kept := _kept(entry, name):
                self.kept[kept.folder] = kept
                self.kept_bytes += kept.size_bytes
        elif entry.kind == "begun" and name not in self.events:
            self.begun[name] = event
        elif entry.kind == REMOVING:
            folder = str(said.get("folder"))
            gone = self.kept.pop(folder, None)
            self.kept_bytes -= gone.size_bytes if gone else 0
            self.removed.add(folder)
        elif entry.kind == REVIEWED:
            self.reviewed.add(str(said.get("line")))

    def _write_waiting(self) -> None:
        """Bring entries to the disk in their order, as many as it takes."""
        while self._waiting:
            try:
                self._write(self._waiting[0])
            except OSError as error:
                is_full = error.errno in _FULL
                if not self._refused:
                    self._refused = True
                    kind = "disk-full" if is_full else "disk-refuses"
                    self._take(kind, {"error": error.strerror})
                if is_full and self._give_up_reserve():
                    continue
                return  # they wait
            self._waiting.popleft()
        self._refused = False
        self._make_reserve()

    def _write(self, line: bytes) -> None:
        """One line onto the disk, or nothing of it."""
        try:
            os.lseek(self._file, self._size, os.SEEK_SET)
            rest = memoryview(line)
            while rest:  # a disk that fills up takes a part, and then says why no more
                rest = rest[os.write(self._file, rest) :]
            os.fsync(self._file)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._file, self._size)
            raise
        self._size += len(line)

    def _give_up_reserve(self) -> bool:
        try:
            (self.folder / RESERVE).unlink()
        except OSError:
            return False
        return True

    @property
    def has_reserve(self) -> bool:
        """Whether room is kept for entries; without it, nothing else should be written."""
        return (self.folder / RESERVE).exists()

    def _make_reserve(self) -> None:
        """Room for entries on a full disk; random bytes, since some disks store zeros in none."""
        path = self.folder / RESERVE
        part = temporary_beside(path)
        with suppress(OSError):
            if path.exists() or shutil.disk_usage(self.folder).free < 4 * RESERVE_BYTES:
                return
            try:
                part.write_bytes(os.urandom(RESERVE_BYTES))
                settle(part)
                os.replace(part, path)
            finally:
                part.unlink(missing_ok=True)


def _entries(content: bytes) -> Iterator[tuple[Entry, int]]:
    """Every line that is an entry, with the place where it ends; others are for `verify`."""
    end = 0
    for line in content.split(b"\n")[:-1]:
        end += len(line) + 1
        if entry := parse(line):
            yield entry, end


def _kept(entry: Entry, event_id: str) -> Kept | None:
    """The folder that an entry names; None where it was altered: `verify` names that."""
    folder, files = entry.content.get("folder"), entry.content.get("files")
    if not isinstance(folder, str) or not isinstance(files, dict):
        return None
    try:
        size_bytes = sum(int(file["bytes"]) for file in files.values())
        time = datetime.fromisoformat(entry.time)
    except (ValueError, TypeError, KeyError):
        return None
    return Kept(folder, entry.number, time, size_bytes, event_id, files)


def _set_aside(path: Path, tail: bytes) -> None:
    """What was torn is kept, for whoever wants to look at it."""
    with path.open("ab") as file:
        file.write(tail if tail.endswith(b"\n") else tail + b"\n")
    settle(path)
