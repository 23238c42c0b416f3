"""How likely ink is, and ink drawn from a network."""

import math

import numpy as np
import pytest
import torch

from kineograph.data.ink.batch import InkExample, collate_ink
from kineograph.data.ink.known import KnownInk
from kineograph.nets.models.handwriting import Handwriting
from kineograph.tasks.draw_ink import LIMIT, SPARE, Row, draw_rows
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
    assert float(loss.detach()) == pytest.approx(-scores["log_likelihood_per_point"], rel=1e-5)
    assert scores["log_likelihood_per_line"] == pytest.approx(sum(a.nats for a in answers) / 2)


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


def test_rows_end_where_the_window_leaves_their_text_and_never_later_than_the_limit():
    net = network()
    rows = [Row("ab"), Row("ab ab ab ab"), Row("b")]
    drawn = draw_rows(net, KNOWN, rows, bias=0.0, chance=torch.Generator().manual_seed(1))
    for row, each in zip(rows, drawn, strict=True):
        assert 0 < len(each.offsets) <= SPARE + LIMIT * 5 * len(row.text)
        assert each.offsets[-1, 2] == 1
    assert len(drawn[2].offsets) < len(drawn[0].offsets) < len(drawn[1].offsets)
    pace = len(drawn[1].offsets) / 11
    assert 2.5 < pace < 10  # a fresh window goes at the pace of the ink
    assert all(each.finished for each in drawn)


def test_a_window_that_stands_still_is_stopped_by_the_limit():
    net = network()
    with torch.no_grad():
        net.window.read.bias[-2:] = -math.inf
        net.window.read.weight[-2:] = 0
    (drawn,) = draw_rows(net, KNOWN, [Row("ab")], bias=0.0, chance=torch.Generator())
    assert not drawn.finished
    assert len(drawn.offsets) == SPARE + LIMIT * 5 * 2


def test_ink_that_is_given_is_followed_and_not_given_back():
    net = network(windows=0)
    before = some((7,))[0].points
    plain = Row("", points=4)
    given = Row("", before, points=4)
    chance = torch.Generator().manual_seed(2)
    first, second = draw_rows(net, KNOWN, [plain, given], bias=0.0, chance=chance)
    assert len(first.offsets) == len(second.offsets) == 4
    # by hand: the state after the given points, then draws in the same order of chance
    chance = torch.Generator().manual_seed(2)
    from kineograph.nets.heads.mixture import draw_point, pen_mixture

    with torch.inference_mode():
        point, state, made = torch.zeros(2, 3), net.initial_state(torch.zeros(2, 3)), []
        order = [1, 0]  # the longest row goes first
        for place in range(11):
            outputs, state = net.step(point, state)
            point = draw_point(pen_mixture(outputs), chance)
            if place < 7:
                point[order.index(1)] = torch.from_numpy(before[place])
            made.append(point.clone())
    expected = torch.stack(made, 1)[order.index(1), 7:11].numpy()
    np.testing.assert_allclose(second.offsets[:, :2], expected[:, :2], rtol=1e-5)
