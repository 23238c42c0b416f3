"""Drawn actors: the same numbers give the same pixels, and only motion tells the actions apart."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from kineograph.data.split import assign_splits
from kineograph.data.toy.actors import (
    ACTIONS,
    ActorsConfig,
    annotate,
    draw_clip,
    write_actors,
)
from kineograph.data.toy.figure import cast_actor
from kineograph.data.toy.motion import GAITS, Performance, perform
from kineograph.data.toy.skeleton import Joint
from kineograph.errors import InputError
from kineograph.media import inspect, read_frames

SHORT = ActorsConfig(actors=3, clips_per_action=1, frames_per_clip=9)
SECONDS = np.arange(200) / 100


@cache
def clip(actor: int, action: str, number: int = 0) -> np.ndarray:
    return draw_clip(actor, action, number, SHORT)


def moves(action: str, actor: int, number: int = 0) -> Performance:
    cast = cast_actor(np.random.default_rng(actor))
    rng = np.random.default_rng([actor, number])
    return perform(action, cast.body, cast.style, seconds=SECONDS, rng=rng)


def actor_columns(frames: np.ndarray) -> np.ndarray:
    """Middle column (T,) of what is bright: the actor before a dark place."""
    bright = frames.max(axis=-1) > frames.max(axis=-1).mean() + 60
    return (bright.sum(1) * np.arange(frames.shape[2])).sum(1) / bright.sum((1, 2))


@pytest.mark.parametrize("action", ACTIONS)
def test_the_same_numbers_draw_the_same_pixels(action: str) -> None:
    assert np.array_equal(clip(1, action), draw_clip(1, action, 0, SHORT))


def test_another_actor_clip_action_or_seed_draws_other_pixels() -> None:
    first = clip(1, "walking")
    others = [
        clip(2, "walking"),
        clip(1, "walking", 1),
        clip(1, "running"),
        draw_clip(1, "walking", 0, replace(SHORT, seed=1)),
    ]
    assert all(not np.array_equal(first, other) for other in others)


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_has_the_same_size_and_length(action: str) -> None:
    assert clip(0, action).shape == (9, 120, 160, 3)
    assert clip(0, action).dtype == np.uint8


def test_other_sizes_and_lengths_are_drawn() -> None:
    config = replace(SHORT, size_pixels=(32, 50), frames_per_clip=1)
    for action in ACTIONS:
        assert draw_clip(0, action, 0, config).shape == (1, 32, 50, 3)


@pytest.mark.parametrize("action", ACTIONS)
def test_the_actor_is_inside_its_middle_frame(action: str) -> None:
    for actor in range(6):
        frame = clip(actor, action)[4]
        bright = frame.max(axis=-1) > frame.max(axis=-1).mean() + 60
        rows, columns = np.nonzero(bright)
        assert 0.55 * 120 < np.ptp(np.percentile(rows, [1, 99])) < 120
        assert 5 < np.percentile(columns, 1) < np.percentile(columns, 99) < 155


@pytest.mark.parametrize("action", GAITS)
def test_actors_go_to_the_left_and_to_the_right(action: str) -> None:
    ways = [np.sign(np.diff(actor_columns(clip(actor, action))[[0, -1]])[0]) for actor in range(8)]
    assert {-1.0, 1.0} <= set(ways)


def test_runners_are_faster_than_joggers_and_joggers_than_walkers() -> None:
    speeds = {action: [moves(action, actor).travel[-1] for actor in range(12)] for action in GAITS}
    assert max(speeds["walking"]) < min(speeds["jogging"])
    assert max(speeds["jogging"]) < min(speeds["running"])


def test_a_foot_on_the_ground_does_not_slide() -> None:
    performance = moves("walking", 3)
    toe = performance.joints[:, Joint.TOE]
    world = toe[:, 0] + performance.travel
    planted = toe[:, 2] < 0.03
    steps = np.abs(np.diff(world))[planted[1:] & planted[:-1]]
    assert np.median(steps) < 0.4 * np.median(np.diff(performance.travel))


@pytest.mark.parametrize("action", ACTIONS)
def test_bones_keep_their_length(action: str) -> None:
    cast = cast_actor(np.random.default_rng(5))
    joints = moves(action, 5).joints
    for first, second, length in (
        (Joint.SHOULDER, Joint.ELBOW, cast.body.upper_arm),
        (Joint.ELBOW, Joint.WRIST, cast.body.forearm),
    ):
        for side in (0, 1):
            bone = np.linalg.norm(joints[:, first + side] - joints[:, second + side], axis=-1)
            assert np.allclose(bone, length, rtol=0.02)


def test_boxing_fists_take_turns_while_clapping_and_waving_hands_go_together() -> None:
    for actor in range(8):
        box, clap, wave = (
            moves(action, actor).joints[:, Joint.WRIST : Joint.WRIST + 2]
            - moves(action, actor).joints[:, Joint.CHEST, None]
            for action in ("boxing", "handclapping", "handwaving")
        )
        assert np.corrcoef(box[:, 0, 0], box[:, 1, 0])[0, 1] < -0.8
        assert np.corrcoef(clap[:, 0, 1], -clap[:, 1, 1])[0, 1] > 0.8
        assert np.corrcoef(wave[:, 0, 2], wave[:, 1, 2])[0, 1] > 0.8


def test_an_actor_is_on_one_side_of_the_split_only() -> None:
    annotations = annotate(ActorsConfig())
    assert len(annotations) == 25 * 6 * 3
    sides: dict[str | None, set[str | None]] = {}
    for annotation in annotations:
        assert annotation.person == annotation.group
        sides.setdefault(annotation.person, set()).add(annotation.split)
    assert all(len(side) == 1 for side in sides.values())
    split = assign_splits(annotations, how="given", fractions=(0.64, 0.16, 0.20), seed=0)
    assert [len(side) // 18 for side in (split.train, split.val, split.test)] == [16, 4, 5]


def test_what_is_written_can_be_read_back(tmp_path) -> None:
    reports: list[tuple[int, int]] = []
    annotations = write_actors(
        tmp_path, SHORT, workers=1, progress=lambda done, total: reports.append((done, total))
    )
    assert reports == [(done, 18) for done in range(1, 19)]
    assert annotations[0].video == "boxing/actor01_boxing_1.mp4"
    for annotation in annotations:
        info = inspect(tmp_path / annotation.video)
        assert (info.width, info.height, float(info.frames_per_second or 0)) == (160, 120, 25.0)
    walk = next(one for one in annotations if one.label == "walking")
    frames = np.stack([frame.pixels for frame in read_frames(tmp_path / walk.video)])
    assert frames.shape == (9, 120, 160, 3)
    assert np.abs(frames.astype(int) - clip(0, "walking")).mean() < 8


def test_several_processes_write_what_one_writes(tmp_path) -> None:
    config = replace(SHORT, frames_per_clip=2)
    write_actors(tmp_path / "one", config, workers=1)
    write_actors(tmp_path / "two", config, workers=2)
    one, two = (sorted((tmp_path / name).rglob("*.mp4")) for name in ("one", "two"))
    assert len(one) == 18
    assert [path.name for path in one] == [path.name for path in two]
    assert all(a.read_bytes() == b.read_bytes() for a, b in zip(one, two, strict=True))


def test_unknown_actions_and_too_few_actors_are_refused() -> None:
    with pytest.raises(InputError, match="'handwave' is not drawn here. Did you mean 'handwaving'"):
        draw_clip(0, "handwave", 0, SHORT)
    with pytest.raises(InputError, match="actors=2: .* Ask for 3 or more"):
        ActorsConfig(actors=2)
    with pytest.raises(InputError, match="clips_per_action=0 draws nothing"):
        ActorsConfig(clips_per_action=0)
