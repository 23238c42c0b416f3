"""Videos with what truly happens in them, as `kineograph annotate` writes it: the true events.

What is not marked is taken as watched and empty, so a video has to be marked from end to end; one
without any mark is calm footage, where every alert is a false one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kineograph.data.annotation import Annotation
from kineograph.errors import InputError

BY = ("video", "group", "source")


@dataclass(frozen=True)
class MarkedVideo:
    """A network's answers about one video, and the marks in it.

    seconds (N,) and probabilities (N, V) as `answers_of` gives them; group: videos of one group are
    left out together.
    """

    name: str
    group: str
    seconds: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    marks: tuple[Annotation, ...]
    watched_seconds: float

    def true(self, labels: Iterable[str]) -> NDArray[np.float64]:
        """When any of some labels holds: spans (M, 2) that do not touch, in order.

        What several people do at once is one event.
        """
        wanted = set(labels)
        spans = [
            (start, min(end, self.watched_seconds))
            for mark in self.marks
            for start, end, label in _parts(mark, self.watched_seconds)
            if label in wanted and start < self.watched_seconds
        ]
        joined: list[list[float]] = []
        for start, end in sorted(spans):
            if joined and start <= joined[-1][1]:
                joined[-1][1] = max(joined[-1][1], end)
            else:
                joined.append([start, end])
        return np.array(joined, dtype=float).reshape(-1, 2)


def _parts(mark: Annotation, watched_seconds: float) -> list[tuple[float, float, str]]:
    """The labels of a mark one after another: one, or as many as it has steps."""
    labels = mark.marks or (mark.label,)
    end = watched_seconds if mark.end_seconds is None else mark.end_seconds
    edges = np.linspace(mark.start_seconds, end, len(labels) + 1).tolist()
    return [(edges[i], edges[i + 1], label) for i, label in enumerate(labels)]


def marks_by_video(
    videos: Sequence[Path], annotations: Sequence[Annotation]
) -> tuple[dict[Path, list[Annotation]], list[str]]:
    """The marks of each video, and the names in the marks that no video given has.

    A video is found by the end of its path. Changed copies for training are left out. Raises
    InputError where two of the videos could be the one that is marked.
    """
    originals = [mark for mark in annotations if mark.copy_of is None]
    found: dict[Path, list[Annotation]] = {path: [] for path in videos}
    unknown: list[str] = []
    for name in dict.fromkeys(mark.video for mark in originals):
        paths = [path for path in found if _is_named(path, name)]
        if len(paths) > 1:
            raise InputError(
                f"'{name}' is marked, and {paths[0]} and {paths[1]} both end so. "
                "Give the one that is meant, or rename one."
            )
        if not paths:
            unknown.append(name)
            continue
        found[paths[0]] = [mark for mark in originals if mark.video == name]
    return found, unknown


def group_of(path: Path, marks: Sequence[Annotation], by: str) -> str:
    """What a video is left out with: itself, or the group or source that its marks name.

    Raises InputError for another word, and for marks that name two.
    """
    if by not in BY:
        raise InputError(f"--by {by}: videos are left out by {', '.join(BY)}. Choose one.")
    if by == "video":
        return str(path)
    names = {getattr(mark, by) for mark in marks} - {None}
    if len(names) > 1:
        raise InputError(
            f"{path}: its marks name several of {by} ({', '.join(sorted(names))}). "
            "Correct them, or use --by video."
        )
    return names.pop() if names else str(path)


def check_marked(
    videos: Sequence[MarkedVideo], labels: Mapping[str, Sequence[str]], marks: str
) -> None:
    """Raise InputError where thresholds cannot be chosen and then judged on another video."""
    groups = {video.group for video in videos}
    if len(groups) < 2:
        raise InputError(
            f"{marks}: one video to choose by and none left to judge the choice. "
            "Mark and give two or more; all of one group or source count as one."
        )
    for name, some in labels.items():
        holding = {video.group for video in videos if len(video.true(some))}
        if not holding:
            there = sorted({mark.label for video in videos for mark in video.marks})
            raise InputError(
                f"{marks}: no '{name}' is marked in these videos, so there is nothing to find. "
                f"Marked are: {', '.join(there) or 'nothing'}. Mark some: kineograph annotate."
            )
        if len(holding) < 2:
            raise InputError(
                f"{marks}: '{name}' is marked in {holding.pop()} alone; when it is left out, "
                "nothing is there to choose by. Mark some in another video."
            )


def _is_named(path: Path, name: str) -> bool:
    parts, ends = path.resolve().parts, Path(name).parts
    return parts[-len(ends) :] == ends
