"""What stands on two sides of a split and should not: people, recordings, files and copies.

A mirrored or noised copy belongs beside its original in training: anywhere else it is named. Only
"writing-paper-split" may test mirrored ones, beside their originals.
Names are compared as names, files by their bytes, and clips by their pixels: small grey
thumbnails of a few frames, once as the mean frame (the place) and once as what differs from it
(the motion). Only where both agree is a clip called a copy, since one fixed camera shows the same
place in every clip.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from kineograph.data.annotation import Annotation
from kineograph.data.cache import Cache
from kineograph.data.copies import is_mirror, originals
from kineograph.data.dataset_folder import DataFolder
from kineograph.data.parts_seen import parts_seen, share_pixels
from kineograph.data.split import WRITING_PAPER, Split, check_disjoint, column_of

Kind = Literal[
    "person",
    "group",
    "source",
    "video",
    "overlap",
    "copy",
    "same file",
    "near copy",
    "mirrored copy",
    "noised copy",
]
Floats = NDArray[np.float32]

FRAMES = 16  # looked at in every clip, evenly spaced in time; every other one is compared
THUMBNAIL_PIXELS = 16  # height and width
MOST_SHIFT = 4  # of those frames: how far one clip is moved along the other
# Correlations, chosen on drawn and on real clips: docs/trust.md has the counts.
SAME_PLACE = 0.85  # of the mean frames
SAME_MOTION = 0.75  # of what differs from them
SAME_MOTION_UNDER_NOISE = 0.60  # enough if what remains is noise
SURE_MOTION, SURE_PLACE = 0.90, 0.95  # both: no false alarm on real clips nor on drawn ones
STILL_GREY_LEVELS = 0.5  # less motion than this is none: only the picture can be compared
SAME_STILL = 0.995  # of the mean frames of two clips without motion
NOISE_GREY_LEVELS = 1.5  # a remainder below this is coding, not noise
NOISE_NEIGHBOURS = 0.25  # most correlation of neighbouring pixels of independent noise
BLOCK = 1024  # clips of each side that are compared at once: 4 MB a table


@dataclass(frozen=True)
class Leak:
    """One thing that is on more than one side.

    what: it, in words. clips: ids of the annotations that show it best, one of each side.
    """

    kind: Kind
    what: str
    sides: tuple[str, ...]
    clips: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


def find_leaks(
    split: Split,
    cache: Cache,
    folder: DataFolder,
    *,
    likely: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> list[Leak]:
    """All that is found on two sides: names, shared frames, known copies, files, found copies.

    likely: also what is only likely a copy, or noised: clips before plain backgrounds with like
    movements are taken for copies then (drawn actors are, 179 of 720). Sure copies are always told.

    A copy is named once for each clip of the later side, with the clip it is most like. Clips that
    are not in `cache` are compared by name and file only. progress(done, total) counts clips whose
    pixels were read. Cost for 10,000 clips: about 40 s on one core, 0.5 GB.
    """
    contents = _contents(split, folder)
    copies = _copies(split, cache, contents, likely, progress or (lambda done, total: None))
    return [
        *_shared_names(split),
        *_shared_frames(split),
        *_stray_copies(split),
        *_same_files(split, contents),
        *copies,
    ]


def _shared_names(split: Split) -> list[Leak]:
    """What check_disjoint says, with an example of each side."""
    leaks = []
    parts = parts_seen(each for annotations in split.sides.values() for each in annotations)
    for line in check_disjoint(split):
        column, rest = line.split(" '", 1)
        value, sides = rest.rsplit("' is in ", 1)
        named = tuple(sides.split(" and "))
        clips = tuple(
            next(each.id for each in split.sides[side] if column_of(each, column, parts) == value)
            for side in named
        )
        leaks.append(Leak(column, line.removeprefix(f"{column} "), named, clips))  # type: ignore[arg-type]
    return leaks


def _shared_frames(split: Split) -> list[Leak]:
    """Videos with intervals on two sides that overlap: one leak for a video and two sides."""
    of_video: dict[str, list[tuple[str, Annotation]]] = defaultdict(list)
    for side, annotations in split.sides.items():
        for annotation in annotations:
            of_video[annotation.video].append((side, annotation))
    order = list(split.sides)
    leaks = []
    for video, members in sorted(of_video.items()):
        found: dict[tuple[str, str], list[tuple[float, str, str]]] = defaultdict(list)
        for pair in _overlapping(members):
            (side, one), (other_side, other) = sorted(pair, key=lambda each: order.index(each[0]))
            seconds = min(_end(one), _end(other)) - max(one.start_seconds, other.start_seconds)
            found[side, other_side].append((seconds, one.id, other.id))
        for sides, pairs in found.items():
            seconds, first, second = max(pairs)
            length = "all to the end" if np.isinf(seconds) else f"{seconds:.2f} s"
            more = f" (and {len(pairs) - 1} more pairs)" if len(pairs) > 1 else ""
            what = (
                f"'{video}': {first} in {sides[0]} and {second} in {sides[1]} share {length}{more}"
            )
            leaks.append(Leak("overlap", what, sides, (first, second)))
    return leaks


def _overlapping(
    members: list[tuple[str, Annotation]],
) -> Iterator[tuple[tuple[str, Annotation], tuple[str, Annotation]]]:
    """Pairs of one video, on two sides, that share a millisecond or more."""
    members = sorted(members, key=lambda each: each[1].start_seconds)
    for place, one in enumerate(members):
        for other in members[place + 1 :]:
            if other[1].start_seconds > _end(one[1]) - 1e-3:
                break  # those that follow begin later still
            if one[0] != other[0] and share_pixels(one[1].window, other[1].window):
                yield one, other


def _stray_copies(split: Split) -> Iterator[Leak]:
    """Copies that are tuned or tested on, or learned from without their original.

    Of "writing-paper-split" a mirror may be tested where its original is tested.
    """
    learned = {each.id for each in split.train}
    tested = {each.id for each in split.test} if split.how == WRITING_PAPER else set()
    where = {each.id: side for side, clips in split.sides.items() for each in clips}
    for side, annotations in split.sides.items():
        for each in annotations:
            if each.copy_of is None or (side == "train" and each.copy_of in learned):
                continue
            if side == "test" and is_mirror(each) and each.copy_of in tested:
                continue
            home = where.get(each.copy_of)
            beside = f"its original {each.copy_of} in {home}" if home else "its original on no side"
            what = f"'{each.video}': {each.id}, a copy, is in {side}, {beside}"
            sides = (side, home) if home and home != side else (side,)
            yield Leak("copy", what, sides, (each.id, each.copy_of))


def _end(annotation: Annotation) -> float:
    return np.inf if annotation.end_seconds is None else annotation.end_seconds


def _contents(split: Split, folder: DataFolder) -> dict[str, str]:
    """A name of each video's bytes: equal bytes, equal names. Only files of one size are read."""
    by_size: dict[int, list[str]] = defaultdict(list)
    videos = {each.video for annotations in split.sides.values() for each in annotations}
    for video in sorted(videos):
        with suppress(OSError):  # gone since it was cached: nothing to compare
            files = _files(folder.source_root / video)
            by_size[sum(file.stat().st_size for file in files)].append(video)
    contents = {video: video for video in videos}
    for same_size in by_size.values():
        first_with: dict[str, str] = {}
        for video in same_size if len(same_size) > 1 else ():
            with suppress(OSError):
                digest = _digest(_files(folder.source_root / video))
                contents[video] = first_with.setdefault(digest, video)
    return contents


def _files(source: Path) -> list[Path]:
    """The file, or the files of a folder of pictures."""
    if source.is_dir():
        return sorted(file for file in source.iterdir() if file.is_file())
    return [source]


def _digest(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while piece := stream.read(2**20):
                digest.update(piece)
    return digest.hexdigest()


def _same_files(split: Split, contents: dict[str, str]) -> list[Leak]:
    """Videos of other names and equal bytes on two sides."""
    first: dict[str, dict[str, Annotation]] = defaultdict(dict)  # content: side: a clip of it
    for side, annotations in split.sides.items():
        for annotation in annotations:
            first[contents[annotation.video]].setdefault(side, annotation)
    leaks = []
    for by_side in first.values():
        if len({each.video for each in by_side.values()}) > 1:
            where = [f"'{each.video}' in {side}" for side, each in by_side.items()]
            what = f"{' and '.join(where)} have the same bytes"
            clips = tuple(each.id for each in by_side.values())
            leaks.append(Leak("same file", what, tuple(by_side), clips))
    return leaks


class _Looks(NamedTuple):
    """The clips of one side as thumbnails."""

    clips: list[Annotation]
    contents: NDArray[np.str_]  # (N,) names of their videos' bytes
    frames: Floats  # (N, FRAMES, THUMBNAIL_PIXELS, THUMBNAIL_PIXELS) grey levels

    def part(self, start: int) -> "_Looks":
        rows = slice(start, start + BLOCK)
        return _Looks(self.clips[rows], self.contents[rows], self.frames[rows])


class _Match(NamedTuple):
    """How much two clips have in common, and how they must be laid on each other."""

    motion: float  # a correlation
    place: float  # a correlation
    mirrored: bool
    still: bool


def _copies(
    split: Split,
    cache: Cache,
    contents: dict[str, str],
    likely: bool,
    progress: Callable[[int, int], None],
) -> Iterator[Leak]:
    """Near, mirrored and noised copies across sides, but not of the same bytes: those are named."""
    readable = {
        side: [each for each in originals(annotations) if each in cache]
        for side, annotations in split.sides.items()
    }
    total = sum(len(clips) for clips in readable.values())
    looks, done = {}, 0
    for side, clips in readable.items():
        frames = np.empty((len(clips), FRAMES, THUMBNAIL_PIXELS, THUMBNAIL_PIXELS), np.float32)
        for row, clip in enumerate(clips):
            frames[row] = _thumbnails(_few_grey(cache, clip), THUMBNAIL_PIXELS)
            done += 1
            progress(done, total)
        looks[side] = _Looks(clips, np.array([contents[each.video] for each in clips]), frames)
    for (side, one), (other_side, other) in combinations(looks.items(), 2):
        for place, (partner, match) in sorted(_closest(other, one).items()):
            first, second = one.clips[partner], other.clips[place]
            if not (likely or _is_sure(match)):
                continue
            kind = _kind(cache, first, second, match)
            if kind is not None:
                what = (
                    f"'{first.video}' in {side} and '{second.video}' in {other_side} "
                    f"(motion {match.motion:.2f}, picture {match.place:.2f})"
                )
                yield Leak(kind, what, (side, other_side), (first.id, second.id))


def _is_sure(match: _Match) -> bool:
    return not match.still and match.motion >= SURE_MOTION and match.place >= SURE_PLACE


def _few_grey(cache: Cache, clip: Annotation) -> Floats:
    """(FRAMES, H, W) grey levels of a clip, evenly spaced in time."""
    frames, seconds = cache[clip]
    moments = seconds[0] + (seconds[-1] - seconds[0]) * (np.arange(FRAMES) + 0.5) / FRAMES
    chosen = np.searchsorted((seconds[:-1] + seconds[1:]) / 2, moments)
    return frames[chosen].astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)


def _thumbnails(grey: Floats, size: int) -> Floats:
    """(T, size, size) from (T, H, W), each pixel the mean of what it covers."""
    return np.stack([cv2.resize(each, (size, size), interpolation=cv2.INTER_AREA) for each in grey])


def _closest(rows: _Looks, columns: _Looks) -> dict[int, tuple[int, _Match]]:
    """For each clip of `rows` that has one: the clip of `columns` that looks most like it."""
    best: dict[int, tuple[int, _Match]] = {}
    for top in range(0, len(rows.clips), BLOCK):
        for left in range(0, len(columns.clips), BLOCK):
            one, other = rows.part(top), columns.part(left)
            named = one.contents[:, None] == other.contents[None]
            for mirrored in (False, True):
                seen = one.frames[..., ::-1] if mirrored else one.frames
                motion, place, still = _compare(seen, other.frames)
                enough = np.where(
                    still, place >= SAME_STILL, (motion >= SAME_MOTION_UNDER_NOISE)
                ) & (place >= SAME_PLACE)
                score = np.where(enough & ~named, motion, -1.0)
                partner = score.argmax(axis=1)
                for row in np.flatnonzero(score.max(axis=1) > 0).tolist():
                    at = row, partner[row]
                    match = _Match(float(motion[at]), float(place[at]), mirrored, bool(still[at]))
                    if top + row not in best or best[top + row][1].motion < match.motion:
                        best[top + row] = int(left + partner[row]), match
    return best


def _compare(one: Floats, other: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Correlations (N, M) of motion, at the best shift, and of place; where neither clip moves.

    Of two clips without motion, that of place stands for both.
    """
    motion = np.full((len(one), len(other)), -1.0, np.float32)
    for shift in range(-MOST_SHIFT, MOST_SHIFT + 1):
        length = (FRAMES - abs(shift)) // 2 * 2
        here, there = max(shift, 0), max(-shift, 0)
        moving = _motion(one[:, here : here + length : 2])
        moving_other = _motion(other[:, there : there + length : 2])
        np.maximum(motion, moving @ moving_other.T, out=motion)
    place = _unit(one.mean(axis=1)) @ _unit(other.mean(axis=1)).T
    still = _is_still(one)[:, None] & _is_still(other)[None]
    return np.where(still, place, motion), place, still


def _motion(frames: Floats) -> Floats:
    """(N, D) of length 1: what differs from a clip's mean frame, without flicker of the whole."""
    return _unit(_changes(frames))


def _changes(frames: Floats) -> Floats:
    moving = frames - frames.mean(axis=1, keepdims=True)
    return moving - moving.mean(axis=(2, 3), keepdims=True)


def _is_still(frames: Floats) -> NDArray[np.bool_]:
    return _changes(frames).std(axis=(1, 2, 3)) < STILL_GREY_LEVELS


def _unit(values: Floats) -> Floats:
    """(N, D) of mean 0 and length 1, so that products are correlations; nothing stays nothing."""
    flat = values.reshape(len(values), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-3)


def _kind(cache: Cache, one: Annotation, other: Annotation, match: _Match) -> Kind | None:
    """What to call a copy; None if it is too little like one."""
    noised = _remainder_is_noise(_few_grey(cache, one), _few_grey(cache, other), match.mirrored)
    if match.motion < SAME_MOTION and not noised:
        return None
    if match.mirrored:
        return "mirrored copy"
    return "noised copy" if noised else "near copy"


def _remainder_is_noise(one: Floats, other: Floats, mirrored: bool) -> bool:
    """Whether two clips (T, H, W) differ by what neither stays nor is alike in near pixels."""
    other = other[..., ::-1] if mirrored else other
    if one.shape != other.shape:
        return False
    centred, centred_other = one - one.mean(), other - other.mean()
    gain = (centred * centred_other).sum() / max(float((centred**2).sum()), 1e-6)
    remainder = centred_other - gain * centred
    remainder -= remainder.mean(axis=0)  # what stays is a caption or a crop
    level = float(remainder.std())
    if level < NOISE_GREY_LEVELS:
        return False
    beside = float((remainder[..., 1:] * remainder[..., :-1]).mean()) / level**2
    below = float((remainder[:, 1:] * remainder[:, :-1]).mean()) / level**2
    return max(beside, below) < NOISE_NEIGHBOURS
