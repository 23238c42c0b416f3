"""NLVR (Suhr et al. 2017): is a sentence true of three boxes of shapes? Answers: true, false.

SRC/{train,dev,test}/{train,dev,test}.json    JSONL: sentence, label, identifier, directory
SRC/train/images/12/train-72-0-3.png          orders of the boxes, 0 to 5, each a picture

Source: github.com/lil-lab/nlvr. One picture of three boxes is one picture. Orders of the same boxes
and the four sentences of one presentation stay together: they are a group.
"""

import json
from functools import partial
from pathlib import Path

from kineograph.data.pictures.cache import Progress
from kineograph.data.prepare.prepared_pictures import PreparedPictures
from kineograph.data.prepare.prepared_questions import questions_of, write_prepared_questions
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
        found, faults = questions_of(
            files.text(file).splitlines(),
            partial(_orders, files.before, part, side),
            f"{file} line",
            lambda row: "no sentence, label, identifier and directory in it",
        )
        questions += found
        problems += faults
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


def _orders(before: str, part: str, side: str, number: int, text: str) -> list[Question]:
    """The same sentence about each order of the boxes; none of an empty line."""
    if not text.strip():
        return []
    row = json.loads(text)
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
