"""A trained hand as ONNX: one step of the pen with its state, checked against torch."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from kineograph.errors import InputError
from kineograph.export.onnx import check_difference, milliseconds, write_onnx
from kineograph.export.run import OnnxFile
from kineograph.nets.models.handwriting import HandState
from kineograph.recipes.hand import TrainedHand
from kineograph.whole_file import write_text_whole

FILE = "pen.onnx"
ROWS, LETTERS = 3, 7  # of the traced example; neither is taken for a constant
STEPS = 12  # that are compared


class _Step(nn.Module):
    """point (B, 3), text (B, L, V) as one_hot, states -> outputs, φ (B, L), new states."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, point: Tensor, text: Tensor, state: list[Tensor]) -> tuple[Tensor, ...]:
        outputs, after = self.network.step(point, _state_of(self.network, state), text)
        return (outputs, after.phi, *_flat(after))


def export_hand(trained: TrainedHand, folder: Path | None = None) -> dict[str, Any]:
    """Write pen.onnx; returns what was checked. Raises InputError for a network without a text."""
    folder = folder or trained.folder
    network = trained.network.to("cpu").eval()
    if not network.reads_text:
        raise InputError(
            f"{trained.name}: only networks that are told what to write are exported. Take a run "
            "of handwriting-synthesis."
        )
    if network.cell != "lstm":
        raise InputError(
            f"{trained.name}: its cell is {network.cell}, and only a hand of LSTM is exported. "
            "Train one with model.cell=lstm."
        )
    names = _names(network)
    batch, letters = torch.export.Dim("batch", min=1), torch.export.Dim("letters", min=1)
    point, text = _example(network, ROWS, LETTERS)
    # zeros that are one tensor would be traced as one input
    state = [part.clone() for part in _flat(network.initial_state(point))]
    shapes = ({0: batch}, {0: batch, 1: letters}, [{0: batch} for _ in state])
    path = folder / FILE
    write_onnx(
        _Step(network),
        (point, text, state),  # type: ignore[arg-type]
        ["point", "text", *(f"state_{name}" for name in names)],
        ["outputs", "phi", *(f"new_state_{name}" for name in names)],
        path,
        shapes,
        _describe(trained),
    )
    report = {"pen": _checked(network, path)}
    write_text_whole(folder / "export.json", json.dumps(report, indent=2) + "\n")
    return report


def _checked(network: Any, path: Path) -> dict[str, Any]:
    """Some steps of other sizes by both, and how long one takes."""
    file, worst = OnnxFile(path), 0.0
    with torch.inference_mode():
        for rows, letters in ((1, 3), (5, 20)):
            point, text = _example(network, rows, letters)
            state, known = network.initial_state(point), file.initial_state(rows)
            for _ in range(STEPS):
                outputs, state = network.step(point, state, text)
                found = file(point=point.numpy(), text=text.numpy(), **known)
                known = {name: found[f"new_{name}"] for name in known}
                worst = max(worst, check_difference(outputs, found["outputs"], path))
                point = outputs[:, 1:4].tanh()
        call = {"point": point.numpy(), "text": text.numpy(), **known}
        return {
            "file": path.name,
            "largest_difference": worst,
            "torch_milliseconds": milliseconds(lambda: network.step(point, state, text)),
            "onnx_milliseconds": milliseconds(lambda: file(**call)),
        }


def _describe(trained: TrainedHand) -> dict[str, str]:
    """What whoever holds the file alone must know."""
    known = trained.known
    return {
        "kineograph.recipe": trained.recipe.name,
        "kineograph.alphabet": json.dumps(known.characters, ensure_ascii=False),
        "kineograph.deviation": json.dumps(known.deviation),
        "kineograph.outputs": "pen, then K weights, means right and up, log sigmas right and up, "
        "correlations before tanh (Graves 2013, equations 15-22)",
    }


def _names(network: Any) -> list[str]:
    layers = range(1, len(network.layers) + 1)
    return [*(f"{part}{layer}" for layer in layers for part in "hc"), "window", "places"]


def _flat(state: HandState) -> tuple[Tensor, ...]:
    assert state.window is not None and state.places is not None
    return (*(part for layer in state.layers for part in layer), state.window, state.places)


def _state_of(network: Any, flat: list[Tensor]) -> HandState:
    pairs = tuple((flat[2 * n], flat[2 * n + 1]) for n in range(len(network.layers)))
    return HandState(pairs, flat[-2], flat[-1])


def _example(network: Any, rows: int, letters: int) -> tuple[Tensor, Tensor]:
    chance = torch.Generator().manual_seed(rows)
    texts = torch.randint(1, network.characters + 1, (rows, letters), generator=chance)
    point = torch.from_numpy(np.eye(3, dtype=np.float32)[:1]).repeat(rows, 1)
    return point, network.one_hot(texts)
