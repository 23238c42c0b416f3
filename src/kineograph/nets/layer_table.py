"""A network's layers as papers draw them: name, shape, weights (Ospan et al., Fig. 3)."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from torch import nn

from kineograph.nets.encoders.plain import PlainEncoder
from kineograph.nets.encoders.pretrained import PretrainedEncoder
from kineograph.nets.heads.label import LabelHead
from kineograph.nets.models.lrcn import LRCN
from kineograph.nets.recurrent import Recurrent


class Layer(NamedTuple):
    """One row: what the layer is, what leaves it for one clip (time first), its weights."""

    name: str
    shape: tuple[int, ...]
    weights: int


def layer_table(network: nn.Module, frames_per_clip: int) -> list[Layer]:
    """The rows of a network of models/, input first, total last. A batch adds one axis in front."""
    rows: list[Layer] = []
    for part in network.children():  # in the order of the figure
        if isinstance(part, LRCN):  # a stream
            rows += [row for each in part.children() for row in _rows(each, frames_per_clip)]
        else:
            rows += _rows(part, frames_per_clip)
    return [*rows, Layer("total", (), sum(row.weights for row in rows))]


def _rows(part: nn.Module, steps: int) -> Iterator[Layer]:
    match part:
        case PlainEncoder():
            yield from _encoder_rows(part, steps)
        case PretrainedEncoder():
            yield Layer("frames", (steps, *part.size_pixels, 3), 0)
            yield Layer(f"{part.name}, pretrained", (steps, part.features), _weights(part))
        case nn.LayerNorm():
            yield Layer("layer norm", (steps, *part.normalized_shape), _weights(part))
        case Recurrent():
            for layer in part.layers:
                name = type(layer[0]).__name__.removesuffix("Cell")
                directions = "" if part.can_step else ", both directions"
                yield Layer(
                    f"{name} {layer[0].units}{directions}", (steps, part.outputs), _weights(layer)
                )
        case LabelHead():
            yield Layer("dense, softmax", (steps, part.dense.out_features), _weights(part))
        case nn.Identity():
            pass
        case _:
            raise TypeError(f"{type(part).__name__}: no rows are known for it. Add a case here.")


def _encoder_rows(encoder: PlainEncoder, steps: int) -> Iterator[Layer]:
    height, width = encoder.size_pixels
    yield Layer("frames", (steps, height, width, encoder.channels), 0)
    blocks: Any = encoder.blocks
    for conv, pool, _, dropout in blocks:
        kernel, pool_size, count = conv.kernel_size[0], pool.kernel_size, conv.out_channels
        yield Layer(f"convolution {kernel}x{kernel}", (steps, height, width, count), _weights(conv))
        height, width = height // pool_size, width // pool_size
        yield Layer(f"max-pool {pool_size}, ReLU", (steps, height, width, count), 0)
        if dropout.share:
            yield Layer(f"dropout {dropout.share:g}", (steps, height, width, count), 0)
    yield Layer("flatten", (steps, encoder.features), 0)


def _weights(part: nn.Module) -> int:
    return sum(weight.numel() for weight in part.parameters())
