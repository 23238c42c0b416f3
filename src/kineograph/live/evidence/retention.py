"""Old evidence goes, oldest first; that it was there, and what it was, stays in the journal."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from pathlib import Path

from kineograph.errors import InputError
from kineograph.live.journal.journal import REMOVING, Journal, Kept


@dataclass(frozen=True)
class Retention:
    """How long and how much is kept. Raises InputError for what is not positive."""

    days: float
    most_bytes: int

    def __post_init__(self) -> None:
        """Refuse limits that would keep nothing."""
        if not (self.days > 0 and isfinite(self.days)) or self.most_bytes < 1:
            raise InputError(
                f"retention: {self.days:g} days, {self.most_bytes} bytes; both are above 0, or "
                "evidence would go as it comes. Give 30 days, for example."
            )

    def sweep(
        self, journal: Journal, may_go: Callable[[str], bool], now: datetime | None = None
    ) -> list[str]:
        """Remove what is too old or too much, oldest first; the folders that went.

        may_go(event_id): whether the event is over and every sink has it; others are passed over,
        though they count. Each removal is on the disk as an entry before a file goes.
        """
        oldest_time = (now or datetime.now(UTC)) - timedelta(days=self.days)
        gone = []
        for kept in sorted(journal.kept.values(), key=lambda kept: (kept.time, kept.number)):
            too_old, too_much = kept.time < oldest_time, journal.kept_bytes > self.most_bytes
            if not (too_old or too_much):
                break
            if not may_go(kept.event_id):
                continue
            why = f"older than {self.days:g} days" if too_old else f"over {self.most_bytes} bytes"
            if not _remove(journal, kept, why):
                break
            gone.append(kept.folder)
        return gone


def finish_removals(journal: Journal) -> None:
    """Remove what a crash left of folders whose removal is in the journal already."""
    for folder in journal.removed:
        _remove_folder(journal.folder, folder)


def _remove(journal: Journal, kept: Kept, why: str) -> bool:
    """Into the journal, then from the disk; False where the entry could not be written yet."""
    said = {"folder": kept.folder, "event_id": kept.event_id, "files": kept.files, "why": why}
    journal.append(REMOVING, said)
    if journal.waiting:  # without the entry on the disk, the files would be missing, not removed
        return False
    _remove_folder(journal.folder, kept.folder)
    return True


def _remove_folder(home: Path, folder: str) -> None:
    """A folder below `home` and its parents as far as they are empty; nothing outside of it."""
    place = Path(os.path.normpath(home / folder))
    root = Path(os.path.normpath(home))
    if root not in place.parents or not place.exists():
        return
    shutil.rmtree(place, ignore_errors=True)
    for parent in place.parents:
        if parent == root:
            break
        with suppress(OSError):  # not empty
            parent.rmdir()
