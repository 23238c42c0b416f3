"""A question says which picture it is asked about, and what people answered: one line of JSONL.

    {"picture": "a.png", "question": "what is the blue shape?", "answers": ["rectangle"],
     "kind": "shape", "split": "train"}

One right answer, or one of each of the ten people of VQA; none where a test keeps them secret.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from kineograph.data.annotation import fault_in_side
from kineograph.data.records import check_fields, parse_rows, read_rows, write_records
from kineograph.errors import InputError
from kineograph.metrics.answers import normalise_answer
from kineograph.metrics.captions.words import caption_words

MOST_CHARACTERS = 400  # of a question; the longest of VQA has about 100
MOST_WORDS = 64  # that a network reads of one
TEXTS = ("picture", "question", "kind", "group", "source", "split", "number")


@dataclass(frozen=True)
class Question:
    """One question about one picture.

    picture: posix path relative to the source root; of a file in an archive the archive's path and
    then the member's. answers: one, or one of each person who was asked; empty if not known.
    kind: what is asked for ("color", "count"), for figures by kind. group, source: what must stay
    on one side of a split beside the picture; where it comes from. split: the side that the data
    set's authors gave it. number: the data set's own name of the question.
    """

    picture: str
    question: str
    answers: tuple[str, ...] = ()
    kind: str | None = None
    group: str | None = None
    source: str | None = None
    split: str | None = None
    number: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be a question, in one line."""
        fault = _fault_in_texts(self) or _fault_in_question(self) or _fault_in_answers(self)
        if fault:
            raise InputError(fault)

    @cached_property
    def id(self) -> str:
        """A short name fit for a file name; an answer that is corrected leaves it as it is."""
        key = json.dumps([self.picture, self.question, self.number])
        digest = hashlib.sha256(key.encode()).hexdigest()[:10]
        stem = re.sub(r"[^\w.-]+", "_", PurePosixPath(self.picture).stem)[:60]
        return f"{stem}-{digest}"

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words in lower case; the question mark is none."""
        return caption_words(self.question)[:MOST_WORDS]

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """Its answers in the spelling in which they are learned and compared."""
        return tuple(map(plain_answer, self.answers))

    @cached_property
    def answer(self) -> str | None:
        """What most people answered; of equals the first by name. None if nobody was asked."""
        times = Counter(self.plain)
        return min(times, key=lambda answer: (-times[answer], answer), default=None)


FIELDS = tuple(field.name for field in fields(Question))


def question_from_fields(values: Mapping[str, Any]) -> Question:
    """A Question from names and JSON values. Raises InputError for unknown or mistyped ones."""
    given = check_fields(values, FIELDS, ("picture", "question"), "question")
    answers = given.get("answers", ())
    if not isinstance(answers, list | tuple):
        raise InputError(f'answers {str(answers)[:40]!r} is not a list. Write ["{answers}"].')
    return Question(**{**given, "answers": tuple(answers)})


def read_questions(path: str | Path) -> list[Question]:
    """Read questions.jsonl. Raises InputError naming every bad line of it with its number."""
    path = Path(path)
    return parse_rows(
        path.name,
        read_rows(path),
        question_from_fields,
        example='{"picture": "a.png", "question": "what is red?", "answers": ["circle"]}',
        same=lambda question: question.id,
        twice=lambda question, first: (
            f"{question.picture}: '{question.question}' stands on line {first} already. "
            "Remove one, or give both a number."
        ),
    )


def write_questions(path: Path, questions: Iterable[Question]) -> None:
    """Write questions.jsonl, whole or not at all. Raises OSError."""
    write_records(path, map(_fields_of, questions))


def plain_answer(answer: str) -> str:
    """An answer as it is learned and compared: "A red Ball." is "red ball", "two" is "2"."""
    return normalise_answer(answer) or answer.strip().lower()


def fault_in_words(text: str) -> str | None:
    """Why a text cannot be asked as a question, with a remedy; None if it can."""
    if not caption_words(text):
        return f"question '{text[:40]}': there is no word in it. Ask something."
    if len(text) > MOST_CHARACTERS:
        return (
            f"question '{text[:40]}…': {len(text)} characters, and at most {MOST_CHARACTERS} are "
            "read. Ask it shorter."
        )
    return None


def _fields_of(question: Question) -> dict[str, Any]:
    said = {name: getattr(question, name) for name in FIELDS}
    return {name: value for name, value in said.items() if value not in (None, ())}


def _fault_in_texts(question: Question) -> str | None:
    for name in TEXTS:
        value = getattr(question, name)
        if value is None and name not in ("picture", "question"):
            continue
        if not isinstance(value, str):
            return f"{name} {value!r} is not a text. Put it in quotes."
        if not value.strip():
            return f"{name} is empty. Write one, or leave it out."
    return fault_in_side(question.split)


def _fault_in_question(question: Question) -> str | None:
    fault = fault_in_words(question.question)
    return f"{question.picture}: {fault}" if fault else None


def _fault_in_answers(question: Question) -> str | None:
    for answer in question.answers:
        if not isinstance(answer, str):
            return f"{question.picture}: the answer {answer!r} is not a text. Put it in quotes."
    if question.answers and not any(answer.strip() for answer in question.answers):
        return f"{question.picture}: the answer is empty. Write one, or leave the question out."
    return None
