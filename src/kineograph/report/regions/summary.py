"""What `--json` prints of a run that describes regions: its mAP with the protocol beside it."""

from pathlib import Path
from typing import Any

from kineograph.metrics.regions import LIKENESSES, OVERLAPS, DenseScore
from kineograph.report.page.words import percent
from kineograph.report.regions.material import RegionRun, read_region_run
from kineograph.report.regions.scores import EXACT, LANGUAGE, score_regions
from kineograph.report.run_files import number, within
from kineograph.report.summary import protocol


def summarise_regions(run: Path | str) -> dict[str, Any]:
    """From the run's files alone; figures are None before it is evaluated.

    "mean_ap" is over five overlaps and six likenesses by "language"; "exact_mean_ap" asks for the
    very words instead; "by_overlap" and "box_ap" have one figure for each overlap, the latter
    whatever was said. "baselines" have the same two mean figures each.
    """
    found = read_region_run(run)
    score, exact = (score_regions(found.answers, name) for name in (LANGUAGE, EXACT))
    return {
        "mean_ap": score.mean_ap if score else None,
        "language": LANGUAGE,
        "exact_mean_ap": exact.mean_ap if exact else None,
        "by_overlap": by_overlap(score) if score else None,
        "exact_by_overlap": by_overlap(exact) if exact else None,
        "box_ap": {f"{at:g}": value for at, value in score.box_ap.items()} if score else None,
        "mean_box_ap": mean_box_ap(score) if score else None,
        "baselines": found.controls,
        "protocol": region_protocol(found, score),
        "leakage": found.leakage,
        "run": str(found.files.folder),
        "report": str(found.files.folder / "report.html"),
    }


def by_overlap(score: DenseScore) -> dict[str, float]:
    """At each overlap, the mean over likenesses."""
    return {
        f"{overlap:g}": sum(score.average_precision[overlap, like] for like in LIKENESSES)
        / len(LIKENESSES)
        for overlap in OVERLAPS
    }


def mean_box_ap(score: DenseScore) -> float:
    """Average precision of boxes alone, a mean over overlaps."""
    return sum(score.box_ap.values()) / len(score.box_ap)


def region_protocol(run: RegionRun, score: DenseScore | None) -> dict[str, Any]:
    """What a figure must be printed with; n counts pictures, regions what is to be found."""
    overlaps, likenesses = (f"{each[0]:g} to {each[-1]:g}" for each in (OVERLAPS, LIKENESSES))
    return protocol(run.files, len(run.answers)) | {
        "unit": "pictures",
        "regions": score.truths if score else 0,
        "metric": f"mAP, mean over IoU {overlaps} and {LANGUAGE} above {likenesses}",
        "size_pixels": number(within(run.files.recipe, "data", "size_pixels")),
        "beam": number(within(run.files.recipe, "task", "beam")),
    }


def table_of(found: dict[str, Any]) -> list[list[str]]:
    """What a person reads on the screen, heads first."""
    rows = [["", f"mAP ({found['language']})", "mAP (same words)", "AP of boxes alone"]]
    rows.append(
        [
            "this network",
            percent(found["mean_ap"]),
            percent(found["exact_mean_ap"]),
            percent(found["mean_box_ap"]),
        ]
    )
    for name, control in found["baselines"].items():
        scores = (within(control, "mean_ap", key) for key in (LANGUAGE, EXACT))
        boxes = number(within(control, "mean_box_ap"))
        rows.append([name, *(percent(number(score)) for score in scores), percent(boxes)])
    return rows
