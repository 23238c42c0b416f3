"""The book of one correcting job: sheets, what was decided of each line, and the journal of both.

OUT/corrections.journal.jsonl   sheets as they were found, and every decision since the first

Several windows may be open at once. Each says which version of a line it showed; a decision on an
older one is refused, so that nobody overwrites what he has not seen. Undo takes back one's own.
"""

import threading
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kineograph.data.prepared_folder import ABOUT
from kineograph.errors import InputError
from kineograph.pages.read import LineReading
from kineograph.studio.journal import Journal
from kineograph.studio.lines.sheet import Sheet, Spot, sheet_from
from kineograph.studio.project import StaleError

JOURNAL = "corrections.journal.jsonl"
OPEN, ACCEPTED, SKIPPED, NO_LINE = "open", "accepted", "skipped", "no line"
DECISIONS = {"accept": ACCEPTED, "skip": SKIPPED, "drop": NO_LINE}
DRAFT, UNDO, SHEETS = "draft", "undo", "sheets"
MOST_CHARACTERS = 5000  # of one line
SHOWN_CHARACTERS = 40


@dataclass(frozen=True)
class Decision:
    """What one window said of a line."""

    status: str
    text: str
    window: str


@dataclass
class Entry:
    """A line of a sheet with all that was decided of it, the newest last."""

    sheet: Sheet
    spot: Spot
    decisions: list[Decision] = field(default_factory=list)
    draft: str | None = None  # typed, not decided yet
    drafted_by: str = ""
    drafted_after: int = 0  # so many decisions
    version: int = 0
    changed: int = 0  # the book's revision then
    reading: LineReading | None = None

    @property
    def status(self) -> str:
        """open, accepted, skipped or no line."""
        return self.decisions[-1].status if self.decisions else OPEN

    @property
    def proposed(self) -> str:
        """What stands in the field before a person has typed: given with the line, else read."""
        return self.spot.text or (self.reading.text if self.reading else "")

    @property
    def text(self) -> str:
        """What stands in the field now."""
        if self.draft is not None:
            return self.draft
        return self.decisions[-1].text if self.status == ACCEPTED else self.proposed

    def row(self) -> dict[str, Any]:
        """What the page knows of every line."""
        reading = self.reading
        return {
            "id": self.spot.id,
            "sheet": self.sheet.id,
            "status": self.status,
            "version": self.version,
            "text": self.text,
            "confidence": None if reading is None else reading.confidence,
            "differs": reading is not None and self.spot.text not in ("", reading.text),
        }


class LineBook:
    """Lines on disk: every decision is in the journal before it counts. `close` it.

    Raises InputError if another writes there, or if `out` holds data that are not of this making.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        if (out / ABOUT).is_file() and not (out / JOURNAL).is_file():
            raise InputError(
                f"{out} holds a prepared data set, and corrections never write into one. Choose "
                "another folder with --out."
            )
        self.sheets: dict[str, Sheet] = {}
        self.entries: dict[str, Entry] = {}
        self.revision = 0
        self._mine: dict[str, list[str]] = {}  # window -> lines that it decided, the last one last
        self._lock = threading.RLock()
        self._journal = Journal(out / JOURNAL)
        self.torn = self._journal.torn
        try:
            for entry in self._journal.entries:
                self._replay(entry)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self._journal.close()
            raise InputError(
                f"{out / JOURNAL}: an entry is not one that annotate writes ({error!r}). Put a "
                "copy of the file back, or choose another --out."
            ) from None

    def add(self, sheets: Iterable[Sheet]) -> None:
        """Take in sheets; those that are known already stay as they were found first."""
        with self._lock:
            new = [sheet for sheet in sheets if sheet.id not in self.sheets]
            if new:
                self._take({"kind": SHEETS, "sheets": [sheet.fields() for sheet in new]})

    def put_readings(self, readings: Mapping[str, LineReading]) -> None:
        """What a reader proposes, by line; kept for this session alone."""
        with self._lock:
            self.revision += 1
            for line, reading in readings.items():
                entry = self.entries[line]
                entry.reading, entry.changed = reading, self.revision

    def decide(self, line: str, version: int, kind: str, text: str, window: str) -> Entry:
        """accept (with its text), skip, drop (it is no line), or keep a draft of the text.

        Raises StaleError if another window was faster, InputError for a text that is none.
        """
        if kind not in (*DECISIONS, DRAFT):
            raise InputError(f"decision '{kind}' is unknown. Reload the page.")
        with self._lock:
            entry = self._entry(line)
            if version != entry.version:
                raise StaleError(_told(entry))
            if kind in ("accept", DRAFT):
                text = clean(text, may_be_empty=kind == DRAFT)
            said = {"kind": kind, "line": line, "window": window[:64]}
            said |= {"text": text} if kind in ("accept", DRAFT) else {}
            self._take({**said, "when": datetime.now(UTC).isoformat(timespec="seconds")})
            return entry

    def undo(self, window: str) -> Entry:
        """Take back the last decision of this window; its text stays in the field as a draft."""
        with self._lock:
            mine = self._mine.get(window[:64], [])
            if not mine:
                raise InputError(
                    "This window has decided nothing that could be undone. Go to the line, and "
                    "decide again."
                )
            entry = self.entries[mine[-1]]
            since = entry.draft is not None and entry.drafted_after == len(entry.decisions)
            others = since and entry.drafted_by != window[:64]
            if others or not entry.decisions or entry.decisions[-1].window != window[:64]:
                mine.pop()
                raise InputError(
                    "Another window has gone on with that line since. Go to the line, and decide "
                    "again."
                )
            when = datetime.now(UTC).isoformat(timespec="seconds")
            self._take({"kind": UNDO, "line": mine[-1], "window": window[:64], "when": when})
            return entry

    def rows(self, since: int) -> dict[str, Any]:
        """Sheets and lines that changed after a revision, as JSON values; all of them after 0."""
        with self._lock:
            lines = [each.row() for each in self.entries.values() if each.changed > since]
            known = {row["sheet"] for row in lines} if since else set(self.sheets)
            return {
                "revision": self.revision,
                "lines": lines,
                "sheets": [
                    {"id": sheet.id, "name": sheet.name}
                    for sheet in self.sheets.values()
                    if sheet.id in known
                ],
            }

    def entry(self, line: str) -> Entry:
        """One line. Raises InputError for one that is not there."""
        with self._lock:
            return self._entry(line)

    def of_sheet(self, sheet: str) -> list[Entry]:
        """The lines of a sheet in reading order."""
        return [self.entries[spot.id] for spot in self.sheets[sheet].spots]

    def unread(self) -> list[Entry]:
        """Lines that are not decided, and that no reader has read in this session."""
        with self._lock:
            waits = (OPEN, SKIPPED)
            found = self.entries.values()
            return [each for each in found if each.reading is None and each.status in waits]

    def count(self) -> dict[str, int]:
        """How many lines are open, accepted, skipped and no line."""
        with self._lock:
            counts = dict.fromkeys((OPEN, ACCEPTED, SKIPPED, NO_LINE), 0)
            for entry in self.entries.values():
                counts[entry.status] += 1
            return counts

    def close(self) -> None:
        """Let go of the folder."""
        with self._lock:
            self._journal.close()

    def _entry(self, line: str) -> Entry:
        if line not in self.entries:
            raise InputError(f"there is no line '{line[:60]}'. Reload the page.")
        return self.entries[line]

    def _take(self, said: dict[str, Any]) -> None:
        self._journal.append(said)
        self._replay(said)

    def _replay(self, said: Mapping[str, Any]) -> None:
        """One line of the journal, at work or when it is read again."""
        self.revision += 1
        if said["kind"] == SHEETS:
            for fields in said["sheets"]:
                sheet = sheet_from(fields)
                self.sheets[sheet.id] = sheet
                for spot in sheet.spots:
                    self.entries[spot.id] = Entry(sheet, spot, changed=self.revision)
            return
        entry, window = self.entries[said["line"]], said["window"]
        entry.version += 1
        entry.changed = self.revision
        if said["kind"] == DRAFT:
            entry.draft, entry.drafted_by = said["text"], window
            entry.drafted_after = len(entry.decisions)
        elif said["kind"] == UNDO:
            taken = entry.decisions.pop()
            if taken.status == ACCEPTED:
                entry.draft, entry.drafted_by = taken.text, window
                entry.drafted_after = len(entry.decisions)
            mine = self._mine[window]
            del mine[len(mine) - 1 - mine[::-1].index(said["line"]) :]
        else:
            status = DECISIONS[said["kind"]]
            entry.decisions.append(Decision(status, said.get("text", ""), window))
            if status == ACCEPTED:  # what was typed before a line was put off stays
                entry.draft = None
            self._mine.setdefault(window, []).append(said["line"])


def clean(text: str, *, may_be_empty: bool = False) -> str:
    """A line's text in NFC without spaces at its ends, else as it was typed: also marks and order.

    Raises InputError if it is empty, more than one line, or holds what is no character.
    """
    text = unicodedata.normalize("NFC", text).strip()
    shown = f"“{text[:SHOWN_CHARACTERS]}”"
    if not text and not may_be_empty:
        raise InputError(
            "the text is empty. Write what stands there, or say that it is not a line (Alt+X)."
        )
    if len(text.splitlines()) > 1:
        raise InputError(f"{shown}: the text has several lines. Write those of this picture alone.")
    if len(text) > MOST_CHARACTERS:
        raise InputError(
            f"{shown}: {len(text)} characters; a line has at most {MOST_CHARACTERS}. Shorten it."
        )
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise InputError(
                f"{shown}: U+{ord(character):04X} is no character of a text. Delete it."
            )
    return text


def _told(entry: Entry) -> str:
    """What another window did to a line while this one showed it."""
    if entry.draft is not None:
        said = f"somebody is writing “{entry.draft[:SHOWN_CHARACTERS]}” here"
    elif entry.status == ACCEPTED:
        said = f"this line was accepted as “{entry.text[:SHOWN_CHARACTERS]}”"
    elif entry.status == OPEN:
        said = "this line was opened again"
    else:
        said = f"this line was marked as {entry.status}"
    return f"In another window {said}. Nothing was changed: look, then decide again."
