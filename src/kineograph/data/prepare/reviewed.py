"""Alerts that people marked right or wrong (kineograph review) become a prepared data set.

EVIDENCE/review.jsonl                   what was said of each alert
EVIDENCE/hall/2026-02-14/…/clip.mkv     what was kept of it, with event.json

    kineograph prepare reviewed EVIDENCE data/reviewed --none-label no_fight --with data/fight

A right alert has its own label; a wrong one what it truly was, or the label for nothing: a hard
negative, since a network took it for something. Clips are copied into OUT, since evidence goes when
its days are over; what was copied once stays part of OUT, though its evidence went.
"""

import csv
import io
import json
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kineograph.data.annotation import Annotation
from kineograph.data.dataset_folder import DataFolder
from kineograph.data.prepare.prepared import Prepared, Progress, write_prepared
from kineograph.data.reviews import REVIEWS, Review, read_reviews
from kineograph.errors import InputError, nearest
from kineograph.media.frame import Box
from kineograph.whole_file import temporary_beside, write_text_whole

CLIPS = "clips"
LEAD_SECONDS = 2.0  # an alert begins when the network is sure, which is later than what it saw
COLUMNS = (
    *("id", "video", "label", "hard_negative", "verdict", "alert_label", "peak", "network"),
    *("camera", "window", "day", "event", "evidence", "reviewed"),
)


@dataclass(frozen=True)
class _Sample:
    """One alert as it is learned from, and its row of the manifest."""

    annotation: Annotation
    row: dict[str, Any]

    @property
    def is_hard(self) -> bool:
        return bool(self.row["hard_negative"])


def prepare_reviewed(
    source: str | Path | Sequence[str | Path],
    out: str | Path,
    *,
    none_label: str = "none",
    joined: str | Path | None = None,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Prepared:
    """Every alert of one or more evidence folders that is marked right or wrong.

    none_label: what a wrong alert shows that was given no other label. joined: a prepared data set
    whose annotations are added. Clips of one camera and one day are a group, so no split parts
    them. OUT/manifest.csv says which clips are hard negatives. Raises InputError where nothing was
    reviewed, and for fewer than two classes.
    """
    out = Path(out)
    folders = [Path(each) for each in ([source] if isinstance(source, str | Path) else source)]
    more = DataFolder(Path(joined)) if joined is not None else None
    _check_label(none_label, more)
    samples: list[_Sample] = []
    problems: list[str] = []
    unsure = 0
    for folder in folders:
        reviews = _reviews_of(folder)
        for review in reviews.values():
            if review.verdict == "unsure":
                unsure += 1
                continue
            try:
                samples.append(_sample(folder, out, review, none_label))
            except InputError as error:
                problems.append(f"{review.folder}: {error}")
    root = _common_root(out, more)
    annotations = [_moved(each.annotation, out, root) for each in samples]
    if more and all(each.split for each in more.annotations):
        annotations = [replace(each, split="train") for each in annotations]
    rows = [each.row | {"id": at.id} for each, at in zip(samples, annotations, strict=True)]
    if more:
        annotations += [_moved(each, more.source_root, root) for each in more.annotations]
    done = write_prepared(
        out,
        annotations,
        problems,
        source_root=root,
        kind="reviewed",
        name=name or out.resolve().name,
        command=command,
        notes=_notes(samples, unsure, more),
        overwrite=overwrite,
        progress=progress,
    )
    _write_manifest(out / "manifest.csv", rows)
    return done


def _check_label(none_label: str, more: DataFolder | None) -> None:
    """Beside other data, the label for nothing is one of theirs, or it would be a class apart."""
    if not none_label.strip():
        raise InputError("none_label is empty: a wrong alert needs a label. Write none, say.")
    if more and none_label not in more.classes:
        hint = nearest(none_label, more.classes)
        raise InputError(
            f"--none-label {none_label}: {more.path} has {', '.join(more.classes)}, and wrong "
            f"alerts would be a class of their own. Name one of these. {hint}".rstrip()
        )


def _reviews_of(folder: Path) -> dict[str, Review]:
    reviews = read_reviews(folder)
    if not reviews:
        raise InputError(
            f"{folder}: no alert was reviewed there ({REVIEWS}). Run: kineograph review {folder}"
        )
    return reviews


def _sample(folder: Path, out: Path, review: Review, none_label: str) -> _Sample:
    """The clip of one review, brought into OUT, and its interval. Raises InputError."""
    said, clip = _bring(folder / review.folder, out / CLIPS, review.event)
    try:
        event, kept = said["event"], said["clip"]
        zero, length = kept["start_seconds"], kept["end_seconds"] - kept["start_seconds"]
        start = max(0.0, event["start_seconds"] - zero - LEAD_SECONDS)
        end = min(event["end_seconds"] - zero, length)
        label = str(event["label"]) if review.verdict == "right" else review.label or none_label
        day = str(event["start_time"])[:10]
        group = f"{event['camera']} {day}"
        window = said.get("window_pixels")
        annotation = Annotation(
            clip.relative_to(out).as_posix(),
            label,
            start_seconds=round(start, 3),
            end_seconds=round(end, 3),
            window=Box(*window) if window else None,
            group=group,
            source=group,
        )
    except (KeyError, TypeError) as error:
        raise InputError(
            f"event.json says too little ({error!r}). Mark it unsure to leave it out."
        ) from None
    row = {
        "video": annotation.video,
        "label": label,
        "hard_negative": int(review.verdict == "wrong"),
        "verdict": review.verdict,
        "alert_label": event["label"],
        "peak": event.get("peak"),
        "network": said.get("network"),
        "camera": event["camera"],
        "window": event.get("window"),
        "day": day,
        "event": review.event,
        "evidence": folder.resolve().name,
        "reviewed": review.time,
    }
    return _Sample(annotation, row)


def _bring(home: Path, clips: Path, event: str) -> tuple[dict[str, Any], Path]:
    """event.json and the clip in OUT: copied now, or long ago where retention has been since."""
    stem = re.sub(r"[^\w.-]+", "_", event)
    about = clips / f"{stem}.json"
    if (home / "event.json").is_file():
        said = _read(home / "event.json")
        name = _clip_name(said)
        clip = clips / f"{stem}{Path(name).suffix}"
        _copy(home / name, clip)
        _copy(home / "event.json", about)
        return said, clip
    if about.is_file():
        said = _read(about)
        return said, clips / f"{stem}{Path(_clip_name(said)).suffix}"
    raise InputError("its evidence was removed before it was copied. Prepare again sooner.")


def _read(path: Path) -> dict[str, Any]:
    try:
        said = json.loads(path.read_bytes())
    except (OSError, ValueError):
        said = None
    if not isinstance(said, dict):
        raise InputError(f"{path.name} cannot be read. Run kineograph verify on its folder.")
    return said


def _clip_name(said: dict[str, Any]) -> str:
    clip = said.get("clip")
    name = clip.get("file") if isinstance(clip, dict) else None
    if not isinstance(name, str) or Path(name).name != name:
        raise InputError("no clip was kept of it. Mark it unsure to leave it out.")
    return name


def _copy(source: Path, target: Path) -> None:
    """Whole or not at all; nothing if it was copied before."""
    try:
        if target.is_file() and target.stat().st_size == source.stat().st_size:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        part = temporary_beside(target)
        try:
            shutil.copyfile(source, part)
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"{source.name} cannot be copied to {target.parent} ({error.strerror}). "
            "Free some space, and prepare again."
        ) from None


def _common_root(out: Path, more: DataFolder | None) -> Path:
    """The folder below which all videos lie."""
    if more is None:
        return out
    try:
        return Path(os.path.commonpath([out.resolve(), more.source_root]))
    except ValueError:
        raise InputError(
            f"{out}: lies on another disk than {more.source_root}, and one data set has one root. "
            "Choose a folder beside those videos."
        ) from None


def _moved(annotation: Annotation, before: Path, root: Path) -> Annotation:
    """The same interval, its video named from another root on; a copy stays its original's."""
    path, top = before.resolve() / annotation.video, root.resolve()
    video = (path.relative_to(top) if path.is_relative_to(top) else path).as_posix()
    if annotation.copy_of is None:
        return replace(annotation, video=video)
    plain = {"copy_of": None, "mirrored": False, "noise": 0.0, "copy_number": 0}
    original = replace(annotation, video=video, **plain)  # type: ignore[arg-type]
    return replace(annotation, video=video, copy_of=original.id)


def _notes(samples: Sequence[_Sample], unsure: int, more: DataFolder | None) -> list[str]:
    hard = sum(each.is_hard for each in samples)
    cameras = sorted({str(each.row["camera"]) for each in samples})
    said = [
        f"{len(samples)} clips are alerts that a network gave and people reviewed; {hard} of them "
        f"were wrong (hard negatives). Cameras: {', '.join(cameras) or 'none'}. A figure on them "
        "says how well the hard cases are told apart, not how often alerts will be wrong."
    ]
    if unsure:
        said.append(f"{unsure} alerts that nobody was sure of were left out.")
    if more:
        said.append(f"Joined with {len(more.annotations)} clips of {more.name}. {more.notes}")
    return [each.strip() for each in said]


def _write_manifest(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    try:
        write_text_whole(path, text.getvalue())
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror}). Choose another folder."
        ) from None
