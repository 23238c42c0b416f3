"""Which pictures are learned from, tuned on and tested on: all questions of one stay together.

The dealing is split.py's. What is dealt are pictures; a group or source joins several of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kineograph.data.annotation import SIDES, Annotation
from kineograph.data.questions.question import Question
from kineograph.data.split import assign_splits
from kineograph.errors import InputError

WORDS = (
    ("annotations", "pictures"),
    ("annotation", "picture"),
    ("clips", "pictures"),
    ("clip", "picture"),
    ("video file", "picture"),
    ("video", "picture"),
    ("the same person or place", "the same scene"),
    ("group, person, source", "group, source"),
    ("group, person or source", "group or source"),
)
SHOWN = 3


@dataclass(frozen=True)
class QuestionSplit:
    """Three lists of questions, how they were made, and what a reader must be warned of."""

    train: list[Question]
    val: list[Question]
    test: list[Question]
    how: str  # "given" or "group"
    warning: str | None = None

    @property
    def sides(self) -> dict[str, list[Question]]:
        """The lists by the names of their sides."""
        return {"train": self.train, "val": self.val, "test": self.test}


def split_questions(
    questions: Sequence[Question],
    how: str = "auto",
    *,
    fractions: Sequence[float] = (0.64, 0.16, 0.20),
    seed: int = 0,
) -> QuestionSplit:
    """Deal questions to train, val and test by their pictures, in parts near to `fractions`.

    how: "given" takes the split that each question names, and cuts a validation side off the
    training pictures where none is named; "group" deals pictures, and keeps those of one group or
    source together; "auto" is "given" if all questions name a split. Raises InputError if a picture
    is named on two sides, or if there are too few.
    """
    first: dict[str, Question] = {}
    two_sided = []
    for question in sorted(questions, key=lambda question: question.id):
        before = first.setdefault(question.picture, question)
        if before.split != question.split:
            two_sided.append(f"{question.picture} ({before.split}, {question.split})")
    if two_sided and how != "group":
        more = f" and {len(two_sided) - SHOWN} more" if len(two_sided) > SHOWN else ""
        raise InputError(
            f"pictures on two sides: {', '.join(two_sided[:SHOWN])}{more}. All questions of a "
            "picture belong to one side: write the same split into them, or set data.split=group."
        )
    try:
        split = assign_splits(
            [_as_annotation(question) for question in first.values()],
            _chosen(how, first.values()),
            fractions=fractions,
            seed=seed,
        )
    except InputError as error:
        raise InputError(_of_pictures(str(error))) from None
    side_of = {each.video: side for side, some in split.sides.items() for each in some}
    sides: dict[str, list[Question]] = {side: [] for side in SIDES}
    for question in questions:
        sides[side_of[question.picture.strip()]].append(question)
    warning = _of_pictures(split.warning) if split.warning else None
    return QuestionSplit(sides["train"], sides["val"], sides["test"], split.how, warning)


def _chosen(how: str, pictures: Iterable[Question]) -> str:
    if how != "auto":
        return how
    return "given" if all(question.split for question in pictures) else "group"


def _as_annotation(question: Question) -> Annotation:
    """A picture as splits see it: one label for all."""
    return Annotation(
        video=question.picture.strip(),
        label="picture",
        group=question.group,
        source=question.source,
        split=question.split,
    )


def _of_pictures(text: str) -> str:
    for theirs, ours in WORDS:
        text = text.replace(theirs, ours)
    return text
