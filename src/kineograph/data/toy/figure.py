"""A drawn actor: body, clothes and style by chance, and the polygons of its limbs in a frame.

Every part is a tapered capsule of one polygon; all parts of all frames are computed at once and
then filled from the farthest to the nearest, twice each: a dark one and a lit one upon it.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kineograph.data.toy.motion import SIDES, Array, Body, Joint, Style

Pixels = NDArray[np.uint8]
Colour = tuple[float, float, float]

SKINS = ((250, 208, 174), (234, 182, 140), (212, 158, 116), (176, 122, 84), (146, 100, 70))
HAIRS = ((74, 58, 56), (110, 66, 38), (176, 74, 36), (226, 180, 88), (176, 174, 180))
CAP_POINTS = 6
SHIFT = 4  # cv2 reads coordinates in 1/16 pixel
LIT = 0.74  # share of a limb's radius that is lit


@dataclass(frozen=True)
class Clothes:
    """Colours (RGB, 0 to 255) of an actor and the cut of what it wears."""

    skin: Colour
    hair: Colour
    shirt: Colour
    sleeves: Colour
    trousers: Colour
    shoes: Colour
    long_sleeves: bool
    short_trousers: bool
    skirt: bool
    long_hair: bool


@dataclass(frozen=True)
class Actor:
    """Who is seen: bones, clothes and way of moving."""

    body: Body
    clothes: Clothes
    style: Style


@dataclass(frozen=True)
class View:
    """The camera, in pixels and radians: scale of one body height, direction the actor faces.

    heading 0 is to the right, pi/2 into the camera, pi to the left. pitch > 0 looks down.
    feet (T, 2) is where the ground under the actor is in the picture; roll (T,) turns the picture.
    """

    scale: float
    heading: float
    pitch: float
    feet: Array
    roll: Array
    centre: tuple[float, float]


def cast_actor(rng: np.random.Generator) -> Actor:
    """Draw one actor by chance: proportions, colours and style."""
    legs = rng.uniform(0.93, 1.06)
    arms = rng.uniform(0.95, 1.08)
    body = Body(
        thigh=0.235 * legs,
        shank=0.225 * legs,
        foot=rng.uniform(0.125, 0.15),
        torso=0.29 * rng.uniform(0.94, 1.04),
        neck=rng.uniform(0.012, 0.03),
        head=rng.uniform(0.078, 0.092),
        upper_arm=0.175 * arms,
        forearm=0.15 * arms,
        hand=0.05,
        shoulder=rng.uniform(0.115, 0.14),
        hip=rng.uniform(0.05, 0.065),
        girth=rng.uniform(0.92, 1.2),
    )
    style = Style(
        amplitude=rng.uniform(0.92, 1.08),
        tempo=rng.uniform(0.96, 1.04),
        lean_degrees=rng.uniform(-1, 2),
        snap=rng.uniform(0.4, 1.5),
        asymmetry=rng.uniform(0.0, 0.15),
    )
    return Actor(body, _dress(rng), style)


def _dress(rng: np.random.Generator) -> Clothes:
    """Clothes brighter than every place of scene.py, so that an actor stands out."""
    skin = int(rng.integers(len(SKINS)))
    hair = int(rng.integers(len(HAIRS) if skin < 3 else 2))
    shirt = _colour(rng, (140, 200))
    sleeves = shirt if rng.random() < 0.5 else _colour(rng, (130, 200))
    red, green, blue = (0.84 * value for value in sleeves)  # arms show on the chest
    cut = rng.random(4)
    return Clothes(
        skin=SKINS[skin],
        hair=HAIRS[hair],
        shirt=shirt,
        sleeves=(red, green, blue),
        trousers=_colour(rng, (105, 180)),
        shoes=_colour(rng, (90, 190)),
        long_sleeves=bool(cut[0] < 0.6),
        short_trousers=bool(cut[1] < 0.25),
        skirt=bool(0.25 <= cut[1] < 0.42),
        long_hair=bool(cut[2] < 0.4),
    )


def _colour(rng: np.random.Generator, brightness: tuple[float, float]) -> Colour:
    """A strong colour by chance whose grey (0 to 255) lies between two values."""
    pixel = np.array([[[rng.random() * 360, rng.uniform(0.4, 0.9), 1.0]]], np.float32)
    colour = cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0]
    grey = float(colour @ np.array([0.299, 0.587, 0.114]))
    red, green, blue = np.minimum(255, colour * rng.uniform(*brightness) / grey)
    return float(red), float(green), float(blue)


# -------------------------------------------------------------------------------------- seeing


def project(joints: Array, view: View) -> Array:
    """Joints (T, J, 3) in body heights -> (T, J, 3): x, y in pixels, nearness in body heights."""
    x, y, z = np.moveaxis(joints, -1, 0)
    cos, sin = np.cos(view.heading), np.sin(view.heading)
    right = x * cos + y * sin
    near = x * sin - y * cos
    up = z * np.cos(view.pitch) - near * np.sin(view.pitch)
    flat = np.stack([right, -up], -1) * view.scale + view.feet[:, None]
    offset = flat - view.centre
    cos_roll, sin_roll = np.cos(view.roll)[:, None], np.sin(view.roll)[:, None]
    turned_x = cos_roll * offset[..., 0] - sin_roll * offset[..., 1] + view.centre[0]
    turned_y = sin_roll * offset[..., 0] + cos_roll * offset[..., 1] + view.centre[1]
    nearness = near * np.cos(view.pitch) + z * np.sin(view.pitch)
    return np.stack([turned_x, turned_y, nearness], -1)


@dataclass(frozen=True)
class Part:
    """One capsule between two joints with a radius (body heights) at each end."""

    ends: tuple[int, int]
    radii: tuple[float, float]
    colour: Colour
    nearer: float = 0.0  # moved towards the eye when deciding who hides whom


def limbs(actor: Actor) -> list[Part]:
    """The capsules of arms, legs and neck."""
    body, wear = actor.body, actor.clothes
    fat = body.girth
    forearm = wear.sleeves if wear.long_sleeves else wear.skin
    bare = wear.short_trousers or wear.skirt
    shank = wear.skin if bare else wear.trousers
    parts = [Part((Joint.CHEST, Joint.HEAD), (0.03 * fat, 0.03), wear.skin, -0.05)]
    for side in (0, 1):
        hip, knee, ankle = Joint.HIP + side, Joint.KNEE + side, Joint.ANKLE + side
        shoulder, elbow = Joint.SHOULDER + side, Joint.ELBOW + side
        wrist, fingers = Joint.WRIST + side, Joint.FINGERS + side
        toe, heel = Joint.TOE + side, Joint.HEEL + side
        parts += [
            Part((heel, toe), (0.024, 0.02), wear.shoes),
            Part((knee, ankle), (0.042 * fat, 0.03), shank),
            Part((hip, knee), (0.058 * fat, 0.044 * fat), wear.trousers),
            Part((wrist, fingers), (0.031, 0.031), wear.skin, 0.05),
            Part((elbow, wrist), (0.036 * fat, 0.029), forearm, 0.04),
            Part((shoulder, elbow), (0.043 * fat, 0.036 * fat), wear.sleeves, 0.02),
        ]
    return parts


def capsules(seen: Array, parts: list[Part], scale: float, lit: bool) -> NDArray[np.int32]:
    """Outlines (T, P, 2 * CAP_POINTS, 2) of all parts, in 1/16 pixel.

    lit: the smaller outline of the side that the light falls on (from above and left).
    """
    first = seen[:, [part.ends[0] for part in parts]][..., :2]
    second = seen[:, [part.ends[1] for part in parts]][..., :2]
    radii = np.array([part.radii for part in parts]) * scale
    if lit:
        light = np.array([-0.14, -0.2])
        first = first + light * radii[:, :1]
        second = second + light * radii[:, 1:]
        radii = radii * LIT
    along = second - first
    angle = np.arctan2(along[..., 1], along[..., 0])[..., None]
    around = np.linspace(np.pi / 2, 3 * np.pi / 2, CAP_POINTS)
    caps = []
    for point, radius, turn in ((first, radii[:, 0], 0.0), (second, radii[:, 1], np.pi)):
        at = angle + around + turn
        ring = np.stack([np.cos(at), np.sin(at)], -1)
        caps.append(point[:, :, None] + ring * radius[:, None, None])
    return np.rint(np.concatenate(caps, axis=2) * (1 << SHIFT)).astype(np.int32)


def draw_actor(frames: Pixels, actor: Actor, seen: Array, view: View, light: Array) -> None:
    """Draw an actor into frames (T, H, W, 3); light (256, 3): a value as filmed."""
    parts = limbs(actor)
    dark = capsules(seen, parts, view.scale, lit=False)
    bright = capsules(seen, parts, view.scale, lit=True)
    nearness = np.stack(
        [
            seen[:, part.ends[0], 2] * 0.5 + seen[:, part.ends[1], 2] * 0.5 + part.nearer
            for part in parts
        ],
        axis=1,
    )
    middle = seen[:, Joint.PELVIS, 2] * 0.4 + seen[:, Joint.CHEST, 2] * 0.6
    paints = [
        (lit_colour(part.colour, light, 0.55), lit_colour(part.colour, light, 1.0))
        for part in parts
    ]
    is_leg = np.array([min(part.ends) >= Joint.HIP for part in parts])
    far = [lit_colour(part.colour, light, 0.78) for part in parts]
    for time, frame in enumerate(frames):
        order = np.argsort(nearness[time] + 9 * is_leg)  # far arm, legs, shirt, near arm
        before = nearness[time] >= middle[time]
        for part in order[~before[order] | is_leg[order]]:
            bright_paint = paints[part][1] if before[part] else far[part]
            cv2.fillConvexPoly(frame, dark[time, part], paints[part][0], cv2.LINE_AA, SHIFT)
            cv2.fillConvexPoly(frame, bright[time, part], bright_paint, cv2.LINE_AA, SHIFT)
        draw_trunk(frame, actor, seen[time], view, light)
        draw_head(frame, actor, seen[time], view, light)
        for part in order[before[order] & ~is_leg[order]]:
            cv2.fillConvexPoly(frame, dark[time, part], paints[part][0], cv2.LINE_AA, SHIFT)
            cv2.fillConvexPoly(frame, bright[time, part], paints[part][1], cv2.LINE_AA, SHIFT)


def lit_colour(colour: Colour, light: Array, share: float) -> Colour:
    """A colour in this scene's light, darkened to a share."""
    red, green, blue = (float(light[int(value * share), i]) for i, value in enumerate(colour))
    return red, green, blue


RING = np.stack([np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4)], -1)


def hull(points: Array, radii: Array) -> NDArray[np.int32]:
    """Outline of circles (N, 2) with radii (N,) and all between them, in 1/16 pixel."""
    around = points[:, None] + RING * radii[:, None, None]
    flat = np.rint(around.reshape(-1, 2) * (1 << SHIFT)).astype(np.int32)
    return np.asarray(cv2.convexHull(flat), np.int32)


def draw_trunk(frame: Pixels, actor: Actor, seen: Array, view: View, light: Array) -> None:
    """A shirt from the shoulders to the hips, and what is below them."""
    wear, fat, scale = actor.clothes, actor.body.girth, view.scale
    points = seen[:, :2]
    hips = points[[Joint.HIP, Joint.HIP + 1]]
    shoulders = points[[Joint.SHOULDER, Joint.SHOULDER + 1]]
    shoulders = shoulders + (points[Joint.CHEST] - shoulders) * 0.12
    up = (points[Joint.CHEST] - points[Joint.PELVIS]) * 0.16
    if wear.skirt:
        knees = points[[Joint.KNEE, Joint.KNEE + 1]]
        hem = hips + (knees - hips) * 0.72
        skirt, radii = np.concatenate([hips + up, hem]), np.repeat([0.055, 0.06], 2) * scale * fat
        _fill(frame, skirt, radii, wear.trousers, light)
    else:
        _fill(frame, hips, np.full(2, 0.06 * scale * fat), wear.trousers, light)
    trunk = np.concatenate([shoulders, hips + up])
    radii = np.repeat([0.05, 0.056], 2) * scale * fat
    _fill(frame, trunk, radii, wear.shirt, light)


def _fill(frame: Pixels, points: Array, radii: Array, colour: Colour, light: Array) -> None:
    """A dark hull with a lit one upon it."""
    cv2.fillConvexPoly(
        frame, hull(points, radii), lit_colour(colour, light, 0.6), cv2.LINE_AA, SHIFT
    )
    inner = points + np.array([-0.12, -0.1]) * radii[:, None]
    lit = hull(inner, radii * LIT)
    cv2.fillConvexPoly(frame, lit, lit_colour(colour, light, 0.94), cv2.LINE_AA, SHIFT)


def _circle(frame: Pixels, centre: Array, radius: float, colour: Colour) -> None:
    x, y = np.rint(centre * (1 << SHIFT)).astype(int)
    cv2.circle(frame, (x, y), int(radius * (1 << SHIFT)), colour, -1, cv2.LINE_AA, SHIFT)


def draw_head(frame: Pixels, actor: Actor, seen: Array, view: View, light: Array) -> None:
    """Hair, and upon it the face as far as it can be seen from here."""
    wear = actor.clothes
    radius = actor.body.head * view.scale
    head = seen[Joint.HEAD, :2]
    ahead = seen[Joint.FACE, :2] - head
    towards = (seen[Joint.FACE, 2] - seen[Joint.HEAD, 2]) / actor.body.head
    hair, skin = lit_colour(wear.hair, light, 1.0), lit_colour(wear.skin, light, 1.0)
    down = np.array([0.0, radius])
    if wear.long_hair:
        _circle(frame, head - 0.35 * ahead + 0.55 * down, radius * 0.72, hair)
    _circle(frame, head - 0.08 * ahead - 0.06 * down, radius * 1.02, hair)
    if towards < -0.75:
        return
    face = head + 0.22 * ahead + 0.2 * down
    _circle(frame, face, radius * 0.82, lit_colour(wear.skin, light, 0.8))
    _circle(frame, face - [0.08 * radius, 0.08 * radius], radius * 0.7, skin)
    if abs(towards) < 0.8:
        _circle(frame, head + 0.98 * ahead + 0.25 * down, radius * 0.2, skin)
    across = np.array([towards, 0.0]) * radius * 0.4
    eye = lit_colour((30, 24, 24), light, 1.0)
    for sign in SIDES:
        place = head + 0.62 * ahead + sign * across + 0.08 * down
        if sign * ahead[0] * towards <= 0.35 * radius or abs(towards) > 0.5:
            _circle(frame, place, radius * 0.11, eye)
