"""The writing paper's own protocol: one person tested, with mirrored copies, and nothing else."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.data.annotation import Annotation
from kineograph.data.cache import build_cache
from kineograph.data.clips import ClipDataset, DataConfig
from kineograph.data.dataset_folder import write_data_folder
from kineograph.data.leakage import find_leaks
from kineograph.data.split import WRITING_PAPER, assign_splits, check_disjoint
from kineograph.errors import InputError
from kineograph.media.frame import Box
from kineograph.recipes import RECIPES, change

CHANGES = (  # how a copy differs from its original; the first is a mirror and no more
    {"mirrored": True},
    {"noise": 0.1, "copy_number": 1},
    {"noise": 0.1, "copy_number": 2},
    {"mirrored": True, "noise": 0.1},
)


def with_copies(clip, places):
    return [clip, *(replace(clip, copy_of=clip.id, **CHANGES[place]) for place in places)]


def second_of(number, second, label):
    """A second of one of three people side by side in a video."""
    window = Box(20 * (number % 3), 0, 20, 20)
    video, person = f"{number // 3}.avi", f"p{number}"
    return Annotation(video, label, float(second), second + 1.0, window=window, person=person)


@st.composite
def recorded(draw, fewest=2):
    """Some people with some seconds each, and of these all kinds of copies."""
    found = []
    for number in range(draw(st.integers(fewest, 7))):
        for second in range(draw(st.integers(1, 4))):
            clip = second_of(number, second, draw(st.sampled_from(["writing", "not writing"])))
            found += with_copies(clip, draw(st.sets(st.integers(0, len(CHANGES) - 1))))
    return found


@settings(max_examples=40)
@given(recorded(fewest=3), st.integers(0, 3), st.booleans(), st.booleans())
def test_one_person_is_tested_and_no_sample_nor_a_copy_of_it_is_on_two_sides(
    annotations, seed, tuned, chosen
):
    asked = "p1" if chosen else None
    split = assign_splits(
        annotations,
        WRITING_PAPER,
        seed=seed,
        tuned=tuned,
        test_person=asked,
        fractions=(0.7, 0.3, 0),
    )
    seconds = Counter(each.person for each in annotations if each.copy_of is None)
    expected = asked or sorted(seconds, key=lambda name: (-seconds[name], name))[0]
    assert {each.person for each in split.test} == {expected}
    where = [{each.original_id for each in side} for side in split.sides.values()]
    assert sum(map(len, where)) == len(set.union(*where)) == sum(seconds.values())
    people = [{each.person for each in side} for side in split.sides.values()]
    assert sum(map(len, people)) == len(seconds)
    assert bool(split.val) == tuned and not [each for each in split.val if each.copy_of]
    # every mirror of a tested original is tested, and nothing else is but originals
    own = [each for each in annotations if each.person == expected]
    tested = {each.id for each in own if each.copy_of is None or (each.mirrored and not each.noise)}
    assert {each.id for each in split.test} == tested
    # all copies of those that are learned from are learned from
    learned = {each.person for each in split.train}
    assert len(split.train) == sum(each.person in learned for each in annotations)
    kept = sum(map(len, split.sides.values()))
    assert kept + split.copies_left_out == len(annotations)
    assert check_disjoint(split) == [] and split.how == "writing-paper-split"


@settings(max_examples=15)
@given(recorded(), st.randoms(use_true_random=False))
def test_the_order_of_the_file_changes_nothing(annotations, random):
    mixed = random.sample(annotations, len(annotations))
    one, other = (assign_splits(each, WRITING_PAPER, tuned=False) for each in (annotations, mixed))
    assert one == other


def four_people():
    seconds = {0: 3, 1: 5, 2: 5, 3: 4}
    return [
        each
        for number, count in seconds.items()
        for second in range(count)
        for each in with_copies(second_of(number, second, "ab"[second % 2]), (0, 1))
    ]


def test_who_has_most_samples_is_tested_and_the_reader_is_warned():
    split = assign_splits(four_people(), WRITING_PAPER, tuned=False)
    assert {each.person for each in split.test} == {"p1"} and len(split.test) == 10
    assert split.copies_left_out == 5 and split.val == []
    assert split.warning.startswith(
        "writing-paper-split: 'p1' alone is tested, on 5 samples and 5 mirrored copies of them"
    )
    assert "say little of other people" in split.warning
    assert "kineograph crossval --by person" in split.warning


@pytest.mark.parametrize(
    ("annotations", "asked", "words"),
    [
        (
            [replace(each, person=None) for each in four_people() if each.copy_of is None],
            None,
            "17 of 17 clips name no person, and it tests one. Write a person into each",
        ),
        (
            [*four_people(), Annotation("z.avi", "a")],
            None,
            "1 of 18 clips name no person",
        ),
        (
            [each for each in four_people() if each.person == "p1"],
            None,
            "all clips are of 'p1', and one person is tested while others are learned from. Add",
        ),
        (
            four_people(),
            "p11",
            "test_person 'p11': no clip is of this person; there are p0, p1, p2, p3. "
            "Did you mean 'p1'?",
        ),
        (four_people(), "Zoe", "there are p0, p1, p2, p3. Name one of them."),
    ],
)
def test_what_cannot_be_split_so_is_said(annotations, asked, words):
    with pytest.raises(InputError, match=r"^(split 'writing-paper-split'|test_person)") as told:
        assign_splits(annotations, WRITING_PAPER, test_person=asked, tuned=False)
    assert words in str(told.value)


def test_a_person_to_test_belongs_to_this_split_alone():
    with pytest.raises(InputError, match="only split writing-paper-split tests one person") as told:
        DataConfig(test_person="anna")
    assert str(told.value).endswith("Set data.split=writing-paper-split too, or leave it away.")
    recipe = RECIPES["writing-gru"]
    with pytest.raises(InputError, match="only split writing-paper-split"):
        change(recipe, "data.test_person", "anna")


@pytest.mark.parametrize(
    ("said", "person"),
    [("7", "7"), ("07", "07"), ("anna", "anna"), ("none", None), ("true", "true")],
)
def test_a_person_s_name_may_be_a_number(said, person):
    recipe = change(RECIPES["writing-gru"], "data.split", WRITING_PAPER)
    assert change(recipe, "data.test_person", said).data.test_person == person


# ---------------------------------------------------------------------------------- the leaks


@pytest.fixture
def filmed(tmp_path, draw):
    """Three people in three videos, two seconds each, with a mirrored and a noised copy."""
    found = []
    for number in range(3):
        draw.video(tmp_path / "videos" / f"{number}.avi", draw.noise(50, 24, 24, seed=number))
        for second in range(2):
            clip = Annotation(
                f"{number}.avi", "ab"[second], float(second), second + 1.0, person=f"p{number}"
            )
            found += with_copies(clip, (0, 1, 3))
    folder = write_data_folder(
        tmp_path / "data", found, name="drawn", source_root=tmp_path / "videos"
    )
    cache, problems = build_cache(folder, found, size_pixels=(12, 12), workers=1)
    assert problems == []
    return folder, cache, found


def leaks_of(filmed, split):
    folder, cache, _ = filmed
    return [str(leak) for leak in find_leaks(split, cache, folder, likely=False)]


def test_mirrors_beside_their_originals_are_no_leak_in_this_split_alone(filmed):
    split = assign_splits(filmed[2], WRITING_PAPER, test_person="p1", tuned=False)
    assert len(split.test) == 4 and leaks_of(filmed, split) == []
    for how in ("group", "clip", "given"):
        found = leaks_of(filmed, replace(split, how=how))
        assert len(found) == 2 and all("a copy, is in test, its original" in each for each in found)


def test_every_other_copy_in_test_stays_a_leak(filmed):
    split = assign_splits(filmed[2], WRITING_PAPER, test_person="p1", tuned=False)
    tested = [each for each in split.test if each.copy_of is None]
    noised = [each for each in filmed[2] if each.copy_of == tested[0].id and each.noise]
    assert {each.mirrored for each in noised} == {True, False}
    for copy in noised:  # also one that is mirrored and noised
        (leak,) = leaks_of(filmed, replace(split, test=[*split.test, copy]))
        assert f"{copy.id}, a copy, is in test, its original {copy.copy_of} in test" in leak
    stray = next(each for each in split.train if each.mirrored and not each.noise)
    found = leaks_of(filmed, replace(split, test=[*split.test, stray]))
    assert any(f"{stray.id}, a copy, is in test, its original" in leak for leak in found)
    without = [each for each in split.test if each.id != tested[0].id]
    (leak,) = leaks_of(filmed, replace(split, test=without))
    assert "its original on no side" in leak
    mirror = next(each for each in split.test if each.copy_of == tested[0].id)
    for side in ("train", "val"):
        moved = replace(split, **{side: [*split.sides[side], mirror]})
        assert any(f"{mirror.id}, a copy, is in {side}" in leak for leak in leaks_of(filmed, moved))


def test_the_test_side_asks_about_mirrors_as_they_are_seen(filmed):
    _, cache, found = filmed
    options = {"size_pixels": (12, 12), "frames_per_clip": 4}
    split = assign_splits(found, WRITING_PAPER, test_person="p1", tuned=False)
    for how, count in ((WRITING_PAPER, 4), ("group", 2)):
        config = DataConfig(split=how, **options)
        side = ClipDataset(split.test, ["a", "b"], cache=cache, config=config, training=False)
        assert len(side) == count
    config = DataConfig(split=WRITING_PAPER, **options)
    side = ClipDataset(split.test, ["a", "b"], cache=cache, config=config, training=False)
    seen = {each.id: side.example(place).frames for place, each in enumerate(side.annotations)}
    for each in side.annotations:
        if each.copy_of:
            np.testing.assert_array_equal(seen[each.id], seen[each.copy_of][:, :, ::-1])
    alone = ClipDataset(found, ["a", "b"], cache=cache, config=config, training=False)
    assert all(not each.noise for each in alone.annotations)
