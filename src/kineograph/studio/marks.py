"""Windows and marks: who sits where in which video, and when which label holds; every rule of them.

An edit is planned into changes, and changes are applied; applying gives the changes that undo it.
So the journal (journal.py) needs to know nothing of windows, and undo nothing of edits.

    {"put": "window", "id": "w1", "video": "3fa9…", "person": "anna", "x": 40, …}
    {"remove": "mark", "id": "m7"}
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kineograph.data.annotation import Annotation
from kineograph.errors import InputError
from kineograph.media.frame import Box

HANDS = ("right", "left", "")  # "" is unknown
TOUCH_SECONDS = 1e-4  # marks this near are one: times are rounded on their way through the page
END_SLACK_SECONDS = 0.05  # a header's duration may be off by a frame
LEAST_WINDOW_PIXELS = 8

Change = dict[str, Any]


@dataclass(frozen=True)
class Video:
    """A video as it was when it was first marked; `id` is the beginning of its SHA-256."""

    id: str
    name: str  # posix path relative to the folder that all videos lie in
    path: str
    size_bytes: int
    sha256: str
    width: int  # pixels, as shown
    height: int
    duration_seconds: float


@dataclass(frozen=True)
class Window:
    """A square of the picture that one person sits in, for a whole video."""

    id: str
    video: str
    person: str
    x: int
    y: int
    size: int  # pixels, each side
    hand: str = ""

    @property
    def box(self) -> Box:
        """The square as x, y, width, height."""
        return Box(self.x, self.y, self.size, self.size)


@dataclass(frozen=True)
class Mark:
    """One label of one window's person over `[start_seconds, end_seconds)`."""

    id: str
    window: str
    start_seconds: float
    end_seconds: float
    label: str


class Marks:
    """All videos, windows and marks of one folder. What is in no mark is unknown."""

    def __init__(self) -> None:
        self.videos: dict[str, Video] = {}
        self.windows: dict[str, Window] = {}
        self.marks: dict[str, Mark] = {}
        self._numbers = {"window": 0, "mark": 0}

    def of_window(self, window: str) -> list[Mark]:
        """The marks of one window in order of time."""
        found = (mark for mark in self.marks.values() if mark.window == window)
        return sorted(found, key=lambda mark: mark.start_seconds)

    def of_video(self, video: str) -> list[Window]:
        """The windows of one video, the oldest first."""
        return [window for window in self.windows.values() if window.video == video]

    def next_id(self, kind: str) -> str:
        """A name that nothing of this kind has or had."""
        self._numbers[kind] += 1
        return f"{kind[0]}{self._numbers[kind]}"

    def apply(self, changes: Sequence[Change]) -> list[Change]:
        """Carry changes out and return those that undo them, in their order. Checks nothing."""
        inverse: list[Change] = []
        for change in changes:
            inverse.append(self._apply_one(change))
        return inverse[::-1]

    def _apply_one(self, change: Change) -> Change:
        kind = change.get("put") or change["remove"]
        held: dict[str, Any] = self.windows if kind == "window" else self.marks
        name = change["id"]
        before = held.get(name)
        if "remove" in change:
            held.pop(name, None)
        else:
            fields = {key: value for key, value in change.items() if key != "put"}
            held[name] = Window(**fields) if kind == "window" else Mark(**fields)
            self._numbers[kind] = max(self._numbers[kind], int(name[1:]))
        return {"remove": kind, "id": name} if before is None else put(before)

    def plan_window(self, values: Mapping[str, Any]) -> list[Change]:
        """A new or changed window. Raises InputError outside the picture, or for a name twice."""
        video = self.video(values["video"])
        window = Window(
            id=str(values.get("id") or self.next_id("window")),
            video=video.id,
            person=str(values["person"]).strip(),
            x=round(values["x"]),
            y=round(values["y"]),
            size=round(values["size"]),
            hand=str(values.get("hand") or ""),
        )
        check_window(window, video)
        for other in self.of_video(video.id):
            if other.id != window.id and other.person == window.person:
                raise InputError(
                    f"'{window.person}' already has a window in {video.name}; a person has one. "
                    "Choose another name, or move that window."
                )
            if other.id != window.id and other.box == window.box:
                raise InputError(
                    f"{window.person}: the same square as {other.person}'s window. Move one."
                )
        return [put(window)]

    def plan_removal(self, window: str) -> list[Change]:
        """A window goes with all its marks."""
        name = self.window(window).id
        gone = [{"remove": "mark", "id": mark.id} for mark in self.of_window(name)]
        return [*gone, {"remove": "window", "id": name}]

    def plan_paint(
        self, window: str, start_seconds: float, end_seconds: float, label: str | None
    ) -> list[Change]:
        """Lay a label over an interval: what other labels held there is cut away.

        label None wipes. An equal label that touches becomes one mark with it. Raises InputError
        for what lies past the end.
        """
        found = self.window(window)
        start, end = round(float(start_seconds), 6), round(float(end_seconds), 6)
        video = self.video(found.video)
        check_interval(video, found.person, start, end, label or "wiped")
        end = min(end, max(video.duration_seconds, start + TOUCH_SECONDS))
        changes: list[Change] = []
        for mark in self.of_window(found.id):
            apart = max(mark.start_seconds - end, start - mark.end_seconds)
            if mark.label == label and apart <= TOUCH_SECONDS:
                start, end = min(start, mark.start_seconds), max(end, mark.end_seconds)
                changes.append({"remove": "mark", "id": mark.id})
            elif mark.label != label and apart < 0:
                changes += self._cut(mark, start, end)
        if label is not None:
            changes.append(put(Mark(self.next_id("mark"), found.id, start, end, label)))
        return changes

    def plan_move(
        self, mark: str, start_seconds: float, end_seconds: float, label: str
    ) -> list[Change]:
        """Another place or label for a mark: it is taken away, then laid down anew."""
        if mark not in self.marks:
            raise InputError(f"mark {mark} is gone. Reload the page.")
        old = self.marks[mark]
        removal: list[Change] = [{"remove": "mark", "id": mark}]
        back = self.apply(removal)
        try:
            return removal + self.plan_paint(old.window, start_seconds, end_seconds, label)
        finally:
            self.apply(back)

    def _cut(self, mark: Mark, start: float, end: float) -> list[Change]:
        """What is left of a mark before `start` and after `end`."""
        changes: list[Change] = [{"remove": "mark", "id": mark.id}]
        for left, right in ((mark.start_seconds, start), (end, mark.end_seconds)):
            if right - left > TOUCH_SECONDS:
                changes.append(
                    put(Mark(self.next_id("mark"), mark.window, left, right, mark.label))
                )
        return changes

    def video(self, name: str) -> Video:
        """The video with this id. Raises InputError if there is none."""
        if name not in self.videos:
            raise InputError(f"video '{name}' is not one of those opened. Reload the page.")
        return self.videos[name]

    def window(self, name: str) -> Window:
        """The window with this id. Raises InputError if there is none."""
        if name not in self.windows:
            raise InputError(f"window '{name}' is gone. Reload the page.")
        return self.windows[name]

    def annotations(self) -> list[Annotation]:
        """Every mark as the project's one annotation, by video, person and time."""
        found = []
        for window in sorted(
            self.windows.values(), key=lambda each: (self.videos[each.video].name, each.person)
        ):
            name = self.videos[window.video].name
            found += [annotation_of(name, window, mark) for mark in self.of_window(window.id)]
        return found


def put(thing: Window | Mark) -> Change:
    """The change that writes a window or a mark as it is."""
    kind = "window" if isinstance(thing, Window) else "mark"
    return {"put": kind, **asdict(thing)}


def annotation_of(video: str, window: Window, mark: Mark) -> Annotation:
    """One mark as one line of annotations.jsonl."""
    return Annotation(
        video=video,
        label=mark.label,
        start_seconds=mark.start_seconds,
        end_seconds=mark.end_seconds,
        window=window.box,
        person=window.person,
    )


def check_window(window: Window, video: Video) -> None:
    """Raise InputError for a square without size, outside the picture, or of nobody."""
    if not window.person:
        raise InputError("a window needs the name of its person. Write one, such as p1.")
    if window.hand not in HANDS:
        raise InputError(f"hand '{window.hand}' is not left or right. Choose one, or leave it out.")
    if window.size < LEAST_WINDOW_PIXELS:
        raise InputError(
            f"{window.person}: a window of {window.size} pixels is too small to see anyone. "
            f"Draw {LEAST_WINDOW_PIXELS} or more."
        )
    right, bottom = window.x + window.size, window.y + window.size
    if window.x < 0 or window.y < 0 or right > video.width or bottom > video.height:
        raise InputError(
            f"{window.person}: the window reaches from ({window.x}, {window.y}) to "
            f"({right}, {bottom}), outside the picture of {video.width}x{video.height}. "
            "Move or shrink it."
        )


def check_interval(video: Video, person: str, start: float, end: float, label: str) -> None:
    """Raise InputError for an interval that is none, or that ends after the video does."""
    Annotation(video=video.name, label=label, start_seconds=start, end_seconds=end, person=person)
    if end > video.duration_seconds + END_SLACK_SECONDS:
        raise InputError(
            f"{person}: '{label}' is marked until {end:.3f} s, but {video.name} ends at "
            f"{video.duration_seconds:.3f} s. Correct the time, or check that it is this video."
        )


def check_no_overlaps(person: str, intervals: Iterable[tuple[float, float, str]]) -> None:
    """Raise InputError if a person has two labels at one time."""
    ordered = sorted(intervals)
    for (_, end, label), (start, _, other) in zip(ordered, ordered[1:], strict=False):
        if start < end - TOUCH_SECONDS and label != other:
            raise InputError(
                f"{person}: '{label}' until {end:.3f} s and '{other}' from {start:.3f} s overlap; "
                "a person has one label at a time. Correct one of them."
            )
