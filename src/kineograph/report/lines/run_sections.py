"""Sections of a reader's report that tell how it came to be: protocol, alphabet, network."""

from typing import Any

from kineograph.data.text import name_character
from kineograph.report.lines.figure_sections import missing
from kineograph.report.lines.material import CurvePoint, LineRun
from kineograph.report.lines.plots import lines_curve
from kineograph.report.lines.scores import Scores
from kineograph.report.lines.words import (
    decoder_words,
    error_percent,
    policy_words,
    short_policy,
    split_words,
)
from kineograph.report.page.blocks import (
    Beside,
    Block,
    Code,
    Facts,
    Fold,
    Picture,
    Say,
    Section,
    Table,
)
from kineograph.report.page.run_sections import chosen
from kineograph.report.page.words import count, data_name
from kineograph.report.run_files import number, within

NEVER = "Never in training, so always wrong: "  # as data/text.py begins such a line
MOST_NEVER = 6
MOST_UNSEEN = 40


def protocol(run: LineRun, scores: Scores | None) -> Section:
    """What a figure must be printed with: data, split, n a side, spelling, decoder, seeds."""
    files = run.files
    n = files.known("data", "n")
    rows = [("Data", data_name(files)), ("Split", split_words(run))]
    also = files.known("data", "also")
    if isinstance(also, list) and also:
        rows.append(("Also learned from", ", ".join(map(str, also))))
    warning = files.known("data", "split", "warning")
    if warning:
        rows.append(("Warning", str(warning)))
    if isinstance(n, dict):
        sides = [
            f"{side} {count(number(n.get(side)))}"
            for side in ("train", "also", "val", "test")
            if n.get(side)
        ]
        rows.append(("Lines a side", " · ".join(sides)))
    left_out = files.known("data", "left_out")
    if isinstance(left_out, list) and left_out:
        rows.append(("Left out", f"{count(len(left_out))} that could not be used"))
    rows.append(("Text policy", policy_words(run)))
    height = number(within(files.recipe, "data", "height_pixels"))
    if height is not None:
        rows.append(("Line height", f"{height:g} pixels"))
    if scores is not None:
        rows.append(("Decoder", decoder_words(run)))
    seed = files.known("seed")
    rows.append(("Seeds", "unknown" if seed is None else str(seed).strip("[]")))
    rows.append(("Weights kept", chosen(files, "line")))
    return Section("Protocol", [Facts(rows), *missing(run, "environment.json")])


def more_lines(run: LineRun, scores: Scores | None) -> Section:
    """The error over the number of lines learned from: would more of them help?"""
    gone = missing(run, "curve.json")
    if not run.curve:
        return Section("More lines", gone)
    blocks: list[Block] = [
        Picture(lines_curve(run.curve), "Each dot is a training; the line joins their means.")
    ]
    by_size: dict[int, list[CurvePoint]] = {}
    for point in run.curve:
        by_size.setdefault(point.lines, []).append(point)
    means = {size: sum(p.cer for p in each) / len(each) for size, each in by_size.items()}
    rows = [
        [count(size), error_percent(means[size]), count(len(each))]
        for size, each in by_size.items()
    ]
    caption = f"Character error rate, {short_policy(run)}"
    blocks.append(Table(["lines", "CER", "trainings"], rows, title=caption))
    said = []
    if len(means) > 1:
        (before, first), (after, second) = list(means.items())[-2:]
        said.append(
            Say(
                f"From {count(before)} to {count(after)} lines: {error_percent(first)} → "
                f"{error_percent(second)}."
            )
        )
    return Section("More lines", [*said, Beside(blocks), *gone])


def alphabet(run: LineRun, scores: Scores | None) -> Section:
    """What can be written, what training never showed, and what only one work or writer has."""
    told = run.alphabet_lines
    never = [line for line in told if line.startswith(NEVER)]
    # what is a sentence is said of the whole alphabet; the rest is a line for each character
    whole = [line for line in told if line.endswith(".") and line not in never]
    each = [line for line in told if not line.endswith(".")]
    blocks: list[Block] = [*map(Say, whole), *map(Say, never[:MOST_NEVER])]
    if len(never) > MOST_NEVER:
        more = Code("\n".join(line.removeprefix(NEVER) for line in never))
        blocks.append(Fold(f"All {count(len(never))} that were never in training", [more]))
    if not told:
        blocks += [Say(f"{count(len(run.alphabet))} characters.")] if run.alphabet else []
        blocks += missing(run, "alphabet.json")
    if run.unseen and not never:
        rows = [
            [name_character(character), count(times)] for character, times in run.unseen.items()
        ]
        table = Table(["not in the reader's alphabet", "times there"], rows[:MOST_UNSEEN])
        blocks.append(table)
    if each:
        blocks.append(Fold(f"Each character: {count(len(each))}", [Code("\n".join(each))]))
    return Section("Alphabet", blocks)


def network(run: LineRun, scores: Scores | None) -> Section:
    """The network's layers, as far as environment.json has them."""
    layers = run.files.environment.get("network")
    rows = [row for layer in layers if (row := _layer(layer))] if isinstance(layers, list) else []
    if not rows:
        return Section("Network", [])
    table = Table(["layer", "output", "weights"], rows, strong=frozenset({len(rows) - 1}))
    said = "For the median line: maps as height × width × channels, columns as steps × features."
    return Section("Network", [table, Say(said, "note")])


def _layer(layer: Any) -> list[str]:
    """A row of the layer table: {"name", "shape", "weights"}, and "lane" where there are two."""
    name, shape = within(layer, "name"), within(layer, "shape")
    if not isinstance(name, str):
        return []
    lane = within(layer, "lane")
    sizes = " × ".join(str(size) for size in shape) if isinstance(shape, list) else ""
    weights = number(within(layer, "weights"))
    return [f"{lane}: {name}" if lane else name, sizes, count(weights) if weights else "–"]
