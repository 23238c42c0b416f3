"""Texts from texts as a kind of experiment: searched by beam, a table and a copy beside."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kineograph.data.texts.batch import TextExamples, paired_examples
from kineograph.data.texts.record import TextRecord
from kineograph.data.texts.tables import by_table
from kineograph.evaluation.job import write_json
from kineograph.evaluation.texts.experiment import Asked, TextsKind
from kineograph.recipes import Recipe
from kineograph.recipes.trained_texts import KnownTexts
from kineograph.report.texts.pair_answers import (
    ATTENTION,
    PairAnswer,
    summarise_pairs,
    tell_pairs,
    write_pair_answers,
)
from kineograph.report.texts.pairs import write_pairs_report
from kineograph.tasks.rewrite_texts import Rewritten, rewrite

BEAM = 5
SHOWN = 6  # attention matrices


def _fitting(recipe: Recipe, records: Sequence[TextRecord]) -> tuple[list[TextRecord], list[str]]:
    """Those of which neither text is too long."""
    most = recipe.data.longest
    kept = [each for each in records if max(len(each.text), len(each.answer)) <= most]
    long = len(records) - len(kept)
    told = f"{long} of {len(records)} pairs are longer than {most} characters: left out."
    return kept, [told] if long else []


def _examples(recipe: Recipe, records: Sequence[TextRecord], known: KnownTexts) -> TextExamples:
    return paired_examples(records, known.given, known.asked_vocabulary)


def _ask(asked: Asked) -> dict[str, Any]:
    """Every text searched for; predictions.jsonl and some attention matrices."""
    job, config = asked.job, asked.job.recipe.data
    known = asked.trained.known
    began = time.perf_counter()
    with job.stage("Asking", "texts") as progress:
        found = rewrite(
            asked.trained.network,
            [each.text for each in asked.records],
            known.given,
            known.asked_vocabulary,
            beam=BEAM,
            progress=lambda done, total: progress(done, total, ""),
        )
    seconds = time.perf_counter() - began
    answers = [
        PairAnswer(
            id=record.id,
            group=record.group,
            split=asked.side,
            given=record.text,
            truth=record.answer,
            answer=each.text,
            log_probability=round(each.log_probability, 4),
            finished=each.finished,
            table=by_table(record.text, config.given, config.asked) if job.with_baselines else None,
        )
        for record, each in zip(asked.records, found, strict=True)
    ]
    write_pair_answers(job.run / "predictions.jsonl", answers)
    write_json(job.run / ATTENTION, _shown(answers, found))
    return {"milliseconds_a_text": round(1000 * seconds / max(1, len(answers)), 3), "beam": BEAM}


def _shown(answers: Sequence[PairAnswer], found: Sequence[Rewritten]) -> list[dict[str, Any]]:
    """Some texts with where each character was told from: mistakes first, then the longest."""
    order = sorted(
        range(len(answers)),
        key=lambda place: (answers[place].answer == answers[place].truth, -len(found[place].text)),
    )
    half = order[: SHOWN // 2]
    right = [place for place in order if answers[place].answer == answers[place].truth]
    chosen = [*half, *(place for place in right if place not in half)][:SHOWN]
    return [
        {
            "given": answers[place].given,
            "answer": answers[place].answer,
            "truth": answers[place].truth,
            "attention": found[place].attention.round(3).tolist(),
        }
        for place in chosen
    ]


def _report(run: Path) -> Path:
    return write_pairs_report(run)


PAIRS_KIND = TextsKind(_fitting, _examples, _ask, _report, summarise_pairs, tell_pairs)
