"""One step of a writing network as ONNX, beside torch."""

import json

import pytest
import torch

from kineograph.data.ink.known import KnownInk
from kineograph.errors import InputError
from kineograph.export.ink import export_hand
from kineograph.export.run import OnnxFile
from kineograph.export.small import write_small
from kineograph.recipes import change_all, find_recipe
from kineograph.recipes.hand import TrainedHand, build_hand, load_hand
from tests.tiny_hand import write_tiny_hand

KNOWN = KnownInk(tuple(" abё"), (0.5, 0.3), 4.0, 6.0, 7)


def test_a_step_by_onnx_is_torch_s(tmp_path):
    torch.manual_seed(0)
    recipe = change_all(
        find_recipe("handwriting-demo"), ["model.units=6", "model.mixtures=2", "model.windows=2"]
    )
    trained = TrainedHand(tmp_path, recipe, KNOWN, build_hand(recipe, KNOWN))
    found = export_hand(trained)["pen"]
    assert found["largest_difference"] < 1e-4
    file = OnnxFile(tmp_path / "pen.onnx")
    notes = file.session.get_modelmeta().custom_metadata_map
    assert json.loads(notes["kineograph.alphabet"]) == [" ", "a", "b", "ё"]
    assert json.loads(notes["kineograph.deviation"]) == [0.5, 0.3]


def test_a_network_without_a_text_is_not_exported(tmp_path):
    recipe = change_all(find_recipe("handwriting-predict"), ["model.units=6"])
    trained = TrainedHand(tmp_path, recipe, KNOWN, build_hand(recipe, KNOWN))
    with pytest.raises(InputError, match="only networks that are told what to write are exported"):
        export_hand(trained)


def test_a_hand_of_another_cell_is_not_exported(tmp_path):
    recipe = change_all(find_recipe("handwriting-demo"), ["model.units=6", "model.cell=mingru"])
    trained = TrainedHand(tmp_path, recipe, KNOWN, build_hand(recipe, KNOWN))
    with pytest.raises(InputError, match="its cell is mingru, and only a hand of LSTM is exported"):
        export_hand(trained)


def test_a_hand_in_eight_bits_has_nearly_its_weights(tmp_path):
    run = write_tiny_hand(tmp_path / "run", " abё")
    found = write_small(run, tmp_path / "small")
    assert set(found["bytes"]) == {"recipe.json", "model.safetensors"}
    whole, small = (load_hand(folder).network.state_dict() for folder in (run, tmp_path / "small"))
    for name, value in whole.items():
        allowed = value.flatten(1).abs().amax(1).max() / 127 if value.dim() > 1 else 0.0
        assert (value - small[name]).abs().max() <= allowed, name
