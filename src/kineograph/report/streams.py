"""Networks of several streams: what each answers alone, and what other weights would answer.

    RUN/streams/rgb.jsonl      answers of the stream that sees pictures
    RUN/streams/flow.jsonl     answers of the stream that sees motion

All that is shown of fusions is drawn from these files; no network is asked again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kineograph.errors import InputError
from kineograph.report.answers import Answer, read_answers

FUSIONS = ((1.0, 1.0), (1.0, 2.0))  # Donahue et al. 2015, section 4.1: first stream to second


@dataclass(frozen=True)
class StreamAnswers:
    """Answers under the words of a table: "flow alone", "rgb + flow, 1:2"."""

    name: str
    answers: list[Answer]


def stream_files(run: Path) -> list[Path]:
    """The files of a run's streams, pictures first."""
    found = sorted((run / "streams").glob("*.jsonl"))
    return sorted(found, key=lambda path: (path.stem != "rgb", path.stem))


def read_alone(run: Path) -> dict[str, list[Answer]]:
    """Each stream's own answers by its name, pictures first; empty for a run of one stream."""
    return {path.stem: read_answers(path) for path in stream_files(run)}


def read_streams(run: Path) -> list[StreamAnswers]:
    """Each stream alone, and the fusions that the paper tries; empty for a run of one stream."""
    streams = read_alone(run)
    found = [StreamAnswers(f"{name} alone", answers) for name, answers in streams.items()]
    if len(streams) == 2:
        names = " + ".join(streams)
        first, second = streams.values()
        for weights in FUSIONS:
            shown = ":".join(f"{weight:g}" for weight in weights)
            found.append(StreamAnswers(f"{names}, {shown}", fuse_answers(first, second, weights)))
    return found


def fuse_answers(
    first: Sequence[Answer], second: Sequence[Answer], weights: tuple[float, float]
) -> list[Answer]:
    """Weighted means of two streams' probabilities, clip by clip. InputError if clips differ."""
    theirs = {_key(answer): answer for answer in second}
    if len(first) != len(second) or any(_key(answer) not in theirs for answer in first):
        raise InputError(
            f"{len(first)} answers of one stream and {len(second)} of the other are not of the "
            "same clips. Evaluate the run again."
        )
    return [_fused(answer, theirs[_key(answer)], weights) for answer in first]


def _key(answer: Answer) -> tuple[str, str | None, int | None]:
    return answer.id, answer.fold, answer.seed


def _fused(first: Answer, second: Answer, weights: tuple[float, float]) -> Answer:
    share = weights[0] / sum(weights)
    mixed = {
        label: [
            share * ours + (1 - share) * other
            for ours, other in zip(
                first.probabilities_of(label) or [],
                second.probabilities_of(label) or [],
                strict=True,
            )
        ]
        for label in first.probabilities
    }
    labels = list(mixed)
    best = [
        max(labels, key=lambda label: mixed[label][place]) for place in range(len(first.truths))
    ]
    if first.per_frame:
        return replace(first, answer=best, probabilities=mixed)
    alone = {label: values[0] for label, values in mixed.items()}
    return replace(first, answer=best[0], probabilities=alone)
