"""The P-ConvLSTM paper's own protocol: clips at random in each class, 96 % of them."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.data.annotation import Annotation
from kineograph.data.clips import DataConfig
from kineograph.data.split import PCONVLSTM_PAPER, assign_splits, check_disjoint
from kineograph.errors import InputError


def clips_of(counts: dict[str, int]) -> list[Annotation]:
    return [
        Annotation(f"{label}{n}.avi", label, person=f"p{n % 3}", split="train")
        for label, count in counts.items()
        for n in range(count)
    ]


def test_948_clips_a_class_are_dealt_as_in_the_paper():
    split = assign_splits(clips_of({"sitting down": 948, "falling": 948}), PCONVLSTM_PAPER)
    for side, count in ((split.train, 597), (split.val, 218), (split.test, 95)):
        assert Counter(each.label for each in side) == {"sitting down": count, "falling": count}
    assert split.how == PCONVLSTM_PAPER and "76 left out" in split.warning
    assert "The same person and the same performance are on two sides" in split.warning
    assert any(line.startswith("person 'p0' is in train") for line in check_disjoint(split))


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.sampled_from("abcde"), st.integers(3, 60), min_size=1),
    st.integers(0, 5),
    st.randoms(use_true_random=False),
)
def test_no_clip_is_on_two_sides_and_each_class_on_all(counts, seed, random):
    clips = clips_of(counts)
    split = assign_splits(clips, PCONVLSTM_PAPER, seed=seed)
    ids = [each.id for side in split.sides.values() for each in side]
    assert len(ids) == len(set(ids)) <= len(clips)
    for label, count in counts.items():
        for side, share in zip(split.sides.values(), (0.63, 0.23, 0.10), strict=True):
            found = sum(each.label == label for each in side)
            assert found >= 1 and abs(found - share * count) <= 1
    random.shuffle(clips)
    again = assign_splits(clips, PCONVLSTM_PAPER, seed=seed)
    assert {k: set(map(id_of, v)) for k, v in split.sides.items()} == {
        k: set(map(id_of, v)) for k, v in again.sides.items()
    }


def id_of(annotation: Annotation) -> str:
    return annotation.id


def test_the_owners_split_is_the_default_and_too_few_clips_are_refused():
    assert DataConfig().split == "auto"
    with pytest.raises(InputError) as told:
        assign_splits(clips_of({"a": 5, "b": 2}), PCONVLSTM_PAPER)
    assert str(told.value) == (
        "split 'pconvlstm-paper-split': 'b' has 2 clips, and 3 are needed to learn from, to tune "
        "on and to test. Add clips, or set data.split=group."
    )
