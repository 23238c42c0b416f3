"""VQA v1 and v2 (Antol et al. 2015, Goyal et al. 2017): ten people's answers about COCO pictures.

SRC/[v2_]OpenEnded_mscoco_train2014_questions.json    {"questions": [{question_id, image_id, …}]}
SRC/[v2_]mscoco_train2014_annotations.json            {"annotations": [{question_id, answers, …}]}
SRC/train2014/COCO_train2014_000000000009.jpg         or below SRC/images/

The answers of test2015 are kept secret, so that val2014 is what can be scored: it is the test side,
and pictures to validate on are cut off train2014. With test=test2015 val2014 validates, and the
test side has questions without answers, for the authors' server.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kineograph.data.pictures.cache import Progress
from kineograph.data.prepare.prepared_pictures import PreparedPictures
from kineograph.data.prepare.prepared_questions import write_prepared_questions
from kineograph.data.prepare.question_files import QuestionFiles, open_question_files
from kineograph.data.questions.question import Question
from kineograph.errors import InputError

SIDES = {
    "val2014": {"train2014": "train", "val2014": "test"},
    "test2015": {"train2014": "train", "val2014": "val", "test2015": "test"},
}
BEFORE = {"1": "", "2": "v2_"}


def prepare_vqa(
    source: str | Path,
    out: str | Path,
    *,
    version: str = "2",
    test: str = "val2014",
    name: str | None = None,
    command: str = "",
    overwrite: bool = False,
    progress: Progress | None = None,
) -> PreparedPictures:
    """Every question of the sides that are there, with its answers. Raises InputError if none is.

    version: "1" or "2". test: which part is tested, "val2014" or "test2015". A question without
    answers on a side that has them is a problem.
    """
    if test not in SIDES:
        raise InputError(f"test '{test}': known are {', '.join(SIDES)}. Write test=val2014.")
    files = open_question_files(source)
    questions: list[Question] = []
    problems: list[str] = []
    for part, side in SIDES[test].items():
        for found in _part(files, BEFORE[version], part, side):
            if isinstance(found, str):
                problems.append(found)
            else:
                questions.append(found)
    return write_prepared_questions(
        Path(out),
        questions,
        problems,
        source_root=files.root,
        way=f"vqa-v{version}",
        name=name or f"VQA v{version}",
        command=command,
        notes=[f"VQA v{version}: train2014 is learned from, {test} tested; ten answers each."],
        overwrite=overwrite,
    )


def _part(files: QuestionFiles, before: str, part: str, side: str) -> Iterator[Question | str]:
    """Questions of one part, or one line for each that cannot be asked."""
    file = f"{before}OpenEnded_mscoco_{part}_questions.json"
    if not files.has(file):
        yield f"{file}: not found. Put it into the folder to have {part} on the {side} side."
        return
    answered = f"{before}mscoco_{part}_annotations.json"
    given: dict[int, Any] = {}
    if files.has(answered):
        for number, row in enumerate(files.rows(answered, "annotations"), start=1):
            if isinstance(row, dict) and isinstance(row.get("question_id"), int):
                given[row["question_id"]] = row
            else:
                yield f"{answered} row {number}: no question_id in it. Mend it, or leave it out."
    elif part != "test2015":
        yield f"{answered}: not found, so nothing can be learned of {part}. Put it into the folder."
        return
    folder = _folder(files, part)
    for row in files.rows(file, "questions"):
        try:
            yield _question(row, given.get(row["question_id"], {}), folder, part, side)
        except InputError as error:
            yield f"{file}: {error}"
        except (KeyError, TypeError, ValueError, AttributeError):
            yield f"{file}: {str(row)[:60]} has no question, image_id and question_id. Mend it."


def _question(row: Any, given: Any, folder: str, part: str, side: str) -> Question:
    answers = tuple(str(each["answer"]) for each in given.get("answers", ()))
    if not answers and part != "test2015":
        raise InputError(f"question {row['question_id']}: nobody answered. Leave it out.")
    return Question(
        f"{folder}/COCO_{part}_{int(row['image_id']):012d}.jpg",
        row["question"],
        answers,
        kind=given.get("answer_type"),
        source=None,
        split=side,
        number=str(row["question_id"]),
    )


def _folder(files: QuestionFiles, part: str) -> str:
    for folder in (part, f"images/{part}", f"{part}.tar/{part}", f"{part}.tar"):
        place = files.root / folder.split("/")[0] if ".tar" in folder else files.root / folder
        if place.exists():
            return files.before + folder
    return files.before + part
