"""The figures of a run that describes pictures, of its files alone, each with its protocol."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kineograph.errors import InputError
from kineograph.metrics.captions.cider import ITSELF
from kineograph.metrics.captions.table import score_captions

NETWORK, FEWER, HUMAN = "network", "network_fewer", "human"
IN_WORDS = {  # {shown}: what the network is shown, "picture" or "clip"
    NETWORK: "the network",
    "wrong_picture": "the network, shown another {shown}",
    "constant": "one sentence for all",
    "nearest": "the nearest training {shown}'s sentence",
    FEWER: "the network, one reference fewer",
    HUMAN: "a person, against the others",
}
SCORES = ("bleu_1", "bleu_2", "bleu_3", "bleu_4", "rouge_l", "cider", "cider_d")
HEADS = ["", "BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "ROUGE-L", "CIDEr", "CIDEr-D"]


def summarise_captions(run: Path | str) -> dict[str, Any]:
    """What `--json` prints: the network's scores, those of the controls, retrieval, protocol.

    BLEU, ROUGE-L and CIDEr are 0 to 1, CIDEr-D 0 to 10. Scores are None before the run is
    evaluated, and where one picture alone gives CIDEr no weights.
    """
    folder = Path(run)
    rows = read_described(folder / "predictions.jsonl")
    controls = read_json(folder / "controls.json")
    environment = read_json(folder / "environment.json")
    known = scores_of(rows, controls) if rows else {}
    nothing: dict[str, float | None] = dict.fromkeys(SCORES)
    references = [len(row["references"]) for row in rows] or [0]
    data = environment.get("data", {})
    return known.get(NETWORK, nothing) | {
        "baselines": {name: known[name] for name in known if name != NETWORK},
        "retrieval": controls.get("retrieval"),
        "different_sentences": len({row["sentence"] for row in rows}) if rows else None,
        "protocol": {
            "data": data.get("name"),
            "split": data.get("split", {}).get("how"),
            "side": controls.get("side"),
            "shown": controls.get("shown", "picture"),
            "n": len(rows),
            "references": [min(references), max(references)],
            "words": "kineograph.metrics.captions.words, lower case, no punctuation",
            "document_frequencies": ITSELF,
            "bleu": "of the corpus, closest length",
            "decoder": controls.get("beam"),
            "seeds": [environment["seed"]] if "seed" in environment else [],
        },
        "leakage": environment.get("leakage"),
        "run": str(folder),
        "report": str(folder / "report.html"),
    }


def scores_of(
    rows: list[dict[str, Any]], controls: dict[str, Any]
) -> dict[str, dict[str, float | None]]:
    """By name: the network, then whatever else was said of the same pictures."""
    references = [row["references"] for row in rows]
    said = {NETWORK: [row["sentence"] for row in rows]}
    for name in ("wrong_picture", "constant", "nearest"):
        if name in controls:
            given = controls[name]
            said[name] = [given] * len(rows) if isinstance(given, str) else given
    found = {name: _scores(sentences, references) for name, sentences in said.items()}
    if min(map(len, references)) > 1:
        others = [each[1:] for each in references]
        found[FEWER] = _scores(said[NETWORK], others)
        found[HUMAN] = _scores([each[0] for each in references], others)
    return found


def tell_captions(found: dict[str, Any]) -> list[list[str]]:
    """A summary as a table, its heads first."""
    rows = {NETWORK: found, **found["baselines"]}
    shown = found["protocol"]["shown"]
    return [
        HEADS,
        *([IN_WORDS[name].format(shown=shown), *_told(row)] for name, row in rows.items()),
    ]


def read_described(path: Path) -> list[dict[str, Any]]:
    """The rows of predictions.jsonl; none before the run is evaluated. Raises InputError."""
    if not path.exists():
        return []
    rows = []
    lines = path.read_text(encoding="utf-8").split("\n")  # U+2028 and the like stand within a line
    for number, text in enumerate(lines, start=1):
        if not text:
            continue
        try:
            row = json.loads(text)
            rows.append(row | {"sentence": row["sentence"], "references": row["references"]})
        except (ValueError, KeyError, TypeError):
            raise InputError(
                f"{path} line {number}: is no description. Evaluate the run again."
            ) from None
    return rows


def read_json(path: Path) -> dict[str, Any]:
    """An object of a run folder; empty if the file is not there. Raises InputError."""
    if not path.exists():
        return {}
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path}: is not JSON ({error}). Evaluate the run again.") from None
    return found


def _scores(sentences: list[str], references: list[list[str]]) -> dict[str, float | None]:
    try:
        scores = asdict(score_captions(sentences, references))
    except InputError:  # one picture alone: no score is printed for it
        return dict.fromkeys(SCORES)
    bleu = dict(zip(SCORES, scores["bleu"], strict=False))
    return bleu | {name: scores[name] for name in ("rouge_l", "cider", "cider_d")}


def _told(row: dict[str, Any]) -> list[str]:
    return ["–" if row[name] is None else f"{row[name]:.4f}" for name in SCORES]
