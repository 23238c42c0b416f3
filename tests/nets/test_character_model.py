"""A character model: whole, in pieces and step by step the same; options refused in words."""

import pytest
import torch

from kineograph.nets.cells import OVER_TIME
from kineograph.nets.models.character_model import CharacterModelConfig

V = 9


def network(**numbers):
    torch.manual_seed(0)
    return CharacterModelConfig(**{"units": 6, "layers": 2, **numbers}).build(V).eval()


@pytest.mark.parametrize("cell", OVER_TIME)
@pytest.mark.parametrize("extra", [{}, {"embedding": 6, "tied": True}])
def test_whole_in_pieces_and_step_by_step_are_the_same(cell, extra):
    net = network(cell=cell, **extra)
    text = torch.randint(0, V, (3, 17))
    whole, end = net(text)
    state, pieces = None, []
    for piece in text.split([4, 1, 12], 1):
        logits, state = net(piece, state)
        pieces.append(logits)
    assert torch.allclose(torch.cat(pieces, 1), whole, atol=1e-5)
    state, steps = net.initial_state(3), []
    for characters in text.unbind(1):
        logits, state = net.step(characters, state)
        steps.append(logits)
    assert torch.allclose(torch.stack(steps, 1), whole, atol=1e-5)
    assert torch.allclose(torch.cat(_leaves(state), 1), torch.cat(_leaves(end), 1), atol=1e-5)


def _leaves(state):
    return [state] if isinstance(state, torch.Tensor) else [x for s in state for x in _leaves(s)]


def test_what_comes_later_changes_nothing_before():
    net, text = network(), torch.randint(0, V, (1, 10))
    other = text.clone()
    other[0, 6:] = (other[0, 6:] + 1) % V
    assert torch.equal(net(text)[0][:, :6], net(other)[0][:, :6])


def test_a_tied_answer_has_the_embeddings_weights():
    tied = network(embedding=6, tied=True)
    assert tied.head.dense.weight is tied.embedding.weight
    loose = network(embedding=6)
    count = [sum(p.numel() for p in net.parameters()) for net in (tied, loose)]
    assert count[1] - count[0] == V * 6


def test_dropout_is_for_training_alone():
    net = network(inputs_dropout=0.25, layers_dropout=0.25, outputs_dropout=0.25)
    text = torch.randint(0, V, (2, 12))
    assert torch.equal(net(text)[0], net(text)[0])
    net.train()
    assert not torch.equal(net(text)[0], net(text)[0])


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_products_may_be_rounded_and_the_memory_is_not(cell):
    text = torch.randint(0, V, (2, 12))
    exact, rounded = network(cell=cell), network(cell=cell, rounds=True)
    assert torch.equal(rounded(text)[0], exact(text)[0])  # without autocast nothing is
    with torch.autocast("cpu", torch.bfloat16):
        logits, state = rounded(text)
        same, _ = exact(text)
    assert {leaf.dtype for leaf in _leaves(state)} == {torch.float32}
    assert torch.allclose(logits.float(), same.float(), atol=0.05)
    last = _leaves(state)[0]
    assert not torch.equal(last, last.bfloat16().float())


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="tied=True.*equally wide. Write embedding=6"):
        CharacterModelConfig(units=6, tied=True)
    with pytest.raises(ValueError, match="embedding=-1"):
        CharacterModelConfig(embedding=-1)
    with pytest.raises(ValueError, match="rounds=True: rnn would round its memory"):
        CharacterModelConfig(cell="rnn", rounds=True).build(V)
    with pytest.raises(ValueError, match="cell='lstn'.*Did you mean 'lstm'"):
        CharacterModelConfig(cell="lstn")
