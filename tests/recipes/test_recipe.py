"""Recipes: changed by name, refused with the nearest, kept as JSON; the papers' own counts."""

import json
from dataclasses import replace

import pytest
import torch

from kineograph.data.prepare.ntu_rgbd import LABEL_OF
from kineograph.errors import InputError
from kineograph.nets.pyramid import taps_inside
from kineograph.recipes import (
    RECIPES,
    change,
    change_all,
    find_recipe,
    load,
    recipe_from_json,
    recipe_to_json,
)
from kineograph.recipes.trained import write_recipe_file
from kineograph.training.checkpoint import save_weights

KTH = RECIPES["lrcn-kth"]


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_a_recipe_survives_json(recipe):
    found = json.loads(json.dumps(recipe_to_json(recipe)))
    assert recipe_from_json(found, "recipe.json") == recipe


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_a_recipes_laptop_size_is_smaller_and_the_same_code(recipe):
    small = recipe.small()
    assert type(small.model) is type(recipe.model) and small != recipe
    assert small.training.epochs <= recipe.training.epochs


def test_lrcn_kth_has_the_papers_numbers():
    network = KTH.model.build(6, KTH.data.size_pixels)
    assert sum(p.numel() for p in network.parameters()) == 73_126  # Ospan et al., Fig. 3
    assert (KTH.data.frames_per_clip, KTH.data.size_pixels) == (40, (60, 60))
    training = KTH.training
    assert (training.batch, training.epochs, training.patience) == (4, 80, 15)
    assert (training.optimiser, training.learning_rate, training.epsilon) == ("adam", 1e-3, 1e-7)
    figure = KTH.published[0]
    assert figure.value == 0.783 and figure.table[3] == ("3", 0.50, 0.55, 0.52)


def test_the_writing_recipes_have_the_papers_numbers():
    for name in ("writing-gru", "writing-frame", "writing-median"):
        recipe = RECIPES[name]
        training, data = recipe.training, recipe.data
        assert (training.optimiser, training.momentum) == ("sgd", 0.9)
        assert (training.learning_rate, training.batch, training.epochs) == (2.5e-5, 24, 5)
        assert (data.size_pixels, data.frames_per_second) == ((100, 100), 10.0)
    assert RECIPES["writing-gru"].data.frames_per_clip == 10
    assert RECIPES["writing-frame"].data.frames_per_clip == 1
    assert (RECIPES["writing-gru"].model.cell, RECIPES["writing-gru"].model.units) == ("gru", 10)
    assert change(RECIPES["writing-gru"], "model.cell", "lstm").model.cell == "lstm"
    table = (2944 * 0.961 + 1036 * 0.758) / 3980
    assert table > RECIPES["writing-gru"].published[0].value  # a mean, and the best
    frames = (29246 * 0.956 + 10554 * 0.677) / 39800
    assert RECIPES["writing-frame"].published[0].value == pytest.approx(frames, abs=5e-4)


def test_the_published_tables_are_the_papers_and_come_back_from_json():
    rows = {
        "writing-gru": ((96.1, 3.9), (24.2, 75.8)),  # Table 2
        "writing-frame": ((95.6, 4.4), (32.3, 67.7)),  # Table 1
    }
    for name, expected in rows.items():
        recipe = RECIPES[name]
        table = recipe.published[0].confusion
        assert table.rows_percent == expected and table.classes == ("not writing", "writing")
        again = recipe_from_json(json.loads(json.dumps(recipe_to_json(recipe))), "recipe.json")
        assert again.published[0].confusion == table
    assert RECIPES["writing-gru"].published[0].confusion.row_counts == (2944, 1036)
    assert RECIPES["writing-frame"].published[0].confusion.row_counts == (29246, 10554)


@pytest.mark.parametrize(
    ("change_of_table", "words"),
    [
        ({"rows_percent": ((96.1, 3.9), (24.2, 57.8))}, "the row 'writing' sums to 82, and rows"),
        ({"rows_percent": ((96.1, 3.9),)}, "2 classes need 2 rows of 2 percents and a count"),
        ({"rows_percent": ((100.0,), (100.0,))}, "2 classes need 2 rows of 2 percents"),
        ({"row_counts": (2944,)}, "a count for each row. Copy the table again."),
    ],
)
def test_a_table_that_was_copied_wrongly_is_refused(change_of_table, words):
    table = RECIPES["writing-gru"].published[0].confusion
    with pytest.raises(InputError, match="confusion of Table 2") as told:
        replace(table, **change_of_table)
    assert words in str(told.value)


def test_pconvlstm_ntu_has_the_papers_numbers():
    recipe = RECIPES["pconvlstm-ntu"]
    training, data, stream = recipe.training, recipe.data, recipe.model.rgb
    assert (training.batch, training.learning_rate, training.schedule) == (2, 1e-3, "step")
    assert (training.step_epochs, training.step_factor) == (50, 0.1)
    assert (data.frames_per_clip, data.sampling) == (10, "consecutive")
    assert (data.size_pixels, data.inputs) == ((112, 112), ("rgb", "flow"))
    assert (stream.blocks, stream.dilations) == ((3, 4, 6, 3), (2, 4, 8, 16))
    assert (stream.layers, stream.memory_dilations) == (2, (1, 2))
    assert recipe.model.motion == stream and not stream.causal
    fused, spatial, temporal = recipe.published
    assert [figure.value for figure in recipe.published] == [0.7610, 0.6148, 0.7146]
    assert [figure.stream for figure in recipe.published] == ["", "rgb", "flow"]
    assert dict(fused.recalls)["standing up"] == 0.7717
    assert dict(spatial.recalls)["sitting down"] == 0.4222
    assert dict(temporal.recalls)["falling"] == 0.7674
    assert {figure.split for figure in recipe.published} == {"pconvlstm-paper-split"}
    wanted = ("A004", "A008", "A009", "A023", "A043")
    assert tuple(LABEL_OF[code] for code in wanted) == tuple(label for label, _ in fused.recalls)


@pytest.mark.parametrize("name", ["pconvlstm-ntu", "pconvlstm-small"])
@pytest.mark.parametrize("small", [False, True])
def test_every_branch_of_the_pyramid_meets_pixels_at_the_recipes_size(name, small):
    recipe = RECIPES[name].small() if small else RECIPES[name]
    for stream in (recipe.model.rgb, recipe.model.motion):
        size = tuple(-(-length // stream.output_stride) for length in recipe.data.size_pixels)
        taps = [taps_inside(size, 3, dilation) for dilation in stream.dilations]
        assert all(each.outer_rows_inside > 0.1 for each in taps)
        assert all(each.outer_columns_inside > 0.1 for each in taps)
        with torch.device("meta"):
            assert stream.build(5, recipe.data.size_pixels).encoder.map_size == size


def test_each_stream_of_pconvlstm_is_trained_alone_by_its_input():
    for inputs in ("rgb", "flow"):
        recipe = change(RECIPES["pconvlstm-small"], "data.inputs", inputs)
        network = recipe.model.build(5, recipe.data.size_pixels, recipe.data.inputs)
        assert network.encoder.pixels.inputs == (inputs,)
    both = RECIPES["pconvlstm-small"].model.build(5, (64, 64), ("rgb", "flow"))
    counts = [sum(p.numel() for p in part.parameters()) for part in (both.rgb, both.motion)]
    assert counts[0] == counts[1] < 1_000_000


def test_one_block_is_one_convolution_and_an_lstm_of_32():
    recipe = RECIPES["lrcn-one-block"]
    network = recipe.model.build(6, (60, 60))
    convolution = 3 * 16 * 9 + 16
    lstm = 4 * (15 * 15 * 16 * 32 + 32 * 32 + 32)
    dense = 32 * 6 + 6
    assert sum(p.numel() for p in network.parameters()) == convolution + lstm + dense


@pytest.mark.parametrize(
    ("setting", "part", "field", "value"),
    [
        ("model.units=64", "model", "units", 64),
        ("model.filters=8,16,32,32", "model", "filters", (8, 16, 32, 32)),
        ("training.patience=none", "training", "patience", None),
        ("training.learning_rate=3e-4", "training", "learning_rate", 3e-4),
        ("data.size_pixels=48,64", "data", "size_pixels", (48, 64)),
        ("data.sampling=consecutive", "data", "sampling", "consecutive"),
        ("model.both_directions=true", "model", "both_directions", True),
        ("training.freeze=encoder", "training", "freeze", ("encoder",)),
        ("task.steps=ramp", "task", "steps", "ramp"),
    ],
)
def test_a_number_is_changed_by_its_name(setting, part, field, value):
    changed = change_all(KTH, [setting])
    assert getattr(getattr(changed, part), field) == value
    assert RECIPES["lrcn-kth"] == KTH


def test_a_field_inside_a_field_is_changed_by_its_path():
    assert change(KTH, "data.augmentation.mirror", "true").data.augmentation.mirror is True


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("model.unit=64", r"LRCNConfig has no field 'unit'; it has .*Did you mean 'units'\?"),
        (
            "modle.units=64",
            r"changeable parts are data, model.*Did you mean 'model'",
        ),
        ("model=64", r"Write part.field=value"),
        ("model.units", r"has no value. Write model.units=VALUE"),
        ("model.units=many", r"model.units=many: should be a valid integer"),
        ("training.batch=0", r"training.batch=0: batch=0: at least 1"),
        ("data.sampling=evn", r"data.sampling=evn"),
        ("model.units.more=1", r"'units' has no fields of its own"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_one_line(setting, words):
    with pytest.raises(InputError, match=words) as caught:
        change_all(KTH, [setting])
    assert "\n" not in str(caught.value)


def test_an_unknown_recipe_names_the_nearest():
    with pytest.raises(InputError, match=r"lrcn-kht: no such recipe.*Did you mean 'lrcn-kth'\?"):
        find_recipe("lrcn-kht")


def test_a_run_comes_back_as_it_was(tmp_path):
    network = KTH.model.build(3, KTH.data.size_pixels).eval()
    save_weights(tmp_path / "model.safetensors", network)
    write_recipe_file(tmp_path, KTH, ("a", "b", "ходьба"), 2.5, "0.1.0")
    trained = load(tmp_path)
    clip = torch.randint(0, 256, (1, 5, 3, 60, 60), dtype=torch.uint8)
    assert trained.classes == ("a", "b", "ходьба") and trained.clip_seconds == 2.5
    torch.testing.assert_close(trained.network(clip), network(clip))


def test_what_is_not_a_run_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs" / "walkers").mkdir(parents=True)
    with pytest.raises(InputError, match=r"walker: no run folder.*Did you mean 'walkers'\?"):
        load("walker")
    with pytest.raises(InputError, match="no recipe.json in it"):
        load(tmp_path)
    (tmp_path / "recipe.json").write_text("{")
    with pytest.raises(InputError, match="cannot be read.*Copy the run again"):
        load(tmp_path)
    (tmp_path / "recipe.json").write_text("{}")
    with pytest.raises(InputError, match="has no 'recipe'"):
        load(tmp_path)


def test_a_field_from_another_version_is_named():
    found = recipe_to_json(KTH)
    found["model"]["unit"] = 3
    with pytest.raises(InputError, match="recipe.json: model: has no field 'unit'"):
        recipe_from_json(found, "recipe.json")
    found = recipe_to_json(KTH)
    found["task"]["kind"] = "guess"
    with pytest.raises(InputError, match="task 'guess' is not known here"):
        recipe_from_json(found, "recipe.json")


def test_numbers_that_depend_on_each_other_are_changed_together():
    changed = change_all(KTH, ["model.filters=8,8", "model.pools=4,3", "data.size_pixels=24,24"])
    assert (changed.model.filters, changed.model.pools) == ((8, 8), (4, 3))
    with pytest.raises(InputError, match=r"--set model.filters=8,8: .*one number of both"):
        change_all(KTH, ["model.filters=8,8"])
