"""Which annotations of one video show the same pixels: not windows beside each other.

Four people before one camera, each in a window of their own, are four films; a window that overlaps
another one, or the whole picture, is the same film as that.
"""

from collections import defaultdict
from collections.abc import Iterable

from kineograph.data.annotation import Annotation
from kineograph.media.frame import Box

Seen = tuple[str, Box | None]  # a video and the window of it


def parts_seen(annotations: Iterable[Annotation]) -> dict[Seen, str]:
    """A name for what each (video, window) shows: equal names where pixels are shared.

    It is the video's own name where all of it hangs together.
    """
    windows: dict[str, dict[Box | None, None]] = defaultdict(dict)
    for each in annotations:
        windows[each.video].setdefault(each.window)
    names: dict[Seen, str] = {}
    for video, found in windows.items():
        parts = _joined(sorted(found, key=lambda window: window or (-1,)))
        for part in parts:
            first = part[0]
            alone = len(parts) == 1 or first is None
            name = video if alone else f"{video} at {','.join(map(str, first))}"  # type: ignore[arg-type]
            names |= {(video, window): name for window in part}
    return names


def share_pixels(one: Box | None, other: Box | None) -> bool:
    """Whether two windows of a video overlap; None is the whole picture."""
    if one is None or other is None:
        return True
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


def _joined(windows: list[Box | None]) -> list[list[Box | None]]:
    """Windows that overlap, also through others, together."""
    parts: list[list[Box | None]] = []
    for window in windows:
        touched = [part for part in parts if any(share_pixels(window, each) for each in part)]
        rest = [part for part in parts if part not in touched]
        parts = [*rest, [*(each for part in touched for each in part), window]]
    return parts
