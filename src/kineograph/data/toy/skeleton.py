"""An actor's skeleton: joints, bones, and how they are set in space, for all frames at once.

Lengths are in body heights, x is forward, y the actor's left, z up; joints are (T, JOINTS, 3).
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SIDES = (1.0, -1.0)  # left, right: the sign of y


class Joint(IntEnum):
    """Index of a joint; a left one is followed by its right one."""

    PELVIS = 0
    CHEST = 1
    HEAD = 2
    FACE = 3
    SHOULDER = 4
    ELBOW = 6
    WRIST = 8
    FINGERS = 10
    HIP = 12
    KNEE = 14
    ANKLE = 16
    HEEL = 18
    TOE = 20


JOINTS = 22


@dataclass(frozen=True)
class Body:
    """Lengths of an actor's bones, in body heights."""

    thigh: float
    shank: float
    foot: float
    torso: float
    neck: float
    head: float
    upper_arm: float
    forearm: float
    hand: float
    shoulder: float
    hip: float
    girth: float

    @property
    def arm(self) -> float:
        """Reach from shoulder to wrist."""
        return self.upper_arm + self.forearm


@dataclass(frozen=True)
class Style:
    """How one actor moves, whatever the action: factors about 1 and degrees about 0."""

    amplitude: float
    tempo: float
    lean_degrees: float
    snap: float
    asymmetry: float


def rotated(points: Array, angle: Array) -> Array:
    """Points (..., 3) with angles broadcast over them, turned about the upright axis."""
    cos, sin = np.cos(angle), np.sin(angle)
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    return np.stack([cos * x - sin * y, sin * x + cos * y, z + 0 * cos], -1)


def place_legs(joints: Array, body: Body, legs: Array, turn: Array) -> None:
    """Put both legs (2, T, 4, 3) under the pelvis, which turns by `turn` (T,)."""
    for side, sign in enumerate(SIDES):
        hip = rotated(np.array([0.0, sign * body.hip, 0.0]), turn)
        hip = hip + joints[:, Joint.PELVIS]
        joints[:, Joint.HIP + side] = hip
        for place, joint in enumerate((Joint.KNEE, Joint.ANKLE, Joint.HEEL, Joint.TOE)):
            joints[:, joint + side] = hip + legs[side, :, place]


def place_standing_legs(joints: Array, body: Body, bend: Array, rng: np.random.Generator) -> None:
    """Feet planted a little apart; `bend` (T,) radians is how far the thighs go forward."""
    down = np.cos(bend) * (body.thigh + body.shank) + 0.047
    spread = rng.uniform(0.01, 0.05)
    stagger = rng.uniform(-0.09, 0.09)
    joints[:, Joint.PELVIS, 2] = down - 0.5 * (spread**2 + stagger**2)
    for side, sign in enumerate(SIDES):
        hip = joints[:, Joint.PELVIS] + np.array([0.0, sign * body.hip, 0.0])
        ankle = np.zeros_like(hip) + [sign * stagger, sign * (body.hip + spread), 0.047]
        middle = (hip + ankle) / 2
        forward = np.sin(bend) * (body.thigh + body.shank) / 2
        knee = middle + np.stack([forward, 0 * bend + 0.15 * sign * forward, 0 * bend], -1)
        toes = np.array([np.cos(0.35), sign * np.sin(0.35), 0.0])
        heel = ankle - [0, 0, 0.025] - 0.25 * body.foot * toes
        placed = (hip, knee, ankle, heel, heel + body.foot * toes)
        for joint, place in zip(
            (Joint.HIP, Joint.KNEE, Joint.ANKLE, Joint.HEEL, Joint.TOE), placed, strict=True
        ):
            joints[:, joint + side] = place


def place_torso(joints: Array, body: Body, turn: Array) -> None:
    """Chest, head and shoulders upright above the pelvis, the shoulders turned by `turn` (T,)."""
    up = np.array([0.0, 0.0, 1.0])
    chest = joints[:, Joint.PELVIS] + up * body.torso
    joints[:, Joint.CHEST] = chest
    joints[:, Joint.HEAD] = chest + up * (body.neck + body.head) + [0.01, 0, 0]
    joints[:, Joint.FACE] = joints[:, Joint.HEAD] + [body.head, 0, 0]
    for side, sign in enumerate(SIDES):
        shoulder = rotated(np.array([0.0, sign * body.shoulder, -0.02]), turn)
        joints[:, Joint.SHOULDER + side] = chest + shoulder


def reach_to(joints: Array, body: Body, side: int, hand: Array, turn: Array) -> None:
    """Bend one arm so that its wrist is at `hand` (T, 3) from the shoulder; the elbow hangs out."""
    sign = SIDES[side]
    hand = rotated(hand, turn)
    length = np.linalg.norm(hand, axis=-1, keepdims=True)
    length_possible = np.clip(length, 0.25 * body.arm, 0.995 * body.arm)
    along = hand / length
    pole = np.array([-0.25, 0.55 * sign, -1.0])
    pole = pole - (along @ pole)[:, None] * along
    pole /= np.linalg.norm(pole, axis=-1, keepdims=True)
    to_foot = (length_possible**2 + body.upper_arm**2 - body.forearm**2) / (2 * length_possible)
    aside = np.sqrt(np.maximum(body.upper_arm**2 - to_foot**2, 0))
    shoulder = joints[:, Joint.SHOULDER + side]
    elbow = shoulder + along * to_foot + pole * aside
    wrist = shoulder + along * length_possible
    joints[:, Joint.ELBOW + side] = elbow
    joints[:, Joint.WRIST + side] = wrist
    joints[:, Joint.FINGERS + side] = wrist + (wrist - elbow) * body.hand / body.forearm


def swing_arm(joints: Array, body: Body, side: int, sign: float, upper: Array, bend: Array) -> None:
    """Hang one arm from its shoulder: `upper` and `bend` (T,) radians, forward positive."""
    out = 0.16
    lower = upper + bend
    inward = 0.16 * sign * np.sin(bend)
    one = np.stack([np.sin(upper), 0 * upper + out * sign, -np.cos(upper)], -1)
    two = np.stack([np.sin(lower), 0.05 * sign - inward, -np.cos(lower)], -1)
    one /= np.linalg.norm(one, axis=-1, keepdims=True)
    two /= np.linalg.norm(two, axis=-1, keepdims=True)
    elbow = joints[:, Joint.SHOULDER + side] + body.upper_arm * one
    wrist = elbow + body.forearm * two
    joints[:, Joint.ELBOW + side] = elbow
    joints[:, Joint.WRIST + side] = wrist
    joints[:, Joint.FINGERS + side] = wrist + body.hand * two


UPPER_BODY = [
    joint + side
    for joint in (Joint.SHOULDER, Joint.ELBOW, Joint.WRIST, Joint.FINGERS)
    for side in (0, 1)
] + [Joint.CHEST, Joint.HEAD, Joint.FACE]


def lean_over(joints: Array, forward: Array, aside: Array) -> None:
    """Tip everything above the pelvis forward and to the left by radians (T,)."""
    pelvis = joints[:, Joint.PELVIS, None]
    x, y, z = np.moveaxis(joints[:, UPPER_BODY] - pelvis, -1, 0)
    cos, sin = np.cos(forward)[:, None], np.sin(forward)[:, None]
    x, z = cos * x + sin * z, cos * z - sin * x
    cos, sin = np.cos(aside)[:, None], np.sin(aside)[:, None]
    y, z = cos * y + sin * z, cos * z - sin * y
    joints[:, UPPER_BODY] = np.stack([x, y, z], -1) + pelvis
