"""Exported = torch: clip and step, other batch sizes than were traced, every cell, two streams."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from kineograph.data.depth import FAR_MILLIMETRES
from kineograph.data.inputs import INPUTS
from kineograph.errors import InputError
from kineograph.export.onnx import BYTES, describe, export
from kineograph.export.run import OnnxFile
from kineograph.media.flow import DIFFERENCE_STEPS, FLOW_STEPS, ZERO
from kineograph.nets.cells import OVER_TIME
from kineograph.nets.models import FrameConfig, LRCNConfig, PConvLSTMConfig, TwoStreamConfig
from kineograph.recipes import RECIPES, Trained, change_all

TINY = {"filters": (4,), "pools": (4,)}
MAPS = PConvLSTMConfig(
    blocks=(1, 1),
    time_kernels=(1, 3),
    width=4,
    expansion=2,
    pyramid=3,
    dilations=(1, 2),
    units=4,
    causal=True,
)
LEAST = replace(
    MAPS, blocks=(1,), time_kernels=(3,), dilations=(1,), memory_dilations=(1,), layers=1
)
MODELS = {cell: LRCNConfig(cell=cell, units=5, **TINY) for cell in OVER_TIME} | {
    "two layers, layer norm": LRCNConfig(units=5, layers=2, features_norm="layer", **TINY),
    "frame": FrameConfig(**TINY),
    "pconvlstm": MAPS,
    "two small pconvlstms": TwoStreamConfig(LEAST, replace(LEAST, units=3, over_time="last")),
    "two pconvlstms": TwoStreamConfig(MAPS, MAPS, fusion="learned"),
}


def trained(model, folder) -> Trained:
    name = "two-stream-lrcn" if isinstance(model, TwoStreamConfig) else "lrcn-kth"
    recipe = change_all(RECIPES[name], ["data.frames_per_clip=5", "data.size_pixels=12,16"])
    torch.manual_seed(0)
    network = model.build(3, (12, 16), recipe.data.inputs).eval()
    return Trained(folder, replace(recipe, model=model), ("a", "b", "в"), network, 1.0)


def channels_of(run: Trained) -> int:
    return 3 * len(run.recipe.data.inputs)


FAST = ("lstm", "two small pconvlstms")  # an export takes seconds; the others wait for `make slow`
EACH = [
    pytest.param(m, id=n, marks=() if n in FAST else pytest.mark.slow) for n, m in MODELS.items()
]


@pytest.mark.parametrize("model", EACH)
def test_clip_and_step_give_torchs_logits_at_any_batch(model, tmp_path):
    run = trained(model, tmp_path)
    report = export(run)
    assert (
        report["clip"]["largest_difference"] < 1e-4 and report["step"]["largest_difference"] < 1e-4
    )
    clip, step = OnnxFile(tmp_path / "clip.onnx"), OnnxFile(tmp_path / "step.onnx")
    frames = torch.randint(0, 256, (7, 5, channels_of(run), 12, 16), dtype=torch.uint8)
    with torch.inference_mode():
        whole = run.network(frames).numpy()
    np.testing.assert_allclose(clip(frames=frames.numpy())["logits"], whole, atol=1e-5)
    state = step.initial_state(7)
    for t in range(5):
        logits, state = step.step(frames[:, t].numpy(), state)
        np.testing.assert_allclose(logits, whole[:, t], atol=1e-5)
    assert clip.classes == ["a", "b", "в"]


def test_a_network_that_looks_ahead_says_it_cannot_step(tmp_path):
    model = LRCNConfig(units=5, both_directions=True, **TINY)
    report = export(trained(model, tmp_path))
    assert "cannot step" in report["step"]["skipped"] and not (tmp_path / "step.onnx").exists()
    assert json.loads((tmp_path / "export.json").read_text()) == report


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(replace(MAPS, causal=False), id="one stream", marks=pytest.mark.slow),
        pytest.param(TwoStreamConfig(replace(LEAST, causal=False), LEAST), id="one of two streams"),
    ],
)
def test_a_centred_network_is_exported_as_a_clip_alone(model, tmp_path):
    run = trained(model, tmp_path)
    report = export(run)
    assert report["step"] == {"skipped": "this network looks ahead and cannot step"}
    assert not (tmp_path / "step.onnx").exists()
    frames = torch.randint(0, 256, (2, 5, channels_of(run), 12, 16), dtype=torch.uint8)
    with torch.inference_mode():
        whole = run.network(frames).numpy()
    found = OnnxFile(tmp_path / "clip.onnx")(frames=frames.numpy())["logits"]
    np.testing.assert_allclose(found, whole, atol=1e-5)


def test_the_file_alone_says_what_the_bytes_of_each_input_mean():
    told = describe(trained(MODELS["two pconvlstms"], Path()))
    assert told["kineograph.frames"].startswith("rgb + flow uint8, three channels each, 12 high")
    inputs = json.loads(told["kineograph.inputs"])
    assert list(inputs) == ["rgb", "flow"] and set(BYTES) == set(INPUTS)
    assert f"{ZERO} + {FLOW_STEPS:g} x" in inputs["flow"]
    assert f"{ZERO} + 1/{1 / DIFFERENCE_STEPS:g} x" in BYTES["difference"]
    assert f"/ {FAR_MILLIMETRES:g};" in BYTES["depth"]


def test_a_file_that_is_no_onnx_is_one_line(tmp_path):
    (tmp_path / "clip.onnx").write_text("hello")
    with pytest.raises(InputError, match="ONNX Runtime cannot open it.*Export again"):
        OnnxFile(tmp_path / "clip.onnx")
