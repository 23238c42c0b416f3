"""Lecture videos with windows and marks of who does what when (kineograph annotate).

SRC/lecture1.mp4 …         long videos of one fixed camera
SRC/windows.jsonl          {"video", "person", "window": [x, y, width, height], "hand", "sha256"}
SRC/annotations.jsonl      marks: video, person, label, start_seconds, end_seconds

    kineograph prepare lecture SRC data/lecture
    kineograph prepare lecture SRC data/lecture --option noise=0.08 --option balance=0.5

Every fully marked second becomes a sample of ten frames at ten a second (OUT/manifest.csv). All are
mirrored, and seconds of writing are noised until there are as many as of not writing; a copy is
only ever learned from.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kineograph.data.annotation import (
    Annotation,
    read_annotations,
)
from kineograph.data.cache import build_cache
from kineograph.data.dataset_folder import write_data_folder
from kineograph.data.decode import name_video
from kineograph.data.parts_seen import parts_seen
from kineograph.data.prepare.manifest import write_manifest
from kineograph.data.prepare.named import choose
from kineograph.data.prepare.prepared import Prepared, Progress, write_prepared
from kineograph.data.prepare.seconds import (
    SLACK,
    TENTHS,
    Second,
    find_overlaps,
    make_copies,
    sample_seconds,
)
from kineograph.data.windows import Place, Seat, place_of, read_windows
from kineograph.errors import InputError
from kineograph.media import inspect
from kineograph.media.frame import MediaInfo

WRITING = "writing"
MANY_COPIES = 3  # noised ones of each second; of more, little is learned
LATE_SECONDS = 0.2  # a header may be so much shorter than the last mark
LIMITS = {"noise": 1.0, "balance": 100.0, "size": 4096.0}  # the most that may be asked for


@dataclass(frozen=True)
class Options:
    """What may be chosen: see `prepare_lecture`."""

    label: str
    tie: str
    mirror: bool
    noise: float
    balance: float
    size: int


def prepare_lecture(
    source: str | Path,
    out: str | Path,
    *,
    label: str = WRITING,
    tie: str = "",
    mirror: str = "yes",
    noise: str = "0.05",
    balance: str = "1",
    size: str = "100",
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Prepared:
    """One-second samples of everyone who has a window and marks, and their copies.

    label: of which noised copies are made; tie: the label of a second with five marks to five (else
    `label`); mirror: yes or no; noise: standard deviation, as a part of white; balance: samples of
    `label` for each of the others, 0 for no noised copies; size: of the frames that are cut now, 0
    to leave that to the training. What cannot be used is a line of the problems, the rest goes on.
    Raises InputError for options, files or lines that make no sense, and fewer than two classes.
    """
    source, out = Path(source), Path(out)
    _check_folders(source, out)
    seats = read_windows(source / "windows.jsonl")
    marks = read_annotations(source / "annotations.jsonl")
    labels = sorted({mark.label for mark in marks})
    _check_labels(source, labels, label)
    options = _options(labels, [label, tie, mirror], [noise, balance, size])
    problems: list[str] = []
    lengths = _usable(source, seats, problems)
    by_place = _marks_by_place(marks, seats, problems)
    samples = {
        _sample(seats[place].at, each): each.tie
        for place, own in by_place.items()
        if place in lengths
        for each in _seconds(own, labels, lengths[place], options.tie, problems)
    }
    problems += _empty_classes(labels, samples)
    about: dict[str, Any] = {"source_root": source, "kind": "lecture", "command": command}
    called = name or source.resolve().name
    done = write_prepared(out, list(samples), problems, name=called, overwrite=overwrite, **about)
    kept, problems = _cut_now(done, options.size, progress)
    tied = {each.id for each in kept if samples[each]}
    how = {name: getattr(options, name) for name in ("mirror", "noise", "balance", "label")}
    copies = make_copies(kept, **how)
    every = [*kept, *copies]
    folder = write_data_folder(
        out,
        every,
        name=done.data_folder.name,
        notes=" ".join(_notes(kept, copies, len(tied), options, seats)),
        **about,
    )
    write_manifest(out / "manifest.csv", every, tied)
    counts = sorted(Counter(each.label for each in every).items())
    return Prepared(folder, dict(counts), problems)


# ------------------------------------------------------------------------------------ reading


def _check_folders(source: Path, out: Path) -> None:
    if not source.is_dir():
        raise InputError(f"{source}: there is no such folder. Check the path.")
    if out.resolve() == source.resolve():
        raise InputError(
            f"{out}: holds the marks, and prepared samples would take their place. Give another "
            f"folder, such as data/{source.resolve().name}."
        )


def _check_labels(source: Path, labels: list[str], label: str) -> None:
    if not labels:
        raise InputError(
            f"{source / 'annotations.jsonl'}: holds no mark. Mark some seconds with kineograph "
            "annotate."
        )
    if label == WRITING and label not in labels:
        raise InputError(
            f"{source / 'annotations.jsonl'}: nothing is marked '{label}', of which noised copies "
            f"are made; only {', '.join(labels)}. Mark some, or name another: --option "
            f'label="{labels[0]}".'
        )


def _options(labels: list[str], texts: list[str], numbers: list[str]) -> Options:
    label, tie, mirror = texts
    read = [
        _number(name, text, most)
        for (name, most), text in zip(LIMITS.items(), numbers, strict=True)
    ]
    noise, balance, size = read
    return Options(
        label=choose("label", label, labels),
        tie=choose("tie", tie or label, labels),
        mirror=choose("mirror", mirror, ("yes", "no")) == "yes",
        noise=noise,
        balance=balance,
        size=round(size),
    )


def _number(name: str, text: str, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= most or (name == "size" and value != round(value)):
        kind = "a whole number" if name == "size" else "a number"
        raise InputError(f"{name}={text}: is not {kind} from 0 to {most:g}. Write one.")
    return value


def _marks_by_place(
    marks: Sequence[Annotation], seats: dict[Place, Seat], problems: list[str]
) -> dict[Place, list[Annotation]]:
    """Marks of everyone who has a window; a line for each video and person who has none."""
    found: dict[Place, list[Annotation]] = defaultdict(list)
    for mark in marks:
        found[place_of(mark)].append(mark)
    for place in [place for place in found if place not in seats]:
        video, person = place
        lost = len(found.pop(place))
        who = f"of {person}" if person else "of nobody"
        why = "has no line in windows.jsonl" if person else "names no person"
        problems.append(f"{video}: {_count(lost, 'mark')} {who}, who {why}. Add it.")
    for place in seats:
        if place not in found:
            problems.append(f"{place[0]}: {place[1]} has a window and no mark. Mark some seconds.")
    return found


# ------------------------------------------------------------------------------------ checking


def _usable(source: Path, seats: dict[Place, Seat], problems: list[str]) -> dict[Place, float]:
    """Length in seconds for each window that can be cut; a line for each that cannot."""
    known: dict[str, MediaInfo | None] = {}
    lengths: dict[Place, float] = {}
    said: dict[str, set[str]] = defaultdict(set)
    for seat in seats.values():
        said[seat.at.video] |= {seat.sha256} if seat.sha256 else set()
    for place, seat in seats.items():
        video = seat.at.video
        if video not in known:
            known[video] = _look_at(source, video, said[video], problems)
        info = known[video]
        if info is None:
            continue
        x, y, width, height = seat.at.window or (0, 0, 0, 0)
        if x + width > info.width or y + height > info.height:
            problems.append(
                f"{video}: the window {[x, y, width, height]} of {place[1]} reaches out of the "
                f"picture of {info.width}x{info.height} pixels. Draw it again."
            )
        elif info.duration_seconds is None:
            problems.append(f"{video}: does not say how long it is. Convert it to MP4 (H.264).")
            known[video] = None
        else:
            lengths[place] = info.duration_seconds
    return lengths


def _look_at(source: Path, video: str, said: set[str], problems: list[str]) -> MediaInfo | None:
    """A video's header, if it can be read and is the one that was marked; `said`: its hashes."""
    try:
        info = inspect(source / video)
        if not said or (source / video).is_dir():
            return info
        with (source / video).open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
    except (InputError, OSError) as error:
        problems.append(name_video(video, error))
        return None
    if said == {digest}:
        return info
    other = sorted(said - {digest})[0]
    problems.append(
        f"{video}: has changed since it was marked (SHA-256 {digest[:8]}…, windows.jsonl says "
        f"{other[:8]}…). Put the marked file back, or mark this one."
    )
    return None


def _seconds(
    marks: list[Annotation], labels: list[str], length: float, tie: str, problems: list[str]
) -> list[Second]:
    """One person's samples in one video; a line for each mark that cannot be used whole."""
    inside = _inside(marks, length, problems)
    return sample_seconds(inside, labels, length_seconds=length, tie=tie)


def _inside(marks: list[Annotation], length: float, problems: list[str]) -> list[Annotation]:
    """Marks within the video; a line for what lies after its end, and for contradictions."""
    who = f"{marks[0].video}: {marks[0].person}"
    late = [mark for mark in marks if (mark.end_seconds or 0.0) > length + LATE_SECONDS]
    if late:
        last = max(mark.end_seconds or 0.0 for mark in late)
        problems.append(
            f"{who}: {_count(len(late), 'mark')} up to {last:g} s, and the video ends at "
            f"{length:.1f} s. What lies after it is not used; correct the marks."
        )
    for overlap in find_overlaps(marks):
        start, end = overlap.span
        until = "the end" if end == float("inf") else f"{end:g} s"
        problems.append(
            f"{who}: from {start:g} s to {until} marked '{overlap.one.label}' and "
            f"'{overlap.other.label}'. That time is not used; remove one of them."
        )
    return [mark for mark in marks if mark.start_seconds < length - SLACK]


def _empty_classes(labels: list[str], samples: Iterable[Annotation]) -> list[str]:
    found = {sample.label for sample in samples}
    return [
        f"class '{label}': is marked, and no whole second has it as its median. Mark longer."
        for label in labels
        if label not in found
    ]


# ------------------------------------------------------------------------------------ writing


def _sample(seat: Annotation, second: Second) -> Annotation:
    start = float(second.second)
    mixed = second.marks if set(second.marks) != {second.label} else None
    return replace(
        seat, label=second.label, start_seconds=start, end_seconds=start + 1, marks=mixed
    )


def _cut_now(
    done: Prepared, size: int, progress: Progress | None
) -> tuple[list[Annotation], list[str]]:
    """Fill the cache; the samples that have all their frames, and the problems with the others."""
    samples = done.data_folder.annotations
    if size == 0:
        return samples, done.problems
    cache, problems = build_cache(
        done.data_folder,
        samples,
        size_pixels=(size, size),
        frames_per_second=float(TENTHS),
        moments="nearest",
        progress=progress,
    )
    whole, thin = [], Counter[str]()
    for each in samples:
        if each in cache and len(cache.seconds(each)) == TENTHS:
            whole.append(each)
        elif each in cache:
            thin[f"{each.video}: {each.person}"] += 1
    problems += [
        f"{who}: {_count(count, 'second')} with fewer than {TENTHS} frames, since the recording "
        f"stood still there. They are left out; nothing to do."
        for who, count in thin.items()
    ]
    if not whole:
        raise InputError(
            f"{done.data_folder.source_root}: no marked second has all its frames. "
            f"Problems: {len(problems)}, the first: {problems[0]}"
        )
    return whole, [*done.problems, *problems]


def _notes(
    samples: list[Annotation],
    copies: list[Annotation],
    ties: int,
    options: Options,
    seats: dict[Place, Seat],
) -> list[str]:
    """What a reader of a report must know."""
    shown = {place_of(each) for each in samples}
    left = sum(seats[place].hand == "left" for place in shown)
    noised = sum(each.noise > 0 for each in copies)
    mirrored = sum(each.mirrored and not each.noise for each in copies)
    written = sum(each.label == options.label for each in samples)
    notes = [
        f"{_count(len(samples), 'second')} of {len({person for _, person in shown})} people in "
        f"{_count(len({video for video, _ in shown}), 'video')}, "
        f"{100 * written / len(samples):.1f} % '{options.label}'; {left} of {len(shown)} windows "
        "show a left-handed person.",
        f"Five marks to five in {_count(ties, 'second')}, counted as '{options.tie}'.",
    ]
    oblong = sum(w is not None and w.width != w.height for w in {each.window for each in samples})
    if oblong:
        notes.append(f"{_count(oblong, 'window')} not square: what is seen there is squeezed.")
    if copies:
        notes.append(
            f"Only for training: {mirrored} mirrored copies and {noised} noised ones of "
            f"'{options.label}' (standard deviation {options.noise:g} of white)."
        )
        if noised > MANY_COPIES * written:
            notes.append(
                f"That is {noised / written:.0f} noised copies of each second of "
                f"'{options.label}': it would be better to mark more of it."
            )
    if len({video for video, _ in shown}) < len(shown):
        apart = len(set(parts_seen(samples).values())) == len(shown)
        notes.append(
            "People of one video are told apart by their windows, which share no pixel."
            if apart
            else "Some windows of one video overlap: these people stay on one side of a split."
        )
    return notes


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
