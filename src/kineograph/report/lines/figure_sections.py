"""Sections of a reader's report that are reckoned from its answers: rates, groups, confusions."""

from collections.abc import Sequence

from kineograph.metrics.text import NOTHING, Confusion, confusions
from kineograph.report.lines.characters import describe, kind_rows, script_of
from kineograph.report.lines.differences import compare
from kineograph.report.lines.material import LineRun
from kineograph.report.lines.plots import error_dots
from kineograph.report.lines.scores import (
    MODERN,
    RATES,
    GroupRow,
    LineScores,
    Scores,
    rows_by,
    texts,
)
from kineograph.report.lines.words import (
    BEST_PATH,
    GROUPS,
    READ,
    error_percent,
    error_span,
    policy_words,
    short_policy,
)
from kineograph.report.page.blocks import (
    Beside,
    Block,
    Cards,
    Fold,
    Misread,
    Misreads,
    Picture,
    Say,
    Section,
    Table,
)
from kineograph.report.page.words import count, data_name, percent

MOST_GROUPS = 25  # in the table and in the picture; of more, the worst, and all are folded away
MOST_CONFUSIONS = 20
ALL_CONFUSIONS = 300  # folded away
MOST_NAMED = 12


def missing(run: LineRun, file: str) -> list[Block]:
    """The notes about one file, to stand where its content would."""
    return [Say(note, "missing") for note in run.files.notes if note.startswith(file)]


def headline(run: LineRun, scores: Scores | None) -> Section:
    """The figures that people quote, and beside them the other decoder and the other spelling."""
    if scores is None:
        return Section("Figures", missing(run, "predictions.jsonl"))
    text, names = scores.read.text, ("Character error rate", "Word error rate", "Lines exact")
    cards = [
        (title, _rate(scores.read, name), f"interval {_span(scores.read, name)}")
        for name, title in zip(RATES, names, strict=True)
    ]
    groups = next((i.groups for i in scores.read.intervals.values() if i), 1)
    several = scores.kind != "line" and groups > 1
    of = f"of {count(groups)} {GROUPS[scores.kind]}" if several else f"of {data_name(run.files)}"
    cards.append(("Lines", count(text.lines), of))
    own = run.policy_name or "text policy unknown"
    given = (
        (own, READ, scores.read),
        (own, BEST_PATH, scores.best_path),
        (MODERN.name, READ, scores.modern),
        (MODERN.name, BEST_PATH, scores.modern_best_path),
    )
    rows = [
        [
            f"{policy}, {decoder}" if scores.best_path else policy,
            _rate(found, "cer"),
            _span(found, "cer"),
            _rate(found, "wer"),
            _rate(found, "exact"),
        ]
        for policy, decoder, found in given
        if found
    ]
    table = Table(["", "CER", "interval", "WER", "lines exact"], rows, frozenset({0}))
    modern = f"; {MODERN}" if scores.modern else ""
    said = [f"Text policies: {policy_words(run)}{modern}."]
    edits = text.characters
    said.append(
        f"CER: {count(edits.count)} edits ({count(edits.substitutions)} read as another, "
        f"{count(edits.deletions)} left out, {count(edits.insertions)} put in) over "
        f"{count(edits.length)} characters that stand there, all lines pooled. WER: the same over "
        "words, which white space parts."
    )
    return Section("Figures", [Cards(cards), table, *(Say(each, "note") for each in said)])


def _rate(scores: LineScores, name: str) -> str:
    rate = scores.rate(name)
    return percent(rate) if name == "exact" else error_percent(rate)


def _span(scores: LineScores, name: str) -> str:
    interval = scores.intervals[name]
    if interval is None or name != "exact":
        return error_span(interval)
    return f"{100 * interval.low:.1f}–{percent(interval.high)}"


# ----------------------------------------------------------------------- works, sources, scripts


def groups(run: LineRun, scores: Scores | None) -> Section:
    """Each work or writer, then each source and script where there are several, the worst first."""
    blocks: list[Block] = []
    if scores is None:
        return Section("Group by group", blocks)
    kinds = (
        ("work or writer", [answer.group for answer in run.answers]),
        ("source", [answer.source for answer in run.answers]),
        ("script", [script_of(answer.truth) for answer in run.answers]),
    )
    for title, names in kinds:
        if len(set(names) - {None}) > 1:
            filled = [name or f"no {title} named" for name in names]
            blocks += _by_name(run, rows_by(run.answers, filled), title, scores)
    return Section("Where it errs", blocks)


def _by_name(run: LineRun, rows: list[GroupRow], title: str, scores: Scores) -> list[Block]:
    differs = scores.best_path is not None
    head = [title, "lines", "characters", "CER"]
    head += [f"CER, {BEST_PATH}"] if differs else []
    cells = [_cells(row, differs) for row in rows]
    caption = f"By {title}, {short_policy(run)}"
    table = Table([*head, "lines exact"], cells[:MOST_GROUPS], title=caption)
    more = len(rows) - MOST_GROUPS
    shown: list[Block] = [table]
    if title == "work or writer":
        shown = [_dots(rows[:MOST_GROUPS], scores, title), table]
    blocks: list[Block] = [*shown]
    if more > 0:
        blocks.append(Say(f"The {MOST_GROUPS} worst of {len(rows)}.", "note"))
        blocks.append(Fold(f"All {len(rows)}", [Table([*head, "lines exact"], cells)]))
    return blocks


def _dots(rows: Sequence[GroupRow], scores: Scores, title: str) -> Picture:
    differs = scores.best_path is not None
    dots = [
        (row.name, row.read.cer or 0.0, (row.best_path.cer or 0.0) if differs else None)
        for row in rows
    ]
    svg = error_dots(dots, scores.read.text.cer or 0.0, f"CER by {title}", (READ, BEST_PATH))
    return Picture(svg, "The dashed line is all lines together.")


def _cells(row: GroupRow, differs: bool) -> list[str]:
    read = row.read
    rates = [error_percent(read.cer)]
    rates += [error_percent(row.best_path.cer)] if differs else []
    exact = percent(read.exact / read.lines, 0)
    return [row.name, count(read.lines), count(read.characters.length), *rates, exact]


# ---------------------------------------------------------------------------- lines, characters


def worst_lines(run: LineRun, scores: Scores | None) -> Section:
    """The lines with most errors as pictures, truth over reading, what differs marked."""
    title = "Worst lines"
    if scores is None:
        return Section(title, [])
    if scores.read.text.exact == scores.read.text.lines:
        return Section(title, [Say("Every line was read without a fault.")])
    gone = missing(run, "worst/")
    if not run.worst:
        return Section(title, gone)
    shown = [
        Misread(
            png=each.png,
            id=each.answer.id,
            told=_told(each.answer.group, each.answer.confidence),
            words=compare(each.answer.truth, each.answer.read),
        )
        for each in run.worst
    ]
    said = "Most errors first. Under each picture what stands there, below it what was read; "
    said += "marked is what differs (␣ is a space, an empty mark nothing)."
    return Section(title, [Say(said), Misreads(shown), *gone])


def _told(group: str | None, confidence: float | None) -> str:
    sure = None if confidence is None else f"{percent(confidence, 0)} sure"
    return ", ".join(word for word in (group, sure) if word) or "Line"


def confused(run: LineRun, scores: Scores | None) -> Section:
    """Which characters are taken for which, and what kinds of characters the errors are in."""
    title = "Confused characters"
    if scores is None or not scores.read.text.characters.count:
        return Section(title, [])
    truths, reads = texts(run.answers, None)
    pairs = confusions(truths, reads)
    head = ["stands there", "read as", "times", "of", "share"]
    rows = [_confusion(each) for each in pairs[:ALL_CONFUSIONS]]
    words = frozenset({1})
    caption = f"Most frequent confusions, {short_policy(run)}"
    table = Table(head, rows[:MOST_CONFUSIONS], words=words, title=caption)
    blocks: list[Block] = [Beside([table, _kinds(run, truths, reads)])]
    if len(rows) > MOST_CONFUSIONS:
        told = f"All {count(len(pairs))} pairs"
        if len(pairs) > len(rows):
            told = f"The first {len(rows)} of {count(len(pairs))} pairs"
        blocks.append(Fold(told, [Table(head, rows, words=words)]))
    blocks.append(
        Say(
            "Where several least ways to mend a line exist, one is counted. Share: of how often "
            "the character stands there.",
            "note",
        )
    )
    return Section(title, blocks)


def _confusion(each: Confusion) -> list[str]:
    known = each.truth != NOTHING
    return [
        describe(each.truth, each.read),
        describe(each.read, each.truth),
        count(each.count),
        count(each.of) if known else "–",
        percent(each.count / each.of) if known else "–",
    ]


def _kinds(run: LineRun, truths: list[str], reads: list[str]) -> Table:
    """Errors by kind of character, those kinds first that have most of them."""
    rows = kind_rows(truths, reads)
    total = sum(row.errors for row in rows)
    rows.sort(key=lambda row: -row.errors)
    cells = [
        [
            row.kind,
            count(row.there),
            count(row.wrong),
            error_percent(row.wrong / row.there if row.there else None),
            count(row.put_in),
            percent(row.errors / total, 0),
        ]
        for row in rows
    ]
    head = ["", "there", "wrong", "of them", "put in", "of all errors"]
    return Table(head, cells, title=f"Errors by kind of character, {short_policy(run)}")


def unwritable(run: LineRun) -> str | None:
    """What the reader could not have written, whatever it saw; None where that is nothing."""
    if not run.unseen:
        return None
    named = list(map(describe, run.unseen))
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return (
        f"Not in the reader's alphabet, so always wrong: {', '.join(named[:MOST_NAMED])}{more} "
        f"({count(sum(run.unseen.values()))} of the characters that stand there)."
    )
