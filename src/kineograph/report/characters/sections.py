"""Sections of a character model's report: figures, protocol, samples, a passage in colours."""

import math
from typing import Any

from kineograph.data.text import name_character
from kineograph.metrics.balance import balance_latex
from kineograph.report.characters.material import TextRun
from kineograph.report.page.blocks import (
    Block,
    Cards,
    Code,
    Facts,
    Fold,
    Say,
    Section,
    Shaded,
    Table,
)
from kineograph.report.page.run_sections import chosen
from kineograph.report.page.words import count, data_name, percent, split_words
from kineograph.report.run_files import number, within

PASSAGE = 2400  # characters in colours
NATS_A_LEVEL = (0.5, 1.5, 3.0, 5.0)  # from so many nats on a character is so warm
LATEX = "\\begin{"


def _missing(run: TextRun, file: str) -> list[Block]:
    return [Say(note, "missing") for note in run.files.notes if note.startswith(file)]


def figures_section(run: TextRun) -> Section:
    """Nats and bits in both ways of reading, and n-grams of the same text beside."""
    nats, windows = run.nats, run.nats_in_windows
    if run.answers is None or nats is None:
        return Section("Figures", _missing(run, "predictions.jsonl"))
    cards = [
        ("Nats a character", f"{nats:.4f}", "memory carried through"),
        ("Bits a character", f"{nats / math.log(2):.3f}", "the same"),
        ("Characters", count(len(run.answers.text)), f"of the {run.side} side"),
    ]
    rows = [_row("this network, memory carried", nats)]
    if windows is not None:
        cards.insert(2, ("In windows", f"{windows:.4f}", f"nats, anew every {run.window}"))
        rows.append(_row(f"this network, windows of {run.window}", windows))
    rows += [_row(f"{name}, modified Kneser-Ney", value) for name, value in run.beside.items()]
    table = Table(["", "nats a character", "bits a character", "perplexity"], rows, frozenset({0}))
    said = (
        "Every character of the side is asked for once. The n-grams are of the same training "
        "text, and are asked for the same characters, each from the n - 1 before it."
    )
    return Section("Figures", [Cards(cards), table, Say(said, "note")])


def _row(name: str, nats: float) -> list[str]:
    return [name, f"{nats:.4f}", f"{nats / math.log(2):.3f}", perplexity(nats)]


def perplexity(nats: float) -> str:
    """e to the nats, in words; a network that went astray has more than a number holds."""
    try:
        return f"{math.exp(nats):.2f}"
    except OverflowError:
        return "∞"


def protocol(run: TextRun) -> Section:
    """What a figure must be printed with: text, split, sides, spelling, windows, seed."""
    files = run.files
    n = files.known("data", "n")
    rows = [("Data", data_name(files)), ("Split", split_words(files))]
    if isinstance(n, dict):
        sides = [f"{side} {count(number(length))}" for side, length in n.items() if length]
        rows.append(("Characters a side", " · ".join(sides)))
    left_out = files.known("data", "left_out")
    if isinstance(left_out, list) and left_out:
        rows.append(("Left out", f"{count(len(left_out))} files that could not be read"))
    rows.append(("Text policy", str(files.known("protocol", "policy") or "unknown")))
    before = number(files.known("protocol", "before_characters"))
    if before:
        told = f"up to {count(before)} characters before the side are read first, without a figure"
        rows.append(("Memory carried", told))
    if run.window:
        told = (
            f"anew every {run.window} characters, nothing read but the one before; without overlap"
        )
        rows.append(("In windows", told))
    seed = files.known("seed")
    rows.append(("Seeds", "unknown" if seed is None else str(seed)))
    rows.append(("Weights kept", _kept(run)))
    return Section("Protocol", [Facts(rows), *_missing(run, "environment.json")])


def _kept(run: TextRun) -> str:
    """How the weights were chosen; by the very side that is asked about, if it was so."""
    told = chosen(run.files, "character")
    best = within(run.files.recipe, "training", "keep") == "best"
    if best and run.answers and run.answers.split == "val":
        told, _, _ = told.partition(";")
        return f"{told}; these are the characters that the figure is of"
    return told


def published(run: TextRun) -> Section:
    """Published figures with source and protocol beside ours in windows."""
    found = run.files.recipe.get("published")
    blocks: list[Block] = []
    for figure in found if isinstance(found, list) else []:
        theirs = number(within(figure, "value"))
        if theirs is not None:
            blocks.append(Facts(_beside(run, figure, theirs)))
    return Section("Published figures", blocks)


def _beside(run: TextRun, figure: dict[str, Any], theirs: float) -> list[tuple[str, str]]:
    same = (str(figure.get("data")), str(figure.get("split"))) == (
        data_name(run.files),
        str(run.files.known("data", "split", "how")),
    )
    ours = [
        f"{value:.4f} ({words})"
        for value, words in (
            (run.nats, "memory carried"),
            (run.nats_in_windows, f"windows of {run.window}"),
        )
        if value is not None
    ]
    verdict = "Ours is not known."
    if run.nats_in_windows is not None:
        gap = run.nats_in_windows - theirs
        better = "lower, which is better" if gap < 0 else "higher, which is worse"
        verdict = f"Ours in windows is {better}, by {abs(gap):.4f} nats."
        verdict += "" if same else " The two are of other texts or sides and are not comparable."
    return [
        ("Published nats a character", f"{theirs:.4f}"),
        ("Ours", " · ".join(ours) or "–"),
        ("Verdict", verdict),
        ("Source", str(figure.get("source", "not named"))),
        ("Their protocol", str(figure.get("protocol", "not named"))),
    ]


def samples(run: TextRun) -> Section:
    """Text of the network's own, one sample a temperature, none of them picked."""
    blocks: list[Block] = []
    for place, sample in enumerate(run.samples):
        nats = "" if sample.nats is None else f", {sample.nats:.2f} nats a character"
        title = f"Temperature {sample.temperature:g}{nats}"
        shown: list[Block] = [Code(sample.text)]
        middle = place == len(run.samples) // 2
        blocks += [Say(f"{title}:"), *shown] if middle else [Fold(title, shown)]
    if blocks:
        said = "Begun with nothing, seed 0, as they came: none was picked."
        blocks = [Say(said, "note"), *blocks]
    return Section("What it writes", blocks)


def coloured(run: TextRun) -> Section:
    """The side's first passage, each character as warm as it was surprising."""
    if run.answers is None:
        return Section("What surprises it", [])
    text = run.answers.text[:PASSAGE]
    levels = [_level(nats) for nats in run.answers.nats[:PASSAGE]]
    ends = [f"{limit:g}" for limit in NATS_A_LEVEL]
    said = (
        f"The first {count(len(text))} characters of the {run.side} side. The warmer a character, "
        f"the more nats it cost: steps at {', '.join(ends)}."
    )
    return Section("What surprises it", [Say(said), Shaded(text, levels)])


def _level(nats: float) -> int:
    return 0 if math.isnan(nats) else sum(nats >= limit for limit in NATS_A_LEVEL)


def balance(run: TextRun) -> Section:
    """Of LaTeX: what opens and closes in the samples, and in as much of the text itself."""
    if run.answers is None or LATEX not in run.answers.text or not run.samples:
        return Section("What is balanced", [])
    texts = [(f"temperature {each.temperature:g}", each.text) for each in run.samples]
    longest = max(len(each.text) for each in run.samples)
    texts.append(("the text itself", run.answers.text[:longest]))
    rows = []
    for name, text in texts:
        for kind, found in balance_latex(text).items():
            share = percent(found.share)
            rows.append(
                [name, kind, count(found.matched), count(found.wrong), count(found.open), share]
            )
    head = ["", "what", "matched", "wrong", "open at the end", "of those closed"]
    table = Table(head, rows, words=frozenset({1}))
    said = "A sample is cut off anywhere, so what is open at its end is no fault."
    return Section("What is balanced", [table, Say(said, "note")])


def alphabet(run: TextRun) -> Section:
    """What can be written, and what of the side could not be."""
    if not run.alphabet:
        return Section("Alphabet", [])
    unseen = run.files.known("data", "unseen")
    lines = [str(line) for line in unseen] if isinstance(unseen, list) else []
    blocks: list[Block] = [Say(f"{count(len(run.alphabet))} characters in training.")]
    blocks += [Say(f"{line[:1].upper()}{line[1:]}.") for line in lines]
    names = "\n".join(map(name_character, run.alphabet))
    return Section("Alphabet", [*blocks, Fold("Each character", [Code(names)])])
