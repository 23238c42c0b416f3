import threading
import time

import numpy as np
import pytest
import torch

from kineograph.data.batch import IGNORED, Example, batches, collate, steps_per_epoch
from kineograph.errors import InputError


class Numbered:
    """Ten examples; the pixels tell which one, in which epoch, by which seed."""

    def __init__(self, count=10, fails_at=None):
        self.count, self.fails_at, self.loaded = count, fails_at, []

    def __len__(self):
        return self.count

    def example(self, index, epoch=0, seed=0):
        self.loaded.append(index)
        if index == self.fails_at:
            raise InputError(f"{index}.mp4: broken. Leave it out.")
        frames = np.full((3, 4, 5, 3), (index, epoch, seed), np.uint8)
        return Example(frames, index % 2, f"id{index}", 0.0, 1.0)


def example_of(frame_count, labels=None):
    frames = np.random.default_rng(0).integers(0, 256, (frame_count, 4, 5, 3), dtype=np.uint8)
    return Example(frames, 1, "id", 0.0, 1.0, labels)


def ids(some):
    return [name for batch in some for name in batch.ids]


def test_a_batch_has_the_shapes_of_the_contract():
    batch = next(batches(Numbered(), 4, epoch=2, seed=3))
    assert batch.inputs.shape == (4, 3, 3, 4, 5)
    assert batch.inputs.dtype == torch.uint8
    assert batch.lengths.tolist() == [3, 3, 3, 3]
    assert batch.targets.tolist() == [0, 1, 0, 1]
    assert batch.inputs[2, 0, :, 0, 0].tolist() == [2, 2, 3]  # red, green, blue
    assert batch.ids == ["id0", "id1", "id2", "id3"]


def test_the_frames_of_a_batch_are_laid_out_for_convolutions():
    frames = next(batches(Numbered(), 4)).inputs.flatten(0, 1)
    assert frames.is_contiguous(memory_format=torch.channels_last)


def test_a_batch_moves_to_a_device_as_a_whole():
    batch = next(batches(Numbered(), 4)).to(torch.device("meta"))
    assert {tensor.device.type for tensor in batch[:3]} == {"meta"}
    assert batch.ids == ["id0", "id1", "id2", "id3"]


def test_every_example_comes_once_an_epoch():
    assert ids(batches(Numbered(), 4)) == [f"id{index}" for index in range(10)]
    shuffled = ids(batches(Numbered(), 4, shuffle=True))
    assert sorted(shuffled) == sorted(f"id{index}" for index in range(10))
    assert [len(batch.ids) for batch in batches(Numbered(), 4)] == [4, 4, 2]
    assert steps_per_epoch(10, 4) == 3
    assert steps_per_epoch(8, 4) == 2


def test_the_order_depends_on_seed_and_epoch_alone():
    def order(epoch, seed):
        return ids(batches(Numbered(50), 4, shuffle=True, epoch=epoch, seed=seed))

    assert order(1, 2) == order(1, 2)
    assert order(1, 2) != order(2, 2)
    assert order(1, 2) != order(1, 3)


def test_a_resumed_epoch_goes_on_where_it_stopped_without_loading_the_rest():
    whole = list(batches(Numbered(), 4, shuffle=True, epoch=1, seed=2))
    numbered = Numbered()
    rest = list(batches(numbered, 4, shuffle=True, epoch=1, seed=2, first_step=1))
    assert [batch.ids for batch in rest] == [batch.ids for batch in whole[1:]]
    assert all(torch.equal(a.inputs, b.inputs) for a, b in zip(rest, whole[1:], strict=True))
    assert len(numbered.loaded) == 6


def test_the_next_batch_is_loaded_while_one_is_used():
    numbered = Numbered()
    some = batches(numbered, 4)
    next(some)
    until = time.monotonic() + 10
    while len(numbered.loaded) < 8 and time.monotonic() < until:
        time.sleep(0.01)
    assert sorted(numbered.loaded) == list(range(8))  # and not the one after
    some.close()


def test_an_error_of_loading_comes_out_in_its_turn():
    some = batches(Numbered(fails_at=5), 4)
    assert next(some).ids[0] == "id0"
    with pytest.raises(InputError, match="5.mp4: broken. Leave it out."):
        next(some)


def test_leaving_early_leaves_no_thread():
    before = threading.active_count()
    for _ in batches(Numbered(), 2):
        break
    some = batches(Numbered(), 2)
    next(some)
    some.close()
    assert threading.active_count() == before


def test_shorter_clips_are_filled_up_with_black_and_their_lengths_kept():
    batch = collate([example_of(2), example_of(5)])
    assert batch.inputs.shape == (2, 5, 3, 4, 5)
    assert batch.lengths.tolist() == [2, 5]
    assert not batch.inputs[0, 2:].any()
    assert batch.inputs[0, :2].any()


def test_a_label_for_each_frame_is_a_row_of_targets():
    labels = [np.array([1, 2]), np.array([0, 1, 2])]
    batch = collate([example_of(len(each), each) for each in labels])
    assert batch.targets.tolist() == [[1, 2, IGNORED], [0, 1, 2]]
    assert torch.nn.CrossEntropyLoss().ignore_index == IGNORED


def test_no_batch_is_refused():
    with pytest.raises(InputError, match="batch_size 0: ask for 1 or more."):
        batches(Numbered(), 0)
