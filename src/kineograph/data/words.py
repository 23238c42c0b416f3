"""The words that a network knows, and their numbers.

0 fills rows up, 1 begins a sentence, 2 ends it, 3 stands for every word that is not known.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from kineograph.errors import InputError

PAD, START, END, UNKNOWN = 0, 1, 2, 3
MARKS = ("<pad>", "<start>", "<end>", "<unknown>")  # no tokeniser of ours yields such words


@dataclass(frozen=True)
class Vocabulary:
    """Words by number: those of `words` begin at 4."""

    words: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse what is no list of different words."""
        if not self.words:
            raise InputError(
                "a vocabulary of no words: nothing can be said. Add sentences, or lower "
                "least_count."
            )
        for word, count in Counter(self.words).items():
            if count > 1 or not word or word in MARKS:
                raise InputError(
                    f"vocabulary: {word!r} is there {count} times, and every word is there once "
                    "and is none of its marks. Make it of sentences anew."
                )

    @classmethod
    def of(cls, sentences: Iterable[Sequence[str]], least_count: int = 1) -> "Vocabulary":
        """Words that occur `least_count` times or more, the most frequent first."""
        counts = Counter(word for words in sentences for word in words)
        kept = [word for word, count in counts.items() if count >= least_count]
        return cls(tuple(sorted(kept, key=lambda word: (-counts[word], word))))

    def __len__(self) -> int:
        """Words and marks: how many outputs a network has."""
        return len(MARKS) + len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self._numbers

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.words, start=len(MARKS))}

    def encode(self, words: Iterable[str]) -> list[int]:
        """The number of each word; 3 of those that are not known. No start and no end."""
        return [self._numbers.get(word, UNKNOWN) for word in words]

    def decode(self, numbers: Iterable[int]) -> list[str]:
        """The words up to the end mark; without the marks before it but <unknown>."""
        found = []
        for number in numbers:
            if number == END:
                break
            if number >= UNKNOWN:
                found.append((MARKS + self.words)[number])
        return found

    def unknown(self, words: Iterable[str]) -> list[str]:
        """Those that are not known, each once, in their order."""
        return [word for word in dict.fromkeys(words) if word not in self._numbers]
