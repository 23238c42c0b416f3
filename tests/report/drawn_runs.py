"""Run folders as a training leaves them, drawn small and without any network."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from kineograph.report.answers import Answer, write_answers

CLASSES = ["boxing", "jogging", "walking"]
PUBLISHED = {
    "figure": "accuracy",
    "value": 0.783,
    "source": "Ospan et al., Fig. 7",
    "protocol": "KTH, random 80/20 split of clips",
    "data": "KTH",
    "split": "clip",
    "table": [["0", 0.92, 1.0, 0.96], ["macro", 0.79, 0.8, 0.78]],
}


def draw_answers(
    classes: Sequence[str] = CLASSES,
    n: int = 36,
    persons: int = 6,
    seed: int = 0,
    sure: float = 2.0,
) -> list[Answer]:
    rng = np.random.default_rng(seed)
    found = []
    for place in range(n):
        truth = place % len(classes)
        logits = sure * np.eye(len(classes))[truth] + rng.normal(size=len(classes))
        shares = np.exp(logits) / np.exp(logits).sum()
        found.append(
            Answer(
                id=f"clip{place:02d}",
                video=f"{classes[truth]}/clip{place:02d}.avi",
                end_seconds=4.0,
                person=f"person{place // len(classes) % persons}",
                truth=classes[truth],
                answer=classes[int(shares.argmax())],
                probabilities=dict(zip(classes, shares.tolist(), strict=True)),
            )
        )
    return found


def draw_frame_answers(clips: int = 4, frames: int = 30) -> list[Answer]:
    rng = np.random.default_rng(1)
    labels = np.array(["not writing", "writing"])
    found = []
    for place in range(clips):
        truth = (np.arange(frames) // 10 + place) % 2
        answer = np.where(rng.random(frames) < 0.2, 1 - truth, truth)
        shares = 0.3 + 0.4 * answer
        found.append(
            Answer(
                id=f"lecture{place}",
                video=f"lecture{place}.mp4",
                end_seconds=3.0,
                person=f"student{place}",
                truth=labels[truth].tolist(),
                answer=labels[answer].tolist(),
                probabilities={"not writing": (1 - shares).tolist(), "writing": shares.tolist()},
            )
        )
    return found


def write_json(path: Path, found: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found), encoding="utf-8")


def draw_log(path: Path) -> None:
    lines: list[dict[str, Any]] = [{"event": "start"}]
    for epoch in range(1, 7):
        loss = 1.5 / epoch
        lines.append(
            {
                "event": "epoch",
                "epoch": epoch,
                "train_loss": loss,
                "train_accuracy": 1 - loss / 2,
                "val_loss": loss + 0.1 * epoch,
                "val_accuracy": 0.9 - loss / 2,
            }
        )
    lines.append({"event": "stop", "reason": "no better loss for 2 epochs", "best_epoch": 4})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def environment(n: int) -> dict[str, Any]:
    sides = {"train": ["a1", "a2"], "val": ["b1"], "test": [f"clip{i:02d}" for i in range(n)]}
    return {
        "kineograph": "0.1.0",
        "python": "3.11",
        "commit": "abc123",
        "machine": {"cpu": "one", "cores": 2, "device": "cpu"},
        "command": "kineograph train lrcn-kth data/kth",
        "seed": 0,
        "data": {
            "name": "kth",
            "n": {side: len(ids) for side, ids in sides.items()},
            "classes": dict.fromkeys(CLASSES, 40),
            "split": {"how": "group", "warning": None, **sides},
        },
        "cost": {
            "weights": 73126,
            "train_seconds": 83.0,
            "milliseconds_per_frame": 0.09,
            "milliseconds_per_clip": 14.2,
        },
        "leakage": None,
    }


def draw_run(
    folder: Path, answers: Sequence[Answer] | None = None, classes: Sequence[str] = CLASSES
) -> Path:
    """A complete run folder; what a test wants otherwise it gives, or removes after."""
    answers = draw_answers(classes) if answers is None else answers
    run = folder / "first"
    run.mkdir()
    recipe = {"name": "lrcn-kth", "training": {"keep": "best"}, "published": [PUBLISHED]}
    write_json(run / "recipe.json", {"recipe": recipe, "classes": list(classes)})
    write_json(run / "environment.json", environment(len(answers)))
    scores = {"accuracy": 1 / 3, "balanced_accuracy": 1 / 3, "macro_f1": 1 / 6}
    write_json(
        run / "baselines.json",
        {
            "majority": scores | {"note": "always 'boxing'"},
            "metadata": scores,
            "frame": scores | {"accuracy": 0.4},
        },
    )
    write_answers(run / "predictions.jsonl", answers)
    draw_log(run / "log.jsonl")
    strip = {"file": "worst_01.png", "id": "clip07", "truth": "jogging", "answer": "walking"}
    write_json(run / "pictures" / "worst.json", [strip | {"probability": 0.87}])
    Image.new("RGB", (8, 4)).save(run / "pictures" / "worst_01.png")
    return run
