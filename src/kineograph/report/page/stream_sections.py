"""The section of a report that sets a network's streams beside each other, class by class."""

from collections.abc import Sequence

from kineograph.report.answers import Answer
from kineograph.report.page.blocks import Say, Section, Table
from kineograph.report.page.material import Material
from kineograph.report.page.words import percent, span
from kineograph.report.scores import pool, right_by_class, score_answers
from kineograph.report.streams import read_streams

TITLE = "Stream by stream"
MOST_CLASSES = 12  # that a page is wide enough for


def stream_by_stream(material: Material) -> Section:
    """Accuracy of each stream and fusion, over all and within each class (Du 2020, Table 1)."""
    streams = read_streams(material.run.folder)
    if not streams or material.pooled is None:
        return Section(TITLE, [])
    classes = material.pooled.classes if len(material.pooled.classes) <= MOST_CLASSES else []
    rows = [_row("this network", material.run.answers, classes)]
    rows += [_row(stream.name, stream.answers, classes) for stream in streams]
    head = ["", "all", "95 % interval", *classes]
    said = (
        "Streams are trained side by side, each by its own loss; a fusion is a weighted mean of "
        "their probabilities. All fusions are listed, none was chosen by these clips."
    )
    return Section(TITLE, [Table(head, rows, frozenset({0})), Say(said, "note")])


def _row(name: str, answers: Sequence[Answer], classes: Sequence[str]) -> list[str]:
    scores = score_answers(answers, classes)
    shares = right_by_class(pool(answers, classes))
    row = [name, percent(scores["accuracy"]), span(scores["interval"])]
    return [*row, *(percent(shares[label]) for label in classes)]
