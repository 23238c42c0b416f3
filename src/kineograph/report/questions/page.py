"""report.html and report.md of a run that answers questions, drawn from its folder alone."""

from pathlib import Path
from typing import Any

from kineograph.report.page import as_html, as_markdown
from kineograph.report.page.blocks import Block, Cards, Facts, Films, Report, Say, Section, Table
from kineograph.report.page.material import Material
from kineograph.report.page.run_sections import cost, curves, repeat
from kineograph.report.page.words import count, percent, span
from kineograph.report.questions.scores import CONTROLS
from kineograph.report.questions.summary import (
    QuestionRun,
    read_question_run,
    summarise_questions,
    tell_questions,
)
from kineograph.report.questions.worst import WRONG
from kineograph.report.shown import read_shown
from kineograph.whole_file import write_text_whole

QUESTION_ALONE = "same question"


def write_questions_report(run: Path | str) -> Path:
    """Write report.html and report.md into a run folder; returns the page's path.

    Whatever file is missing is said in one line. Raises InputError if the folder is missing.
    """
    folder = Path(run)
    report = build_questions_report(folder)
    write_text_whole(folder / "report.md", as_markdown.page(report))
    page = folder / "report.html"
    write_text_whole(page, as_html.page(report))
    return page


def build_questions_report(folder: Path) -> Report:
    """The report as blocks, before it is written out."""
    run, found = read_question_run(folder), summarise_questions(folder)
    common = Material(run.files, None, {}, None)
    sections = [
        _headline(run, found),
        _by_kind(found),
        _wrong(folder),
        _protocol(run, found),
        _published(run),
        curves(common),
        cost(common),
        repeat(common, "questions"),
    ]
    return Report(
        name=f"Run {folder.resolve().name}, recipe {run.files.recipe.get('name', 'unknown')}",
        alarms=[f"Leakage: {found['leakage']}"] if found["leakage"] else [],
        outcome=_outcome(found),
        lead=_lead(found),
        notes=[note for note in run.files.notes if "environment" not in note],
        sections=[section for section in sections if section.blocks],
        made_by=f"Kineograph {run.files.environment.get('kineograph') or ''}".strip(),
    )


def _outcome(found: dict[str, Any]) -> str:
    if found["accuracy"] is None:
        return "No question with a known answer has been asked."
    return (
        f"{percent(found['accuracy'])} of {count(found['protocol']['n'])} questions about "
        f"{count(found['protocol']['pictures'])} pictures were answered rightly."
    )


def _lead(found: dict[str, Any]) -> list[str]:
    said = []
    if found["interval"]:
        said.append(f"95 % interval, whole pictures drawn: {span(found['interval'])}.")
    alone = found["baselines"].get(QUESTION_ALONE)
    if alone:
        gain = found["accuracy"] - alone["accuracy"]
        said.append(
            f"The question alone, answered as most often in training, gives "
            f"{percent(alone['accuracy'])}: looking at the picture gains "
            f"{100 * gain:.1f} points."
        )
    if found["protocol"]["unscored"]:
        said.append(f"{count(found['protocol']['unscored'])} questions have no known answer.")
    return said


def _headline(run: QuestionRun, found: dict[str, Any]) -> Section:
    if run.scores is None:
        return Section("Figures", [])
    cards = [("Accuracy", percent(found["accuracy"]), "the answer that most people gave")]
    cards += [
        (f"VQA accuracy, {name}", percent(share), "as far as three of ten people said so")
        for name, share in found["vqa"].items()
    ]
    cards += [
        (name.capitalize(), percent(found["baselines"][name]["accuracy"]), CONTROLS[name])
        for name in found["baselines"]
    ]
    return Section("Figures", [Cards(cards)])


def _by_kind(found: dict[str, Any]) -> Section:
    if found["accuracy"] is None:
        return Section("By kind of question", [])
    head, *rows = tell_questions(found)
    last = frozenset({len(found["by_kind"])})
    table = Table(head, rows, strong=last, ruled=len(found["by_kind"]))
    legend = "; ".join(f"{name}: {CONTROLS[name]}" for name in found["baselines"])
    says = Say(f"Beside the network: {legend}.", "note")
    return Section("By kind of question", [table, *([says] if legend else [])])


def _wrong(folder: Path) -> Section:
    strips = read_shown(folder, WRONG)
    return Section("Wrong answers, the surest first", [Films(strips)] if strips else [])


def _protocol(run: QuestionRun, found: dict[str, Any]) -> Section:
    files, told = run.files, found["protocol"]
    rows = [
        ("Data", str(told["data"] or "unknown")),
        ("Split", str(files.known("data", "split", "how") or "unknown")),
        ("Tested", f"{count(told['n'])} questions about {count(told['pictures'])} pictures"),
        ("Right", "the answer that most people gave, articles and case left out"),
        ("Seeds", ", ".join(map(str, told["seeds"])) or "unknown"),
    ]
    sizes = files.known("data", "n")
    if isinstance(sizes, dict):
        rows.insert(2, ("Questions", " · ".join(f"{side} {count(n)}" for side, n in sizes.items())))
    warning = files.known("data", "split", "warning")
    rows += [("Warning", str(warning))] if warning else []
    rows += [("Remark", str(said)) for said in files.known("data", "remarks") or []]
    notes = files.known("data", "notes")
    rows += [("Notes", str(notes))] if notes else []
    return Section("Protocol", [Facts(rows)])


def _published(run: QuestionRun) -> Section:
    figures = run.files.recipe.get("published") or []
    rows = [
        (
            str(each.get("figure")),
            percent(each.get("value")),
            str(each.get("source")),
            str(each.get("protocol")),
        )
        for each in figures
        if isinstance(each, dict)
    ]
    blocks: list[Block] = []
    if rows:
        words = frozenset({2, 3})
        blocks = [
            Table(("figure", "value", "source", "protocol"), rows, words=words),
            Say("Other data or another protocol: beside ours, not to be compared number by number.",
                "note"),
        ]  # fmt: skip
    return Section("Published", blocks)
