"""What people said of alerts: one JSON object a line, appended and never changed.

    {"event": "20260214T183012Z-hall-…", "folder": "hall/2026-02-14/…", "verdict": "wrong",
     "label": "dancing", "time": "2026-02-15T08:00:12.345+00:00"}

The last line about an alert counts. verdict: right; wrong, with `label` for what it truly was, if
that was said; unsure; or open, which takes back what was said before.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kineograph.errors import InputError, nearest

REVIEWS, REVIEW_LOCK = "review.jsonl", "review.lock"
VERDICTS = ("right", "wrong", "unsure", "open")


@dataclass(frozen=True)
class Review:
    """One thing that was said of one alert. Raises InputError for what cannot be meant."""

    event: str  # its id
    folder: str  # below the evidence folder, with /
    verdict: str
    label: str | None  # what it truly was; None: as the verdict says
    time: str  # ISO 8601, UTC: when it was said

    def __post_init__(self) -> None:
        """Refuse a verdict that is none, and a label where none belongs."""
        if self.verdict not in VERDICTS:
            hint = nearest(str(self.verdict), VERDICTS) or f"Write one of {', '.join(VERDICTS)}."
            raise InputError(f"verdict '{self.verdict}': is none that there is. {hint}")
        if self.label is not None and (self.verdict != "wrong" or not self.label.strip()):
            raise InputError(
                f"label '{self.label}' with verdict '{self.verdict}': only what is wrong has "
                "another label, and a label is a word. Leave it out, or say wrong."
            )

    def fields(self) -> dict[str, Any]:
        """Names and JSON values."""
        return asdict(self)


def review_from(fields: Mapping[str, Any]) -> Review:
    """The review that a line says. Raises InputError for what is none."""
    texts = {name: fields.get(name) for name in ("event", "folder", "verdict", "time")}
    label = fields.get("label")
    for name, value in texts.items():
        if not isinstance(value, str) or not value:
            raise InputError(f"a review has no {name} in it. Put a copy of the file back.")
    if label is not None and not isinstance(label, str):
        raise InputError(f"label {label!r}: is no word. Put a copy of the file back.")
    return Review(**texts, label=label)  # type: ignore[arg-type]


def read_reviews(folder: Path) -> dict[str, Review]:
    """What holds of each alert of an evidence folder by now, by event id.

    A torn last line was never confirmed and counts for nothing. Raises InputError for another line
    that is no review.
    """
    path = folder / REVIEWS
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}). Check the disk.") from None
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(review_from(json.loads(line)))
        except (ValueError, TypeError, AttributeError) as error:  # InputError is a ValueError
            raise InputError(
                f"{path} line {number}: is no review ({error}). Put a copy of the file back."
            ) from None
    return newest(found)


def newest(reviews: Iterable[Review]) -> dict[str, Review]:
    """The last word about each alert; of one that was taken back, none."""
    found = {each.event: each for each in reviews}
    return {event: each for event, each in found.items() if each.verdict != "open"}
