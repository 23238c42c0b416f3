"""What a character model makes of a text: nats of every character, and some text of its own."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kineograph.data.characters.batch import BEGIN, encode
from kineograph.data.text import Alphabet
from kineograph.decoding.ngram import NGram
from kineograph.decoding.ngram_learn import learn_ngram
from kineograph.decoding.sequence_beam import Sampling
from kineograph.decoding.token_stream import stream

PIECE = 2048  # characters that are read at once
ROWS = 64  # windows side by side, at most
MOST_LOGITS = 2**24  # at once: an alphabet of thousands has fewer windows side by side
ORDERS = (2, 3, 4, 5, 6)  # of the n-grams that stand beside

Nats = NDArray[np.float64]  # (L,) of each character; nan for one that is not in the alphabet
Told = Callable[[int, int], None]


def nats_in_one_walk(
    network: Any, text: str, alphabet: Alphabet, before: str = "", progress: Told | None = None
) -> Nats:
    """Every character from all before it; the state is carried through the whole text.

    before: what was read first, without a figure of its own.
    """
    targets = encode(before + text, alphabet)
    inputs = np.concatenate([[BEGIN], targets[:-1]])
    found, state = np.empty(len(targets)), None
    with torch.inference_mode():
        for start in range(0, len(targets), PIECE):
            piece = slice(start, start + PIECE)
            logits, state = network(_on(network, inputs[None, piece]), state)
            found[piece] = _nats(logits, targets[None, piece])[0]
            if progress:
                progress(min(start + PIECE, len(targets)), len(targets))
    return found[len(before) :]


def nats_in_windows(network: Any, text: str, alphabet: Alphabet, window: int) -> Nats:
    """Every character from at most `window` before it: each window begins with nothing read but
    the character before its first one.
    """
    targets = encode(text, alphabet)
    inputs = np.concatenate([[BEGIN], targets[:-1]])
    count = -(-len(targets) // window)
    padded = np.zeros((2, count * window), dtype=np.int64)
    padded[:, : len(targets)] = inputs, targets
    rows_in, rows_out = padded.reshape(2, count, window)
    rows = min(ROWS, max(1, MOST_LOGITS // (window * network.alphabet_size)))
    with torch.inference_mode():
        found = [
            _nats(network(_on(network, rows_in[place : place + rows]))[0], rows_out[place:][:rows])
            for place in range(0, count, rows)
        ]
    return np.concatenate(found).reshape(-1)[: len(targets)]


def _on(network: Any, rows: NDArray[np.int64]) -> torch.Tensor:
    return torch.from_numpy(rows).to(next(network.parameters()).device)


def _nats(logits: torch.Tensor, targets: NDArray[np.int64]) -> Nats:
    """(B, T) of logits (B, T, V)."""
    logs = logits.double().log_softmax(-1).cpu().numpy()
    found = -np.take_along_axis(logs, targets[:, :, None], 2)[:, :, 0]
    return np.where(targets == BEGIN, np.nan, found)


def mean_nats(nats: Nats) -> float:
    """Over the characters that are known."""
    return float(np.nanmean(nats)) if np.isfinite(nats).any() else math.nan


def bits(nats: float) -> float:
    """Of as many nats."""
    return nats / math.log(2)


def ngram_nats(model: NGram, text: str) -> Nats:
    """(L,) of each character from as many before it as the model heeds; unknown ones are nan."""
    tokens = model.encode(text)
    states = np.zeros(len(tokens), np.int64)
    for back in range(model.order - 1, 0, -1):
        moved = np.flatnonzero(np.arange(len(tokens)) >= back)
        states[moved] = model.step(states[moved], tokens[moved - back])[1]
    characters = set(model.characters)
    known = np.array([character in characters for character in text])
    return np.where(known, -model.step(states, tokens)[0], np.nan)


def ngrams_beside(train: str, text: str, alphabet: Alphabet) -> dict[str, dict[str, float]]:
    """Of each order a model of the same training text, asked about the same characters."""
    found = {}
    for order in ORDERS:
        model = learn_ngram([train], order, characters=alphabet.characters)
        nats = mean_nats(ngram_nats(model, text))
        found[f"{order}-gram"] = {"nats": nats, "bits": bits(nats), "ngrams": len(model)}
    return found


def written(
    network: Any, alphabet: Alphabet, length: int, temperature: float, seed: int = 0
) -> tuple[str, float]:
    """A text of the network's own from the begin on, and its nats a character as it was drawn."""
    drawn, nats = [], 0.0
    with torch.inference_mode():
        step = torch_step(network)
        logs, state = step(np.array([BEGIN]), network.initial_state(1))
        characters = stream(step, logs, state, Sampling(temperature, seed=seed))
        for _, (token, log) in zip(range(length), characters, strict=False):
            drawn.append(token)
            nats -= log
    return alphabet.decode(drawn), nats / length


def torch_step(network: Any) -> Callable[[NDArray[np.int64], Any], tuple[Nats, Any]]:
    """The network as what a search asks: tokens (N,) and a state -> log-probabilities, state."""

    def step(tokens: NDArray[np.int64], state: Any) -> tuple[Nats, Any]:
        with torch.inference_mode():
            logits, state = network.step(_on(network, np.asarray(tokens)), state)
            logits[:, BEGIN] = -math.inf
            return logits.double().log_softmax(-1).cpu().numpy(), state

    return step
