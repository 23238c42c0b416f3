"""Mirrored and noised copies: named by their originals, on no other side than they are."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.data.annotation import Annotation, annotation_from_fields, fields_of
from kineograph.data.augment import Augmentation
from kineograph.data.cache import build_cache
from kineograph.data.clips import ClipDataset, DataConfig
from kineograph.data.copies import copies_of, originals
from kineograph.data.dataset_folder import write_data_folder
from kineograph.data.folds import folds
from kineograph.data.leakage import find_leaks
from kineograph.data.parts_seen import parts_seen, share_pixels
from kineograph.data.split import Split, assign_splits, check_disjoint
from kineograph.errors import InputError
from kineograph.media.frame import Box

CLIP = Annotation("a.avi", "writing", 1.0, 2.0, window=Box(8, 8, 16, 16), person="p1")


def copy_of(clip, **change):
    return replace(clip, copy_of=clip.id, **(change or {"mirrored": True}))


def test_a_copy_has_an_id_of_its_own_and_its_original_s_frames():
    mirrored = copy_of(CLIP)
    noised = [copy_of(CLIP, noise=0.1, copy_number=number) for number in range(3)]
    both = copy_of(CLIP, mirrored=True, noise=0.1)
    ids = {each.id for each in (CLIP, mirrored, *noised, both)}
    assert len(ids) == 6
    assert {each.original_id for each in (CLIP, mirrored, *noised, both)} == {CLIP.id}
    assert CLIP.id == "a-" + CLIP.id[2:] and len(CLIP.id) == 10


@given(st.booleans(), st.floats(0, 1), st.integers(0, 9))
def test_a_copy_is_written_and_read_back(mirrored, noise, number):
    if not mirrored and noise == 0:
        return
    copy = copy_of(CLIP, mirrored=mirrored, noise=noise, copy_number=number)
    assert annotation_from_fields(fields_of(copy)) == copy
    assert annotation_from_fields(fields_of(copy)).id == copy.id


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mirrored": True}, "are of copies. Write copy_of, or leave them out"),
        ({"copy_number": 2}, "are of copies. Write copy_of, or leave them out"),
        ({"copy_of": CLIP.id}, "a copy is mirrored, noised or both. Write how"),
        (
            {"copy_of": "b-1234", "mirrored": True},
            f"window and label name is {CLIP.id}. Correct it",
        ),
        ({"copy_of": CLIP.id, "mirrored": 1}, "mirrored 1 is not true or false"),
        ({"copy_of": CLIP.id, "noise": 1.5}, "noise 1.5 is not a part of white"),
        ({"copy_of": CLIP.id, "noise": 0.1, "copy_number": -1}, "copy_number -1 is not a whole"),
    ],
)
def test_what_is_no_copy_is_refused(change, words):
    with pytest.raises(InputError, match=words):
        replace(CLIP, **change)


# --------------------------------------------------------------------------------- the sides


def seconds_of(people, copies):
    """Samples of people who sit in windows beside each other, with copies of some of them."""
    found = []
    for number, person in enumerate(people):
        window = Box(20 * (number % 4), 0, 20, 20)
        for second in range(4):
            label = "writing" if second % 2 else "not writing"
            clip = Annotation(
                f"{number // 4}.avi",
                label,
                float(second),
                second + 1.0,
                window=window,
                person=person,
            )
            found.append(clip)
            found += [copy_of(clip, noise=0.1, copy_number=n) for n in range(copies[second])]
    return found


samples = st.builds(
    seconds_of,
    st.sampled_from(["abcde", "abcdefgh"]),
    st.lists(st.integers(0, 2), min_size=4, max_size=4),
)


def check_sides(split, annotations):
    train = {each.id for each in split.train if each.copy_of is None}
    assert all(each.copy_of in train for each in split.train if each.copy_of)
    assert originals(split.val) == split.val and originals(split.test) == split.test
    kept = sum(len(side) for side in split.sides.values())
    assert kept + split.copies_left_out == len(annotations)
    learned = copies_of(originals(split.train), annotations)
    assert {each.id for each in learned} == {each.id for each in split.train if each.copy_of}
    assert check_disjoint(split) == []


@settings(max_examples=12)
@given(samples, st.integers(0, 5))
def test_no_copy_is_on_another_side_than_its_original_nor_tuned_or_tested_on(annotations, seed):
    split = assign_splits(annotations, "group", seed=seed)
    check_sides(split, annotations)
    mixed = list(np.random.default_rng(seed).permutation(len(annotations)))
    again = assign_splits([annotations[place] for place in mixed], "group", seed=seed)
    assert again == split


@settings(max_examples=12)
@given(samples, st.sampled_from([None, 3, 4]))
def test_folds_leave_one_person_out_though_all_sit_in_one_video(annotations, count):
    found = folds(annotations, "person", count=count)
    people = {each.person for each in annotations}
    assert len(found) == (len(people) if count is None else count)
    for fold in found:
        check_sides(fold.split, annotations)
    tested = [each.id for fold in found for each in fold.split.test]
    assert sorted(tested) == sorted(each.id for each in originals(annotations))


@settings(max_examples=12)
@given(samples)
def test_a_given_split_takes_copies_for_training_alone(annotations):
    sides = {"0.avi": "train", "1.avi": "test"}
    marked = [replace(each, split=sides[each.video]) for each in annotations]
    split = assign_splits(marked, fractions=(0.8, 0.0, 0.2))
    assert all(each.video == "0.avi" for each in split.train)
    check_sides(split, marked)


def test_a_side_of_copies_alone_is_refused():
    with pytest.raises(InputError, match="all annotations are copies of others"):
        assign_splits([copy_of(CLIP)])


# ---------------------------------------------------------------------------------- the leaks


@pytest.fixture
def filmed(tmp_path, draw):
    """Three videos with two windows each, as samples with a mirrored and a noised copy."""
    found = []
    for number in range(3):
        draw.video(tmp_path / "videos" / f"{number}.avi", draw.noise(50, 24, 48, seed=number))
        for place in range(2):
            window, person = Box(24 * place, 0, 24, 24), f"p{number}{place}"
            for second in range(2):
                clip = Annotation(
                    f"{number}.avi", "ab"[second], float(second), second + 1.0, window, person
                )
                found += [clip, copy_of(clip), copy_of(clip, noise=0.2, copy_number=1)]
    folder = write_data_folder(
        tmp_path / "data", found, name="drawn", source_root=tmp_path / "videos"
    )
    cache, problems = build_cache(folder, found, size_pixels=(12, 12), workers=1)
    assert problems == []
    return folder, cache, found


def split_of(found, test):
    """By person, copies on the training side."""
    train = [each for each in found if each.person not in test]
    tested = [each for each in originals(found) if each.person in test]
    return Split(train, [], tested, "group")


def test_windows_beside_each_other_and_copies_in_training_are_no_leak(filmed):
    folder, cache, found = filmed
    assert find_leaks(split_of(found, ["p00"]), cache, folder, likely=False) == []


def test_a_copy_in_test_is_a_leak_wherever_its_original_is(filmed):
    folder, cache, found = filmed
    split = split_of(found, ["p00"])
    tested = copies_of(split.test[:1], found)[:1]
    stray = copies_of(split.train[:1], found)[:1]
    for copy, home in ((tested[0], "test"), (stray[0], "train")):
        moved = replace(split, test=[*split.test, copy])
        leaks = [e for e in find_leaks(moved, cache, folder, likely=False) if e.kind == "copy"]
        assert len(leaks) == 1
        assert f"{copy.id}, a copy, is in test, its original {copy.copy_of} in {home}" in str(
            leaks[0]
        )


def test_a_copy_learned_from_while_its_original_is_tested_is_a_leak(filmed):
    folder, cache, found = filmed
    split = split_of(found, ["p00"])
    copy = copies_of(split.test[:1], found)[0]
    leaks = find_leaks(replace(split, train=[*split.train, copy]), cache, folder, likely=False)
    assert {"copy", "person", "overlap"} <= {leak.kind for leak in leaks}
    gone = replace(split, train=[*split.train, copy], test=split.test[1:])
    kinds = [leak for leak in find_leaks(gone, cache, folder, likely=False) if leak.kind == "copy"]
    assert "its original on no side" in str(kinds[0])


# ---------------------------------------------------------------------------------- the frames


def test_a_copy_is_not_decoded_again(filmed):
    _, cache, found = filmed
    assert len(cache) == len(originals(found))
    assert len(list(cache.path.glob("*.npy"))) == len(originals(found))
    for copy in (each for each in found if each.copy_of):
        assert copy in cache
        np.testing.assert_array_equal(cache.seconds(copy), cache.seconds(copy))


def example_of(filmed, clip, **options):
    _, cache, _ = filmed
    config = DataConfig(size_pixels=(12, 12), frames_per_clip=10, **options)
    return ClipDataset([clip], ["a", "b"], cache=cache, config=config, training=True).example(0)


def test_a_mirrored_copy_is_its_original_seen_in_a_mirror(filmed):
    clip = filmed[2][0]
    plain, mirrored = example_of(filmed, clip), example_of(filmed, copy_of(clip))
    np.testing.assert_array_equal(mirrored.frames, plain.frames[:, :, ::-1])
    assert mirrored.label == plain.label and mirrored.id != plain.id


def test_a_noised_copy_has_noise_of_its_strength_the_same_each_time(filmed):
    clip = filmed[2][0]
    plain = example_of(filmed, clip).frames.astype(float)
    copies = [copy_of(clip, noise=0.05, copy_number=number) for number in (1, 2)]
    one, other = (example_of(filmed, copy).frames.astype(float) for copy in copies)
    np.testing.assert_array_equal(one, example_of(filmed, copies[0]).frames)
    inside = (plain > 60) & (plain < 195)  # nothing is cut off there
    assert (one - plain)[inside].std() == pytest.approx(0.05 * 255, rel=0.1)
    assert abs(np.corrcoef((one - plain)[inside], (other - plain)[inside])[0, 1]) < 0.1


def test_chance_in_training_comes_on_top_of_the_copy(filmed):
    clip = filmed[2][0]
    bright = Augmentation(brightness=0.3)
    plain = example_of(filmed, clip, augmentation=bright).frames
    mirrored = example_of(filmed, copy_of(clip), augmentation=bright).frames
    np.testing.assert_array_equal(mirrored, plain[:, :, ::-1])


def test_nothing_is_asked_about_a_copy(filmed):
    _, cache, found = filmed
    config = DataConfig(size_pixels=(12, 12), frames_per_clip=4)
    for training, wanted in ((True, found), (False, originals(found))):
        data = ClipDataset(found, ["a", "b"], cache=cache, config=config, training=training)
        assert data.annotations == wanted


# ----------------------------------------------------------------------- windows of one video

boxes = st.builds(Box, st.integers(0, 12), st.integers(0, 12), st.integers(1, 8), st.integers(1, 8))


@given(st.lists(boxes, min_size=1, max_size=6))
def test_windows_are_one_film_where_pixels_are_shared(windows):
    clips = [Annotation("a.avi", "a", window=window) for window in windows]
    names = parts_seen(clips)
    for one in windows:
        for other in windows:
            seen = [np.zeros((24, 24), bool) for _ in range(2)]
            for picture, (x, y, width, height) in zip(seen, (one, other), strict=True):
                picture[y : y + height, x : x + width] = True
            shared = bool((seen[0] & seen[1]).any())
            assert share_pixels(one, other) == shared
            if shared:
                assert names["a.avi", one] == names["a.avi", other]
    whole = parts_seen([*clips, Annotation("a.avi", "b")])
    assert set(whole.values()) == {"a.avi"}
