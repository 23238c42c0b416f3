"""Sections of a report that are drawn from the run: protocol, training, cost, how to repeat it."""

import json

from kineograph.report.page import plots
from kineograph.report.page.blocks import (
    Beside,
    Block,
    Code,
    Facts,
    Films,
    Fold,
    Picture,
    Say,
    Section,
)
from kineograph.report.page.material import Material
from kineograph.report.page.words import (
    count,
    data_name,
    duration,
    folds_words,
    milliseconds,
    split_words,
)
from kineograph.report.run_files import RunFiles, number, within

MOST_IDS = 2000


def protocol(material: Material) -> Section:
    """What a figure must be printed with: data, split, n a side, seeds, how weights were chosen."""
    run = material.run
    n = run.known("data", "n")
    rows = [("Data", data_name(run)), ("Split", split_words(run))]
    if run.known("data", "split", "warning"):
        rows.append(("Warning", str(run.known("data", "split", "warning"))))
    if isinstance(n, dict):
        sides = [
            f"{side} {count(number(n.get(side)))}"
            for side in ("train", "val", "test")
            if n.get(side)
        ]
        rows.append(("Clips a side", " · ".join(sides)))
    per_class = run.known("data", "classes")
    if isinstance(per_class, dict):
        each = [f"{label} {count(number(value))}" for label, value in per_class.items()]
        rows.append(("Classes", " · ".join(each)))
    left_out = run.known("data", "left_out")
    if isinstance(left_out, list) and left_out:
        rows.append(("Left out", f"{count(len(left_out))} that could not be used"))
    seed = run.known("seed")
    rows.append(("Seeds", "unknown" if seed is None else str(seed).strip("[]")))
    if run.crossval:
        validates = run.known("data", "split", "validation")
        rows.append(("Folds", f"{folds_words(run)}; validation: {validates}"))
    rows.append(("Weights kept", chosen(run)))
    if material.pooled and material.pooled.per_frame:
        rows.append(("Scored over", "frames of all clips, pooled"))
    return Section("Protocol", [Facts(rows), *material.missing("environment.json")])


def chosen(run: RunFiles, unit: str = "clip") -> str:
    """How the weights were chosen, as far as recipe and log say."""
    untouched = f"no test {unit} was used to choose"
    if within(run.recipe, "training", "keep") == "last":
        return f"those of the last epoch; {untouched}"
    if run.crossval:
        return f"of each fold those of lowest validation loss; {untouched}"
    if run.best_epoch is None:
        return "how they were chosen is not told in this folder"
    known = {line["epoch"]: line for line in run.epochs}
    side = "validation" if "val_loss" in known.get(run.best_epoch, {}) else "training"
    of = f" of {int(run.epochs[-1]['epoch'])}" if run.epochs else ""
    stopped = f" (training ended: {run.stopped})" if run.stopped else ""
    return f"epoch {run.best_epoch}{of}, lowest {side} loss{stopped}; {untouched}"


CURVES = (
    ("Loss", "loss"),
    ("Accuracy", "accuracy"),
    ("Among the three likeliest", "top3_accuracy"),
    ("Characters read right", "character_accuracy"),
    ("True boxes that a proposal meets", "box_recall"),
)


def curves(material: Material) -> Section:
    """Loss and accuracy over epochs; of many classes also the share among the three likeliest."""
    run = material.run
    pictures = []
    for name, figure in CURVES:
        lines = {
            label: [
                (int(line["epoch"]), value)
                for line in run.epochs
                if (value := number(line.get(f"{side}_{figure}"))) is not None
            ]
            for label, side in (("training", "train"), ("validation", "val"))
        }
        if any(lines.values()):
            svg = plots.training_curve(
                name, lines, best_epoch=run.best_epoch, shares=figure != "loss"
            )
            pictures.append(Picture(svg, ""))
    blocks: list[Block] = [Beside(pictures)] if pictures else []
    return Section("Training", [*blocks, *material.missing("log.jsonl")])


def mistakes(material: Material) -> Section:
    """Film strips of the answers that were surest and wrong."""
    strips, pooled = material.run.strips, material.pooled
    blocks: list[Block] = []
    if strips:
        blocks = [Say("Wrong answers that the network was surest of."), Films(strips)]
    elif pooled is not None and pooled.right == len(pooled.truths):
        return Section("Worst mistakes", [Say("No mistake was made on the test side.")])
    if pooled is None:
        return Section("Worst mistakes", [])
    return Section("Worst mistakes", [*blocks, *material.missing("pictures/")])


def cost(material: Material) -> Section:
    """What the network weighs and how long it takes."""
    run = material.run
    known = {name: number(run.known("cost", name)) for name in (run.known("cost") or {})}
    rows = []
    if known.get("weights") is not None:
        rows.append(("Size", f"{count(known['weights'])} weights"))
    if known.get("train_seconds") is not None:
        rows.append(("Training", duration(known["train_seconds"])))
    for name, title in (
        ("frame", "One frame"),
        ("clip", "One clip"),
        ("line", "One line"),
        ("picture", "One picture"),
        ("character", "One character"),
    ):
        value = known.get(f"milliseconds_per_{name}")
        if value is not None:
            rows.append((title, milliseconds(value)))
    machine = run.known("machine")
    if isinstance(machine, dict):
        told = [machine.get("cpu"), machine.get("cores") and f"{machine['cores']} cores"]
        told.append(machine.get("device") and f"device {machine['device']}")
        rows.append(("Machine", ", ".join(str(part) for part in told if part)))
    return Section("Cost", [Facts(rows)] if rows else [])


def repeat(material: Material, unit: str = "clips") -> Section:
    """The command that repeats the run, and the environment it ran in, folded away."""
    run = material.run
    blocks: list[Block] = []
    if run.environment.get("command"):
        blocks.append(Code(str(run.environment["command"])))
    left = ("data", "cost", "command", "leakage", "network")
    rows = [
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in run.environment.items()
        if name not in left
    ]
    if rows:
        blocks.append(Fold("Environment", [Facts([(name, str(value)) for name, value in rows])]))
    if run.recipe:
        text = json.dumps(run.recipe, indent=2, ensure_ascii=False)
        blocks.append(Fold("Recipe in full", [Code(text)]))
    ids = _ids(run, unit)
    if ids:
        blocks.append(Fold(f"{unit.capitalize()} on each side", ids))
    return Section("How to repeat it", blocks)


def _ids(run: RunFiles, unit: str) -> list[Block]:
    sides = {side: run.known("data", "split", side) for side in ("train", "val", "test")}
    lists = {
        side: [str(name) for name in ids] for side, ids in sides.items() if isinstance(ids, list)
    }
    if sum(map(len, lists.values())) > MOST_IDS:
        return [Say("Too many to print; environment.json lists them.", "note")]
    blocks: list[Block] = []
    for side, ids in lists.items():
        blocks += [Say(f"{side}, {len(ids)} {unit}"), Code(" ".join(ids))]
    return blocks
