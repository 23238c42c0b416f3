from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from kineograph.data.annotation import Annotation
from kineograph.data.deal import deal
from kineograph.data.split import Split, assign_splits, check_disjoint
from kineograph.errors import InputError

KTH = [
    Annotation(f"{label}/person{person:02}_{label}_d{place}.avi", label, person=f"{person:02}")
    for person, label, place in product(
        range(1, 26), ("box", "clap", "jog", "run", "walk", "wave"), range(4)
    )
]


def names(kind, count):
    return st.none() | st.integers(0, count).map(lambda number: f"{kind}{number}")


@st.composite
def data_sets(draw):
    """Clips of a few persons, groups and sources, each of which may be unknown."""
    count = draw(st.integers(3, 30))
    return [
        Annotation(
            video=f"{draw(st.integers(0, 40))}.mp4",
            label=draw(st.sampled_from("abc")),
            start_seconds=float(number),
            person=draw(names("p", 8)),
            group=draw(names("g", 8)),
            source=draw(names("s", 8)),
        )
        for number in range(count)
    ]


def split_or_none(annotations, **options):
    try:
        return assign_splits(annotations, **options)
    except InputError as error:
        assert "groups only" in str(error)
        return None


@given(data_sets(), st.sampled_from(["auto", "group", "clip"]), st.integers(0, 9))
def test_every_clip_is_on_one_side_exactly_once(annotations, how, seed):
    split = split_or_none(annotations, how=how, seed=seed)
    if split:
        dealt = [annotation.id for side in split.sides.values() for annotation in side]
        assert Counter(dealt) == Counter(annotation.id for annotation in annotations)
        assert all(split.sides.values())


@given(data_sets(), st.randoms(use_true_random=False), st.integers(0, 3))
def test_the_split_does_not_depend_on_the_order_of_the_file(annotations, random, seed):
    shuffled = random.sample(annotations, len(annotations))
    assert split_or_none(annotations, seed=seed) == split_or_none(shuffled, seed=seed)


@given(data_sets(), st.integers(0, 3))
def test_no_group_is_on_two_sides(annotations, seed):
    split = split_or_none(annotations, how="group", seed=seed)
    if split:
        shared = check_disjoint(split)
        assert not [line for line in shared if line.startswith("group")]
        assert not shared or shared[0] in split.warning


@given(data_sets())
def test_nothing_is_shared_by_two_sides_where_that_can_be(annotations):
    """Truth: connected parts of the graph of clips and names, by SciPy."""
    keys = [
        {(column, getattr(each, column)) for column in ("group", "person", "source", "video")}
        for each in annotations
    ]
    beside = [[any(a & b - {(c, None) for c, _ in a}) for b in keys] for a in keys]
    parts, _ = connected_components(np.array(beside))
    split = split_or_none(annotations, how="group")
    if parts >= 3:
        assert check_disjoint(split) == []


def test_the_persons_of_kth_are_dealt_whole_and_in_the_asked_parts():
    split = assign_splits(KTH, seed=1)
    assert split.how == "group"
    assert split.warning is None
    assert check_disjoint(split) == []
    assert {side: len({each.person for each in clips}) for side, clips in split.sides.items()} == {
        "train": 16,
        "val": 4,
        "test": 5,
    }
    assert assign_splits(KTH, seed=2) != split
    assert assign_splits(KTH, seed=1) == split


def test_given_splits_are_taken_as_they_are():
    sides = ["train", "test", "val", "train"]
    annotations = [
        Annotation(f"{n}.mp4", "a", split=side, person="p") for n, side in enumerate(sides)
    ]
    split = assign_splits(annotations)
    assert split.how == "given"
    assert [each.video for each in split.train] == ["0.mp4", "3.mp4"]
    assert [each.video for each in split.test] == ["1.mp4"]
    assert [each.video for each in split.val] == ["2.mp4"]


def test_a_given_split_without_val_takes_whole_groups_of_train_for_it():
    annotations = [
        Annotation(
            f"{n}.mp4", "ab"[n % 2], group=f"g{n // 4}", split="test" if n >= 32 else "train"
        )
        for n in range(40)
    ]
    split = assign_splits(annotations)
    assert {each.split for each in split.test} == {"test"}
    assert len(split.test) == 8
    assert {each.group for each in split.val}.isdisjoint(each.group for each in split.train)
    assert len(split.val) in (4, 8)
    assert (
        split.warning
        == f"no annotation is marked val: {len(split.val)} marked train are used for it."
    )


def test_clips_of_one_file_stay_together_unless_asked_otherwise():
    annotations = [
        Annotation(f"{n // 5}.mp4", "ab"[n % 2], start_seconds=float(n)) for n in range(40)
    ]
    split = assign_splits(annotations)
    assert check_disjoint(split) == []
    assert split.how == "clip"
    assert split.warning and split.warning.startswith(
        "no group, person or source is named, so the split is by video file: the same person"
    )
    by_clip = assign_splits(annotations, "clip")
    assert by_clip.warning and by_clip.warning.startswith(
        "the split is by clip, as asked: the same"
    )
    assert check_disjoint(by_clip)[0].startswith("video '0.mp4' is in ")


def test_where_everyone_meets_everyone_the_first_name_decides_and_the_rest_is_told():
    """Five scenes, in which each of four persons is seen."""
    annotations = [
        Annotation(
            f"{scene}_{person}.mp4", "ab"[person % 2], group=f"scene{scene}", person=f"p{person}"
        )
        for scene in range(5)
        for person in range(4)
    ]
    split = assign_splits(annotations)
    shared = check_disjoint(split)
    assert shared[0].startswith("person 'p0' is in ")
    assert not [line for line in shared if line.startswith("group")]
    assert split.warning == "; ".join([*shared[:3], "and 1 more"]) + "."


def test_clips_that_name_nobody_among_others_that_do_are_counted():
    annotations = [Annotation(f"{n}.mp4", "a", person=None if n < 2 else f"p{n}") for n in range(9)]
    assert assign_splits(annotations).warning == (
        "2 of 9 annotations name no group, person or source and are split by video file: "
        "the same person or place may be on two sides."
    )


@pytest.mark.parametrize(
    ("annotations", "options", "words"),
    [
        (
            KTH,
            {"how": "person"},
            "split 'person': known are auto, given, group, clip, writing-paper-split, "
            "pconvlstm-paper-split.",
        ),
        (
            KTH,
            {"how": "groups"},
            "known are auto, given, group, clip, writing-paper-split, "
            "pconvlstm-paper-split. Did you mean 'group'?",
        ),
        (KTH, {"how": "given"}, "600 of 600 annotations name no split. Write train, val or test"),
        (
            KTH[:48],
            {},
            "48 clips are of 2 groups only (a group, person, source or video in common), and 3",
        ),
        (
            KTH,
            {"fractions": (0.5, 0.5, 0.5)},
            "train, val, test are parts of 1, and train is not 0",
        ),
        (KTH, {"fractions": (0.8, 0.2)}, "Write three numbers such as 0.64, 0.16, 0.20."),
        (KTH, {"fractions": (0, 0.5, 0.5)}, "train is not 0"),
        ([], {}, "there are no annotations to split. Prepare the data set again."),
        (
            [Annotation("a", "b", split="train")],
            {},
            'no annotation is marked test. Mark some, or set split="group".',
        ),
    ],
)
def test_a_split_that_cannot_be_says_why(annotations, options, words):
    with pytest.raises(InputError) as caught:
        assign_splits(annotations, **options)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_side_without_a_share_stays_empty():
    split = assign_splits(KTH, fractions=(0.8, 0.2, 0.0))
    assert (len(split.train), len(split.val), len(split.test)) == (480, 120, 0)


def test_what_two_sides_share_is_listed():
    split = Split(
        train=[Annotation("a.mp4", "x", person="p1", source="s1")],
        val=[Annotation("b.mp4", "x", person="p1", source="s2")],
        test=[Annotation("a.mp4", "y", person="p1", source="s3", group="g")],
        how="given",
    )
    assert check_disjoint(split) == [
        "person 'p1' is in train and val and test",
        "video 'a.mp4' is in train and test",
    ]


shares = st.sampled_from([(0.64, 0.16, 0.2), (0.8, 0.1, 0.1), (0.4, 0.3, 0.3)])
tables = st.integers(1, 3).flatmap(
    lambda classes: st.lists(
        st.lists(st.integers(0, 4), min_size=classes, max_size=classes).filter(any),
        min_size=3,
        max_size=7,
    )
)


def empty_places(sides, counts):
    held = np.zeros((3, counts.shape[1]))
    np.add.at(held, np.array(sides), counts)
    return int((held == 0)[:, counts.sum(axis=0) > 0].sum()) + 100 * int(
        (held.sum(axis=1) == 0).sum()
    )


@settings(max_examples=40)
@given(tables, shares, st.integers(0, 3))
def test_every_class_is_on_every_side_where_that_can_be(table, shares, seed):
    """Truth: all ways to deal up to seven units."""
    counts = np.array(table, dtype=float)
    ours = deal(counts, np.array(shares), np.random.default_rng(seed))
    best = min(empty_places(sides, counts) for sides in product(range(3), repeat=len(counts)))
    assert empty_places(ours, counts) == best


def test_many_units_of_uneven_size_are_dealt_in_the_asked_parts():
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 9, (300, 5)) * (rng.random((300, 5)) < 0.5) + 0.0
    wanted = np.array([0.64, 0.16, 0.2])
    sides = deal(counts, wanted, rng)
    for side in range(3):
        parts = counts[sides == side].sum(axis=0) / counts.sum(axis=0)
        np.testing.assert_allclose(parts, wanted[side], atol=0.01)


def test_twenty_thousand_clips_are_dealt_as_well():
    counts = np.eye(20)[np.random.default_rng(0).integers(0, 20, 20_000)]
    sides = deal(counts, np.array([0.64, 0.16, 0.2]), np.random.default_rng(0))
    np.testing.assert_allclose(np.bincount(sides) / 20_000, [0.64, 0.16, 0.2], atol=1e-3)
