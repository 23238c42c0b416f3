"""Six actions as joints in space over time: gaits from angle curves, arm actions from hand paths.

Gait curves follow the shapes in Winter, *Biomechanics and Motor Control of Human Movement* (2009),
ch. 3 (walking) and Novacheck, *The biomechanics of running* (1998), fig. 5, drawn by eye and
exaggerated a little. Lengths are in body heights, x is forward, y the actor's left, z up.

How each action may look in ONE picture is drawn from ranges that overlap on purpose: what tells
the actions apart is how the picture changes.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kineograph.data.toy.skeleton import (
    JOINTS,
    SIDES,
    Array,
    Body,
    Joint,
    Style,
    lean_over,
    place_legs,
    place_standing_legs,
    place_torso,
    reach_to,
    swing_arm,
)

HandPaths = Callable[[Array, Body, Style, np.random.Generator], list[Array]]

GAITS = ("jogging", "running", "walking")
ARM_ACTIONS = ("boxing", "handclapping", "handwaving")
ACTIONS = tuple(sorted(GAITS + ARM_ACTIONS))

PHASES = 256  # steps of one tabulated gait cycle


@dataclass(frozen=True)
class Performance:
    """One clip's movement: joints (T, JOINTS, 3) about the moving body, forward travel (T,)."""

    joints: Array
    travel: Array


@dataclass(frozen=True)
class Gait:
    """What makes a gait: steps per second, share of a stride on the ground, height of the hop."""

    steps_per_second: tuple[float, float]
    duty: float
    hop: float
    pose: float  # where the pose ranges start, 0 to 1: kept close together on purpose


GAIT_NUMBERS = {
    "walking": Gait((0.95, 1.2), 0.62, 0.0, 0.12),
    "jogging": Gait((1.65, 1.85), 0.41, 0.03, 0.36),
    "running": Gait((2.55, 2.85), 0.33, 0.05, 0.48),
}
POSE_SPREAD = 0.42  # width of the pose range that starts at Gait.pose

# Degrees at parts of a stride that begins with the foot's strike: (walk, run).
HIP_CURVES = (
    ((0, 25), (0.12, 22), (0.3, 5), (0.5, -14), (0.62, -8), (0.75, 14), (0.87, 27)),
    ((0, 33), (0.15, 18), (0.38, -18), (0.5, -12), (0.7, 28), (0.85, 44)),
)
KNEE_CURVES = (
    ((0, 6), (0.14, 17), (0.38, 6), (0.5, 12), (0.62, 42), (0.73, 62), (0.86, 30), (0.95, 5)),
    ((0, 18), (0.14, 38), (0.38, 14), (0.5, 52), (0.65, 96), (0.8, 70), (0.93, 25)),
)
FOOT_CURVES = (  # pitch against the ground, toes up positive
    ((0, 18), (0.1, 0), (0.36, 0), (0.47, -12), (0.6, -48), (0.75, -32), (0.9, 10)),
    ((0, 6), (0.08, 0), (0.22, 0), (0.38, -45), (0.55, -72), (0.7, -58), (0.86, -4)),
)
TOE_OFF = (0.6, 0.38)


def perform(
    action: str, body: Body, style: Style, *, seconds: Array, rng: np.random.Generator
) -> Performance:
    """Joints over time of one actor doing one action once; `seconds` (T,) are the frames' times."""
    if action in GAIT_NUMBERS:
        return _walk(GAIT_NUMBERS[action], body, style, seconds, rng)
    paths = {"boxing": _box, "handclapping": _clap, "handwaving": _wave}[action]
    return _stand(paths, body, style, seconds, rng)


# ---------------------------------------------------------------------------------------- gaits


def _periodic(points: tuple[tuple[float, float], ...], at: Array) -> Array:
    """A smooth periodic curve through (part of a cycle, value) points."""
    grid = np.arange(PHASES) / PHASES
    parts, values = zip(*points, strict=True)
    table = np.interp(grid, parts, values, period=1.0)
    frequency = np.fft.rfftfreq(PHASES, 1 / PHASES)
    table = np.fft.irfft(np.fft.rfft(table) * np.exp(-0.5 * (frequency * 0.16) ** 2), PHASES)
    return np.interp(at, grid, table, period=1.0)


def _stride(gait: Gait, pose: float, amplitude: float, body: Body) -> tuple[Array, Array]:
    """One leg's points (PHASES, 4, 3) below the hip (knee, ankle, heel, toe), and its hip curve."""
    phase = np.arange(PHASES) / PHASES
    toe_off = TOE_OFF[0] + (TOE_OFF[1] - TOE_OFF[0]) * pose
    on_ground = phase < gait.duty
    at = np.where(
        on_ground,
        phase * toe_off / gait.duty,
        toe_off + (phase - gait.duty) * (1 - toe_off) / (1 - gait.duty),
    )
    curves = [
        (1 - pose) * _periodic(walk, at) + pose * _periodic(run, at)
        for walk, run in (HIP_CURVES, KNEE_CURVES, FOOT_CURVES)
    ]
    hip = np.radians(curves[0] * amplitude)
    knee = np.radians(curves[1] * (0.5 + 0.5 * amplitude))
    pitch = np.radians(curves[2])
    zero = np.zeros_like(hip)
    thigh = np.stack([np.sin(hip), zero, -np.cos(hip)], -1)
    shank = np.stack([np.sin(hip - knee), zero, -np.cos(hip - knee)], -1)
    along = np.stack([np.cos(pitch), zero, np.sin(pitch)], -1)
    below = np.stack([np.sin(pitch), zero, -np.cos(pitch)], -1)
    knee_point = thigh * body.thigh
    ankle = knee_point + shank * body.shank
    heel = ankle + below * 0.025 - along * 0.25 * body.foot
    toe = heel + along * body.foot
    return np.stack([knee_point, ankle, heel, toe], 1), hip


def _at_phase(table: Array, phase: Array) -> Array:
    """Rows of a cyclic table (PHASES, ...) at phases (T,), between its steps."""
    place = (phase % 1.0) * PHASES
    low = np.floor(place).astype(int) % PHASES
    part = (place - np.floor(place)).reshape(-1, *([1] * (table.ndim - 1)))
    return table[low] * (1 - part) + table[(low + 1) % PHASES] * part


def _root_height(gait: Gait, leg: Array) -> Array:
    """Height of the hip over a cycle (PHASES,): the lower foot touches, plus the hop in flight."""
    need = -leg[:, 2:, 2].min(axis=1) + 0.022
    height = np.maximum(need, np.roll(need, PHASES // 2))
    phase = np.arange(PHASES) / PHASES % 0.5
    flight = max(0.5 - gait.duty, 1e-6)
    part = np.clip((phase - gait.duty) / flight, 0, 1) if gait.duty < 0.5 else 0 * phase
    return height + gait.hop * 4 * part * (1 - part)


def _walk(
    gait: Gait, body: Body, style: Style, seconds: Array, rng: np.random.Generator
) -> Performance:
    # One draw for the whole pose: four draws of their own would tell the gaits apart together.
    pose = gait.pose + POSE_SPREAD * rng.random()
    legs, arms, lean, swing = np.clip(pose + rng.uniform(-0.1, 0.1, 4), 0, 1)
    leg, hip = _stride(gait, float(legs), style.amplitude * rng.uniform(0.85, 1.1), body)
    height = _root_height(gait, leg)
    strides_per_second = 0.5 * rng.uniform(*gait.steps_per_second) * style.tempo
    phase = rng.random() + seconds * strides_per_second
    landed = max(2, int(gait.duty * PHASES))
    backwards = leg[0, 3, 0] - leg[landed - 1, 3, 0]
    speed = backwards / gait.duty * strides_per_second

    joints = np.zeros((len(seconds), JOINTS, 3))
    joints[:, Joint.PELVIS, 2] = _at_phase(height, phase)
    swing_now = -np.stack([_at_phase(hip, phase), _at_phase(hip, phase + 0.5)])  # left, right
    swing_now = (swing_now - swing_now.mean()) / (np.ptp(hip) / 2)
    turn = np.radians(4 + 7 * swing) * swing_now[1]
    place_legs(joints, body, np.stack([_at_phase(leg, phase), _at_phase(leg, phase + 0.5)]), turn)
    place_torso(joints, body, -turn)
    elbow = np.radians(18 + 70 * arms)
    for side, sign in enumerate(SIDES):
        upper = np.radians((16 + 20 * swing) * style.amplitude) * swing_now[side] - 0.12 * arms
        bend = elbow + 0.25 * swing_now[side]
        swing_arm(joints, body, side, sign, upper, bend)
    bob = 0.01 * np.sin(4 * np.pi * phase)
    lean_over(joints, np.radians(style.lean_degrees + 1 + 9 * lean) + bob, 0 * bob)
    return Performance(joints, speed * seconds)


# --------------------------------------------------------------------------------- standing arms


def _stand(
    paths: HandPaths, body: Body, style: Style, seconds: Array, rng: np.random.Generator
) -> Performance:
    """An actor on the spot whose hands follow `paths`; knees, hips and shoulders give a little."""
    joints = np.zeros((len(seconds), JOINTS, 3))
    cycles = rng.random() + seconds * rng.uniform(1.0, 1.35) * style.tempo
    cycles = cycles + 0.03 * np.sin(2 * np.pi * (seconds * rng.uniform(0.4, 0.8) + rng.random()))
    bounce = np.radians(rng.uniform(4, 16)) * (
        1 + rng.uniform(0, 0.5) * np.sin(4 * np.pi * (cycles + rng.random()))
    )
    place_standing_legs(joints, body, bounce, rng)
    twist = rng.uniform(9, 16) if paths is _box else rng.uniform(0, 5)
    turn = np.radians(rng.uniform(-10, 10) + twist * np.cos(2 * np.pi * cycles))
    place_torso(joints, body, turn)
    for side, hand in enumerate(paths(cycles, body, style, rng)):
        reach_to(joints, body, side, hand, turn)
    sway = np.radians(rng.uniform(-2, 2) + 1.5 * np.sin(2 * np.pi * (0.5 * cycles + rng.random())))
    lean_over(joints, np.radians(style.lean_degrees + rng.uniform(-1, 8)) + 0 * sway, sway)
    return Performance(joints, 0 * seconds)


def _beat(cycles: Array, snap: float) -> Array:
    """0 to 1 and back once a cycle; `snap` > 0 hurries through the middle and rests at the ends."""
    wave = -np.cos(2 * np.pi * cycles)
    return 0.5 + 0.5 * np.tanh(snap * wave) / np.tanh(snap)


def _toward(azimuth: Array, elevation: Array, reach: Array | float, sign: float) -> Array:
    """Points (T, 3) seen from a shoulder: azimuth 0 forward, positive outwards; all radians."""
    flat = np.cos(elevation)
    point = np.stack([flat * np.cos(azimuth), sign * flat * np.sin(azimuth), np.sin(elevation)], -1)
    return point * np.asarray(reach)[..., None]


def _box(cycles: Array, body: Body, style: Style, rng: np.random.Generator) -> list[Array]:
    """Fists leave the chest for the front by turns."""
    height, inward = np.radians(rng.uniform(-18, 22)), np.radians(rng.uniform(0, 15))
    guard = rng.uniform(0.36, 0.48)
    far = rng.uniform(0.92, 0.99)
    hands = []
    for side, sign in enumerate(SIDES):
        out = _beat(cycles + 0.5 * side, style.snap)
        lift = np.radians(rng.uniform(-12, 12))
        azimuth = np.radians(rng.uniform(5, 30)) * (1 - out) - inward
        reach = body.arm * (guard + (far - guard) * out)
        hands.append(_toward(azimuth, height + lift + 0 * out, reach, sign))
    return hands


def _clap(cycles: Array, body: Body, style: Style, rng: np.random.Generator) -> list[Array]:
    """Both hands part and meet in front, at any height between the belt and the brow."""
    height, reach = np.radians(rng.uniform(-22, 28)), rng.uniform(0.68, 0.95)
    opened = np.radians(rng.uniform(55, 85)) * style.amplitude
    hands = []
    for sign in SIDES:
        share = 1 - style.asymmetry * rng.random()
        apart = _beat(cycles, style.snap) * share
        length = body.arm * reach * rng.uniform(0.85, 1.0)
        closed = -np.arcsin(min(0.9, (body.shoulder - 0.02) / length))
        azimuth = closed + (opened - closed) * apart
        hands.append(_toward(azimuth, height + 0 * apart, length + 0 * apart, sign))
    return hands


def _wave(cycles: Array, body: Body, style: Style, rng: np.random.Generator) -> list[Array]:
    """Both arms go up and down together, in any plane between the front and the side."""
    middle, reach = np.radians(rng.uniform(-8, 22)), rng.uniform(0.7, 0.97)
    swing = np.radians(rng.uniform(44, 60)) * style.amplitude
    plane = np.radians(rng.uniform(28, 78))
    hands = []
    for sign in SIDES:
        share = 1 - style.asymmetry * rng.random()
        up = 2 * _beat(cycles, style.snap) - 1
        length = body.arm * reach * rng.uniform(0.85, 1.0)
        azimuth = plane + np.radians(rng.uniform(-10, 10)) + 0 * up
        hands.append(_toward(azimuth, middle + swing * share * up, length + 0 * up, sign))
    return hands
