"""What every preparation of questions begins and ends with: each row a question or a problem; none
is written twice, and pictures are there.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from kineograph.data.prepare.prepared_pictures import PreparedPictures, write_prepared_pictures
from kineograph.data.questions.folder import QUESTIONS
from kineograph.data.questions.question import Question
from kineograph.errors import InputError


def questions_of(
    rows: Iterable[Any],
    make: Callable[[int, Any], Iterable[Question]],
    place: str,
    lacks: Callable[[Any], str],
) -> tuple[list[Question], list[str]]:
    """The questions of a file's rows, and one line for each row that is none; numbers from 1.

    make(number, row): raises InputError, or whatever a row of another form leads to. place: names
    a row before its number. lacks(row): what such a row has not.
    """
    questions: list[Question] = []
    problems: list[str] = []
    for number, row in enumerate(rows, start=1):
        try:
            questions += make(number, row)
        except InputError as error:
            problems.append(f"{place} {number}: {error}")
        except (KeyError, TypeError, ValueError, AttributeError):
            problems.append(f"{place} {number}: {lacks(row)}. Mend it, or leave it out.")
    return questions, problems


def write_prepared_questions(
    out: Path,
    questions: Sequence[Question],
    problems: Sequence[str],
    *,
    source_root: Path,
    way: str,
    name: str,
    command: str = "",
    notes: Iterable[str] = (),
    overwrite: bool = False,
) -> PreparedPictures:
    """Write the questions whose pictures are there; one that is asked twice is kept once, and said.

    Raises InputError if none is left, or if `out` holds other data and `overwrite` is not set.
    """
    unique = {question.id: question for question in questions}
    times = Counter(question.id for question in questions)
    twice = [
        f"{question.picture}: '{question.question}' is asked {times[question.id]} times; kept once."
        for question in unique.values()
        if times[question.id] > 1
    ]
    return write_prepared_pictures(
        out,
        QUESTIONS,
        list(unique.values()),
        [*problems, *twice],
        source_root=source_root,
        way=way,
        name=name,
        command=command,
        notes=notes,
        overwrite=overwrite,
    )
