"""A character model as ONNX: one character, the state in and out, checked against torch."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_flatten, tree_unflatten

from kineograph.export.onnx import BATCH, check_difference, milliseconds, write_onnx
from kineograph.export.run import OnnxFile
from kineograph.recipes.writer import TrainedWriter
from kineograph.whole_file import write_text_whole

FILE = "step.onnx"
COMPARED = 64  # characters


class _Step(nn.Module):
    """characters (B,) int64 and the state's tensors -> logits (B, V) and the new state's."""

    def __init__(self, network: Any, spec: Any):
        super().__init__()
        self.network = network
        self.spec = spec

    def forward(self, frame: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        logits, new = self.network.step(frame, tree_unflatten(list(state), self.spec))
        return logits, *tree_flatten(new)[0]


def export_writer(trained: TrainedWriter, folder: Path | None = None) -> dict[str, Any]:
    """Write step.onnx; returns what was checked. Its input `frame` is the character's index."""
    folder = folder or trained.folder
    network, path = trained.network.to("cpu").eval(), folder / FILE
    leaves, spec = tree_flatten(network.initial_state(BATCH))
    leaves = [leaf.clone() for leaf in leaves]  # one tensor given twice is one input
    names = [f"state_{place}" for place in range(len(leaves))]
    batch = torch.export.Dim("batch", min=1)
    write_onnx(
        _Step(network, spec),
        (torch.arange(BATCH) % network.alphabet_size, *leaves),
        ["frame", *names],
        ["logits", *(f"new_{name}" for name in names)],
        path,
        ({0: batch}, tuple({0: batch} for _ in leaves)),  # torch.export takes *state as one
        describe_writer(trained),
    )
    report = {"step": _checked(network, path)}
    write_text_whole(folder / "export.json", json.dumps(report, indent=2) + "\n")
    return report


def describe_writer(trained: TrainedWriter) -> dict[str, str]:
    """What whoever holds the file alone must know: the characters in order."""
    return {
        "kineograph.recipe": trained.recipe.name,
        "kineograph.alphabet": json.dumps(trained.alphabet.characters, ensure_ascii=False),
        "kineograph.characters": "int64; 0 stands before the text's first character and is never "
        "written, i + 1 is the i-th of the alphabet; states begin as zeros",
        "kineograph.policy": str(trained.policy),
    }


def _checked(network: Any, path: Path) -> dict[str, Any]:
    """Character after character it must give what torch gives for the whole text."""
    chance = torch.Generator().manual_seed(0)
    text = torch.randint(0, network.alphabet_size, (1, COMPARED), generator=chance)
    file = OnnxFile(path)
    with torch.inference_mode():
        whole, _ = network(text)
        state, steps = file.initial_state(), []
        for character in text.numpy().T:
            logits, state = file.step(character, state)
            steps.append(logits)
        worst = check_difference(whole, np.stack(steps, 1), path)
        start = network.initial_state(1)
        torch_ms = milliseconds(lambda: network.step(text[:, 0], start))
    first = text[:, 0].numpy()
    return {
        "file": path.name,
        "largest_difference": worst,
        "torch_milliseconds": torch_ms,
        "onnx_milliseconds": milliseconds(lambda: file.step(first, state)),
    }
