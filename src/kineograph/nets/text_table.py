"""A character model's layers: name, what leaves it for one character, weights."""

from collections.abc import Iterator
from typing import Any

from kineograph.nets.layer_table import Layer
from kineograph.nets.models.character_model import CharacterModel


def text_table(network: CharacterModel) -> list[Layer]:
    """The rows for one character, input first, total last; weights shared by two count once."""
    total = sum(p.numel() for p in network.parameters())
    return [*_rows(network), Layer("total", (), total)]


def _rows(network: CharacterModel) -> Iterator[Layer]:
    size, recurrent = network.alphabet_size, network.recurrent
    if network.embedding is None:
        yield Layer("character, one-hot", (size,), 0)
    else:
        width = network.embedding.embedding_dim
        yield Layer("character, embedding", (width,), network.embedding.weight.numel())
    for layer in recurrent.layers:
        cell: Any = layer[0]
        name = type(cell).__name__.removesuffix("Cell")
        yield Layer(
            f"{name} {cell.units}", (cell.units,), sum(p.numel() for p in cell.parameters())
        )
    dense = network.head.dense
    tied = network.embedding is not None and dense.weight is network.embedding.weight
    own = dense.bias.numel() + (0 if tied else dense.weight.numel())
    yield Layer("dense, the embedding's weights" if tied else "dense", (size,), own)
