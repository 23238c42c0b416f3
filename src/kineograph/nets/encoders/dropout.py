"""Dropout whose chance costs an eighth: one 64-bit random number serves eight places.

torch draws a number for every place, one after another on one core: a fifth of a bf16 training
step of `lrcn-kth`. A byte is enough to tell 256 shares apart.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LEVELS = 256  # of a byte


class Dropout(nn.Module):
    """x of any shape -> x with a `share` of its places zero, the others scaled up; while training.

    The share is rounded to 256ths (0.25 is exact, 0.1 becomes 0.1016), the scale goes with it.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share
        self.below = round(share * LEVELS)  # bytes below it drop their place

    def forward(self, x: Tensor) -> Tensor:
        """Drop, or in evaluation pass x through."""
        if not self.training or not self.below:
            return x
        if x.device.type != "cpu":
            return F.dropout(x, self.below / LEVELS)
        numbers = torch.empty(-(-x.numel() // 8), dtype=torch.int64).random_(-(2**63), None)
        drawn = numbers.view(torch.uint8)[: x.numel()]
        # In x's own order of memory (channels last, mostly), so that nothing is moved about.
        dense = x if _is_dense(x) else x.contiguous()
        kept = drawn.as_strided(dense.shape, dense.stride()) >= self.below
        return dense * kept.to(x.dtype).mul_(LEVELS / (LEVELS - self.below))

    def extra_repr(self) -> str:
        """What is printed of it."""
        return f"share={self.share}"


def _is_dense(x: Tensor) -> bool:
    return x.is_contiguous() or (
        x.dim() == 4 and x.is_contiguous(memory_format=torch.channels_last)
    )
