"""A student at a desk over time: what is done when, and where the joints are then.

The pen hand writes by a clock of its own that runs while the student writes and stands still
while the pen is held: so a single picture of the one is a single picture of the other.

    activity    write      hold       look       write    raise
    pen clock   /////////  .........  .........  ///////  .......     strokes only where it runs
    label       writing    not ...               writing  not ...

Lengths are in body heights, the pelvis is the origin, x is forward, y the student's left, z up.
"""

from dataclasses import dataclass

import numpy as np

from kineograph.data.toy.skeleton import (
    JOINTS,
    SIDES,
    Array,
    Body,
    Joint,
    lean_over,
    place_torso,
    reach_to,
)

ACTIVITIES = ("write", "hold", "look", "drink", "raise", "rest", "move")
WRITING, NOT_WRITING = "writing", "not writing"
HANDS = ("left", "right")
# How often each is chosen, and how many seconds it takes; "move" is the way back to the paper.
CHOICES = {
    "write": (0.36, (4.0, 9.0)),
    "hold": (0.26, (3.0, 7.0)),
    "look": (0.12, (2.4, 5.0)),
    "drink": (0.1, (2.8, 4.4)),
    "raise": (0.08, (2.0, 4.0)),
    "rest": (0.08, (3.0, 6.0)),
}
AT_PAPER = ("write", "hold", "look")  # the pen hand lies where it wrote
MOVE_SECONDS = 0.6  # from one place to another
DESK = 0.1  # height of its top
RETURN_SECONDS = 0.35  # from the end of a line to the next
LINES = 6  # on a page


@dataclass(frozen=True)
class Span:
    """One activity from frame `start` to before `end`; `pen_hand`: which hand drinks or raises."""

    activity: str
    start: int
    end: int
    pen_hand: bool = True

    @property
    def label(self) -> str:
        """What someone who marks a video would say."""
        return WRITING if self.activity == "write" else NOT_WRITING


@dataclass(frozen=True)
class Habits:
    """How one student sits and writes."""

    hand: int  # 0 left, 1 right
    strokes_per_second: float
    stroke: float  # height of the letters, which are large
    line: float  # length of a line
    seconds_per_line: float
    page: tuple[float, float]  # the middle of the page, forward and to the left
    stoop: float  # radians
    gaze: float  # radians below the horizon, at the paper
    sway: float  # radians


@dataclass(frozen=True)
class Sitting:
    """A student's time: joints (T, JOINTS, 3), the pen's tip (T, 3), where the cup is (T, 3)."""

    joints: Array
    pen: Array
    cup: Array


def draw_habits(rng: np.random.Generator) -> Habits:
    """One student's habits by chance; every fourth or so is left-handed."""
    hand = 0 if rng.random() < 0.28 else 1
    inward = rng.uniform(-0.01, 0.035)
    return Habits(
        hand=hand,
        strokes_per_second=rng.uniform(2.3, 3.6),
        stroke=rng.uniform(0.009, 0.014),
        line=rng.uniform(0.06, 0.09),
        seconds_per_line=rng.uniform(2.4, 4.2),
        page=(rng.uniform(0.235, 0.265), SIDES[hand] * (0.05 - inward)),
        stoop=rng.uniform(0.1, 0.3),
        gaze=rng.uniform(0.5, 0.85),
        sway=rng.uniform(0.008, 0.022),
    )


def plan(frame_count: int, frames_per_second: float, rng: np.random.Generator) -> list[Span]:
    """Activities without a gap; writing and holding come first, in either order."""
    names = list(CHOICES)
    shares = np.array([CHOICES[name][0] for name in names])
    first = [["write", "hold"], ["hold", "write"]][int(rng.integers(2))]
    spans: list[Span] = []
    at = 0
    while at < frame_count:
        if first:
            name = first.pop(0)
        else:
            odds = np.where([each == spans[-1].activity for each in names], 0.0, shares)
            name = str(rng.choice(names, p=odds / odds.sum()))
        length = max(1, round(rng.uniform(*CHOICES[name][1]) * frames_per_second))
        pen_hand = bool(rng.random() < 0.5)
        end = min(at + length, frame_count)
        if name == "write" and spans and _is_away(spans[-1]):
            back = min(at + round(MOVE_SECONDS * frames_per_second), end)
            spans.append(Span("move", at, back))
            at = back
        if at < end:
            spans.append(Span(name, at, end, pen_hand))
        at = end
    return spans


def _is_away(span: Span) -> bool:
    """Whether the pen hand is not at the paper when the span ends."""
    return span.activity == "rest" or (span.activity in ("drink", "raise") and span.pen_hand)


def sit(
    spans: list[Span], body: Body, habits: Habits, *, seconds: Array, rng: np.random.Generator
) -> Sitting:
    """Where all joints are at `seconds` (T,), which are the frames' times."""
    count = len(seconds)
    step = float(seconds[1] - seconds[0]) if count > 1 else 0.04
    joints = np.zeros((count, JOINTS, 3))
    place_torso(joints, body, np.zeros(count))
    for side, sign in enumerate(SIDES):
        joints[:, Joint.HIP + side] = [0.0, sign * body.hip, 0.0]
        joints[:, Joint.KNEE + side] = [0.2, sign * body.hip, 0.0]
    stoop = _held(spans, count, step, {"look": 0.4, "raise": 0.3, "drink": 0.3, "rest": 0.6}, 1.0)
    lean_over(
        joints,
        habits.stoop * stoop + habits.sway * _wander(seconds, rng),
        habits.sway * _wander(seconds, rng),
    )
    _turn_head(joints, body, habits, spans, seconds, rng)

    clock = np.cumsum([0.0, *_is_writing(spans, count)[:-1]]) * step + rng.uniform(0, 30)
    pen = _pen(clock, habits)
    wrist = pen + [-0.045, SIDES[habits.hand] * 0.012, 0.03]
    wrist = wrist + 0.0006 * np.stack([_wander(seconds, rng) for _ in range(3)], -1)
    resting = {side: _beside_page(side, habits, rng) for side in (0, 1)}
    cup_side = int(rng.integers(2))
    cup_place = np.array([0.3, SIDES[cup_side] * 0.19, DESK])
    cup = np.tile(cup_place, (count, 1))
    for side in (0, 1):
        is_pen = side == habits.hand
        usual = wrist if is_pen else np.tile(resting[side], (count, 1))
        target = usual.copy()
        previous = "usual"
        for span in spans:
            rows = slice(span.start, span.end)
            own = span.activity in ("drink", "raise") and span.pen_hand == is_pen
            if span.activity == "rest":
                path = np.tile(resting[side] - [0.03, 0, 0], (span.end - span.start, 1))
            elif own:
                path = _gesture(span, side, joints, body, cup_place, seconds[rows], rng)
            else:
                path = usual[rows]
            now = span.activity if own or span.activity == "rest" else "usual"
            if span.start and now != previous:
                path = _eased(target[span.start - 1], path, step)
            target[rows] = path
            if own and span.activity == "drink":
                cup[rows] = _carried(cup_place, path)
            previous = now
        shoulder = joints[:, Joint.SHOULDER + side]
        reach_to(joints, body, side, target - shoulder, np.zeros(count))
        if is_pen:
            fingers = joints[:, Joint.WRIST + side]
            pen = fingers + (pen - wrist)
            joints[:, Joint.FINGERS + side] = fingers + 0.62 * (pen - fingers)
    return Sitting(joints, pen, cup)


def _is_writing(spans: list[Span], count: int) -> Array:
    """1 in frames of writing, else 0: (T,)."""
    rows = np.zeros(count)
    for span in spans:
        rows[span.start : span.end] = span.activity == "write"
    return rows


def _pen(clock: Array, habits: Habits) -> Array:
    """The pen's tip (T, 3) by the pen's clock: strokes along a line, back, one line nearer."""
    line_seconds = habits.seconds_per_line + RETURN_SECONDS
    number, inside = np.divmod(clock, line_seconds)
    going = np.minimum(inside / habits.seconds_per_line, 1.0)
    back = np.clip((inside - habits.seconds_per_line) / RETURN_SECONDS, 0.0, 1.0)
    along = going - _smooth(back)
    line = number % LINES
    line = line + _smooth(back) * ((number + 1) % LINES - line)  # after the last, the first
    writes = back == 0.0
    phase = 2 * np.pi * habits.strokes_per_second * clock + 0.9 * np.sin(2.3 * clock)
    size = habits.stroke * (1 + 0.45 * np.sin(1.7 * clock + 1)) * writes
    forward = size * np.sin(phase) + 0.011 * (LINES / 2 - line)
    aside = -habits.line * (along - 0.5) - 0.5 * size * np.cos(phase)  # left to right is -y
    x, y = habits.page
    return np.stack([x + forward, y + aside, DESK + 0 * clock], -1)


def _turn_head(
    joints: Array,
    body: Body,
    habits: Habits,
    spans: list[Span],
    seconds: Array,
    rng: np.random.Generator,
) -> None:
    """The face looks at the paper, around, or ahead."""
    count, step = len(seconds), float(seconds[1] - seconds[0]) if len(seconds) > 1 else 0.04
    share = _held(spans, count, step, {"look": 0.0, "raise": 0.0, "drink": -0.1, "rest": 0.35}, 1.0)
    down = habits.gaze * share + 0.05 * _wander(seconds, rng)
    looks = _held(spans, count, step, {"look": 1.0, "rest": 0.25, "raise": 0.1}, 0.0)
    yaw = looks * 1.1 * _wander(seconds * 0.7, rng) + 0.06 * _wander(seconds, rng)
    ahead = [np.cos(down) * np.cos(yaw), np.cos(down) * np.sin(yaw), -np.sin(down)]
    joints[:, Joint.FACE] = joints[:, Joint.HEAD] + body.head * np.stack(ahead, -1)


def _beside_page(side: int, habits: Habits, rng: np.random.Generator) -> Array:
    """Where a hand lies that does nothing: on the desk, on its own side."""
    x = habits.page[0] - rng.uniform(0.04, 0.08)
    return np.array([x, SIDES[side] * rng.uniform(0.09, 0.13), DESK + 0.025])


def _gesture(
    span: Span,
    side: int,
    joints: Array,
    body: Body,
    cup: Array,
    seconds: Array,
    rng: np.random.Generator,
) -> Array:
    """A hand's path (t, 3) that drinks or is raised."""
    sign = SIDES[side]
    since = seconds - seconds[0]
    if span.activity == "raise":
        up = joints[span.start : span.end, Joint.SHOULDER + side] + [
            0.07,
            sign * 0.03,
            body.arm * 0.9,
        ]
        return up + 0.012 * np.stack([_wander(seconds, rng) for _ in range(3)], -1)
    mouth = joints[span.start : span.end, Joint.HEAD] + [0.085, sign * 0.03, -0.055]
    grip = cup + [-0.03, 0.0, 0.03]
    length = since[-1] + 1e-6
    lift = _smooth(np.clip((since - 0.7) / 0.6, 0, 1)) * _smooth(
        np.clip((length - since - 0.3) / 0.6, 0, 1)
    )
    return grip + lift[:, None] * (mouth - grip)


def _carried(place: Array, hand: Array) -> Array:
    """A cup's foot (t, 3): it stays where it stands until a hand lifts it."""
    lifted = np.clip((hand[:, 2] - place[2] - 0.035) / 0.02, 0, 1)[:, None]
    return (1 - lifted) * place + lifted * (hand + [0.03, 0.0, -0.03])


def _eased(start: Array, path: Array, step: float) -> Array:
    """A path (t, 3) that is taken up smoothly from another place."""
    part = _smooth(np.clip((1 + np.arange(len(path))) * step / MOVE_SECONDS, 0, 1))[:, None]
    return (1 - part) * start + part * path


def _held(
    spans: list[Span], count: int, step: float, values: dict[str, float], usual: float
) -> Array:
    """A value for each activity (T,), changed smoothly from one to the next."""
    held = np.empty(count)
    for span in spans:
        held[span.start : span.end] = values.get(span.activity, usual)
    width = max(1, round(MOVE_SECONDS / step / 2))
    weights = np.hanning(2 * width + 1)
    return np.convolve(np.pad(held, width, mode="edge"), weights / weights.sum(), mode="valid")


def _smooth(part: Array) -> Array:
    return part * part * (3 - 2 * part)


def _wander(seconds: Array, rng: np.random.Generator) -> Array:
    """A slow, smooth swaying (T,) of about one unit."""
    frequency, phase = rng.uniform(0.08, 0.45, 3)[:, None], rng.uniform(0, 6.3, 3)[:, None]
    return np.sin(2 * np.pi * frequency * seconds + phase).sum(0) / 1.7
