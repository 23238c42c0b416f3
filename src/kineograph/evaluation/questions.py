"""Questions as a kind of samples: their sides, every question asked, and controls beside it.

Many questions can be answered without looking ("is there …?" is mostly no), so beside the network
stand the most frequent answer, that to questions of the kind, that to the very same words, and the
network itself when it is shown another picture.
"""

import time
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from kineograph.data.batch import Pass
from kineograph.data.pictures.cache import PictureCache
from kineograph.data.pictures.split import PictureSplit
from kineograph.data.questions.batch import QuestionExamples
from kineograph.data.questions.folder import QUESTIONS
from kineograph.data.questions.known import known_from_json, learn_known
from kineograph.data.questions.question import Question
from kineograph.errors import InputError
from kineograph.evaluation.pictures.kind import Asked, PictureKind, PictureSides
from kineograph.recipes import Recipe
from kineograph.recipes.answerer import TrainedAnswerer, build_answerer, load_answerer
from kineograph.report.questions.answers import QuestionAnswer, write_question_answers
from kineograph.report.questions.page import write_questions_report
from kineograph.report.questions.summary import summarise_questions, tell_questions
from kineograph.report.questions.worst import draw_wrong

ASKED_AT_ONCE = 256
Found = list[tuple[str, float]]  # of each question its answer and how sure it is, in their order


def question_sides(
    recipe: Recipe,
    split: PictureSplit[Question],
    cache: PictureCache,
    known: dict[str, Any] | None,
) -> PictureSides:
    """The sides as data sets; words and answers are learned of the training side alone."""
    config = recipe.data
    train = [question for question in split.train if question.answers]
    val = [question for question in split.val if question.answers]
    words = known_from_json(known) if known else None
    if words is None:
        if not train:
            raise InputError(
                "no question to learn from has an answer. Prepare the data with their answers."
            )
        words = learn_known(train, config.least_count, config.most_answers)
    sides = [
        QuestionExamples(
            some,
            cache,
            words.vocabulary,
            words.answers,
            augmentation=changed,
            blank=config.blank,
            together=config.together,
        )
        for some, changed in (
            (train, config.augmentation),
            (val, type(config.augmentation)()),
            (split.test, type(config.augmentation)()),
        )
    ]
    remarks = []
    given = set(words.answers)
    never = sum(question.answer not in given for question in split.test if question.answers)
    if never:
        remarks.append(
            f"{never} of {len(split.test)} tested questions have an answer that is not among the "
            f"{len(words.answers)} known ones: they are always wrong."
        )
    if config.blank:
        remarks.append("data.blank: the pictures are grey, and the question alone is learned from.")
    return PictureSides(
        words.as_json(), sides[0], sides[1] if len(sides[1]) else None, sides[2], remarks
    )


def ask_questions(asked: Asked) -> dict[str, Any]:
    """Ask all questions of a side; write predictions.jsonl and pictures of wrong answers."""
    trained: TrainedAnswerer = asked.trained
    data: QuestionExamples = asked.data  # type: ignore[assignment]
    began = time.perf_counter()
    found = _answers(asked, data, "Asking")
    seconds = time.perf_counter() - began
    controls = _controls(asked, data) if asked.job.with_baselines else {}
    answers = [
        QuestionAnswer(
            id=question.id,
            picture=question.picture,
            question=question.question,
            kind=question.kind,
            number=question.number,
            split=asked.side,
            people=question.answers,
            truth=question.answer,
            answer=answer,
            share=round(share, 4),
            controls={name: said[place] for name, said in controls.items()},
        )
        for place, (question, (answer, share)) in enumerate(zip(data.questions, found, strict=True))
    ]
    write_question_answers(asked.job.run / "predictions.jsonl", answers)
    draw_wrong(asked.job.run, answers, lambda picture: asked.cache[picture])
    trained.network.eval()
    return {"milliseconds_a_question": round(1000 * seconds / max(1, len(data)), 3)}


def most_frequent(
    learned: Sequence[Question], of: Iterable[Question], key: Any, otherwise: str
) -> list[str]:
    """The most frequent training answer among questions with the same key; else `otherwise`."""
    times: dict[Hashable, Counter[str]] = {}
    for question in learned:
        if question.answer is not None:
            times.setdefault(key(question), Counter())[question.answer] += 1
    best = {name: min(each, key=lambda a: (-each[a], a)) for name, each in times.items()}
    return [best.get(key(question), otherwise) for question in of]


def _controls(asked: Asked, data: QuestionExamples) -> dict[str, list[str]]:
    """Answers without the picture, in the order of the questions, and with another one."""
    controls: dict[str, list[str]] = {}
    learned = [question for question in asked.learned if question.answer is not None]
    if learned:
        (first,) = most_frequent(learned, learned[:1], lambda question: None, "")
        for name, key in (
            ("majority", lambda question: None),
            ("same kind", lambda question: question.kind),
            ("same question", lambda question: question.words),
        ):
            if name != "same kind" or any(question.kind for question in data.questions):
                controls[name] = most_frequent(learned, data.questions, key, first)
    pictures = list(dict.fromkeys(question.picture for question in data.questions))
    if len(pictures) > 1:
        others = QuestionExamples(
            data.questions,
            data.cache,
            asked.trained.words.vocabulary,
            asked.trained.words.answers,
            blank=data.blank,
            of_pictures=_exchanged(pictures),
        )
        found = _answers(asked, others, "Asking about other pictures")
        controls["another picture"] = [answer for answer, _ in found]
    return controls


def _exchanged(pictures: list[str]) -> dict[str, str]:
    """Another picture for each, by chance that is always the same; none keeps its own."""
    order = np.random.default_rng(0).permutation(len(pictures))
    return {
        pictures[here]: pictures[there]
        for here, there in zip(order, np.roll(order, 1), strict=True)
    }


@torch.inference_mode()
def _answers(asked: Asked, data: QuestionExamples, title: str) -> Found:
    """What the network answers to each question, in the order of the data set."""
    network = asked.trained.network.eval()
    places = {question.id: place for place, question in enumerate(data.questions)}
    found: Found = [("", 0.0)] * len(data)
    done = 0
    with asked.job.stage(title, "questions") as progress:
        for batch in data.batches(ASKED_AT_ONCE, Pass()):
            here = batch.to(asked.job.device)
            logits = network(here.pictures, here.rows, here.words, here.lengths).logits
            shares, best = logits.float().softmax(1).max(1)
            for name, share, answer in zip(batch.ids, shares.tolist(), best.tolist(), strict=True):
                found[places[name]] = asked.trained.words.answers[answer], share
            done += len(batch.ids)
            progress(done, len(data), "")
    return found


def _build(recipe: Recipe, known: dict[str, Any]) -> nn.Module:
    return build_answerer(recipe, known_from_json(known))


def _load(run: str | Path) -> TrainedAnswerer:
    return load_answerer(run)


QUESTION_KIND = PictureKind(
    name="questions",
    unit="questions",
    folder=QUESTIONS,
    sides=question_sides,
    build=_build,
    load=_load,
    ask=ask_questions,
    report=write_questions_report,
    summarise=summarise_questions,
    tell=tell_questions,
)
