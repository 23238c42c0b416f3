"""Eight ways to hold a camera: from the stored picture to the shown one, and a window back again.

The display matrix (ISO/IEC 14496-12, 8.5.2) maps stored (p, q) to shown (a p + c q, b p + d q).
Angles that are no multiple of 90 degrees are brought to the nearest one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kineograph.media.frame import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Orientation(NamedTuple):
    """Swap the axes first, then mirror: enough for all turns by 90 degrees and all mirrors."""

    transposed: bool = False
    mirrored_x: bool = False
    mirrored_y: bool = False

    @classmethod
    def from_display_matrix(cls, matrix: bytes) -> Orientation:
        """Read the nine 32-bit integers (a b u, c d v, x y w) that a frame carries."""
        a, b, _, c, d = (int(number) for number in np.frombuffer(matrix, np.int32)[:5])
        if abs(b) + abs(c) > abs(a) + abs(d):
            return cls(True, c < 0, b < 0)
        return cls(False, a < 0, d < 0)

    @property
    def clockwise_degrees(self) -> int:
        """The turn from stored to shown, 0, 90, 180 or 270; a mirror is taken off first."""
        if self.transposed:
            return 90 if self.mirrored_x else 270
        return 180 if self.mirrored_y else 0

    def shown(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """(H, W, 3) or (H, W) as stored -> the same as shown."""
        if self.transposed:
            pixels = pixels.swapaxes(0, 1)
        return np.ascontiguousarray(
            pixels[:: -1 if self.mirrored_y else 1, :: -1 if self.mirrored_x else 1]
        )

    def swap(self, size: tuple[int, int]) -> tuple[int, int]:
        """A size as stored -> as shown, and back: the same step both ways."""
        return (size[1], size[0]) if self.transposed else size

    def stored_box(self, box: Box, shown_size: tuple[int, int]) -> Box:
        """A window of the shown picture of size (height, width) -> the same pixels as stored."""
        x, y, width, height = box
        if self.mirrored_x:
            x = shown_size[1] - x - width
        if self.mirrored_y:
            y = shown_size[0] - y - height
        return Box(y, x, height, width) if self.transposed else Box(x, y, width, height)


UPRIGHT = Orientation()
