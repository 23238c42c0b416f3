"""kineograph sample, for runs that write by hand."""

import time
from pathlib import Path

from kineograph.commands.console import Screen

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

    text None or empty is for networks that only go on scribbling. Raises InputError in words.
    """
    from kineograph.data.ink.formats.sheet import check_size
    from kineograph.data.ink.formats.write import Look, check_ink_suffix, write_ink_file
    from kineograph.predict.hand import Hand
    from kineograph.predict.prime import read_prime
    from kineograph.training.reproduce import choose_device

    check_ink_suffix(out)
    check_size(width_mm, pen_mm)
    own = read_prime(prime) if prime else None
    hand = Hand.load(run, choose_device(device))
    began = time.perf_counter()
    level = BIAS if bias is None else bias
    if text is None and not hand.reads_text:
        inks = hand.scribble(bias=level, seed=seed, count=count)
    else:
        inks = hand.write(text or "", bias=level, seed=seed, prime=own, count=count)
    seconds = time.perf_counter() - began
    files = []
    for number, ink in enumerate(inks, start=1):
        file = out if count == 1 else out.with_stem(f"{out.stem}-{number}")
        file.parent.mkdir(parents=True, exist_ok=True)
        write_ink_file(file, ink, Look(width_mm, pen_mm))
        files.append(str(file))
        if not ink.finished:
            screen.say(f"{file}: a row did not come to its end by itself and was cut off.")
    rows = sum(len(ink.rows) for ink in inks)
    shown = " ".join((text or "scribbles").split())[:TEXT_SHOWN]
    screen.say(f"{shown} → {', '.join(files[:3])}{' …' if count > 3 else ''}")
    screen.say(f"{rows} rows in {seconds:.1f} s; bias {level:g}, seed {seed}")
    screen.result(
        {
            "run": run,
            "text": text,
            "files": files,
            "rows": rows,
            "finished": [ink.finished for ink in inks],
            "bias": level,
            "seed": seed,
            "seconds": round(seconds, 2),
        }
    )
