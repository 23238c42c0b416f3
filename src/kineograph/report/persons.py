"""How each person fares: a row a person, over seeds as a mean and a standard deviation."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kineograph.media.listing import natural_order
from kineograph.metrics.labels import SCORES, confusion_counts, tallies
from kineograph.report.answers import Answer
from kineograph.report.scores import all_classes


@dataclass(frozen=True)
class PersonRow:
    """One person's test clips, or their frames: how many, of which classes, and how well.

    sds: standard deviations of the three figures over seeds; None where one seed alone answered.
    """

    person: str
    n: int
    shares: dict[str, float]  # of the classes, in the truth
    accuracy: float
    balanced_accuracy: float
    macro_f1: float
    sds: dict[str, float | None]


def person_rows(answers: Sequence[Answer], classes: Sequence[str] = ()) -> list[PersonRow]:
    """A row for each person in natural order (p2 before p10); none unless every answer names one.

    Several seeds answer the same clips: n counts these once, figures are means over seeds.
    """
    if not all(answer.person for answer in answers):
        return []
    labels = all_classes(answers, classes)
    of_person: dict[str, list[Answer]] = {}
    for answer in answers:
        if answer.truths:
            of_person.setdefault(str(answer.person), []).append(answer)
    return [_row(name, of_person[name], labels) for name in sorted(of_person, key=natural_order)]


def person_rows_as_json(rows: Sequence[PersonRow]) -> list[dict[str, Any]]:
    """The rows as `--json` prints them."""
    return [asdict(row) for row in rows]


def _row(name: str, answers: Sequence[Answer], classes: Sequence[str]) -> PersonRow:
    once = {answer.id: answer for answer in answers}
    truths = Counter(label for answer in once.values() for label in answer.truths)
    n = truths.total()
    seeds = list(dict.fromkeys(answer.seed for answer in answers))
    each = [_figures([a for a in answers if a.seed == seed], classes) for seed in seeds]
    values = {figure: [found[figure] for found in each] for figure in SCORES}
    several = len(seeds) > 1
    return PersonRow(
        person=name,
        n=n,
        shares={label: truths[label] / n for label in classes},
        **{figure: statistics.mean(found) for figure, found in values.items()},
        sds={
            figure: statistics.stdev(found) if several else None for figure, found in values.items()
        },
    )


def _figures(answers: Sequence[Answer], classes: Sequence[str]) -> dict[str, float]:
    truths = [label for answer in answers for label in answer.truths]
    found = [label for answer in answers for label in answer.answers]
    tally = tallies(confusion_counts(truths, found, classes))
    return {name: float(score(tally)) for name, score in SCORES.items()}
