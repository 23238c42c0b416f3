"""report.html and report.md of a character model, drawn from its folder alone: no network.

write_text_report("runs/shakespeare-tinyshakespeare")
"""

import math
from pathlib import Path
from typing import Any

from kineograph.report.characters.material import TextRun, read_text_run
from kineograph.report.characters.sections import (
    alphabet,
    balance,
    coloured,
    figures_section,
    perplexity,
    protocol,
    published,
    samples,
)
from kineograph.report.page import as_html, as_markdown
from kineograph.report.page.blocks import Report
from kineograph.report.page.material import Material
from kineograph.report.page.run_sections import cost, curves, repeat
from kineograph.report.page.words import count, data_name, split_words
from kineograph.report.summary import protocol as protocol_of
from kineograph.whole_file import write_text_whole

SAID_IN_PLACE = ("predictions.jsonl", "environment.json", "log.jsonl")  # beginnings of notes


def write_text_report(run: Path | str) -> Path:
    """Write report.html and report.md into a run folder; returns the page's path.

    What is missing is said in a line. Raises InputError for no folder, or unreadable answers.
    """
    folder = Path(run)
    report = build_text_report(folder)
    write_text_whole(folder / "report.md", as_markdown.page(report))
    page = folder / "report.html"
    write_text_whole(page, as_html.page(report))
    return page


def build_text_report(folder: Path) -> Report:
    """The report as blocks, before it is written out."""
    run = read_text_run(folder)
    files = run.files
    common = Material(files, None, {}, None)
    sections = [
        figures_section(run),
        protocol(run),
        published(run),
        samples(run),
        coloured(run),
        balance(run),
        curves(common),
        alphabet(run),
        cost(common),
        repeat(common, "characters"),
    ]
    return Report(
        name=f"Run {folder.resolve().name}, recipe {files.recipe.get('name', 'unknown')}",
        alarms=[f"Leakage: {run.leakage}"] if run.leakage else [],
        outcome=_outcome(run),
        lead=_lead(run),
        notes=[note for note in files.notes if not note.startswith(SAID_IN_PLACE)],
        sections=[section for section in sections if section.blocks],
        made_by=f"Kineograph {files.environment.get('kineograph') or ''}".strip(),
    )


def summarise_text(folder: Path | str) -> dict[str, Any]:
    """What `--json` prints of a run folder, from its files alone; None before it is evaluated."""
    run = read_text_run(folder)
    nats, windows = run.nats, run.nats_in_windows
    length = len(run.answers.text) if run.answers else 0
    told = protocol_of(run.files, length) | {
        "side": run.answers.split if run.answers else None,
        "unit": "characters",
        "window_characters": run.window,
        "policy": run.files.known("protocol", "policy"),
    }
    return {
        "nats": nats,
        "bits": None if nats is None else nats / math.log(2),
        "nats_in_windows": windows,
        "bits_in_windows": None if windows is None else windows / math.log(2),
        "baselines": {name: {"nats": value} for name, value in run.beside.items()},
        "protocol": told,
        "leakage": run.leakage,
        "run": str(run.files.folder),
        "report": str(run.files.folder / "report.html"),
    }


def _outcome(run: TextRun) -> str:
    where = f"{data_name(run.files)}, {split_words(run.files)}"
    if run.nats is None or run.answers is None:
        return f"Not evaluated yet: {where}."
    return (
        f"{run.nats:.4f} nats a character ({run.nats / math.log(2):.3f} bits) over the "
        f"{count(len(run.answers.text))} characters of the {run.side} side of {where}."
    )


def _lead(run: TextRun) -> list[str]:
    if run.nats is None:
        return []
    said = [
        f"A choice among {perplexity(run.nats)} equally likely characters would cost as much. "
        "The memory is carried from the side's first character to its last."
    ]
    if run.beside:
        name, least = min(run.beside.items(), key=lambda item: item[1])
        said.append(f"The best n-gram beside it, of order {name[0]}, needs {least:.4f} nats.")
    return said
