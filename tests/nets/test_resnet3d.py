"""The 3D ResNet against a 2D one written here, the inflation's invariances, counts by hand."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kineograph.nets.encoders.resnet3d import ResNet3d, stage_steps
from kineograph.nets.time_convolution import TimeConvolution, Walk, inflate, walk_of

B, T, SIZE = 2, 7, (40, 56)
SMALL = {"blocks": (2, 1, 1), "width": 4, "expansion": 2}


@pytest.fixture(autouse=True)
def a_seed():
    torch.manual_seed(0)


class Block2d(nn.Module):
    """A bottleneck of He et al. as every 2D library names its parts."""

    def __init__(self, channels: int, width: int, expansion: int, stride: int, dilation: int):
        super().__init__()
        out = width * expansion
        self.conv1 = nn.Conv2d(channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, dilation, dilation, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out)
        self.downsample = None
        if stride > 1 or channels != out:
            shortcut = nn.Conv2d(channels, out, 1, stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(out))

    def forward(self, x: Tensor) -> Tensor:
        found = F.relu(self.bn1(self.conv1(x)))
        found = self.bn3(self.conv3(F.relu(self.bn2(self.conv2(found)))))
        return F.relu(found + (x if self.downsample is None else self.downsample(x)))


class ResNet2d(nn.Module):
    """With its classifier, as weights are handed out."""

    def __init__(self, blocks, width, expansion, dilated_from=None):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        channels, dilation = width, 1
        for n, count in enumerate(blocks):
            stride, first = (2 if n else 1), dilation
            if dilated_from is not None and n >= dilated_from:
                stride, dilation = 1, dilation * 2
            stage = []
            for place in range(count):
                own = (1, dilation) if place else (stride, first)
                stage.append(Block2d(channels, width * 2**n, expansion, *own))
                channels = width * 2**n * expansion
            setattr(self, f"layer{n + 1}", nn.Sequential(*stage))
        self.stages = len(blocks)
        self.fc = nn.Linear(channels, 10)
        for name, buffer in self.named_buffers():  # statistics that are not those of a fresh one
            if name.endswith(("mean", "var")):
                buffer.uniform_(*((0.5, 1.5) if name.endswith("var") else (-0.3, 0.1)))

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        for n in range(self.stages):
            x = getattr(self, f"layer{n + 1}")(x)
        return x


def pair(time_kernel: int = 1, output_stride: int = 16, **more) -> tuple[ResNet2d, ResNet3d]:
    """A 2D network, and the 3D one that has taken its weights."""
    dilated_from = {16: None, 8: 2, 4: 1}[output_stride]
    flat = ResNet2d(SMALL["blocks"], SMALL["width"], SMALL["expansion"], dilated_from).eval()
    deep = ResNet3d(
        SIZE, **SMALL, time_kernels=(time_kernel,) * 3, output_stride=output_stride, **more
    ).eval()
    deep.load_2d(flat.state_dict())
    return flat.double(), deep.double()


def maps_of(network: ResNet3d, clips: Tensor, lengths: Tensor | None = None) -> Tensor:
    """clips (B, T, C, H, W) -> (B, T, channels, H', W')."""
    maps = network.frame_maps(clips.flatten(0, 1))
    walk = walk_of(clips.shape[1], lengths)
    return network.clip_maps(maps, walk).unflatten(0, clips.shape[:2])


def test_resnet_50_has_the_weights_that_are_known():
    """By hand: stem, then per stage the first bottleneck with its shortcut, and the others."""
    expected, channels = 3 * 64 * 49 + 2 * 64, 64
    for count, width in zip((3, 4, 6, 3), (64, 128, 256, 512), strict=True):
        out = 4 * width
        inner = width * width * 9 + width * out + 2 * (width + width + out)
        expected += channels * width + inner + channels * out + 2 * out
        expected += (count - 1) * (out * width + inner)
        channels = out
    assert expected == 23_508_032
    with torch.device("meta"):
        flat = ResNet3d((112, 112), time_kernels=(1, 1, 1, 1))
        deep = ResNet3d((112, 112))
    assert sum(p.numel() for p in flat.parameters()) == expected
    first = 64 * 64 + 2 * 256 * 64 + 256 * 128 + 3 * 512 * 128
    first += 512 * 256 + 5 * 1024 * 256 + 1024 * 512 + 2 * 2048 * 512
    assert sum(p.numel() for p in deep.parameters()) == expected + 2 * first


@pytest.mark.parametrize("output_stride", [4, 8, 16])
def test_with_a_time_kernel_of_1_it_is_the_2d_network_frame_by_frame(output_stride):
    flat, deep = pair(output_stride=output_stride)
    clips = torch.rand(B, T, 3, *SIZE, dtype=torch.float64)
    expected = flat(clips.flatten(0, 1)).unflatten(0, (B, T))
    found = maps_of(deep, clips)
    torch.testing.assert_close(found, expected)
    assert (found > 0.01).float().mean() > 0.2  # alive: it is not zeros that are compared
    assert found.shape[3:] == deep.map_size and found.shape[2] == deep.channels
    side = tuple(-(-length // output_stride) for length in SIZE)
    assert deep.map_size == side


@pytest.mark.parametrize("causal", [False, True])
def test_inflated_it_sees_in_a_still_clip_what_the_2d_one_sees_in_its_frame(causal):
    """Where no convolution reaches over the clip's edge: one frame for each of 4 bottlenecks."""
    flat, deep = pair(time_kernel=3, causal=causal)
    frame = torch.rand(1, 3, *SIZE, dtype=torch.float64)
    long = 12
    found = maps_of(deep, frame.expand(1, long, *frame.shape[1:]))[0]
    reach = 4 * (2 if causal else 1)
    inside = range(reach, long if causal else long - reach)
    assert len(inside) >= 3
    for t in inside:
        torch.testing.assert_close(found[t], flat(frame)[0])
    assert (found[0] - flat(frame)[0]).abs().max() > 1e-3  # at the edge zeros come in


def test_every_step_stays_and_neighbours_are_seen():
    deep = ResNet3d(SIZE, **SMALL, time_kernels=(1, 3, 1), norm="group").double()
    clips = torch.rand(1, T, 3, *SIZE, dtype=torch.float64)
    other = clips.clone()
    other[:, 3] = 0
    found, changed = maps_of(deep, clips), maps_of(deep, other)
    moved = [(found[0, t] - changed[0, t]).abs().max() > 1e-9 for t in range(T)]
    assert moved == [False, False, True, True, True, False, False]


@pytest.mark.parametrize("norm", ["batch", "group", "none"])
def test_padding_changes_nothing(norm):
    deep = ResNet3d(SIZE, **SMALL, time_kernels=(3, 3, 3), norm=norm).double().eval()
    clips, lengths = torch.rand(B, T, 3, *SIZE, dtype=torch.float64), torch.tensor([3, T])
    found = maps_of(deep, clips, lengths)
    torch.testing.assert_close(found[:1, :3], maps_of(deep, clips[:1, :3]))
    torch.testing.assert_close(found[1], maps_of(deep, clips)[1])


def test_a_convolution_over_time_is_torchs_own():
    clip = torch.randn(2, 3, 6, 9, 8, dtype=torch.float64)
    ours = TimeConvolution(3, 4, time_kernel=3, stride=2, dilation=2, time_dilation=2).double()
    expected = F.conv3d(clip, ours.weight, None, (1, 2, 2), (2, 2, 2), (2, 2, 2))
    found = ours(clip.transpose(1, 2).flatten(0, 1), Walk(6))
    torch.testing.assert_close(found.unflatten(0, (2, 6)).transpose(1, 2), expected)


def test_a_causal_convolution_goes_on_from_what_it_saw():
    convolution = TimeConvolution(3, 4, time_kernel=3, time_dilation=2, causal=True).double()
    maps = torch.randn(2, 7, 3, 5, 6, dtype=torch.float64)
    whole = convolution(maps.flatten(0, 1), Walk(7)).unflatten(0, (2, 7))
    past, found = (convolution.no_past(2, (5, 6)),), []
    for part in maps.split([1, 2, 4], 1):
        walk = Walk(part.shape[1], before=past)
        found.append(convolution(part.flatten(0, 1), walk).unflatten(0, part.shape[:2]))
        past = tuple(walk.after)
    torch.testing.assert_close(torch.cat(found, 1), whole)


def test_inflation_repeats_and_divides():
    kernel = torch.randn(2, 3, 3, 3)
    found = inflate(kernel, 5)
    assert found.shape == (2, 3, 5, 3, 3)
    torch.testing.assert_close(found.sum(2), kernel)
    torch.testing.assert_close(found[:, :, 0], found[:, :, 4])


def test_weights_for_motion_are_the_mean_over_colours():
    flat = ResNet2d(SMALL["blocks"], SMALL["width"], SMALL["expansion"])
    deep = ResNet3d(SIZE, inputs=("flow",), **SMALL, time_kernels=(1, 1, 1))
    deep.load_2d(flat.state_dict())
    for channel in range(3):
        torch.testing.assert_close(deep.conv1.weight[:, channel, 0], flat.conv1.weight.mean(1))


def test_weights_of_another_network_are_refused_by_name():
    other = ResNet2d((2, 1, 1), 8, 2)
    with pytest.raises(ValueError, match=r"conv1.weight: this network has \(4, 3, 1, 7, 7\), the"):
        ResNet3d(SIZE, **SMALL, time_kernels=(1, 1, 1)).load_2d(other.state_dict())
    with pytest.raises(ValueError, match="no such weight. Write the blocks, width and expansion"):
        ResNet3d(SIZE, **SMALL, time_kernels=(1, 1, 1)).load_2d({})


@pytest.mark.parametrize(
    ("output_stride", "expected"),
    [
        (32, [(1, 1, 1), (2, 1, 1), (2, 1, 1), (2, 1, 1)]),
        (16, [(1, 1, 1), (2, 1, 1), (2, 1, 1), (1, 1, 2)]),
        (8, [(1, 1, 1), (2, 1, 1), (1, 1, 2), (1, 2, 4)]),
        (4, [(1, 1, 1), (1, 1, 2), (1, 2, 4), (1, 4, 8)]),
    ],
)
def test_where_a_stage_would_shrink_further_it_dilates(output_stride, expected):
    assert list(stage_steps(4, output_stride)) == expected


def test_without_norms_maps_neither_vanish_nor_explode():
    deep = ResNet3d((64, 64), blocks=(3, 4, 6, 3), width=8, norm="none").eval()
    found = maps_of(deep, torch.randn(1, 2, 3, 64, 64).clamp(0, 1))
    assert 1e-2 < found.std() < 1e2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"blocks": (1, 1)}, "1 to 4 stages need one number of both each"),
        ({"time_kernels": (3, 2, 3)}, "time_kernels=2: must be odd.* Write time_kernels=1 or 3"),
        ({"output_stride": 6}, "output_stride=6: must be one of 4, 8, 16, 32. Write output_stri"),
        ({"norm": "layer"}, "norm='layer': must be one of batch, group, none"),
        ({"width": 0}, "width=0: must be a whole number"),
    ],
)
def test_an_encoder_that_cannot_be_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        ResNet3d(SIZE, **{**SMALL, "time_kernels": (3, 3, 3), **change})


def test_frames_of_another_size_are_refused():
    deep = ResNet3d(SIZE, **SMALL, time_kernels=(1, 1, 1))
    with pytest.raises(ValueError, match="frames of 8x8 pixels: this network was built for 40x56"):
        deep(torch.rand(1, 3, 8, 8))
