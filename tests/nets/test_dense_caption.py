"""DenseCap's network: what is drawn to learn from, and words that come alike taught and stepped."""

import pytest
import torch

from kineograph.nets.boxes import overlaps
from kineograph.nets.encoders.grid import GridEncoderConfig
from kineograph.nets.localise import Anchors, draw_proposals
from kineograph.nets.models.dense_caption import DenseCaptionConfig

SMALL = DenseCaptionConfig(
    encoder=GridEncoderConfig(stem_filters=4, filters=(6, 8), blocks=(1, 1), strides=(2, 2)),
    anchor_sides_pixels=(8.0, 16.0),
    anchor_shapes=(0.5, 1.0),
    localise_filters=8,
    drawn=12,
    proposals=6,
    code=16,
    word_features=8,
    units=10,
)


def small_network(vocabulary=9):
    torch.manual_seed(0)
    return SMALL.build(vocabulary, 32).eval()


def test_anchors_stand_around_the_middles_of_the_grid():
    found = Anchors((16.0,), (1.0, 4.0)).over((2, 4), (32, 64))
    assert found.shape == (2 * 4 * 2, 4)
    assert found[0].tolist() == [0, 0, 16, 16]
    assert found[1].tolist() == [4, -8, 12, 24]  # four times as high as wide, the same area
    assert found[2].tolist() == [16, 0, 32, 16]  # the next place to the right
    assert found[-2].tolist() == [48, 16, 64, 32]


def test_what_is_drawn_is_right_or_wrong_by_its_overlap():
    draw = torch.Generator().manual_seed(1)
    corners = torch.rand(3, 200, 2, generator=draw) * 60
    boxes = torch.cat([corners, corners + 10 + torch.rand(3, 200, 2, generator=draw) * 20], 2)
    truths = boxes[:, :4] + 1.0
    counts = torch.tensor([4, 1, 3])
    drawn = draw_proposals(boxes, truths, counts, 40, draw)
    for row in range(3):
        own = truths[row, : counts[row]]
        shared = overlaps(boxes[row], own)
        best = set(shared.argmax(0).tolist())
        right, wrong = (drawn.places[row][kind[row]] for kind in (drawn.right, drawn.wrong))
        assert len(right) + len(wrong) <= 40 and len(right) <= 20
        assert all(shared[place].max() >= 0.7 or int(place) in best for place in right)
        assert best <= set(right.tolist())
        assert (shared[wrong].max(1).values < 0.3).all()
        aims = drawn.truths[row][drawn.right[row]]
        assert (aims < counts[row]).all()
        assert len(set(drawn.places[row][drawn.right[row] | drawn.wrong[row]].tolist())) == len(
            right
        ) + len(wrong)


def test_words_taught_at_once_are_words_said_step_by_step():
    network = small_network()
    codes, words = torch.randn(3, 16), torch.tensor([[4, 5, 6, 2], [7, 2, 0, 0], [8, 8, 4, 5]])
    taught = network.tell(codes, words).log_softmax(-1)
    state = network.initial_state(codes)
    before = torch.cat([torch.ones(3, 1, dtype=torch.int64), words[:, :-1]], 1)
    for place, tokens in enumerate(before.unbind(1)):
        logs, state = network.step(tokens, state)
        torch.testing.assert_close(logs, taught[:, place])


def test_what_is_found_lies_in_the_picture_surest_first_and_does_not_repeat_itself():
    network = small_network()
    found = network(torch.randint(0, 255, (2, 3, 32, 32), dtype=torch.uint8))
    for boxes, sure, real in zip(found.boxes, found.confidences, found.real, strict=True):
        boxes, sure = boxes[real], sure[real]
        assert len(boxes) and (boxes >= 0).all() and (boxes <= 32).all()
        assert (boxes[:, 2:] > boxes[:, :2]).all()
        assert (sure.diff() <= 0).all() and ((sure >= 0) & (sure <= 1)).all()
        shared = overlaps(boxes, boxes) - torch.eye(len(boxes))
        assert shared.max() <= SMALL.found_overlap + 1e-6


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"drawn": 0}, "drawn=0"),
        ({"found_overlap": 1.0}, "found_overlap=1.0: above 0 and below 1"),
        ({"anchor_shapes": ()}, "anchor_shapes=.*numbers above 0"),
    ],
)
def test_numbers_that_cannot_be_are_refused(change, words):
    with pytest.raises(ValueError, match=words):
        DenseCaptionConfig(**change)
