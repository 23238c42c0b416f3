"""Answering: what most people said, three losses by hand, answers that are not known."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kineograph.tasks.answer_question import LOSSES, WAYS, AnswerQuestion, most_given

LOGITS = torch.tensor([[2.0, 0.5, -1.0], [0.0, 1.0, 0.0]])


class Fixed(torch.nn.Module):
    """A network that has made up its mind."""

    def forward(self, pictures, rows, words, lengths):
        return type("Answered", (), {"logits": LOGITS})()


class Asked:
    pictures = rows = words = lengths = None

    def __init__(self, people):
        self.people = torch.tensor(people)


def loss(learn, people):
    return float(AnswerQuestion(learn).loss(Fixed(), Asked(people))[0])


def nats(row, answer):
    powers = [math.exp(each) for each in LOGITS[row].tolist()]
    return -math.log(powers[answer] / sum(powers))


def test_one_answer_is_cross_entropy():
    assert loss("one", [[0], [2]]) == pytest.approx((nats(0, 0) + nats(1, 2)) / 2)


def test_one_of_ten_is_what_most_said():
    assert loss("one", [[1, 1, 0], [2, -100, 2]]) == pytest.approx((nats(0, 1) + nats(1, 2)) / 2)


def test_people_are_heard_one_by_one():
    expected = (2 * nats(0, 1) + nats(0, 0)) / 3, nats(1, 2)
    assert loss("people", [[1, 1, 0], [2, -100, -100]]) == pytest.approx(sum(expected) / 2)


def test_shares_are_as_far_right_as_three_people_make_them():
    def off(logit, share):
        sigmoid = 1 / (1 + math.exp(-logit))
        return -(share * math.log(sigmoid) + (1 - share) * math.log(1 - sigmoid))

    first = off(2.0, 1 / 3) + off(0.5, 1) + off(-1.0, 0)
    second = off(0.0, 2 / 3) + off(1.0, 0) + off(0.0, 0)
    people = [[1, 1, 1, 1, 0], [0, 0, -100, -100, -100]]
    assert loss("shares", people) == pytest.approx((first + second) / 2)
    one = off(2.0, 0) + off(0.5, 1) + off(-1.0, 0), off(0.0, 0) + off(1.0, 0) + off(0.0, 1)
    assert loss("shares", [[1], [2]]) == pytest.approx(sum(one) / 2)  # one person is enough


@pytest.mark.parametrize("learn", WAYS)
def test_what_is_not_known_teaches_nothing(learn):
    alone = float(LOSSES[learn](LOGITS[:1], torch.tensor([[1]])))
    assert loss(learn, [[1], [-100]]) == pytest.approx(alone)
    assert loss(learn, [[-100], [-100]]) == 0


def test_answers_and_truth_are_scored():
    task = AnswerQuestion()
    batch = Asked([[0], [-100]])
    assert task.answer(Fixed(), batch) == [0, 1]
    assert task.truth(batch) == [0, -100]
    assert task.score([0, 1], [0, -100]) == {"accuracy": 0.5}


@given(st.lists(st.lists(st.sampled_from([-100, 0, 1, 2]), min_size=4, max_size=4), min_size=1))
def test_most_given_is_a_count(people):
    for row, found in zip(people, most_given(torch.tensor(people)).tolist(), strict=True):
        known = [answer for answer in row if answer != -100]
        best = min(known, key=lambda answer: (-known.count(answer), answer), default=-100)
        assert found == best


def test_a_way_that_is_none_is_told():
    with pytest.raises(ValueError, match=r"learn='ten': must be one of one, people, shares"):
        AnswerQuestion("ten")
