"""Ink as G-code for a plotter: millimetres, absolute, the origin at the lower left corner.

The pen goes up and down with the Z axis; machines with a servo have other words for it.
"""

from dataclasses import dataclass

from kineograph.data.ink.formats.sheet import Sheet
from kineograph.data.ink.ink import smooth
from kineograph.errors import InputError


@dataclass(frozen=True)
class Plotter:
    """What a machine is told. Feeds in millimetres a minute."""

    up: str = "G0 Z3"
    down: str = "G1 Z0 F600"
    feed: float = 1800.0
    settle_seconds: float = 0.05  # after the pen went down or up

    def __post_init__(self) -> None:
        """Refuse a feed at which nothing is drawn, and words of several lines."""
        if not 0 < self.feed <= 1e5:
            raise InputError(f"feed {self.feed:g} mm a minute: above 0, 100000 at most. Try 1800.")
        for word in (self.up, self.down):
            if not word.strip() or len(word.splitlines()) != 1:
                raise InputError(f"pen {word!r}: is one line of G-code. Try 'M3 S90'.")


def gcode_of(sheet: Sheet, text: str, plotter: Plotter | None = None) -> str:
    """The program: pen up, go there, pen down, draw; at the end home with the pen up."""
    plotter = plotter or Plotter()
    wait = f"G4 P{plotter.settle_seconds:g}"
    said = " ".join(sign for sign in text.split()).encode("ascii", "replace").decode()
    rows = [f"; {said[:70].replace(';', ',')}", f"; {sheet.wide_mm:.1f} x {sheet.high_mm:.1f} mm"]
    rows += ["G21", "G90", plotter.up, wait]
    for stroke in sheet.strokes:
        (x, y), *rest = smooth(stroke, 3).tolist()
        rows += [f"G0 X{x:.2f} Y{sheet.high_mm - y:.2f}", plotter.down, wait]
        rows += [f"G1 X{x:.2f} Y{sheet.high_mm - y:.2f} F{plotter.feed:g}" for x, y in rest]
        rows += [plotter.up, wait]
    return "\n".join([*rows, "G0 X0 Y0", "M2"]) + "\n"
