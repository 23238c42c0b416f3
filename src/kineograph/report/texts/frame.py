"""What reports of labels and of pairs share: protocol, and the page as files."""

from collections.abc import Sequence
from pathlib import Path

from kineograph.report.page import as_html, as_markdown
from kineograph.report.page.blocks import Facts, Report, Section
from kineograph.report.page.run_sections import chosen
from kineograph.report.page.words import count, data_name
from kineograph.report.run_files import RunFiles, number
from kineograph.whole_file import write_text_whole

HOW = {
    "text": "no text on two sides",
    "group": "no text and no group on two sides",
    "given": "the data's own split, what stands on two sides left out of training",
}


def split_of(files: RunFiles) -> str:
    """How the sides were kept apart, in words."""
    kind, comma, rest = str(files.known("data", "split", "how") or "unknown").partition(",")
    return HOW.get(kind, kind) + comma + rest


def protocol_section(files: RunFiles, more: Sequence[tuple[str, str]]) -> Section:
    """What a figure must be printed with: data, split, n a side, seed, and what the kind adds."""
    rows = [("Data", data_name(files)), ("Split", split_of(files))]
    n = files.known("data", "n")
    if isinstance(n, dict):
        sides = [f"{side} {count(number(each))}" for side, each in n.items() if each]
        rows.append(("Texts a side", " · ".join(sides)))
    left_out = files.known("data", "left_out")
    if isinstance(left_out, list) and left_out:
        rows.append(("Left out", f"{count(len(left_out))} lines that could not be used"))
    rows += [("Remark", str(said)) for said in files.known("data", "remarks") or []]
    rows += [("Seed", str(files.known("seed"))), ("Weights kept", chosen(files, "text")), *more]
    return Section("Protocol", [Facts(rows)])


def write_page(
    files: RunFiles, outcome: str, lead: Sequence[str], sections: Sequence[Section]
) -> Path:
    """report.html and report.md of these sections; returns the page's path."""
    leakage = files.known("leakage")
    report = Report(
        name=f"Run {files.folder.resolve().name}, recipe {files.recipe.get('name', 'unknown')}",
        alarms=[f"Leakage: {leakage}"] if leakage else [],
        outcome=outcome,
        lead=list(lead),
        notes=[note for note in files.notes if not note.startswith("log.jsonl")],
        sections=[section for section in sections if section.blocks],
        made_by=f"Kineograph {files.environment.get('kineograph') or ''}".strip(),
    )
    write_text_whole(files.folder / "report.md", as_markdown.page(report))
    page = files.folder / "report.html"
    write_text_whole(page, as_html.page(report))
    return page
