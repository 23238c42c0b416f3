"""What a character model holds while it reads: cells that follow something, and its gates.

After Karpathy, Johnson and Fei-Fei 2015 (arXiv:1506.02078): cells that follow something one can
name, and gates that are nearly always open or shut.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kineograph.data.characters.batch import encode
from kineograph.data.text import Alphabet
from kineograph.nets.cells import GRUCell, LSTMCell, MinGRUCell

Values = NDArray[np.float64]
SHUT, OPEN = 0.1, 0.9  # a gate below the one, above the other is saturated
LEAST_SHIFT = 0.1  # of the text, of a control
OPENS, CLOSES = "([{", ")]}"
QUOTES = '"“”„«»'  # each turns being inside on or off; an apostrophe is none


@dataclass(frozen=True)
class Trace:
    """One layer while it reads L characters: what its N units hold, and its gates."""

    cells: Values  # (L, N): an LSTM's memory squashed as it is given out, else the state itself
    gates: Mapping[str, Values]  # (L, N) each, 0 to 1; none of a plain RNN


@dataclass(frozen=True)
class Follows:
    """A cell that goes with something that can be named."""

    feature: str
    layer: int
    unit: int
    correlation: float
    by_chance: float  # the strongest of any cell with the same feature moved along the text


def trace(network: Any, text: str, alphabet: Alphabet) -> list[Trace]:
    """Each layer's insides; entry t is after character t was read."""
    network.eval()
    with torch.inference_mode():
        told = torch.from_numpy(encode(text, alphabet))[None]
        told = told.to(next(network.parameters()).device)
        xs, traces = network.embed(told), []
        for layer in network.recurrent.layers:
            xs, found = _walk(layer[0], xs)
            traces.append(Trace(found.pop("cells"), found))
    return traces


def _walk(cell: Any, xs: torch.Tensor) -> tuple[torch.Tensor, dict[str, Values]]:
    """One layer, one step after another: outputs (1, L, N), and (L, N) of everything inside."""
    state, outputs, rows = cell.initial_state(xs[:, 0]), [], []
    for step in cell.project(xs).unbind(1):
        gates = _gates(cell, step, state)
        output, state = cell.advance(step, state)
        outputs.append(output)
        rows.append({"cells": state[1].tanh() if isinstance(cell, LSTMCell) else state, **gates})
    inside = {
        name: torch.cat([row[name] for row in rows]).double().cpu().numpy() for name in rows[0]
    }
    return torch.stack(outputs, 1), inside


def _gates(cell: Any, projected: torch.Tensor, state: Any) -> dict[str, torch.Tensor]:
    """What each gate reads before this step, by name."""
    match cell:
        case LSTMCell():
            read = projected + cell.from_state(state[0])
            names = ("input", "forget", "", "output")
            return {
                name: cell.gate(part)
                for name, part in zip(names, read.chunk(4, 1), strict=True)
                if name
            }
        case GRUCell():
            reset, update = (projected[:, : 2 * cell.units] + cell.from_state(state)).chunk(2, 1)
            return {"reset": cell.gate(reset), "update": cell.gate(update)}
        case MinGRUCell():
            return {"update": projected.chunk(2, 1)[0].sigmoid()}
    return {}


def saturation(gate: Values) -> Values:
    """(N, 2) of a gate (L, N): shares of the time that each unit's is shut, and open."""
    return np.stack([(gate < SHUT).mean(0), (gate > OPEN).mean(0)], 1)


# ------------------------------------------------------------------ cells that follow something


def features_of(text: str) -> dict[str, Values]:
    """(L,) of what can be named in a text, after each character; those that never change are out.

    Inside quotes, how deep in brackets, how far in the line, how far in the word, in capitals.
    """
    found = {
        "inside quotes": _inside(text),
        "depth of brackets": _depth(text),
        "place in the line": _since(text, lambda character: character == "\n"),
        "place in the word": _since(text, lambda character: not character.isalpha()),
        "capitals": np.array([float(character.isupper()) for character in text]),
    }
    return {name: values for name, values in found.items() if values.std() > 0}


def cells_that_follow(traces: list[Trace], features: Mapping[str, Values]) -> list[Follows]:
    """Of each feature the cell that goes with it most, and what chance would give.

    The control moves the feature along the text, around its end, so that it keeps its own rhythm
    and loses its place: the strongest of all cells over several such moves.
    """
    cells = np.concatenate([each.cells for each in traces], 1)
    widths = np.cumsum([0, *(each.cells.shape[1] for each in traces)])
    found = []
    for name, values in features.items():
        own = _correlations(cells, values)
        best = int(np.abs(own).argmax())
        layer = int(np.searchsorted(widths, best, side="right")) - 1
        moved = [np.roll(values, shift) for shift in _shifts(len(values))]
        chance = max(float(np.abs(_correlations(cells, each)).max()) for each in moved)
        found.append(Follows(name, layer, best - int(widths[layer]), float(own[best]), chance))
    return found


def _shifts(length: int, count: int = 5) -> list[int]:
    return [round(length * share) for share in np.linspace(LEAST_SHIFT, 1 - LEAST_SHIFT, count)]


def _correlations(cells: Values, values: Values) -> Values:
    """(N,) Pearson's r of each cell (L, N) with values (L,); 0 of a cell that never changes."""
    centred = cells - cells.mean(0)
    wanted = values - values.mean()
    scale = np.sqrt((centred**2).sum(0) * (wanted**2).sum())
    return centred.T @ wanted / np.where(scale > 0, scale, np.inf)


def _inside(text: str) -> Values:
    inside, found = False, []
    for character in text:
        inside ^= character in QUOTES
        found.append(float(inside))
    return np.array(found)


def _depth(text: str) -> Values:
    steps = [float(c in OPENS) - float(c in CLOSES) for c in text]
    depth = 0.0
    return np.array([depth := max(0.0, depth + step) for step in steps])


def _since(text: str, ends: Callable[[str], bool]) -> Values:
    place, found = 0, []
    for character in text:
        place = 0 if ends(character) else place + 1
        found.append(float(place))
    return np.array(found)
