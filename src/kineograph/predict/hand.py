"""A hand that writes: a trained network asked for ink, a text or several at once.

    hand = Hand.load("handwriting-demo")
    hand.write("Кинеограф writes", bias=1.0, seed=3)

Rows of a long text are written by one hand: those after the first go on from the first one's ink,
as they do from a person's own strokes (Graves 2013, arXiv:1308.0850, section 5.5).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from kineograph.data.ink.ink import Ink
from kineograph.data.ink.known import in_units
from kineograph.data.ink.line import InkLine
from kineograph.data.ink.own import own_offsets
from kineograph.data.ink.strokes import Offsets, Strokes, from_offsets
from kineograph.data.text import name_some
from kineograph.errors import InputError
from kineograph.export.ink import FILE
from kineograph.export.run import exported
from kineograph.predict.pen import ExportedPen
from kineograph.recipes.hand import TrainedHand, load_hand
from kineograph.tasks.draw_ink import NOTHING, Drawn, Row, draw_rows
from kineograph.training.reproduce import check_seed

CHARACTER_MM = 8.5  # the pen's way on paper for one character of a usual hand
LONGEST_TEXT = 20_000  # characters
MOST_BIAS = 10.0
TRIES = 3  # of a line that does not come to its end


@dataclass
class Hand:
    """A trained network that writes. Not for several threads at once."""

    trained: TrainedHand
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    onnx: Path | None = None  # the exported step, several times as fast

    @classmethod
    def load(cls, run: str | Path, device: torch.device | None = None) -> "Hand":
        """The hand of `runs/NAME`, or of a shipped name, with its pen.onnx if of these weights.

        Another device than the CPU has no use for that file. Raises InputError.
        """
        trained, device = load_hand(run), device or torch.device("cpu")
        onnx = exported(trained.folder, FILE) if device.type == "cpu" else None
        hand = cls(trained, device, onnx)
        trained.network.to(hand.device)
        return hand

    @property
    def characters(self) -> str:
        """All that it can write."""
        return "".join(self.trained.known.characters)

    @property
    def reads_text(self) -> bool:
        """Whether it is told what to write; else it scribbles."""
        return bool(self.trained.network.reads_text)

    def write(
        self,
        text: str,
        *,
        bias: float = 0.5,
        seed: int = 0,
        prime: InkLine | None = None,
        count: int = 1,
    ) -> list[Ink]:
        """The text, `count` times; a long one in rows, a new line where the text has one.

        bias: 0 as it learned, 1 and more neater. prime: a person's own ink with its text; the hand
        goes on in that style. The same for the same seed. Raises InputError in words for a text
        that cannot be written.
        """
        self._check_reads()
        _check(bias, count, seed)
        given = self.as_seen(prime) if prime else (NOTHING, "")
        rows = self.rows_of(text, after=given[1])
        chance = torch.Generator(self.device).manual_seed(seed)
        first = self._draw([Row(rows[0], *given)] * count, bias, chance)
        rest: list[Drawn] = []
        if rows[1:]:
            # of a row that came to no end, nobody knows what it says
            after = [
                given if prime or not one.finished else (one.offsets, rows[0]) for one in first
            ]
            wanted = [Row(row, *begun) for begun in after for row in rows[1:]]
            rest = self._draw(wanted, bias, chance)
        size = len(rows) - 1
        return [
            self._ink(rows, [one, *rest[place * size : (place + 1) * size]])
            for place, one in enumerate(first)
        ]

    def write_lines(
        self,
        texts: Sequence[str],
        *,
        bias: float = 0.5,
        seed: int = 0,
        prime: InkLine | None = None,
        one_hand: bool = True,
    ) -> list[Strokes]:
        """Each text as a line by itself, all in one hand: that of `prime`, or one that chance drew.

        one_hand=False: each in a hand of its own, that chance drew, going on from nothing. A line
        that comes to no end by itself is begun again, and has no strokes where that fails TRIES
        times. Units: the network's ink. Raises InputError as `write` does.
        """
        self._check_reads()
        _check(bias, 1, seed)
        rows = [self.trained.config.spelling(text) for text in texts]
        if not all(row.strip() for row in rows):
            raise InputError("a text is empty. Write some words to be written.")
        self._check_characters("".join(rows))
        chance = torch.Generator(self.device).manual_seed(seed)
        begun = self.as_seen(prime) if prime else (NOTHING, "")
        found: list[Strokes] = [[] for _ in rows]
        for _ in range(TRIES):
            left = [place for place, strokes in enumerate(found) if not strokes]
            if (
                one_hand and not prime and not begun[1] and left
            ):  # whose hand it is, its first line says
                (first,) = self._draw([Row(rows[0])], bias, chance)
                begun = (first.offsets, rows[0]) if first.finished else begun
            drawn = self._draw([Row(rows[place], *begun) for place in left], bias, chance)
            for place, one in zip(left, drawn, strict=True):
                if one.finished and len(one.offsets):
                    found[place] = from_offsets(in_units(one.offsets, self.trained.known))
        return found

    def scribble(
        self, points: int = 400, *, bias: float = 0.5, seed: int = 0, count: int = 1
    ) -> list[Ink]:
        """So many points at most of whatever comes, by a network without a text: a line may end."""
        if self.reads_text:
            raise InputError(f"{self.trained.name}: is told what to write. Give it --text.")
        _check(bias, count, seed)
        if not 2 <= points <= 100_000:
            raise InputError(f"points {points}: 2 to 100000 are drawn. Try 400.")
        chance = torch.Generator(self.device).manual_seed(seed)
        found = self._draw([Row("", points=points)] * count, bias, chance)
        return [self._ink([""], [one]) for one in found]

    def _ink(self, rows: Sequence[str], written: Sequence[Drawn]) -> Ink:
        known = self.trained.known
        kept = tuple(
            (row, from_offsets(in_units(each.offsets, known)))
            for row, each in zip(rows, written, strict=True)
            if len(each.offsets)
        )
        whole = len(kept) == len(rows) and all(each.finished for each in written)
        return Ink("\n".join(rows), kept, CHARACTER_MM / known.length_per_character, whole)

    @property
    def joined_characters(self) -> int:
        """Of a row, and of ink that it goes on from: together a line as it learned from."""
        return max(1, (self.trained.known.characters_per_line - 1) // 2)

    def rows_of(self, text: str, after: str = "") -> list[str]:
        """The text as spelled, in rows that are not longer than those it learned from.

        A row that goes on from other ink, of the text `after` or of the first row, is no longer
        than those with it: a hand that has more behind it than it ever had writes worse.
        Raises InputError for a text that is empty, or has characters that it cannot write.
        """
        spelled = "\n".join(map(self.trained.config.spelling, text.splitlines()))
        longest = self.trained.known.characters_per_line
        if after:
            longest = max(longest - len(after) - 1, self.joined_characters)
        rows = break_text(spelled, longest)
        if len(rows) > 1 and not after:
            rows = break_text(spelled, self.joined_characters)
        self._check_characters("".join(rows))
        return rows

    def _check_reads(self) -> None:
        if not self.reads_text:
            raise InputError(
                f"{self.trained.name}: writes no text, it only goes on scribbling. Leave --text "
                "away, or take a run of handwriting-synthesis."
            )

    def _check_characters(self, text: str) -> None:
        unseen = self.trained.known.alphabet.unseen(text)
        if unseen:
            raise InputError(
                f"it cannot write {name_some(unseen)}. Leave them out; it writes: {self.characters}"
            )

    def as_seen(self, line: InkLine) -> tuple[Offsets, str]:
        """A person's line as the network sees ink: in its size, its pace and its spelling.

        Raises InputError for characters that it should read and does not know, or too many points.
        """
        trained = self.trained
        text = trained.config.spelling(line.text)
        unseen = trained.known.alphabet.unseen(text)
        if unseen and self.reads_text:
            raise InputError(
                f"{text[:40]!r}: {trained.name} never learned {name_some(unseen)}. Take a line "
                f"without; it knows: {self.characters}"
            )
        points = own_offsets(line, trained.config, trained.known)
        if len(points) > trained.config.longest_points:
            raise InputError(
                f"{text[:40]!r}: {len(points)} points to go on from, and "
                f"{trained.config.longest_points} are known. Take a shorter line."
            )
        points[-1, 2] = 1.0
        return points, text

    def _draw(self, rows: Sequence[Row], bias: float, chance: torch.Generator) -> list[Drawn]:
        return draw_rows(self._pen, self.trained.known, rows, bias=bias, chance=chance)

    @cached_property
    def _pen(self) -> Any:
        network = self.trained.network
        return network if self.onnx is None else ExportedPen(network, self.onnx)


def break_text(text: str, longest: int) -> list[str]:
    """Rows of whole words, of up to `longest` characters; a longer word is cut.

    Raises InputError for a text that is empty, or far too long.
    """
    if not text.strip():
        raise InputError("the text is empty. Write some words to be written.")
    if len(text) > LONGEST_TEXT:
        raise InputError(
            f"the text has {len(text)} characters, and {LONGEST_TEXT} are written at once. Cut it."
        )
    rows: list[str] = []
    for line in text.splitlines():
        row = ""
        for word in line.split():
            while word:
                joined = f"{row} {word}" if row else word
                if len(joined) <= longest:
                    row, word = joined, ""
                elif row:
                    rows.append(row)
                    row = ""
                else:
                    rows.append(word[:longest])
                    word = word[longest:]
        rows += [row] if row else []
    return rows


def _check(bias: float, count: int, seed: int) -> None:
    check_seed(seed)
    if not 0 <= bias <= MOST_BIAS:
        raise InputError(f"bias {bias:g}: 0 (as it learned) to {MOST_BIAS:g} (very neat). Try 1.")
    if not 1 <= count <= 10_000:
        raise InputError(f"count {count}: 1 to 10000. Try 4.")
