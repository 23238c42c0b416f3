"""A trained character model asked to write: a prime in, text out, as it comes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kineograph.data.characters.batch import BEGIN
from kineograph.data.text import name_some
from kineograph.decoding.sequence_beam import Sampling, SequenceBeam, Speaker, Step, beam_search
from kineograph.decoding.token_stream import stream
from kineograph.errors import InputError
from kineograph.export.characters import FILE
from kineograph.export.run import OnnxFile, exported
from kineograph.recipes.writer import TrainedWriter, load_writer

Logs = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Writer:
    """`Writer.load("runs/shakespeare").write(prime="ROMEO:")`: characters without end."""

    trained: TrainedWriter
    onnx: Path | None = None  # the exported step, several times as fast

    @classmethod
    def load(cls, run: str | Path) -> "Writer":
        """A run's writer, or a shipped one's, with its step.onnx where that is of these weights."""
        trained = load_writer(run)
        return cls(trained, exported(trained.folder, FILE))

    @property
    def engine(self) -> str:
        """What computes: "torch" or "onnx"."""
        return "torch" if self.onnx is None else "onnx"

    def unknown(self, prime: str) -> str:
        """The prime's characters that the network never learned, named; nothing if there are none.

        They are read as nothing known, and the text goes on after them.
        """
        unseen = self.trained.alphabet.unseen(self.trained.policy(prime))
        return name_some(unseen) if unseen else ""

    def write(self, prime: str = "", sampling: Sampling | None = None) -> Iterator[str]:
        """Yield characters after the prime, without end; the seed decides what comes."""
        logs, state = self._read(prime)
        characters = self.trained.alphabet.characters
        for token, _ in stream(self._step, logs, state, sampling or Sampling()):
            yield characters[token - 1]

    def best(self, prime: str, length: int, width: int) -> tuple[str, float]:
        """The most probable text of that length that a beam finds, and its nats a character."""
        logs, state = self._read(prime)
        begun: list[Any] = [(logs, state)]

        def step(tokens: NDArray[np.int64], state: Any) -> tuple[Logs, Any]:
            return begun.pop() if begun else self._step(tokens, state)

        speaker = Speaker(step, state, 1, start=BEGIN, end=BEGIN, longest=length)
        ((said,),) = beam_search(speaker, SequenceBeam(width, length_power=0))
        text = self.trained.alphabet.decode(said.tokens)
        return text, -said.log_probability / max(1, len(said.tokens))

    def _read(self, prime: str) -> tuple[Logs, Any]:
        """What comes after the prime, and the state there."""
        alphabet, spelled = self.trained.alphabet, self.trained.policy(prime)
        known = [alphabet.encode(each)[0] if each in alphabet else BEGIN for each in spelled]
        logs, state = self._step(np.array([BEGIN]), self._begin)
        for token in known:
            logs, state = self._step(np.array([token]), state)
        return logs, state

    @property
    def _begin(self) -> Any:
        if self._file is not None:
            return self._file.initial_state()
        return self.trained.network.initial_state(1)

    @cached_property
    def _file(self) -> OnnxFile | None:
        return None if self.onnx is None else OnnxFile(self.onnx)

    @cached_property
    def _step(self) -> Step:
        """tokens (N,) and the state -> log-probabilities (N, V) and the state."""
        file, network = self._file, self.trained.network

        def by_onnx(tokens: NDArray[np.int64], state: Any) -> tuple[Logs, Any]:
            logits, state = file.step(tokens, state)  # type: ignore[union-attr]
            return _log_softmax(logits), state

        def by_torch(tokens: NDArray[np.int64], state: Any) -> tuple[Logs, Any]:
            with torch.inference_mode():
                logits, state = network.step(torch.from_numpy(np.asarray(tokens)), state)
            return _log_softmax(logits.numpy()), state

        return by_torch if file is None else by_onnx


def check_length(length: int) -> None:
    """Raise InputError for no length."""
    if length < 1:
        raise InputError(f"--length {length}: at least 1 character is written. 1000 is usual.")


def _log_softmax(logits: NDArray[np.float32]) -> Logs:
    """(N, V), without what stands for no character."""
    wanted = logits.astype(np.float64)
    wanted[:, BEGIN] = -np.inf
    wanted -= wanted.max(axis=1, keepdims=True)
    logs: Logs = wanted - np.log(np.exp(wanted).sum(axis=1, keepdims=True))
    return logs
