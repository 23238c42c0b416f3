"""Characters in words: what cannot be seen is named, and errors are shared out by kind and script.

truth  Im Jahr 1843.        letters I m J a h r, of which I and J are capitals; digits 1 8 4 3;
read   lm Jahr 1848.        punctuation .; spaces. I was read as l: an error in a capital.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kineograph.metrics.text import NOTHING, confusions

KINDS = ("small letters", "capitals", "digits", "punctuation", "spaces", "other signs")
NOTHING_SAID = "nothing"
PLACE_FOR_MARKS = "\u25cc"  # the dotted circle that Unicode's charts set combining marks on


@dataclass(frozen=True)
class KindRow:
    """One kind of character: how often it stands there, is misread or missed, or is put in."""

    kind: str
    there: int
    wrong: int  # substituted or left out
    put_in: int  # read where nothing stands

    @property
    def errors(self) -> int:
        """All of them; over all kinds these are the edits of the character error rate."""
        return self.wrong + self.put_in


def kind_of(character: str) -> str:
    """One of KINDS. Letters without case (Hebrew, Arabic) and marks count as small letters."""
    category = unicodedata.category(character)
    if character.isspace():
        return "spaces"
    if category in ("Lu", "Lt"):
        return "capitals"
    named = {"L": "small letters", "M": "small letters", "N": "digits", "P": "punctuation"}
    return named.get(category[0], "other signs")


def kind_rows(truths: Sequence[str], reads: Sequence[str]) -> list[KindRow]:
    """A row for each kind that stands there or was read by mistake, in the order of KINDS."""
    there = Counter(kind_of(character) for truth in truths for character in truth)
    wrong: Counter[str] = Counter()
    put_in: Counter[str] = Counter()
    for each in confusions(truths, reads):
        if each.truth == NOTHING:
            put_in[kind_of(each.read)] += each.count
        else:
            wrong[kind_of(each.truth)] += each.count
    rows = [KindRow(kind, there[kind], wrong[kind], put_in[kind]) for kind in KINDS]
    return [row for row in rows if row.there or row.put_in]


def describe(character: str, beside: str = NOTHING) -> str:
    """A character as a table shows it; what cannot be seen, or told from `beside`, is named.

    "ſ" stays, " " is "space", a combining mark stands on a dotted circle, and a Cyrillic а beside
    a Latin a says so.
    """
    if character == NOTHING:
        return NOTHING_SAID
    name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
    if unicodedata.combining(character):
        return f"{PLACE_FOR_MARKS}{character} ({name})"
    if character.isspace() or not character.isprintable():
        return name
    ours, theirs = script_of(character), script_of(beside)
    return f"{character} ({ours})" if ours and theirs and ours != theirs else character


def script_of(text: str) -> str | None:
    """The script that most letters are of: "Latin", "Cyrillic"; None without letters."""
    scripts = Counter(
        unicodedata.name(character, "").partition(" ")[0]
        for character in text
        if character.isalpha()
    )
    named = [(-count, script) for script, count in scripts.items() if script]
    return min(named)[1].capitalize() if named else None
