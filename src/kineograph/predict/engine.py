"""How a trained network is asked: by torch, or by ONNX Runtime where the run was exported.

whole      all chosen frames of a window at once
encode     each frame alone, once, however many windows it is in; then `read` them in order
steps      a frame and a state in, an answer and the next state out
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.utils._pytree import tree_flatten, tree_unflatten

from kineograph.export.run import OnnxFile, exported
from kineograph.recipes import Trained

State = tuple[Any, ...]  # of one video: flat tensors or arrays (1, ...)


class Steps(Protocol):
    """A network that goes through videos frame by frame, many of them at once."""

    def start(self) -> State:
        """The state before the first frame."""

    def step(
        self, frames: np.ndarray, states: Sequence[State]
    ) -> tuple[np.ndarray, Sequence[State]]:
        """The next frames (B, H, W, C) uint8 of B videos -> logits (B, V), their new states."""


@dataclass(frozen=True)
class Engine:
    """The ways of asking one network; `encode` with `read`, and `steps`, where there are any."""

    name: str  # "torch" or "onnxruntime"
    whole: Callable[..., Tensor]  # frames (B, T, C, H, W), lengths (B,) -> logits (B, T, V)
    device: torch.device
    encode: Callable[[Tensor], Tensor] | None = None  # frames (M, C, H, W) -> features (M, D)
    read: Callable[..., Tensor] | None = None  # features (B, T, D), lengths -> logits (B, T, V)
    steps: Steps | None = None


def torch_engine(network: Any, device: torch.device | None = None) -> Engine:
    """A network of ours, on any device."""
    device = device or torch.device("cpu")
    network = network.to(device).eval()
    steps = TorchSteps(network, device) if network.can_step else None
    return Engine("torch", network, device, network.encode, network.read, steps)


def fastest_engine(trained: Trained, device: torch.device) -> Engine:
    """ONNX Runtime for what was exported and was measured faster on the CPU; else torch."""
    engine = torch_engine(trained.network, device)
    if device.type != "cpu":
        return engine
    if clip := _exported(trained, "clip"):
        engine = Engine(
            "onnxruntime", _onnx_network(clip), device, engine.encode, engine.read, engine.steps
        )
    if step := _exported(trained, "step"):
        steps = OnnxSteps(step)
        return Engine("onnxruntime", engine.whole, device, engine.encode, engine.read, steps)
    return engine


class TorchSteps:
    """Steps of a network of ours."""

    def __init__(self, network: Any, device: torch.device) -> None:
        self._network = network
        self._device = device
        leaves, self._shape = tree_flatten(network.initial_state(1))
        self._start = tuple(leaves)

    def start(self) -> State:
        """Its initial state."""
        return self._start

    @torch.inference_mode()
    def step(
        self, frames: np.ndarray, states: Sequence[State]
    ) -> tuple[np.ndarray, Sequence[State]]:
        """All videos in one call."""
        pixels = torch.from_numpy(frames).permute(0, 3, 1, 2).to(self._device)
        together = [torch.cat(each) for each in zip(*states, strict=True)]
        with _one_thread():
            logits, new = self._network.step(pixels, tree_unflatten(together, self._shape))
        apart = [leaf.split(1) for leaf in tree_flatten(new)[0]]
        rows = list(zip(*apart, strict=True)) if apart else [()] * len(states)
        return logits.float().cpu().numpy(), rows


@contextmanager
def _one_thread() -> Iterator[None]:
    """A step is so small that other threads mostly wait: they cost eight times what they save."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


class OnnxSteps:
    """Steps of an exported network: step.onnx."""

    def __init__(self, file: OnnxFile) -> None:
        self._file = file
        start = file.initial_state(1)
        self._names = list(start)
        self._start = tuple(start.values())

    def start(self) -> State:
        """Zeros, as the file has them."""
        return self._start

    def step(
        self, frames: np.ndarray, states: Sequence[State]
    ) -> tuple[np.ndarray, Sequence[State]]:
        """All videos in one call."""
        pixels = np.ascontiguousarray(frames.transpose(0, 3, 1, 2))
        columns = zip(self._names, zip(*states, strict=True), strict=True)
        together = {name: np.concatenate(rows) for name, rows in columns}
        logits, new = self._file.step(pixels, together)
        apart = [np.split(new[name], len(states)) for name in self._names]
        rows = list(zip(*apart, strict=True)) if apart else [()] * len(states)
        return logits, rows


def _exported(trained: Trained, what: str) -> OnnxFile | None:
    """The exported file, if it was measured faster than torch and is as new as the weights."""
    measured, path = trained.folder / "export.json", exported(trained.folder, f"{what}.onnx")
    if path is None or not measured.exists():
        return None
    times = json.loads(measured.read_text(encoding="utf-8"))[what]
    if "skipped" in times or times["onnx_milliseconds"] >= times["torch_milliseconds"]:
        return None
    return OnnxFile(path)


def _onnx_network(file: OnnxFile) -> Callable[..., Tensor]:
    def network(frames: Tensor, lengths: Tensor | None = None) -> Tensor:
        return torch.from_numpy(file(frames=np.ascontiguousarray(frames.numpy()))["logits"])

    return network
