"""Evidence of events on the disk: clip, film strip and scores, hashed into the journal.

    evidence/hall/2026-02-14/183012-fight-3fa9c1d2/clip.mkv strip.png event.json

Threads of its own write, one of them begins alone: an alert waits for no clip. What is handed to
them is bounded, and where the disk does not keep up the clip is given up, never the entry. A folder
appears when all of it is on the disk, and only then the journal names it; a crash in between is put
right at the next start.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kineograph.data.reviews import REVIEWS
from kineograph.errors import InputError
from kineograph.live.evidence.adopt import adopt, what_was_cut_off
from kineograph.live.evidence.recording import CameraEvidence, Job, Source
from kineograph.live.evidence.retention import Retention, finish_removals
from kineograph.live.evidence.write_event import describe_machine, write_event
from kineograph.live.journal.entries import Entry
from kineograph.live.journal.journal import Journal
from kineograph.live.journal.reviews import seal_reviews
from kineograph.media.cameras.source import without_secrets
from kineograph.media.frame import Box

MOST_JOBS = 1000
MOST_JOB_BYTES = 256 * 1024**2  # of packets that wait for the disk
SWEEP_SECONDS = 3600.0  # between looks for what is too old
FULL_SWEEP_SECONDS = 10.0  # where there is too much
_POLL_SECONDS = 0.5
_LOG = logging.getLogger("kineograph.evidence")

Done = Callable[[dict[str, Any], list[Path], Entry], None]


@dataclass(frozen=True)
class EvidenceOptions:
    """What is kept of an event, and for how long. Raises InputError for what cannot be meant.

    masks: windows of the camera's picture, in pixels, that are never stored. most_bytes: of packets
    held in memory for a camera before an event, and again for each clip.
    """

    folder: Path = Path("evidence")
    key: Path | None = None  # the private key's file; in the folder if not given
    pre_roll_seconds: float = 5.0
    post_roll_seconds: float = 5.0
    longest_seconds: float = 120.0
    masks: tuple[Box, ...] = ()
    blur_outside_windows: bool = False
    keep_days: float = 30.0
    keep_bytes: int = 20 * 10**9
    most_bytes: int = 64 * 1024**2

    def __post_init__(self) -> None:
        """Refuse what cannot be meant, in one line."""
        for name in ("pre_roll_seconds", "post_roll_seconds"):
            value = getattr(self, name)
            if not (isfinite(value) and 0 <= value <= 600):
                raise InputError(f"{name} {value:g}: from 0 to 600. Give 5, for example.")
        if not (isfinite(self.longest_seconds) and self.longest_seconds > self.pre_roll_seconds):
            raise InputError(
                f"longest_seconds {self.longest_seconds:g}: a clip is longer than its pre-roll of "
                f"{self.pre_roll_seconds:g} s. Give 120, for example."
            )
        for box in self.masks:
            if len(box) != 4 or box[2] < 1 or box[3] < 1:
                raise InputError(
                    f"mask {tuple(box)}: a mask is x, y, width, height in pixels, and has an area. "
                    "Give [0, 0, 100, 50], for example."
                )
        if self.most_bytes < 1:
            raise InputError(f"most_bytes {self.most_bytes}: must be above 0. Give 67108864.")
        Retention(self.keep_days, self.keep_bytes)


@dataclass(frozen=True)
class EvidenceStatus:
    """Counts since the start, and what is held now."""

    written: int  # events with their folders
    with_problems: int  # of these, events of which something could not be kept
    without_clip: int  # clips given up since the disk did not keep up
    lost: int  # events of which not even an entry could be made
    waiting: int  # events in the queue
    entries_waiting: int  # entries of the journal that the disk refuses
    kept_folders: int
    kept_bytes: int
    head: str  # the journal's newest hash
    last_problem: str


class EvidenceWriter:
    """Writes the events of all cameras; make one `camera` each.

    done(event, files, entry): called on a thread of the writer's when an event is in the journal;
    after a crash once more, with the same id, for what nobody may have been told of.
    handed_over(event_id): whether every sink has it, so that retention may remove it.
    Raises as Journal does.
    """

    def __init__(
        self,
        options: EvidenceOptions,
        *,
        done: Done = lambda event, files, entry: None,
        handed_over: Callable[[str], bool] = lambda event_id: True,
    ):
        self._options, self._done, self._handed_over = options, done, handed_over
        self.journal = Journal(options.folder, key=options.key)
        self._retention = Retention(options.keep_days, options.keep_bytes)
        self._machine = describe_machine()
        self._cameras: list[CameraEvidence] = []
        self._jobs: deque[Job] = deque()
        self._begun: deque[Job] = deque()
        self._saying = threading.Lock()
        self._put_right = threading.Event()  # what a crash left
        self._job_bytes = 0
        self._changed = threading.Condition()
        self._ending = False
        self._swept = float("-inf")
        self._reviews_bytes = 0  # of review.jsonl, when its marks were last signed
        self._written = self._with_problems = self._without_clip = self._lost = 0
        self._last_problem = ""
        self._threads = [
            threading.Thread(target=self._run, name="evidence", daemon=True),
            threading.Thread(target=self._run_begun, name="begun events", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def camera(
        self,
        name: str,
        *,
        address: str,
        network: str,
        windows: Mapping[str, Box | None] = MappingProxyType({}),
        options: EvidenceOptions | None = None,
    ) -> CameraEvidence:
        """What one camera's thread and the loop speak to; `options`: its own, if any."""
        from kineograph.live.evidence.clip import hide

        own = options or self._options
        shown = without_secrets(address) if "://" in address else address
        boxes = {name: box for name, box in windows.items() if box is not None}
        sharp = list(boxes.values()) if own.blur_outside_windows else None
        hidden = hide(own.masks, sharp) if own.masks or own.blur_outside_windows else None
        camera = CameraEvidence(
            Source(name, shown, network, hidden, boxes),
            self._submit,
            pre_roll_seconds=own.pre_roll_seconds,
            post_roll_seconds=own.post_roll_seconds,
            longest_seconds=own.longest_seconds,
            most_bytes=own.most_bytes,
        )
        self._cameras.append(camera)
        return camera

    def status(self) -> EvidenceStatus:
        """For the dashboard."""
        return EvidenceStatus(
            written=self._written,
            with_problems=self._with_problems,
            without_clip=self._without_clip,
            lost=self._lost,
            waiting=len(self._jobs) + len(self._begun),
            entries_waiting=self.journal.waiting,
            kept_folders=len(self.journal.kept),
            kept_bytes=self.journal.kept_bytes,
            head=self.journal.head,
            last_problem=self._last_problem,
        )

    def close(self) -> None:
        """Write all that is open as far as it has come, then let go of the journal."""
        for camera in self._cameras:
            camera.close()
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        self.journal.close()

    def _submit(self, job: Job) -> None:
        """Into the queue, never waiting: where there is no room for the packets, without them."""
        with self._changed:
            if self._job_bytes + job.size_bytes > MOST_JOB_BYTES:
                self._without_clip += 1
                words = "no clip: the disk did not keep up"
                job = replace(job, cut=replace(job.cut, packets=()), problems=(words,))
            line = self._begun if job.kind == "begun" else self._jobs
            if len(line) >= MOST_JOBS:
                self._lost += 1
                self._last_problem = f"{MOST_JOBS} events wait for the disk; one was lost"
                return
            line.append(job)
            self._job_bytes += job.size_bytes
            self._changed.notify_all()

    def _run(self) -> None:
        """One thread: first what a crash left, then one event after the other."""
        self._guarded(self._begin)
        self._put_right.set()
        while True:
            with self._changed:
                if not self._jobs and not self._ending:
                    self._changed.wait(_POLL_SECONDS)
                job = self._jobs.popleft() if self._jobs else None
                if job is None and self._ending:
                    break
            if job is not None:
                self._guarded(self._write, job)
                with self._changed:
                    self._job_bytes -= job.size_bytes
            self._guarded(self._tidy)
        self._say_begun()
        self._guarded(self.journal.append, "stopped", {})

    def _run_begun(self) -> None:
        """The other one: that events have begun, which waits for nobody's clip and film strip."""
        self._put_right.wait()
        ending = False
        while not ending:
            with self._changed:
                if not self._begun and not self._ending:
                    self._changed.wait(_POLL_SECONDS)
                ending = self._ending
            self._say_begun()

    def _say_begun(self) -> None:
        """In their order, and each before the event's other entries: both threads come here."""
        with self._saying:
            while self._begun:
                self._guarded(self._write_begun, self._begun.popleft())

    def _guarded(self, do: Callable[..., Any], *given: Any) -> None:
        """A disk, a codec or a picture may fail in any way; the cameras are watched on."""
        try:
            do(*given)
        except Exception as error:
            self._last_problem = " ".join(str(error).split()) or type(error).__name__
            _LOG.exception("evidence: %s", self._last_problem)

    def _begin(self) -> None:
        """Whatever a crash left is put right, and told again to whom it may not have been told."""
        newest = self.journal.newest
        started = self.journal.append("started", {"machine": self._machine})
        finish_removals(self.journal)
        if newest is not None:
            self._tell(newest)
        for event in self.journal.begun.values():
            if _lasts(event):
                self._done(event, [], started)
        for entry in (*adopt(self.journal), *what_was_cut_off(self.journal)):
            self._tell(entry)

    def _write(self, job: Job) -> None:
        self._say_begun()
        if job.kind == "ended":
            self._tell(self.journal.append("ended", {"event": job.event}))
            return
        if job.event["id"] in self.journal.events:
            return
        entry = write_event(self.journal, job, self._machine)
        self._written += 1
        if problems := entry.content["problems"]:
            self._with_problems += 1
            self._last_problem = f"{job.event['id']}: {problems[0]}"
        self._tell(entry)

    def _write_begun(self, job: Job) -> None:
        if job.event["id"] not in self.journal.events:
            entry = self.journal.append("begun", {"event": job.event})
            if _lasts(job.event):  # else it is told with its pictures, in a moment
                self._done(job.event, [], entry)

    def _tell(self, entry: Entry) -> None:
        event = entry.content.get("event")
        if not event:
            return  # a folder of which nobody knows what it was
        kept = self.journal.kept_of(event["id"])
        files = [self.journal.folder / kept.folder / name for name in kept.files] if kept else []
        self._done(event, [file for file in files if file.is_file()], entry)

    def _tidy(self) -> None:
        """What is done now and then."""
        for camera in self._cameras:
            camera.finish_late()
        if self.journal.waiting:
            self.journal.retry()
        self._seal_reviews()
        too_much = self.journal.kept_bytes > self._retention.most_bytes
        since = time.monotonic() - self._swept
        if since >= (FULL_SWEEP_SECONDS if too_much else SWEEP_SECONDS):
            self._swept = time.monotonic()
            self._retention.sweep(self.journal, self._handed_over, datetime.now(UTC))

    def _seal_reviews(self) -> None:
        """Marks that `review` wrote since: they go into the journal that is held here."""
        with suppress(FileNotFoundError):
            size_bytes = (self.journal.folder / REVIEWS).stat().st_size
            if size_bytes != self._reviews_bytes:
                seal_reviews(self.journal)
                self._reviews_bytes = size_bytes


def _lasts(event: dict[str, Any]) -> bool:
    return event.get("end_seconds") is None
