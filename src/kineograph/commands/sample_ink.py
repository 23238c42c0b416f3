"""kineograph sample, for runs that write by hand."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from kineograph.commands.console import Screen
from kineograph.commands.many_files import make_folder

if TYPE_CHECKING:
    from kineograph.data.ink.ink import Ink

BIAS = 0.5
TEXT_SHOWN = 60  # characters


def sample_ink(
    screen: Screen,
    run: str,
    *,
    text: str | None,
    out: Path,
    bias: float | None = None,
    prime: Path | None = None,
    seed: int = 0,
    count: int = 1,
    width_mm: float | None = None,
    pen_mm: float | None = None,
    device: str = "auto",
) -> None:
    """Write `text` by hand into `out`, or into OUT-1, OUT-2 … where several are asked for.

    text None is for networks that only go on scribbling. Raises InputError in words.
    """
    from kineograph.data.ink.formats.sheet import check_size
    from kineograph.errors import InputError
    from kineograph.predict.hand import Hand
    from kineograph.predict.prime import read_prime
    from kineograph.training.reproduce import choose_device

    _check_out(out)
    check_size(width_mm, pen_mm)
    hand = Hand.load(run, choose_device(device))
    if prime and not hand.reads_text:
        raise InputError(f"--prime: {run} goes on from nobody's ink, it scribbles. Leave it out.")
    own = read_prime(prime, hand.as_seen, hand.joined_characters) if prime else None
    began = time.perf_counter()
    level = BIAS if bias is None else bias
    if text is None and not hand.reads_text:
        inks = hand.scribble(bias=level, seed=seed, count=count)
    else:
        inks = hand.write(text or "", bias=level, seed=seed, prime=own, count=count)
    seconds = time.perf_counter() - began
    files = _written(screen, inks, out, width_mm, pen_mm)
    rows = sum(len(ink.rows) for ink in inks)
    shown = " ".join((text or "scribbles").split())[:TEXT_SHOWN]
    screen.say(f"{shown} → {', '.join(files[:3])}{' …' if count > 3 else ''}")
    if own:
        screen.say(f"in the hand of “{own.text}”, {prime}")
    screen.say(
        f"{rows} row{'' if rows == 1 else 's'} in {seconds:.1f} s; bias {level:g}, seed {seed}"
    )
    screen.result(
        {
            "run": run,
            "text": text,
            "prime": own.text if own else None,
            "files": files,
            "rows": rows,
            "finished": [ink.finished for ink in inks],
            "bias": level,
            "seed": seed,
            "seconds": round(seconds, 2),
        }
    )


def _check_out(out: Path) -> None:
    """Now, and not after a long text: raise InputError for a place where no ink can be written."""
    from kineograph.data.ink.formats.write import check_ink_suffix
    from kineograph.errors import InputError

    check_ink_suffix(out)
    if out.is_dir():
        raise InputError(f"--out {out}: is a folder. Name a file: {out / 'written.svg'}.")
    make_folder(out.parent)


def _written(
    screen: Screen, inks: "list[Ink]", out: Path, width_mm: float | None, pen_mm: float | None
) -> list[str]:
    """Each drawing in a file of its own; returns their names."""
    from kineograph.data.ink.formats.write import Look, write_ink_file

    files = []
    for number, ink in enumerate(inks, start=1):
        file = out if len(inks) == 1 else out.with_stem(f"{out.stem}-{number}")
        write_ink_file(file, ink, Look(width_mm, pen_mm))
        files.append(str(file))
        if not ink.finished:
            screen.say(f"{file}: a row did not come to its end by itself and was cut off.")
    return files
