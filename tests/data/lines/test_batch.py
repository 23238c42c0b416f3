import numpy as np
import pytest
import torch

from kineograph.data.lines.augment import USUAL
from kineograph.data.lines.batch import WIDTH_STEP, LineExamples, collate_lines, line_batches
from kineograph.data.lines.cache import build_line_cache
from kineograph.data.lines.line import Line
from kineograph.data.text import POLICIES, Alphabet
from kineograph.errors import InputError
from tests.data.lines.drawn import line_picture, save

TEXTS = [("ab" * (1 + place % 7))[: 2 + place % 9] for place in range(40)]


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    home = tmp_path_factory.mktemp("batch")
    lines = []
    for place, text in enumerate(TEXTS):
        save(home / f"{place}.png", line_picture(text, height=24, paper=200 + place, seed=place))
        lines.append(Line(f"{place}.png", text))
    cache, _ = build_line_cache(home / "cache", home, lines, height_pixels=24)
    return LineExamples(lines, cache, Alphabet.of(TEXTS))


def test_pictures_and_targets_side_by_side_as_they_are_alone(examples):
    chosen = [examples.example(place, 0, 0) for place in (3, 8, 0)]
    batch = collate_lines(chosen)
    assert batch.lines.dtype == torch.uint8 and batch.targets.dtype == torch.int64
    widest = int(batch.widths.max())
    assert batch.lines.shape == (3, 1, 24, widest + -widest % WIDTH_STEP)
    for row, example in enumerate(chosen):
        width, length = int(batch.widths[row]), int(batch.target_lengths[row])
        np.testing.assert_array_equal(batch.lines[row, 0, :, :width], example.picture)
        rest = batch.lines[row, 0, :, width:].numpy()
        assert rest.size == 0 or set(rest.ravel()) == {int(np.median(example.picture))}
        place = (3, 8, 0)[row]
        assert examples.alphabet.decode(batch.targets[row, :length].tolist()) == TEXTS[place]
        assert (batch.targets[row, length:] == Alphabet.blank).all()
    assert batch.to(torch.device("cpu")).ids == [example.id for example in chosen]


@pytest.mark.parametrize("shuffle", [False, True])
def test_an_epoch_shows_every_line_once_in_batches_of_like_widths(examples, shuffle):
    batches = list(line_batches(examples, 6, shuffle=shuffle, seed=3))
    shown = [name for batch in batches for name in batch.ids]
    assert sorted(shown) == sorted(line.id for line in examples.lines)
    assert all(batch.lines.shape[3] % WIDTH_STEP == 0 for batch in batches)
    side_by_side = sum(int(batch.widths.max()) * len(batch.ids) for batch in batches)
    assert side_by_side < 1.15 * sum(int(batch.widths.sum()) for batch in batches)
    ends = [int(batch.widths.max()) for batch in batches]
    assert (ends == sorted(ends, reverse=True)) is not shuffle


def test_epochs_differ_and_a_resumed_one_goes_on(examples):
    def ids(**options):
        return [batch.ids for batch in line_batches(examples, 7, shuffle=True, seed=1, **options)]

    assert ids(epoch=2) == ids(epoch=2) != ids(epoch=3)
    assert ids(epoch=2, first_step=3) == ids(epoch=2)[3:]
    halves = [ids(part=(row, 2)) for row in range(2)]
    for whole, first, second in zip(ids(), *halves, strict=True):
        assert [*whole[::2], *whole[1::2]] == [*first, *second] or len(whole) == 1


def test_unseen_characters_are_refused_before_training_or_left_out(examples):
    lines, cache = examples.lines, examples.cache
    with pytest.raises(InputError, match="LATIN SMALL LETTER B"):
        LineExamples(lines, cache, Alphabet(("a",)))
    known = LineExamples(lines, cache, Alphabet(("a",)), unseen="skip")
    assert set(sum(known.targets, [])) == {1}
    assert known.texts == [POLICIES["nfc"](text) for text in TEXTS]
    with pytest.raises(InputError, match="batch_size 0"):
        next(line_batches(examples, 0))


def test_changes_are_drawn_by_seed_epoch_and_index(examples):
    changed = LineExamples(examples.lines, examples.cache, examples.alphabet, augmentation=USUAL)
    pictures = [changed.example(5, epoch, 0).picture for epoch in range(6)]
    np.testing.assert_array_equal(changed.example(5, 3, 0).picture, pictures[3])
    assert len({picture.tobytes() for picture in pictures}) > 3
    assert {picture.shape[0] for picture in pictures} == {24}
