"""3D ResNet-50, forward with backward: ours in bf16 against a plain one in float32.

python -m benchmarks.resnet3d

The plain one is what a tutorial writes: nn.Conv3d on contiguous (B, C, T, H, W). Ours is channels
last in memory throughout, and reads each frame alone in 2D where nothing reaches over time.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from kineograph.nets.encoders.resnet3d import ResNet3d
from kineograph.nets.time_convolution import Walk

from .ratio import compare, print_table

FRAMES, SIZE, BLOCKS = 10, 112, (3, 4, 6, 3)


class PlainBottleneck(nn.Module):
    """Tx1x1, 1x3x3, 1x1x1 with batch norms."""

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv3d(channels, width, (3, 1, 1), padding=(1, 0, 0), bias=False),
            nn.BatchNorm3d(width),
            nn.ReLU(inplace=True),
            nn.Conv3d(width, width, (1, 3, 3), (1, stride, stride), (0, 1, 1), bias=False),
            nn.BatchNorm3d(width),
            nn.ReLU(inplace=True),
            nn.Conv3d(width, 4 * width, 1, bias=False),
            nn.BatchNorm3d(4 * width),
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or channels != 4 * width:
            self.shortcut = nn.Sequential(
                nn.Conv3d(channels, 4 * width, 1, (1, stride, stride), bias=False),
                nn.BatchNorm3d(4 * width),
            )

    def forward(self, clip: Tensor) -> Tensor:
        """clip (B, C, T, H, W) -> (B, 4 width, T, H', W')."""
        return F.relu(self.layers(clip) + self.shortcut(clip), inplace=True)


def plain() -> nn.Module:
    """The whole encoder, output stride 32."""
    layers: list[nn.Module] = [
        nn.Conv3d(3, 64, (1, 7, 7), (1, 2, 2), (0, 3, 3), bias=False),
        nn.BatchNorm3d(64),
        nn.ReLU(inplace=True),
        nn.MaxPool3d((1, 3, 3), (1, 2, 2), (0, 1, 1)),
    ]
    channels = 64
    for number, count in enumerate(BLOCKS):
        for place in range(count):
            stride = 2 if number and not place else 1
            layers.append(PlainBottleneck(channels, 64 * 2**number, stride))
            channels = 256 * 2**number
    return nn.Sequential(*layers)


def plain_pass(kind: torch.memory_format, bf16: bool) -> Callable[[], None]:
    network = plain().to(memory_format=kind)
    clip = torch.rand(1, 3, FRAMES, SIZE, SIZE).contiguous(memory_format=kind)

    def call() -> None:
        network.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            found = network(clip)
        found.float().square().mean().backward()

    return call


def our_pass(bf16: bool) -> Callable[[], None]:
    network = ResNet3d((SIZE, SIZE), output_stride=32)
    frames = torch.randint(0, 256, (FRAMES, SIZE, SIZE, 3), dtype=torch.uint8).permute(0, 3, 1, 2)

    def call() -> None:
        network.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            found = network.clip_maps(network.frame_maps(frames), Walk(FRAMES))
        found.float().square().mean().backward()

    return call


def main(rounds: int = 5) -> None:
    """Ten frames of 112x112, output stride 32, forward with backward."""
    contestants = {
        "plain nn.Conv3d, contiguous, float32 (base)": plain_pass(torch.contiguous_format, False),
        "the same, channels_last_3d and bf16": plain_pass(torch.channels_last_3d, True),
        "kineograph, float32": our_pass(False),
        "kineograph, bf16": our_pass(True),
    }
    print_table(
        f"3D ResNet-50, {FRAMES} frames of {SIZE}x{SIZE}, forward with backward",
        compare(contestants, rounds),
        f"{torch.get_num_threads()} threads.",
    )


if __name__ == "__main__":
    main()
