"""Sections of a report that are drawn from the answers: scores, baselines, classes, curves."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kineograph.metrics.curves import (
    PrecisionRecallCurve,
    calibration,
    cmc,
    precision_recall,
    roc,
)
from kineograph.metrics.labels import class_table, confused_pairs
from kineograph.report.answers import Answer
from kineograph.report.page import curve_plots, plots
from kineograph.report.page.blocks import (
    Beside,
    Block,
    Cards,
    Fold,
    Picture,
    Say,
    Section,
    Table,
)
from kineograph.report.page.material import Material
from kineograph.report.page.percent_table import FEW_CLASSES, percent_table, percents_of
from kineograph.report.page.words import (
    BASELINES,
    GROUPS,
    baseline_name,
    count,
    figures,
    gain_words,
    percent,
    points,
    span,
)
from kineograph.report.run_files import number
from kineograph.report.scores import Pooled, probability_matrix

MOST_CLASSES = 30  # in a table; of more, the weakest are shown and all are folded away
TIMELINES = 6  # in two pictures beside each other


def headline(material: Material) -> Section:
    """The figures that people quote, with their intervals."""
    scores, pooled = material.scores, material.pooled
    if pooled is None:
        return Section("Figures", material.missing("predictions.jsonl"))
    named = {
        "accuracy": "Accuracy",
        "balanced_accuracy": "Balanced accuracy",
        "macro_f1": "Macro F1",
    }
    spreads = material.run.crossval.get("sds") or {}
    cards = [
        (
            f"{title} ± {100 * spread:.1f}" if spread is not None else title,
            percent(scores[name]),
            f"interval {span(scores['intervals'][name])}",
        )
        for name, title in named.items()
        for spread in [number(spreads.get(name))]
    ]
    tested = f"in {count(pooled.clips)} clips, " if pooled.unit != "clips" else ""
    kind = GROUPS[scores["interval_by"]]
    by = f"{scores['groups']} {kind}" if kind != pooled.unit else "each by itself"
    if scores["interval_by"] == "clip" and scores["groups"] < pooled.clips:
        by = f"{scores['groups']} and mirrored copies"
    cards.append((f"Test {pooled.unit}", count(len(pooled.truths)), f"{tested}{by}"))
    blocks: list[Block] = [Cards(cards)]
    support = np.unique(pooled.truths, return_counts=True)[1]
    if len(support) > 1 and support.max() >= 2 * support.min():
        blocks.append(
            Say(
                f"The classes are unequal ({support.min()} to {support.max()} {pooled.unit}): "
                "balanced accuracy and macro F1 count each class alike and say more than accuracy.",
                "note",
            )
        )
    return Section("Figures", blocks)


def baselines(material: Material) -> Section:
    """Ours beside majority, metadata alone and single frames."""
    run, scores = material.run, material.scores
    if not scores:
        return Section("Beside the baselines", [])
    interval = scores["interval"]
    bars = [("this network", scores["accuracy"], tuple(interval) if interval else None)]
    names = ("accuracy", "balanced_accuracy", "macro_f1")
    rows = [["this network", *(percent(scores[name]) for name in names), ""]]
    notes: list[Block] = []
    told = []
    for name in BASELINES:
        found = run.baselines.get(name)
        if found is None:
            continue
        words = baseline_name(name, found)
        theirs = [number(found.get(key)) for key in names]
        if theirs[0] is None:
            notes.append(
                Say(f"{words}: not run, {found.get('skipped', 'no reason given')}.", "missing")
            )
            continue
        bars.append((words, theirs[0], None))
        gap = points(scores["accuracy"] - theirs[0])
        rows.append([words, *(percent(figure) for figure in theirs), gap])
        if found.get("note") and found["note"] != words:
            told.append(f"{words}: {found['note']}")
    if told:
        notes.insert(0, Say(f"{'; '.join(told)}.", "note"))
    if material.gain:
        notes.append(Say(gain_words(material.gain), "note"))
    missing = material.missing("baselines.json")
    if len(bars) == 1:
        return Section("Beside the baselines", missing or notes)
    table = Table(["", "accuracy", "balanced", "macro F1", "ahead, points"], rows, frozenset({0}))
    picture = Picture(
        plots.bars(bars, "accuracy"),
        "A network near a baseline has learned no more than that baseline sees. "
        "The whisker is the 95\u00a0% interval.",
    )
    return Section("Beside the baselines", [Beside([picture, table]), *notes])


def per_class(material: Material) -> Section:
    """Precision, recall, F1 and support as in the KTH paper's Fig. 7, and the confusion matrix."""
    pooled = material.pooled
    if pooled is None:
        return Section("Class by class", [])
    counts = pooled.counts
    table = class_table(counts, pooled.classes)
    each = [
        [row.label, *figures([row.precision, row.recall, row.f1]), count(row.support)]
        for row in table.rows
    ]
    means = [["accuracy", "", "", f"{table.accuracy:.2f}", count(len(pooled.truths))]]
    for row in (table.macro, table.weighted):
        values = figures([row.precision, row.recall, row.f1])
        means.append([f"{row.label} average", *values, count(row.support)])
    head = ["", "precision", "recall", "F1", pooled.unit]
    whole = Table(head, [*each, *means], ruled=len(each))
    wide = len(each) > plots.WIDE_CLASSES
    told = f"Colour: share of the row's {pooled.unit}, blue right, orange wrong."
    if len(each) <= plots.COUNTED_CLASSES:
        told += " Number: how many."
    matrix = Picture(plots.confusion_matrix(counts, pooled.classes), told, wide)
    blocks: list[Block] = [whole, matrix] if wide else [Beside([whole, matrix])]
    if len(each) > MOST_CLASSES:
        weakest = sorted(range(len(each)), key=lambda i: (table.rows[i].f1 or 0.0, i))[:10]
        short = Table(head, [*(each[i] for i in weakest), *means], ruled=len(weakest))
        said = f"The ten classes of lowest F1, of {len(each)}."
        blocks = [Say(said), short, Fold("All classes", [whole]), matrix]
    if len(each) <= FEW_CLASSES:
        blocks.append(
            percent_table(
                "How each class was answered, percent of the row",
                pooled.classes,
                percents_of(counts.tolist()),
                counts.sum(axis=1).tolist(),
                pooled.unit,
            )
        )
    pairs = confused_pairs(counts, pooled.classes)
    if pairs:
        named = [
            f"{true} answered as {found}: {n} ({percent(share, 0)})"
            for true, found, n, share in pairs
        ]
        blocks.append(
            Say(f"Most frequent mistakes, with the share of the true class: {'; '.join(named)}.")
        )
    blocks += [Say(note, "note") for note in table.notes]
    untaught = [label for label in pooled.classes if label not in material.run.classes]
    if untaught and material.run.classes:
        blocks.append(Say(f"Never taught to the network: {', '.join(untaught)}.", "note"))
    return Section("Class by class", blocks)


def ranking(material: Material) -> Section:
    """ROC, precision over recall, rank curve and calibration."""
    run, pooled = material.run, material.pooled
    if pooled is None:
        return Section("How sure, how often right", [])
    pictures: list[Picture] = []
    notes: list[Block] = []
    matrix = probability_matrix(run.answers, pooled.classes)
    if matrix is None:
        notes.append(
            Say(
                "predictions.jsonl keeps no probabilities: no ROC, precision over recall, rank or "
                "calibration.",
                "missing",
            )
        )
    else:
        pictures, notes = _of_probabilities(pooled, matrix)
    blocks: list[Block] = [Beside(pictures)] if pictures else []
    return Section("How sure, how often right", [*blocks, *notes])


def _of_probabilities(
    pooled: Pooled, matrix: NDArray[np.float64]
) -> tuple[list[Picture], list[Block]]:
    truths, classes = pooled.truths, pooled.classes
    pictures: list[Picture] = []
    notes: list[Block] = []
    curves_found = roc(truths, matrix, classes)
    said = [curve.note for curve in (*curves_found.classes, curves_found.macro) if curve.note]
    notes += [Say(f"ROC, {note}", "missing") for note in said]
    if curves_found.macro.area is not None:
        caption = (
            "ROC, each class against the rest, with the area under it: 0.5 is guessing, "
            "1 is perfect."
        )
        if len(classes) > curve_plots.COLOURED_CLASSES:
            caption += " Only the three lowest classes are named."
        pictures.append(Picture(curve_plots.roc_curves(curves_found), caption))
    pictures.append(_found_and_right(precision_recall(truths, matrix, classes)))
    try:
        found = calibration(truths, matrix, classes)
    except ValueError as error:
        notes.append(Say(f"No calibration: {error}", "missing"))
    else:
        caption = (
            "Calibration: on the dashed line an answer is right as often as it is sure. "
            f"Expected calibration error {percent(found.expected_error)}, "
            f"Brier score {found.brier:.3f} (0 to 2)."
        )
        pictures.append(Picture(curve_plots.calibration_diagram(found), caption))
    if len(classes) > 2:
        ranks = cmc(truths, matrix, classes)
        caption = (
            f"Rank curve (CMC): the true class is among the two likeliest in {percent(ranks[1])}."
        )
        pictures.append(Picture(curve_plots.cmc_curve(ranks), caption))
    else:
        notes.append(
            Say("Two classes: the second guess is always right, so no rank curve.", "missing")
        )
    return pictures, notes


def _found_and_right(curves: Sequence[PrecisionRecallCurve]) -> Picture:
    """Precision over recall; what guessing gives is said where it cannot be drawn."""
    drawn = [curve for curve in curves if curve.average_precision is not None]
    caption = (
        "Precision over recall, with the average precision of each class: 1 is perfect, and "
        "guessing gives the class's share"
    )
    if len(drawn) <= curve_plots.CHANCE_LINES:
        shares = ", ".join(f"{curve.label} {percent(curve.share)}" for curve in drawn)
        caption += f" (dashed: {shares})."
    else:
        least, most = (percent(pick(curve.share for curve in drawn)) for pick in (min, max))
        caption += f" ({least})." if least == most else f" ({least} to {most})."
    if len(drawn) > curve_plots.COLOURED_CLASSES:
        caption += " Only the three lowest classes are named."
    return Picture(curve_plots.precision_recall_curves(curves), caption)


def over_time(material: Material) -> Section:
    """Truth over answer along some clips, for a label per frame."""
    clips = [answer for answer in material.run.answers if answer.per_frame and answer.truths]
    if not clips or material.pooled is None:
        return Section("Along the clips", [])

    def right(place: int) -> float:
        pairs = zip(clips[place].truths, clips[place].answers, strict=True)
        return float(np.mean([truth == found for truth, found in pairs]))

    order = sorted(range(len(clips)), key=lambda place: (right(place), clips[place].id))
    chosen = np.linspace(0, len(order) - 1, min(TIMELINES, len(order))).round().astype(int)
    shown = [clips[order[place]] for place in chosen]
    strips = [(a.id, a.truths, a.answers, _seconds(a)) for a in shown]
    half = -(-len(strips) // 2)
    pictures = [
        Picture(plots.timelines(part, material.pooled.classes, f"timelines-{place}"), "")
        for place, part in enumerate((strips[:half], strips[half:]))
        if part
    ]
    which = f"{len(shown)} of {len(clips)} clips, from the weakest to the best."
    return Section("Along the clips", [Beside(pictures), Say(which, "note")])


def _seconds(clip: Answer) -> float | None:
    return None if clip.end_seconds is None else clip.end_seconds - clip.start_seconds
