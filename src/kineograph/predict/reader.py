"""A trained reader asked: pictures of lines in, texts with the place of each character out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kineograph.data.lines.batch import LineExample, collate_lines
from kineograph.data.lines.picture import scale_line
from kineograph.decoding.alignment import widened
from kineograph.decoding.ctc import Reading
from kineograph.export.lines import FILE
from kineograph.export.run import OnnxFile, exported
from kineograph.pages.read import LineReading, ReadCharacter
from kineograph.pages.text import Alternative
from kineograph.predict.line_search import LineSearch, line_search
from kineograph.recipes.reader import TrainedReader, load_reader
from kineograph.tasks.read_lines import log_probabilities
from kineograph.training.reproduce import choose_device

MOST_LINES = 16  # in a batch
MOST_PIXELS = 24_000  # of width in a batch: memory stays that of a page, however long a line is

Grey = NDArray[np.uint8]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Reader:
    """`Reader.load("runs/ocr-line-mine").read(pictures)`: as many readings, in the order given."""

    trained: TrainedReader
    device: torch.device = torch.device("cpu")
    search: LineSearch = field(default_factory=LineSearch)
    onnx: Path | None = None  # its exported file, which is faster on a CPU

    @classmethod
    def load(
        cls,
        run: str | Path,
        *,
        language: str | Path | None = None,
        lexicon: str | Path | None = None,
        alternatives: int = 0,
        device: str = "cpu",
        onnx: Path | None = None,
    ) -> "Reader":
        """A run's reader, or a shipped one's, with its lines.onnx where that is of these weights.

        language, lexicon, alternatives: see `line_search`. Raises InputError for what is none.
        """
        found = choose_device(device)
        trained = load_reader(run)
        search = line_search(trained, language, lexicon, alternatives)
        trained.network.to(found)
        beside = onnx or exported(trained.folder, FILE)
        use = found.type == "cpu" and beside is not None and beside.exists()
        return cls(trained, found, search, beside if use else None)

    @property
    def engine(self) -> str:
        """What computes: "torch" or "onnx"."""
        return "torch" if self.onnx is None else "onnx"

    @property
    def name(self) -> str:
        """The run's name."""
        return self.trained.name

    @property
    def height_pixels(self) -> int:
        """What every line is scaled to."""
        return int(self.trained.network.height_pixels)

    def read(self, pictures: Sequence[Grey], progress: Progress | None = None) -> list[LineReading]:
        """Lines (H, W) uint8 grey, dark on light, of any height -> what each says.

        By its search, with the run's language unless told otherwise; never empty-handed: a line of
        which nothing can be made has the empty text. progress(done, total) counts lines.
        """
        found: list[LineReading] = [LineReading("")] * len(pictures)
        done = 0
        for numbers in _batches(pictures, self.height_pixels):
            lines = self.log_probabilities([pictures[number] for number in numbers])
            for number, reading, line in zip(numbers, self.search(lines), lines, strict=True):
                found[number] = self._placed(reading, len(line), pictures[number])
            done += len(numbers)
            if progress is not None:
                progress(done, len(pictures))
        return found

    def log_probabilities(self, pictures: Sequence[Grey]) -> list[NDArray[np.float32]]:
        """What decoding reads: (T, V) of every line of one batch."""
        examples = [
            LineExample(str(number), scale_line(picture, self.height_pixels), [])
            for number, picture in enumerate(pictures)
        ]
        batch = collate_lines(examples)
        if self._file is None:
            return log_probabilities(self.trained.network, batch.to(self.device))
        found = self._file(lines=batch.lines.numpy(), widths=batch.widths.numpy())
        every = torch.from_numpy(found["logits"]).log_softmax(-1).numpy()
        return [row[:length] for row, length in zip(every, found["lengths"], strict=True)]

    @cached_property
    def _file(self) -> OnnxFile | None:
        return None if self.onnx is None else OnnxFile(self.onnx)

    def _placed(self, reading: Reading, columns: int, picture: Grey) -> LineReading:
        """The reading with its characters in pixels of the picture that was given."""
        height, width = picture.shape
        pixels = height / self.height_pixels / self.trained.network.columns_per_pixel
        spans = np.minimum(widened(reading.spans, columns) * pixels, width)
        texts = map(self.trained.alphabet.decode, ([index] for index in reading.text_indices))
        characters = tuple(
            ReadCharacter(text, float(left), float(right), float(sure))
            for text, (left, right), sure in zip(texts, spans, reading.confidences, strict=True)
        )
        mean: Any = np.mean(reading.confidences) if characters else None
        return LineReading(
            "".join(character.text for character in characters),
            None if mean is None else float(mean),
            characters,
            self._alternatives(reading),
            outside_lexicon=not self.search.is_allowed(reading),
        )

    def _alternatives(self, reading: Reading) -> tuple[Alternative, ...]:
        """The texts asked for, with their shares among all that the search held at its end.

        Texts that differ in nothing but spaces without meaning are one. The reading stays first.
        """
        if not self.search.alternatives:
            return ()
        scores = np.array([each.score for each in reading.alternatives])
        weights = np.exp(scores - scores.max())
        shares: dict[str, float] = {}
        for each, share in zip(reading.alternatives, weights / weights.sum(), strict=True):
            text = " ".join(self.trained.alphabet.decode(each.text_indices).split())
            shares[text] = shares.get(text, 0.0) + float(share)
        found = [Alternative(text, share) for text, share in shares.items()]
        others = sorted(found[1:], key=lambda each: -each.share)
        return (found[0], *others)[: self.search.alternatives]


def _batches(pictures: Sequence[Grey], height_pixels: int) -> Iterator[list[int]]:
    """Numbers of lines of about one width, widest first, few enough for memory."""
    widths = [max(1, round(p.shape[1] * height_pixels / p.shape[0])) for p in pictures]
    batch: list[int] = []
    for number in sorted(range(len(pictures)), key=lambda place: -widths[place]):
        full = batch and widths[batch[0]] * (len(batch) + 1) > MOST_PIXELS
        if full or len(batch) == MOST_LINES:
            yield batch
            batch = []
        batch.append(number)
    if batch:
        yield batch
