"""report.html and report.md of a run that describes regions, drawn from its folder alone.

write_regions_report("runs/dense-caption-scenes")
"""

import base64
import io
from html import escape
from pathlib import Path

import numpy as np
from PIL import Image

from kineograph.metrics.regions import LIKENESSES, OVERLAPS, DenseScore
from kineograph.report.page import as_html, as_markdown
from kineograph.report.page.blocks import (
    Beside,
    Block,
    Cards,
    Facts,
    Picture,
    Report,
    Say,
    Section,
    Table,
)
from kineograph.report.page.material import Material
from kineograph.report.page.run_sections import chosen, cost, curves, repeat
from kineograph.report.page.words import beside_published, count, data_name, percent, split_words
from kineograph.report.regions.answers import LEAST_SHARE, DescribedBox, RegionAnswer, surest
from kineograph.report.regions.drawing import draw_regions
from kineograph.report.regions.material import RegionRun, read_region_run
from kineograph.report.regions.scores import EXACT, LANGUAGE, score_regions
from kineograph.report.regions.summary import mean_box_ap, region_protocol, table_of
from kineograph.report.regions.summary import summarise_regions as summarised
from kineograph.report.run_files import number, within
from kineograph.whole_file import write_text_whole

SHOWN_WIDTH_PIXELS = 480


def write_regions_report(run: Path | str) -> Path:
    """Write report.html and report.md into a run folder; returns the page's path.

    Whatever file is missing is said in one line of the report. Raises InputError if the folder is
    missing or a whole line of predictions.jsonl cannot be read.
    """
    folder = Path(run)
    report = build_regions_report(folder)
    write_text_whole(folder / "report.md", as_markdown.page(report))
    page = folder / "report.html"
    write_text_whole(page, as_html.page(report))
    return page


def build_regions_report(folder: Path) -> Report:
    """The report as blocks, before it is written out."""
    run = read_region_run(folder)
    score, exact = (score_regions(run.answers, name) for name in (LANGUAGE, EXACT))
    files = run.files
    common = Material(files, None, {}, None)
    sections = [
        _figures(run, score, exact),
        _by_thresholds(score, exact),
        _pictures(run),
        _protocol(run, score),
        _published(run, score),
        curves(common),
        cost(common),
        repeat(common, "pictures"),
    ]
    return Report(
        name=f"Run {folder.resolve().name}, recipe {files.recipe.get('name', 'unknown')}",
        alarms=[f"Leakage: {run.leakage}"] if run.leakage else [],
        outcome=_outcome(run, score, exact),
        lead=[files.known("data", "notes")] if files.known("data", "notes") else [],
        notes=files.notes,
        sections=[section for section in sections if section.blocks],
        made_by=f"Kineograph {files.environment.get('kineograph') or ''}".strip(),
    )


def _outcome(run: RegionRun, score: DenseScore | None, exact: DenseScore | None) -> str:
    if score is None or exact is None:
        return "Nothing was described yet: there is no figure."
    return (
        f"mAP {percent(score.mean_ap)} by {LANGUAGE}, {percent(exact.mean_ap)} with the very words "
        f"asked for, on {count(len(run.answers))} pictures with {count(score.truths)} regions of "
        f"{data_name(run.files)}."
    )


def _figures(run: RegionRun, score: DenseScore | None, exact: DenseScore | None) -> Section:
    """The figures that people quote, and beside them what needs no network."""
    if score is None or exact is None:
        return Section("Figures", [])
    cards = Cards(
        [
            ("mAP", percent(score.mean_ap), f"over box and sentence, by {LANGUAGE}"),
            ("mAP, same words", percent(exact.mean_ap), "a sentence is right word for word"),
            ("AP of boxes", percent(mean_box_ap(score)), "whatever was said in them"),
        ]
    )
    blocks: list[Block] = [cards]
    if run.controls:
        head, *rows = table_of(summarised(run.files.folder))
        blocks.append(Table(head, rows, strong=frozenset({0})))
        blocks += [
            Say(f"{name[0].upper()}{name[1:]}: {within(control, 'what')}.", "note")
            for name, control in run.controls.items()
        ]
    return Section("Figures", blocks)


def _by_thresholds(score: DenseScore | None, exact: DenseScore | None) -> Section:
    """Average precision by how well a box must fit and how near a sentence must come."""
    if score is None or exact is None:
        return Section("By box and language", [])
    head = ["box overlaps by (IoU)", *(f"{LANGUAGE} > {like:g}" for like in LIKENESSES),
            "same words", "boxes alone"]  # fmt: skip
    rows = [
        [
            f"{overlap:g}",
            *(percent(score.average_precision[overlap, like]) for like in LIKENESSES),
            percent(exact.average_precision[overlap, 0.0]),
            percent(score.box_ap[overlap]),
        ]
        for overlap in OVERLAPS
    ]
    said = (
        "Average precision of regions in the order of their confidence. mAP is the mean of the "
        f"figures under {LANGUAGE}."
    )
    return Section("By box and language", [Table(head, rows), Say(said, "note")])


# ------------------------------------------------------------------------------------- pictures


def _pictures(run: RegionRun) -> Section:
    """Some pictures with what is there and what was found."""
    blocks: list[Block] = []
    for answer, file in run.shown:
        try:
            picture = np.asarray(Image.open(file).convert("RGB"))
        except OSError:
            continue
        found = surest(answer.found)
        blocks.append(
            Beside(
                [
                    Picture(_as_svg(picture, answer.true), f"{answer.picture}: what is there"),
                    Picture(_as_svg(picture, found), _told(answer, found)),
                ]
            )
        )
    if blocks:
        said = Say(
            f"The first {len(blocks)} pictures of the side, chosen by nobody. Of what was found, "
            f"regions at least {percent(LEAST_SHARE, 0)} as sure as the surest are drawn.",
            "note",
        )
        return Section("Pictures", [said, *blocks])
    return Section("Pictures", [])


def _told(answer: RegionAnswer, drawn: tuple[DescribedBox, ...]) -> str:
    rest = len(answer.found) - len(drawn)
    return f"what was found{f', and {rest} more that it is less sure of' if rest else ''}"


def _as_svg(picture: np.ndarray, regions: tuple[DescribedBox, ...]) -> str:
    """The drawing as an <svg> that holds a JPEG, with what it says in words."""
    drawn = Image.fromarray(draw_regions(picture, regions, least_width_pixels=SHOWN_WIDTH_PIXELS))
    content = io.BytesIO()
    drawn.save(content, "JPEG", quality=88)
    data = base64.b64encode(content.getvalue()).decode("ascii")
    said = escape("; ".join(each.sentence for each in regions) or "nothing", quote=True)
    size = f'width="{drawn.width}" height="{drawn.height}"'
    return (
        f'<svg viewBox="0 0 {drawn.width} {drawn.height}" role="img" aria-label="{said}">'
        f'<title>{said}</title><image {size} href="data:image/jpeg;base64,{data}"/></svg>'
    )


# ------------------------------------------------------------------------------------- protocol


def _protocol(run: RegionRun, score: DenseScore | None) -> Section:
    """What a figure must be printed with."""
    files, told = run.files, region_protocol(run, score)
    rows = [("Data", data_name(files)), ("Split", split_words(files))]
    n = files.known("data", "n")
    if isinstance(n, dict):
        sides = [
            f"{side} {count(number(n[side]))}" for side in ("train", "val", "test") if n.get(side)
        ]
        rows.append(("Pictures a side", " · ".join(sides)))
    rows.append(("Regions to find", count(told["regions"])))
    rows.append(("Metric", told["metric"]))
    rows.append(("True boxes", "that overlap by .7 and more are one, with all their sentences"))
    if told["size_pixels"]:
        rows.append(("Shown to the network", f"squares of {told['size_pixels']:g} pixels"))
    beam = told["beam"]
    rows.append(("Decoder", "best word each time" if beam in (None, 1) else f"beam of {beam:g}"))
    seed = files.known("seed")
    rows.append(("Seeds", "unknown" if seed is None else str(seed).strip("[]")))
    rows.append(("Weights kept", chosen(files, "picture")))
    return Section("Protocol", [Facts(rows)])


def _published(run: RegionRun, score: DenseScore | None) -> Section:
    """The paper's figure beside ours, and why the two may not be compared."""
    listed = run.files.recipe.get("published")
    blocks: list[Block] = []
    for figure in listed if isinstance(listed, list) else []:
        theirs = number(within(figure, "value"))
        if theirs is None:
            continue
        reasons = [f"its language score is METEOR, ours is {LANGUAGE}"]
        if within(figure, "data") not in str(data_name(run.files)):
            reasons.append(f"its data are {within(figure, 'data')}")
        ours = score.mean_ap if score else None
        blocks.append(
            Facts(
                [
                    ("Published mAP", percent(theirs, 2)),
                    ("Ours", percent(ours, 2)),
                    ("Verdict", beside_published(ours, theirs, reasons)),
                    ("Source", str(figure.get("source", "not named"))),
                    ("Their protocol", str(figure.get("protocol", "not named"))),
                ]
            )
        )
    return Section("Published", blocks)
