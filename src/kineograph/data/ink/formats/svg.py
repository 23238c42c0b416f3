"""Ink as SVG: each stroke one smooth path, as wide as the pen, in millimetres."""

from html import escape

import numpy as np

from kineograph.data.ink.formats.sheet import Sheet
from kineograph.data.ink.strokes import Points

INK = "#1b2a4a"


def svg_of(sheet: Sheet, text: str, colour: str = INK) -> str:
    """The drawing with its text as the title, so that svg-strokes reads it back."""
    paths = "\n".join(f'<path d="{path_of(stroke)}"/>' for stroke in sheet.strokes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{sheet.wide_mm:.2f}mm" '
        f'height="{sheet.high_mm:.2f}mm" viewBox="0 0 {sheet.wide_mm:.2f} {sheet.high_mm:.2f}">\n'
        f"<title>{escape(text)}</title>\n"
        f'<g fill="none" stroke="{colour}" stroke-width="{sheet.pen_mm:.3g}" '
        f'stroke-linecap="round" stroke-linejoin="round">\n{paths}\n</g>\n</svg>\n'
    )


def path_of(stroke: Points) -> str:
    """A path through all points: Catmull and Rom's spline as Bézier curves; a dot has no length."""
    first = f"M{_place(stroke[0])}"
    if len(stroke) == 1:
        return f"{first}h0"
    if len(stroke) == 2:
        return f"{first}L{_place(stroke[1])}"
    slopes = np.empty_like(stroke)
    slopes[1:-1] = (stroke[2:] - stroke[:-2]) / 6
    slopes[0], slopes[-1] = (stroke[1] - stroke[0]) / 3, (stroke[-1] - stroke[-2]) / 3
    out, into = stroke[:-1] + slopes[:-1], stroke[1:] - slopes[1:]
    curves = (
        f"C{_place(a)} {_place(b)} {_place(c)}"
        for a, b, c in zip(out, into, stroke[1:], strict=True)
    )
    return first + "".join(curves)


def _place(point: Points) -> str:
    return " ".join(f"{value:.2f}".rstrip("0").rstrip(".") for value in point)
