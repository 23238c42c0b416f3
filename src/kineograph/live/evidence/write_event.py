"""One event's folder: clip, film strip and scores; then its entry in the journal.

Each file is written whole and is on the disk before the folder takes its name, and the folder has
its name before the journal says so. What cannot be written is named in the entry, and the rest is
kept: on a full disk, an entry alone.
"""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from kineograph.live.evidence.measure import measure_folder
from kineograph.live.evidence.recording import Job
from kineograph.live.journal.entries import Entry, plain_values
from kineograph.live.journal.journal import Journal
from kineograph.whole_file import UNFINISHED, settle, write_bytes_whole

CLIP, HIDDEN_CLIP, STRIP, FIELDS = "clip.mkv", "clip.mp4", "strip.png", "event.json"
_TAKEN = {"keys"}  # names in the evidence folder that no camera may have
_TOLD = ("kineograph", "torch", "onnxruntime", "av", "numpy", "cryptography")


def write_event(journal: Journal, job: Job, machine: dict[str, str]) -> Entry:
    """Write an event's folder as far as the disk allows, and its entry."""
    name = _folder_of(job.event, journal)
    home = journal.folder / name
    part = home.with_name(home.name + UNFINISHED)
    problems = list(job.problems)

    def attempt(what: str, do: Callable[[], Any]) -> Any:
        """Whatever a codec, a picture or a disk does, the other files are written."""
        try:
            return do()
        except Exception as error:
            words = getattr(error, "strerror", None) or str(error) or type(error).__name__
            problems.append(" ".join(f"no {what}: {words}".split()))
            return None

    files: dict[str, Any] = {}
    if journal.has_reserve:
        attempt("folder", lambda: part.mkdir(parents=True, exist_ok=True))
    else:
        problems.append("no files: the disk is full, and what room is left is for the journal")
    if part.is_dir():
        clip = attempt("clip", lambda: _write_clip(part, job)) if job.cut.packets else None
        if not job.cut.packets and not job.problems:
            problems.append("no clip: no packets came in time, or the source has none")
        attempt("film strip", lambda: _write_strip(part / STRIP, job))
        fields = _fields(job, clip, machine) | {"problems": problems}
        attempt(FIELDS, lambda: _write_fields(part / FIELDS, fields))
        files = attempt("hashes", lambda: measure_folder(part)) or {}
        attempt("name in its place", lambda: _put_in_place(part, home, bool(files)))
    said = {"event": job.event, "folder": name, "files": files, "problems": problems}
    return journal.append("event", said)


def describe_machine() -> dict[str, str]:
    """What wrote it: versions of the programs, and the system; no name of the machine."""
    found = {"python": platform.python_version(), "system": platform.system()}
    for name in _TOLD:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found | {"processor": platform.machine()}


def short_id(event: dict[str, Any]) -> str:
    """Eight digits of an event's id, for the name of its folder."""
    return sha256(str(event["id"]).encode()).hexdigest()[:8]


def _folder_of(event: dict[str, Any], journal: Journal) -> str:
    """camera/date/time-label-id below the evidence folder; one that is not taken."""
    start = datetime.fromisoformat(event["start_time"]).astimezone(UTC)
    camera, label = _plain(event["camera"]), _plain(event["label"])
    name = f"{camera}/{start:%Y-%m-%d/%H%M%S}-{label}-{short_id(event)}"
    again = ""
    while (journal.folder / (name + again)).exists() or name + again in journal.kept:
        again = f"-{int(again[1:] or 1) + 1}" if again else "-2"
    return name + again


def _plain(text: str) -> str:
    """Fit for a folder's name on any system."""
    plain = re.sub(r"[^\w.-]+", "-", text).strip(".-")[:60] or "unnamed"
    return f"camera-{plain}" if plain in _TAKEN or plain.startswith("journal.") else plain


def _write_clip(folder: Path, job: Job) -> dict[str, Any]:
    """The clip, and what is said of it."""
    from kineograph.live.evidence.clip import UNCODED, hide, write_hidden, write_packets

    packets, head = job.cut.packets, job.cut.head
    hidden = job.source.hidden
    if hidden is None and head is not None and head.codec in UNCODED:
        hidden = hide((), None)
    path = folder / (HIDDEN_CLIP if hidden else CLIP)
    if hidden:
        write_hidden(path, job.cut, hidden, job.source.camera)
    else:
        write_packets(path, job.cut)
    settle(path)
    start = min(packet.seconds for packet in packets)
    last = max(packets, key=lambda packet: packet.seconds)
    end = last.seconds + float(last.duration * last.time_base)
    began = datetime.fromisoformat(job.event["start_time"])
    zero = began - timedelta(seconds=job.event["start_seconds"])
    return {
        "file": path.name,
        "start_seconds": start,
        "end_seconds": end,
        "start_time": (zero + timedelta(seconds=start)).isoformat(timespec="milliseconds"),
        "end_time": (zero + timedelta(seconds=end)).isoformat(timespec="milliseconds"),
        "begins_with_key_frame": packets[0].is_key,
        "packets": len(packets),
        "codec": "h264" if hidden else head.codec if head else None,
        "reencoded": hidden is not None,
    }


def _write_strip(path: Path, job: Job) -> None:
    from kineograph.live.evidence.clip import chosen_frames
    from kineograph.live.evidence.strip import HEIGHT_PIXELS, Curve, Title, draw_strip, moments

    event, packets = job.event, job.cut.packets
    times = [p.seconds for p in packets] or [s for s, _ in job.scores] or [event["start_seconds"]]
    start, end = min(times), max(times)
    chosen = moments(start, end, event["peak_seconds"])
    frames = (
        chosen_frames(job.cut, job.source.camera, chosen, HEIGHT_PIXELS, job.source.hidden)
        if packets
        else []
    )
    known = [(s, shares[event["label"]]) for s, shares in job.scores if event["label"] in shares]
    curve = Curve([s for s, _ in known], [share for _, share in known], job.high, job.low)
    window = "" if event.get("window", "whole") == "whole" else f", {event['window']}"
    title = Title(
        event["label"],
        f"{job.source.camera}{window}",
        event["start_seconds"],
        event["end_seconds"],
        datetime.fromisoformat(event["start_time"]),
        event["peak"],
        event["peak_seconds"],
    )
    write_bytes_whole(path, draw_strip(frames, curve, title, start, end))
    settle(path)


def _fields(job: Job, clip: dict[str, Any] | None, machine: dict[str, str]) -> dict[str, Any]:
    """event.json without its problems."""
    labels = sorted({label for _, shares in job.scores for label in shares})
    return {
        "event": job.event,
        "camera": {"name": job.source.camera, "address": job.source.address},
        "network": job.source.network,
        "window_pixels": _window_of(job),
        "thresholds": {"high": job.high, "low": job.low},
        "clip": clip,
        "scores": {
            "seconds": [round(seconds, 4) for seconds, _ in job.scores],
            "probabilities": {
                label: [_rounded(shares.get(label)) for _, shares in job.scores] for label in labels
            },
        },
        "machine": machine,
    }


def _window_of(job: Job) -> list[int] | None:
    """Which part of the picture was looked at: x, y, width, height; None for the whole."""
    box = job.source.windows.get(str(job.event.get("window")))
    return None if box is None else list(box)


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _write_fields(path: Path, fields: dict[str, Any]) -> None:
    content = json.dumps(plain_values(fields), ensure_ascii=False, indent=1)
    write_bytes_whole(path, content.encode("utf-8", "replace"))
    settle(path)


def _put_in_place(part: Path, home: Path, is_worth_it: bool) -> None:
    """The folder takes its name, or goes where nothing could be written into it."""
    if not is_worth_it:
        part.rmdir()
        return
    os.rename(part, home)
    settle(home)
