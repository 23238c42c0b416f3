"""report.html and report.md of a network that labels texts, drawn from its folder alone."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from kineograph.report.answers import read_answers
from kineograph.report.page import plots
from kineograph.report.page.answer_sections import per_class, ranking
from kineograph.report.page.blocks import Beside, Block, Cards, Picture, Say, Section, Table
from kineograph.report.page.material import Material
from kineograph.report.page.run_sections import cost, curves, repeat
from kineograph.report.page.words import count, data_name, percent, points, span
from kineograph.report.run_files import read_object, read_training, tested_side
from kineograph.report.scores import pool, score_answers
from kineograph.report.summary import protocol
from kineograph.report.texts.frame import protocol_section, split_of, write_page

MISTAKES = "mistakes.json"
NAMES = {"accuracy": "Accuracy", "balanced_accuracy": "Balanced accuracy", "macro_f1": "Macro F1"}


def write_labels_report(folder: Path | str) -> Path:
    """Write report.html and report.md into a run folder; returns the page's path.

    What is missing is said in a line. Raises InputError for no folder, or unreadable answers.
    """
    material, beside = _gather(folder)
    config = material.run.recipe.get("data") or {}
    longest = config.get("longest")
    read = f"{config.get('tokens')}, the first {count(longest)}"
    sections = [
        _figures(material),
        _beside(material, beside),
        per_class(material),
        _mistakes(material),
        ranking(material),
        protocol_section(material.run, [("Read as", read)]),
        curves(material),
        cost(material),
        repeat(material, "texts"),
    ]
    return write_page(material.run, _outcome(material), _lead(material, beside), sections)


def summarise_labels(folder: Path | str) -> dict[str, Any]:
    """What `--json` prints of a run folder, from its files alone; None before it is evaluated."""
    material, beside = _gather(folder)
    scores = material.scores
    return {name: scores.get(name) for name in (*NAMES, "interval")} | {
        "baselines": beside,
        "protocol": protocol(material.run, scores.get("n", 0)) | {"unit": "texts"},
        "leakage": material.run.known("leakage"),
        "run": str(material.run.folder),
        "report": str(material.run.folder / "report.html"),
    }


def tell_labels(found: dict[str, Any]) -> list[list[str]]:
    """The same as a table, its heads first."""
    rows = [["", *(name.lower() for name in NAMES.values())]]
    for name, each in {"this network": found, **found["baselines"]}.items():
        rows.append([_words(name, each), *(percent(each[score]) for score in NAMES)])
    return rows


def _gather(folder: Path | str) -> tuple[Material, dict[str, Any]]:
    """A run's files and scores, and what stands beside."""
    run, whole = read_training(folder)
    run.classes = [str(label) for label in whole.get("asked") or []]
    path = run.folder / "predictions.jsonl"
    if not path.is_file():
        run.notes.append("predictions.jsonl is not there: the network has not been evaluated.")
        return Material(run, None, {}, None), {}
    # an answer's file is its own text: no recording joins several
    answers = [replace(each, video="") for each in read_answers(path, run.notes)]
    run.answers = tested_side(answers, run.notes, "texts")
    beside = {}
    if (run.folder / "baselines.json").is_file():
        beside = read_object(run.folder / "baselines.json", run.notes, "no baseline is known")
    pooled = replace(pool(run.answers, run.classes), thing="texts")
    return Material(run, pooled, score_answers(run.answers, run.classes), None), beside


def _words(name: str, found: dict[str, Any]) -> str:
    return f"always '{found['always']}'" if found.get("always") else name


def _outcome(material: Material) -> str:
    where = f"{data_name(material.run)}, {split_of(material.run)}"
    pooled = material.pooled
    if pooled is None:
        return f"Not evaluated yet: {where}."
    return (
        f"Right on {count(pooled.right)} of {count(len(pooled.truths))} texts "
        f"({percent(material.scores['accuracy'])}) of {where}."
    )


def _lead(material: Material, beside: dict[str, Any]) -> list[str]:
    if not material.scores:
        return []
    by = "groups" if material.scores["interval_by"] == "group" else "texts"
    said = [f"95\u00a0% interval of the accuracy, {by} drawn: {span(material.scores['interval'])}."]
    for name, found in beside.items():
        gain = material.scores["accuracy"] - found["accuracy"]
        if name.startswith("bag"):
            side = "ahead of" if gain > 0 else "no better than"
            said.append(
                f"The network is {side} a {name} in no order ({percent(found['accuracy'])}): "
                f"{points(gain)} points."
            )
    return said


def _figures(material: Material) -> Section:
    if not material.scores:
        return Section("Figures", [])
    cards = [
        (
            title,
            percent(material.scores[name]),
            f"interval {span(material.scores['intervals'][name])}",
        )
        for name, title in NAMES.items()
    ]
    return Section("Figures", [Cards(cards)])


def _beside(material: Material, beside: dict[str, Any]) -> Section:
    """The most frequent label, and the same tokens in no order."""
    if not material.scores or not beside:
        return Section("Beside the baselines", [])
    interval = material.scores["interval"]
    bars = [("this network", material.scores["accuracy"], tuple(interval) if interval else None)]
    bars += [(_words(name, each), each["accuracy"], None) for name, each in beside.items()]
    head, *rows = tell_labels({**material.scores, "baselines": beside})
    told = (
        "The bag: a logistic regression over how often each token stands in a text. A network that "
        "is no better has learned nothing from their order."
    )
    table = Table(head, rows, frozenset({0}))
    return Section(
        "Beside the baselines", [Beside([Picture(plots.bars(bars, "accuracy"), told), table])]
    )


def _mistakes(material: Material) -> Section:
    """Wrong answers, the surest first."""
    path = material.run.folder / MISTAKES
    if not path.is_file():
        return Section("Worst mistakes", [])
    rows = [
        [str(row["text"]), str(row["truth"]), str(row["answer"]), percent(row["share"])]
        for row in json.loads(path.read_text(encoding="utf-8"))
    ]
    blocks: list[Block] = [Say("No mistake was made.")]
    if rows:
        words = frozenset({1, 2})
        blocks = [Table(["text", "true", "answered", "share"], rows, words=words)]
    return Section("Worst mistakes", blocks)
