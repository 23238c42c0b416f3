"""The run folder of a line reader as a training leaves it, drawn small and without any network."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from kineograph.report.lines.answers import LineAnswer, write_line_answers
from kineograph.report.lines.worst import Grey, draw_worst_lines
from tests.report.drawn_runs import write_json


def answer(
    name: str,
    truth: str,
    read: str,
    best_path: str | None = None,
    *,
    group: str | None = "faust",
    source: str | None = None,
    confidence: float | None = 0.9,
) -> LineAnswer:
    alone = read if best_path is None else best_path
    return LineAnswer(name, f"{name}.png", group, source, "test", truth, read, alone, confidence)


ANSWERS = (
    # 9 characters, 2 words: one edit with the language model, two without
    answer("f1", "wir leſen", "wir lefen", "wir lefcn", source="first"),
    # 9, 3 words: one (8 cannot be written), two without
    answer("f2", "Im Jahr 8", "Im Jahr 3", "lm Jahr 3", source="first"),
    answer("f3", "ach!", "ach!", source="second"),  # 4, 1 word
    # 8 characters, 2 words: a space left out, a full stop put in
    answer("w1", "Und nach", "Undnach.", group="werther", source="second"),
    answer("w2", "daſs", "daſs", group="werther", source="second"),  # 4, 1 word
)
# by hand; the edits of words: leſen, 8 (and Im by the best path), both words of "Und nach"
CHARACTERS, READ_EDITS, BEST_PATH_EDITS = 34, 4, 6
WORDS, READ_WORD_EDITS, BEST_PATH_WORD_EDITS = 9, 4, 5
LINES, EXACT = 5, 2


def picture_of(line: LineAnswer) -> Grey:
    """The truth, drawn by hand where a font would do."""
    image = Image.new("L", (12 * max(len(line.truth), 1), 48), 245)
    ImageDraw.Draw(image).text((4, 16), line.truth.replace("ſ", "f"), fill=20)
    return np.asarray(image)


def draw_log(path: Path) -> None:
    lines: list[dict[str, Any]] = []
    for epoch in range(1, 9):
        right = 1 - 0.9 / epoch**1.3
        lines.append(
            {
                "event": "epoch",
                "epoch": epoch,
                "train_loss": 80.0 / epoch,
                "val_loss": 84.0 / epoch + epoch,
                "train_character_accuracy": right,
                "val_character_accuracy": right - 0.01,
                "learning_rate": 1e-3,
                "seconds": 4.0,
            }
        )
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def environment() -> dict[str, Any]:
    return {
        "kineograph": "0.1.0",
        "commit": "abc123",
        "machine": {"cpu": "one", "cores": 2, "device": "cpu"},
        "command": "kineograph train ocr-line data/drawn",
        "seed": 0,
        "data": {
            "name": "drawn",
            "also": ["fonts"],
            "n": {"train": 40, "val": 8, "test": len(ANSWERS)},
            "split": {"how": "group", "warning": None, "test": [each.id for each in ANSWERS]},
        },
        "network": [
            {"name": "line", "shape": [48, 400, 1], "weights": 0},
            {"name": "LSTM 64, both directions", "shape": [100, 128], "weights": 99840},
            {"name": "total", "shape": [], "weights": 99840},
        ],
        "cost": {"weights": 99840, "train_seconds": 32.0, "milliseconds_per_line": 4.2},
        "leakage": None,
    }


def draw_reader_run(
    folder: Path, answers: Sequence[LineAnswer] = ANSWERS, policy: str = "fraktur"
) -> Path:
    """A complete run folder of a reader; a test changes or removes what it wants otherwise."""
    run = folder / "reader"
    run.mkdir()
    recipe = {"name": "ocr-line", "data": {"policy": policy, "height_pixels": 48}}
    letters = sorted({c for each in answers for c in each.truth} - {"8"})
    write_json(run / "recipe.json", {"recipe": recipe, "alphabet": letters})
    write_json(run / "environment.json", environment())
    write_line_answers(run / "predictions.jsonl", answers)
    draw_log(run / "log.jsonl")
    report = [
        "Text policy: fraktur.",
        "20 characters in training.",
        "Never in training, so always wrong: 8 (U+0038 DIGIT EIGHT): 1 in test; 0 groups in "
        "training.",
        "e (U+0065 LATIN SMALL LETTER E): 9 in train; 2 groups in training",
    ]
    write_json(run / "alphabet.json", {"policy": policy, "lines": report})
    write_json(run / "decoding.json", {"weight": 0.2, "bonus": 0.4, "width": 16})
    write_json(
        run / "curve.json",
        [
            {"lines": 10, "cer": 0.2, "seed": 0},
            {"lines": 10, "cer": 0.3, "seed": 1},
            {"lines": 40, "cer": 0.1, "seed": 0},
        ],
    )
    draw_worst_lines(run, answers, picture_of)
    return run
