"""ARPA files of character models: the text form that KenLM, SRILM and others read and write.

Tokens stand apart by spaces, so a character that could break a line is written as `\\uXXXX` (or
`\\UXXXXXXXX`), as in Python: white space, anything Unicode calls a control, format or separator
(C*, Z*), and the backslash itself. The space is thus `\\u0020`; `<space>` is read as one too. A
character that is a letter with combining marks stays one token.
"""

import math
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, NoReturn

import numpy as np

from kineograph.decoding.ngram import BEGIN, END, MARKS, NEVER, ORDERS, UNKNOWN, NGram
from kineograph.errors import InputError
from kineograph.whole_file import write_text_whole

LN_10 = math.log(10.0)
LEAST_LOG10 = -100.0  # for what a file says never comes: `-inf`, or a missing <unk>
SPACE = "<space>"
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})")


def escape(token: str) -> str:
    """A token as it stands in a file."""
    if token in MARKS:
        return token
    return "".join(_escape_one(point) for point in token)


def _escape_one(point: str) -> str:
    if point != "\\" and unicodedata.category(point)[0] not in "CZ":
        return point
    return f"\\u{ord(point):04x}" if ord(point) < 0x10000 else f"\\U{ord(point):08x}"


def unescape(written: str) -> str:
    """A token back from a file. Raises ValueError for a backslash that begins no escape."""
    if "\\" in ESCAPED.sub("", written):
        raise ValueError(written)
    found = ESCAPED.sub(lambda m: chr(int(m[1] or m[2], 16)), written)
    return " " if found == SPACE else found


def write_arpa(path: Path, model: NGram) -> None:
    """The model as text, six digits a number. Raises OSError."""
    write_text_whole(path, "\n".join(_lines(model)) + "\n")


def _lines(model: NGram) -> Iterator[str]:
    names = [*MARKS, *map(escape, model.characters)]
    texts = [""]
    for node in range(1, len(model) + 1):
        before = texts[model.parents[node]]
        texts.append(f"{before} {names[model.tokens[node]]}" if before else names[node - 1])
    yield "\\data\\"
    yield from (f"ngram {length}={size}" for length, size in enumerate(model.sizes, 1))
    logs, weights = model.log_probabilities / LN_10, model.log_backoffs / LN_10
    for length in range(1, model.order + 1):
        yield from ("", f"\\{length}-grams:")
        for node in range(model.level_ends[length - 1], model.level_ends[length]):
            line = f"{logs[node]:.6g}\t{texts[node]}"
            has_weight = length < model.order and weights[node] != 0
            yield f"{line}\t{weights[node]:.6g}" if has_weight else line
    yield from ("", "\\end\\")


def read_arpa(path: Path) -> NGram:
    """The model in a file. Raises InputError, with the line number, for one that is broken."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}. Save it as UTF-8.") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}). Check the name.") from error
    return _Reader(path, text.split("\n")).model()


class _Gram(NamedTuple):
    """One line: its number, tokens, and natural logarithms."""

    number: int
    tokens: tuple[str, ...]
    log_probability: float
    log_backoff: float


class _Reader:
    """A file being read, line by line; every fault knows its line."""

    def __init__(self, path: Path, lines: list[str]):
        self.path = path
        self.lines = [line.strip(" \t\r") for line in lines]
        self.at = 0  # lines read so far: the number of the last one

    def fail(self, what: str, number: int | None = None) -> NoReturn:
        """One line: where, what is wrong with it, and what to do."""
        raise InputError(f"{self.path}, line {self.at if number is None else number}: {what}")

    def line(self, wanted: str) -> str:
        """The next line that is not blank."""
        while self.at < len(self.lines):
            self.at += 1
            if found := self.lines[self.at - 1]:
                return found
        self.fail(f"the file ends where {wanted} should follow. It was cut off: copy it again.")

    def model(self) -> NGram:
        """The whole file."""
        if "\\data\\" not in self.lines:
            raise InputError(
                f"{self.path}: no line says \\data\\, so it is no ARPA file. Give one."
            )
        self.at = self.lines.index("\\data\\") + 1
        sizes = self._sizes()
        levels = [self._level(length, sizes) for length in range(1, len(sizes) + 1)]
        if (found := self.line("\\end\\")) != "\\end\\":
            self.fail(f"'{found[:40]}' stands where \\end\\ should. Check the counts in \\data\\.")
        return self._assemble(levels)

    def _sizes(self) -> list[int]:
        sizes: list[int] = []
        while (line := self.line("\\1-grams:")) != "\\1-grams:":
            found = re.fullmatch(r"ngram\s+(\d+)\s*=\s*(\d+)", line)
            if not found or int(found[1]) != len(sizes) + 1:
                self.fail(f"'{line[:40]}' is not 'ngram {len(sizes) + 1}=COUNT'. Mend the header.")
            sizes.append(int(found[2]))
        if len(sizes) not in ORDERS:
            self.fail(f"{len(sizes)} lengths of n-grams, and 1 to {ORDERS[-1]} can be read.")
        return sizes

    def _level(self, length: int, sizes: list[int]) -> list[_Gram]:
        if length > 1 and (line := self.line(f"\\{length}-grams:")) != f"\\{length}-grams:":
            self.fail(
                f"'{line[:40]}' stands where \\{length}-grams: should: \\data\\ announces "
                f"{sizes[length - 2]} n-grams of length {length - 1}. Mend the count."
            )
        return [self._gram(length, len(sizes), size) for size in range(sizes[length - 1])]

    def _gram(self, length: int, order: int, place: int) -> _Gram:
        line = self.line(f"n-gram {place + 1} of length {length}")
        parts = re.split("[ \t]+", line)  # and nothing else: other spaces may be tokens
        if line.startswith("\\") and len(parts) == 1:
            self.fail(f"{line[:40]} comes after {place} n-grams of length {length}. Mend \\data\\.")
        if len(parts) not in (length + 1, length + 2) or (len(parts) > length + 1 == order + 1):
            self.fail(
                f"{len(parts)} fields, and an n-gram of length {length} has a log10 probability, "
                f"{length} characters{' and a back-off weight' * (length < order)}. Mend the line."
            )
        log = self._number(parts[0])
        if log > 0:
            self.fail(f"{parts[0]} is the log10 of a probability over 1. Mend the number.")
        backoff = self._number(parts[-1]) if len(parts) == length + 2 else 0.0
        tokens = tuple(self._token(part) for part in parts[1 : length + 1])
        return _Gram(self.at, tokens, log, backoff)

    def _number(self, text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if math.isnan(value) or value == math.inf:
            self.fail(f"'{text[:40]}' is not a log10 number. Mend the line.")
        return max(value, LEAST_LOG10) * LN_10

    def _token(self, written: str) -> str:
        if written in MARKS:
            return written
        if written.upper() == UNKNOWN.upper():
            return UNKNOWN
        try:
            token = unescape(written)
        except ValueError:
            self.fail(f"'{written[:40]}' has a backslash that is no \\uXXXX. Write it \\u005c.")
        if any(unicodedata.category(point)[0] != "M" for point in token[1:]):
            self.fail(
                f"'{written[:40]}' is more than one character: this is a model of words. "
                "Build one of characters with `kineograph lm`."
            )
        return token

    def _assemble(self, levels: list[list[_Gram]]) -> NGram:
        """Number the tokens, put each level in order, and find everyone's parent."""
        singles = {gram.tokens[0]: gram for gram in levels[0]}
        for mark in (BEGIN, END):
            if mark not in singles:
                self.fail(f"{mark} is not among the 1-grams. Build the model of lines.")
        never = _Gram(0, (UNKNOWN,), LEAST_LOG10 * LN_10, 0.0)
        characters = sorted(set(singles) - set(MARKS))
        every = [*MARKS, *characters]
        token_of = {token: place for place, token in enumerate(every)}
        known: dict[tuple[str, ...], int] = {(): 0}
        ordered: list[_Gram] = []
        columns: list[tuple[int, int]] = []
        for length, grams in enumerate(levels, 1):
            if length == 1 and UNKNOWN not in singles:
                grams = [*grams, never]
            placed = sorted((*self._place(g, known, token_of), n) for n, g in enumerate(grams))
            for parent, token, n in placed:
                if columns and columns[-1] == (parent, token):
                    self.fail("this n-gram stands in the file twice. Remove one.", grams[n].number)
                columns.append((parent, token))
                ordered.append(grams[n])
                known[grams[n].tokens] = len(ordered)
        logs = np.array([gram.log_probability for gram in ordered])
        logs[0] = NEVER
        backoffs = np.array([gram.log_backoff for gram in ordered])
        sizes = [len(every), *(len(level) for level in levels[1:] if level)]
        parents, tokens = np.array(columns, np.int64).T
        return NGram(characters, sizes, parents, tokens, logs, backoffs)

    def _place(
        self, gram: _Gram, known: dict[tuple[str, ...], int], token_of: dict[str, int]
    ) -> tuple[int, int]:
        """(number of the n-gram without its last character, token of that character)."""
        parent, last = known.get(gram.tokens[:-1]), token_of.get(gram.tokens[-1])
        if last is None:
            what = f"{escape(gram.tokens[-1])} is not among the 1-grams"
            self.fail(f"{what}. Add it, or remove the line.", gram.number)
        if parent is None:
            shorter = " ".join(map(escape, gram.tokens[:-1]))
            what = f"'{shorter}', which it begins with, is not among the shorter n-grams"
            self.fail(f"{what}. Add it, or remove the line.", gram.number)
        return parent, last
