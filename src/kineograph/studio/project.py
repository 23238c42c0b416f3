"""The folder of one marking job: its journal, and the plain files written after every edit.

FOLDER/marks.journal.jsonl   every edit since the first; all else can be made from it again
FOLDER/videos.jsonl          one video a line: where it lay, its size and SHA-256
FOLDER/windows.jsonl         one window a line: video, person, window, hand, the video's sha256
FOLDER/annotations.jsonl     one mark a line: what `data/annotation.py` reads
"""

import copy
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kineograph.data.annotation import write_annotations
from kineograph.errors import InputError
from kineograph.media import VIDEO_SUFFIXES, inspect
from kineograph.studio.exchange.bring_in import plan_import
from kineograph.studio.found import Found, read_found
from kineograph.studio.journal import Journal
from kineograph.studio.marks import Change, Marks, Video
from kineograph.studio.moments import frame_seconds
from kineograph.whole_file import write_text_whole

JOURNAL = "marks.journal.jsonl"
VIDEOS = "videos.jsonl"
WINDOWS = "windows.jsonl"
ANNOTATIONS = "annotations.jsonl"
ID_LETTERS = 12  # of the SHA-256
_PIECE_BYTES = 1 << 22

Progress = Callable[[int, int, str], None]


class StaleError(InputError):
    """The edit was planned on marks that have been changed since."""


class Project:
    """Marks on disk: every edit is in the journal before it counts."""

    def __init__(
        self, folder: Path, videos: Sequence[Path], *, progress: Progress | None = None
    ) -> None:
        self.folder = folder
        self.marks = Marks()
        self.moments: dict[str, list[float]] = {}
        self.opened: list[str] = []  # ids of the videos of this session, in the order given
        self.revision = 0
        self.notes: list[str] = []  # what a person must know of what was brought in
        self._names: set[str] = set()  # of all videos, also those that they had before
        self._undo: list[tuple[str, list[Change]]] = []
        self._redo: list[tuple[str, list[Change]]] = []
        self._lock = threading.RLock()
        found = list(_look_at(videos, progress))
        self.journal = Journal(folder / JOURNAL)
        try:
            for entry in self.journal.entries:
                self._replay(entry)
            root = _root(folder, [video.path for video, _ in found])
            beside = read_found(folder / WINDOWS, folder / ANNOTATIONS)
            for video, moments in found:
                self._open(video, moments, root, beside)
            self._others = beside.without(self._names)
            self.write()
        except BaseException:
            self.journal.close()
            raise

    def edit(self, changes: list[Change], *, stroke: str = "") -> None:
        """Write changes to the journal, carry them out, and write the files anew.

        Edits of one stroke (a key held, say) are undone together.
        """
        if not changes:
            return
        with self._lock:
            self._take({"kind": "edit", "stroke": stroke, "changes": changes})

    def undo(self) -> bool:
        """Take the last stroke back; False if there is none."""
        return self._turn("undo", self._undo)

    def redo(self) -> bool:
        """Do again what was undone last; False if there is nothing."""
        return self._turn("redo", self._redo)

    def at_revision(self, revision: int) -> threading.RLock:
        """The lock to edit under. Raises StaleError unless `revision` is the newest."""
        if revision != self.revision:
            raise StaleError(
                "The marks were changed in another tab just before; this edit was not made. "
                "The page shows them now: make it again."
            )
        return self._lock

    def state(self) -> dict[str, Any]:
        """Everything the page draws, as JSON values."""
        with self._lock:
            return {
                "revision": self.revision,
                "can_undo": bool(self._undo),
                "can_redo": bool(self._redo),
                "windows": [asdict(window) for window in self.marks.windows.values()],
                "marks": [asdict(mark) for mark in self.marks.marks.values()],
            }

    def write(self) -> None:
        """The plain files, each whole."""
        with self._lock:
            videos = self.marks.videos
            _write_lines(self.folder / VIDEOS, [_video_line(video) for video in videos.values()])
            _write_lines(
                self.folder / WINDOWS,
                [
                    {
                        "video": videos[window.video].name,
                        "person": window.person,
                        "window": list(window.box),
                        **({"hand": window.hand} if window.hand else {}),
                        "sha256": videos[window.video].sha256,
                    }
                    for window in self.marks.windows.values()
                ]
                + self._others.window_lines(),
            )
            marks = [*self.marks.annotations(), *self._others.marks]
            write_annotations(self.folder / ANNOTATIONS, marks)

    def close(self) -> None:
        """Let go of the folder."""
        self.journal.close()

    def _turn(self, kind: str, stack: list[tuple[str, list[Change]]]) -> bool:
        with self._lock:
            if not stack:
                return False
            stroke, changes = stack[-1]
            self._take({"kind": kind, "stroke": stroke, "changes": changes})
            return True

    def _take(self, entry: dict[str, Any]) -> None:
        self.journal.append(entry)
        self._replay(entry)
        self.write()

    def _replay(self, entry: dict[str, Any]) -> None:
        """One line of the journal, at work or when it is read again."""
        kind = entry["kind"]
        if kind == "video":
            video = Video(**entry["video"])
            self.marks.videos[video.id] = video
            self._names.add(video.name)
            return
        inverse = self.marks.apply(entry["changes"])
        stroke = entry.get("stroke", "")
        self.revision += 1
        if kind == "undo":
            self._undo.pop()
            self._redo.append((stroke, inverse))
        elif kind == "redo":
            self._redo.pop()
            self._undo.append((stroke, inverse))
        else:
            self._redo.clear()
            if stroke and self._undo and self._undo[-1][0] == stroke:
                inverse += self._undo.pop()[1]
            self._undo.append((stroke, inverse))

    def _open(self, video: Video, moments: list[float], root: Path, beside: Found) -> None:
        """Remember a video, or know it again by its content, wherever it lies now.

        Of one that is new here, what the folder says already is brought in.
        """
        name = _name_below(video.path, root)
        for known in self.marks.videos.values():
            if known.sha256 == video.sha256:
                continue
            if known.path == video.path:
                raise InputError(
                    f"{video.path}: its content changed since it was marked ({known.size_bytes} "
                    f"bytes then, {video.size_bytes} now; another SHA-256). Put the old file back, "
                    "or mark the new one with another --out."
                )
            if known.name == name:  # another file of that name, from another folder
                name = f"{Path(video.path).parent.name}/{name}"
        known_video = self.marks.videos.get(video.id)
        if known_video is None or known_video.path != video.path or known_video.name != name:
            remembered = Video(**{**asdict(video), "name": name})
            people = beside.people(remembered) if known_video is None else []
            entries: list[dict[str, Any]] = [{"kind": "video", "video": asdict(remembered)}]
            if people:  # planned first: what is refused leaves the journal as it was
                trial = copy.deepcopy(self.marks)
                trial.videos[remembered.id] = remembered
                changes, notes = plan_import(trial, remembered, people)
                entries.append({"kind": "edit", "stroke": "", "changes": changes})
                self.notes += [f"{remembered.name}: {note}" for note in notes]
            for entry in entries:
                self.journal.append(entry)
                self._replay(entry)
        self.moments[video.id] = moments
        self.opened.append(video.id)


def _look_at(
    videos: Sequence[Path], progress: Progress | None
) -> Iterator[tuple[Video, list[float]]]:
    """Size, content and frame times of each file. Raises InputError for one that is no video."""
    files = [Path(os.path.abspath(path)) for path in videos]
    seen: dict[str, Path] = {}
    done, total = 0, sum(file.stat().st_size for file in files if file.is_file())
    for file in files:
        if file.is_dir() or (file.exists() and file.suffix.lower() not in VIDEO_SUFFIXES):
            raise InputError(f"{file}: windows are drawn in videos. Give a video file.")
        info = inspect(file)
        digest = hashlib.sha256()
        with file.open("rb") as content:
            while piece := content.read(_PIECE_BYTES):
                digest.update(piece)
                done += len(piece)
                if progress:
                    progress(done >> 20, max(total >> 20, 1), file.name)
        code = digest.hexdigest()
        if code in seen:
            raise InputError(f"{file}: the same content as {seen[code]}. Give one of them.")
        seen[code] = file
        moments, duration = frame_seconds(file)
        yield (
            Video(
                id=code[:ID_LETTERS],
                name=file.name,
                path=file.as_posix(),
                size_bytes=info.size_bytes,
                sha256=code,
                width=info.width,
                height=info.height,
                duration_seconds=round(duration, 6),
            ),
            moments,
        )


def _root(folder: Path, paths: Sequence[str]) -> Path:
    """What names are relative to: the folder of the marks if the videos lie in it, too."""
    here = Path(os.path.abspath(folder))
    if all(Path(path).is_relative_to(here) for path in paths):
        return here
    return common_folder(paths)


def common_folder(paths: Sequence[str]) -> Path:
    """The folder that all these files lie in."""
    try:
        return Path(os.path.commonpath([Path(path).parent for path in paths]))
    except ValueError:  # two drives of Windows
        return Path(paths[0]).parent


def _name_below(path: str, root: Path) -> str:
    file = Path(path)
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name


def _video_line(video: Video) -> dict[str, Any]:
    """`video` is the name that annotations.jsonl uses; `path` is where it lay."""
    said = asdict(video)
    return {"video": said.pop("name"), **{key: said[key] for key in said if key != "id"}}


def _write_lines(path: Path, lines: list[dict[str, Any]]) -> None:
    write_text_whole(path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
