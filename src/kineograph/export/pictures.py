"""Networks that are shown single pictures as ONNX: what they see once, and each word's step.

    captions    see.onnx     pictures -> state_0 …, and what is looked at again: memory_places …
                step.onnx    words, state_0 …, memory_… -> logits, new_state_0 …, attention
    questions   answer.onnx  pictures, words, lengths -> logits, over_places, over_words
    regions     see.onnx     pictures -> grid, boxes, confidences      of all proposals
                look.onnx    grid, boxes -> boxes, confidences, codes, state_0 …
                step.onnx    words, state_0 … -> logits, new_state_0 …

The batch is free, of regions their number, too, and of questions their length. Between see.onnx and
look.onnx stands a choice and no network: which proposals are sure and do not repeat each other.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_flatten, tree_unflatten

from kineograph.errors import InputError
from kineograph.export.onnx import BATCH, check_difference, milliseconds, write_onnx
from kineograph.export.run import OnnxFile
from kineograph.nets.boxes import cut_to, moved
from kineograph.recipes.answerer import TrainedAnswerer
from kineograph.recipes.captioner import TrainedCaptioner
from kineograph.recipes.dense_captioner import TrainedDenseCaptioner
from kineograph.whole_file import write_text_whole

OTHER = 2  # of another batch than was traced, compared with torch
REGIONS = 4  # of each picture in the example


class _Part(NamedTuple):
    """One file: a module, inputs that it is traced with, others that it is compared with."""

    module: nn.Module
    inputs: dict[str, Tensor]
    outputs: list[str]
    others: dict[str, Tensor]
    free: dict[str, dict[int, Any]]  # sizes that are free beside the batch, by input


class _Leaves:
    """The tensors of a nest as a flat list, and back; those without numbers are left out."""

    def __init__(self, example: Any) -> None:
        leaves, self.spec = tree_flatten(example)
        self.widths = [leaf.shape[1:].numel() for leaf in leaves]

    def flat(self, nest: Any) -> list[Tensor]:
        leaves, _ = tree_flatten(nest)
        return [leaf for leaf, width in zip(leaves, self.widths, strict=True) if width]

    def nest(self, leaves: tuple[Tensor, ...]) -> Any:
        given = iter(leaves)
        empty = leaves[0].new_zeros(leaves[0].shape[0], 0)
        return tree_unflatten([next(given) if width else empty for width in self.widths], self.spec)


class _See(nn.Module):
    """pictures (B, 3, S, S) uint8, or clips (B, T, 3, S, S) -> the first state's tensors, then the
    memory's.
    """

    def __init__(self, network: Any, state: _Leaves, looks_again: bool) -> None:
        super().__init__()
        self.network, self.state, self.looks_again = network, state, looks_again

    def forward(self, pictures: Tensor) -> tuple[Tensor, ...]:
        memory = self.network.see(pictures)
        state = self.state.flat(self.network.initial_state(memory))
        stays = (part for part in memory if part is not None) if self.looks_again else ()
        return (*state, *stays)


class _Word(nn.Module):
    """words (B,), the state's tensors, the memory's -> logits (B, V), the new state's, attention.

    memory_type: what the memory is put together as; None where nothing is looked at again.
    """

    def __init__(self, network: Any, state: _Leaves, count: int, memory_type: Any) -> None:
        super().__init__()
        self.network, self.state, self.count, self.memory_type = network, state, count, memory_type

    def forward(self, words: Tensor, *given: Tensor) -> tuple[Tensor, ...]:
        state = self.state.nest(given[: self.count])
        memory = self.memory_type(*given[self.count :]) if self.memory_type else None
        logits, new, attention = self.network.step(words, state, memory)
        told = (logits, *self.state.flat(new))
        return told if attention is None else (*told, attention)


def export_captioner(trained: TrainedCaptioner, folder: Path | None = None) -> dict[str, Any]:
    """Write see.onnx and step.onnx; returns what was checked. Raises InputError."""
    network = trained.network.to("cpu").eval()
    data = trained.recipe.data
    seen = {n: _pictures(n, data.size_pixels, data.frames) for n in (BATCH, OTHER)}
    with torch.inference_mode():
        memories = {n: network.see(pictures) for n, pictures in seen.items()}
        firsts = {n: network.initial_state(memory) for n, memory in memories.items()}
        _, _, attention = network.step(_words(BATCH), firsts[BATCH], memories[BATCH])
    leaves = _Leaves(firsts[BATCH])
    looks_again = attention is not None

    def given(n: int) -> dict[str, Tensor]:
        states = {f"state_{i}": leaf for i, leaf in enumerate(leaves.flat(firsts[n]))}
        again = {
            f"memory_{name}": tensor
            for name, tensor in memories[n]._asdict().items()
            if tensor is not None
        }
        return states | (again if looks_again else {})

    states = [name for name in given(BATCH) if name.startswith("state_")]
    memory_type = type(memories[BATCH]) if looks_again else None
    parts = {
        "see": _Part(
            _See(network, leaves, looks_again),
            {"pictures": seen[BATCH]},
            list(given(BATCH)),
            {"pictures": seen[OTHER]},
            {},
        ),
        "step": _Part(
            _Word(network, leaves, len(states), memory_type),
            {"words": _words(BATCH)} | given(BATCH),
            ["logits", *(f"new_{name}" for name in states), *["attention"] * looks_again],
            {"words": _words(OTHER)} | given(OTHER),
            {},
        ),
    }
    return _write_all(trained, folder, parts, _vocabulary(trained))


class _Answer(nn.Module):
    """A question about each picture -> logits (B, A), shares of places, and of words if any."""

    def __init__(self, network: Any, reads: bool) -> None:
        super().__init__()
        self.network, self.reads = network, reads

    def forward(self, pictures: Tensor, words: Tensor, lengths: Tensor) -> tuple[Tensor, ...]:
        rows = torch.arange(words.shape[0])
        found = self.network(pictures, rows, words, lengths)
        told = (found.logits, found.over_places)
        return (*told, found.over_words) if self.reads else told


def export_answerer(trained: TrainedAnswerer, folder: Path | None = None) -> dict[str, Any]:
    """Write answer.onnx; returns what was checked. Raises InputError.

    Questions are filled up with 0 to the longest that was learned from: with a free length
    torch's exporter writes one that only reads the example's.
    """
    network = trained.network.to("cpu").eval()
    size, length = trained.recipe.data.size_pixels, trained.words.longest
    inputs, others = (
        {
            "pictures": _pictures(n, size),
            "words": _words(n * length).view(n, length),
            "lengths": torch.full((n,), length),
        }
        for n in (BATCH, OTHER)
    )
    for given in (inputs, others):  # one question is shorter; what follows it is padding
        given["lengths"][0] = 1
        given["words"][0, 1:] = 0
    with torch.inference_mode():
        rows = torch.arange(BATCH)
        found = network(inputs["pictures"], rows, inputs["words"], inputs["lengths"])
    reads = found.over_words.shape[1] > 0
    outputs = ["logits", "over_places", *["over_words"] * reads]
    parts = {"answer": _Part(_Answer(network, reads), inputs, outputs, others, {})}
    known = trained.words
    return _write_all(
        trained,
        folder,
        parts,
        {
            "kineograph.vocabulary": _as_json(known.vocabulary.words),
            "kineograph.answers": _as_json(known.answers),
        },
    )


class _Propose(nn.Module):
    """pictures (B, 3, S, S) uint8 -> grid (B, D, h, w), boxes (B, A, 4), their logits (B, A)."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        grid = self.network.encoder(pictures)
        found = self.network.localise(grid)
        return grid, cut_to(found.boxes, self.network.localise.size_pixels), found.confidences


class _Look(nn.Module):
    """grid, boxes (B, N, 4) -> better boxes, their logits (B, N), codes, states (B, N, ..)."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, grid: Tensor, boxes: Tensor) -> tuple[Tensor, ...]:
        seen = self.network.look(grid, boxes)
        better = cut_to(moved(boxes, seen.moves), self.network.localise.size_pixels)
        h, c = self.network.initial_state(seen.codes.flatten(0, 1))
        many = boxes.shape[:2]
        return better, seen.confidences, seen.codes, h.unflatten(0, many), c.unflatten(0, many)


class _RegionWord(nn.Module):
    """words (M,), h, c (M, N) -> log-probabilities (M, V), the new h, c."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, words: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, ...]:
        logits, (h, c) = self.network.step(words, (h, c))
        return logits, h, c


def export_dense_captioner(
    trained: TrainedDenseCaptioner, folder: Path | None = None
) -> dict[str, Any]:
    """Write see.onnx, look.onnx and step.onnx; returns what was checked. Raises InputError."""
    network = trained.network.to("cpu").eval()
    seen, boxes, grids, states = {}, {}, {}, {}
    with torch.inference_mode():
        for n in (BATCH, OTHER):
            seen[n] = _pictures(n, network.size_pixels)
            grids[n], every, _ = _Propose(network)(seen[n])
            boxes[n] = every[:, : REGIONS + n].clone()
            state = _Look(network)(grids[n], boxes[n])[3:]
            states[n] = {f"state_{i}": leaf[:, 0].clone() for i, leaf in enumerate(state)}
    parts = {
        "see": _Part(
            _Propose(network),
            {"pictures": seen[BATCH]},
            ["grid", "boxes", "confidences"],
            {"pictures": seen[OTHER]},
            {},
        ),
        "look": _Part(
            _Look(network),
            {"grid": grids[BATCH].clone(), "boxes": boxes[BATCH]},
            ["boxes_seen", "confidences", "codes", "state_0", "state_1"],
            {"grid": grids[OTHER].clone(), "boxes": boxes[OTHER]},
            {"boxes": {1: torch.export.Dim("regions", min=1, max=4096)}},
        ),
        "step": _Part(
            _RegionWord(network),
            {"words": _words(BATCH)} | states[BATCH],
            ["logits", "new_state_0", "new_state_1"],
            {"words": _words(OTHER)} | states[OTHER],
            {},
        ),
    }
    return _write_all(trained, folder, parts, _vocabulary(trained))


# --------------------------------------------------------------------------------------- files


def _write_all(
    trained: Any, folder: Path | None, parts: dict[str, _Part], notes: dict[str, str]
) -> dict[str, Any]:
    """Every file, checked; and export.json."""
    folder = folder or trained.folder
    data = trained.recipe.data
    notes = notes | {
        "kineograph.recipe": trained.recipe.name,
        "kineograph.pictures": f"red, green, blue, uint8, {data.size_pixels} high and wide, "
        + ("the whole picture squashed" if data.fit == "squash" else "the middle cut out"),
    }
    report = {
        name: _written(part, folder / f"{name}.onnx", trained.name, notes)
        for name, part in parts.items()
    }
    write_text_whole(folder / "export.json", json.dumps(report, indent=2) + "\n")
    return report


def _written(part: _Part, path: Path, name: str, notes: dict[str, str]) -> dict[str, Any]:
    """One file, run with a batch that it was not traced with; kept where torch says the same."""
    batch = torch.export.Dim("batch", min=1)
    sizes = [{0: batch, **part.free.get(given, {})} for given in part.inputs]
    # torch.export takes all that a module calls *given as one argument.
    starred = isinstance(part.module, _Word)
    shapes = (sizes[0], tuple(sizes[1:])) if starred else tuple(sizes)
    inputs = tuple(tensor.clone() for tensor in part.inputs.values())
    try:
        write_onnx(part.module, inputs, list(part.inputs), part.outputs, path, shapes, notes)
    except (RuntimeError, torch.onnx.OnnxExporterError) as error:
        raise InputError(
            f"{name}: {path.name} cannot be written with a free batch "
            f"({str(error).splitlines()[0][:120]}). Ask it with torch: kineograph predict."
        ) from None
    file = OnnxFile(path)
    others = {given: tensor.numpy() for given, tensor in part.others.items()}
    with torch.inference_mode():
        ours = part.module(*part.others.values())
        torch_ms = milliseconds(lambda: part.module(*part.others.values()))
    theirs = file(**others)
    worst = 0.0
    for said, tensor in zip(part.outputs, ours, strict=True):
        scale = max(1.0, float(tensor.abs().max()))  # rounding grows with numbers: pixels, features
        worst = max(worst, check_difference(tensor / scale, theirs[said] / scale, path))
    return {
        "file": path.name,
        "largest_difference": worst,
        "torch_milliseconds": torch_ms,
        "onnx_milliseconds": milliseconds(lambda: file(**others)),
    }


def _vocabulary(trained: TrainedCaptioner | TrainedDenseCaptioner) -> dict[str, str]:
    """What whoever holds the file alone must know: words by number, those of `words` from 4 on."""
    return {
        "kineograph.vocabulary": _as_json(trained.vocabulary.words),
        "kineograph.longest": str(trained.recipe.task.longest),
    }


def _as_json(words: tuple[str, ...]) -> str:
    return json.dumps(words, ensure_ascii=False)


def _pictures(count: int, size_pixels: int, frames: int = 1) -> Tensor:
    chance = torch.Generator().manual_seed(count)
    clip = (frames,) if frames > 1 else ()
    shape = (count, *clip, 3, size_pixels, size_pixels)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=chance)


def _words(count: int) -> Tensor:
    """Any that every vocabulary has: marks and the first word."""
    return torch.arange(count) % 4 + 1
