"""A trained network as ONNX: the whole clip, and one step with its state in and out.

Each file is run with ONNX Runtime and compared with torch before it is kept, and both are timed on
the spot, so that `predict` can take the faster.
"""

import json
import logging
import time
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_flatten, tree_unflatten

from kineograph.errors import InputError
from kineograph.export.run import OnnxFile
from kineograph.nets.encoders.pixels import CHANNELS
from kineograph.recipes import Trained
from kineograph.whole_file import write_bytes_whole, write_text_whole

BYTES = {  # what the three channels of an input are, for whoever holds the file alone
    "rgb": "red, green, blue",
    "flow": "128 + 64 x (velocity to the right in widths, down in heights, its length, a second; "
    "from about 1/15 s, less the median)",
    "difference": "128 + 1/12 x (change of red, green, blue in grey levels a second)",
    "depth": "millimetres / 32; 128 + millimetres behind the nearest quarter / 2; 255 x measured",
}
TOLERANCE = 1e-4  # largest difference of a logit that is still float rounding
BATCH = 3  # of the example that is traced; 0 and 1 would be taken for constants


class _Clip(nn.Module):
    """frames (B, T, C, H, W) uint8 -> logits (B, T, V)."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def forward(self, frames: Tensor) -> Tensor:
        return self.network(frames)


class _Step(nn.Module):
    """frame (B, C, H, W) uint8 and the state's tensors -> logits (B, V) and the new state's."""

    def __init__(self, network: Any, spec: Any):
        super().__init__()
        self.network = network
        self.spec = spec

    def forward(self, frame: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        logits, new = self.network.step(frame, tree_unflatten(list(state), self.spec))
        return logits, *tree_flatten(new)[0]


def export(trained: Trained, folder: Path | None = None) -> dict[str, Any]:
    """Write clip.onnx, and step.onnx if the network can step; returns what was checked.

    Inputs are uint8, sizes fixed, the batch free. Metadata hold classes, recipe and sampling.
    """
    folder = folder or trained.folder
    network = trained.network.to("cpu").eval()
    data = trained.recipe.data
    shape = (BATCH, data.frames_per_clip, CHANNELS * len(data.inputs), *data.size_pixels)
    clip = torch.randint(0, 256, shape, dtype=torch.uint8)
    report = {"clip": _export_clip(trained, network, clip, folder / "clip.onnx")}
    if network.can_step:
        report["step"] = _export_step(trained, network, clip, folder / "step.onnx")
    else:
        report["step"] = {"skipped": "this network looks ahead and cannot step"}
    write_text_whole(folder / "export.json", json.dumps(report, indent=2) + "\n")
    return report


def _export_clip(trained: Trained, network: Any, clip: Tensor, path: Path) -> dict[str, Any]:
    _write(_Clip(network), (clip,), ["frames"], ["logits"], path, trained)
    file = OnnxFile(path)
    other = clip[:1].flip(1)  # another batch size and other pictures than were traced
    with torch.inference_mode():
        worst = check_difference(network(other), file(frames=other.numpy())["logits"], path)
        torch_ms = milliseconds(lambda: network(other))
    return {
        "file": path.name,
        "largest_difference": worst,
        "torch_milliseconds": torch_ms,
        "onnx_milliseconds": milliseconds(lambda: file(frames=other.numpy())),
    }


def _export_step(trained: Trained, network: Any, clip: Tensor, path: Path) -> dict[str, Any]:
    """The step must give, frame after frame, what torch gives for the whole clip."""
    leaves, spec = tree_flatten(network.initial_state(BATCH))
    leaves = [leaf.clone() for leaf in leaves]  # one tensor given twice is one input
    names = [f"state_{i}" for i in range(len(leaves))]
    outs = ["logits", *(f"new_{name}" for name in names)]
    _write(_Step(network, spec), (clip[:, 0], *leaves), ["frame", *names], outs, path, trained)
    file = OnnxFile(path)
    with torch.inference_mode():
        whole = network(clip[:1])
        state, steps = file.initial_state(), []
        for picture in clip[:1].unbind(1):
            logits, state = file.step(picture.numpy(), state)
            steps.append(logits)
        worst = check_difference(whole, np.stack(steps, 1), path)
        start = network.initial_state(1)
        torch_ms = milliseconds(lambda: network.step(clip[:1, 0], start))
    frame = clip[:1, 0].numpy()
    return {
        "file": path.name,
        "largest_difference": worst,
        "torch_milliseconds": torch_ms,
        "onnx_milliseconds": milliseconds(lambda: file.step(frame, state)),
    }


def _write(
    module: nn.Module,
    inputs: tuple[Tensor, ...],
    names: list[str],
    outs: list[str],
    path: Path,
    trained: Trained,
) -> None:
    batch = torch.export.Dim("batch", min=1)
    shapes: Any = tuple({0: batch} for _ in inputs)
    if len(inputs) > 1:  # torch.export takes *state as one argument
        shapes = (shapes[0], shapes[1:])
    write_onnx(module, inputs, names, outs, path, shapes, describe(trained))


def write_onnx(
    module: nn.Module,
    inputs: tuple[Tensor, ...],
    names: list[str],
    outs: list[str],
    path: Path,
    shapes: Any,
    notes: dict[str, str],
) -> None:
    """Trace a module and write it whole; shapes: torch.export's word on which sizes are free."""
    with warnings.catch_warnings(), redirect_stdout(StringIO()):  # the exporter talks to itself
        warnings.simplefilter("ignore")
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        program = torch.onnx.export(
            module, inputs, input_names=names, output_names=outs, dynamic_shapes=shapes,
            dynamo=True, verbose=False,
        )  # fmt: skip
    assert program is not None
    model = program.model_proto
    # The exporter notes the example's sizes of some inner tensors, also of free ones; ONNX Runtime
    # would believe them when it shares memory. It finds the sizes by itself.
    del model.graph.value_info[:]
    for key, value in notes.items():
        model.metadata_props.add(key=key, value=value)
    write_bytes_whole(path, model.SerializeToString())


def describe(trained: Trained) -> dict[str, str]:
    """What whoever holds the file alone must know: classes in order, how frames are chosen."""
    data = trained.recipe.data
    return {
        "kineograph.recipe": trained.recipe.name,
        "kineograph.classes": json.dumps(trained.classes, ensure_ascii=False),
        "kineograph.frames": f"{' + '.join(data.inputs)} uint8, three channels each, "
        f"{data.size_pixels[0]} high, {data.size_pixels[1]} wide",
        "kineograph.inputs": json.dumps({name: BYTES[name] for name in data.inputs}),
        "kineograph.sampling": f"{data.sampling}, {data.frames_per_clip} frames",
    }


def check_difference(ours: Tensor, theirs: np.ndarray, path: Path) -> float:
    """The largest difference of a logit; a file that differs by more is removed: InputError."""
    worst = float(np.abs(ours.numpy() - theirs).max())
    if not worst <= TOLERANCE:
        path.unlink(missing_ok=True)
        raise InputError(
            f"{path}: its answers differ from torch's by {worst:.2g}, more than {TOLERANCE:.0e}. "
            "It was not kept; please report the recipe."
        )
    return worst


def milliseconds(call: Callable[[], Any], rounds: int = 20) -> float:
    """The median of some calls, on one thread: that is what ONNX Runtime gets here, too."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        call()
        times = []
        for _ in range(rounds):
            began = time.perf_counter()
            call()
            times.append(time.perf_counter() - began)
    finally:
        torch.set_num_threads(threads)
    return round(float(np.median(times)) * 1e3, 4)
