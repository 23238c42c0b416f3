"""Texts with labels as a kind of experiment: asked, with a bag of words and one answer beside."""

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from kineograph.data.batch import Pass
from kineograph.data.texts.batch import TextExamples, labelled_examples
from kineograph.data.texts.config import tokens_of
from kineograph.data.texts.record import TextRecord
from kineograph.evaluation.baselines import scores_of
from kineograph.evaluation.job import write_json
from kineograph.evaluation.texts.experiment import Asked, TextsKind
from kineograph.recipes import Recipe
from kineograph.recipes.trained_texts import KnownTexts
from kineograph.report.answers import Answer, write_answers
from kineograph.report.texts.labels import (
    MISTAKES,
    summarise_labels,
    tell_labels,
    write_labels_report,
)

AT_ONCE = 128
MISTAKES_KEPT = 12
SHOWN_CHARACTERS = 400


def _fitting(recipe: Recipe, records: Sequence[TextRecord]) -> tuple[list[TextRecord], list[str]]:
    """All of them; long ones are read to a point."""
    config = recipe.data
    long = sum(len(tokens_of(each.text, config.tokens)) > config.longest for each in records)
    told = f"{long} of {len(records)} texts are longer than {config.longest} {config.tokens}: "
    return list(records), [told + "what goes on is not read."] if long else []


def _examples(recipe: Recipe, records: Sequence[TextRecord], known: KnownTexts) -> TextExamples:
    config = recipe.data
    return labelled_examples(
        records, known.given, known.asked, tokens=config.tokens, longest=config.longest
    )


@torch.inference_mode()
def _ask(asked: Asked) -> dict[str, Any]:
    """Every text's shares; predictions.jsonl, baselines.json and the surest mistakes."""
    trained, job = asked.trained, asked.job
    data = _examples(job.recipe, asked.records, trained.known)
    shares: dict[str, np.ndarray] = {}
    began = time.perf_counter()
    with job.stage("Asking", "texts") as progress:
        for batch in data.batches(AT_ONCE, Pass()):
            found = job.recipe.task.answer(trained.network, batch.to(job.device))
            shares |= dict(zip(batch.ids, found, strict=True))
            progress(len(shares), len(data), "")
    seconds = time.perf_counter() - began
    labels = trained.known.asked
    answers = [
        Answer(
            id=each.id,
            video="",
            group=each.group,
            split=asked.side,
            truth=each.answer,
            answer=labels[int(shares[each.id].argmax())],
            probabilities=dict(
                zip(labels, (round(float(p), 5) for p in shares[each.id]), strict=True)
            ),
        )
        for each in asked.records
    ]
    write_answers(job.run / "predictions.jsonl", answers)
    write_json(job.run / MISTAKES, _mistakes(asked.records, answers))
    if job.with_baselines and asked.learned:
        write_json(job.run / "baselines.json", baselines(asked.learned, asked.records, job.recipe))
    return {"milliseconds_a_text": round(1000 * seconds / max(1, len(data)), 3)}


def _mistakes(records: Sequence[TextRecord], answers: Sequence[Answer]) -> list[dict[str, Any]]:
    wrong: list[dict[str, Any]] = [
        {
            "text": record.text[:SHOWN_CHARACTERS],
            "truth": answer.truth,
            "answer": answer.answer,
            "share": answer.probabilities[str(answer.answer)],
        }
        for record, answer in zip(records, answers, strict=True)
        if answer.truth != answer.answer
    ]
    wrong.sort(key=lambda row: -row["share"])
    return wrong[:MISTAKES_KEPT]


def baselines(
    learned: Sequence[TextRecord], asked: Sequence[TextRecord], recipe: Recipe
) -> dict[str, dict[str, Any]]:
    """The most frequent label, and a logistic regression over a bag of the same tokens."""
    counts = Counter(each.answer for each in learned)
    always = min(counts, key=lambda label: (-counts[label], label))
    found = {"majority": _scores(asked, [always] * len(asked)) | {"always": always}}
    told = {"bag of words": (1, 1)}
    if recipe.data.tokens == "characters":
        told = {"bag of characters": (1, 1), "bag of 1 to 4 characters": (1, 4)}
    for name, ngrams in told.items():
        found[name] = _scores(asked, bag_of_tokens(learned, asked, recipe.data.tokens, ngrams))
    return found


def bag_of_tokens(
    learned: Sequence[TextRecord],
    asked: Sequence[TextRecord],
    tokens: str,
    ngrams: tuple[int, int] = (1, 1),
) -> list[str]:
    """Labels by a logistic regression over how often each token stands there (log, inverse
    document frequency), in no order. It may know every token of a text, however long.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    def told(text: str) -> list[str]:
        found = tokens_of(text, tokens)
        return [
            "".join(found[place : place + size])
            for size in range(ngrams[0], ngrams[1] + 1)
            for place in range(len(found) - size + 1)
        ]

    labels = {each.answer for each in learned}
    if len(labels) == 1:  # nothing is to be told apart, and scikit-learn refuses
        return [*labels] * len(asked)
    bag = TfidfVectorizer(analyzer=told, sublinear_tf=True)
    model = make_pipeline(bag, LogisticRegression(C=10.0, max_iter=1000))
    model.fit([each.text for each in learned], [each.answer for each in learned])
    return [str(label) for label in model.predict([each.text for each in asked])]


def _scores(asked: Sequence[TextRecord], answers: Sequence[str]) -> dict[str, Any]:
    return dict(scores_of([each.answer for each in asked], list(answers)))


def _report(run: Path) -> Path:
    return write_labels_report(run)


LABELS_KIND = TextsKind(_fitting, _examples, _ask, _report, summarise_labels, tell_labels)
