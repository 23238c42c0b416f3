"""kineograph prepare for pairs of words, and what is said of them."""

from pathlib import Path
from typing import TYPE_CHECKING

from kineograph.commands.console import Screen

if TYPE_CHECKING:
    from kineograph.data.prepare.transliteration import PreparedPairs


def tell_pairs(screen: Screen, done: "PreparedPairs", out: Path) -> None:
    """Tell what is there; words in other alphabets are no fault of the text's."""
    for problem in done.problems:
        screen.say(f"left out: {problem}")
    screen.say(f"{done.pairs:,} words in {done.groups:,} groups, in {out}.")
    screen.say(f"Next: kineograph train transliterate {out}")
    screen.result(
        {
            "pairs": done.pairs,
            "groups": done.groups,
            "left_out": list(done.problems),
            "folder": str(out),
        }
    )
