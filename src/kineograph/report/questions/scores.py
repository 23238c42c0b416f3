"""How often questions were answered rightly: by the network, by kind, and without the picture."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from kineograph.metrics.answers import LEAST_PEOPLE, Asked, Protocol, score_answers
from kineograph.metrics.intervals import Interval, bootstrap_tallies
from kineograph.report.questions.answers import QuestionAnswer

CONTROLS = {
    "majority": "the most frequent answer of training",
    "same kind": "the most frequent answer to questions of that kind",
    "same question": "the most frequent answer to the same words: the question alone",
    "another picture": "the same network, shown another picture",
}
Said = Callable[[QuestionAnswer], str]


@dataclass(frozen=True)
class QuestionScores:
    """Figures of one side; accuracy is 0 to 1, of questions whose answer is known."""

    answers: Sequence[QuestionAnswer]  # with a truth
    unscored: int = 0  # questions whose answers nobody has told
    control_names: Sequence[str] = field(default=())

    @property
    def accuracy(self) -> float:
        """The share of questions with the answer that most people gave."""
        return accuracy(self.answers, _own)

    @cached_property
    def interval(self) -> Interval | None:
        """Of the accuracy: whole pictures are drawn, since questions about one are alike."""
        tallies: dict[str, list[int]] = {}
        for answer in self.answers:
            tally = tallies.setdefault(answer.picture, [0, 0])
            tally[0] += answer.right
            tally[1] += 1
        grouped = np.array(list(tallies.values()), dtype=float)
        return bootstrap_tallies(lambda summed: summed[:, 0] / summed[:, 1], grouped)

    @cached_property
    def kinds(self) -> dict[str, list[QuestionAnswer]]:
        """Questions by what they ask for, the most frequent kind first."""
        found: dict[str, list[QuestionAnswer]] = {}
        for answer in self.answers:
            found.setdefault(answer.kind or "any", []).append(answer)
        return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))

    @cached_property
    def vqa(self) -> dict[str, float]:
        """VQA accuracy by protocol; empty where fewer than four people answered a question."""
        if any(len(answer.people) < LEAST_PEOPLE for answer in self.answers):
            return {}
        said = [answer.answer for answer in self.answers]
        asked = [Asked(answer.people) for answer in self.answers]
        protocols: tuple[Protocol, ...] = ("official", "paper")
        return {name: score_answers(said, asked, name).accuracy for name in protocols}

    @cached_property
    def controls(self) -> dict[str, float]:
        """The accuracy of what answers without the picture, or with another one."""
        return {name: accuracy(self.answers, control(name)) for name in self.control_names}


def score_questions(answers: Sequence[QuestionAnswer]) -> QuestionScores | None:
    """None if there is no question whose answer is known."""
    known = [answer for answer in answers if answer.truth is not None]
    if not known:
        return None
    names = [name for name in CONTROLS if all(name in answer.controls for answer in known)]
    return QuestionScores(known, len(answers) - len(known), names)


def accuracy(answers: Sequence[QuestionAnswer], said: Said) -> float:
    """The share of questions for which what is said is right."""
    return sum(said(answer) == answer.truth for answer in answers) / len(answers)


def control(name: str) -> Said:
    """What a control answered."""
    return lambda answer: answer.controls[name]


def _own(answer: QuestionAnswer) -> str:
    return answer.answer
