"""What people said of alerts goes into the chain, by whoever holds the journal.

A mark is a line of review.jsonl at once, whether a program watches or not; it never waits for the
journal, which has one writer at a time. The one that writes signs each line as an entry: `watch`
within seconds, or `review` itself when nothing watches. So both can run, and no mark is lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from kineograph.data.reviews import REVIEWS
from kineograph.live.journal.journal import REVIEWED, Journal


def seal_reviews(journal: Journal) -> int:
    """An entry for each mark that has none; how many there were. Raises as `append` does."""
    count = 0
    for digest, said in read_lines(journal.folder):
        if said is not None and digest not in journal.reviewed:
            journal.append(REVIEWED, {"line": digest, "review": said})
            count += 1
    return count


def read_lines(folder: Path) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """SHA-256 of every whole line of review.jsonl, and what it says; None where it is no mark."""
    try:
        lines = (folder / REVIEWS).read_bytes().split(b"\n")[:-1]
    except OSError:
        return
    for line in lines:
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            said = None
        yield sha256(line).hexdigest(), said if isinstance(said, dict) else None
