"""Figures in plain words: shares, durations, the outcome, and what it is worth beside others."""

from collections.abc import Sequence
from typing import Any

from kineograph.report.run_files import RunFiles, number
from kineograph.report.scores import FEW_GROUPS, Difference, Pooled

NARROW = "\u00a0"  # keeps a figure and its unit on one line

ONE_PERSON = "writing-paper-split"  # as data.split names it
PER_CLASS = "pconvlstm-paper-split"
AT_RANDOM = ("clip", PER_CLASS)  # persons may stand on both sides
SPLITS = {
    "group": "no group, person or source shared with training",
    "file": "no video file shared with training",
    "clip": "clips dealt at random, persons may be shared with training",
    "given": "the data set's own split",
    ONE_PERSON: f"{ONE_PERSON}: one person, tested on mirrored samples too",
    PER_CLASS: f"{PER_CLASS}: clips dealt at random in each class, 4{NARROW}% left out",
}
GROUPS = {"person": "persons", "group": "groups", "video": "videos", "clip": "clips"}
BASELINES = {  # in the order of how much they see
    "frame": "single frames",
    "metadata": "file metadata",
    "majority": "commonest answer",
}
WORTH = {
    "frame": "the order of the frames has taught it nothing here",
    "metadata": "the files' sizes and lengths give away as much, so it may have seen nothing",
    "majority": "it has learned nothing",
}


def baseline_name(name: str, found: dict[str, Any]) -> str:
    """A baseline in words: "single frames", or what one that says one thing always says."""
    return f"always '{found['always']}'" if found.get("always") else BASELINES[name]


def percent(share: float | None, digits: int = 1) -> str:
    """0.78 -> "78.0 %"; a dash where nothing is known."""
    return "–" if share is None else f"{100 * share:.{digits}f}{NARROW}%"


def points(share: float) -> str:
    """0.021 -> "+2.1": percentage points."""
    return f"{100 * share:+.1f}".replace("-", "−")


def span(interval: Sequence[float] | None) -> str:
    """[0.71, 0.84] -> "71.0–84.0 %"."""
    return "–" if interval is None else f"{100 * interval[0]:.1f}–{percent(interval[1])}"


def count(value: float | None) -> str:
    """73126 -> "73 126"."""
    return "–" if value is None else f"{value:,.0f}".replace(",", "\u202f")


def figures(values: Sequence[float | None]) -> list[str]:
    """Two decimals each, as the papers' tables have them; a dash where nothing is defined."""
    return ["–" if value is None else f"{value:.2f}" for value in values]


def duration(seconds: float | None) -> str:
    """83 -> "1 min 23 s"."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds:.1f}{NARROW}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}{NARROW}min{NARROW}{rest}{NARROW}s"
    return f"{minutes // 60}{NARROW}h {minutes % 60}{NARROW}min"


def milliseconds(value: float | None) -> str:
    """3.14159 -> "3.14 ms"."""
    return "–" if value is None else f"{value:.3g}{NARROW}ms"


def data_name(run: RunFiles) -> str:
    """The data set by name."""
    return str(run.known("data", "name") or "data of unknown name")


def split_words(run: RunFiles) -> str:
    """How the sides were kept apart, in words."""
    if run.environment.get("leakage"):
        return "training and test side not kept apart"
    how = run.known("data", "split", "how")
    if not how:
        return "split unknown"
    kind, comma, rest = str(how).partition(",")  # "group" or "group, its val side"
    return SPLITS.get(kind, kind) + comma + rest


def _split_kind(run: RunFiles) -> str:
    return str(run.known("data", "split", "how")).partition(",")[0]


def outcome(run: RunFiles, pooled: Pooled | None) -> str:
    """The report's first line: what came out, on what, and how it was split."""
    where = f"of {data_name(run)}, {split_words(run)}"
    if pooled is None or not pooled.truths:
        return f"Not evaluated yet: {data_name(run)}, {split_words(run)}."
    if number(run.crossval.get("sd")) is not None:
        return f"{folds_words(run)}: {spread_words(run)} {where}."
    first = f"{folds_words(run)}: right" if run.crossval else "Right"
    side = "test " if any(answer.split == "test" for answer in run.answers) else ""
    total, share = len(pooled.truths), percent(pooled.right / len(pooled.truths))
    clips = f" in {count(pooled.clips)} clips" if pooled.per_frame else ""
    return (
        f"{first} on {count(pooled.right)} of {count(total)} {side}{pooled.unit}{clips} "
        f"({share}) {where}."
    )


def folds_words(run: RunFiles) -> str:
    """ "10 folds by group, 2 seeds"; or how many of them, if some failed."""
    found = run.crossval
    planned, pooled, seeds = len(found["folds"]), found["folds_pooled"], len(found["seeds"])
    folds = f"{planned}" if pooled == planned else f"{pooled} of {planned}"
    return f"{folds} folds by {found['by']}, {seeds} seed{'s' if seeds > 1 else ''}"


def spread_words(run: RunFiles) -> str:
    """ "78.3 % ± 1.2 (sd over seeds)"; of one seed the share alone."""
    share, spread = number(run.crossval["accuracy"]), number(run.crossval["sd"])
    if spread is None:
        return percent(share)
    return f"{percent(share)}{NARROW}±{NARROW}{100 * spread:.1f} (sd over seeds)"


def interval_words(scores: dict[str, Any], run: RunFiles) -> str:
    """What the interval says, and of whom."""
    kind, groups = scores["interval_by"], scores["groups"]
    if scores["interval"] is None:
        return f"No interval: all answers belong to one {kind}, so nothing tells how others fare."
    low, high = scores["interval"]
    if _split_kind(run) == ONE_PERSON and not run.environment.get("leakage"):
        said = f"95{NARROW}% interval {span([low, high])} by {kind}, all of one person; of others "
        said += "it tells nothing."
    elif run.environment.get("leakage") or _split_kind(run) in AT_RANDOM:
        said = f"95{NARROW}% interval {span([low, high])} by {kind}; of persons never seen "
        said += "it tells nothing."
    else:
        said = (
            f"Other {GROUPS[kind]} like these {groups} would likely give between "
            f"{100 * low:.1f} and {percent(high)} (95{NARROW}% interval by {kind})."
        )
    if groups < FEW_GROUPS:
        said += f" With {groups} {GROUPS[kind]} it is a rough one."
    return said


def judgement(
    scores: dict[str, Any], baselines: dict[str, dict[str, Any]], gain: Difference | None
) -> list[str]:
    """What the accuracy is worth beside the three baselines, worst news first."""
    ours, interval = scores["accuracy"], scores["interval"]
    lost, unclear, beaten, absent = [], [], [], []
    for name in BASELINES:
        words = baseline_name(name, baselines.get(name, {}))
        theirs = number(baselines.get(name, {}).get("accuracy"))
        if theirs is None:
            absent.append(words)
            continue
        said = f"{words} ({percent(theirs)})"
        clear = interval is not None and theirs < interval[0]
        if name == "frame" and gain is not None and gain.interval is not None:
            clear = gain.interval[0] > 0  # the same clips, so this tells more
        if theirs >= ours:
            lost.append(f"No better than {said}: {WORTH[name]}.")
        elif not clear:
            unclear.append(said)
        else:
            beaten.append(said)
    lines = lost
    if unclear:
        lines.append(f"Not clearly better than {_listed(unclear)}.")
    if beaten:
        all_three = "all three baselines: " if len(beaten) == len(BASELINES) else ""
        lines.append(f"Clearly better than {all_three}{_listed(beaten)}.")
    if absent:
        lines.append(f"Not compared with {_listed(absent)}.")
    return lines


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def gain_words(gain: Difference) -> str:
    """How far ahead of the single-frame network, on the same clips."""
    side = "ahead of" if gain.points >= 0 else "behind"
    said = (
        f"On the same {count(gain.clips)} clips this network is {100 * abs(gain.points):.1f} "
        f"points {side} the single-frame network"
    )
    if gain.interval:
        low, high = (points(edge) for edge in gain.interval)
        said += f" (95{NARROW}% interval from {low} to {high})"
    return f"{said}: that is what seeing frames in order adds."


def differing_protocol(figure: dict[str, Any], run: RunFiles) -> list[str]:
    """Why a published figure is not comparable with ours; empty where data and split are alike."""
    reasons = []
    if not _same_data(run.known("data", "name"), figure.get("data")):
        reasons.append(f"other data (ours: {data_name(run)})")
    how = _split_kind(run)
    if figure.get("split") in AT_RANDOM and how in ("group", "given"):
        harder = "ours" if run.environment.get("leakage") else "ours is the harder test"
        reasons.append(f"theirs is dealt at random, {harder}: {split_words(run)}")
    elif figure.get("split") == ONE_PERSON != how:
        reasons.append(
            f"theirs tests one person, most likely mirrored too; ours: {split_words(run)}"
        )
    elif not how or figure.get("split") != how:
        reasons.append(f"not known to be split as ours: {split_words(run)}")
    return reasons


def _same_data(ours: Any, theirs: Any) -> bool:
    """Whether both names are of one set; after a comma ours says which of its splits was taken."""
    if not ours or not theirs:
        return False
    name, known = str(ours).casefold(), str(theirs).casefold()
    return name == known or name.startswith(f"{known}, ")


def beside_published(ours: float | None, theirs: float, reasons: Sequence[str]) -> str:
    """Whether ours is weaker or stronger than a published figure, and what that is worth."""
    if ours is None:
        return "Ours is not known."
    gap = ours - theirs
    if abs(gap) < 0.0005:
        said = "Ours is equal"
    else:
        said = (
            f"Ours is {'stronger' if gap > 0 else 'weaker'} by {100 * abs(gap):.1f}{NARROW}points"
        )
    if reasons:
        return f"{said}, but the two are not comparable: {'; '.join(reasons)}."
    return f"{said}. Data and kind of split are alike; the clips on each side may still differ."
