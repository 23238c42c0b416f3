"""Run an exported network with ONNX Runtime alone: no torch, no recipe, only the file."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from kineograph.data.words import END, PAD, START, UNKNOWN
from kineograph.decoding.sequence_beam import Speaker
from kineograph.errors import InputError


def exported(folder: Path, file: str) -> Path | None:
    """A run's exported file; None where there is none, or its weights were trained again since."""
    path, weights = folder / file, folder / "model.safetensors"
    if not path.exists() or weights.stat().st_mtime > path.stat().st_mtime:
        return None
    return path


class OnnxFile:
    """A session on one core: `file(frames=...)` -> {output name: array}."""

    def __init__(self, path: Path, threads: int = 1):
        self.path = path
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
        self.inputs = [known.name for known in self.session.get_inputs()]
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
        return self._noted("classes")

    @property
    def answers(self) -> list[str]:
        """Of a network that answers questions: the answers, in the order of the logits."""
        return self._noted("answers")

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The words that it says or reads: `Vocabulary(file.vocabulary)` gives them numbers."""
        return tuple(self._noted("vocabulary"))

    def speaker(self, given: dict[str, np.ndarray], longest: int | None = None) -> Speaker:
        """A step.onnx that says words, ready for decoding/: greedy, in a beam, or sampled.

        given: what see.onnx told of B pictures, or look.onnx of B regions; what the step does not
        take is left aside. longest: words; None is what the network learned with.
        """
        first = {name: given[name] for name in self.inputs if name != "words"}

        def step(
            words: np.ndarray, state: dict[str, np.ndarray]
        ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
            found = self(words=words, **state)
            new = {name: found.get(f"new_{name}", kept) for name, kept in state.items()}
            logits = found["logits"] - found["logits"].max(axis=1, keepdims=True)
            return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)), new

        return Speaker(
            step=step,
            first_state=first,
            inputs=len(next(iter(first.values()))),
            start=START,
            end=END,
            longest=longest or int(self._noted("longest")),
            never=(PAD, START, UNKNOWN),
        )

    def _noted(self, name: str) -> Any:
        """What the file says of itself. Raises InputError where it says nothing of that."""
        found = self.session.get_modelmeta().custom_metadata_map
        if f"kineograph.{name}" not in found:
            raise InputError(
                f"{self.path}: says nothing of its {name}. Ask another file of the run, or export "
                "it again."
            )
        return json.loads(found[f"kineograph.{name}"])
