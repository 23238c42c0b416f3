"""kineograph lm TEXT…: a language model over characters, and how well it knows other text."""

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kineograph.commands.console import AsJson, Screen

if TYPE_CHECKING:
    from kineograph.decoding.ngram import NGram

HELD_OUT = 10  # one line in so many, the last ones
MOST_NAMED = 12  # characters never seen, on a screen


def lm(
    texts: Annotated[list[Path], typer.Argument(metavar="TEXT…", help="UTF-8 files, lines.")],
    order: Annotated[int, typer.Option(min=2, max=8, help="The longest n-gram.")] = 6,
    smoothing: Annotated[
        str, typer.Option(metavar="kn|wb", help="Modified Kneser-Ney, or Witten-Bell.")
    ] = "kn",
    minimum_count: Annotated[
        int, typer.Option(min=1, help="Leave out rarer n-grams of three characters and more.")
    ] = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.arpa|FILE.lm", help="Where the model goes.")
    ] = None,
    test: Annotated[
        Path | None, typer.Option(help="Lines to measure on; else the last tenth of TEXT.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Build a model of characters and measure it on lines that it did not learn from."""
    screen = Screen(as_json)
    from kineograph.decoding.ngram_file import check_suffix, write_ngram

    if out:
        check_suffix(out)
    lines = []
    with screen.stage("Reading", "files") as report:
        for number, path in enumerate(texts):
            lines += _lines_of(path)
            report(number + 1, len(texts), path.name)
    learned, held_out = (lines, _lines_of(test)) if test else _without_last_tenth(lines)
    measured, model = _build(screen, learned, lines, (order, smoothing, minimum_count))
    _say_built(screen, model, lines, smoothing)
    what = str(test) if test else "the last tenth"
    found = {
        "order": order,
        "smoothing": smoothing,
        "minimum_count": minimum_count,
        "ngrams": list(model.sizes),
        "characters": len(model.characters),
        **_measure(screen, measured, held_out, what),
        "protocol": {
            "learned": {"texts": [str(path) for path in texts], "lines": len(learned)},
            "held_out": {"what": what, "lines": len(held_out)},
        },
        "file": None,
    }
    if out:
        write_ngram(out, model)
        found |= {"file": str(out), "bytes": out.stat().st_size}
        whole = "" if test else "; it learned from all lines, also those held out above"
        screen.say(f"Wrote {out}: {out.stat().st_size / 1000:,.0f} kB{whole}")
    screen.result(found)


def _build(
    screen: Screen, learned: list[str], lines: list[str], settings: tuple[int, str, int]
) -> tuple["NGram", "NGram"]:
    """The model to be measured, and the one to be kept: of all lines, where some are held out."""
    from kineograph.decoding.ngram_learn import learn_ngram

    several = 2 if len(learned) < len(lines) else 1
    with screen.stage("Counting", "models") as report:
        measured = model = learn_ngram(learned, *settings)
        report(1, several, f"{len(learned):,} lines")
        if several == 2:
            model = learn_ngram(lines, *settings)
            report(2, several, f"{len(lines):,} lines")
    return measured, model


def _say_built(screen: Screen, model: "NGram", lines: list[str], smoothing: str) -> None:
    from kineograph.decoding.ngram_learn import SMOOTHINGS

    screen.say(
        f"{SMOOTHINGS[smoothing]}, order {model.order}: {len(model):,} n-grams over "
        f"{len(model.characters)} characters, from {sum(map(len, lines)):,} in {len(lines):,} lines"
    )


def _measure(screen: Screen, model: "NGram", held_out: list[str], what: str) -> dict[str, Any]:
    """Bits per character, and what was never seen, said and as fields."""
    from kineograph.decoding.ngram import bits_per_character

    bits = bits_per_character(model, held_out)
    unseen = model.unknown_in(held_out)
    screen.say(
        f"{what}, {len(held_out):,} lines it did not learn from: {bits:.3f} bits per character "
        f"(perplexity {2**bits:.2f}), line ends counted in"
    )
    _say_unseen(screen, unseen)
    return {
        "bits_per_character": bits,
        "perplexity": 2**bits,
        "unseen": sum(unseen.values()),
        "unseen_characters": unseen,
    }


def _lines_of(path: Path) -> list[str]:
    """The lines of a text with something in them, NFC, without space at their ends."""
    from kineograph.errors import InputError

    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}. Save it as UTF-8.") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}). Give a text file.") from error
    lines = [unicodedata.normalize("NFC", line.strip()) for line in text.split("\n")]
    lines = [line for line in lines if line]
    if not lines:
        raise InputError(f"{path}: no line with a character in it. Give a text.")
    return lines


def _without_last_tenth(lines: list[str]) -> tuple[list[str], list[str]]:
    from kineograph.errors import InputError

    if len(lines) < HELD_OUT:
        raise InputError(
            f"{len(lines)} lines: a tenth cannot be held out of fewer than {HELD_OUT}. "
            "Give more lines, or others to measure on with --test."
        )
    count = len(lines) // HELD_OUT
    return lines[:-count], lines[-count:]


def _say_unseen(screen: Screen, unseen: dict[str, int]) -> None:
    """Characters that the model met for the first time when it was measured."""
    if not unseen:
        screen.say("Every character of theirs was seen in learning.")
        return
    often = sorted(unseen, key=lambda character: (-unseen[character], character))
    named = ", ".join(f"'{c}' U+{ord(c):04X} ({unseen[c]})" for c in often[:MOST_NAMED])
    more = f", and {len(often) - MOST_NAMED} more" if len(often) > MOST_NAMED else ""
    screen.say(f"Never seen in learning: {sum(unseen.values())} of theirs: {named}{more}")
