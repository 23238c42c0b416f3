"""Text as a reader learns it: one spelling of each character, an alphabet, and a report on it.

Unicode writes the same ü in two ways, a long s may be kept or not, and Fraktur's raised e is an
umlaut: scores depend on which. So every choice has a name, and reports print it.
Source: Unicode Standard Annex 15 (normalisation forms).
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from kineograph.errors import InputError

LONG_S = "ſ"
COMBINING_E, DIAERESIS = "\u0364", "\u0308"
DOUBLE_HYPHEN = "⸗"  # how Fraktur divides a word at the end of a line
LIGATURES = {
    "ﬀ": "ff",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬃ": "ffi",
    "ﬄ": "ffl",
    "ﬅ": "ſt",
    "ﬆ": "st",
}
QUOTES = dict.fromkeys("„“”‟«»", '"') | dict.fromkeys("‚‘’‛‹›", "'")
WITHOUT_WIDTH = "\u00ad\u200b\u2060\ufeff"  # soft hyphen, places to break or not: never ink
UNSEEN_SHOWN = 12

Keep = Literal["keep"]


@dataclass(frozen=True)
class TextPolicy:
    """Which spellings are taken for one. Always NFC; the rest is as named. Call it with a text.

    long_s: ſ stays, or becomes s. combining_e: the raised e (U+0364) stays, or its letter gets an
    umlaut. double_hyphen: ⸗ stays, or becomes -. ligatures: ﬁ stays, or becomes f and i. quotes:
    as printed, or " and '. spaces: as they are, or one for each run, none at the ends, and
    nothing that has no width.
    """

    name: str
    long_s: Keep | Literal["s"] = "keep"
    combining_e: Keep | Literal["umlaut"] = "keep"
    double_hyphen: Keep | Literal["hyphen"] = "keep"
    ligatures: Keep | Literal["letters"] = "keep"
    quotes: Keep | Literal["straight"] = "keep"
    spaces: Keep | Literal["single"] = "single"

    def __call__(self, text: str) -> str:
        """The text in this spelling; doing it twice changes nothing."""
        # Marks apart first: NFC would hide a long s or a raised e inside of another character.
        text = unicodedata.normalize("NFD", text).translate(self._table)
        if self.spaces == "single":
            text = " ".join(text.split())
        return unicodedata.normalize("NFC", text)

    @property
    def _table(self) -> dict[int, str]:
        changes: dict[str, str] = {}
        if self.ligatures == "letters":
            changes |= LIGATURES
        if self.long_s == "s":
            changes |= {LONG_S: "s"}
            changes |= {"ﬅ": "st"} if self.ligatures == "letters" else {}
        if self.combining_e == "umlaut":
            changes |= {COMBINING_E: DIAERESIS}
        if self.double_hyphen == "hyphen":
            changes |= {DOUBLE_HYPHEN: "-"}
        if self.quotes == "straight":
            changes |= QUOTES
        if self.spaces == "single":
            changes |= dict.fromkeys(WITHOUT_WIDTH, "")
        return str.maketrans(changes)

    def __str__(self) -> str:
        """What reports print: the name, and all that is done."""
        done = ["NFC", f"long s {'kept' if self.long_s == 'keep' else '→ s'}"]
        done += ["combining e → umlaut"] if self.combining_e == "umlaut" else []
        done += ["⸗ → -"] if self.double_hyphen == "hyphen" else []
        done += ["ligatures → letters"] if self.ligatures == "letters" else []
        done += ["quotes straight"] if self.quotes == "straight" else []
        done += ["single spaces"] if self.spaces == "single" else []
        return f"{self.name} ({', '.join(done)})"


POLICIES = {
    policy.name: policy
    for policy in (
        TextPolicy("nfc"),
        TextPolicy("as-printed", spaces="keep"),
        TextPolicy("fraktur", combining_e="umlaut", double_hyphen="hyphen", ligatures="letters"),
        TextPolicy(
            "modern",
            long_s="s",
            combining_e="umlaut",
            double_hyphen="hyphen",
            ligatures="letters",
            quotes="straight",
        ),
    )
}
NFC = POLICIES["nfc"]


def name_character(character: str) -> str:
    """A character with its code and Unicode name: `ſ (U+017F LATIN SMALL LETTER LONG S)`."""
    shown = f" {character}" if unicodedata.combining(character[0]) else character
    shown = shown if shown.isprintable() else "?"
    codes = " ".join(f"U+{ord(point):04X}" for point in character)
    names = " and ".join(unicodedata.name(point, "without a name") for point in character)
    return f"{shown} ({codes} {names})"


@dataclass(frozen=True)
class Alphabet:
    """The characters that a reader can write. Index 0 is CTC's blank, i + 1 the i-th character."""

    characters: tuple[str, ...]

    blank = 0  # of the class, not a field

    def __post_init__(self) -> None:
        """Refuse what is not a list of different single characters, each as NFC writes it."""
        if not self.characters:
            raise InputError("an alphabet of no characters: there is nothing to read. Add texts.")
        for character, count in Counter(self.characters).items():
            if len(character) != 1 or unicodedata.normalize("NFC", character) != character:
                raise InputError(
                    f"alphabet: {character!r} is not one character in NFC. Make the alphabet of "
                    "texts that went through a text policy."
                )
            if count > 1:
                raise InputError(
                    f"alphabet: {name_character(character)} is there {count} times. Keep one."
                )

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Alphabet":
        """All characters of the texts, in the order of their codes. Raises InputError if none."""
        return cls(tuple(sorted({character for text in texts for character in text})))

    def __len__(self) -> int:
        """Characters and the blank: how many outputs a network has."""
        return 1 + len(self.characters)

    def __contains__(self, character: str) -> bool:
        return character in self._indices

    @cached_property
    def _indices(self) -> dict[str, int]:
        return {character: place for place, character in enumerate(self.characters, start=1)}

    def encode(self, text: str) -> list[int]:
        """Index of each character. Raises InputError naming those that are not in the alphabet."""
        unseen = self.unseen(text)
        if unseen:
            raise InputError(
                f"{text[:60]!r}: not in the alphabet of {len(self.characters)}: "
                f"{name_some(unseen)}. Grow the alphabet, or choose another text policy."
            )
        return [self._indices[character] for character in text]

    def decode(self, indices: Iterable[int]) -> str:
        """The text of indices; blanks write nothing. Raises InputError for one out of range."""
        written = []
        for index in indices:
            if not 0 <= index < len(self):
                raise InputError(
                    f"index {index}: the alphabet has 0 to {len(self) - 1}. It is another's."
                )
            if index != self.blank:
                written.append(self.characters[index - 1])
        return "".join(written)

    def unseen(self, text: str) -> list[str]:
        """The text's characters that are not in the alphabet, each once, in the order of codes."""
        return sorted({character for character in text if character not in self._indices})

    def grown(self, texts: Iterable[str]) -> "Alphabet":
        """The same indices for the same characters, and new characters of the texts after them."""
        new = {character for text in texts for character in text} - set(self.characters)
        return Alphabet((*self.characters, *sorted(new)))


def name_some(characters: Sequence[str]) -> str:
    """The first of the characters with their names, and how many more there are."""
    more = len(characters) - UNSEEN_SHOWN
    named = ", ".join(name_character(character) for character in characters[:UNSEEN_SHOWN])
    return named + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True)
class CharacterCount:
    """One character: how often on each side, and in how many groups of the training side."""

    character: str
    times: Mapping[str, int]  # side -> count
    groups: int

    def __str__(self) -> str:
        times = ", ".join(f"{count} in {side}" for side, count in self.times.items() if count)
        return f"{name_character(self.character)}: {times}; {self.groups} groups in training"


@dataclass(frozen=True)
class AlphabetReport:
    """Every character of a data set before training, and what training never shows."""

    policy: TextPolicy
    counts: tuple[CharacterCount, ...]  # the rarest last

    @property
    def unseen(self) -> list[CharacterCount]:
        """Characters that are validated or tested, and are in no training text."""
        return [count for count in self.counts if not count.times["train"]]

    @property
    def alphabet(self) -> Alphabet:
        """What can be learned: the characters of the training side."""
        return Alphabet.of(each.character for each in self.counts if each.times["train"])

    def lines(self) -> list[str]:
        """The report as text: policy, unseen characters, those of one group alone, then all."""
        learned = [count for count in self.counts if count.times["train"]]
        once = [count.character for count in learned if count.groups == 1]
        said = [f"Text policy: {self.policy}.", f"{len(learned)} characters in training."]
        if once:
            said.append(f"In one group alone, {len(once)}: {name_some(once)}.")
        for count in self.unseen:
            said.append(f"Never in training, so always wrong: {count}.")
        return [*said, *(str(count) for count in self.counts)]


def report_alphabet(
    sides: Mapping[str, Iterable[tuple[str, str | None]]], policy: TextPolicy = NFC
) -> AlphabetReport:
    """Count the characters of texts with their groups, by side; "train" is one of the sides.

    A text without a group counts as a group of its own. Raises InputError if "train" is missing.
    """
    if "train" not in sides:
        raise InputError(f"sides {', '.join(sides)}: there is no train. Name the training side so.")
    times: dict[str, Counter[str]] = {side: Counter() for side in sides}
    groups: dict[str, set[str | int]] = defaultdict(set)
    for side, texts in sides.items():
        for number, (text, group) in enumerate(texts):
            spelled = policy(text)
            times[side].update(spelled)
            if side == "train":
                for character in set(spelled):
                    groups[character].add(number if group is None else group)
    total: Counter[str] = Counter()
    for counter in times.values():
        total.update(counter)
    order = sorted(total, key=lambda character: (-total[character], character))
    return AlphabetReport(
        policy,
        tuple(
            CharacterCount(
                character,
                {side: counter[character] for side, counter in times.items()},
                len(groups[character]),
            )
            for character in order
        ),
    )
