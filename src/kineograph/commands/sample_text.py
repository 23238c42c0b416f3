"""kineograph sample, for networks that write text: it is shown while it comes."""

import sys
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from kineograph.commands.console import Screen

if TYPE_CHECKING:
    from kineograph.predict.writer import Writer

FLUSH_SECONDS = 0.05  # of text that is waiting
MOST_BEAM = 1000  # wider ones take minutes a character and find the same


@dataclass(frozen=True)
class Wish:
    """What was asked for."""

    prime: str
    length: int
    temperature: float | None
    top_k: int | None
    beam: int | None
    seed: int


def sample_text(run: str, wish: Wish, as_json: bool) -> None:
    """Write to the standard output as it comes; everything else is said aside."""
    from kineograph.errors import InputError
    from kineograph.predict.writer import Writer, check_length

    check_length(wish.length)
    _check_counts(wish)
    if wish.beam is not None and (wish.temperature is not None or wish.top_k is not None):
        raise InputError(
            "--beam: draws nothing, so --temperature and --top-k do nothing with it. Leave them "
            "out, or --beam."
        )
    aside = Screen(aside=True)
    writer = Writer.load(run)
    if _is_file(wish.prime):
        aside.say(
            f"--prime: {wish.prime!r} is itself the text that is gone on from; the file of that "
            "name is not read."
        )
    unknown = writer.unknown(wish.prime)
    if unknown:
        aside.say(f"--prime: {run} never learned {unknown}; these are read as nothing known.")
    began = time.perf_counter()
    text, nats = _beamed(writer, wish) if wish.beam is not None else (_streamed(writer, wish), None)
    seconds = time.perf_counter() - began
    told = f"{len(text):,} characters, {len(text) / seconds:,.0f} a second ({writer.engine})"
    aside.say(told + (f", {nats:.3f} nats each" if nats is not None else ""))
    Screen(as_json).result(
        {
            "text": text,
            "prime": wish.prime,
            "unknown": unknown or None,
            "characters": len(text),
            "characters_per_second": round(len(text) / seconds, 1),
            "temperature": None if wish.beam else wish.temperature or 1.0,
            "top_k": wish.top_k,
            "beam": wish.beam,
            "nats": None if nats is None else round(nats, 4),
            "seed": None if wish.beam else wish.seed,
            "engine": writer.engine,
            "run": str(writer.trained.folder),
        }
    )


def _check_counts(wish: Wish) -> None:
    from kineograph.errors import InputError

    if wish.beam is not None and not 1 <= wish.beam <= MOST_BEAM:
        raise InputError(
            f"--beam {wish.beam}: 1 to {MOST_BEAM} texts are kept side by side. 5 is usual."
        )
    if wish.top_k is not None and wish.top_k < 0:
        raise InputError(
            f"--top-k {wish.top_k}: so many likeliest characters, or 0 for all. Try 10."
        )


def _is_file(prime: str) -> bool:
    try:
        return Path(prime).is_file()
    except (OSError, ValueError):  # too long for a name, or with a zero byte
        return False


def _streamed(writer: "Writer", wish: Wish) -> str:
    """Draw, and show what was drawn twenty times a second; a Ctrl-C ends the line."""
    from kineograph.decoding.sequence_beam import Sampling

    temperature = 1.0 if wish.temperature is None else wish.temperature
    sampling = Sampling(temperature, most_tried=wish.top_k or 0, seed=wish.seed)
    written: list[str] = []
    shown, last = 0, time.monotonic()
    sys.stdout.write(wish.prime)
    try:
        for character in islice(writer.write(wish.prime, sampling), wish.length):
            written.append(character)
            if time.monotonic() - last > FLUSH_SECONDS:
                sys.stdout.write("".join(written[shown:]))
                sys.stdout.flush()
                shown, last = len(written), time.monotonic()
    finally:
        sys.stdout.write("".join(written[shown:]) + "\n")
        sys.stdout.flush()
    return "".join(written)


def _beamed(writer: "Writer", wish: Wish) -> tuple[str, float]:
    text, nats = writer.best(wish.prime, wish.length, wish.beam or 1)
    sys.stdout.write(f"{wish.prime}{text}\n")
    sys.stdout.flush()
    return text, nats
