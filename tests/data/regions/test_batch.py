"""Pictures with boxes dealt out, and boxes that go along with changes of their picture."""

import numpy as np
import pytest

from kineograph.data.augment import Augmentation
from kineograph.data.batch import Pass
from kineograph.data.pictures.cache import build_picture_cache
from kineograph.data.regions.augment import change_regions
from kineograph.data.regions.batch import RegionExamples, squared_boxes
from kineograph.data.regions.picture import Region
from kineograph.data.words import END, PAD, UNKNOWN, Vocabulary
from tests.data.regions.drawn import few_scenes, picture_of

WORDS = Vocabulary(("a", "red", "circle"))


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    folder = few_scenes(tmp_path_factory.mktemp("scenes"))
    names = [record.picture for record in folder.records]
    cache, faults = build_picture_cache(
        folder.cache, folder.source_root, names, size_pixels=32, fit="squash"
    )
    assert not faults
    return folder.records, cache


def test_boxes_follow_their_picture_into_the_square():
    picture = picture_of(Region(20, 10, 40, 50, "a red circle"), size=(80, 40))
    assert squared_boxes(picture, 16).tolist() == [[4, 4, 12, 16]]  # cut at the lower border


def test_a_batch_has_each_pictures_own_boxes_and_words(scenes):
    records, cache = scenes
    vocabulary = Vocabulary.of(each.sentence.split() for r in records for each in r.regions)
    data = RegionExamples(records, cache, vocabulary, longest=20)
    seen = 0
    for batch in data.batches(5, Pass()):
        for row, name in enumerate(batch.ids):
            record = next(each for each in records if each.picture == name)
            count = int(batch.counts[row])
            np.testing.assert_allclose(batch.boxes[row, :count], squared_boxes(record, 32))
            said = [vocabulary.decode(words) for words in batch.words[row, :count].tolist()]
            assert [" ".join(words) for words in said] == [r.sentence for r in record.regions]
            assert (batch.words[row, count:] == PAD).all() and not batch.boxes[row, count:].any()
            np.testing.assert_array_equal(batch.pictures[row].permute(1, 2, 0), cache[name])
            seen += 1
    assert seen == len(data) == len(records)


def test_two_processes_share_every_batch_and_a_resumed_run_sees_the_rest(scenes):
    records, cache = scenes
    data = RegionExamples(records, cache, WORDS, longest=20)
    whole = [b.ids for b in data.batches(4, Pass(epoch=3, shuffle=True, seed=1))]
    parts = [[b.ids for b in data.batches(4, Pass(3, True, 1, 0, (part, 2)))] for part in range(2)]
    assert whole != [b.ids for b in data.batches(4, Pass(epoch=4, shuffle=True, seed=1))]
    assert [sorted(a + b) for a, b in zip(*parts, strict=True)] == [sorted(ids) for ids in whole]
    assert [b.ids for b in data.batches(4, Pass(3, True, 1, 2))] == whole[2:]


def test_what_is_too_long_or_too_thin_is_not_learned_from(scenes):
    _, cache = scenes
    known = next(iter(cache.known))
    regions = (
        Region(0, 0, 40, 20, "a red circle"),
        Region(0, 0, 40, 20, "a red circle that is far too long"),
        Region(0, 0, 1, 20, "a thin thing"),
        Region(90, 0, 40, 20, "beyond the border"),
    )
    data = RegionExamples(
        [picture_of(*regions, name=known), picture_of(*regions[1:], name=f"{known}?")],
        cache, WORDS, longest=4,
    )  # fmt: skip
    assert data.words == [[[4, 5, 6, END]]]
    none = RegionExamples([picture_of(*regions[1:], name=known)], cache, WORDS, longest=4)
    assert len(none) == 0 and none.left_out[0].picture == known
    blue = RegionExamples(
        [picture_of(Region(0, 0, 9, 9, "a blue circle"), name=known)], cache, WORDS, longest=4
    )
    assert blue.words == [[[4, UNKNOWN, 6, END]]]


@pytest.mark.parametrize("seed", range(12))
def test_boxes_move_along_with_what_they_hold(seed):
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[20:34, 24:44] = 255
    boxes = np.array([[24, 20, 44, 34]], np.float32)
    changed = change_regions(
        picture, boxes, np.random.default_rng(seed), Augmentation(mirror=True, crop=0.4, aspect=0.2)
    )
    rows, columns = (
        np.flatnonzero((changed.picture[..., 0] > 127).any(axis=axis)) for axis in (1, 0)
    )
    seen = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
    np.testing.assert_allclose(changed.boxes[0], seen, atol=1.01)


def test_a_box_that_left_the_view_is_left_out_but_never_all():
    picture = np.zeros((64, 64, 3), np.uint8)
    boxes = np.array([[0, 0, 6, 6], [28, 28, 36, 36]], np.float32)
    kept = [
        change_regions(picture, boxes, np.random.default_rng(seed), Augmentation(crop=0.7)).kept
        for seed in range(30)
    ]
    assert {tuple(each) for each in kept} >= {(0, 1), (1,)}
    alone = [
        change_regions(picture, boxes[:1], np.random.default_rng(seed), Augmentation(crop=0.7))
        for seed in range(30)
    ]
    assert all(len(each.boxes) == 1 for each in alone)
