"""A line reader's layers as papers draw them: name, what leaves it for one line, weights."""

from collections.abc import Iterator
from typing import Any

from torch import nn

from kineograph.nets.encoders.columns import ColumnEncoder, ResidualBlock
from kineograph.nets.encoders.mdlstm import MDLSTMEncoder
from kineograph.nets.layer_table import Layer
from kineograph.nets.models.line_reader import LineReader
from kineograph.nets.models.mdlstm_line import MDLSTMLine

READ, BESIDE = "answer", "auxiliary answer"  # lanes: what is read, and what helps in training


def line_table(network: LineReader | MDLSTMLine, width_pixels: int) -> list[Layer]:
    """The rows for a line of that width, input first, total last. A batch adds one axis in front.

    Maps are (H, W, C), columns (T, D).
    """
    encoder = network.encoder
    columns = -(-width_pixels // encoder.pixels_per_column)
    rows = [Layer("line", (network.height_pixels, width_pixels, 1), 0)]
    if isinstance(network, LineReader):
        rows += _column_rows(network.encoder, width_pixels, columns)
        rows += _answer_rows(network, columns)
    else:
        rows += _level_rows(network.encoder, width_pixels, columns)
        rows.append(_dense(network, columns))
    return [*rows, Layer("total", (), sum(row.weights for row in rows))]


def _column_rows(encoder: ColumnEncoder, width: int, columns: int) -> Iterator[Layer]:
    height = encoder.height_pixels
    if encoder.stem is not None:
        down, across = encoder.stem_stride
        height, width = -(-height // down), -(-width // across)
        name = f"convolution {_size(encoder.stem.kernel_size)}, stride {down}x{across}, ReLU"
        yield Layer(name, (height, width, encoder.stem.out_channels), _weights(encoder.stem))
    for stage in encoder.stages:
        yield Layer(*_parts(stage.parts, height, width))
        (down, across), count = stage.pool, stage.count
        height, width = height // down, -(-width // across)
        if max(stage.pool) > 1:
            yield Layer(f"max-pool {down}x{across}, ReLU", (height, width, count), 0)
    shape = columns, encoder.features
    match encoder.columns:
        case "fold":
            yield Layer("each column's rows side by side", shape, 0)
        case "max":
            yield Layer("the largest of each column", shape, 0)
        case _:
            name = f"LSTM {encoder.features} down each column, its last state"
            yield Layer(name, shape, _weights(encoder.down or nn.Identity()))


def _parts(parts: Any, height: int, width: int) -> tuple[str, tuple[int, ...], int]:
    """All convolutions of a stage as one row."""
    first = parts[0]
    residual = isinstance(first, ResidualBlock)
    convolution = first.first if residual else first
    inner = convolution.convolution
    kind = f"{_size(inner.kernel_size)}, {convolution.norm.norm} norm"
    many = f"{len(parts)} " if len(parts) > 1 else ""
    several = "s" if len(parts) > 1 else ""
    name = f"{many}{'residual block' if residual else 'convolution'}{several} {kind}"
    return name.replace(", none norm", ""), (height, width, inner.out_channels), _weights(parts)


def _answer_rows(network: LineReader, columns: int) -> Iterator[Layer]:
    lane = READ if network.auxiliary is not None else ""
    stack = network.recurrent
    for layer in stack.layers:
        name = type(layer[0]).__name__.removesuffix("Cell")
        directions = "" if stack.can_step else ", both directions"
        shape = columns, stack.outputs
        yield Layer(f"{name} {layer[0].units}{directions}", shape, _weights(layer), lane=lane)
    yield _dense(network, columns)._replace(lane=lane)
    if network.auxiliary is not None:
        answer = network.auxiliary.answer
        name = f"convolution of {answer.kernel_size[0]} columns, softmax: in training"
        shape = columns, answer.out_channels
        yield Layer(name, shape, _weights(answer), lane=BESIDE)


def _level_rows(encoder: MDLSTMEncoder, width: int, columns: int) -> Iterator[Layer]:
    height = encoder.height_pixels
    for number, (level, (down, across)) in enumerate(
        zip(encoder.levels, encoder.blocks, strict=True)
    ):
        height, width = -(-height // down), -(-width // across)
        if number:
            gather = encoder.gathers[number - 1]
            name, count = f"blocks of {down}x{across} through tanh units", gather.out_channels
            yield Layer(name, (height, width, count), _weights(gather))
        else:
            yield Layer(f"blocks of {down}x{across} pixels", (height, width, level.inputs), 0)
        name = f"MDLSTM {level.units}, four directions"
        yield Layer(name, (height, width, 4 * level.units), _weights(level))
    yield Layer("sum over the height", (columns, encoder.features), 0)


def _dense(network: LineReader | MDLSTMLine, columns: int) -> Layer:
    dense = network.head.dense
    return Layer("dense, softmax", (columns, dense.out_features), _weights(dense))


def _size(kernel: tuple[int, ...]) -> str:
    return "x".join(map(str, kernel))


def _weights(part: nn.Module) -> int:
    return sum(weight.numel() for weight in part.parameters())
