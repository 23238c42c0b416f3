"""Wrong answers to be looked at, the surest first, no picture twice."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kineograph.errors import InputError
from kineograph.report.questions.answers import QuestionAnswer
from kineograph.report.shown import write_shown

SHOWN = 12
WRONG = "wrong"


def draw_wrong(
    run: Path,
    answers: Sequence[QuestionAnswer],
    pictures: Callable[[str], NDArray[np.uint8]],
    count: int = SHOWN,
) -> None:
    """Write RUN/pictures/wrong_01.png … and wrong.json. pictures: (S, S, 3) by its path."""
    write_shown(run, WRONG, _wrong(answers, pictures, count))


def _wrong(
    answers: Sequence[QuestionAnswer], pictures: Callable[[str], NDArray[np.uint8]], count: int
) -> Iterator[tuple[NDArray[np.uint8], dict[str, Any]]]:
    wrong = [answer for answer in answers if answer.truth is not None and not answer.right]
    seen: set[str] = set()
    for answer in sorted(wrong, key=lambda answer: (-(answer.share or 0), answer.id)):
        if answer.picture in seen or len(seen) == count:
            continue
        try:
            picture = pictures(answer.picture)
        except InputError:
            continue  # one picture fewer
        seen.add(answer.picture)
        yield (
            picture,
            {
                "id": answer.id,
                "where": answer.question,
                "truth": answer.truth,
                "answer": answer.answer,
                "probability": answer.share,
            },
        )
