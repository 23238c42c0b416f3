"""predictions.jsonl of texts written otherwise, and what is reckoned from it."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from kineograph.errors import InputError
from kineograph.metrics.text import cer_interval, score_text
from kineograph.report.answers import read_rows
from kineograph.report.page.words import percent
from kineograph.report.run_files import RunFiles, read_training, tested_side
from kineograph.report.summary import protocol
from kineograph.whole_file import write_text_whole

ATTENTION = "attention.json"


@dataclass(frozen=True)
class PairAnswer:
    """One text, what it should become and what it became; table: what the table alone says."""

    id: str
    group: str | None
    split: str | None
    given: str
    truth: str
    answer: str
    log_probability: float
    finished: bool
    table: str | None = None


@dataclass(frozen=True)
class PairsRun:
    """A run folder and its answers."""

    files: RunFiles
    answers: list[PairAnswer]


def write_pair_answers(path: Path, answers: Iterable[PairAnswer]) -> None:
    """One JSON object a line."""
    rows = [json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in answers]
    write_text_whole(path, "".join(rows))


def read_pairs_run(folder: Path | str) -> PairsRun:
    """Read a run folder. Raises InputError for no folder, or a line that is no answer."""
    files, _ = read_training(folder)
    path, answers = files.folder / "predictions.jsonl", []
    if not path.is_file():
        files.notes.append("predictions.jsonl is not there: the network has not been evaluated.")
        return PairsRun(files, [])
    for row, where in read_rows(path, files.notes):
        try:
            answers.append(TypeAdapter(PairAnswer).validate_python(row))
        except ValidationError as error:
            first = error.errors()[0]
            raise InputError(
                f"{where}: {'.'.join(map(str, first['loc']))}: {first['msg']}. Mend the line, or "
                "evaluate the run again."
            ) from None
    return PairsRun(files, tested_side(answers, files.notes, "texts"))


def summarise_pairs(folder: Path | str) -> dict[str, Any]:
    """CER and whole texts right, and those of table and copy; None before it is evaluated."""
    run = read_pairs_run(folder)
    answers = run.answers
    beside: dict[str, Callable[[PairAnswer], str]] = {"copy": lambda each: each.given}
    if answers and all(each.table is not None for each in answers):
        beside["table"] = lambda each: str(each.table)
    return {
        **_scores(answers, lambda each: each.answer),
        "interval": _interval(answers),
        "baselines": {name: _scores(answers, told) for name, told in beside.items()}
        if answers
        else {},
        "protocol": protocol(run.files, len(answers))
        | {
            "unit": "texts",
            "given": (run.files.recipe.get("data") or {}).get("given"),
            "asked": (run.files.recipe.get("data") or {}).get("asked"),
            "beam": run.files.known("cost", "beam"),
        },
        "leakage": run.files.known("leakage"),
        "run": str(run.files.folder),
        "report": str(run.files.folder / "report.html"),
    }


def tell_pairs(found: dict[str, Any]) -> list[list[str]]:
    """The same as a table, its heads first."""
    rows = [["", "CER", "whole texts right"]]
    for name, each in {"this network": found, **found["baselines"]}.items():
        rows.append([name, percent(each["cer"], 2), percent(each["accuracy"])])
    return rows


def _scores(
    answers: Sequence[PairAnswer], told: Callable[[PairAnswer], str]
) -> dict[str, float | None]:
    if not answers:
        return {"cer": None, "accuracy": None}
    score = score_text([each.truth for each in answers], [told(each) for each in answers])
    return {"cer": score.cer, "accuracy": score.exact / score.lines}


def _interval(answers: Sequence[PairAnswer]) -> list[float] | None:
    """Of the CER, whole groups drawn where texts have them, else texts."""
    found = cer_interval(
        [each.truth for each in answers],
        [each.answer for each in answers],
        [each.group or each.id for each in answers],
    )
    return None if found is None else [found.low, found.high]
