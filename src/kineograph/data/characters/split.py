"""One text cut into sides by place: the beginning is learned from, the end is asked about."""

from dataclasses import dataclass

from kineograph.data.characters.config import TextConfig
from kineograph.data.characters.corpus import Corpus
from kineograph.data.text import Alphabet, name_character
from kineograph.errors import InputError

SIDES = ("train", "val", "test")
UNSEEN_SHOWN = 12


@dataclass(frozen=True)
class TextSplit:
    """The spelled text of each side, in the order of the whole; a side may be empty."""

    train: str
    val: str
    test: str
    how: str  # "by place: first 90 % train, then 10 % val"

    @property
    def sides(self) -> dict[str, str]:
        """Each side by its name."""
        return {"train": self.train, "val": self.val, "test": self.test}

    @property
    def asked(self) -> str:
        """The side that figures are of: test, or val where nothing is kept for a test."""
        return "test" if self.test else "val"

    def starts(self) -> dict[str, int]:
        """Where each side begins in the whole, in characters."""
        val = len(self.train)
        return {"train": 0, "val": val, "test": val + len(self.val)}


def split_text(corpus: Corpus, config: TextConfig) -> TextSplit:
    """Cut a text as the configuration says. Raises InputError for one too short to be cut."""
    text = config.spelling(corpus.text)
    train, val, _ = config.fractions
    ends = [int(train * len(text)), round((train + val) * len(text))]
    sides = text[: ends[0]], text[ends[0] : ends[1]], text[ends[1] :]
    for name, side, share in zip(SIDES, sides, config.fractions, strict=True):
        if share and not side:
            raise InputError(
                f"{corpus.path}: {len(text)} characters leave none for {name} ({share:.0%}). "
                "Give a longer text."
            )
    said = [f"{share:.0%} {name}" for name, share in zip(SIDES, config.fractions, strict=True)]
    kept = [each for each, share in zip(said, config.fractions, strict=True) if share]
    return TextSplit(*sides, how=f"by place: first {', then '.join(kept)}")


def unseen_words(alphabet: Alphabet, text: str, side: str) -> list[str]:
    """A line for each character of a side that training never shows, with how often it stands."""
    unseen = alphabet.unseen(text)
    shown = [
        f"never in training, so left out of the {side} figure: {name_character(character)}, "
        f"{text.count(character)} times"
        for character in unseen[:UNSEEN_SHOWN]
    ]
    more = unseen[UNSEEN_SHOWN:]
    if more:
        times = sum(text.count(character) for character in more)
        shown.append(f"and {len(more)} more characters, {times} times together")
    return shown
