"""Texts to draw lines of: a person's own file, or a small built-in corpus of three languages.

Real sentences teach what follows what; invented words, numbers and rare signs keep a reader from
guessing. The built-in sentences are in the public domain, from Goethe (Faust, 1808; Die Leiden des
jungen Werthers, 1774), Lewis Carroll (Alice's Adventures in Wonderland, 1865), Jane Austen (Pride
and Prejudice, 1813), Pushkin (Евгений Онегин, 1833) and Tolstoy (Анна Каренина, 1878); a sentence
of each language was added that has its rare letters.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kineograph.data.text import NFC
from kineograph.errors import InputError

BUILT_IN = "built-in"
GERMAN = """
Habe nun, ach! Philosophie, Juristerei und Medizin, und leider auch Theologie durchaus studiert,
mit heißem Bemühn. Da steh' ich nun, ich armer Tor! und bin so klug als wie zuvor. Zwar bin ich
gescheiter als alle die Laffen, Doktoren, Magister, Schreiber und Pfaffen; mich plagen keine
Skrupel noch Zweifel, fürchte mich weder vor Hölle noch Teufel. Wie froh bin ich, daß ich weg bin!
Bester Freund, was ist das Herz des Menschen! Eine wunderbare Heiterkeit hat meine ganze Seele
eingenommen, gleich den süßen Frühlingsmorgen, die ich mit ganzem Herzen genieße. Übrigens jagen
zwölf Boxkämpfer Viktor quer über den großen Sylter Deich; Ärger, Öl und Xylophon: nichts fehlt.
"""
ENGLISH = """
Alice was beginning to get very tired of sitting by her sister on the bank, and of having nothing
to do: once or twice she had peeped into the book her sister was reading, but it had no pictures or
conversations in it, "and what is the use of a book," thought Alice, "without pictures or
conversations?" It is a truth universally acknowledged, that a single man in possession of a good
fortune, must be in want of a wife. However little known the feelings or views of such a man may be
on his first entering a neighbourhood, this truth is so well fixed in the minds of the families.
Quizzical judges vexed the kind baker from Walton with just a quip; "Oh dear!" said the Rabbit.
"""
RUSSIAN = """
Мой дядя самых честных правил, когда не в шутку занемог, он уважать себя заставил и лучше выдумать
не мог. Его пример другим наука; но, боже мой, какая скука с больным сидеть и день и ночь, не
отходя ни шагу прочь! Все счастливые семьи похожи друг на друга, каждая несчастливая семья
несчастлива по-своему. Всё смешалось в доме Облонских. Жена узнала, что муж был в связи с бывшею в
их доме француженкою-гувернанткой, и объявила мужу, что не может жить с ним в одном доме. Цветёт
подъезд, ещё съешь этих мягких французских булок; эй, юнга, щёлкни хлыстом! Фёдор Эмильевич Яшин.
"""
SIGNS = ".,;:!?()-'\"0123456789"
INVENTED, NUMBERS, CAPITALS = 0.15, 0.08, 0.05  # of the lines; the rest is as it was written


def read_corpus(source: str | Path) -> list[str]:
    """Paragraphs of a UTF-8 file, or of the built-in corpus; NFC, single spaces, none empty."""
    if str(source) == BUILT_IN:
        return [NFC(text) for text in (GERMAN, ENGLISH, RUSSIAN)]
    try:
        text = Path(source).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(
            f"{source}: there is no such file. Name a text file, or {BUILT_IN}."
        ) from None
    except (UnicodeDecodeError, IsADirectoryError):
        raise InputError(f"{source}: it is not UTF-8 text. Save it as UTF-8.") from None
    paragraphs = [NFC(part) for part in text.split("\n\n")]
    found = [paragraph for paragraph in paragraphs if paragraph]
    if not found:
        raise InputError(f"{source}: it is empty. Put in the texts that lines are drawn of.")
    return found


class LineTexts:
    """Texts of lines, drawn from paragraphs: `texts.draw(rng)` has 1 to `longest` characters.

    even: share of lines whose words have every letter of their paragraph as often as any other, so
    that rare ones are learned, too.
    """

    def __init__(self, paragraphs: Sequence[str], longest: int = 60, even: float = 0.0) -> None:
        if longest < 8:
            raise InputError(f"longest {longest} characters: a line needs room. Write 8 or more.")
        self.longest, self.even = longest, even
        self._letters = [_Letters(paragraph) for paragraph in paragraphs]
        self._words = [paragraph.split() for paragraph in paragraphs]
        self._share = np.array([len(words) for words in self._words], dtype=float)
        self._share /= self._share.sum()
        self._chains = [_Chain(words) for words in self._words]
        # Georgian has capitals in Unicode that no text of it uses.
        self._capitals = [any(letter.isupper() for letter in text) for text in paragraphs]

    def draw(self, rng: np.random.Generator) -> str:
        """One line: mostly as written, else invented words, numbers, or all in capitals."""
        which = int(rng.choice(len(self._words), p=self._share))
        length = int(rng.integers(min(8, self.longest), self.longest + 1))
        if self.even and rng.random() < self.even:
            return _cut([self._letters[which].word(rng) for _ in range(length // 3)], length)
        way = rng.random()
        if way < INVENTED:
            words = [self._chains[which].word(rng) for _ in range(length // 5)]
        elif way < INVENTED + NUMBERS:
            words = [_number(rng) for _ in range(length // 5)]
        else:
            start = int(rng.integers(len(self._words[which])))
            words = self._words[which][start : start + length // 2]
        text = _cut(words, length)
        return text.upper() if way > 1.0 - CAPITALS and self._capitals[which] else text


class _Chain:
    """Words that could have been: each letter drawn by the two before it."""

    def __init__(self, words: Sequence[str]) -> None:
        self.after: dict[str, list[str]] = defaultdict(list)
        for word in words:
            for place in range(len(word) + 1):
                before = f"\n\n{word}"[place : place + 2]
                self.after[before].append(word[place] if place < len(word) else "")

    def word(self, rng: np.random.Generator, longest: int = 12) -> str:
        written = ""
        while len(written) < longest:
            choices = self.after[f"\n\n{written}"[-2:]]
            letter = choices[int(rng.integers(len(choices)))]
            if not letter:
                break
            written += letter
        return written or "a"


class _Letters:
    """Words of a paragraph's letters, each as often as any other; one in three has a capital."""

    def __init__(self, paragraph: str) -> None:
        letters = sorted({each for each in paragraph if each.isalpha()})
        self.small = [each for each in letters if not each.isupper()] or letters or ["a"]
        self.capitals = [each for each in letters if each.isupper()] or self.small

    def word(self, rng: np.random.Generator) -> str:
        count = int(rng.integers(2, 9))
        word = "".join(
            self.small[int(place)] for place in rng.integers(len(self.small), size=count)
        )
        first = self.capitals[int(rng.integers(len(self.capitals)))]
        return first + word[1:] if rng.random() < 1 / 3 else word


def _number(rng: np.random.Generator) -> str:
    """Dates, prices, counts and lone signs, as registers and title pages have them."""
    kind, value = int(rng.integers(6)), int(rng.integers(10000))
    day, month = 1 + value % 31, 1 + value % 12
    sign = SIGNS[int(rng.integers(len(SIGNS)))]
    return (
        f"{value}",
        f"{day}.{month}.{1700 + value % 330}",
        f"{value / 100:.2f}",
        f"({value % 100})",
        f"{value % 1000}-{value % 77}{sign}",
        f"{day}:{value % 60:02}{sign}",
    )[kind]


def _cut(words: Sequence[str], length: int) -> str:
    """As many whole words as fit, at least a part of the first one."""
    text = words[0][:length]
    for word in words[1:]:
        if len(text) + 1 + len(word) > length:
            break
        text += f" {word}"
    return text
