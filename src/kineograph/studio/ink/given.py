"""Lines to be written by hand: a person's own file, or short ones that have all letters."""

from collections.abc import Collection
from pathlib import Path

from kineograph.data.text import NFC, name_some
from kineograph.errors import InputError

MOST_CHARACTERS = 60  # of a line: longer ones have no room on a screen
MOST_LINES = 200

# Written for this page: with each set every letter of the language is met at least once.
BUILT_IN = {
    "english": (
        "the quick brown fox",
        "jumps over lazy dogs",
        "my hand writes this",
        "Vexed Zoe, a big joke",
        "Queen Wilma and Jack",
        "pack five dozen jugs",
    ),
    "german": (
        "Franz jagt im Taxi",
        "quer durch Bayern",
        "zwölf große Kämpfer",
        "Öl, Ärger und Übermut",
        "meine Hand schreibt",
        "Vogel, Pferd, Yacht",
    ),
    "russian": (
        "съешь ещё этих булок",
        "да выпей же чаю",
        "моя рука это пишет",
        "объём и цвет фразы",
        "щука, хвост, зонт",
        "Эй, Юля, где мёд?",
    ),
}


def given_lines(source: str) -> list[str]:
    """The lines of a UTF-8 file, one a line, or a built-in set by its language.

    Raises InputError for a file that cannot be read, and for a line that is too long.
    """
    if source in BUILT_IN:
        return list(BUILT_IN[source])
    try:
        text = Path(source).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(
            f"--lines {source}: there is no such file. Name one with a line a row, or "
            f"{', '.join(BUILT_IN)}."
        ) from None
    except (UnicodeDecodeError, IsADirectoryError):
        raise InputError(f"--lines {source}: it is not UTF-8 text. Save it as UTF-8.") from None
    found = list(
        dict.fromkeys(filter(None, (" ".join(NFC(row).split()) for row in text.split("\n"))))
    )
    if not found:
        raise InputError(f"--lines {source}: it is empty. Put in one line to write a row.")
    for number, line in enumerate(found, start=1):
        if len(line) > MOST_CHARACTERS:
            raise InputError(
                f"--lines {source}: line {number} has {len(line)} characters, and a screen has "
                f"room for {MOST_CHARACTERS}. Cut it in two."
            )
    if len(found) > MOST_LINES:
        raise InputError(
            f"--lines {source}: {len(found)} lines, and {MOST_LINES} are shown. Take a part of "
            "them."
        )
    return found


def known_to(lines: list[str], characters: Collection[str], name: str) -> tuple[list[str], str]:
    """The lines that a network can go on from, and what to say of the others; "" if there is none.

    Raises InputError if it can go on from none of them.
    """
    known = set(characters)
    kept = [line for line in lines if set(line) <= known]
    unseen = sorted(set("".join(lines)) - known)
    if not kept:
        raise InputError(
            f"{name}: every line has characters that it never learned: {name_some(unseen)}. Give "
            "lines of its own language with --lines."
        )
    if len(kept) == len(lines):
        return kept, ""
    return kept, (
        f"{len(lines) - len(kept)} of {len(lines)} lines are left out: {name} never learned "
        f"{name_some(unseen)}."
    )


def check_writer(writer: str) -> None:
    """Refuse a name that could not stand in the data: InputError."""
    if not writer.strip() or len(writer) > 60 or not writer.isprintable():
        raise InputError(
            f"--writer {writer[:60]!r}: 1 to 60 letters are a name. Write --writer Ann."
        )
