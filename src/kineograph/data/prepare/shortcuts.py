"""What the clips of each class gave away before a neutral copy made them alike.

If one class has many more of something than another, that is a shortcut, and figures on the
original clips may rest on it.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass

from kineograph.data.prepare.distinct_frames import (
    MOST_ANYWHERE,
    MOST_ON_AVERAGE,
    THUMBNAIL_PIXELS,
    Distinct,
    Original,
)


@dataclass(frozen=True)
class Shortcut:
    """What the clips of one class gave away before they were made alike."""

    clips: int
    frames: int
    duplicates: int  # frames equal to the one before
    clips_with_duplicates: int  # more than one frame in twenty
    enlarged: int  # clips whose square is smaller than the copy's
    held: int  # clips slower than the copy: some frame is shown twice in it
    left_out: int

    @property
    def duplicate_share(self) -> float:
        """Duplicates in all frames."""
        return self.duplicates / max(self.frames, 1)


def count_shortcuts(
    originals: Sequence[Original],
    seen: Mapping[Original, Distinct],
    *,
    size_pixels: int,
    held: Container[Original],
    left_out: Container[Original],
) -> dict[str, Shortcut]:
    """What each class gave away, counted over all clips that could be read."""
    classes = {}
    for label in sorted({original.annotation.label for original in originals}):
        own = [original for original in originals if original.annotation.label == label]
        found = [(original, seen[original]) for original in own if original in seen]
        doubles = [(each.frames - len(each.indices)) / each.frames for _, each in found]
        classes[label] = Shortcut(
            clips=len(found),
            frames=sum(each.frames for _, each in found),
            duplicates=sum(each.frames - len(each.indices) for _, each in found),
            clips_with_duplicates=sum(share > 0.05 for share in doubles),
            enlarged=sum(each.square.width < size_pixels for _, each in found),
            held=sum(original in held for original in own),
            left_out=sum(original in left_out for original in own),
        )
    return classes


def describe_shortcuts(classes: Mapping[str, Shortcut], frames_per_second: int) -> list[str]:
    """Sentences for dataset.json: what was dropped and changed, class by class."""
    dropped = "; ".join(
        f"{label} {100 * of.duplicate_share:.1f} % of its frames, more than 5 % in "
        f"{of.clips_with_duplicates} of {of.clips} clips"
        for label, of in classes.items()
    )

    def clips(counts: Callable[[Shortcut], int]) -> str:
        some = [f"{label} {counts(of)} clips" for label, of in classes.items() if counts(of)]
        return "; ".join(some) or "no clip"

    height, width = THUMBNAIL_PIXELS
    return [
        f"Frames that equalled the one before were dropped (at {width}x{height} no more than "
        f"{MOST_ON_AVERAGE:g} grey levels apart on average and {MOST_ANYWHERE:g} anywhere): "
        f"{dropped}.",
        f"Slower than {frames_per_second} frames a second, so that some are shown twice: "
        f"{clips(lambda of: of.held)}.",
        f"Enlarged from fewer pixels: {clips(lambda of: of.enlarged)}.",
        f"Left out: {clips(lambda of: of.left_out)}.",
    ]
