"""report.html and report.md of a reader's run, drawn from its folder alone: no network, no torch.

write_lines_report("runs/ocr-line")
"""

from pathlib import Path

from kineograph.report.lines.figure_sections import (
    confused,
    groups,
    headline,
    unwritable,
    worst_lines,
)
from kineograph.report.lines.material import LineRun, read_line_run
from kineograph.report.lines.run_sections import alphabet, more_lines, network, protocol
from kineograph.report.lines.scores import Scores, score_run
from kineograph.report.lines.words import error_percent, interval_words, outcome, policy_words
from kineograph.report.page import as_html, as_markdown
from kineograph.report.page.blocks import Report, Section
from kineograph.report.page.material import Material
from kineograph.report.page.run_sections import cost, curves, repeat
from kineograph.whole_file import write_text_whole

SAID_IN_PLACE = (  # notes that begin so stand in the section that they concern
    "predictions.jsonl is",
    "environment.json",
    "log.jsonl",
    "worst/",
    "alphabet.json",
    "curve.json",
)


def write_lines_report(run: Path | str) -> Path:
    """Write report.html and report.md into a reader's run folder; returns the page's path.

    Whatever file is missing is said in one line of the report. Raises InputError if the folder is
    missing or a whole line of predictions.jsonl cannot be read.
    """
    folder = Path(run)
    report = build_lines_report(folder)
    write_text_whole(folder / "report.md", as_markdown.page(report))
    page = folder / "report.html"
    write_text_whole(page, as_html.page(report))
    return page


def build_lines_report(folder: Path) -> Report:
    """The report as blocks, before it is written out."""
    run = read_line_run(folder)
    scores = score_run(run.answers, run.policy_name)
    files = run.files
    return Report(
        name=f"Run {folder.resolve().name}, recipe {files.recipe.get('name', 'unknown')}",
        alarms=[f"Leakage: {run.leakage}"] if run.leakage else [],
        outcome=outcome(run, scores.read if scores else None),
        lead=_lead(run, scores),
        notes=[note for note in files.notes if not note.startswith(SAID_IN_PLACE)],
        sections=[section for section in _sections(run, scores) if section.blocks],
        made_by=f"Kineograph {files.environment.get('kineograph') or ''}".strip(),
    )


def _sections(run: LineRun, scores: Scores | None) -> list[Section]:
    """In reading order; training, cost and how to repeat it are drawn as for clips."""
    common = Material(run.files, None, {}, None)
    return [
        headline(run, scores),
        protocol(run, scores),
        groups(run, scores),
        worst_lines(run, scores),
        confused(run, scores),
        curves(common),
        more_lines(run, scores),
        alphabet(run, scores),
        network(run, scores),
        cost(common),
        repeat(common, "lines"),
    ]


def _lead(run: LineRun, scores: Scores | None) -> list[str]:
    if scores is None:
        return []
    read, alone = scores.read, scores.best_path
    said = [interval_words(run, read.intervals["cer"], scores.kind)]
    if alone is not None:
        said.append(
            f"Read with the run's language model; by the best path alone "
            f"{error_percent(alone.text.cer)}."
        )
    said.append(f"Text policy: {policy_words(run)}.")
    note = unwritable(run)
    warning = run.files.known("data", "split", "warning")
    return [*said, *([note] if note else []), *([str(warning)] if warning else [])]
