"""Sections of a page on what happens inside of a character model while it reads a text."""

from typing import Any

import numpy as np

from kineograph.data.text import Alphabet
from kineograph.decoding.ngram import NGram
from kineograph.evaluation.characters.ask import nats_in_one_walk, ngram_nats
from kineograph.evaluation.characters.inside import (
    Follows,
    Trace,
    Values,
    cells_that_follow,
    features_of,
    gradient_through_time,
    saturation,
    trace,
)
from kineograph.report.characters.plots import gradient_curves
from kineograph.report.page.blocks import Block, Fold, Picture, Say, Section, Shaded, Table
from kineograph.report.page.words import percent

PASSAGE = 1500  # characters in colours
LEVELS = 4  # warm and cool ones
GRADIENT_BACK = 100  # characters
DEAR = 3.0  # nats from which a character counts as an error


def inside_sections(
    network: Any, text: str, alphabet: Alphabet, ngram: NGram | None = None
) -> list[Section]:
    """Cells that follow something, gates, gradients through time, errors beside an n-gram's.

    The text should be one that the network did not learn from, of some thousand characters.
    """
    traces = trace(network, text, alphabet)
    found = [
        cells_section(text, traces, cells_that_follow(traces, features_of(text))),
        gates_section(traces),
    ]
    if len(text) > GRADIENT_BACK + 1:
        norms = gradient_through_time(network, text, alphabet, GRADIENT_BACK)
        found.append(gradient_section({"this network": norms}))
    if ngram is not None:
        nats = nats_in_one_walk(network, text, alphabet)
        found.append(errors_section(text, nats, ngram_nats(ngram, text), ngram.order))
    return [section for section in found if section.blocks]


def cells_section(text: str, traces: list[Trace], found: list[Follows]) -> Section:
    """Of each feature the cell that follows it best, with the control; then the text in colours."""
    if not found:
        return Section("Cells that follow something", [])
    rows = [
        [
            each.feature,
            f"{each.layer + 1}, {each.unit}",
            f"{each.correlation:+.2f}",
            f"{each.by_chance:.2f}",
            "yes" if abs(each.correlation) > 2 * each.by_chance else "no more than chance may",
        ]
        for each in sorted(found, key=lambda each: -abs(each.correlation))
    ]
    head = ["feature", "layer, cell", "correlation", "by chance", "followed"]
    blocks: list[Block] = [Table(head, rows, words=frozenset({1, 4}))]
    said = (
        "By chance: the strongest of all cells with the same feature moved along the text. Warm is "
        "a cell above zero, cool below."
    )
    blocks.append(Say(said, "note"))
    for each in found:
        values = traces[each.layer].cells[:PASSAGE, each.unit]
        title = f"{each.feature}: cell {each.unit} of layer {each.layer + 1}"
        blocks.append(Fold(title, [Shaded(text[:PASSAGE], _levels(values))]))
    return Section("Cells that follow something", blocks)


def _levels(values: Values) -> list[int]:
    """-4 … 4 of what a cell holds, by its own largest."""
    largest = max(float(np.abs(values).max()), 1e-12)
    levels: list[int] = np.rint(values / largest * LEVELS).astype(int).tolist()
    return levels


def gates_section(traces: list[Trace]) -> Section:
    """Of each layer's gates how often they are shut or open, and units that nearly always are."""
    rows = []
    for number, each in enumerate(traces, 1):
        for name, gate in each.gates.items():
            shares = saturation(gate)
            shut, opened = shares.mean(0)
            always = (shares > 0.9).mean(0)
            cells = [percent(share) for share in (shut, opened, *always)]
            rows.append([f"layer {number}, {name}", *cells])
    if not rows:
        return Section("Gates", [])
    head = ["gate", "shut (< 0.1)", "open (> 0.9)", "units nearly always shut", "open"]
    return Section("Gates", [Table(head, rows)])


def gradient_section(curves: dict[str, Values]) -> Section:
    """How far back a character still matters; several networks beside each other."""
    svg = gradient_curves({name: values.tolist() for name, values in curves.items()})
    said = (
        "How much the nats of one character depend on what was read so many characters before: the "
        "norm of the gradient, a mean over places all over the text."
    )
    return Section("Gradient through time", [Say(said), Picture(svg, "")])


def errors_section(text: str, ours: Values, theirs: Values, order: int) -> Section:
    """Which characters are dear to the network, to the n-gram, to both; by where they stand."""
    known = np.isfinite(ours) & np.isfinite(theirs)
    rows = []
    for name, chosen in _places(text).items():
        here = known & chosen
        if here.any():
            dear, other = ours[here] > DEAR, theirs[here] > DEAR
            shares = [dear & other, dear & ~other, ~dear & other]
            means = [f"{ours[here].mean():.3f}", f"{theirs[here].mean():.3f}"]
            rows.append([name, *means, *(percent(float(each.mean())) for each in shares)])
    head = ["", "nats", f"{order}-gram", "dear to both", "to the network", f"to the {order}-gram"]
    said = f"Dear: more than {DEAR:g} nats."
    return Section("Errors beside an n-gram's", [Table(head, rows), Say(said, "note")])


def _places(text: str) -> dict[str, Any]:
    """Which characters begin a word, stand within one, or are none of a word."""
    letters = np.array([character.isalnum() for character in text])
    before = np.concatenate([[False], letters[:-1]])
    return {
        "all characters": np.ones(len(text), bool),
        "first of a word": letters & ~before,
        "within a word": letters & before,
        "between words": ~letters,
    }
