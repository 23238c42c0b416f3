"""Lines of text: at which column of a line each character was seen, and how surely (CTC spikes)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kineograph.decoding.ctc import Reading, best_path
from kineograph.errors import InputError
from kineograph.inspect.inspected import Inspected, Inspector, Progress, Wish
from kineograph.inspect.spikes import Spikes, spikes_plot
from kineograph.pages.read import LineReading
from kineograph.predict.pages import HowToRead, LineCount, Lost, read_file
from kineograph.predict.reader import Reader
from kineograph.report.page.blocks import Block, Picture, Say
from kineograph.report.page.words import percent

MOST_LINES = 8  # of a file that are drawn; all are in the numbers

METHOD = (
    "A line is read column by column. Below its picture stands the probability of every character "
    "that was likely anywhere, over the columns: a network that learned by CTC says each character "
    "in a short spike and the blank, grey, in between."
)
SEARCHED = (
    "The text is read with the run's model of the language; where the spikes alone say something "
    "else, that is told."
)


def open_lines(run: str, wish: Wish) -> Inspector:
    """A run that reads lines. Raises InputError for what is none."""
    reader = Reader.load(run, device=wish.device)
    method = (METHOD, SEARCHED) if reader.search.language else (METHOD,)
    return Inspector(method, partial(_look, reader))


@dataclass(frozen=True, eq=False)
class SeenLine:
    """A line as it was given to the network: picture (H, W), log-probabilities (T, V), reading."""

    picture: NDArray[np.uint8]
    log_probabilities: NDArray[np.float32]
    reading: LineReading
    alone: Reading  # by the best path, without the language


@dataclass(frozen=True, eq=False)
class Watching:
    """A reader that remembers what it was given, for whoever finds the lines."""

    reader: Reader
    seen: list[SeenLine] = field(default_factory=list)

    def read(
        self,
        pictures: Sequence[NDArray[np.uint8]],
        progress: Callable[[int, int], None] | None = None,
    ) -> list[LineReading]:
        """As the reader reads."""
        readings = self.reader.read(pictures, progress)
        for picture, reading in zip(pictures, readings, strict=True):
            (line,) = self.reader.log_probabilities([picture])
            self.seen.append(SeenLine(picture, line, reading, best_path([line])[0]))
        return readings


def _look(reader: Reader, file: Path, progress: Progress) -> Inspected:
    watching = Watching(reader)
    lost = [
        each.reason
        for each in read_file(file, watching, HowToRead(), LineCount(progress))
        if isinstance(each, Lost)
    ]
    if not watching.seen:
        raise InputError(
            lost[0] if lost else f"{file}: no line of text was found. Give a page or a line."
        )
    shown = watching.seen[:MOST_LINES]
    spikes = [_spikes(reader, line) for line in watching.seen]
    blocks: list[Block] = []
    for number, (line, each) in enumerate(zip(shown, spikes, strict=False), start=1):
        name = f"line-{number}-{len(line.log_probabilities)}"
        plot = spikes_plot(line.picture, each, name)
        blocks.append(Picture(plot, _told(reader, line), wide=True))
    if len(watching.seen) > len(shown):
        rest = f"The first {len(shown)} of {len(watching.seen)} lines; --json has all."
        blocks.append(Say(rest, "note"))
    first = watching.seen[0].reading.text
    more = f" … ({len(watching.seen)} lines)" if len(watching.seen) > 1 else ""
    rows = [_numbers(line, each) for line, each in zip(watching.seen, spikes, strict=True)]
    problem = "; ".join(lost) or None
    return Inspected(f"{file}: {first}{more}", tuple(blocks), {"lines": rows}, problem)


def _told(reader: Reader, line: SeenLine) -> str:
    """What was read, and what the spikes say where that is something else."""
    text = line.reading.text or "nothing"
    sure = line.reading.confidence
    said = f"Read as: {text}" + ("" if sure is None else f" ({percent(sure, 0)} sure)")
    alone = reader.trained.alphabet.decode(line.alone.text_indices)
    return said if alone == line.reading.text else f"{said}. The spikes alone: {alone or 'nothing'}"


def _spikes(reader: Reader, line: SeenLine) -> Spikes:
    alphabet = reader.trained.alphabet
    names = ["", *(alphabet.decode([index]) for index in range(1, len(alphabet)))]
    read = zip(line.alone.text_indices, line.alone.spans.tolist(), strict=True)
    return Spikes(
        np.exp(line.log_probabilities.astype(np.float64)),
        names,
        tuple((index, first, end) for index, (first, end) in read),
    )


def _numbers(line: SeenLine, spikes: Spikes) -> dict[str, Any]:
    """The reading with the place of each character, and each character's spike."""
    columns = len(spikes.probabilities)
    return {
        "text": line.reading.text,
        "confidence": line.reading.confidence,
        "columns": columns,
        "pixels_per_column": round(line.picture.shape[1] / max(columns, 1), 4),
        "blank_share": round(float(spikes.probabilities[:, 0].mean()), 5),
        "spikes": [
            {
                "text": spikes.names[index],
                "first_column": first,
                "end_column": end,
                "peak_column": int(first + spikes.probabilities[first:end, index].argmax()),
                "probability": round(float(spikes.probabilities[first:end, index].max()), 5),
            }
            for index, first, end in spikes.read
        ],
    }
