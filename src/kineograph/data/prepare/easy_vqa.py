"""easy-VQA (V. Zhou 2019): one coloured shape a picture, questions of 13 answers.

SRC/{train,test}/questions.json    [question, answer, number of the picture]
SRC/{train,test}/images/N.png      64 x 64 pixels; all may lie in one easy_vqa.tar

Source: github.com/vzhou842/easy-VQA, MIT. Its authors' sides are kept; pictures to validate on are
cut off the training side, all questions of a picture together.
"""

from functools import partial
from pathlib import Path
from typing import Any

from kineograph.data.pictures.cache import Progress
from kineograph.data.prepare.prepared_pictures import PreparedPictures
from kineograph.data.prepare.prepared_questions import questions_of, write_prepared_questions
from kineograph.data.prepare.question_files import open_question_files
from kineograph.data.questions.question import Question
from kineograph.errors import InputError

SHAPES = {"circle", "rectangle", "triangle"}


def prepare_easy_vqa(
    source: str | Path,
    out: str | Path,
    *,
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedPictures:
    """Every row of both files is a question; what it asks for is its kind. Raises InputError."""
    files = open_question_files(source)
    questions: list[Question] = []
    problems: list[str] = []
    for side in ("train", "test"):
        file = f"{side}/questions.json"
        if not files.has(file):
            raise InputError(f"{source}: there is no {file} in it. Name easy-VQA's data folder.")
        found, faults = questions_of(
            files.json(file),
            partial(_questions, files.before, side),
            f"{file} row",
            lambda row: f"{str(row)[:60]} is not question, answer and number",
        )
        questions += found
        problems += faults
    return write_prepared_questions(
        Path(out),
        questions,
        problems,
        source_root=files.root,
        way="easy-vqa",
        name=name or "easy-VQA",
        command=command,
        notes=["easy-VQA, V. Zhou 2019, MIT; its own train and test sides."],
        overwrite=overwrite,
    )


def _questions(before: str, side: str, number: int, row: Any) -> list[Question]:
    asked, answer, picture = row
    path = f"{before}{side}/images/{int(picture)}.png"
    return [Question(path, asked, (answer,), kind=kind_of(str(asked), str(answer)), split=side)]


def kind_of(question: str, answer: str) -> str:
    """What is asked for: "color", "shape"; of yes and no whether it is said to be there or not."""
    if answer not in ("yes", "no"):
        return "shape" if answer in SHAPES else "color"
    words = question.lower().split()
    return "absent" if "not" in words or "no" in words else "present"
