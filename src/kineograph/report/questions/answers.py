"""predictions.jsonl of a network that answers: what was asked, what is right, what was answered.

    {"id": "7-3fa9c1d2", "picture": "7.png", "question": "what is the blue shape?", "kind": "shape",
     "number": null, "split": "test", "people": ["rectangle"], "truth": "rectangle",
     "answer": "circle", "share": 0.71, "controls": {"majority": "yes", "same question": "circle"}}

truth: what most people said, as answers are compared; null where nobody's answer is known.
controls: what is answered without the picture, or with another one.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from kineograph.errors import InputError
from kineograph.report.answers import read_rows
from kineograph.whole_file import write_text_whole


@dataclass(frozen=True)
class QuestionAnswer:
    """One question with its answers; share: 0 to 1, how sure the network is of its own."""

    id: str
    picture: str
    question: str
    kind: str | None
    number: str | None
    split: str | None
    people: tuple[str, ...]
    truth: str | None
    answer: str
    share: float | None = None
    controls: dict[str, str] = field(default_factory=dict)

    @property
    def right(self) -> bool:
        """Whether the network gave the answer that most people gave."""
        return self.answer == self.truth


FIELDS = tuple(each.name for each in fields(QuestionAnswer))
NEEDED = ("id", "picture", "question", "truth", "answer")


def write_question_answers(path: Path, answers: Iterable[QuestionAnswer]) -> None:
    """One answer a line, whole or not at all. Raises OSError."""
    rows = [json.dumps(asdict(answer), ensure_ascii=False) + "\n" for answer in answers]
    write_text_whole(path, "".join(rows))


def read_question_answers(path: Path, notes: list[str]) -> list[QuestionAnswer]:
    """All whole answers; `notes` says what is cut short. Raises InputError for what is none."""
    if not path.is_file():
        notes.append(f"{path.name} is not there: the network has not been evaluated.")
        return []
    return [_answer(values, where) for values, where in read_rows(path, notes)]


def _answer(values: object, where: str) -> QuestionAnswer:
    if not isinstance(values, dict):
        raise InputError(f"{where}: not a JSON object. Evaluate the run again.")
    missing = [name for name in NEEDED if name not in values]
    unknown = [name for name in values if name not in FIELDS]
    if missing or unknown:
        wrong = f"has no '{missing[0]}'" if missing else f"has an unknown '{unknown[0]}'"
        raise InputError(f"{where}: the answer {wrong}. Evaluate the run again.")
    whole: dict[str, Any] = {name: None for name in ("kind", "number", "split")} | values
    people = whole.get("people")
    whole["people"] = tuple(people) if isinstance(people, list) else ()
    return QuestionAnswer(**whole)
