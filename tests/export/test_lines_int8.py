"""A reader's file in 8 bits: it reads the same, says what it is, and is refused if it errs."""

import json

import numpy as np
import onnx
import pytest
import torch

from kineograph.data.text import Alphabet
from kineograph.errors import InputError
from kineograph.export import lines_int8
from kineograph.export.lines import export_reader
from kineograph.export.run import OnnxFile
from kineograph.recipes import change_all, find_recipe
from kineograph.recipes.reader import TrainedReader
from tests.data.lines.drawn import line_picture

SMALL = [
    "model.stem_filters=4",
    "model.filters=6,8",
    "model.convolutions=1,1",
    "model.height_pools=2,2",
    "model.width_pools=2,1",
    "model.units=8",
    "data.height_pixels=24",
]


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A folder with lines.onnx, what was kept of it, and lines."""
    folder = tmp_path_factory.mktemp("run")
    recipe = change_all(find_recipe("ocr-line"), SMALL)
    alphabet = Alphabet.of(["Habe nun"])
    torch.manual_seed(0)
    network = recipe.model.build(len(alphabet), recipe.data.height_pixels).eval()
    export_reader(TrainedReader(folder, recipe, alphabet, network))
    lines = [line_picture(text, seed=place) for place, text in enumerate(["Habe nun", "ach", "so"])]
    return folder, (folder / "lines.onnx").read_bytes(), lines


@pytest.fixture
def folder(exported):
    folder, kept, _ = exported
    (folder / "lines.onnx").write_bytes(kept)
    return folder


def convolutions(path):
    return {node.op_type for node in onnx.load(str(path)).graph.node if "Linear" in node.op_type}


def test_its_answers_stay_near_and_it_still_says_what_it_is(exported, folder, monkeypatch):
    monkeypatch.setattr(lines_int8, "MOST_CHANGED", 1.0)  # an untrained network is sure of nothing
    before = OnnxFile(folder / "lines.onnx")
    found = lines_int8.quantise_reader(folder, exported[2], 24)
    assert found["bits"] == 8 and found["learned_from_lines"] == 3
    assert json.loads((folder / "export.json").read_text())["lines"] == found
    assert {"QuantizeLinear", "DequantizeLinear"} <= convolutions(folder / "lines.onnx")
    after = OnnxFile(folder / "lines.onnx")
    known = after.session.get_modelmeta().custom_metadata_map
    assert before.session.get_modelmeta().custom_metadata_map.items() <= known.items()
    lines = np.full((2, 1, 24, 64), 235, np.uint8)
    lines[:, :, 8:16, 5:40] = 40
    given = {"lines": lines, "widths": np.array([64, 50])}
    one, other = before(**given), after(**given)
    np.testing.assert_array_equal(one["lengths"], other["lengths"])
    spread = one["logits"].std()
    assert 0 < np.abs(one["logits"] - other["logits"]).mean() < 0.2 * spread


def test_one_that_reads_otherwise_is_not_kept(exported, folder, monkeypatch):
    monkeypatch.setattr(lines_int8, "_changed", lambda *files: 0.25)
    with pytest.raises(
        InputError, match="in 8 bits 25.0% of the characters .* or leave --int8 out"
    ):
        lines_int8.quantise_reader(folder, exported[2], 24)
    assert (folder / "lines.onnx").read_bytes() == exported[1]


def test_without_lines_there_is_nothing_to_learn_from(folder):
    with pytest.raises(InputError, match="no lines to learn the ranges from"):
        lines_int8.quantise_reader(folder, [], 24)
