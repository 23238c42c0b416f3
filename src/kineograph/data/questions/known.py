"""What a network knows before it sees a picture: the words of questions, and possible answers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kineograph.data.questions.question import Question
from kineograph.data.words import Vocabulary
from kineograph.errors import InputError


@dataclass(frozen=True)
class Known:
    """The words that can be read and the answers that can be given, in the order of the logits.

    longest: words of the longest question that was learned from.
    """

    vocabulary: Vocabulary
    answers: tuple[str, ...]
    longest: int

    def as_json(self) -> dict[str, Any]:
        """What recipe.json keeps."""
        return {
            "vocabulary": list(self.vocabulary.words),
            "answers": list(self.answers),
            "longest_question": self.longest,
        }


def learn_known(questions: Sequence[Question], least_count: int, most_answers: int) -> Known:
    """The words and the most frequent answers of training questions.

    Raises InputError if fewer than two answers are given there: nothing could be chosen.
    """
    times = Counter(question.answer for question in questions if question.answer is not None)
    answers = sorted(times, key=lambda answer: (-times[answer], answer))[:most_answers]
    if len(answers) < 2:
        raise InputError(
            f"{len(questions)} questions to learn from have {len(answers)} answers, and two are "
            "needed to choose from. Prepare questions with answers."
        )
    words = [question.words for question in questions]
    vocabulary = Vocabulary.of(words, least_count)
    return Known(vocabulary, tuple(answers), max(map(len, words)))


def known_from_json(found: dict[str, Any]) -> Known:
    """What `as_json` wrote."""
    return Known(
        Vocabulary(tuple(found["vocabulary"])),
        tuple(found["answers"]),
        int(found["longest_question"]),
    )
