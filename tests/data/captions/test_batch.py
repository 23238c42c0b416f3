"""Batches of pictures with all their sentences."""

import numpy as np
import pytest
import torch

from kineograph.data.augment import Augmentation
from kineograph.data.batch import Pass
from kineograph.data.captions.batch import CaptionExamples, as_text, vocabulary_of
from kineograph.data.captions.described import DescribedPicture
from kineograph.data.pictures.cache import build_picture_cache
from kineograph.data.words import END, PAD, START, UNKNOWN
from kineograph.errors import InputError
from kineograph.metrics.captions.cider import Consensus
from tests.data.captions.drawn import drawn_folder


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    folder = drawn_folder(tmp_path_factory.mktemp("shapes"), 12)
    cache, faults = build_picture_cache(
        folder.cache, folder.source_root, [each.picture for each in folder.records], size_pixels=16
    )
    assert not faults
    return folder.records, cache


def examples(shown, **options):
    records, cache = shown
    return CaptionExamples(records, cache, vocabulary_of(records, 1), **options)


PLAIN = Pass()


def every(data, size, walk=PLAIN):
    return list(data.batches(size, walk))


def test_every_sentence_stands_beside_its_picture_once(shown):
    data = examples(shown)
    batches = every(data, 5)
    assert [len(batch.ids) for batch in batches] == [5, 5, 2]
    told = []
    for batch in batches:
        assert batch.pictures.shape[1:] == (3, 16, 16) and batch.pictures.dtype == torch.uint8
        for sentences in batch.words.tolist():
            for row in sentences:
                told.append(" ".join(data.vocabulary.decode(row[1:])))
                assert row[0] == START and row.count(END) == 1
                assert set(row[row.index(END) + 1 :]) <= {PAD}
    assert told == [text.lower().removesuffix(" .") for each in shown[0] for text in each.sentences]


def test_a_picture_with_fewer_sentences_has_rows_of_padding(shown):
    records, cache = shown
    fewer = [DescribedPicture(records[0].picture, ("A red circle",)), records[1]]
    data = CaptionExamples(fewer, cache, vocabulary_of(records, 1))
    (batch,) = every(data, 2)
    assert batch.words.shape[:2] == (2, 2)
    assert not batch.words[0, 1].any() and batch.words[1, 1].any()


def test_a_long_sentence_goes_on_and_an_unknown_word_is_one(shown):
    records, cache = shown
    long = DescribedPicture(records[0].picture, ("There is a circle that is zinnober",))
    data = CaptionExamples([long], cache, vocabulary_of(records, 1), longest=4)
    (row,) = data.sentences[0]
    assert data.vocabulary.decode(row[1:]) == ["there", "is", "a", "circle"] and END not in row
    whole = CaptionExamples([long], cache, vocabulary_of(records, 1)).sentences[0][0]
    assert whole[-2:] == [UNKNOWN, END]


def test_a_walk_is_the_same_for_the_same_numbers_and_goes_on_where_it_stopped(shown):
    data = examples(shown, augmentation=Augmentation(mirror=True, crop=0.3), sentences_drawn=1)
    walk = Pass(epoch=3, shuffle=True, seed=7)
    first, again = every(data, 4, walk), every(data, 4, walk)
    for one, other in zip(first, again, strict=True):
        assert one.ids == other.ids
        torch.testing.assert_close(one.pictures, other.pictures)
        torch.testing.assert_close(one.words, other.words)
    (last,) = every(data, 4, walk._replace(first_step=2))
    assert last.ids == first[2].ids
    assert [batch.ids for batch in every(data, 4, walk._replace(epoch=4))] != [
        batch.ids for batch in first
    ]
    assert {batch.words.shape[1] for batch in first} == {1}
    assert {batch.words.shape[1] for batch in every(data, 4)} == {2}  # all, where nothing is drawn


def test_processes_share_a_batch(shown):
    data = examples(shown)
    walk = Pass(shuffle=True, seed=1)
    whole = [batch.ids for batch in every(data, 5, walk)]
    parts = [[b.ids for b in every(data, 5, walk._replace(part=(rank, 2)))] for rank in (0, 1)]
    for ids, one, other in zip(whole, *parts, strict=True):
        assert sorted(one + other) == sorted(ids)


def test_pictures_without_a_change_are_the_caches(shown):
    (batch,) = every(examples(shown), 12)
    for picture, record in zip(batch.pictures, shown[0], strict=True):
        np.testing.assert_array_equal(picture.permute(1, 2, 0).numpy(), shown[1][record.picture])


def test_judges_say_cider_d_of_numbers_as_of_words(shown):
    data = examples(shown)
    (batch,) = every(data, 12)
    texts = [
        [" ".join([*data.vocabulary.decode(row[1:]), "."]) for row in rows]
        for rows in data.sentences
    ]
    by_words = Consensus(texts, split=str.split)
    said = [*data.vocabulary.encode(["a", "red", "circle"]), END]
    for number, judge in enumerate(batch.judges):
        assert judge.cider_d(said) == pytest.approx(by_words.cider_d(number, "a red circle ."))
        own = data.sentences[number][0]
        assert own[-1] == END and judge.cider_d(own[:-1]) < judge.cider_d(own)  # broken off
    assert as_text([START, 5, 7, END, PAD]) == f"5 7 {END}"


def test_a_batch_of_none_is_refused(shown):
    with pytest.raises(InputError) as error:
        every(examples(shown), 0)
    assert "batch_size 0: ask for 1 or more." in str(error.value)
