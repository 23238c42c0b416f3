"""Recipes that describe: the papers' numbers, and what they come to."""

import pytest

from kineograph.errors import InputError
from kineograph.nets.part_table import part_table
from kineograph.recipes import RECIPES, change, change_all
from kineograph.recipes.recipe import Recipe

NAMES = ("neuraltalk", "show-and-tell", "show-attend-tell", "flickr8k-small")


def test_the_papers_numbers_stand_in_their_recipes():
    talk, tell, attend = (RECIPES[name] for name in NAMES[:3])
    assert (talk.model.cell, talk.model.picture, talk.model.units) == ("rnn", "beside", 512)
    assert (tell.model.cell, tell.model.picture) == ("lstm", "before")
    assert (tell.model.units, tell.model.embedding) == (512, 512)  # Vinyals et al., 4.3.1
    assert (tell.training.optimiser, tell.training.momentum) == ("sgd", 0.0)
    assert attend.task.even_attention == 1.0 and attend.model.gate
    figures = {each.figure: each.value for each in attend.published if each.data == "Flickr8k"}
    assert figures == {"bleu_1": 0.67, "bleu_2": 0.448, "bleu_3": 0.299, "bleu_4": 0.195}


@pytest.mark.parametrize("name", [*NAMES, "describe-clips"])
def test_the_layer_table_counts_every_weight(name):
    recipe = RECIPES[name].small()
    network = recipe.model.build(50, recipe.data.size_pixels, recipe.data.frames)
    rows = part_table(network, recipe.data.size_pixels)
    assert rows[-1].weights == sum(p.numel() for p in network.parameters())
    assert rows[1].shape == (*network.sight.grid, network.sight.features)
    assert rows[0].name == ("clip" if name == "describe-clips" else "picture")
    assert all(min(row.shape) > 0 for row in rows[:-1])


def test_one_field_makes_it_learn_from_cider_d():
    assert change(RECIPES["flickr8k-small"], "task.self_critical", "true").task.self_critical


def test_an_encoder_of_ones_own_size_is_set_by_name():
    changed = change_all(RECIPES["flickr8k-small"], ["model.grid.filters=8,16", "model.grid.blocks"
                         "=1,1", "model.grid.strides=2,2"])  # fmt: skip
    assert changed.model.build(9, 32).sight.features == 16


def test_captions_are_not_mixed_with_lines():
    small, line = RECIPES["flickr8k-small"], RECIPES["ocr-line"]
    with pytest.raises(InputError) as error:
        Recipe("mine", "", "", small.data, line.model, small.task, small.training)
    assert "its data are captions, and its model is not for them; these are" in str(error.value)
