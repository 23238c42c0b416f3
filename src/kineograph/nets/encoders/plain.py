"""Plain convolutional encoder: one frame -> its features (Ospan et al., Fig. 3)."""

import math

import torch
from torch import Tensor, nn

from kineograph.nets.checks import check_counts, check_shares
from kineograph.nets.encoders.dropout import Dropout
from kineograph.nets.encoders.pixels import Pixels

CACHE_BYTES = 12 * 2**20  # of the largest map at once: measured best of 3..24 MiB on two cores


def check_blocks(
    filters: tuple[int, ...],
    pools: tuple[int, ...],
    kernel: int,
    *,
    convolutions: int = 1,
    first_kernel: int | None = None,
    last_convolutions: int = 0,
) -> None:
    """Refuse blocks that cannot be built: ValueError."""
    check_counts(convolutions=convolutions)
    if not isinstance(last_convolutions, int) or last_convolutions < 0:
        raise ValueError(
            f"last_convolutions={last_convolutions!r}: must be a whole number. Write 0 for none."
        )
    if not filters or len(filters) != len(pools):
        raise ValueError(
            f"filters={filters}, pools={pools}: each block needs one number of both. "
            f"Write as many pools as filters; a pool of 1 shrinks nothing."
        )
    for count, pool in zip(filters, pools, strict=True):
        check_counts(filters=count, pools=pool)
    sizes = {"kernel": kernel, "first_kernel": kernel if first_kernel is None else first_kernel}
    for name, size in sizes.items():
        check_counts(**{name: size})
        if size % 2 == 0:
            raise ValueError(
                f"{name}={size}: must be odd, so that a map keeps its size. "
                f"Write {name}={size - 1} or {size + 1}."
            )


def convolution(channels: int, count: int, kernel: int) -> nn.Module:
    """One that keeps a map's size (padding "same")."""
    return nn.Conv2d(channels, count, kernel, padding=kernel // 2)


class PlainEncoder(nn.Module):
    """frames (M, C, H, W), uint8 or floats in [0, 1] -> features (M, D).

    A block is convolution, max-pool, ReLU, dropout. The papers write ReLU before the pool; the
    largest of ReLUs is the ReLU of the largest, so this is the same function on fewer numbers.
    Pools leave out the border that does not fill one: 60 -> 15 -> 5 -> 2 -> 1 for 4, 3, 2, 2.

    convolutions: so many in each block, a ReLU after each, the pool after the last.
    first_kernel: of the very first one, if it differs. last_convolutions: so many after all pools.
    """

    def __init__(
        self,
        size_pixels: tuple[int, int],
        *,
        inputs: tuple[str, ...] = ("rgb",),
        filters: tuple[int, ...] = (16, 32, 64, 64),
        pools: tuple[int, ...] = (4, 3, 2, 2),
        kernel: int = 3,
        convolutions: int = 1,
        first_kernel: int | None = None,
        last_convolutions: int = 0,
        dropout: float = 0.25,
        dropout_last: bool = True,
        frames_norm: str = "none",
    ) -> None:
        super().__init__()
        check_blocks(
            filters,
            pools,
            kernel,
            convolutions=convolutions,
            first_kernel=first_kernel,
            last_convolutions=last_convolutions,
        )
        check_shares(dropout=dropout)
        least = math.prod(pools)
        if min(size_pixels) < least:
            height, width = size_pixels
            raise ValueError(
                f"size_pixels={height}x{width}: the pools {pools} shrink a frame {least} times, so "
                f"it needs {least}x{least} pixels or more. Enlarge the frames, or pool less."
            )
        self.size_pixels = size_pixels
        self.pixels = Pixels(inputs, frames_norm)
        self.channels = channels = self.pixels.channels
        self.cache_bytes = CACHE_BYTES
        self.blocks = nn.Sequential()
        self._largest_map = 0  # numbers a frame
        height, width = size_pixels
        for number, (count, pool) in enumerate(zip(filters, pools, strict=True), 1):
            share = dropout if dropout_last or number < len(filters) else 0.0
            size = first_kernel if number == 1 and first_kernel else kernel
            block = [convolution(channels, count, size)]
            for _ in range(convolutions - 1):
                block += [nn.ReLU(), convolution(count, count, kernel)]
            pooled = [nn.MaxPool2d(pool), nn.ReLU(), Dropout(share)]
            self.blocks.append(nn.Sequential(*block, *pooled))
            self._largest_map = max(self._largest_map, count * height * width)
            channels, height, width = count, height // pool, width // pool
        self.last = nn.Sequential()
        for _ in range(last_convolutions):
            self.last.extend([convolution(channels, channels, kernel), nn.ReLU()])
        self.features = channels * height * width

    def forward(self, frames: Tensor) -> Tensor:
        """frames (M, C, H, W), uint8 or floats in [0, 1] -> features (M, D)."""
        if tuple(frames.shape[2:]) != tuple(self.size_pixels):
            (height, width), (given_height, given_width) = self.size_pixels, frames.shape[2:]
            raise ValueError(
                f"frames of {given_height}x{given_width} pixels: this network was built for "
                f"{height}x{width}. Resize them."
            )
        if torch.compiler.is_compiling() or torch.jit.is_tracing() or frames.is_cuda:
            return self._encode(frames)
        parts = math.ceil(len(frames) / self._frames_in_cache())
        return torch.cat([self._encode(part) for part in frames.chunk(max(1, parts))])

    def _encode(self, frames: Tensor) -> Tensor:
        pixels = self.pixels(frames, self._dtype())
        return self.last(self.blocks(pixels)).flatten(1)

    def _frames_in_cache(self) -> int:
        """How many frames to encode at once, so that their largest map stays in a CPU's cache."""
        dtype = self._dtype()
        if torch.is_autocast_enabled("cpu"):
            dtype = torch.get_autocast_dtype("cpu")
        return max(1, self.cache_bytes // (self._largest_map * dtype.itemsize))

    def _dtype(self) -> torch.dtype:
        return next(self.parameters()).dtype
