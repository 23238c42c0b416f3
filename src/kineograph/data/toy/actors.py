"""Drawn actors performing KTH's six actions: the data set of `kineograph demo`.

One picture does not tell the actions apart, their motion does: poses are drawn from ranges that
overlap, every clip has the same size, rate and length, and each place is filmed with all actions.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from kineograph.data.annotation import Annotation
from kineograph.data.toy.figure import Actor, Pixels, View, cast_actor, draw_actor, project
from kineograph.data.toy.motion import ACTIONS, GAITS, Performance, perform
from kineograph.data.toy.scene import Scene, add_grain, build_scene, cast_shadow, film_place
from kineograph.data.toy.skeleton import Array
from kineograph.data.workers import run_jobs
from kineograph.errors import InputError, nearest
from kineograph.media.write import write_video

__all__ = ["ACTIONS", "ActorsConfig", "draw_clip", "film", "write_actors"]


@dataclass(frozen=True)
class ActorsConfig:
    """How many actors and clips, and the one size, length and rate that all clips have."""

    actors: int = 25
    clips_per_action: int = 3
    frames_per_clip: int = 48
    size_pixels: tuple[int, int] = (120, 160)
    frames_per_second: int = 25
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be split by actor or drawn."""
        if self.actors < 3:
            raise InputError(
                f"actors={self.actors}: train, val and test need an actor each. Ask for 3 or more."
            )
        for name in ("clips_per_action", "frames_per_clip", "frames_per_second"):
            if getattr(self, name) < 1:
                raise InputError(f"{name}={getattr(self, name)} draws nothing. Ask for 1 or more.")
        if min(self.size_pixels) < 32:
            raise InputError(
                f"size_pixels={self.size_pixels}: an actor needs 32 pixels. Ask for more."
            )


def draw_clip(actor_seed: int, action: str, clip_seed: int, config: ActorsConfig) -> Pixels:
    """One clip (T, H, W, 3) uint8 RGB: the same numbers give the same pixels.

    The actor depends on actor_seed, the place and its light on actor_seed and clip_seed (so that
    they say nothing about the action), movement and camera on all three.
    """
    if action not in ACTIONS:
        known = nearest(action, ACTIONS) or f"The actions are {', '.join(ACTIONS)}."
        raise InputError(f"action '{action}' is not drawn here. {known}")
    actor = cast_actor(np.random.default_rng([config.seed, actor_seed]))
    return film(actor, actor_seed, action, clip_seed, config).frames


@dataclass(frozen=True)
class Filmed:
    """A clip (T, H, W, 3) uint8 RGB, and which way its actor goes or looks."""

    frames: Pixels
    to_left: bool


def film(
    actor: Actor, actor_seed: int, action: str, clip_seed: int, config: ActorsConfig
) -> Filmed:
    """Film an actor, whose place, movement and camera the seeds say, as in `draw_clip`."""
    place_rng = np.random.default_rng([config.seed, actor_seed, clip_seed, 1])
    rng = np.random.default_rng([config.seed, actor_seed, clip_seed, 2 + ACTIONS.index(action)])

    height, width = config.size_pixels
    seconds = np.arange(config.frames_per_clip) / config.frames_per_second
    performance = perform(action, actor.body, actor.style, seconds=seconds, rng=rng)
    ground = height * place_rng.uniform(0.95, 0.98)
    view, camera = _set_up_camera(action, performance, config, ground, rng)
    scene = build_scene(config.size_pixels, ground=ground, rng=place_rng)
    start = rng.uniform(0, width) - camera[:, 0].mean()
    frames = film_place(scene, config.size_pixels, camera + [start, 0], view.roll)
    _draw_shadow(frames, scene, performance, view)
    draw_actor(frames, actor, project(performance.joints, view), view, scene.light)
    add_grain(frames, scene, rng)
    return Filmed(frames, to_left=bool(np.cos(view.heading) < 0))


def _set_up_camera(
    action: str,
    performance: Performance,
    config: ActorsConfig,
    ground: float,
    rng: np.random.Generator,
) -> tuple[View, Array]:
    """The view of the actor and the camera's path (T, 2) over the place, in pixels."""
    height, width = config.size_pixels
    seconds = np.arange(config.frames_per_clip) / config.frames_per_second
    scale = height * rng.uniform(0.71, 0.79)
    left = rng.random() < 0.5
    if action in GAITS:
        aside = np.radians(rng.uniform(-25, 25))
        heading = np.pi - aside if left else aside
    else:
        aside = np.radians(rng.uniform(*((20, 52) if action == "boxing" else (4, 40))))
        heading = np.pi / 2 + (aside if left else -aside)
    pitch = np.radians(rng.uniform(-2, 10))
    travel = performance.travel * scale * np.cos(heading)
    if action in GAITS:  # the camera turns along, but not always fast enough
        moved = travel[-1] * rng.uniform(0.38, 0.5)
    else:  # and sometimes it turns though nobody goes anywhere
        moved = max(0.0, rng.uniform(-0.5, 0.5)) * width
    moved = float(np.clip(moved, -0.62 * width, 0.62 * width))
    path = np.linspace(-0.5, 0.5, len(seconds)) * moved
    room = 0.32 * width - abs(moved) / 2
    shake = rng.uniform(0, 1.2) if rng.random() < 0.6 else 0.0
    jitter = shake * np.stack([_wander(seconds, rng), 0.6 * _wander(seconds, rng)], -1)
    x = width / 2 + path + rng.uniform(-1, 1) * room
    camera = np.stack([travel - path, 0 * travel], -1) + jitter
    feet = np.stack([x, np.full(len(x), ground)], -1) - jitter
    roll = np.radians(rng.uniform(-2.5, 2.5)) + 0.006 * shake * _wander(seconds, rng)
    return View(scale, heading, pitch, feet, roll, (width / 2, height / 2)), camera


def _wander(seconds: Array, rng: np.random.Generator) -> Array:
    """A slow, smooth trembling (T,) of about one unit."""
    frequency, phase = rng.uniform(0.4, 3.0, 3)[:, None], rng.uniform(0, 6.3, 3)[:, None]
    return np.sin(2 * np.pi * frequency * seconds + phase).sum(0) / 1.7


def _draw_shadow(frames: Pixels, scene: Scene, performance: Performance, view: View) -> None:
    """The actor's bones, laid flat on the ground along the light."""
    joints = performance.joints
    flat = np.zeros_like(joints)
    # The sun is fixed to the place, not to the actor: undo the heading.
    cos, sin = np.cos(view.heading), np.sin(view.heading)
    right, near = scene.sun
    flat[..., 0] = joints[..., 0] + joints[..., 2] * (right * cos + near * sin)
    flat[..., 1] = joints[..., 1] + joints[..., 2] * (right * sin - near * cos)
    slanted = replace(view, pitch=view.pitch + 0.2)  # or a flat shadow would be a mere line
    cast_shadow(frames, scene, project(flat, slanted)[..., :2], view.scale)


# ------------------------------------------------------------------------------------ writing


def write_actors(
    folder: str | Path,
    config: ActorsConfig,
    workers: int = 2,
    progress: Callable[[int, int], None] | None = None,
) -> list[Annotation]:
    """Draw all clips into `folder/<action>/actor07_walking_2.mp4` and say what they show.

    Every actor is on one side of the split. `progress(clips done, clips)` is called as it goes.
    Raises InputError where the disk refuses.
    """
    folder = Path(folder)
    for action in ACTIONS:
        (folder / action).mkdir(parents=True, exist_ok=True)
    jobs = [(folder, actor, action, config) for actor in range(config.actors) for action in ACTIONS]
    total = len(jobs) * config.clips_per_action
    done = 0
    for (_, actor, action, _), written in run_jobs(_write_clips, jobs, workers):
        if written is None:
            raise InputError(
                f"{folder}: the process that drew actor {actor + 1} {action} died, perhaps for "
                f"want of memory. Try workers=1."
            )
        done += written
        if progress:
            progress(done, total)
    return annotate(config)


def annotate(config: ActorsConfig) -> list[Annotation]:
    """What the clips of a configuration show, without drawing them."""
    return [
        Annotation(
            video=clip_name(actor, action, clip),
            label=action,
            person=f"actor{actor + 1:02d}",
            group=f"actor{actor + 1:02d}",
            split=side_of(actor, config.actors),
        )
        for actor in range(config.actors)
        for action in ACTIONS
        for clip in range(config.clips_per_action)
    ]


def clip_name(actor: int, action: str, clip: int) -> str:
    """Where a clip lies, below the folder that they are written to."""
    return f"{action}/actor{actor + 1:02d}_{action}_{clip + 1}.mp4"


def side_of(actor: int, actors: int) -> str:
    """64 / 16 / 20 % of the actors, at least one each; actors are alike by chance, so in order."""
    test, val = max(1, round(0.2 * actors)), max(1, round(0.16 * actors))
    if actor >= actors - test:
        return "test"
    return "val" if actor >= actors - test - val else "train"


def _write_clips(job: tuple[Path, int, str, ActorsConfig]) -> int:
    """Write one actor's clips of one action; returns how many."""
    folder, actor, action, config = job
    for clip in range(config.clips_per_action):
        frames = draw_clip(actor, action, clip, config)
        write_video(folder / clip_name(actor, action, clip), frames, config.frames_per_second)
    return config.clips_per_action
