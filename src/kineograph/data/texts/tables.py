"""Published tables of Russian letters in Latin ones, and how they are applied and turned round.

Sources: GOST 7.79-2000, system B (= ISO 9:1995 with ASCII alone); BGN/PCGN 1947, its signs as
printed (’ and ”), without the points that part digraphs; ICAO Doc 9303 part 3, as passports have
it. Where a letter's spelling depends on its neighbours, the rules stand in the order in which they
are tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass

BEGIN = "^"  # before a word's first letter
BGN_YE = "аеёиоуыэюяйъь" + BEGIN  # after these е and ё begin with a y
BEFORE_C = "еёийыэ"  # whose Latin letters begin with e, i, j or y: ц is c before them


@dataclass(frozen=True)
class Rule:
    """A letter in Latin ones; after, before: neighbours that it holds beside, "" for all."""

    letter: str
    latin: str
    after: str = ""
    before: str = ""


def _rules(plain: str, *first: Rule) -> tuple[Rule, ...]:
    """Rules of neighbours, then "аa бb …": a letter and what it is; nothing for one left out."""
    return (*first, *(Rule(pair[0], pair[1:]) for pair in plain.split()))


SHARED = "аa бb вv гg дd зz иi кk лl мm нn оo пp рr сs тt уu фf"
TABLES: dict[str, tuple[Rule, ...]] = {
    "gost-7.79-b": _rules(
        f"{SHARED} еe ёyo жzh йj хx цcz чch шsh щshh ъ`` ыy' ь` эe` юyu яya",
        Rule("ц", "c", before=BEFORE_C + "ю" + "я"),
    ),
    "bgn-pcgn": _rules(
        f"{SHARED} еe ёë жzh йy хkh цts чch шsh щshch ъ” ыy ь’ эe юyu яya",
        Rule("е", "ye", after=BGN_YE),
        Rule("ё", "yë", after=BGN_YE),
    ),
    "icao-9303": _rules(f"{SHARED} еe ёe жzh йi хkh цts чch шsh щshch ъie ыy ь эe юiu яia"),
}
LETTERS = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")


def to_latin(word: str, rules: Sequence[Rule]) -> str:
    """A word of small letters by a table; what is no letter of it stays."""
    padded = BEGIN + word + BEGIN
    return "".join(
        _latin(letter, padded[place], padded[place + 2], rules) for place, letter in enumerate(word)
    )


def _latin(letter: str, left: str, right: str, rules: Sequence[Rule]) -> str:
    for rule in rules:
        beside = (not rule.after or left in rule.after) and (
            not rule.before or right in rule.before
        )
        if rule.letter == letter and beside:
            return rule.latin
    return letter


def to_cyrillic(word: str, rules: Sequence[Rule]) -> str:
    """A table turned round, the longest match first: of letters that are written alike the one
    that the alphabet has first.
    """
    inverse: dict[str, str] = {}
    for rule in sorted(rules, key=lambda each: each.letter.replace("ё", "е~")):
        if rule.latin:
            inverse.setdefault(rule.latin, rule.letter)
    longest = max(map(len, inverse))
    found, place = [], 0
    while place < len(word):
        for size in range(longest, 0, -1):
            if (piece := word[place : place + size]) in inverse and len(piece) == size:
                found.append(inverse[piece])
                place += size
                break
        else:
            found.append(word[place])
            place += 1
    return "".join(found)


def by_table(text: str, given: str, asked: str) -> str | None:
    """A text of one column in another one, if a table leads there; None where none does."""
    if given == "cyrillic" and asked in TABLES:
        return to_latin(text, TABLES[asked])
    if asked == "cyrillic" and given in TABLES:
        return to_cyrillic(text, TABLES[given])
    return None
