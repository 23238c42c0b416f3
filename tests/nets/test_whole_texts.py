"""Networks that read a whole text: padding changes nothing, order counts, attention is a share."""

import pytest
import torch

from kineograph.nets.models.text_labeller import TextLabellerConfig
from kineograph.nets.models.transliterator import TransliteratorConfig
from kineograph.nets.whole_text_table import whole_text_table

TEXTS = torch.tensor([[4, 5, 6, 7, 8], [9, 4, 5, 0, 0]])
LENGTHS = torch.tensor([5, 3])


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("pool", ["last", "mean"])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "mingru"])
def test_a_text_beside_a_longer_one_gives_what_it_gives_alone(cell, pool, both):
    torch.manual_seed(0)
    config = TextLabellerConfig(cell=cell, units=6, embedding=5, pool=pool, both_directions=both)
    network = config.build(10, 3).eval()
    together = network(TEXTS, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        alone = network(TEXTS[row : row + 1, :length], LENGTHS[row : row + 1])
        torch.testing.assert_close(together[row : row + 1], alone)
    turned = network(TEXTS.flip(1)[:1], LENGTHS[:1])
    assert (turned - together[:1]).abs().max() > 1e-4  # the order of words counts


def test_last_state_of_both_directions_has_read_to_both_ends():
    """The label hears of the first and of the last word, whichever direction is asked."""
    network = TextLabellerConfig(cell="gru", units=6, both_directions=True).build(10, 2).eval()
    usual = network._pooled(network.recurrent(network.words(TEXTS), lengths=LENGTHS)[0], LENGTHS)
    for place, half in ((0, slice(0, 6)), (-1, slice(6, 12))):
        other = TEXTS[:1].clone()
        other[0, place] = 3
        outputs, _ = network.recurrent(network.words(other), lengths=LENGTHS[:1])
        found = network._pooled(outputs, LENGTHS[:1])
        assert (found[0, half] - usual[0, half]).abs().max() > 1e-6


def test_words_are_read_as_unknown_while_training_alone():
    network = TextLabellerConfig(unknown_dropout=0.5).build(10, 2)
    many = torch.full((50, 40), 7)
    many[:, 30:] = 0
    share = (network._some_unknown(many)[:, :30] == 3).float().mean()
    assert 0.4 < share < 0.6 and (network._some_unknown(many)[:, 30:] == 0).all()
    assert torch.equal(network.eval()._some_unknown(many), many)


def test_a_transliterator_looks_only_at_what_is_there():
    torch.manual_seed(0)
    network = TransliteratorConfig(units=6, embedding=5, attention=4).build(10, 12).eval()
    said = torch.tensor([[1, 4, 5], [1, 6, 7]])
    together = network(TEXTS, LENGTHS, said)
    _, attention = network.walk(network.read(TEXTS, LENGTHS), said)
    torch.testing.assert_close(attention.sum(-1), torch.ones(2, 3))
    assert (attention[1, :, 3:] == 0).all()
    alone = network(TEXTS[1:, :3], LENGTHS[1:], said[1:])
    torch.testing.assert_close(together[1:], alone)


@pytest.mark.parametrize(
    ("config", "told"),
    [
        (lambda: TextLabellerConfig(cell="gruu"), "Did you mean 'gru'"),
        (lambda: TextLabellerConfig(pool="max"), "pool='max': must be one of last, mean"),
        (lambda: TransliteratorConfig(units=0), "units=0: must be a whole number"),
    ],
)
def test_what_cannot_be_built_is_refused(config, told):
    with pytest.raises(ValueError, match=told):
        config()


def test_the_table_counts_every_weight_once():
    for network in (
        TextLabellerConfig().build(50, 3),
        TransliteratorConfig().build(30, 40),
    ):
        total = sum(p.numel() for p in network.parameters())
        assert whole_text_table(network)[-1].weights == total
