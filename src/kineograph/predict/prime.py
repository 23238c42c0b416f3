"""A person's own ink from a file, for a hand to go on in that style."""

from collections.abc import Callable
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
LONGEST = 60  # characters to go on from, where no hand says


def read_prime(
    path: Path, fits: Callable[[InkLine], object] = bool, longest: int = LONGEST
) -> InkLine:
    """The line of a file that shows most of the style: the longest of up to `longest` characters.

    fits: raises InputError for a line that cannot be gone on from, and the next one is taken.
    Raises InputError if the file has no line that can be read, or none that fits.
    """
    lines = sorted(read_primes(path), key=lambda line: -len(line.text))
    short = [line for line in lines if len(line.text) <= longest]
    faults = []
    for line in short or lines[::-1]:
        try:
            fits(line)
        except InputError as error:
            faults.append(str(error))
        else:
            return line
    more = f" So it is with all {len(faults)} lines." if faults[1:] else ""
    raise InputError(f"{path}: {faults[0]}{more}")


def read_primes(path: Path) -> list[InkLine]:
    """Every line of a file that can be gone on from. Raises InputError if there is none."""
    if path.is_dir():
        raise InputError(f"{path}: is a folder. Give a file of it, as strokes.jsonl.")
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
