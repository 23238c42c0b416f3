"""Ink into a file of the form that its suffix names."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kineograph.data.ink.formats.gcode import Plotter, gcode_of
from kineograph.data.ink.formats.inkml import inkml_of
from kineograph.data.ink.formats.page import page_of
from kineograph.data.ink.formats.png import picture_of
from kineograph.data.ink.formats.sheet import Sheet, sheet_of
from kineograph.data.ink.formats.svg import svg_of
from kineograph.data.ink.ink import Ink
from kineograph.data.ink.line import fields_of, ink_line
from kineograph.errors import InputError, nearest
from kineograph.media.write import write_picture
from kineograph.whole_file import write_text_whole


@dataclass(frozen=True)
class Look:
    """How large ink is, with which pen, and what a plotter is told. None: letters as usual."""

    width_mm: float | None = None
    pen_mm: float | None = None
    plotter: Plotter | None = None


TEXTS: dict[str, Callable[[Ink, Sheet, Look], str]] = {
    ".svg": lambda ink, sheet, look: svg_of(sheet, ink.text),
    ".html": lambda ink, sheet, look: page_of(sheet, ink.text),
    ".inkml": lambda ink, sheet, look: inkml_of(sheet, ink),
    ".gcode": lambda ink, sheet, look: gcode_of(sheet, ink.text, look.plotter),
    ".jsonl": lambda ink, sheet, look: _json_lines(ink),
}
SUFFIXES = (*TEXTS, ".png")


def check_ink_suffix(path: Path) -> None:
    """Refuse a file of a form that ink is not written in, before anything is written."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        hint = nearest(suffix, SUFFIXES)
        raise InputError(f"{path}: ink is written as {', '.join(SUFFIXES)}. {hint}".rstrip())


def write_ink_file(path: Path, ink: Ink, look: Look | None = None) -> None:
    """Write it, whole or not at all. Raises InputError for an unknown suffix or size."""
    check_ink_suffix(path)
    look = look or Look()
    sheet = sheet_of(ink, look.width_mm, look.pen_mm)
    if path.suffix.lower() == ".png":
        write_picture(path, picture_of(sheet))
    else:
        write_text_whole(path, TEXTS[path.suffix.lower()](ink, sheet, look))


def _json_lines(ink: Ink) -> str:
    """Each row as prepared ink has it: goes back in as strokes-jsonl, or as --prime."""
    if not ink.text:
        raise InputError(
            "scribbles say nothing, and .jsonl keeps ink with what it says. Write .inkml or .svg."
        )
    rows = [fields_of(ink_line(strokes, text)) for text, strokes in ink.rows]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
