"""Drawn scenes: boxes that hold their things exactly, sentences that follow their rule."""

import re

import numpy as np
import pytest

from kineograph.data.prepare.scenes import prepare_scenes
from kineograph.data.toy.described_scene import LEAST_GAP_PIXELS, draw_described_scene
from kineograph.data.toy.things import COLOURS, KINDS, Thing, draw_thing
from kineograph.errors import InputError
from tests.data.regions.drawn import few_scenes

THING = (
    rf"a (?:(?:small|large) )?(?:(?:striped|dotted) )?(?:{'|'.join(COLOURS)}) (?:{'|'.join(KINDS)})"
)
SHORT = rf"an? (?:{'|'.join(COLOURS)}) (?:{'|'.join(KINDS)})"
SENTENCE = re.compile(rf"{THING}|{SHORT} (?:above|left of) {SHORT}")


@pytest.mark.parametrize("seed", range(8))
def test_every_region_is_in_the_picture_and_says_what_the_rule_says(seed):
    scene = draw_described_scene(np.random.default_rng(seed))
    assert scene.picture.shape == (160, 160, 3)
    for box, sentence in scene.regions:
        assert 0 <= box.left < box.right <= 160 and 0 <= box.top < box.bottom <= 160
        assert SENTENCE.fullmatch(sentence), sentence


def test_a_pair_stands_as_its_sentence_says():
    told = 0
    for seed in range(12):
        scene = draw_described_scene(np.random.default_rng(seed))
        (first, _), (second, _), *_ = scene.regions
        for box, sentence in scene.regions:
            if " above " in sentence:
                assert 0 < second.top - first.bottom < LEAST_GAP_PIXELS
            elif " left of " in sentence:
                assert 0 < second.left - first.right < LEAST_GAP_PIXELS
            else:
                continue
            assert box == first.with_other(second)
            told += 1
    assert told > 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_thing_fills_its_square_and_no_more(kind):
    colours, cover = draw_thing(Thing(kind, "blue", "striped", 40), np.random.default_rng(1))
    assert colours.shape == (40, 40, 3) and cover.shape == (40, 40)
    assert cover.min() >= 0 and cover.max() <= 1 and colours.min() >= 0 and colours.max() <= 255
    assert 0.15 < cover.mean() < 0.95


def test_a_scene_depends_on_seed_and_number_alone(tmp_path):
    few, more = few_scenes(tmp_path / "few", 8), few_scenes(tmp_path / "more", 10)
    assert [r.regions for r in more.records[:8]] == [r.regions for r in few.records]
    assert [r.split for r in few.records] == ["train"] * 2 + ["val"] * 2 + ["test"] * 4


def test_counts_that_leave_nothing_to_learn_from_are_refused(tmp_path):
    with pytest.raises(InputError, match="count 6: 2 val and 4 test leave none to learn from"):
        prepare_scenes(None, tmp_path, count=6, test=4, val=2)
    with pytest.raises(InputError, match="count 'many' is not a whole number"):
        prepare_scenes(None, tmp_path, count="many")
