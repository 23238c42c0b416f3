"""CLEVR, and what is written like it (Johnson et al. 2017): questions that are programs.

SRC/questions/CLEVR_train_questions.json    {"questions": [{image_filename, question, answer, …}]}
SRC/images/train/CLEVR_train_000000.png

The answers of CLEVR's test are secret: val is the test side, and pictures to validate on are cut
off train. The last step of a question's program says what is asked for.
"""

from functools import partial
from pathlib import Path
from typing import Any

from kineograph.data.pictures.cache import Progress
from kineograph.data.prepare.prepared_pictures import PreparedPictures
from kineograph.data.prepare.prepared_questions import questions_of, write_prepared_questions
from kineograph.data.prepare.question_files import QuestionFiles, open_question_files
from kineograph.data.questions.question import Question

SIDES = {"train": "train", "val": "test"}
INTEGERS = {"equal_integer", "less_than", "greater_than"}


def prepare_clevr(
    source: str | Path,
    out: str | Path,
    *,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedPictures:
    """Every question of the parts that are there. Raises InputError if none is."""
    files = open_question_files(source)
    questions: list[Question] = []
    problems: list[str] = []
    for part, side in SIDES.items():
        file = _file(files, part)
        if file is None:
            problems.append(f"questions/CLEVR_{part}_questions.json: not found. Put it there.")
            continue
        found, faults = questions_of(
            files.rows(file, "questions"),
            partial(_questions, files.before, part, side),
            f"{file} question",
            lambda row: "no image_filename, question and answer in it",
        )
        questions += found
        problems += faults
    return write_prepared_questions(
        Path(out),
        questions,
        problems,
        source_root=files.root,
        way="clevr",
        name=name or "CLEVR",
        command=command,
        notes=["CLEVR-like: val is tested; pictures to validate on are cut off train."],
        overwrite=overwrite,
    )


def kind_of(program: Any) -> str | None:
    """The kinds of the paper's table: exist, count, compare integer, query …, compare …."""
    if not isinstance(program, list) or not program or not isinstance(program[-1], dict):
        return None
    last = str(program[-1].get("function") or program[-1].get("type") or "")
    if last in INTEGERS:
        return "compare integer"
    if last.startswith("equal_"):
        return f"compare {last.removeprefix('equal_')}"
    return last.replace("_", " ") or None


def _questions(before: str, part: str, side: str, number: int, row: Any) -> list[Question]:
    question = Question(
        f"{before}images/{part}/{row['image_filename']}",
        row["question"],
        (str(row["answer"]),),
        kind=kind_of(row.get("program")),
        split=side,
        number=str(row.get("question_index", number)),
    )
    return [question]


def _file(files: QuestionFiles, part: str) -> str | None:
    name = f"CLEVR_{part}_questions.json"
    return files.first_of((f"questions/{name}", name, f"questions/{part}.json"))
