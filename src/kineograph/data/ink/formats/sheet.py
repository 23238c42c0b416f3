"""Ink laid on a sheet of paper: millimetres, y down, a margin around."""

from dataclasses import dataclass

import numpy as np

from kineograph.data.ink.ink import Ink
from kineograph.data.ink.strokes import Strokes
from kineograph.errors import InputError

MARGIN_MM = 4.0
PEN_MM = 0.34
WIDEST_MM = 5000.0


@dataclass(frozen=True, eq=False)
class Sheet:
    """Strokes (N, 2) in millimetres from the upper left corner, and the sheet's size."""

    strokes: Strokes
    wide_mm: float
    high_mm: float
    pen_mm: float


def check_size(width_mm: float | None, pen_mm: float | None) -> None:
    """Refuse a size that no sheet or pen has: InputError."""
    least = 2 * MARGIN_MM + 1
    if width_mm is not None and not least <= width_mm <= WIDEST_MM:
        raise InputError(f"width {width_mm:g} mm: {least:g} to {WIDEST_MM:g} are known. Try 120.")
    if pen_mm is not None and not 0.01 <= pen_mm <= 50:
        raise InputError(f"pen {pen_mm:g} mm: 0.01 to 50 are known. Try {PEN_MM}.")


def sheet_of(ink: Ink, width_mm: float | None = None, pen_mm: float | None = None) -> Sheet:
    """`width_mm` is the whole sheet's, with its margins; None: letters of a usual size.

    The pen grows with the letters unless it is said. Raises InputError for a size that is none.
    """
    check_size(width_mm, pen_mm)
    wide, high = ink.size
    scale = ink.unit_mm if width_mm is None else (width_mm - 2 * MARGIN_MM) / max(wide, 1e-9)
    strokes = [stroke * (scale, -scale) + MARGIN_MM for stroke in ink.strokes]
    pen = PEN_MM * scale / ink.unit_mm if pen_mm is None else pen_mm
    return Sheet(strokes, wide * scale + 2 * MARGIN_MM, high * scale + 2 * MARGIN_MM, pen)


def length_mm(stroke: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    """How long a stroke is."""
    return float(np.linalg.norm(np.diff(stroke, axis=0), axis=1).sum())
