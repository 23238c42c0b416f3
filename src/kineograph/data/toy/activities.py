"""What drawn students really did in each second: to count mistakes by what they were made about."""

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from kineograph.errors import InputError

WHOLE = 0.95  # of a second: less of one activity is a change between two

PEN_HELD_STILL = "pen held still"
NAMES = {
    "write": "writing",
    "hold": PEN_HELD_STILL,
    "drink": "drinking",
    "raise": "hand raised",
    "look": "looking around",
    "rest": "resting",
    "move": "between two",
}


def read_activities(folder: Path) -> Callable[[str, str, float], str | None]:
    """From truth.jsonl of a drawn lecture: (video, person, second) -> what was done all through it.

    None for a second in which one thing ends and another begins. Raises InputError if the file is
    not there.
    """
    path = folder / "truth.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}); only a drawn lecture has one. Draw it "
            "with write_lecture."
        ) from None
    spans: dict[tuple[str, str], list[tuple[float, float, str]]] = defaultdict(list)
    for row in map(json.loads, lines):
        span = row["start_seconds"], row["end_seconds"], NAMES[row["activity"]]
        spans[row["video"], row["person"]].append(span)

    def activity(video: str, person: str, second: float) -> str | None:
        for start, end, name in spans[video, person]:
            if min(end, second + 1) - max(start, second) >= WHOLE:
                return name
        return None

    return activity
