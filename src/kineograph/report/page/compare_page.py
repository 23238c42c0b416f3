"""compare.html and compare.md: two runs on the same clips, the verdict first."""

from collections.abc import Mapping, Sequence

from kineograph.report.compare import Clip, Comparison, Side
from kineograph.report.page import plots
from kineograph.report.page.blocks import (
    Beside,
    Block,
    Cards,
    Code,
    Facts,
    Films,
    Fold,
    Picture,
    Report,
    Say,
    Section,
    Table,
)
from kineograph.report.page.words import (
    GROUPS,
    NARROW,
    count,
    data_name,
    percent,
    points,
    span,
    split_words,
)
from kineograph.report.run_files import Strip
from kineograph.report.scores import FEW_GROUPS, pool

CHANCE = 0.05
SHOWN = 6  # film strips of a list
SCORES = {
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "macro_f1": "Macro F1",
}


def build_page(
    found: Comparison,
    *,
    command: str,
    strips: Mapping[str, bytes],
    notes: Sequence[str] = (),
) -> Report:
    """The comparison as blocks. strips: PNG bytes by clip id; notes: what is missing, in words."""
    first, second = found.sides
    return Report(
        name=f"{second.name} against {first.name}",
        alarms=[
            f"Leakage in {side.name}: {leak}"
            for side in found.sides
            if (leak := side.run.environment.get("leakage"))
        ],
        outcome=verdict(found),
        lead=caution(found),
        notes=notes,
        sections=[
            section
            for section in (
                _figures(found),
                _who_is_right(found),
                _per_class(found),
                _changed(found, found.gained, 1, strips),
                _changed(found, found.lost, -1, strips),
                _protocol(found, command),
            )
            if section.blocks
        ],
        made_by=f"Kineograph {second.run.environment.get('kineograph') or ''}".strip(),
    )


# ------------------------------------------------------------------------------------- words


def verdict(found: Comparison) -> str:
    """Who is right more often, by how much, and whether that could be chance."""
    first, second = found.first.name, found.second.name
    gap, clips = found.difference.points, f"{count(found.clips)} clips"
    if abs(gap) < 5e-4:
        return f"{second} and {first} are right equally often on the same {clips}."
    more = "more" if gap > 0 else "less"
    said = (
        f"{second} is right {100 * abs(gap):.1f} points {more} often than {first}"
        f"{f' on the frames of {clips}' if found.p is None else ''}"
    )
    where = "" if found.p is None else f"on {clips} "
    chance = "" if found.p is None else f" ({p_words(found.p)})"
    if is_clear(found):
        return f"{said}: {where}that is more than chance would explain{chance}."
    return f"{said}; {where}that difference could be chance{chance}."


def is_clear(found: Comparison) -> bool:
    """Whether the interval leaves out zero and McNemar's test, where there is one, agrees."""
    interval = found.difference.interval
    beyond = interval is not None and (interval[0] > 0 or interval[1] < 0)
    return beyond and (found.p is None or found.p < CHANCE)


def p_words(p: float) -> str:
    """0.268 -> "p = 0.27"; below 0.001 no more is claimed."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2f}" if p >= 0.01 else f"p = {p:.3f}"


def caution(found: Comparison) -> list[str]:
    """The interval of the difference, and where the two tests do not agree or say little."""
    gap, lines = found.difference, []
    kind = GROUPS[gap.by]
    if gap.interval is None:
        lines.append(f"No interval of the difference: all clips belong to one {gap.by}.")
    else:
        low, high = (points(edge) for edge in gap.interval)
        rough = " With so few it is a rough one." if gap.groups < FEW_GROUPS else ""
        lines.append(
            f"With other {kind} like these {gap.groups} the difference would likely lie between "
            f"{low} and {high} points (95{NARROW}% interval by {gap.by}).{rough}"
        )
        beyond = gap.interval[0] > 0 or gap.interval[1] < 0
        if found.p is not None and beyond != (found.p < CHANCE):
            lines.append(
                f"The interval and McNemar's test do not agree ({p_words(found.p)}): take it as "
                "not clear, and test on more clips."
            )
    if found.several:
        lines.append(
            "Some clips have several answers, one a seed: shares and the interval take their "
            "mean, right or wrong is their majority's (of equals the first seed's)."
        )
    alone = [f"{count(side.alone)} only by {side.name}" for side in found.sides if side.alone]
    if alone:
        lines.append(
            f"Compared are the {count(found.clips)} clips that both answered; "
            f"{' and '.join(alone)} are left out."
        )
    return lines


# ---------------------------------------------------------------------------------- sections


def _figures(found: Comparison) -> Section:
    first, second = found.sides
    gap = found.difference
    cards = [
        ("Difference", f"{points(gap.points)} points", f"interval {_span_points(gap.interval)}"),
    ]
    if found.p is not None:
        cards.append(("McNemar", p_words(found.p), "that chance alone does this or more"))
    cards.append(("The same clips", count(found.clips), f"{gap.groups} {GROUPS[gap.by]}"))
    rows = [
        [
            title,
            percent(first.scores[name]),
            percent(second.scores[name]),
            points(second.scores[name] - first.scores[name]),
        ]
        for name, title in SCORES.items()
    ]
    rows.insert(
        1, ["interval", span(first.scores["interval"]), span(second.scores["interval"]), ""]
    )
    table = Table(["", first.name, second.name, "points"], rows, frozenset({0}))
    bars = [
        (side.name, side.scores["accuracy"], _pair(side.scores["interval"])) for side in found.sides
    ]
    picture = Picture(
        plots.bars(bars, "accuracy", 1),
        f"The whiskers are 95{NARROW}% intervals. They may overlap though the difference is clear: "
        "on the same clips it spreads less than each figure.",
    )
    return Section("Figures on the same clips", [Cards(cards), Beside([picture, table])])


def _who_is_right(found: Comparison) -> Section:
    if found.counts is None:
        said = (
            "Every frame has a label. Frames of one clip are alike, so no test that counts them "
            "one by one is made; the interval draws whole clips or persons."
        )
        return Section("Who is right where", [Say(said, "note")])
    first, second, counts = found.first.name, found.second.name, found.counts
    table = Table(
        ["", f"{second} right", f"{second} wrong"],
        [
            [f"{first} right", count(counts.both), count(counts.only_first)],
            [f"{first} wrong", count(counts.only_second), count(counts.neither)],
        ],
    )
    differing = counts.only_first + counts.only_second
    said = (
        f"They differ on {count(differing)} clips: {second} alone is right on "
        f"{count(counts.only_second)}, {first} alone on {count(counts.only_first)}. McNemar's "
        "exact test asks how often a fair coin falls so unevenly. It takes each clip for itself: "
        f"where clips of one {found.difference.by} are alike, believe the interval."
    )
    return Section("Who is right where", [Beside([table, Say(said)])])


def _per_class(found: Comparison) -> Section:
    """How much of each class is found."""
    recalls = []
    for side in found.sides:
        counts = pool(side.answers, found.classes).counts
        asked = counts.sum(axis=1)
        recalls.append(
            [c / n if n else None for c, n in zip(counts.diagonal(), asked, strict=True)]
        )
    unit = pool(found.first.answers, found.classes).unit
    asked = pool(found.first.answers, found.classes).counts.sum(axis=1)
    rows = []
    for place, label in enumerate(found.classes):
        ours, theirs = recalls[1][place], recalls[0][place]
        if ours is None or theirs is None:
            continue
        row = [label, count(asked[place]), percent(theirs, 0), percent(ours, 0)]
        row.append(points(ours - theirs))
        if found.counts is not None:
            row += [str(_of_class(found.gained, label)), str(_of_class(found.lost, label))]
        rows.append(row)
    head = ["", unit, found.first.name, found.second.name, "points"]
    head += [] if found.counts is None else ["gained", "lost"]
    said = f"How many {unit} of each class are recognised (recall). "
    said += "A difference of one class alone rests on few clips." if len(rows) > 1 else ""
    return Section("Class by class", [Table(head, rows), Say(said.strip(), "note")])


def _of_class(clips: Sequence[Clip], label: str) -> int:
    return sum(clip.truth == label for clip in clips)


def _changed(
    found: Comparison, clips: Sequence[Clip], sign: int, strips: Mapping[str, bytes]
) -> Section:
    """Clips that one of the two does better on, as strips and as a list."""
    better, worse = (1, 0) if sign > 0 else (0, 1)
    names = found.first.name, found.second.name
    title = "Gained" if sign > 0 else "Lost"
    if not clips:
        return Section(title, [Say(f"No clip on which only {names[better]} is right.", "note")])
    if found.counts is None:
        rows = [[c.id, *(percent(share, 0) for share in c.shares), points(c.gained)] for c in clips]
        table = Table(["", *names, "points"], rows[:SHOWN])
        more = Fold(f"All {len(rows)} clips", [Table(table.head, rows)])
        said = f"{count(len(clips))} clips in which {names[better]} has more frames right."
        return Section(title, [Say(said), table, *([more] if len(rows) > SHOWN else [])])
    films = [
        Strip(strips[clip.id], clip.id, clip.truth, clip.answers[worse], None)
        for clip in clips[:SHOWN]
        if clip.id in strips
    ]
    said = f"{count(len(clips))} clips on which {names[better]} is right and {names[worse]} is not"
    said += ", the surest first." if any(clip.gap for clip in clips) else "."
    said += f" The wrong answer shown is that of {names[worse]}." if films else ""
    blocks: list[Block] = [Say(said)]
    if films:
        blocks.append(Films(films))
    rows = [[clip.id, clip.truth, clip.answers[worse]] for clip in clips]
    table = Table(["", "truth", f"answer of {names[worse]}"], rows, words=frozenset({1, 2}))
    if len(films) < len(rows):
        blocks.append(Fold(f"All {count(len(rows))} clips", [table]) if films else table)
    return Section(title, blocks)


def _protocol(found: Comparison, command: str) -> Section:
    def told(side: Side) -> str:
        recipe = side.run.recipe.get("name", "unknown")
        seed = side.run.known("seed")
        seeds = "unknown" if seed is None else str(seed).strip("[]")
        return f"{side.run.folder} · recipe {recipe} · seed {seeds} · {split_words(side.run)}"

    rows = [("Data", data_name(found.second.run))]
    rows += [(side.name, told(side)) for side in found.sides]
    return Section("Protocol", [Facts(rows), Code(command)])


def _pair(interval: Sequence[float] | None) -> tuple[float, float] | None:
    return None if interval is None else (interval[0], interval[1])


def _span_points(interval: Sequence[float] | None) -> str:
    return "–" if interval is None else f"{points(interval[0])} to {points(interval[1])}"
