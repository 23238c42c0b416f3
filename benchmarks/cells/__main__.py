"""The options, and what is done with what came out."""

import argparse
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from benchmarks.cells import __doc__ as about
from benchmarks.cells.bakeoff import BASE, BakeOff, run
from benchmarks.cells.systems import SYSTEMS
from benchmarks.cells.table import NAMES, draw, markdown, rows_of, write_page
from kineograph.errors import InputError

PICTURE = "cells.png"


def main(arguments: list[str] | None = None) -> None:
    """Try, print, draw, write. A broken rule ends in one line and status 1."""
    given = _options().parse_args(arguments)
    out = sys.stderr if given.json else sys.stdout
    try:
        bake_off = BakeOff(
            out=given.out,
            seconds=given.seconds,
            seeds=given.seeds,
            systems=tuple(given.systems),
            cells=(BASE, *(cell for cell in given.cells if cell != BASE)),
            data=given.data,
            equal_steps=given.equal_steps,
            say=lambda text: print(text, file=out, flush=True),
        )
        found = run(bake_off)
        figures = "\n".join(
            markdown(SYSTEMS[name], records, given.seconds) for name, records in found.items()
        )
        picture = given.out / PICTURE
        if given.page:
            picture = given.page.parent / "pictures" / PICTURE
            figures = f"![What each cell reached in its time](pictures/{PICTURE})\n\n{figures}"
            write_page(given.page, figures)
        draw(found, picture)
    except InputError as error:
        sys.exit(str(error))
    print(figures, file=out)
    if given.json:
        rows = {name: rows_of(SYSTEMS[name], records) for name, records in found.items()}
        protocol = {"seconds": given.seconds, "seeds": given.seeds, "clock": "processor"}
        print(json.dumps({"protocol": protocol, "systems": rows, "picture": str(picture)}))


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.cells",
        description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    real = os.environ.get("KINEOGRAPH_DATA")
    parser.add_argument("--data", type=Path, default=Path(real) if real else None)
    parser.add_argument("--out", type=Path, default=Path("runs/cells"), help="log and drawn data")
    parser.add_argument("--seconds", type=_positive, default=60.0, help="of processor, a training")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS))
    parser.add_argument("--cells", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--equal-steps", action="store_true", help="also as many steps as the LSTM")
    parser.add_argument("--page", type=Path, help="a page with marks for the figures")
    parser.add_argument("--json", action="store_true")
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text}: seconds are more than 0. Try 60.")
    return value


if __name__ == "__main__":
    main()
