"""Folds: every clip tested once, nothing that belongs together on two sides."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.data.annotation import Annotation
from kineograph.data.folds import default_by, folds
from kineograph.errors import InputError


def clip(number: int, **named: str) -> Annotation:
    return Annotation(video=f"v{number}.mp4", label="ab"[number % 2], **named)


def by_person(*persons: str) -> list[Annotation]:
    return [clip(number, person=person) for number, person in enumerate(persons)]


@st.composite
def collections(draw: st.DrawFn) -> tuple[list[Annotation], str, int | None]:
    """Clips with a column, some of the same video, and a number of folds that they allow."""
    by = draw(st.sampled_from(["group", "person", "source", "clip"]))
    parts = draw(st.integers(3, 7))
    values = list(range(parts)) + draw(st.lists(st.integers(0, parts - 1), max_size=20))
    found = []
    for number, value in enumerate(values):
        shared = number >= parts and draw(st.booleans())  # a second interval of the value's video
        column = {} if by == "clip" else {by: f"seq {value}"}
        found.append(
            Annotation(
                video=f"v{value if shared else number}.mp4",
                start_seconds=float(number),
                label=draw(st.sampled_from("abc")),
                **column,
            )
        )
    count = draw(st.none() | st.integers(3, parts))
    return found, by, 3 if by == "clip" and count is None else count


@given(collections(), st.randoms(use_true_random=False))
def test_every_clip_is_tested_once_and_nothing_is_on_two_sides(
    drawn: tuple[list[Annotation], str, int | None], chance: random.Random
):
    clips, by, count = drawn
    found = folds(clips, by, count=count)
    tested = [each.id for fold in found for each in fold.split.test]
    assert sorted(tested) == sorted(each.id for each in clips)
    for number, fold in enumerate(found):
        sides = [{each.id for each in side} for side in fold.split.sides.values()]
        assert all(sides) and sum(map(len, sides)) == len(clips) == len(set.union(*sides))
        following = found[(number + 1) % len(found)]
        assert fold.split.val == following.split.test and fold.val == following.test
        if by != "clip":
            for column in (by, "video"):
                seen = [{getattr(a, column) for a in side} for side in fold.split.sides.values()]
                assert not (seen[0] & seen[1] or seen[0] & seen[2] or seen[1] & seen[2])
    mixed = list(clips)
    chance.shuffle(mixed)
    assert folds(mixed, by, count=count) == found


def test_one_value_is_left_out_at_a_time_in_natural_order():
    found = folds(by_person("p10", "p2", "p1", "p2"), "person")
    assert [(fold.name, fold.test, fold.val) for fold in found] == [
        ("fold-01", "p1", "p2"),
        ("fold-02", "p2", "p10"),
        ("fold-03", "p10", "p1"),
    ]
    assert [len(fold.split.test) for fold in found] == [1, 2, 1]
    assert {fold.split.how for fold in found} == {"group"}


def test_values_that_share_a_video_stay_together():
    clips = [
        Annotation(video="v.mp4", label="a", person="p1"),
        Annotation(video="v.mp4", label="b", start_seconds=3.0, person="p2"),
        *by_person("p3", "p4"),
    ]
    assert [fold.test for fold in folds(clips, "person")] == ["p1 + p2", "p3", "p4"]


def test_dealt_parts_are_alike_in_size_and_classes():
    clips = [clip(n, person=f"p{n // 4}") for n in range(48)]  # 12 persons, 2 clips of each class
    for fold in folds(clips, "person", count=4):
        assert [sum(a.label == x for a in fold.split.test) for x in "ab"] == [6, 6]
        assert fold.test.startswith(f"part {int(fold.name[-2:])}: p")


def test_another_seed_deals_otherwise_and_the_same_seed_alike():
    clips = [clip(n, person=f"p{n // 2}") for n in range(40)]
    first, again, other = (folds(clips, "person", count=4, seed=s) for s in (0, 0, 1))
    assert first == again != other


def test_a_random_split_says_so():
    (first, *_) = folds([clip(n) for n in range(9)], "clip", count=3)
    assert first.split.how == "clip" and "same people and places" in first.split.warning


@pytest.mark.parametrize(
    ("clips", "by", "count", "said"),
    [
        (by_person("p1", "p2"), "person", None, r"--by person: makes 2 parts, and 3 are needed"),
        (by_person("p1", "p2", "p3"), "person", 2, r"2 folds: 3 parts .*Ask for 3 or more"),
        (by_person("p1", "p2", "p3"), "person", 5, r"5 folds: there are 3 .*Ask for 3 or fewer"),
        ([*by_person("p1", "p2", "p3"), clip(7)], "person", None, r"1 of 4 clips name no .*v7.mp4"),
        (by_person("p1"), "persn", None, r"--by persn: known are .*Did you mean 'person'"),
        ([clip(1)], "clip", None, r"--by clip: would make 1 folds .*--folds 5"),
        ([], "person", None, r"no annotations"),
    ],
)
def test_what_cannot_be_folded_is_one_clear_line(clips, by, count, said):
    with pytest.raises(InputError, match=said):
        folds(clips, by, count=count)


def test_the_default_is_the_first_column_that_all_name():
    assert (
        default_by([clip(0, person="p", source="s"), clip(1, person="q", source="s")]) == "person"
    )
    assert default_by([clip(0, person="p", group="g"), clip(1, group="h")]) == "group"
    with pytest.raises(InputError, match="--by clip --folds 5"):
        default_by([clip(0, person="p"), clip(1)])


def test_where_nothing_is_tuned_all_but_the_tested_part_is_learned_from():
    clips = by_person("p1", "p2", "p3", "p1")
    for tuned, untuned in zip(
        folds(clips, "person"), folds(clips, "person", tuned=False), strict=True
    ):
        assert untuned.split.test == tuned.split.test and untuned.split.val == []
        learned = {clip.id for clip in untuned.split.train}
        assert learned == {clip.id for clip in (*tuned.split.train, *tuned.split.val)}
        assert untuned.val == "none"
