"""Run an exported network with ONNX Runtime alone: no torch, no recipe, only the file."""

import json
from pathlib import Path

import numpy as np
import onnxruntime

from kineograph.errors import InputError


class OnnxFile:
    """A session on one core: `file(frames=...)` -> {output name: array}."""

    def __init__(self, path: Path, threads: int = 1):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            self.session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime raises a class of its own for each reason
            reason = str(error).splitlines()[0]
            raise InputError(
                f"{path}: ONNX Runtime cannot open it ({reason}). "
                "Export again: kineograph export RUN."
            ) from error
        self.outputs = [output.name for output in self.session.get_outputs()]

    def __call__(self, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        """One run; arrays by input name."""
        return dict(zip(self.outputs, self.session.run(self.outputs, inputs), strict=True))

    def initial_state(self, batch: int = 1) -> dict[str, np.ndarray]:
        """The memory before the first frame of so many videos: what a step takes beside `frame`."""
        return {
            known.name: np.zeros((batch, *known.shape[1:]), np.float32)
            for known in self.session.get_inputs()
            if known.name.startswith("state_")
        }

    def step(
        self, frame: np.ndarray, state: dict[str, np.ndarray]
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """One frame (B, C, H, W) uint8 -> logits (B, V) and the memory for the next one."""
        found = self(frame=frame, **state)
        return found["logits"], {name: found[f"new_{name}"] for name in state}

    @property
    def classes(self) -> list[str]:
        """The labels, in the order of the logits."""
        found = self.session.get_modelmeta().custom_metadata_map
        return json.loads(found["kineograph.classes"])
