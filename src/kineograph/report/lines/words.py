"""What a reader's figures say, in plain words: the outcome, whom it speaks of, and how it was read.

Every sentence with a rate is written so that it stays true when it is copied alone.
"""

from kineograph.metrics.intervals import Interval
from kineograph.report.lines.material import LineRun
from kineograph.report.lines.scores import LineScores
from kineograph.report.page.words import NARROW, count, data_name
from kineograph.report.run_files import number
from kineograph.report.scores import FEW_GROUPS

SPLITS = {
    "group": "no work, writer, page or source shared with training",
    "line": "lines dealt at random, works and writers may be shared with training",
    "given": "the data set's own split",
    "all lines": "all its lines, none of them learned from",
}
GROUPS = {
    "group": "works or writers",
    "source": "sources",
    "picture": "pages",
    "line": "lines",
}
READ, BEST_PATH = "with language model", "best path alone"


def error_percent(rate: float | None) -> str:
    """0.0187 -> "1.87 %"; one decimal from 10 % on, a dash where nothing is known."""
    if rate is None:
        return "–"
    return f"{100 * rate:.{1 if rate >= 0.1 else 2}f}{NARROW}%"


def error_span(interval: Interval | None) -> str:
    """An interval of an error rate: "1.20–2.90 %"."""
    if interval is None:
        return "–"
    return (
        f"{error_percent(interval.low).removesuffix(f'{NARROW}%')}–{error_percent(interval.high)}"
    )


def split_words(run: LineRun) -> str:
    """How the sides were kept apart, in words."""
    if run.leakage:
        return "training and test side not kept apart"
    how = run.files.known("data", "split", "how")
    if not how:
        return "split unknown"
    kind, comma, rest = str(how).partition(",")  # "group" or "group, its val side"
    return SPLITS.get(kind, kind) + comma + rest


def policy_words(run: LineRun) -> str:
    """The text policy with all that it does, as it must stand beside each figure."""
    if run.policy is not None:
        return str(run.policy)
    if run.policy_name:
        return f"{run.policy_name} (not known to this version)"
    return "unknown"


def short_policy(run: LineRun) -> str:
    """Its name, for titles of tables."""
    return f"text policy {run.policy_name or 'unknown'}"


def outcome(run: LineRun, scores: LineScores | None) -> str:
    """The report's first line: the error rate, on what, and how it was split."""
    where = f"of {data_name(run.files)}, {split_words(run)}"
    if scores is None:
        return f"Not evaluated yet: {data_name(run.files)}, {split_words(run)}."
    side = "test " if any(answer.split == "test" for answer in run.answers) else ""
    text = scores.text
    return (
        f"Character error rate {error_percent(text.cer)} in {count(text.lines)} {side}lines "
        f"{where}."
    )


def interval_words(run: LineRun, interval: Interval | None, kind: str) -> str:
    """What the interval of the character error rate says, and of whom."""
    if interval is None:
        return "No interval: one line alone tells nothing of others."
    span, groups = error_span(interval), f"{count(interval.groups)} {GROUPS[kind]}"
    how = str(run.files.known("data", "split", "how")).partition(",")[0]
    if run.leakage or how == "line":
        said = f"95{NARROW}% interval {span} by {kind}; of works and writers never seen it tells "
        said += "nothing."
    elif kind == "line" or kind == "picture":
        said = f"95{NARROW}% interval {span} by {kind}: there are no two works or writers here, so "
        said += "of others it tells nothing."
    else:
        said = (
            f"Other {GROUPS[kind]} like these {count(interval.groups)} would likely give between "
            f"{span.replace('–', ' and ')} (95{NARROW}% interval by {kind})."
        )
    return said + (f" With {groups} it is a rough one." if interval.groups < FEW_GROUPS else "")


def decoder_words(run: LineRun) -> str:
    """How columns became text, as far as the folder says."""
    if not run.has_language:
        return "best path (greedy), no language model"
    known = {name: number(run.decoding.get(name)) for name in ("width", "weight", "bonus")}
    told = ", ".join(f"{name} {value:g}" for name, value in known.items() if value is not None)
    tuned = f"; {told}, tuned on validation lines" if told else ""
    return f"prefix beam search with the run's language model{tuned}"
