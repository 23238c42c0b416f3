"""How fast networks write: characters and pen points, by torch and by the exported step, in turns.

    python -m benchmarks.sampling --characters runs/shakespeare-tinyshakespeare --json

One thread. Beside the shipped hand stands `handwriting-synthesis` at full size with first weights:
what a step costs does not depend on what was learned. The fraction of the machine's peak is the
multiplications of one step, by the rate of steps, over what this core reaches in a product of two
large matrices measured in the same run.
"""

import argparse
import itertools
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from benchmarks.ratio import Ratio, compare
from kineograph.data.ink.known import KnownInk
from kineograph.export.characters import export_writer
from kineograph.export.ink import FILE as PEN
from kineograph.export.ink import export_hand
from kineograph.export.run import OnnxFile
from kineograph.predict.hand import Hand
from kineograph.predict.writer import Writer
from kineograph.recipes import find_recipe
from kineograph.recipes.hand import TrainedHand, build_hand

SHIPPED = "handwriting-demo"
CHARACTERS, POINTS = 400, 40  # of one call
LINE = "The pen goes on by itself"
BATCHES = (1, 16, 64)
SIDE = 1024  # of the large product


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--characters", action="append", default=[], metavar="RUN")
    parser.add_argument("--hand", default=SHIPPED, metavar="RUN")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    peak = peak_rate(given.rounds)
    found: dict[str, Any] = {"peak_gflops": round(peak / 1e9, 1)}
    for run in given.characters:
        found[f"characters {run}"] = characters(run, given.rounds, peak)
    hand = Hand.load(given.hand)
    found[f"lines {given.hand}"] = lines(hand, given.rounds)
    found[f"points {given.hand}"] = points(hand.trained, given.rounds, peak)
    full = full_size(hand.trained.known)
    found["points handwriting-synthesis, full size"] = points(full, given.rounds, peak)
    if given.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    print(f"One core reaches {found.pop('peak_gflops')} GFLOP/s in a product of {SIDE} x {SIDE}.")
    for title, rows in found.items():
        print(f"\n### {title}\n")
        for row in rows:
            print("- " + ", ".join(f"{name} {value}" for name, value in row.items()))


def peak_rate(rounds: int) -> float:
    """Floating-point operations a second of one core in a large product."""
    one, other = torch.rand(SIDE, SIDE), torch.rand(SIDE, SIDE)
    (product,) = compare({"product": lambda: one @ other}, rounds)
    return 2 * SIDE**3 / product.seconds


def characters(run: str, rounds: int, peak: float) -> list[dict[str, Any]]:
    """A character model as `kineograph sample` asks it, one text at a time."""
    trained = Writer.load(run).trained
    work = operations(trained.network)
    with tempfile.TemporaryDirectory() as folder:
        export_writer(trained, Path(folder))
        writers = {"torch": Writer(trained), "onnx": Writer(trained, Path(folder) / "step.onnx")}

        def write(writer: Writer) -> Callable[[], object]:
            return lambda: list(itertools.islice(writer.write("The "), CHARACTERS))

        ratios = compare({name: write(writer) for name, writer in writers.items()}, rounds)
    return [_row(ratio, CHARACTERS, "characters", work, peak) for ratio in ratios]


def lines(hand: Hand, rounds: int) -> list[dict[str, Any]]:
    """Whole lines of text, each to its own end, as `kineograph sample --count` writes them."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        export_hand(hand.trained, Path(folder))
        hands = {"torch": Hand(hand.trained), "onnx": Hand(hand.trained, onnx=Path(folder) / PEN)}
        for batch in BATCHES:

            def write(one: Hand, batch: int = batch) -> Callable[[], object]:
                return lambda: one.write(LINE, bias=1.0, count=batch)

            ratios = compare({name: write(one) for name, one in hands.items()}, rounds)
            rows += [{"rows at once": batch, **_row(ratio, batch, "lines")} for ratio in ratios]
    return rows


def points(trained: TrainedHand, rounds: int, peak: float) -> list[dict[str, Any]]:
    """One step of the pen, for rows side by side: the network alone, without the drawing."""
    network, rows = trained.network, []
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        export_hand(trained, Path(folder))
        file = OnnxFile(Path(folder) / PEN)
        for batch in BATCHES:
            ratios = compare(_walks(network, file, batch), rounds)
            work = batch * operations(network)
            some = (_row(ratio, POINTS, "steps", work, peak) for ratio in ratios)
            rows += [{"rows at once": batch, **row} for row in some]
    return rows


def _walks(network: Any, file: OnnxFile, batch: int) -> dict[str, Callable[[], object]]:
    """POINTS steps by either engine over a text of 25 characters."""
    chance = torch.Generator().manual_seed(0)
    signs = torch.randint(1, network.characters + 1, (batch, 25), generator=chance)
    text, point = network.one_hot(signs), torch.rand(batch, 3, generator=chance)

    def by_torch() -> None:
        state = network.initial_state(point)
        for _ in range(POINTS):
            _, state = network.step(point, state, text)

    def by_onnx() -> None:
        known, given = file.initial_state(batch), {"point": point.numpy(), "text": text.numpy()}
        for _ in range(POINTS):
            found = file(**given, **known)
            known = {name: found[f"new_{name}"] for name in known}

    return {"torch": by_torch, "onnx": by_onnx}


def full_size(known: KnownInk) -> TrainedHand:
    """`handwriting-synthesis` as published, for the same alphabet, with first weights."""
    recipe = find_recipe("handwriting-synthesis")
    torch.manual_seed(0)
    return TrainedHand(Path(), recipe, known, build_hand(recipe, known).eval())


def operations(network: Any) -> int:
    """Floating-point operations of one step of one sequence: two a weight of a matrix."""
    tables = {id(m.weight) for m in network.modules() if isinstance(m, torch.nn.Embedding)}
    sizes = [w.numel() for w in network.parameters() if w.ndim == 2 and id(w) not in tables]
    return 2 * int(np.sum(sizes))


def _row(
    ratio: Ratio, count: int, unit: str, work: int | None = None, peak: float = 1.0
) -> dict[str, Any]:
    rate = count / ratio.seconds
    row = {
        "engine": ratio.name,
        f"{unit} a second": round(rate) if rate > 100 else round(rate, 1),
        "times torch": round(ratio.times_base, 2),
    }
    return row if work is None else {**row, "of peak": f"{rate * work / peak:.1%}"}


if __name__ == "__main__":
    main()
