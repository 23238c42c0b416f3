"""report.html and report.md of a run that describes pictures, of its folder alone."""

from pathlib import Path
from typing import Any

from kineograph.report.captions.summary import (
    HEADS,
    read_json,
    summarise_captions,
    tell_captions,
)
from kineograph.report.page import as_html, as_markdown
from kineograph.report.page.blocks import Block, Facts, Report, Say, Section, Table, Tile, Tiles
from kineograph.report.shown import read_shown
from kineograph.whole_file import write_text_whole

DESCRIBED = "described"  # the pictures that are shown


def write_captions_report(run: Path | str) -> Path:
    """Write report.html and report.md into the run folder; returns the page's path."""
    folder = Path(run)
    report = build_captions_report(folder)
    write_text_whole(folder / "report.md", as_markdown.page(report))
    page = folder / "report.html"
    write_text_whole(page, as_html.page(report))
    return page


def build_captions_report(folder: Path) -> Report:
    """The report as blocks, before it is written out."""
    found = summarise_captions(folder)
    recipe = read_json(folder / "recipe.json")
    sections = [
        Section("Scores", [Table(HEADS, tell_captions(found)[1:], strong=frozenset({0}))]),
        Section("Retrieval", _retrieval(found["retrieval"])),
        Section("Protocol", [Facts([(name, str(v)) for name, v in found["protocol"].items()])]),
        Section("What it says", _described(folder)),
    ]
    name = recipe.get("recipe", {}).get("name", "unknown")
    leakage = found["leakage"]
    return Report(
        name=f"Run {folder.resolve().name}, recipe {name}",
        alarms=[f"Leakage: {leakage}"] if leakage else [],
        outcome=_outcome(found),
        lead=[],
        notes=read_json(folder / "environment.json").get("data", {}).get("remarks", []),
        sections=[section for section in sections if section.blocks],
        made_by=f"kineograph {recipe.get('kineograph', '')}".strip(),
    )


def _outcome(found: dict[str, Any]) -> str:
    if found["cider_d"] is None:
        return "Not evaluated yet, or on one picture alone: no scores."
    wrong = found["baselines"].get("wrong_picture")
    beside = f"; shown another picture {wrong['cider_d']:.3f}" if wrong else ""
    return (
        f"CIDEr-D {found['cider_d']:.3f}{beside}. BLEU-4 {found['bleu_4']:.4f} on "
        f"{found['protocol']['n']} pictures, {found['different_sentences']} different sentences."
    )


def _retrieval(found: dict[str, Any] | None) -> list[Block]:
    if not found:
        return []
    rows = []
    for name, words in (
        ("sentences_by_picture", "a picture seeks its sentence"),
        ("pictures_by_sentence", "a sentence seeks its picture"),
    ):
        each = found[name]
        recall = [f"{each['recall'][str(depth)]:.1%}" for depth in (1, 5, 10)]
        rows.append([words, *recall, f"{each['median_rank']:g}", str(each["choices"])])
    head = ["", "R@1", "R@5", "R@10", "median rank", "of"]
    return [
        Table(head, rows),
        Say(
            "A sentence fits a picture by how much likelier it is said of it than of the others on "
            "average.",
            "note",
        ),
    ]


def _described(folder: Path) -> list[Block]:
    """Pictures with what the network says of them and what a person said."""
    shown = read_shown(folder, DESCRIBED)
    tiles = [Tile(each.png, each.answer, each.answer, f"a person: {each.truth}") for each in shown]
    told = Say("Evenly chosen from the side that was asked, not by how well they went.", "note")
    return [told, Tiles(tiles)] if tiles else []
