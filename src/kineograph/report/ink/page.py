"""report.html and report.md of a network that writes, drawn from its folder alone: no network.

write_ink_report("runs/handwriting-demo")
"""

from pathlib import Path
from typing import Any

import numpy as np

from kineograph.data.ink.formats.svg import path_of
from kineograph.data.ink.strokes import from_offsets
from kineograph.report.ink.material import InkRun, InkScores, read_ink_run
from kineograph.report.page import as_html, as_markdown
from kineograph.report.page.blocks import Block, Cards, Facts, Picture, Report, Say, Section, Table
from kineograph.report.page.material import Material
from kineograph.report.page.run_sections import chosen, cost, curves, repeat
from kineograph.report.page.words import count, data_name
from kineograph.report.run_files import number
from kineograph.whole_file import write_text_whole

IN_PLACE = ("predictions.jsonl is", "environment.json", "log.jsonl", "samples.json")


def write_ink_report(run: Path | str) -> Path:
    """Write report.html and report.md into a run folder; returns the page's path."""
    folder = Path(run)
    report = build_ink_report(folder)
    write_text_whole(folder / "report.md", as_markdown.page(report))
    write_text_whole(folder / "report.html", as_html.page(report))
    return folder / "report.html"


def build_ink_report(folder: Path) -> Report:
    """The report as blocks, before it is written out."""
    run = read_ink_run(folder)
    files, scores = run.files, run.scores
    common = Material(files, None, {}, None)
    leakage = files.environment.get("leakage")
    sections = [
        headline(run, scores),
        written(run),
        protocol(run, scores),
        published(run, scores),
        curves(common),
        cost(common),
        repeat(common, "lines"),
    ]
    warning = files.known("data", "split", "warning")
    return Report(
        name=f"Run {folder.resolve().name}, recipe {files.recipe.get('name', 'unknown')}",
        alarms=[f"Leakage: {leakage}"] if leakage else [],
        outcome=_outcome(run, scores),
        lead=[_spread(scores), *([str(warning)] if warning else [])] if scores else [],
        notes=[note for note in files.notes if not note.startswith(IN_PLACE)],
        sections=[section for section in sections if section.blocks],
        made_by=f"Kineograph {files.environment.get('kineograph') or ''}".strip(),
    )


def headline(run: InkRun, scores: InkScores | None) -> Section:
    """Nats, beside a pen without memory."""
    if scores is None:
        notes = [note for note in run.files.notes if note.startswith("predictions")]
        return Section("Figures", [Say(note, "missing") for note in notes])
    cards = Cards(
        [
            ("Log loss a point", f"{scores.per_point:.3f}", "nats; lower is better"),
            ("Log loss a line", f"{scores.per_line:.1f}", "nats, as Graves 2013 prints it"),
        ]
    )
    rows = [
        ["This network", f"{scores.per_point:.3f}", f"{scores.per_line:.1f}"],
        [
            "One Gaussian without memory",
            f"{scores.control_per_point:.3f}",
            f"{scores.control_per_point * scores.points / scores.lines:.1f}",
        ],
    ]
    table = Table(["", "nats a point", "nats a line"], rows, strong=frozenset({0}))
    return Section("Figures", [cards, table, Say(f"Measure: {run.normalisation}.", "note")])


def written(run: InkRun) -> Section:
    """Some texts of the test side: the ink that is there, and what the network writes."""
    blocks: list[Block] = []
    for sample in run.samples:
        height = _height(sample["truth"])
        blocks.append(Picture(_ink(sample["truth"], height), f"{sample['text']}: as it is"))
        for each in sample["written"]:
            end = "" if each["finished"] else ", cut off: it did not end by itself"
            blocks.append(
                Picture(_ink(each["offsets"], height), f"written, bias {each['bias']:g}{end}")
            )
    return Section("What it writes", blocks)


def protocol(run: InkRun, scores: InkScores | None) -> Section:
    """What a figure must be printed with."""
    files = run.files
    n = files.known("data", "n")
    rows = [("Data", data_name(files)), ("Split", str(files.known("data", "split", "how")))]
    if isinstance(n, dict):
        sides = [f"{side} {count(number(each))}" for side, each in n.items() if each]
        rows.append(("Lines a side", " · ".join(sides)))
    if scores:
        rows.append(("Asked about", f"{count(scores.lines)} lines, {count(scores.points)} points"))
    rows += [
        ("Measure", run.normalisation),
        ("Points a character", str(files.known("data", "points_per_character"))),
        ("Weights", chosen(files, "line")),
        ("Seed", str(files.known("seed"))),
    ]
    notes = files.known("data", "notes")
    return Section("Protocol", [Facts([*rows, *([("Notes", str(notes))] if notes else [])])])


def published(run: InkRun, scores: InkScores | None) -> Section:
    """The paper's figures beside ours, and why they may not be compared."""
    found = run.files.recipe.get("published")
    blocks: list[Block] = []
    for figure in found if isinstance(found, list) else []:
        same = figure.get("data") == run.files.known("data", "name")
        verdict = (
            "the same data; look at splits and points" if same else "other data: no comparison"
        )
        blocks.append(
            Facts(
                [
                    ("Published log loss a line", f"{figure.get('value')} nats"),
                    ("Ours", f"{scores.per_line:.1f} nats" if scores else "–"),
                    ("Verdict", verdict),
                    ("Source", str(figure.get("source"))),
                    ("Their protocol", str(figure.get("protocol"))),
                ]
            )
        )
    return Section("Beside the published figures", blocks)


def _outcome(run: InkRun, scores: InkScores | None) -> str:
    if scores is None:
        return "Not evaluated yet."
    return (
        f"{scores.per_point:.3f} nats a point, {scores.per_line:.1f} a line, over {scores.lines} "
        f"lines of {data_name(run.files)}."
    )


def _spread(scores: InkScores) -> str:
    if scores.interval is None:
        return "No interval: all lines are of one writer."
    low, high = scores.interval.low, scores.interval.high
    return (
        f"95 % interval of nats a point {low:.3f} to {high:.3f}, over {scores.interval.groups} "
        "writers (or lines, where no writer is named)."
    )


def _height(offsets: Any) -> float:
    """Of a line of ink in its own units, never nothing."""
    ups = np.cumsum(np.array(offsets, dtype=float)[:, 1])
    return max(float(np.ptp(ups)), 1e-9)


def _ink(offsets: Any, height: float) -> str:
    """A line as an inline drawing in the page's own colour; `height` is 100 units of it."""
    scale = 100 / height
    strokes = [stroke * (scale, -scale) for stroke in from_offsets(np.array(offsets, dtype=float))]
    every = np.concatenate(strokes) if strokes else np.zeros((1, 2))
    low, high = every.min(axis=0), every.max(axis=0)
    wide, tall = high - low + 12
    paths = "".join(f'<path d="{path_of(stroke - low + 6)}"/>' for stroke in strokes)
    pixels = f'width="{0.5 * wide:.0f}" style="max-width:100%;height:auto"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {pixels} viewBox="0 0 {wide:.0f} {tall:.0f}" '
        'role="img" aria-label="ink"><g fill="none" stroke="var(--ink, currentColor)" '
        f'stroke-width="3" stroke-linecap="round" stroke-linejoin="round">{paths}</g></svg>'
    )
