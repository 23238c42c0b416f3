"""What a depth camera at the same place would measure in the drawn hall: millimetres, half size.

    wall  --- as far behind the last row as WALL_BEHIND
    guest --- where the camera sees so many pixels a body height; limbs, trunk and head are round
    desk  --- a level plane before each seat, and its front, upright

Left of what stands far before its background nothing is measured, as with two eyes. A pen is too
thin to be seen.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kineograph.data.toy.figure import SHIFT, Part, capsules, hull, project
from kineograph.data.toy.hall import (
    DESK_FRONT,
    PITCH,
    Guest,
    Outlines,
    Seat,
    cup_outlines,
    desk_edges,
    parts_seen,
)
from kineograph.data.toy.skeleton import Array, Joint
from kineograph.data.toy.student import DESK

Millimetres = NDArray[np.uint16]  # (H, W), 0 where nothing is measured

BODY_MILLIMETRES = 1700.0
FOCAL = 1.3  # focal length by the height of the picture: 42 degrees from top to bottom
WALL_BEHIND = 0.8  # body heights behind the farthest guest
PIECES = 4  # of one distance each, in which limbs and trunk are drawn
CAPS = (0.0, 0.5, 0.8, 0.95)  # steps of a head's roundness, as shares of its radius
SHADOW_PIXELS = 2  # how wide it is
SHADOW_MILLIMETRES = 150.0  # a step as deep throws one
HALF = 1  # cv2 reads coordinates in 1/16 pixel of the colours: one bit more halves them


def draw_depth(
    guests: list[Guest], size_pixels: tuple[int, int], frame_count: int
) -> Iterator[Millimetres]:
    """Frame after frame (H / 2, W / 2) of the hall that draw_hall draws with these guests."""
    eye = FOCAL * size_pixels[0]
    place = _empty_hall(guests, size_pixels, eye)
    seen = [_solid(guest, frame_count, eye) for guest in sorted(guests, key=lambda g: -g.seat.row)]
    for time in range(frame_count):
        frame = place.copy()
        for each in seen:
            each.draw(frame, time)
        yield _shadowed(frame)


def _distance(seat: Seat, nearness: Array | float, eye: float) -> Array:
    """Millimetres from the camera of what is so many body heights nearer than a seat's pelvis."""
    return np.asarray(BODY_MILLIMETRES * (eye / seat.scale - nearness))


def _empty_hall(guests: list[Guest], size_pixels: tuple[int, int], eye: float) -> Millimetres:
    """Wall and desks."""
    height, width = (-(-length // 2) for length in size_pixels)
    farthest = max(float(_distance(guest.seat, 0.0, eye)) for guest in guests)
    place = np.full((height, width), farthest + WALL_BEHIND * BODY_MILLIMETRES)
    across = 2 * np.arange(width) + 0.5
    for row in sorted({guest.seat.row for guest in guests}, reverse=True):
        seats = [guest.seat for guest in guests if guest.seat.row == row]
        whose = np.abs(across[:, None] - [seat.origin[0] for seat in seats]).argmin(1)
        back = min(desk_edges(seat)[0] for seat in seats)
        front = max(desk_edges(seat)[1] for seat in seats)
        foot = size_pixels[0] if row == 0 else int(front + 0.25 * seats[0].scale)
        rows = np.arange(height)[(2 * np.arange(height) + 1 >= int(back))]
        rows = rows[2 * rows < foot]
        for number, seat in enumerate(seats):
            far = _distance(seat, _desk_nearness(seat, 2 * rows + 0.5, front), eye)
            place[np.ix_(rows, np.flatnonzero(whose == number))] = far[:, None]
    return np.rint(place).astype(np.uint16)


def _desk_nearness(seat: Seat, y: NDArray[Any], front: float) -> Array:
    """How near a desk is in rows y of the picture: its level top, and its front below."""
    down = (y - seat.origin[1]) / seat.scale
    on_top = (down + DESK * np.cos(PITCH)) / np.sin(PITCH)
    top = on_top * np.cos(PITCH) + DESK * np.sin(PITCH)
    up = (DESK_FRONT * np.sin(PITCH) - down) / np.cos(PITCH)
    return np.where(y < front, top, DESK_FRONT * np.cos(PITCH) + up * np.sin(PITCH))


def _shadowed(frame: Millimetres) -> Millimetres:
    """Unmeasured where something much nearer stands just to the right."""
    far = frame.astype(np.float32)
    measured = frame.copy()
    for step in range(1, SHADOW_PIXELS + 1):
        hidden = far[:, :-step] - far[:, step:] > SHADOW_MILLIMETRES
        measured[:, :-step][hidden] = 0
    return measured


@dataclass(frozen=True)
class _Solid:
    """A guest with distances: outlines in 1/16 pixel of the colours, millimetres of each."""

    head: Array  # (T, 3): x, y in pixels, millimetres of its middle
    radius: float  # of the head, in pixels
    round: list[tuple[float, float]]  # share of the radius, millimetres nearer than its middle
    trunk: list[tuple[list[Outlines], Array]]  # pieces: an outline a frame, millimetres (T,)
    limbs: Outlines  # (T, pieces, N, 2), the neck's last
    limbs_far: Array  # (T, pieces)
    cup: Outlines  # (T, 4, 2)
    cup_far: Array  # (T,)
    desk_back: int  # row of the depth picture

    def draw(self, frame: Millimetres, time: int) -> None:
        """Trunk, neck and head behind the desk, then the arms and the cup."""
        behind = frame[: self.desk_back]
        for outlines, far in self.trunk:
            _fill(behind, outlines[time], far[time])
        pieces = list(zip(self.limbs[time], self.limbs_far[time], strict=True))
        for outline, far in pieces[-PIECES:]:
            _fill(behind, outline, far)
        x, y = np.rint(self.head[time, :2] * (1 << SHIFT)).astype(int)
        for share, nearer in self.round:
            size = int(self.radius * share * (1 << SHIFT))
            level = round(float(self.head[time, 2]) - nearer)
            cv2.circle(behind, (x, y), size, level, -1, cv2.LINE_8, SHIFT + HALF)
        for outline, far in pieces[:-PIECES]:
            _fill(frame, outline, far)
        _fill(frame, self.cup[time], self.cup_far[time])


def _fill(frame: Millimetres, outline: Outlines, far: float) -> None:
    cv2.fillConvexPoly(frame, outline, round(float(far)), cv2.LINE_8, SHIFT + HALF)


def _solid(guest: Guest, frame_count: int, eye: float) -> _Solid:
    view, body = guest.seat.view(frame_count), guest.actor.body
    joints = project(guest.sitting.joints, view)
    points, pieces = _pieces(joints, parts_seen(guest))
    ends = np.array([piece.ends for piece in pieces])
    near = points[:, ends, 2].mean(2) + [np.mean(piece.radii) for piece in pieces]
    head = joints[:, Joint.HEAD].copy()
    head[:, 2] = _distance(guest.seat, head[:, 2], eye)
    cup = project(guest.sitting.cup[:, None], view)[:, 0, 2] + 0.02
    depth = BODY_MILLIMETRES * body.head
    return _Solid(
        head=head,
        radius=body.head * view.scale,
        round=[(float(np.sqrt(1 - share**2)), depth * share) for share in CAPS],
        trunk=_trunk(guest, joints, eye),
        limbs=capsules(points, pieces, view.scale, lit=False),
        limbs_far=_distance(guest.seat, near, eye),
        cup=cup_outlines(guest, view),
        cup_far=_distance(guest.seat, cup, eye),
        desk_back=int(desk_edges(guest.seat)[0]) // 2,
    )


def _pieces(joints: Array, parts: list[Part]) -> tuple[Array, list[Part]]:
    """Every part cut into PIECES along its length: their ends (T, N, 3), and the pieces."""
    shares = np.linspace(0, 1, PIECES + 1)
    points, pieces = [], []
    for number, part in enumerate(parts):
        first, second = joints[:, part.ends[0]], joints[:, part.ends[1]]
        points.append(first[:, None] + (second - first)[:, None] * shares[:, None])
        radii = part.radii[0] + (part.radii[1] - part.radii[0]) * shares
        start = number * (PIECES + 1)
        pieces += [
            replace(part, ends=(start + k, start + k + 1), radii=(radii[k], radii[k + 1]))
            for k in range(PIECES)
        ]
    return np.concatenate(points, 1), pieces


def _trunk(guest: Guest, joints: Array, eye: float) -> list[tuple[list[Outlines], Array]]:
    """The shirt from the hips up to the shoulders, as draw_trunk places it."""
    chest, pelvis = joints[:, Joint.CHEST], joints[:, Joint.PELVIS]
    shoulders = joints[:, [Joint.SHOULDER, Joint.SHOULDER + 1]]
    shoulders = shoulders + (chest[:, None] - shoulders) * 0.12
    hips = joints[:, [Joint.HIP, Joint.HIP + 1]] + ((chest - pelvis) * 0.16)[:, None]
    radius = 0.053 * guest.actor.body.girth
    found = []
    for k in range(PIECES):
        ends = [hips + (shoulders - hips) * ((k + each) / PIECES) for each in (0, 1)]
        corners = np.concatenate(ends, 1)  # (T, 4, 3)
        radii = np.full(4, radius * guest.seat.scale)
        outlines = [hull(points, radii) for points in corners[..., :2]]
        far = _distance(guest.seat, corners[..., 2].mean(1) + radius, eye)
        found.append((outlines, far))
    return found
