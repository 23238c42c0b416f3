import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.data.lines.cache import build_line_cache
from kineograph.data.lines.leakage import find_line_leaks
from kineograph.data.lines.line import Line
from kineograph.data.lines.split import LineSplit, split_lines
from kineograph.errors import InputError
from tests.data.lines.drawn import line_picture, save


@given(st.lists(st.integers(0, 7), min_size=30, max_size=60), st.integers(0, 99))
def test_no_work_is_on_two_sides_and_every_line_is_on_one(works, seed):
    lines = [Line(f"{place}.png", "a", group=f"w{work}") for place, work in enumerate(works)]
    if len(set(works)) < 3:
        return
    split = split_lines(lines, seed=seed)
    assert split.how == "group" and split.warning is None
    groups = [{line.group for line in side} for side in split.sides.values()]
    assert not groups[0] & groups[1] and not groups[0] & groups[2] and not groups[1] & groups[2]
    dealt = [line for side in split.sides.values() for line in side]
    assert sorted(line.id for line in dealt) == sorted(line.id for line in lines)
    again = split_lines(lines[::-1], seed=seed)
    assert again.sides == split.sides


def test_lines_of_one_page_stay_together_even_without_a_group():
    corner = ((0, 0), (9, 0), (9, 9))
    lines = [
        Line(f"p{page}.png", "a", tuple((x, y + 20 * row) for x, y in corner))
        for page in range(6)
        for row in range(4)
    ]
    split = split_lines(lines, "group")
    pages = [{line.picture for line in side} for side in split.sides.values()]
    assert all(pages) and not pages[0] & pages[1] and not pages[0] & pages[2]
    assert split.warning and "24 of 24 lines name no group" in split.warning
    assert "picture" in split.warning and "clip" not in split.warning


def test_a_given_split_is_taken_and_too_few_groups_are_told():
    lines = [
        Line(f"{side}{number}.png", "a", group=side, split=side)
        for side in ("train", "val", "test")
        for number in range(3)
    ]
    split = split_lines(lines)
    assert split.how == "given" and {line.split for line in split.test} == {"test"}
    assert split_lines(lines, "line").how == "line"
    with pytest.raises(InputError, match="3 lines are of 1 groups only"):
        split_lines(lines[:3], "group")
    with pytest.raises(InputError, match="split 'page': known are"):
        split_lines(lines, "page")


@pytest.fixture
def leaky(tmp_path):
    first = line_picture("Habe nun, ach")
    again = np.clip(
        first.astype(int) + np.random.default_rng(1).integers(-9, 10, first.shape), 0, 255
    )
    pictures = {
        "one": first,
        "same": first,
        "again": again.astype(np.uint8),
        "other": line_picture("Habe nun, ach", width=420, height=40),
        "else": line_picture("Juristerei"),
    }
    for name, picture in pictures.items():
        save(tmp_path / f"{name}.png", picture)

    def leaks_of(train, val, test, **about):
        def lines(names, side):
            texts = {"else": "Juristerei"}
            return [
                Line(f"{name}.png", texts.get(name, "Habe nun, ach"), group=about.get(name, side))
                for name in names
            ]

        split = LineSplit(lines(train, "a"), lines(val, "b"), lines(test, "c"), "given")
        every = [line for side in split.sides.values() for line in side]
        cache, _ = build_line_cache(tmp_path / "cache", tmp_path, every)
        return find_line_leaks(split, cache)

    return leaks_of


def test_the_same_picture_and_the_same_line_scanned_again_are_found(leaky):
    (same,) = leaky(["one"], [], ["same"])
    assert same.kind == "copy" and same.sides == ("train", "test")
    assert same.what == "same.png in test is the picture of one.png in train"
    (again,) = leaky(["one"], ["again"], [])
    assert again.kind == "near copy" and "'Habe nun, ach': again.png in val is nearly" in again.what


def test_the_same_text_in_another_setting_is_no_leak_and_names_are(leaky):
    assert leaky(["one"], [], ["other"]) == []
    assert leaky(["one", "same"], ["else"], []) == []
    (leak,) = leaky(["one"], [], ["else"], **{"else": "a"})
    assert leak.kind == "group" and str(leak) == "group: 'a' is in train and test"
