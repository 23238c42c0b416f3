"""How the windows of a video move, all of them in one pass: a meter a window."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from kineograph.errors import InputError
from kineograph.media.frame import Box

if TYPE_CHECKING:  # a command that reads no video must not pay for its libraries
    from kineograph.media.read import Cuts


class Meter(Protocol):
    """What sees a window's pictures in order, and makes one of how they move."""

    def remember(self, pixels: NDArray[np.uint8], seconds: float) -> None:
        """The next picture (H, W, 3)."""

    def image(self, size_pixels: tuple[int, int]) -> NDArray[np.uint8]:
        """Bytes (height, width, 3) of the newest one."""


class Meters:
    """A meter for each window. A window that cannot be cut costs the others nothing."""

    def __init__(self, meters: Mapping[Box | None, Meter], size_pixels: tuple[int, int]) -> None:
        self._meters = meters
        self._size = size_pixels
        self._faults: dict[Box | None, InputError] = {}

    def remember(self, cuts: "Cuts") -> None:
        """Show every meter the next picture."""
        for window, meter in self._meters.items():
            try:
                meter.remember(cuts.window(window), cuts.seconds)
            except InputError as error:
                self._faults[window] = error

    def at(self, cuts: "Cuts") -> "MeasuredCuts":
        """What can be asked of the newest picture, until the next one is remembered."""
        return MeasuredCuts(cuts.seconds, cuts.index, self)

    def image(self, window: Box | None) -> NDArray[np.uint8]:
        """How one window moves now; raises InputError for one outside the picture."""
        if window in self._faults:
            raise self._faults[window]
        return self._meters[window].image(self._size)


@dataclass(frozen=True)
class MeasuredCuts:
    """One picture's motion, of which windows can be had while it is the newest."""

    seconds: float
    index: int
    _meters: Meters

    def window(self, window: Box | None) -> NDArray[np.uint8]:
        """Its bytes (H, W, 3)."""
        return self._meters.image(window)
