"""A file of edits, one JSON line each, on the disk before anyone is told that it is saved.

A machine may stop in the middle of a line: the torn last line was never confirmed, and is dropped.
Only one process may write to it at a time; the system lets go of the lock when a process ends.
"""

import errno
import json
import os
from pathlib import Path
from typing import Any

from kineograph.errors import InputError
from kineograph.held_file import hold

LOCK = ".lock"
TAKEN = "another kineograph annotate writes there. Use its page, end it, or choose another --out."


class Journal:
    """The journal of one folder, opened for writing. Raises InputError if another has it.

    lock: the file beside it that says so; taken: what is said then.
    """

    def __init__(self, path: Path, lock: str = LOCK, taken: str = TAKEN):
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = hold(path.parent / lock, f"{path.parent}: {taken}")
        try:
            self.entries, whole_bytes, self.torn = _read(path)
            self._file = path.open("ab", buffering=0)
        except BaseException:
            self._lock.close()
            raise
        if self.torn:
            self._file.truncate(whole_bytes)

    def append(self, entry: dict[str, Any]) -> None:
        """Write one entry; when this returns, it is on the disk. Raises InputError if it cannot."""
        line = (json.dumps(entry, ensure_ascii=False) + "\n").encode()
        size_bytes = self._file.seek(0, os.SEEK_END)
        try:
            if self._file.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._file.fileno())
        except OSError as error:
            self._file.truncate(size_bytes)  # half a line must not stand before the next one
            raise InputError(
                f"{self.path}: cannot be written ({error.strerror}). The edit was not made: free "
                "some space, then make it again."
            ) from None
        self.entries.append(entry)

    def close(self) -> None:
        """Let another process write."""
        self._file.close()
        self._lock.close()


def _read(path: Path) -> tuple[list[dict[str, Any]], int, bool]:
    """The entries, how many bytes they fill, and whether a torn line follows them."""
    content = path.read_bytes() if path.exists() else b""
    entries: list[dict[str, Any]] = []
    end = 0
    for number, line in enumerate(content.splitlines(keepends=True), start=1):
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        last = end + len(line) == len(content)
        if last and not line.endswith(b"\n"):
            return entries, end, True
        if not isinstance(entry, dict):
            raise InputError(
                f"{path} line {number} is no edit; the lines after it build on it. "
                "Put a copy of the file back, or remove that line."
            )
        entries.append(entry)
        end += len(line)
    return entries, end, False
