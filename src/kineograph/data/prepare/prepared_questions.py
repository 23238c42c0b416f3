"""What every preparation of questions ends with: none is written twice, and pictures are there."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from kineograph.data.prepare.prepared_pictures import PreparedPictures, write_prepared_pictures
from kineograph.data.questions.folder import QUESTIONS
from kineograph.data.questions.question import Question


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
