"""Pairs of words drawn from a text: Cyrillic as it stands there, Latin as published tables have it.

    OUT/pairs.tsv    cyrillic  gost-7.79-b  bgn-pcgn  icao-9303  group

A group is a word's first letters, so that forms of one word do not stand on two sides.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kineograph.data.characters.corpus import read_corpus
from kineograph.data.text import NFC
from kineograph.data.texts.record import PAIRS_FILE
from kineograph.data.texts.russian import built_in_words
from kineograph.data.texts.tables import LETTERS, TABLES, to_latin
from kineograph.errors import InputError
from kineograph.whole_file import write_text_whole

BUILT_IN = "built-in"
GROUP_LETTERS = 5
WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class PreparedPairs:
    """How many pairs were written, and what was left out."""

    folder: Path
    pairs: int
    groups: int
    problems: tuple[str, ...]


def prepare_transliteration(
    source: Path,
    out: Path,
    *,
    name: str | None = None,
    overwrite: bool = False,
    command: str = "",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> PreparedPairs:
    """Each Russian word of a text, or of the built-in list, once. Raises InputError.

    A word with a letter that is not Russian is left out and counted.
    """
    if name is not None:
        raise InputError(f"--name {name}: pairs are called as their folder is. Leave it out.")
    words, problems = _words(source)
    if not words:
        raise InputError(
            f"{source}: has no Russian word. Give a text with some, or write {BUILT_IN}."
        )
    rows = ["\t".join(["cyrillic", *TABLES, "group"])]
    for number, word in enumerate(words, 1):
        latin = [NFC(to_latin(word, rules)) for rules in TABLES.values()]
        rows.append("\t".join([word, *latin, word[:GROUP_LETTERS]]))
        progress(number, len(words))
    path = out / PAIRS_FILE
    text = "\n".join(rows) + "\n"
    _refuse_other(out, text, overwrite)
    out.mkdir(parents=True, exist_ok=True)
    write_text_whole(path, text)
    groups = len({word[:GROUP_LETTERS] for word in words})
    return PreparedPairs(out, len(words), groups, tuple(problems))


def _words(source: Path) -> tuple[list[str], list[str]]:
    """Russian words in small letters, in the order of the alphabet; what was left out."""
    if str(source) == BUILT_IN:
        return sorted(built_in_words()), []
    corpus = read_corpus(source)
    found = set(WORD.findall(NFC(corpus.text).lower()))
    cyrillic = {word for word in found if any("а" <= letter <= "ӿ" for letter in word)}
    words = sorted(word for word in cyrillic if LETTERS.issuperset(word))
    problems = list(corpus.left_out)
    if len(words) < len(cyrillic):
        problems.append(
            f"{len(cyrillic) - len(words)} words with letters that no table here has, "
            f"{min(cyrillic - set(words))} for one."
        )
    return words, problems


def _refuse_other(out: Path, text: str, overwrite: bool) -> None:
    """Raise InputError for a folder that holds something else."""
    path = out / PAIRS_FILE
    if (out / "dataset.json").exists():
        raise InputError(f"{out}: holds other prepared data. Choose another folder.")
    if path.exists() and not overwrite and path.read_text(encoding="utf-8") != text:
        raise InputError(f"{path}: holds pairs of another text. Add --overwrite to replace them.")
