"""What a network on the drawn lecture gets right, by what was really done, seed by seed.

python examples/by_activity.py drawn runs/crossval-writing-gru-small-lecture runs/…
"""

import sys
from pathlib import Path
from statistics import mean, stdev

from kineograph.data.toy.activities import read_activities
from kineograph.evaluation.by_median import by_median
from kineograph.report.answers import Answer, read_answers
from kineograph.report.by_kind import right_by_kind
from kineograph.report.scores import score_answers


def figures(answers: list[Answer], lecture: Path) -> dict[str, list[float]]:
    """Each figure of each seed, in percent."""
    activity = read_activities(lecture)
    found: dict[str, list[float]] = {}
    for seed in sorted({answer.seed or 0 for answer in answers}):
        own = [answer for answer in answers if (answer.seed or 0) == seed]
        scores = score_answers(own, draws=2)
        kinds = right_by_kind(
            own, lambda each: activity(each.video, each.person or "", each.start_seconds)
        )
        row = {"accuracy": scores["accuracy"], "balanced": scores["balanced_accuracy"]}
        for name, share in {**row, **{kind: share for kind, (share, _) in kinds.items()}}.items():
            found.setdefault(name, []).append(100 * share)
    return found


def main(lecture: Path, runs: list[Path]) -> None:
    """A table a run; of a single-frame run one more, through a median filter."""
    for run in runs:
        answers = read_answers(run / "predictions.jsonl")
        tables = {run.name: answers}
        if any(answer.per_frame for answer in answers):
            tables[f"{run.name}, median of ten frames"] = by_median(answers, tie="writing")
        for title, own in tables.items():
            print(f"\n{title}, {len(own)} answers")
            for name, each in figures(own, lecture).items():
                spread = f" ± {stdev(each):.1f}" if len(each) > 1 else ""
                print(f"  {name:<16}{mean(each):5.1f} %{spread}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(run) for run in sys.argv[2:]])
