"""NLVR (Suhr et al. 2017): is a sentence true of three boxes of shapes? Answers: true, false.

SRC/{train,dev,test}/{train,dev,test}.json    JSONL: sentence, label, identifier, directory
SRC/train/images/12/train-72-0-3.png          orders of the boxes, 0 to 5, each a picture

Source: github.com/lil-lab/nlvr. One picture of three boxes is one picture. Orders of the same boxes
and the four sentences of one presentation stay together: they are a group.
"""

import json
from pathlib import Path
from typing import Any

from kineograph.data.pictures.cache import Progress
from kineograph.data.prepare.prepared_pictures import PreparedPictures
from kineograph.data.prepare.prepared_questions import write_prepared_questions
from kineograph.data.prepare.question_files import open_question_files
from kineograph.data.questions.question import Question
from kineograph.errors import InputError

SIDES = {"train": "train", "dev": "val", "test": "test"}  # the public test
ORDERS = 6


def prepare_nlvr(
    source: str | Path,
    out: str | Path,
    *,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedPictures:
    """Every order of every example is a question; the sentence is asked. Raises InputError."""
    files = open_question_files(source)
    questions: list[Question] = []
    problems: list[str] = []
    for part, side in SIDES.items():
        file = f"{part}/{part}.json"
        if not files.has(file):
            problems.append(f"{file}: not found. Put it there to have the {side} side.")
            continue
        for number, row in enumerate(files.text(file).splitlines(), start=1):
            if not row.strip():
                continue
            try:
                questions += _orders(json.loads(row), files.before, part, side)
            except InputError as error:
                problems.append(f"{file} line {number}: {error}")
            except (ValueError, KeyError, TypeError, AttributeError):
                problems.append(
                    f"{file} line {number}: no sentence, label, identifier and directory in it. "
                    "Mend it, or leave it out."
                )
    return write_prepared_questions(
        Path(out),
        questions,
        problems,
        source_root=files.root,
        way="nlvr",
        name=name or "NLVR",
        command=command,
        notes=["NLVR, Suhr et al. 2017: six orders of each example, its own sides, public test."],
        overwrite=overwrite,
    )


def _orders(row: Any, before: str, part: str, side: str) -> list[Question]:
    """The same sentence about each order of the boxes."""
    presented = str(row["identifier"]).split("-")[0]
    label = str(row["label"]).lower()
    if label not in ("true", "false"):
        raise InputError(f"label '{label}' is neither true nor false. Mend it.")
    return [
        Question(
            f"{before}{part}/images/{row['directory']}/{part}-{row['identifier']}-{order}.png",
            row["sentence"],
            (label,),
            group=f"{part} {presented}",
            split=side,
            number=f"{part}-{row['identifier']}-{order}",
        )
        for order in range(ORDERS)
    ]
