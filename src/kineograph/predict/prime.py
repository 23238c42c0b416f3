"""A person's own ink from a file, for a hand to go on in that style."""

from pathlib import Path

from kineograph.data.ink.line import InkLine
from kineograph.data.prepare.ink_files import keep
from kineograph.data.prepare.inkml import read_inkml
from kineograph.data.prepare.strokes_jsonl import read_strokes_jsonl
from kineograph.errors import InputError

READERS = {
    ".json": read_strokes_jsonl,
    ".jsonl": read_strokes_jsonl,
    ".inkml": read_inkml,
}
LONGEST = 60  # characters to go on from; the longest such line is taken


def read_prime(path: Path) -> InkLine:
    """The line of a file that shows most of the style: the longest one of up to 60 characters.

    Raises InputError if the file has no line that can be read.
    """
    lines = read_primes(path)
    short = [line for line in lines if len(line.text) <= LONGEST]
    return max(short or lines[:1], key=lambda line: len(line.text))


def read_primes(path: Path) -> list[InkLine]:
    """Every line of a file that can be gone on from. Raises InputError if there is none."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"{path}: own strokes are read from {', '.join(READERS)}. Save it as one.")
    if not path.is_file():
        raise InputError(f"{path}: there is no such file. Check the path.")
    lines, problems = keep(reader(path))
    if not lines:
        first = f" {problems[0]}" if problems else " It is empty."
        raise InputError(f"{path}: no line of ink can be read.{first}")
    return lines
