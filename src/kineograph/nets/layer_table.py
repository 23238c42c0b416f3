"""A network's layers as papers draw them: name, shape, weights (Ospan et al., Fig. 3)."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from torch import nn

from kineograph.nets.encoders.dropout import Dropout
from kineograph.nets.encoders.plain import PlainEncoder
from kineograph.nets.encoders.pretrained import PretrainedEncoder
from kineograph.nets.encoders.resnet3d import ResNet3d, halved
from kineograph.nets.heads.label import LabelHead
from kineograph.nets.models.lrcn import LRCN
from kineograph.nets.models.pconvlstm import PConvLSTM
from kineograph.nets.recurrent import Recurrent
from kineograph.nets.time_convolution import TimeConvolution


class Layer(NamedTuple):
    """One row: what the layer is, what leaves it for one clip (time first), its weights.

    stream: of several networks side by side, which; lane: of branches side by side, which.
    """

    name: str
    shape: tuple[int, ...]
    weights: int
    stream: str = ""
    lane: str = ""


def layer_table(network: nn.Module, frames_per_clip: int) -> list[Layer]:
    """The rows of a network of models/, input first, total last. A batch adds one axis in front."""
    alone = isinstance(network, LRCN | PConvLSTM)
    rows: list[Layer] = []
    for name, part in [("", network)] if alone else network.named_children():  # as in the figure
        match part:
            case PConvLSTM():
                own = list(_map_rows(part, frames_per_clip))
            case LRCN():
                own = [row for each in part.children() for row in _rows(each, frames_per_clip)]
            case _:
                name, own = "", list(_rows(part, frames_per_clip))
        rows += [row._replace(stream=name) for row in own]
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
            yield from _head_rows(part, steps)
        case nn.Linear():
            yield Layer("dense of both answers", (steps, part.out_features), _weights(part))
        case nn.Identity():
            pass
        case _:
            raise TypeError(f"{type(part).__name__}: no rows are known for it. Add a case here.")


def _encoder_rows(encoder: PlainEncoder, steps: int) -> Iterator[Layer]:
    height, width = encoder.size_pixels
    yield Layer("frames", (steps, height, width, encoder.channels), 0)
    blocks: Any = [*encoder.blocks, encoder.last]
    count = encoder.channels
    for layer in (layer for block in blocks for layer in block):
        match layer:
            case nn.Conv2d():
                kernel, count = layer.kernel_size[0], layer.out_channels
                shape = steps, height, width, count
                yield Layer(f"convolution {kernel}x{kernel}", shape, _weights(layer))
            case nn.MaxPool2d():
                size = int(layer.kernel_size)  # type: ignore[arg-type]
                height, width = height // size, width // size
                yield Layer(f"max-pool {size}, ReLU", (steps, height, width, count), 0)
            case Dropout() if layer.share:
                yield Layer(f"dropout {layer.share:g}", (steps, height, width, count), 0)
    yield Layer("flatten", (steps, encoder.features), 0)


def _map_rows(network: PConvLSTM, steps: int) -> Iterator[Layer]:
    """Encoder, pyramid, memory and head of a network whose features are maps."""
    encoder, size = network.encoder, network.encoder.map_size
    yield from _stage_rows(encoder, steps)
    for branch, norm in zip(network.pyramid.branches, network.pyramid.norms, strict=True):
        name = f"convolution {_kernel(branch)}, dilation {branch.dilation}"
        weights = _weights(branch) + _weights(norm)
        yield Layer(name, (steps, *size, branch.count), weights, lane=f"d{branch.dilation}")
    channels = encoder.channels + network.pyramid.channels
    yield Layer("beside the encoder's maps", (steps, *size, channels), 0)
    if network.memory is not None:
        for number, stack in enumerate(network.memory.branches):
            directions = "" if stack.can_step else ", both directions"
            for layer in stack.layers:
                dilation = layer[0].from_input.dilation[0]
                name = f"ConvLSTM {layer[0].units}, dilation {dilation}{directions}"
                shape = (steps, *size, stack.outputs)
                yield Layer(name, shape, _weights(layer), lane=f"memory {number}")
        channels = network.memory.outputs
        yield Layer(f"{network.memory.fusion} of branches", (steps, *size, channels), 0)
    so_far = " and the frames so far" if network.over_time == "mean" else ""
    yield Layer(f"mean over the map{so_far}", (steps, channels), 0)
    yield from _head_rows(network.head, steps)


def _stage_rows(encoder: ResNet3d, steps: int) -> Iterator[Layer]:
    yield Layer("frames", (steps, *encoder.size_pixels, encoder.pixels.channels), 0)
    half, quarter = halved(encoder.size_pixels), encoder.stage_sizes[0]
    stem = _weights(encoder.conv1) + _weights(encoder.bn1)
    yield Layer("convolution 7x7, stride 2", (steps, *half, encoder.conv1.count), stem)
    yield Layer("max-pool 3, stride 2", (steps, *quarter, encoder.conv1.count), 0)
    sizes = [*encoder.stage_sizes[1:], encoder.map_size]
    for stage, size in zip(encoder.stages, sizes, strict=True):
        last = stage[-1]
        kernels = f"{_kernel(last.conv1)} {_kernel(last.conv2)} {_kernel(last.conv3)}"
        spread = f", dilation {last.conv2.dilation}" if last.conv2.dilation > 1 else ""
        several = "s" if len(stage) > 1 else ""
        name = f"{len(stage)} bottleneck{several} {kernels}{spread}"
        yield Layer(name, (steps, *size, last.conv3.count), _weights(stage))


def _kernel(part: TimeConvolution) -> str:
    return f"{part.time_kernel}x{part.kernel}x{part.kernel}"


def _head_rows(head: LabelHead, steps: int) -> Iterator[Layer]:
    before: Any = head.before
    for layer in before:
        match layer:
            case Dropout():
                yield Layer(f"dropout {layer.share:g}", (steps, head.features), 0)
            case nn.Linear():
                yield Layer("dense, ReLU", (steps, layer.out_features), _weights(layer))
    yield Layer("dense, softmax", (steps, head.dense.out_features), _weights(head.dense))


def _weights(part: nn.Module) -> int:
    return sum(weight.numel() for weight in part.parameters())
