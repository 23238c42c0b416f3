"""Camera, receiver and program killed at random while events happen: what is lost, what is twice.

python -m benchmarks.kill_watch [--rounds 100] [--seed 1] [--minutes 60] [--keep FOLDER]

What is counted, and what each word means: tests/live/killing.py.
"""

import argparse
import tempfile
import time
from pathlib import Path

from tests.live.killing import Outcome, kill_at_random


def told(found: Outcome) -> str:
    """A Markdown table."""
    rows = {
        "rounds": found.rounds,
        "killed with SIGKILL": ", ".join(f"{name} {n}" for name, n in sorted(found.kills.items())),
        "events begun in the journal": found.begun,
        "of these, ended by a kill": found.cut_off,
        "**events lost**": len(found.lost),
        "**duplicates by key**": len(found.duplicates),
        "repeats that the receiver knew by their key": found.repeats,
        "**journal verified**": f"{found.verified} of {found.rounds + 1} times",
        "lamp lit and wholly watched": found.watched,
        "of these, without an event": len(found.unseen),
        "of these, with two events": len(found.twice),
        "events while the lamp was dark": len(found.invented),
    }
    return "\n".join(["| | |", "|---|--:|", *(f"| {name} | {n} |" for name, n in rows.items())])


def main(rounds: int, seed: int, minutes: float, keep: Path | None = None) -> None:
    """Kill, count; what is wrong is printed whole."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        found = kill_at_random(
            keep or Path(name) / "room",
            rounds,
            seed,
            say=lambda line: print(line, flush=True),
            longest_seconds=60 * minutes,
        )
    print(f"\n{(time.monotonic() - began) / 60:.0f} minutes\n\n{told(found)}")
    for name, some in found.wrong.items():
        print(f"\n{name}: {some}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60.0, help="begin no round after these")
    parser.add_argument("--keep", type=Path, help="a new folder for all that was written")
    given = parser.parse_args()
    main(given.rounds, given.seed, given.minutes, given.keep)
