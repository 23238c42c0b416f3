"""How likely ink is, and ink drawn from a network."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from kineograph.data.ink.batch import REST, InkExample, collate_ink
from kineograph.data.ink.known import KnownInk
from kineograph.nets.heads.mixture import draw_point, pen_log_likelihood, pen_mixture
from kineograph.nets.models.handwriting import Handwriting
from kineograph.tasks.draw_ink import LAST, LIMIT, SPARE, Row, draw_rows
from kineograph.tasks.write_ink import InkAnswer, WriteInk

KNOWN = KnownInk(("a", "b", " "), (1.0, 1.0), 4.0, 5.0, 8)


def network(windows: int = 2) -> Handwriting:
    torch.manual_seed(0)
    return Handwriting(
        6, 2, 2, characters=3 * bool(windows), windows=windows, points_per_character=5.0
    )


def some(lengths=(5, 20)):
    rng = np.random.default_rng(1)
    made = []
    for number, length in enumerate(lengths):
        points = rng.normal(size=(length, 3)).astype(np.float32)
        points[:, 2] = points[:, 2] > 1
        made.append(InkExample(str(number), points, [1, 2, 1]))
    return made


def test_a_line_is_as_likely_alone_as_beside_a_longer_one():
    task, net = WriteInk(), network()
    both = task.answer(net, collate_ink(some()))
    alone = [task.answer(net, collate_ink([each]))[0] for each in some()]
    for one, other in zip(both, alone, strict=True):
        assert one.nats == pytest.approx(other.nats, rel=1e-5)
        assert one.points == other.points


def test_the_loss_is_nats_a_point_and_scores_are_its_other_side():
    task, net, batch = WriteInk(), network(), collate_ink(some())
    loss, answers = task.loss(net, batch)
    scores = task.score(answers, task.truth(batch))
    with torch.no_grad():
        pen = pen_mixture(net(batch.points, batch.texts)).pen
    ends = sum(
        float(F.logsigmoid(pen[row, length : length + REST]).sum())
        for row, length in enumerate(batch.lengths.tolist())
    )
    said = scores["log_likelihood_per_point"] + ends / (4 + 19)
    assert float(loss.detach()) == pytest.approx(-said, rel=1e-5)
    assert scores["log_likelihood_per_line"] == pytest.approx(sum(a.nats for a in answers) / 2)


def test_where_a_line_begins_is_given_and_not_scored():
    task, net, batch = WriteInk(), network(), collate_ink(some())
    with torch.no_grad():
        each = pen_log_likelihood(pen_mixture(net(batch.points, batch.texts)), batch.points)
    (first, second) = task.answer(net, batch)
    assert first.nats == pytest.approx(float(each[0, 1:5].sum()), rel=1e-5)
    assert (first.points, second.points) == (4, 19)


def test_scores_by_hand():
    found = WriteInk().score([InkAnswer(10.0, 4), InkAnswer(-4.0, 2)], [4, 2])
    assert found == {"log_likelihood_per_point": 1.0, "log_likelihood_per_line": 3.0}


def test_learning_makes_ink_likelier():
    task, net, batch = WriteInk(), network(), collate_ink(some())
    optimiser = torch.optim.Adam(net.parameters(), 0.02)
    losses = []
    for _ in range(15):
        loss, _ = task.loss(net, batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0] - 0.2


def still(net: Handwriting, pen: float) -> Handwriting:
    """The same network with a pen of the same chance everywhere."""
    with torch.no_grad():
        net.output.weight[0] = 0
        net.output.bias[0] = pen
    return net


def test_rows_end_where_the_pen_rests():
    net = still(network(), 50.0)  # lifted at every point
    (drawn,) = draw_rows(net, KNOWN, [Row("ab")], bias=0.0, chance=torch.Generator())
    assert drawn.finished
    assert len(drawn.offsets) == 1 + 1  # where the paper begins, a dot; then it rests


def test_a_pen_that_rests_in_the_middle_of_the_text_goes_on():
    net = still(network(), 50.0)
    (drawn,) = draw_rows(net, KNOWN, [Row("ab ab ab")], bias=0.0, chance=torch.Generator())
    assert drawn.finished
    assert len(drawn.offsets) > 5 * 4  # five points a character, to the last two


def test_rows_end_soon_after_the_window_left_their_text():
    net = still(network(), -50.0)  # never lifted
    rows = [Row("ab"), Row("ab ab ab ab"), Row("b")]
    drawn = draw_rows(net, KNOWN, rows, bias=0.0, chance=torch.Generator().manual_seed(1))
    for row, each in zip(rows, drawn, strict=True):
        assert each.finished
        assert 5 * len(row.text) * 0.6 < len(each.offsets) < 5 * (len(row.text) * 1.4 + LAST + 2)
        assert each.offsets[-1, 2] == 1


def test_what_comes_after_the_text_is_cut_off_at_the_first_lift():
    net = still(network(), 0.0)
    rows = [Row("ab")] * 8
    for each in draw_rows(net, KNOWN, rows, bias=0.0, chance=torch.Generator().manual_seed(3)):
        assert each.finished
        assert each.offsets[-1, 2] == 1
        assert len(each.offsets) < 5 * (2 * 1.4 + LAST + 2)


def test_a_window_that_stands_still_is_stopped_by_the_limit():
    net = still(network(), -50.0)
    with torch.no_grad():
        net.window.read.bias[-2:] = -math.inf
        net.window.read.weight[-2:] = 0
    (drawn,) = draw_rows(net, KNOWN, [Row("ab")], bias=0.0, chance=torch.Generator())
    assert not drawn.finished
    assert len(drawn.offsets) == SPARE + LIMIT * 5 * 2


def test_ink_that_is_given_is_followed_and_not_given_back():
    net = still(network(windows=0), -50.0)
    before = some((7,))[0].points
    rows = [Row("", points=5), Row("", before, points=4)]
    chance = torch.Generator().manual_seed(2)
    first, second = draw_rows(net, KNOWN, rows, bias=0.0, chance=chance)
    assert (len(first.offsets), len(second.offsets)) == (5, 4)
    assert first.offsets[0].tolist() == [0, 0, 0]
    # by hand: the longest row goes first, and chance is drawn for both at every point
    chance = torch.Generator().manual_seed(2)
    with torch.inference_mode():
        point, state, made = torch.zeros(2, 3), net.initial_state(torch.zeros(2, 3)), []
        for place in range(11):
            outputs, state = net.step(point, state)
            point = draw_point(pen_mixture(outputs), chance)
            if place < 7:
                point[0] = torch.from_numpy(before[place])
            if place < 1:
                point[1] = 0
            made.append(point.clone())
    expected = torch.stack(made, 1).numpy()
    np.testing.assert_allclose(second.offsets[:, :2], expected[0, 7:11, :2], rtol=1e-5)
    np.testing.assert_allclose(first.offsets[:4, :2], expected[1, :4, :2], rtol=1e-5)
