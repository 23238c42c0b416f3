"""What the loaders of known data sets share: files known by their names, options."""

import re
from collections.abc import Iterable
from pathlib import Path

from kineograph.errors import InputError, nearest
from kineograph.media import VIDEO_SUFFIXES, list_media


def named_clips(
    source: Path, pattern: re.Pattern[str], example: str
) -> tuple[list[tuple[str, re.Match[str]]], list[str]]:
    """Videos below `source` whose stem is like `pattern`, with the match; a line on each other."""
    found: list[tuple[str, re.Match[str]]] = []
    problems: list[str] = []
    for file in list_media(source, suffixes=VIDEO_SUFFIXES):
        video = file.relative_to(source).as_posix()
        match = pattern.fullmatch(file.stem)
        if match:
            found.append((video, match))
        else:
            problems.append(f"{video}: its name is not one like {example}. Rename or remove it.")
    if not found:
        raise InputError(
            f"{source}: no video in it has a name like {example}. "
            "Give the folder with the files as their owners distribute them."
        )
    return found, problems


def choose(option: str, value: object, known: Iterable[str]) -> str:
    """The value as text, if it is one of the `known`; else an InputError names them."""
    text, known = str(value), list(known)
    if text not in known:
        hint = nearest(text, known) or f"Choose one, for example {option}={known[0]}."
        raise InputError(f"{option}={text}: known are {', '.join(known)}. {hint}")
    return text
