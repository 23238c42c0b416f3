"""VQA accuracy: an answer is right as far as three of ten people gave it (Antol et al. 2015, §4).

    accuracy = min(people who said so / 3, 1)     averaged over all sets of people with one left out

so of eight "yes" and two "no", "yes" is 1 and "no" is (8 · 2/3 + 2 · 1/3) / 10 = 0.6. There are
three protocols:

official   the numbers of the authors' program, its faults with it:
           - if all people gave the very same answer, nothing is normalised, the network's answer
             neither: "Black." is 0 where ten people said "black";
           - a sign that stands beside a space anywhere is deleted everywhere, any other becomes a
             space; a number with a comma anywhere (1,000) has all signs deleted;
           - a full stop is deleted before anything but a digit ("3." too), and only the first 32;
           - "somebody'd" becomes "somebodyd"; im, ive and shes get no apostrophe.
paper      what the paper and its page describe: always normalised; signs except ' and : become a
           space, a comma between digits goes, and a full stop unless it is a number's point.
formula    the same, but min(n / 3, 1) of all people at once: "no" above is 2/3. Half of all
           programs do so; it is never below `paper`.

All: lower case; none, zero … ten become 0 … 10; a, an, the are dropped; contractions get their
apostrophe back (dont: don't).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kineograph.errors import InputError

Protocol = Literal["official", "paper", "formula"]
AGREEING = 3
LEAST_PEOPLE = AGREEING + 1  # of fewer, with one left out, no answer could be wholly right
MOST_STOPS = 32  # the program hands a flag, 32, to where the number of replacements belongs
SIGNS = ';/[]"{}()=+\\_->@<`,?!'
ARTICLES = {"a", "an", "the"}
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
DIGITS = {"none": "0"} | {word: str(number) for number, word in enumerate(NUMBERS)}
CONTRACTIONS = """
    ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've hasn't
    haven't he'd he'd've he's how'd how'll how's isn't it'd it'd've it'll ma'am mightn't mightn't've
    might've mustn't must've needn't not've o'clock oughtn't 'ow's'at shan't she'd've should've
    shouldn't shouldn't've somebody'd've somebody'll somebody's someone'd someone'd've someone'll
    someone's something'd something'd've something'll that's there'd there'd've there're there's
    they'd they'd've they'll they're they've 'twas wasn't we'd've we've weren't what'll what're
    what's what've when's where'd where's where've who'd who'd've who'll who's who've why'll why're
    why's won't would've wouldn't wouldn't've y'all y'all'll y'all'd've you'd you'd've you'll you're
    you've
"""


def _repairs(words: str) -> dict[str, str]:
    """Each word by every way to leave one of its apostrophes out."""
    return {
        word[:place] + word[place + 1 :]: word
        for word in words.split()
        for place, sign in enumerate(word)
        if sign == "'"
    }


OFFICIALLY_REPAIRED = _repairs(CONTRACTIONS) | {"somebody'd": "somebodyd"}  # the wrong way round
MEANT = "i'm i've i'd've she's somebody'd"  # which the program's list has so that none is found
REPAIRED = _repairs(CONTRACTIONS + MEANT)


@dataclass(frozen=True)
class Asked:
    """A question's answers by people (ten in VQA), and its types, as the data have them."""

    people: Sequence[str]
    question_type: str = ""
    answer_type: str = ""


@dataclass(frozen=True)
class TypeScore:
    """accuracy: 0 to 1, of so many questions."""

    accuracy: float
    questions: int


@dataclass(frozen=True)
class VqaScore:
    """accuracy: 0 to 1, the mean over questions; by type in the order of their names."""

    accuracy: float
    questions: int
    by_answer_type: Mapping[str, TypeScore]
    by_question_type: Mapping[str, TypeScore]
    protocol: Protocol


def vqa_accuracy(answer: str, people: Sequence[str], protocol: Protocol) -> float:
    """Of one answer, 0 to 1. Raises InputError for fewer than four people or another protocol."""
    if len(people) < LEAST_PEOPLE:
        raise InputError(
            f"{len(people)} people's answers: VQA accuracy needs {LEAST_PEOPLE} or more, since "
            f"{AGREEING} must agree when one is left out. Count equal answers instead."
        )
    if protocol not in _NORMALISED:
        names = ", ".join(_NORMALISED)
        raise InputError(f"protocol '{protocol}': there is none of that name. Take one of {names}.")
    answer, people = _NORMALISED[protocol](answer, people)
    same = sum(each == answer for each in people)
    if protocol == "formula":
        return min(same / AGREEING, 1)
    kept, left_out = min(same / AGREEING, 1), min((same - 1) / AGREEING, 1)
    return ((len(people) - same) * kept + same * left_out) / len(people)


def score_answers(answers: Sequence[str], asked: Sequence[Asked], protocol: Protocol) -> VqaScore:
    """The mean over questions, and over those of each type. Raises InputError."""
    if len(answers) != len(asked):
        raise InputError(
            f"{len(answers)} answers to {len(asked)} questions: one for each is needed. Give an "
            "empty answer where there is none."
        )
    if not asked:
        raise InputError("no question to score. Give at least one with its answers.")
    each = [
        vqa_accuracy(answer, question.people, protocol)
        for answer, question in zip(answers, asked, strict=True)
    ]
    return VqaScore(
        accuracy=sum(each) / len(each),
        questions=len(each),
        by_answer_type=_by([question.answer_type for question in asked], each),
        by_question_type=_by([question.question_type for question in asked], each),
        protocol=protocol,
    )


def _by(types: list[str], accuracies: list[float]) -> dict[str, TypeScore]:
    members: dict[str, list[float]] = {}
    for name, accuracy in zip(types, accuracies, strict=True):
        members.setdefault(name, []).append(accuracy)
    return {
        name: TypeScore(sum(some) / len(some), len(some)) for name, some in sorted(members.items())
    }


def normalise_answer(text: str) -> str:
    """An answer as `paper` and `formula` compare it."""
    text = _NO_POINT.sub("", _IN_NUMBER.sub("", _stripped(text)))
    return _plain_words(text.translate(_SPACES), REPAIRED)


def officially_normalised(text: str) -> str:
    """An answer as `official` compares it, unless all people agree."""
    text = _stripped(text)
    signed, every = text, re.search(r"\d,\d", text) is not None
    for sign in SIGNS:
        gone = every or f"{sign} " in text or f" {sign}" in text
        signed = signed.replace(sign, "" if gone else " ")
    return _plain_words(re.sub(r"\.(?!\d)", "", signed, count=MOST_STOPS), OFFICIALLY_REPAIRED)


def _plain_words(text: str, repaired: Mapping[str, str]) -> str:
    words = [DIGITS.get(word, word) for word in text.lower().split()]
    return " ".join(repaired.get(word, word) for word in words if word not in ARTICLES)


def _stripped(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ").strip()


def _officially(answer: str, people: Sequence[str]) -> tuple[str, list[str]]:
    if len({_stripped(each) for each in people}) == 1:
        return _stripped(answer), [_stripped(each) for each in people]
    return officially_normalised(answer), [officially_normalised(each) for each in people]


def _always(answer: str, people: Sequence[str]) -> tuple[str, list[str]]:
    return normalise_answer(answer), [normalise_answer(each) for each in people]


_SPACES = str.maketrans(dict.fromkeys(SIGNS, " "))
_IN_NUMBER = re.compile(r"(?<=\d),(?=\d)")
_NO_POINT = re.compile(r"\.(?!\d)|(?<=[^\W\d_])\.")  # before no digit, or after a letter
_NORMALISED: dict[str, Callable[[str, Sequence[str]], tuple[str, list[str]]]] = {
    "official": _officially,
    "paper": _always,
    "formula": _always,
}
