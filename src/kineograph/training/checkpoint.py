"""Save a training whole or not at all: one safetensors file, written beside and moved into place.

Everything that decides the next step is inside: weights, optimiser, random state, where we are.
No pickle: a checkpoint from a stranger can hold numbers only.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor, nn

from kineograph.data.batch import Memory
from kineograph.errors import InputError
from kineograph.whole_file import write_bytes_whole

LEVELS, SCALE = 127, ".scale"  # of weights in 8 bits


@dataclass
class Place:
    """Where a training stands: enough to go on as if nothing had happened."""

    epoch: int = 1  # the epoch under way, from 1
    step: int = 0  # steps of it that are done
    best_epoch: int = 0
    best_loss: float = float("inf")
    loss_sum: float = 0.0  # over the examples of this epoch so far
    score_sums: dict[str, float] = field(default_factory=dict)  # of each score, times examples
    examples: int = 0
    seconds: float = 0.0  # of training, all sittings together
    finished: bool = False
    fingerprint: str = ""  # of recipe and data: another training's checkpoint is refused
    threads: int = 0  # of the CPU: another number rounds sums otherwise

    @property
    def mean_loss(self) -> float:
        """Over the examples of this epoch so far."""
        return self.loss_sum / self.examples


def save_checkpoint(
    path: Path,
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    place: Place,
    memory: Memory | None = None,
) -> None:
    """Write all of it to `path`; a crash at any moment leaves the old file or the new one.

    memory: of the walk under way, where its batches go on in order.
    """
    tensors = {f"network.{k}": v.contiguous() for k, v in network.state_dict().items()}
    tensors |= dict(_leaves(memory.state if memory else None, "memory"))
    state = optimiser.state_dict()
    scalars: dict[str, float] = {}
    for index, slots in state["state"].items():
        for name, value in slots.items():
            if isinstance(value, Tensor):
                tensors[f"optimiser.{index}.{name}"] = value.contiguous()
            elif value is not None:
                scalars[f"{index}.{name}"] = value
    tensors["random.cpu"] = torch.get_rng_state()
    if torch.cuda.is_available():
        tensors["random.cuda"] = torch.cuda.get_rng_state()
    write_safetensors(path, tensors, {"place": asdict(place), "scalars": scalars})


def load_checkpoint(
    path: Path,
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    memory: Memory | None = None,
) -> Place:
    """Put everything back where it was: weights, optimiser, random state, the walk's `memory`;
    returns the place.
    """
    tensors, notes = read_safetensors(path)
    state = optimiser.state_dict()
    slots: dict[int, dict[str, Tensor | float]] = {}
    for name, value in tensors.items():
        part, _, rest = name.partition(".")
        if part == "optimiser":
            index, slot = rest.split(".")
            slots.setdefault(int(index), {})[slot] = value
    for name, number in notes["scalars"].items():
        index, slot = name.split(".")
        slots.setdefault(int(index), {})[slot] = number
    network.load_state_dict(
        {k.removeprefix("network."): v for k, v in tensors.items() if k.startswith("network.")}
    )
    optimiser.load_state_dict({"state": slots, "param_groups": state["param_groups"]})
    torch.set_rng_state(tensors["random.cpu"])
    if "random.cuda" in tensors and torch.cuda.is_available():
        torch.cuda.set_rng_state(tensors["random.cuda"])
    if memory is not None:
        memory.state = _nested(tensors, "memory", next(network.parameters()).device)
    return _place(path, notes)


def _leaves(nested: Any, name: str) -> Iterator[tuple[str, Tensor]]:
    """Tensors in tuples by the places that lead to them: memory.0.1; nothing of None."""
    if isinstance(nested, Tensor):
        yield name, nested.contiguous()
    elif nested is not None:
        for place, each in enumerate(nested):
            yield from _leaves(each, f"{name}.{place}")


def _nested(tensors: Mapping[str, Tensor], name: str, device: torch.device) -> Any:
    """The tensors under a name in tuples again, on a device; None where there are none."""
    if name in tensors:
        return tensors[name].to(device)
    below = {key.split(".")[name.count(".") + 1] for key in tensors if key.startswith(name + ".")}
    return tuple(_nested(tensors, f"{name}.{n}", device) for n in range(len(below))) or None


def read_place(path: Path) -> Place:
    """Where a saved training stands, without loading it."""
    _, notes = read_safetensors(path)
    return _place(path, notes)


def _place(path: Path, notes: Mapping[str, Any]) -> Place:
    try:
        return Place(**notes["place"])
    except TypeError:
        raise InputError(
            f"{path}: was saved by another version of Kineograph. Train anew, without --resume."
        ) from None


def save_weights(path: Path, network: nn.Module) -> None:
    """The network's weights alone: what `load` reads and what may be shared."""
    write_safetensors(path, {k: v.contiguous() for k, v in network.state_dict().items()}, {})


def save_small_weights(path: Path, weights: Mapping[str, Tensor]) -> None:
    """Weights in about a quarter of the bytes: matrices in 8 bits, each row with its own scale.

    Rounded to 1/127 of the row's largest weight; everything else stays as it is. `load_weights`
    reads both kinds.
    """
    tensors: dict[str, Tensor] = {}
    for name, value in weights.items():
        if value.dim() < 2 or not value.is_floating_point():
            tensors[name] = value.contiguous()
            continue
        rows = value.flatten(1).abs().amax(1).clamp(min=1e-12) / LEVELS
        scale = rows.reshape(-1, *[1] * (value.dim() - 1))
        tensors[name] = torch.round(value / scale).to(torch.int8).contiguous()
        tensors[name + SCALE] = rows.float()
    write_safetensors(path, tensors, {"rounded": "int8 rows"})


def _whole(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights as floats: rows in 8 bits times their scales."""
    found = {}
    for name, value in tensors.items():
        if name.endswith(SCALE) and name.removesuffix(SCALE) in tensors:
            continue
        rows = tensors.get(name + SCALE)
        if rows is not None:
            value = value.float() * rows.reshape(-1, *[1] * (value.dim() - 1))
        found[name] = value
    return found


def read_weights(path: Path) -> dict[str, Tensor]:
    """Weights by their names, those in 8 bits as floats. Raises InputError."""
    return _whole(read_safetensors(path)[0])


def load_weights(path: Path, network: nn.Module) -> None:
    """Read weights into a network of the same shape."""
    tensors = read_weights(path)
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"{path}: these weights are of another network ({reason[:300]}). "
            "Use the recipe.json that was saved with them."
        ) from error


def load_matching_weights(path: Path, network: nn.Module) -> list[str]:
    """Take every weight whose name and shape fit; names of those that did not (a new head, say)."""
    return _take(path, read_weights(path), network)


def _take(path: Path, theirs: dict[str, Tensor], network: nn.Module) -> list[str]:
    ours = network.state_dict()
    fitting = {k: v for k, v in theirs.items() if k in ours and ours[k].shape == v.shape}
    if not fitting:
        raise InputError(
            f"{path}: none of its {len(theirs)} weights fits this network. "
            "Start from a run of the same recipe, or leave --from away."
        )
    network.load_state_dict({**ours, **fitting})
    return sorted(set(ours) - set(fitting))


def load_grown_weights(path: Path, network: nn.Module, before: int, now: int) -> list[str]:
    """Take every weight whose name and shape fit; of an answer that had `before` outputs and has
    `now`, the old ones, which come first. Names of those left as they are.
    """
    theirs = read_weights(path)
    ours = network.state_dict()
    grown = {
        name: torch.cat([value, ours[name][before:]])
        for name, value in theirs.items()
        if name in ours
        and before < now
        and (value.shape[:1], ours[name].shape[:1]) == ((before,), (now,))
        and value.shape[1:] == ours[name].shape[1:]
    }
    return _take(path, {**theirs, **grown}, network)


def write_safetensors(path: Path, tensors: Mapping[str, Tensor], notes: dict[str, object]) -> None:
    """One file, moved into place when it is whole."""
    content = save(dict(tensors), metadata={"notes": json.dumps(notes)})
    try:
        write_bytes_whole(path, content)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error}). "
            "Free space or choose another folder; what was saved before is whole."
        ) from error


def read_safetensors(path: Path) -> tuple[dict[str, Tensor], dict]:
    """Tensors and notes of a file, or one line that says why not."""
    try:
        with safe_open(path, framework="pt") as file:
            notes = json.loads((file.metadata() or {}).get("notes", "{}"))
        return load_file(path), notes
    except FileNotFoundError as error:
        raise InputError(f"{path}: not there. Name a run folder that has been trained.") from error
    except (OSError, SafetensorError, ValueError) as error:
        raise InputError(
            f"{path}: not a whole safetensors file ({error}). Train again, or copy it again."
        ) from error
