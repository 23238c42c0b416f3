"""Alerts on a desk: each is right, wrong or unsure, and what that says of the network so far.

A mark is a line of review.jsonl, on the disk before anyone is told; the evidence itself is never
touched. Whoever holds the journal signs the line: the `watch` that runs, or this desk when it is
left and nobody watches (live/journal/reviews.py).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kineograph.data.reviews import (
    REVIEW_LOCK,
    REVIEWS,
    VERDICTS,
    Review,
    newest,
    read_reviews,
    review_from,
)
from kineograph.errors import InputError, nearest
from kineograph.live.evidence.alerts import Alert, read_alerts
from kineograph.live.journal.journal import JOURNAL
from kineograph.live.journal.journal import Journal as EvidenceJournal
from kineograph.live.journal.reviews import seal_reviews
from kineograph.metrics.intervals import wilson_interval
from kineograph.studio.journal import Journal

TAKEN = "another kineograph review writes there. Mark on its page, or end it."
LABEL = "label:"  # before what it truly was, on the command line


class Desk:
    """One evidence folder, open for marking. `close` it.

    key: the journal's private key, where it does not lie in the folder. Raises InputError where
    there is no journal, or where another review is open.
    """

    def __init__(self, folder: Path, key: Path | None = None):
        self.folder = folder
        self._key = key
        self.alerts = read_alerts(folder)
        self._stamp = self._journal_stamp()
        self._marks = Journal(folder / REVIEWS, REVIEW_LOCK, TAKEN)
        self._reviews = [review_from(fields) for fields in self._marks.entries]

    @property
    def reviews(self) -> dict[str, Review]:
        """What holds of each alert, by event id."""
        return newest(self._reviews)

    @property
    def revision(self) -> int:
        """Rises with every mark and every new alert."""
        return len(self._reviews) + len(self.alerts)

    def refresh(self) -> None:
        """Look for alerts that came meanwhile."""
        stamp = self._journal_stamp()
        if stamp != self._stamp:
            self._stamp, self.alerts = stamp, read_alerts(self.folder)

    def mark(self, event: str, verdict: str, label: str | None = None) -> Review:
        """Say of an alert, by its id, what it was. On the disk when this returns."""
        alert = next((each for each in self.alerts if each.id == event), None)
        if alert is None:
            raise InputError(f"there is no alert '{event}'. Reload the page.")
        label = label.strip() if label else None
        if label == alert.event["label"]:  # then the alert said what it was
            verdict, label = "right", None
        when = datetime.now(UTC).isoformat(timespec="milliseconds")
        review = Review(event, alert.folder, verdict, label, when)
        self._marks.append(review.fields())
        self._reviews.append(review)
        return review

    def state(self) -> dict[str, Any]:
        """Alerts with their marks, and precision so far."""
        return state_of(self.alerts, self.reviews)

    def close(self) -> str:
        """Sign what was marked, if nobody else holds the journal; a line about how that went."""
        self._marks.close()
        if not self._reviews:
            return ""
        try:
            journal = EvidenceJournal(self.folder, key=self._key)
        except InputError as error:
            return f"The marks are in {REVIEWS} and not signed yet: {error}"
        try:
            count = seal_reviews(journal)
            marks = "1 mark was" if count == 1 else f"{count} marks were"
            return f"{marks} signed into {JOURNAL}." if count else ""
        finally:
            journal.close()

    def _journal_stamp(self) -> int:
        return (self.folder / JOURNAL).stat().st_size


def look(folder: Path) -> dict[str, Any]:
    """The state of a folder that nobody needs to hold. Raises InputError."""
    return state_of(read_alerts(folder), read_reviews(folder))


def find(alerts: Sequence[Alert], text: str) -> Alert:
    """The alert of this id, or of the only id or folder that has this text in it."""
    exact = [each for each in alerts if text == each.id]
    found = exact or [each for each in alerts if text and (text in each.id or text in each.folder)]
    if len(found) == 1:
        return found[0]
    if not found:
        hint = nearest(text, [each.id for each in alerts]) or "See --list for those there are."
        raise InputError(f"{text}: no alert has this in its id or its folder. {hint}")
    raise InputError(
        f"{text}: {len(found)} alerts have this in their ids or folders, such as {found[0].id} "
        f"and {found[1].id}. Write more of it."
    )


def parse_verdict(text: str) -> tuple[str, str | None]:
    """`right`, `wrong`, `unsure`, `open`, or `label:WORD` for wrong and truly a WORD."""
    if text.startswith(LABEL) and text.removeprefix(LABEL).strip():
        return "wrong", text.removeprefix(LABEL).strip()
    if text not in VERDICTS:
        hint = nearest(text, VERDICTS) or f"Write {', '.join(VERDICTS)}, or {LABEL}WORD."
        raise InputError(f"--mark {text}: is no verdict. {hint}")
    return text, None


def state_of(alerts: Sequence[Alert], reviews: dict[str, Review]) -> dict[str, Any]:
    """As JSON values: every alert, the newest first, counts, and precision for each kind."""
    told = [_told(alert, reviews.get(alert.id)) for alert in reversed(alerts)]
    kinds = sorted({(each["camera"], each["label"]) for each in told})
    rows = [
        _precision(camera, label, (e for e in told if (e["camera"], e["label"]) == (camera, label)))
        for camera, label in kinds
    ]
    return {"alerts": told, "precision": rows, "all": _precision(None, None, told)}


def _told(alert: Alert, review: Review | None) -> dict[str, Any]:
    event = alert.event
    return {
        "id": alert.id,
        "camera": event["camera"],
        "window": event["window"],
        "label": event["label"],
        "start_time": event["start_time"],
        "seconds": _length(event),
        "peak": event.get("peak"),
        "confidences": event.get("confidences") or {},
        "folder": alert.folder,
        "clip": alert.clip,
        "strip": alert.strip,
        "removed": alert.removed,
        "problems": list(alert.problems),
        "verdict": review.verdict if review else "open",
        "true_label": review.label if review else None,
    }


def _length(event: dict[str, Any]) -> float | None:
    start, end = event.get("start_seconds"), event.get("end_seconds")
    if not isinstance(start, int | float) or not isinstance(end, int | float):
        return None
    return round(end - start, 3)


def _precision(
    camera: str | None, label: str | None, alerts: Iterable[dict[str, Any]]
) -> dict[str, Any]:
    """How many of the alerts that were judged were right: the share, and where it may lie."""
    count = dict.fromkeys(VERDICTS, 0)
    for alert in alerts:
        count[alert["verdict"]] += 1
    judged = count["right"] + count["wrong"]
    interval = wilson_interval(count["right"], judged)
    return {
        "camera": camera,
        "label": label,
        **count,
        "precision": round(count["right"] / judged, 4) if judged else None,
        "interval": [round(end, 4) for end in interval] if interval else None,
    }
