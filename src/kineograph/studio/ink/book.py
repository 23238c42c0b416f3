"""The book of one person's lines: what is given, every stroke, and the journal of both.

OUT/ink.journal       lines as they were given, and everything that was done since; the only truth
OUT/strokes.jsonl     lines that are done, as `prepare strokes-jsonl` and `sample --prime` read them

Points are [x, y, seconds]: thousandths of the sheet's width, x right, y down from the ruled line,
and seconds since the line came on show. Every stroke is in the journal before anyone is told that
it is saved.
"""

import json
import math
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kineograph.data.ink.line import InkLine, ink_line
from kineograph.data.ink.strokes import ink_length
from kineograph.data.prepare.strokes_jsonl import strokes_of
from kineograph.errors import InputError
from kineograph.studio.journal import Journal
from kineograph.studio.project import StaleError
from kineograph.whole_file import write_text_whole

JOURNAL, RESULT = "ink.journal", "strokes.jsonl"
TAKEN = "another kineograph ink writes there. Use its page, end it, or choose another --out."
OPEN, DONE, SKIPPED = "open", "done", "skipped"
STROKE, UNDO, ANEW = "stroke", "undo", "anew"
EDITS = (STROKE, UNDO, ANEW, "done", "skip")
FARTHEST = 10_000.0  # thousandths of the sheet's width: beyond it no pen has been
MOST_POINTS = 20_000  # of a line
MOST_STROKES = 1_000

Point = tuple[float, float, float]
Stroke = tuple[Point, ...]


@dataclass
class Written:
    """One given line with what stands on its sheet now, and what was saved last."""

    number: int
    text: str
    strokes: tuple[Stroke, ...] = ()
    before: list[tuple[Stroke, ...]] = field(default_factory=list)  # for undo, the newest last
    status: str = OPEN
    saved: tuple[Stroke, ...] = ()  # when it was done last
    version: int = 0
    changed: int = 0  # the book's revision then

    def row(self) -> dict[str, Any]:
        """What the page knows of it."""
        return {
            "number": self.number,
            "text": self.text,
            "status": self.status,
            "version": self.version,
            "strokes": [[list(point[:2]) for point in stroke] for stroke in self.strokes],
            "undo": bool(self.before),
            "saved": bool(self.saved),
        }

    @property
    def line(self) -> InkLine:
        """As ink: x right, y up. Raises InputError if nothing was saved."""
        return _ink_of(self.saved, self.text)


class InkBook:
    """A person's lines on disk. `close` it.

    Raises InputError if another process has the folder, or if its journal is broken.
    """

    def __init__(self, out: Path, texts: Iterable[str] = (), writer: str = "me") -> None:
        self.out, self.writer = out, writer
        self.lines: list[Written] = []
        self.revision = 0
        self._of = ""  # whose lines the journal holds
        self._lock = threading.RLock()
        self._journal = Journal(out / JOURNAL, taken=TAKEN)
        self.torn = self._journal.torn
        try:
            self._begin(texts)
        except BaseException:
            self._journal.close()
            raise

    @property
    def result(self) -> Path:
        """Where the lines are that are done."""
        return self.out / RESULT

    def edit(self, number: int, version: int, kind: str, points: Any = None) -> None:
        """A stroke more, undo, anew (an empty sheet), done, or skip.

        Raises StaleError if another window was faster, InputError for what cannot be.
        """
        if kind not in EDITS:
            raise InputError(f"edit '{kind}' is unknown. Reload the page.")
        with self._lock:
            line = self.line(number)
            if version != line.version:
                raise StaleError(
                    "Another window has written on this line. Nothing was changed: look, then go "
                    "on."
                )
            said: dict[str, Any] = {"kind": kind, "line": number}
            if kind == STROKE:
                said["points"] = _checked(points, line)
            elif kind == UNDO and not line.before:
                raise InputError("there is nothing to take back on this line.")
            elif kind == "done":
                check_line(line)
            self._take({**said, "when": datetime.now(UTC).isoformat(timespec="seconds")})
            if kind == "done":
                self._write_result()

    def line(self, number: int) -> Written:
        """One line. Raises InputError for one that is not there."""
        if not 0 <= number < len(self.lines):
            raise InputError(f"there is no line {number}. Reload the page.")
        return self.lines[number]

    def rows(self, since: int = 0) -> dict[str, Any]:
        """Lines that changed after a revision, as JSON values; all of them after 0."""
        with self._lock:
            lines = [line.row() for line in self.lines if line.changed > since]
            return {"revision": self.revision, "lines": lines}

    @property
    def saved(self) -> list[Written]:
        """Lines that stand in the result."""
        return [line for line in self.lines if line.saved]

    def close(self) -> None:
        """Let go of the folder."""
        with self._lock:
            self._journal.close()

    def _begin(self, texts: Iterable[str]) -> None:
        try:
            for entry in self._journal.entries:
                self._replay(entry)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                f"{self.out / JOURNAL}: an entry is not one that kineograph ink writes "
                f"({error!r}). Put a copy of the file back, or choose another --out."
            ) from None
        if self._of not in ("", self.writer):
            raise InputError(
                f"{self.out}: holds the lines of {self._of}, and a folder is one writer's. Give "
                f"--writer '{self._of}', or another --out."
            )
        known = {line.text for line in self.lines}
        new = [text for text in texts if text not in known]
        if new:
            self._take({"kind": "lines", "texts": new, "writer": self.writer})
        self._write_result()  # what was done just before a kill

    def _take(self, said: dict[str, Any]) -> None:
        self._journal.append(said)
        self._replay(said)

    def _replay(self, said: Mapping[str, Any]) -> None:
        """One entry of the journal, at work or when it is read again."""
        self.revision += 1
        if said["kind"] == "lines":
            self._of = str(said["writer"])
            for text in said["texts"]:
                self.lines.append(Written(len(self.lines), str(text), changed=self.revision))
            return
        line, kind = self.lines[said["line"]], said["kind"]
        line.version += 1
        line.changed = self.revision
        if kind == "done":
            line.status, line.saved = DONE, line.strokes
            return
        if kind == "skip":
            line.status = SKIPPED
            return
        line.status = OPEN
        if kind == UNDO:
            line.strokes = line.before.pop()
            return
        line.before.append(line.strokes)
        if kind == ANEW:
            line.strokes = ()
        else:
            line.strokes = (*line.strokes, tuple((x, y, t) for x, y, t in said["points"]))

    def _write_result(self) -> None:
        """All lines that are done, whole or not at all."""
        rows = [
            {"strokes": line.saved, "text": line.text, "group": self.writer} for line in self.saved
        ]
        if rows:
            content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            write_text_whole(self.result, content)


def check_line(line: Written) -> None:
    """Refuse what is no written line, in words for the person who wrote it: InputError."""
    if not line.strokes:
        raise InputError("nothing is written yet. Write the line, or skip it.")
    found = _ink_of(line.strokes, line.text)
    if not ink_length(found.strokes):
        raise InputError("dots alone are no line. Write it, or skip it.")


def _ink_of(strokes: Iterable[Stroke], text: str) -> InkLine:
    return ink_line(strokes_of([list(stroke) for stroke in strokes]), text)


def _checked(points: Any, line: Written) -> list[list[float]]:
    """A stroke as it goes into the journal. Raises InputError in words."""
    strokes_of([points])  # shape, and times that go back
    found = [[float(value) for value in point] for point in points]
    for point in found:
        if len(point) != 3:
            raise InputError("a point is [x, y, seconds]. Reload the page.")
        if not all(map(math.isfinite, point)) or max(map(abs, point[:2])) > FARTHEST:
            raise InputError("a point lies far beyond the sheet. Write the stroke again.")
    if len(found) + sum(map(len, line.strokes)) > MOST_POINTS:
        raise InputError(
            f"the line has more than {MOST_POINTS} points. It is full: say that it is done, or "
            "write it anew."
        )
    if len(line.strokes) >= MOST_STROKES:
        raise InputError(
            f"the line has {MOST_STROKES} strokes. It is full: say that it is done, or write it "
            "anew."
        )
    return found
