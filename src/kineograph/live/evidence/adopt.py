"""After a crash: folders that the journal does not know yet, and events that have no end.

A program may be killed after a folder was written and before its entry was. Such a folder is taken
up as it is found, and its entry says that nobody can vouch for the time between.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kineograph.live.evidence.measure import measure_folder
from kineograph.live.evidence.write_event import FIELDS, short_id
from kineograph.live.journal.entries import Entry
from kineograph.live.journal.journal import Journal
from kineograph.whole_file import UNFINISHED, settle

_FOUND = "found at a start without an entry: the program had been killed, or somebody put it there"
_NOTHING = "the program was killed before anything of it was written"
_NO_END = "the program was killed while it lasted: it ends where it was last known of"


def adopt(journal: Journal) -> Iterator[Entry]:
    """An entry for every folder camera/date/event that has none. Raises OSError."""
    begun = {short_id(event): event for event in journal.begun.values() if "id" in event}
    for folder in sorted(journal.folder.glob("*/*/*")):
        name = folder.relative_to(journal.folder).as_posix()
        if folder.is_symlink() or not folder.is_dir():
            continue
        if name in journal.kept or name in journal.removed:
            continue
        files = _finish(folder)
        if not files:
            continue
        home = folder.with_name(folder.name.removesuffix(UNFINISHED))
        if home != folder:
            os.rename(folder, home)
            settle(home)
        said = {
            "event": _event_of(home / FIELDS) or begun.get(home.name.rpartition("-")[2], {}),
            "folder": home.relative_to(journal.folder).as_posix(),
            "files": files,
            "problems": [_FOUND],
        }
        yield journal.append("adopted", said)


def what_was_cut_off(journal: Journal) -> Iterator[Entry]:
    """An entry with an end for every event that lasted when the program was killed."""
    for name, event in list(journal.begun.items()):
        words = _NO_END if name in journal.events else _NOTHING
        said = {"event": _ended_where_last_known(event), "problems": [words]}
        yield journal.append("cut-off", said)


def _ended_where_last_known(event: dict[str, Any]) -> dict[str, Any]:
    """Whoever was told of its begin must not wait for ever: at its peak, it was still there."""
    if event.get("end_seconds") is not None:
        return event
    start, end = event["start_seconds"], event["peak_seconds"]
    time = datetime.fromisoformat(event["start_time"]) + timedelta(seconds=end - start)
    at = time.astimezone(UTC).isoformat(timespec="microseconds")
    return event | {"end_seconds": end, "end_time": at}


def _finish(folder: Path) -> dict[str, Any]:
    """The whole files in it; what was never finished goes, and so does an empty folder."""
    for path in folder.glob(f"*{UNFINISHED}"):
        path.unlink()
    files = measure_folder(folder)
    if not files:
        with suppress(OSError):
            folder.rmdir()
    return files


def _event_of(path: Path) -> dict[str, Any]:
    """The event as its own file says, or nothing."""
    try:
        event = json.loads(path.read_bytes())["event"]
    except (OSError, ValueError, TypeError, KeyError):
        return {}
    return event if isinstance(event, dict) else {}
