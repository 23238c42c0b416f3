"""Pages as plain text and as JSON.

Text: a line a line, hyphens as they are printed, an empty line between blocks, a form feed between
pages. A large first letter stands right before the line that it begins.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import Any

from kineograph.errors import InputError
from kineograph.pages.text import (
    DROP_CAPITAL,
    Alternative,
    Block,
    Character,
    PageText,
    Polygon,
    TextLine,
    Word,
)


def plain_text(pages: Sequence[PageText]) -> str:
    """Pages in reading order, ending with a line's end."""
    return "\f".join(_page(page) for page in pages)


def _page(page: PageText) -> str:
    blocks: list[str] = []
    first_letter = ""
    for block in page.blocks:
        text = "\n".join(line.text for line in block.lines)
        if block.kind == DROP_CAPITAL:
            first_letter += text
            continue
        blocks.append(first_letter + text)
        first_letter = ""
    if first_letter:
        blocks.append(first_letter)
    return "\n\n".join(blocks) + "\n"


def page_json(pages: Sequence[PageText]) -> str:
    """All that is known of pages, as {"pages": [...]} with the names of `kineograph.pages.text`."""
    return json.dumps({"pages": [asdict(page) for page in pages]}, ensure_ascii=False, indent=1)


def read_page_json(path: str | PathLike[str]) -> tuple[PageText, ...]:
    """What `page_json` wrote. Raises InputError for anything else."""
    try:
        pages = json.loads(Path(path).read_text(encoding="utf-8"))["pages"]
        return tuple(_page_of(page) for page in pages)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}). Check the name and folder."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(
            f"{path}: no pages in JSON as they are written here ({type(error).__name__}: {error}). "
            "Write them again, or give PAGE or ALTO."
        ) from error


def _page_of(known: dict[str, Any]) -> PageText:
    blocks = tuple(
        Block(tuple(_line_of(line) for line in block["lines"]), block["kind"])
        for block in known["blocks"]
    )
    return PageText(**{**known, "blocks": blocks, "warnings": tuple(known["warnings"])})


def _line_of(known: dict[str, Any]) -> TextLine:
    places = {"polygon": _points(known["polygon"]), "baseline": _points(known["baseline"])}
    parts = {
        "words": tuple(_word_of(word) for word in known["words"]),
        "alternatives": tuple(
            Alternative(each["text"], each["share"]) for each in known.get("alternatives", ())
        ),
    }
    return TextLine(**{**known, **places, **parts})


def _word_of(known: dict[str, Any]) -> Word:
    characters = tuple(
        Character(each["text"], _points(each["polygon"]), each["confidence"])
        for each in known["characters"]
    )
    return Word(known["text"], _points(known["polygon"]), known["confidence"], characters)


def _points(known: list[list[float]]) -> Polygon:
    return tuple((float(x), float(y)) for x, y in known)
