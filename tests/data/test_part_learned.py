"""Part of the training side: the earliest of everyone, with its copies, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.data.annotation import Annotation
from kineograph.data.clips import DataConfig
from kineograph.data.part_learned import part_learned
from kineograph.data.prepare.seconds import make_copies
from kineograph.errors import InputError


def second(person, start, label="writing"):
    return Annotation(
        video="week1.mp4", person=person, window=(len(person), 0, 9, 9), label=label,
        start_seconds=float(start), end_seconds=start + 1.0,
    )  # fmt: skip


def test_by_hand():
    anna = [second("anna", start) for start in range(10)]
    ben = [second("ben", start) for start in (7, 3, 5)]
    assert part_learned([*anna, *ben], 0.34) == [*anna[:3], ben[1]]
    assert part_learned([*anna, *ben], 0.01) == [anna[0], ben[1]]


def test_files_of_their_own_are_taken_by_label():
    clips = [
        Annotation(video=f"{label}/{n}.mp4", person="p", label=label)
        for label in ("sit", "stand")
        for n in range(4)
    ]
    assert part_learned(clips, 0.5) == [*clips[:2], *clips[4:6]]


@given(st.sets(st.integers(0, 60), min_size=1), st.floats(0.01, 1.0))
def test_copies_follow_and_the_parts_grow_into_each_other(starts, share):
    seconds = [second("anna", n, "writing" if n % 3 else "not writing") for n in sorted(starts)]
    every = [*seconds, *make_copies(seconds, mirror=True, noise=0.05, balance=1, label="writing")]
    less, more = part_learned(every, share / 2), part_learned(every, share)
    assert {each.id for each in less} <= {each.id for each in more}
    for found in (less, more):
        kept = {each.id for each in found if each.copy_of is None}
        assert {each.copy_of for each in found} - {None} <= kept
        left = {each.copy_of for each in every if each not in found} - {None}
        assert not left & kept, "no copy of a kept clip is lost"
    assert part_learned(every, 1.0) == every


@pytest.mark.parametrize("share", [0.0, -1.0, 1.5])
def test_a_part_is_more_than_nothing(share):
    with pytest.raises(InputError, match="is a part of the training side, more than 0 and 1 at"):
        DataConfig(learn_from=share)
