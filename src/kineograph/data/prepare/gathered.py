"""Sentences gathered by their pictures, on the way to prepared captions."""

from collections.abc import Callable

from kineograph.data.captions.described import DescribedPicture
from kineograph.errors import InputError
from kineograph.metrics.captions.words import caption_words

MOST_SHOWN = 40  # characters of a sentence in a problem


class Gathered:
    """Sentences as they are found, put together by their pictures; what is wrong is a problem."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._sentences: dict[str, list[str]] = {}

    def add(self, picture: str, sentence: str, where: str) -> None:
        """One sentence of a picture. where: file and line, for the problem if it is empty."""
        if not picture.strip():
            self.problems.append(f"{where}: no picture is named. Name one, or leave the row out.")
        elif not sentence.strip():
            self.problems.append(f"{where}: {picture} has an empty sentence. Write it again.")
        elif not caption_words(sentence):
            said = sentence.strip()[:MOST_SHOWN]
            self.problems.append(
                f"{where}: no word is in '{said}', said of {picture}. Write it again."
            )
        else:
            self._sentences.setdefault(picture, []).append(sentence)

    def described(
        self,
        place: Callable[[str], str] = str,
        side: Callable[[str], str | None] = lambda _: None,
        group: Callable[[str], str | None] = lambda _: None,
    ) -> list[DescribedPicture]:
        """A record of each picture; place: its path below the source root. What is none is one
        more problem.
        """
        found = []
        for picture, sentences in self._sentences.items():
            try:
                found.append(
                    DescribedPicture(
                        place(picture), tuple(sentences), group=group(picture), split=side(picture)
                    )
                )
            except InputError as error:
                self.problems.append(f"{picture}: {error}")
        return found
