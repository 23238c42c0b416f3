"""One-second samples from marks, beside a count of every tenth by hand."""

from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.data.annotation import Annotation
from kineograph.data.prepare.seconds import find_overlaps, make_copies, sample_seconds

LABELS = ["not writing", "writing"]


def mark(label, start, end=None):
    return Annotation("a.mp4", label, start, end, person="p1")


def seconds(marks, length, tie="writing"):
    found = sample_seconds(marks, LABELS, length_seconds=length, tie=tie)
    return [(each.second, each.label, each.tie) for each in found]


def test_by_hand():
    marks = [mark("writing", 0, 1.9), mark("not writing", 1.9, 3.5), mark("writing", 3.5, 4.75)]
    assert seconds(marks, 6.0) == [
        (0, "writing", False),
        (1, "writing", False),  # nine marks to one
        (2, "not writing", False),
        (3, "writing", True),  # five to five
    ]  # of second 4 two tenths are unmarked
    assert seconds(marks, 6.0, tie="not writing")[3] == (3, "not writing", True)


def test_marks_to_the_end_and_a_video_that_ends_within_a_second():
    assert [second for second, *_ in seconds([mark("writing", 0.0)], 2.96)] == [0, 1]
    assert [second for second, *_ in seconds([mark("writing", 0.0)], 3.0)] == [0, 1, 2]
    assert seconds([mark("writing", 5.0, 9.0)], 3.0) == []
    assert seconds([mark("writing", 0.0, 9.0)], 0.4) == []


@given(st.lists(st.sampled_from("wn?"), min_size=10, max_size=40))
def test_the_label_is_the_median_of_ten_marks(tenths):
    names = {"w": "writing", "n": "not writing"}
    marks = [
        mark(names[each], place / 10, (place + 1) / 10)
        for place, each in enumerate(tenths)
        if each != "?"
    ]
    expected = []
    for second in range(len(tenths) // 10):
        own = tenths[second * 10 : second * 10 + 10]
        if "?" not in own:
            middle = median([each == "w" for each in own])
            expected.append((second, LABELS[int(middle >= 0.5)], middle == 0.5))
    assert seconds(marks, len(tenths) / 10) == expected


def test_time_that_is_marked_twice_alike_is_marked_and_otherwise_unknown():
    alike = [mark("writing", 0, 1.5), mark("writing", 1, 3)]
    assert find_overlaps(alike) == []
    assert len(seconds(alike, 3.0)) == 3
    unlike = [mark("writing", 0, 2), mark("not writing", 1.4, 4)]
    (overlap,) = find_overlaps(unlike)
    assert overlap.span == (1.4, 2)
    assert [second for second, *_ in seconds(unlike, 4.0)] == [0, 2, 3]


def samples(writing, others):
    labels = ["writing"] * writing + ["not writing"] * others
    return [mark(label, float(at), at + 1.0) for at, label in enumerate(labels)]


@given(
    st.integers(1, 12),
    st.integers(1, 40),
    st.booleans(),
    st.sampled_from([0.0, 0.5, 1.0, 2.0]),
)
def test_there_are_as_many_of_writing_as_asked_for(writing, others, mirror, balance):
    own = samples(writing, others)
    copies = make_copies(own, mirror=mirror, noise=0.1, balance=balance, label="writing")
    every = [*own, *copies]
    assert len({each.id for each in every}) == len(every)
    ids = {each.id: each for each in own}
    assert all(each.label == ids[each.copy_of].label for each in copies)
    count = sum(each.label == "writing" for each in every)
    times = 1 + mirror
    assert count == max(round(balance * others * times), writing * times)
    assert sum(each.mirrored and not each.noise for each in copies) == (len(own) if mirror else 0)
    assert all(each.label == "writing" for each in copies if each.noise)
    assert copies == make_copies(own, mirror=mirror, noise=0.1, balance=balance, label="writing")


def test_noise_is_spread_evenly_over_the_samples():
    copies = make_copies(samples(3, 12), mirror=False, noise=0.1, balance=1.0, label="writing")
    assert sorted(each.copy_number for each in copies) == [1, 1, 1, 2, 2, 2, 3, 3, 3]


@pytest.mark.parametrize(
    "options", [{"noise": 0.0, "balance": 1.0}, {"noise": 0.1, "balance": 0.0}]
)
def test_no_noise_or_no_balance_makes_no_noised_copy(options):
    assert make_copies(samples(2, 9), mirror=False, label="writing", **options) == []


def test_each_frame_keeps_its_own_mark():
    (found,) = sample_seconds(
        [mark("writing", 0, 0.65), mark("not writing", 0.65, 1)],
        LABELS, length_seconds=1.0, tie="writing",
    )  # fmt: skip
    assert found.marks == ("writing",) * 7 + ("not writing",) * 3 and found.label == "writing"
