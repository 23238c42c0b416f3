"""report.html and report.md of a network that writes texts otherwise, drawn from its folder."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle

from kineograph.metrics.text import confusions
from kineograph.report.page.blocks import Beside, Cards, Picture, Say, Section, Table
from kineograph.report.page.drawing import ACCENT, INK, MUTED, new_plot, plain_style, put, to_svg
from kineograph.report.page.material import Material
from kineograph.report.page.run_sections import cost, curves, repeat
from kineograph.report.page.words import count, data_name, percent, span
from kineograph.report.texts.frame import protocol_section, split_of, write_page
from kineograph.report.texts.pair_answers import (
    ATTENTION,
    PairsRun,
    read_pairs_run,
    summarise_pairs,
    tell_pairs,
)

CELL_PIXELS = 22
MISTAKES = 20
CONFUSIONS = 12


def write_pairs_report(folder: Path | str) -> Path:
    """Write report.html and report.md into a run folder; returns the page's path.

    What is missing is said in a line. Raises InputError for no folder, or unreadable answers.
    """
    run, found = read_pairs_run(folder), summarise_pairs(folder)
    common = Material(run.files, None, {}, None)
    told = found["protocol"]
    more = [
        ("From, to", f"{told['given']} → {told['asked']}"),
        ("Search", f"beam of {told['beam']}"),
    ]
    sections = [
        _figures(found),
        _attention(run),
        _mistakes(run),
        _confused(run),
        protocol_section(run.files, more),
        curves(common),
        cost(common),
        repeat(common, "texts"),
    ]
    return write_page(run.files, _outcome(run, found), _lead(found), sections)


def _outcome(run: PairsRun, found: dict[str, Any]) -> str:
    where = f"{data_name(run.files)}, {split_of(run.files)}"
    if found["cer"] is None:
        return f"Not evaluated yet: {where}."
    return (
        f"{percent(found['accuracy'])} of {count(len(run.answers))} texts are right as a whole, "
        f"with {percent(found['cer'], 2)} of characters wrong (CER), of {where}."
    )


def _lead(found: dict[str, Any]) -> list[str]:
    said = []
    if found["interval"]:
        low, high = found["interval"]
        said.append(f"95\u00a0% interval of the CER: {span([low, high])}.")
    table = found["baselines"].get("table")
    if table:
        side = "better" if found["cer"] < table["cer"] else "no better"
        said.append(
            f"That is {side} than the table alone, by its longest match: CER "
            f"{percent(table['cer'], 2)}, {percent(table['accuracy'])} right as a whole."
        )
    return said


def _figures(found: dict[str, Any]) -> Section:
    if found["cer"] is None:
        return Section("Figures", [])
    cards = [
        ("CER", percent(found["cer"], 2), f"interval {span(found['interval'])}"),
        ("Whole texts right", percent(found["accuracy"]), "every character as it should be"),
    ]
    head, *rows = tell_pairs(found)
    note = (
        "copy: the given text as it is. table: the published table, where letters are written "
        "alike the one that stands first in the alphabet."
    )
    return Section("Figures", [Cards(cards), Table(head, rows, frozenset({0})), Say(note, "note")])


def _attention(run: PairsRun) -> Section:
    """Some texts: each answered character with those given that it was told from."""
    path = run.files.folder / ATTENTION
    if not path.is_file():
        return Section("What it looked at", [])
    shown = json.loads(path.read_text(encoding="utf-8"))
    pictures = [
        Picture(
            attention_picture(row["given"], row["answer"], row["attention"], f"attention-{place}"),
            f"{row['given']} → {row['answer']}"
            + ("" if row["answer"] == row["truth"] else f", and {row['truth']} is right"),
        )
        for place, row in enumerate(shown)
        if row["answer"]
    ]
    told = "Rows: what was written, in order. Columns: what was given. Dark: looked at."
    return Section("What it looked at", [Beside(pictures), Say(told, "note")] if pictures else [])


@plain_style()
def attention_picture(
    given: str, answer: str, attention: Sequence[Sequence[float]], name: str
) -> str:
    """Shares (L, T) as squares, the answer's characters below each other; an <svg>."""
    height = len(answer) * CELL_PIXELS + 40
    width = max(400, len(given) * CELL_PIXELS + 40)
    right = width - len(given) * CELL_PIXELS - 26
    figure, axes = new_plot(height, width=width, left=26, right=right, top=30, bottom=10)
    axes.set(xlim=(0, len(given)), ylim=(len(answer), 0), xticks=[], yticks=[])
    for row, shares in enumerate(attention):
        for column, share in enumerate(shares):
            if share >= 0.01:
                square = Rectangle((column + 0.04, row + 0.04), 0.92, 0.92)
                square.set(facecolor=ACCENT, alpha=float(np.clip(share, 0, 1)), linewidth=0)
                axes.add_patch(square)
    for column, character in enumerate(given):
        put(axes, column + 0.5, -0.5, character, color=MUTED, ha="center", va="center")
    for row, character in enumerate(answer):
        put(axes, -0.5, row + 0.5, character, color=INK, ha="center", va="center")
    return to_svg(figure, name, f"Where each character of {answer} was told from in {given}")


def _mistakes(run: PairsRun) -> Section:
    """Wrong answers, the surest first, with how sure the network was of the whole."""
    wrong = [each for each in run.answers if each.answer != each.truth]
    wrong.sort(key=lambda each: -each.log_probability)
    rows = [
        [each.given, each.truth, each.answer, percent(float(np.exp(each.log_probability)))]
        for each in wrong[:MISTAKES]
    ]
    if not rows:
        return Section("Mistakes", [Say("No mistake was made.")] if run.answers else [])
    words = frozenset({1, 2})
    told = f"{count(len(wrong))} of {count(len(run.answers))}; the surest ones."
    head = ["given", "true", "answered", "share"]
    return Section("Mistakes", [Say(told), Table(head, rows, words=words)])


def _confused(run: PairsRun) -> Section:
    found = confusions([a.truth for a in run.answers], [a.answer for a in run.answers])
    rows = [
        [each.truth or "(put in)", each.read or "(left out)", count(each.count), count(each.of)]
        for each in found[:CONFUSIONS]
    ]
    head = ["true", "answered", "times", "of"]
    table = Table(head, rows, words=frozenset({1}))
    return Section("Confused characters", [table] if rows else [])
