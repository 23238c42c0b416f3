"""Gradients through time: against a loop of one step after another, and how they vanish."""

import numpy as np
import pytest
import torch

from kineograph.data.text import Alphabet
from kineograph.inspect.characters.gradient import before_training, gradient_through_time
from kineograph.nets.models.character_model import CharacterModelConfig

TEXT = "the cat sat on the mat and the rat sat on the cat. "
ALPHABET = Alphabet.of(TEXT)
MODEL = CharacterModelConfig(units=6, layers=2, layers_dropout=0.5, recurrent_dropout=0.2)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "mingru"])
def test_the_norms_are_those_of_a_loop_over_single_steps(cell):
    network = before_training(MODEL, len(ALPHABET))[cell]
    norms = gradient_through_time(network, TEXT, ALPHABET, back=7, places=1)
    by_hand = network.double()
    told = torch.tensor(ALPHABET.encode(TEXT))
    state = by_hand.initial_state(1)
    features = [by_hand.embed(told[place : place + 1]).requires_grad_() for place in range(8)]
    for each in features:
        output, state = by_hand.recurrent.step(each, state)
    nats = -by_hand.head(output).log_softmax(-1)[0, told[8]]
    wanted = [float(slope.norm()) for slope in torch.autograd.grad(nats, features)]
    assert norms == pytest.approx(np.array(wanted[::-1]), rel=1e-6)
    assert next(network.parameters()).grad is None


def test_several_places_are_the_mean_of_each():
    network = before_training(MODEL, len(ALPHABET))["gru"]
    several = gradient_through_time(network, TEXT, ALPHABET, back=10, places=2)
    first = gradient_through_time(network, TEXT[:12], ALPHABET, back=10, places=1)
    last = gradient_through_time(network, TEXT[-12:], ALPHABET, back=10, places=1)
    assert several == pytest.approx((first + last) / 2, rel=1e-9)


def test_a_weak_plain_network_forgets_exponentially():
    network = before_training(CharacterModelConfig(units=8, layers=1), len(ALPHABET))["rnn"]
    cell = network.recurrent.layers[0][0]
    with torch.no_grad():
        cell.from_state.weight.mul_(
            0.2
        )  # orthogonal: what goes back shrinks by 0.2 a step at least
        widest, *_, narrowest = torch.linalg.svdvals(cell.from_input.weight).tolist()
    norms = gradient_through_time(network, TEXT, ALPHABET, back=20)
    bound = widest / narrowest * norms[0] * 0.2 ** np.arange(21)
    assert (norms <= bound * (1 + 1e-6)).all() and norms[20] > 0


def test_weights_before_training_are_the_same_each_time_and_disturb_no_chance():
    torch.manual_seed(3)
    wanted = torch.rand(1)
    torch.manual_seed(3)
    one, two = (before_training(MODEL, 9)["lstm"] for _ in range(2))
    assert torch.equal(torch.rand(1), wanted)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))


def test_a_text_too_short_is_refused():
    network = before_training(MODEL, len(ALPHABET))["rnn"]
    with pytest.raises(ValueError, match="9 characters: 8 back need 10"):
        gradient_through_time(network, TEXT[:9], ALPHABET, back=8)
