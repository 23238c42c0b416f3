"""A lecture hall before one fixed camera: desks, who sits there, light that changes."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kineograph.data.toy.figure import (
    SHIFT,
    Actor,
    Colour,
    Part,
    Pixels,
    View,
    capsules,
    draw_head,
    draw_trunk,
    limbs,
    lit_colour,
    project,
)
from kineograph.data.toy.skeleton import Array, Joint
from kineograph.data.toy.student import DESK, Habits, Sitting
from kineograph.media.frame import Box

Outlines = NDArray[np.int32]  # places in 1/16 pixel

PITCH = 0.44  # radians, the camera looks down
DESK_BACK, DESK_FRONT = 0.1, 0.43  # how near to the camera the edges of a desk are
WINDOW = 0.72  # its side, in body heights
WINDOW_ABOVE = 0.57  # of it above the pelvis
PAPER = ((-0.085, 0.11), (-0.06, 0.06))  # along x and y about the middle of the page
FULL_ROW = 3  # students; more sit in two rows


@dataclass(frozen=True)
class Seat:
    """A place: where the pelvis is in the picture, pixels a body height, which way it faces."""

    origin: tuple[float, float]
    scale: float
    heading: float
    row: int  # 0 is the nearest

    @property
    def window(self) -> Box:
        """The square that a person would draw round whoever sits here."""
        side = int(WINDOW * self.scale) // 2 * 2
        x = int(self.origin[0] - side / 2) // 2 * 2
        return Box(x, int(self.origin[1] - WINDOW_ABOVE * self.scale) // 2 * 2, side, side)

    def view(self, frame_count: int) -> View:
        """The camera as it sees this seat."""
        feet = np.tile(np.array(self.origin), (frame_count, 1))
        return View(self.scale, self.heading, PITCH, feet, np.zeros(frame_count), (0.0, 0.0))


@dataclass(frozen=True)
class Guest:
    """Who sits where, and does what."""

    seat: Seat
    actor: Actor
    habits: Habits
    sitting: Sitting


def find_seats(count: int, size_pixels: tuple[int, int], rng: np.random.Generator) -> list[Seat]:
    """Places for 1 to 6 students, whose windows lie inside the picture and beside each other."""
    height, width = size_pixels
    rows = [count] if count <= FULL_ROW else [count - count // 2, count // 2]
    seats = []
    for row, many in enumerate(rows):
        room = height * (0.92 if len(rows) == 1 else 0.49 if row == 0 else 0.43)
        side = min(room, 0.96 * width / many)
        foot = height * (0.985 if row == 0 else 0.475)
        for place in range(many):
            own = side * rng.uniform(0.93, 0.995)
            scale = own / WINDOW
            spare = max(width / many - own, 0.0) / 2
            x = width * (place + 0.5) / many + 0.8 * spare * rng.uniform(-1, 1)
            x = float(np.clip(x, own / 2 + 3, width - own / 2 - 3))
            y = foot - 0.5 * (side - own) - (WINDOW - WINDOW_ABOVE) * scale
            heading = np.pi / 2 + np.radians(rng.uniform(-34, 34))
            seats.append(Seat((x, y), scale, heading, row))
    return seats


def draw_hall(
    guests: list[Guest], size_pixels: tuple[int, int], frame_count: int, rng: np.random.Generator
) -> Iterator[Pixels]:
    """Frame after frame (H, W, 3) of the whole hall; light and noise are its own, by chance."""
    light = _light(rng)
    place = _empty_hall(guests, size_pixels, light, rng)
    brightness = _lamps(frame_count, rng)
    grain = _grain(size_pixels, rng)
    seen = [_seen(guest, frame_count, light) for guest in sorted(guests, key=lambda g: -g.seat.row)]
    shifts = rng.integers(0, 32, (frame_count, 2))
    height, width = size_pixels
    for time in range(frame_count):
        frame = place.copy()
        for each in seen:
            each.draw(frame, time)
        frame = np.asarray(cv2.convertScaleAbs(frame, alpha=float(brightness[time])), np.uint8)
        y, x = shifts[time]
        cv2.add(frame, grain[0][y : y + height, x : x + width], dst=frame)
        cv2.subtract(frame, grain[1][y : y + height, x : x + width], dst=frame)
        yield frame


# ------------------------------------------------------------------------------------ the room


def _light(rng: np.random.Generator) -> Array:
    """What the camera makes of each value 0..255 in each channel: contrast, exposure, tint."""
    value = np.arange(256.0)[:, None]
    tint = 1 + rng.uniform(-0.05, 0.05, 3)
    return np.clip(
        ((value - 128) * rng.uniform(0.85, 1.02) + 122 + rng.uniform(-12, 8)) * tint, 0, 255
    )


def _lamps(frame_count: int, rng: np.random.Generator) -> Array:
    """How bright each frame is (T,): clouds pass, and slides that change light up the hall."""
    time = np.arange(frame_count) / 25
    cloud = sum(
        rng.uniform(0.005, 0.025)
        * np.sin(2 * np.pi * time * rng.uniform(0.01, 0.08) + rng.uniform(0, 6))
        for _ in range(3)
    )
    slides = np.zeros(frame_count)
    at = rng.uniform(3, 12)
    while at < frame_count / 25:
        slides[time >= at] = rng.uniform(-0.025, 0.025)
        at += rng.uniform(6, 20)
    return 1.0 + cloud + slides


def _grain(size_pixels: tuple[int, int], rng: np.random.Generator) -> tuple[Pixels, Pixels]:
    """Sensor noise larger than a frame, to be added and taken away at changing places."""
    shape = (size_pixels[0] + 32, size_pixels[1] + 32)
    strength = rng.uniform(1.2, 3.2)
    noise = 0.85 * rng.standard_normal((*shape, 1)) + 0.5 * rng.standard_normal((*shape, 3))
    noise = np.rint(np.clip(noise * strength, -40, 40))
    return np.maximum(noise, 0).astype(np.uint8), np.maximum(-noise, 0).astype(np.uint8)


def _empty_hall(
    guests: list[Guest], size_pixels: tuple[int, int], light: Array, rng: np.random.Generator
) -> Pixels:
    """Wall, benches, desks, and what lies on them."""
    height, width = size_pixels
    base = rng.uniform(70, 105)
    place = np.zeros((height, width, 3), np.float32)
    wall = base + rng.uniform(-10, 10, 3)
    place[:] = wall + np.linspace(10, -14, height)[:, None, None]
    small = rng.standard_normal((height // 6 + 2, width // 6 + 2, 1)).astype(np.float32)
    place += 2.5 * cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)[..., None]
    frame = np.clip(place, 0, 255).astype(np.uint8)
    for channel in range(3):
        frame[..., channel] = cv2.LUT(frame[..., channel], light[:, channel].astype(np.uint8))
    wood = np.array([150, 112, 76]) * rng.uniform(0.75, 1.1)
    for row in sorted({guest.seat.row for guest in guests}, reverse=True):
        seats = [guest.seat for guest in guests if guest.seat.row == row]
        _desk_row(frame, seats, wood, light)
    for guest in guests:
        _paper(frame, guest, light, rng)
    return frame


def desk_edges(seat: Seat) -> tuple[float, float]:
    """Rows of the picture where a seat's desk begins, behind, and ends, before."""
    back, front = (
        seat.origin[1] - (DESK * np.cos(PITCH) - near * np.sin(PITCH)) * seat.scale
        for near in (DESK_BACK, DESK_FRONT)
    )
    return back, front


def _desk_row(frame: Pixels, seats: list[Seat], wood: Array, light: Array) -> None:
    """One desk along the whole row, and its front below."""
    back = max(desk_edges(seat)[0] for seat in seats)
    front = max(desk_edges(seat)[1] for seat in seats)
    width = frame.shape[1]
    top, below = (lit_colour(tuple(wood), light, share) for share in (1.0, 0.62))
    foot = frame.shape[0] if seats[0].row == 0 else int(front + 0.25 * seats[0].scale)
    cv2.rectangle(frame, (0, int(front)), (width, foot), below, -1)
    least = min(desk_edges(seat)[0] for seat in seats)
    cv2.rectangle(frame, (0, int(min(back, least))), (width, int(front)), top, -1)


def _paper(frame: Pixels, guest: Guest, light: Array, rng: np.random.Generator) -> None:
    """The page, with some lines on it."""
    x, y = guest.habits.page
    (low, high), (right, left) = PAPER
    tilt = rng.uniform(-0.12, 0.12)
    white = rng.uniform(205, 235)

    def corners(points: list[tuple[float, float]]) -> Array:
        return np.array([[x + a - tilt * b, y + b + tilt * a, DESK] for a, b in points])

    page = corners([(low, left), (low, right), (high, right), (high, left)])
    cv2.fillConvexPoly(
        frame,
        _places(guest.seat, page),
        lit_colour((white, white, white), light, 1.0),
        cv2.LINE_AA,
        SHIFT,
    )
    ink = lit_colour((130, 130, 150), light, 1.0)
    for a in np.arange(high - 0.02, low + 0.03, -0.022)[: int(rng.integers(1, 8))]:
        line = corners([(a, left - 0.012), (a, left - 0.012 - rng.uniform(0.05, 0.09))])
        cv2.polylines(frame, [_places(guest.seat, line)], False, ink, 1, cv2.LINE_AA, SHIFT)


def _places(seat: Seat, points: Array) -> Outlines:
    """Points (N, 3) about a seat as places in the picture, in 1/16 pixel."""
    return np.rint(project(points[None], seat.view(1))[0, :, :2] * (1 << SHIFT)).astype(np.int32)


# ------------------------------------------------------------------------------------ the guests


@dataclass(frozen=True)
class _Seen:
    """A guest as the camera sees it, with all that can be reckoned before drawing."""

    guest: Guest
    view: View
    light: Array
    joints: Array  # (T, J, 3): x, y in pixels, nearness
    pen: Outlines  # (T, 2, 2): its ends, in 1/16 pixel
    cup: Outlines  # (T, 4, 2): its outline, in 1/16 pixel
    dark: Outlines  # (T, 6, N, 2): outlines of both arms, in 1/16 pixel
    bright: Outlines
    paints: list[tuple[Colour, Colour]]
    cup_colour: Colour
    desk_back: int

    def draw(self, frame: Pixels, time: int) -> None:
        """Trunk and head behind the desk, then the arms, the pen under its hand, the cup."""
        seen, actor = self.joints[time], self.guest.actor
        behind = frame[: self.desk_back]
        neck_dark, neck_bright = self.paints[-1]
        draw_trunk(behind, actor, seen, self.view, self.light)
        cv2.fillConvexPoly(behind, self.dark[time, -1], neck_dark, cv2.LINE_AA, SHIFT)
        cv2.fillConvexPoly(behind, self.bright[time, -1], neck_bright, cv2.LINE_AA, SHIFT)
        draw_head(behind, actor, seen, self.view, self.light)
        for part in range(len(self.paints) - 1):
            if part == len(self.paints) - 2:  # under the hand that holds it
                self._draw_pen(frame, time)
            dark, bright = self.paints[part]
            cv2.fillConvexPoly(frame, self.dark[time, part], dark, cv2.LINE_AA, SHIFT)
            cv2.fillConvexPoly(frame, self.bright[time, part], bright, cv2.LINE_AA, SHIFT)
        cv2.fillConvexPoly(frame, self.cup[time], self.cup_colour, cv2.LINE_AA, SHIFT)

    def _draw_pen(self, frame: Pixels, time: int) -> None:
        thick = max(1, round(self.view.scale / 110))
        ink = lit_colour((40, 44, 90), self.light, 1.0)
        cv2.polylines(frame, [self.pen[time]], False, ink, thick, cv2.LINE_AA, SHIFT)


def _seen(guest: Guest, frame_count: int, light: Array) -> _Seen:
    view = guest.seat.view(frame_count)
    joints = project(guest.sitting.joints, view)
    parts = parts_seen(guest)
    wrist = guest.sitting.joints[:, Joint.WRIST + guest.habits.hand]
    tip = guest.sitting.pen
    pen = np.stack([tip, tip + 2.1 * (wrist - tip) + [-0.03, 0, 0.03]], 1)
    return _Seen(
        guest,
        view,
        light,
        joints,
        np.rint(project(pen, view)[..., :2] * (1 << SHIFT)).astype(np.int32),
        cup_outlines(guest, view),
        capsules(joints, parts, view.scale, lit=False),
        capsules(joints, parts, view.scale, lit=True),
        [(lit_colour(p.colour, light, 0.55), lit_colour(p.colour, light, 1.0)) for p in parts],
        lit_colour(guest.actor.clothes.shoes, light, 1.0),
        int(desk_edges(guest.seat)[0]),
    )


def parts_seen(guest: Guest) -> list[Part]:
    """Both arms from the shoulder on, the pen hand last, on top; and behind the desk the neck."""
    neck, *rest = limbs(guest.actor)
    arms = []
    for side in (1 - guest.habits.hand, guest.habits.hand):
        ends = (
            (Joint.SHOULDER + side, Joint.ELBOW + side),
            (Joint.ELBOW + side, Joint.WRIST + side),
            (Joint.WRIST + side, Joint.FINGERS + side),
        )
        arms += [next(part for part in rest if part.ends == pair) for pair in ends]
    return [*arms, neck]


def cup_outlines(guest: Guest, view: View) -> Outlines:
    """A cup seen from the front: narrow below, wide above (T, 4, 2)."""
    foot = project(guest.sitting.cup[:, None], view)[:, 0, :2]
    outline = np.array([[-0.016, 0.0], [0.016, 0.0], [0.022, -0.055], [-0.022, -0.055]])
    return np.rint((foot[:, None] + outline * view.scale) * (1 << SHIFT)).astype(np.int32)


def hand_path(guest: Guest) -> Array:
    """Where the pen's tip is in the picture, (T, 2) pixels."""
    pen = guest.sitting.pen
    return project(pen[:, None], guest.seat.view(len(pen)))[:, 0, :2]
