"""The folder of recorded pieces: each file whole, and a line of recorded.jsonl about it.

    recorded/hall/2026-02-14/183012.345.mkv       as the camera sent it; .mp4 where masks are drawn
    recorded/recorded.jsonl                       file, camera, start_time, seconds, sha256, …
    recorded/clips.csv                            of what has a label: for `kineograph prepare csv`

A file has its name before its line stands in recorded.jsonl; whoever was killed between the two
finds it at the next start.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kineograph.errors import InputError
from kineograph.held_file import hold
from kineograph.live.evidence.measure import measure_file
from kineograph.live.evidence.packets import Cut
from kineograph.whole_file import UNFINISHED, settle, write_text_whole

if TYPE_CHECKING:
    from kineograph.live.evidence.clip import Hide
    from kineograph.live.recording.cutter import Piece
    from kineograph.live.recording.options import RecordOptions
    from kineograph.media.frame import Box

RECORDED, CLIPS, LOCK = "recorded.jsonl", "clips.csv", "recorded.lock"
TAKEN = "another kineograph record writes there. End it, or choose another --out."
COLUMNS = ("file", "label", "window", "group", "source")


class FullError(InputError):
    """There is no more room for what is recorded: recording ends."""


class Shelf:
    """The folder, open for writing by one program at a time.

    hidden: by camera, what makes masked parts away. windows: by camera, parts of the picture that
    the label is of. Raises InputError where another program writes, OSError where the disk refuses.
    """

    def __init__(
        self,
        options: RecordOptions,
        hidden: Mapping[str, Hide],
        windows: Mapping[str, Mapping[str, Box]],
    ):
        self.options = options
        self.folder = options.folder
        self._hidden, self._windows = hidden, windows
        self.folder.mkdir(parents=True, exist_ok=True)
        self._held = hold(self.folder / LOCK, f"{self.folder}: {TAKEN}")
        try:
            self.held_bytes = 0
            self.entries, size_bytes = _read(self.folder / RECORDED)
            self._file = (self.folder / RECORDED).open("ab", buffering=0)
            self._file.truncate(size_bytes)
            self.notes = self._put_right()
            self._write_clips()
        except BaseException:
            self._held.close()
            raise
        self.held_bytes = sum(self._size(entry) for entry in self.entries)

    def add(self, piece: Piece) -> dict[str, Any]:
        """Write a piece; its entry. Raises FullError, InputError for packets no file can hold."""
        from kineograph.live.evidence.clip import write_hidden, write_packets

        self._check_room(piece.size_bytes)
        hidden = self._hidden.get(piece.camera)
        path = self._free_name(piece, ".mp4" if hidden else ".mkv")
        path.parent.mkdir(parents=True, exist_ok=True)
        if hidden:
            write_hidden(path, piece.cut, hidden, piece.camera)
        else:
            write_packets(path, piece.cut)
        try:  # a container takes room, too, and what is coded anew any
            self._check_most(path.stat().st_size)
        except FullError:
            path.unlink()
            raise
        settle(path)
        head = piece.cut.head
        said = {
            "codec": "h264" if hidden or head is None else head.codec,
            "width": head.width if head else None,
            "height": head.height if head else None,
            "reencoded": hidden is not None,
        }
        return self._append(path, piece.camera, piece.start_time, piece.seconds, said)

    def close(self) -> None:
        """Let another program write."""
        self._file.close()
        self._held.close()

    def _append(
        self, path: Path, camera: str, start: datetime, seconds: float, said: dict[str, Any]
    ) -> dict[str, Any]:
        """Into the manifest and, if it has a label, the table."""
        windows = self._windows.get(camera, {})
        entry = {
            "file": path.relative_to(self.folder).as_posix(),
            "camera": camera,
            "start_time": start.astimezone(UTC).isoformat(timespec="milliseconds"),
            "seconds": round(seconds, 3),
            **measure_file(path),
            "label": self.options.label,
            "windows": {name: list(box) for name, box in windows.items()},
            **said,
        }
        self._file.write((json.dumps(entry, ensure_ascii=False) + "\n").encode())
        os.fsync(self._file.fileno())
        self.entries.append(entry)
        self.held_bytes += entry["bytes"]
        if rows := _rows(entry):
            with (self.folder / CLIPS).open("a", encoding="utf-8", newline="") as table:
                csv.writer(table, lineterminator="\n").writerows(rows)
        return entry

    def _check_room(self, more_bytes: int) -> None:
        """Before a piece is written: within what was allowed, and what the disk must keep free."""
        self._check_most(more_bytes)
        options = self.options
        free_bytes = shutil.disk_usage(self.folder).free
        if free_bytes - more_bytes < options.least_free_bytes:
            raise FullError(
                f"{self.folder}: the disk has {free_bytes / 1e6:.0f} MB left, and "
                f"{options.least_free_bytes / 1e6:.0f} MB stay free. Free some space."
            )

    def _check_most(self, more_bytes: int) -> None:
        most_bytes = self.options.most_bytes
        if self.held_bytes + more_bytes > most_bytes:
            raise FullError(
                f"{self.folder}: holds {self.held_bytes / 1e6:.1f} MB, and most bytes are "
                f"{most_bytes / 1e6:.1f} MB. Move some away, or allow more."
            )

    def _free_name(self, piece: Piece, suffix: str) -> Path:
        start = piece.start_time.astimezone(UTC)
        camera = re.sub(r"[^\w.-]+", "-", piece.camera).strip(".-")[:60] or "unnamed"
        stem = f"{start:%H%M%S}.{start.microsecond // 1000:03}"
        home = self.folder / camera / f"{start:%Y-%m-%d}"
        path, number = home / f"{stem}{suffix}", 1
        while path.exists():
            number += 1
            path = home / f"{stem}-{number}{suffix}"
        return path

    def _put_right(self) -> list[str]:
        """What a killed program left: half files are mended, whole ones taken up; a line each."""
        notes = []
        known = {entry["file"] for entry in self.entries}
        for path in sorted(self.folder.glob(f"*/*/*{UNFINISHED}")):
            name = path.relative_to(self.folder).as_posix()
            if _mend(path):
                notes.append(f"{name}: was half written; it is whole as far as it went.")
            else:
                notes.append(f"{name}: was half written and cannot be read. It was removed.")
            path.unlink(missing_ok=True)
        for path in sorted(self.folder.glob("*/*/*.m*")):
            name = path.relative_to(self.folder).as_posix()
            if name in known or path.suffix not in (".mkv", ".mp4"):
                continue
            try:
                self._take_up(path)
                notes.append(f"{name}: had no line in {RECORDED}; it has one now.")
            except (InputError, ValueError) as error:
                notes.append(f"{name}: has no line in {RECORDED}, and gets none: {error}")
        return notes

    def _take_up(self, path: Path) -> None:
        """An entry for a file that has none: its name says when, its folder where."""
        from kineograph.media import inspect

        info = inspect(path)
        clock = path.stem.partition("-")[0]
        start = datetime.strptime(f"{path.parent.name} {clock}", "%Y-%m-%d %H%M%S.%f")
        said = {
            "codec": info.codec,
            "width": info.width,
            "height": info.height,
            "reencoded": path.suffix == ".mp4",
            "taken_up": True,
            "label": None,  # nobody knows which it was recorded with
        }
        camera = path.parent.parent.name
        seconds = info.duration_seconds or 0.0
        self._append(path, camera, start.replace(tzinfo=UTC), seconds, said)

    def _write_clips(self) -> None:
        """The table, new from the entries: the last row may have been torn."""
        rows = [row for entry in self.entries for row in _rows(entry)]
        if rows or self.options.label:
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
            write_text_whole(self.folder / CLIPS, text.getvalue())

    def _size(self, entry: Mapping[str, Any]) -> int:
        """Of its file as it is now: people move files away."""
        with suppress(OSError):
            return (self.folder / str(entry["file"])).stat().st_size
        return 0


def _rows(entry: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """One row for each window, or for the whole picture; none without a label.

    Camera and day are group and source: a split keeps them together.
    """
    if not entry.get("label"):
        return []
    group = f"{entry['camera']} {str(entry['start_time'])[:10]}"
    windows = list((entry.get("windows") or {}).values()) or [()]
    return [
        (str(entry["file"]), str(entry["label"]), " ".join(map(str, window)), group, group)
        for window in windows
    ]


def _read(path: Path) -> tuple[list[dict[str, Any]], int]:
    """The entries, and how many bytes they fill: a torn last line is dropped."""
    content = path.read_bytes() if path.exists() else b""
    whole = content[: content.rfind(b"\n") + 1]
    entries = []
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if not isinstance(entry, dict) or not isinstance(entry.get("file"), str):
            raise InputError(f"{path} line {number}: is no entry. Put a copy of the file back.")
        entries.append(entry)
    return entries, len(whole)


def _mend(path: Path) -> bool:
    """What can be read of a half-written file becomes a whole one; False where nothing can."""
    from kineograph.live.evidence.clip import write_packets

    target = path.with_name(re.sub(r"(\.m\w\w)\..*$", r"\1", path.name))
    if target.suffix != ".mkv" or target.exists():
        return False
    try:
        write_packets(target, _packets_of(path))
    except (InputError, OSError):
        return False
    settle(target)
    return True


def _packets_of(path: Path) -> Cut:
    """The packets of a file from its first key frame on, as far as it goes. Raises InputError."""
    import av

    from kineograph.media.cameras.connection import PacketConnection, open_file
    from kineograph.media.cameras.options import CameraOptions

    connection = open_file(path, CameraOptions())
    packets, shown = [], False
    try:
        if not isinstance(connection, PacketConnection):
            raise InputError(f"{path.name}: holds no packets. Remove it.")
        with suppress(InputError, av.error.FFmpegError):
            for piece in connection.pieces():
                packets += [piece.packet] if piece.packet is not None else []
                shown |= bool(piece.shown)
        stored = [connection.store(packet, 0.0, 0) for packet in packets] if shown else []
    finally:
        connection.close()
    first = next((place for place, (packet, _) in enumerate(stored) if packet.is_key), None)
    if first is None:
        raise InputError(f"{path.name}: no picture in it can be decoded. Remove it.")
    return Cut(stored[first][1], tuple(packet for packet, _ in stored[first:]))
