"""Sections of a page on what happens inside of a character model while it reads a text."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from kineograph.inspect.characters.cells import Follows, Trace, Values, saturation
from kineograph.inspect.characters.errors import Peeled
from kineograph.inspect.characters.plots import errors_plot, gradient_curves, saturation_plot
from kineograph.report.page.blocks import Block, Fold, Picture, Say, Section, Shaded, Table
from kineograph.report.page.words import count, percent

PASSAGE = 1500  # characters in colours
LEVELS = 4  # warm and cool ones
ALWAYS = 0.9  # of the time
DEAR = 3.0  # nats from which a character counts as dear
FOLLOWED = 2.0  # times chance
EXAMPLES, AROUND = 3, 24  # of a kind of error; characters before it

OURS = "this network"
EXPLAINED = {
    "n-gram": "an n-gram of the training text (1 to 8 characters) gives it more than a half",
    "dynamic memory": "the word, as far as with it, stands in the 1000 characters before",
    "rare word": "its word stands in the training text 5 times or less",
    "word model": "first after a space, a quote or a line's end: which word comes",
    "space, line end": "where a word or a line ends",
    "punctuation": "neither letter nor digit nor white space",
    "rest": "none of these",
}


def cells_section(
    text: str, traces: list[Trace], found: list[Follows], asked: tuple[int, int] | None = None
) -> Section:
    """Of each feature the cell that follows it best, with the control; then the text in colours.

    asked: layer and unit of a cell that is shown first, whatever it follows.
    """
    blocks: list[Block] = []
    if asked is not None:
        title = f"Cell {asked[1] + 1} of layer {asked[0] + 1}, as asked:"
        blocks += [Say(title), _shaded(text, traces, *asked)]
    ordered = sorted(found, key=lambda each: -abs(each.correlation) / max(each.by_chance, 1e-9))
    if ordered:
        rows = [
            [
                each.feature,
                f"{each.layer + 1}, {each.unit + 1}",
                f"{each.correlation:+.2f}".replace("-", "−"),
                f"{each.by_chance:.2f}",
                "yes" if follows(each) else "no more than chance may",
            ]
            for each in ordered
        ]
        head = ["feature", "layer, cell", "correlation", "by chance", "followed"]
        blocks.append(Table(head, rows, words=frozenset({1, 4})))
        said = (
            "By chance: the strongest of all cells with the same feature moved along the text. "
            "Warm is a cell above zero, cool below."
        )
        blocks.append(Say(said, "note"))
    for place, each in enumerate(ordered):
        title = f"{each.feature}: cell {each.unit + 1} of layer {each.layer + 1}"
        shaded = _shaded(text, traces, each.layer, each.unit)
        first = place == 0 and asked is None
        blocks += [Say(f"{title}:"), shaded] if first else [Fold(title, [shaded])]
    return Section("Cells that follow something", blocks)


def follows(found: Follows) -> bool:
    """Whether a cell goes with its feature clearly more than chance does."""
    return abs(found.correlation) > FOLLOWED * found.by_chance


def _shaded(text: str, traces: list[Trace], layer: int, unit: int) -> Shaded:
    values = traces[layer].cells[:PASSAGE, unit]
    largest = max(float(np.abs(values).max()), 1e-12)
    levels: list[int] = np.rint(values / largest * LEVELS).astype(int).tolist()
    return Shaded(text[:PASSAGE], levels)


def gates_section(traces: list[Trace]) -> Section:
    """Each unit's gates as points, then how often they are shut or open, and who always is."""
    rows = []
    shares: dict[str, list[Values]] = {}
    for number, each in enumerate(traces, 1):
        for name, gate in each.gates.items():
            found = saturation(gate)
            shares.setdefault(name, []).append(found)
            always = (found > ALWAYS).mean(0)
            cells = [percent(share) for share in (*found.mean(0), *always)]
            rows.append([f"layer {number}, {name}", *cells])
    if not rows:
        return Section("Gates", [])
    said = (
        "Each point is a unit: the share of the time in which its gate is shut, and open. One far "
        "to the right lets nothing through, one at the top everything; a forget gate that stays "
        "open remembers, and one near zero both ways is never sure."
    )
    head = ["gate", "shut (< 0.1)", "open (> 0.9)", "units nearly always shut", "open"]
    picture = Picture(saturation_plot(shares), "", wide=len(shares) > 1)
    return Section("Gates", [Say(said), picture, Table(head, rows)])


def gradient_section(curves: Mapping[str, Values]) -> Section:
    """How far back a character still matters; this network and others beside each other."""
    svg = gradient_curves({name: values.tolist() for name, values in curves.items()}, OURS)
    said = (
        "How much the nats of one character depend on what was read so many characters before: the "
        "norm of the gradient, a mean over places all over the text."
    )
    blocks: list[Block] = [Say(said)]
    if len(curves) > 1:
        more = (
            "Beside it stand networks of each cell, as wide and as deep, with the weights that "
            "training begins with. What vanishes in them has to be learned against it."
        )
        blocks.append(Say(more))
    return Section("Gradient through time", [*blocks, Picture(svg, "", wide=True)])


def errors_section(text: str, found: Peeled, memory_note: str = "") -> Section:
    """Kinds of errors, peeled off one after another, with some of each."""
    title = "Kinds of errors"
    if not found.errors:
        return Section(title, [Say("No character was given less than a half: there is no error.")])
    said = (
        f"{count(found.errors)} of {count(len(text))} characters "
        f"({percent(found.errors / len(text))}) were given a half or less. Each is counted once, "
        "by the first of these that explains it (Karpathy, Johnson and Fei-Fei 2015)."
    )
    rows = [[name, EXPLAINED[name], _examples(text, found, name)] for name in found.names]
    blocks: list[Block] = [Say(said), Picture(errors_plot(found.counts), "", wide=True)]
    if memory_note:
        blocks.append(Say(memory_note, "missing"))
    table = Table(["", "explained by", "the first ones"], rows, words=frozenset({1, 2}))
    return Section(title, [*blocks, Fold("What each is, with examples", [table])])


def _examples(text: str, found: Peeled, name: str) -> str:
    """Some errors of a kind, each in brackets after what stood before it."""
    places = np.flatnonzero(found.kinds == found.names.index(name))[:EXAMPLES]
    shown = [f"…{text[max(0, at - AROUND) : at]}[{text[at]}]" for at in places]
    return "  ".join(each.replace("\n", "⏎") for each in shown) or "–"


def beside_section(text: str, ours: Values, theirs: Values, order: int) -> Section:
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
    said = f"Dear: more than {DEAR:g} nats. The n-gram is of the training text."
    return Section("Beside an n-gram", [Table(head, rows), Say(said, "note")])


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
