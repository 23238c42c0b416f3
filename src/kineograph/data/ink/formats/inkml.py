"""Ink as W3C InkML: a group of traces for each row, with what it says.

Source: Ink Markup Language, W3C Recommendation of 20 September 2011.
"""

from html import escape
from itertools import islice

from kineograph.data.ink.formats.sheet import Sheet
from kineograph.data.ink.ink import Ink
from kineograph.data.ink.strokes import Points


def inkml_of(sheet: Sheet, ink: Ink) -> str:
    """In hundredths of a millimetre, y down, rows below each other as on the sheet."""
    placed, groups = iter(sheet.strokes), []
    for text, strokes in ink.rows:
        own = islice(placed, len(strokes))
        traces = "\n".join(f"<trace>{_points(stroke)}</trace>" for stroke in own)
        said = f'<annotation type="truth">{escape(text)}</annotation>'
        groups.append(f"<traceGroup>{said}\n{traces}\n</traceGroup>")
    rows = "\n".join(groups)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ink xmlns="http://www.w3.org/2003/InkML">\n'
        '<traceFormat><channel name="X" type="integer"/><channel name="Y" type="integer"/>'
        f"</traceFormat>\n{rows}\n</ink>\n"
    )


def _points(stroke: Points) -> str:
    return ", ".join(f"{round(100 * x)} {round(100 * y)}" for x, y in stroke.tolist())
