"""report.html and report.md of a run, drawn from its folder's files alone: no network, no torch.

write_report("runs/lrcn-kth")
"""

from pathlib import Path

from kineograph.report.page import as_html, as_markdown
from kineograph.report.page.answer_sections import (
    baselines,
    headline,
    over_time,
    per_class,
    ranking,
)
from kineograph.report.page.blocks import Report
from kineograph.report.page.fold_sections import fold_by_fold
from kineograph.report.page.group_sections import group_by_group
from kineograph.report.page.material import Material, gather
from kineograph.report.page.published_section import published
from kineograph.report.page.run_sections import (
    cost,
    curves,
    mistakes,
    protocol,
    repeat,
)
from kineograph.report.page.stream_sections import stream_by_stream
from kineograph.report.page.words import interval_words, judgement, outcome
from kineograph.whole_file import write_text_whole

SECTIONS = (  # in reading order
    headline,
    baselines,
    stream_by_stream,
    fold_by_fold,
    protocol,
    per_class,
    curves,
    ranking,
    group_by_group,
    over_time,
    published,
    mistakes,
    cost,
    repeat,
)
SAID_IN_PLACE = (  # notes that begin so stand in the section that they concern
    "predictions.jsonl is",
    "baselines.json",
    "environment.json",
    "log.jsonl",
    "pictures/",
)


def write_report(run_folder: Path | str) -> Path:
    """Write report.html and report.md into a run folder; returns the page's path.

    Whatever file is missing is said in one line of the report. Raises InputError if the folder is
    missing or a whole line of predictions.jsonl cannot be read.
    """
    folder = Path(run_folder)
    report = build_report(folder)
    _write(folder / "report.md", as_markdown.page(report))
    return _write(folder / "report.html", as_html.page(report))


def build_report(folder: Path) -> Report:
    """The report as blocks, before it is written out."""
    material = gather(folder)
    run = material.run
    leakage = run.environment.get("leakage")
    sections = [section for draw in SECTIONS if (section := draw(material)).blocks]
    return Report(
        name=f"Run {folder.resolve().name}, recipe {run.recipe.get('name', 'unknown')}",
        alarms=[f"Leakage: {leakage}"] if leakage else [],
        outcome=outcome(run, material.pooled),
        lead=_lead(material),
        notes=[note for note in run.notes if not note.startswith(SAID_IN_PLACE)],
        sections=sections,
        made_by=f"Kineograph {run.environment.get('kineograph') or ''}".strip(),
    )


def _lead(material: Material) -> list[str]:
    if not material.scores:
        return []
    verdict = judgement(material.scores, material.run.baselines, material.gain)
    warning = material.run.known("data", "split", "warning")
    return [
        interval_words(material.scores, material.run),
        *verdict,
        *([str(warning)] if warning else []),
    ]


def _write(path: Path, text: str) -> Path:
    write_text_whole(path, text)
    return path
