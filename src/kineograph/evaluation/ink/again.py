"""A trained hand on another folder of ink, or another side of its own: asked anew."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from kineograph.data.ink.batch import InkExamples
from kineograph.data.ink.line import InkLine
from kineograph.data.ink.split import InkSplit, split_ink
from kineograph.data.prepared_folder import PreparedFolder
from kineograph.errors import InputError, nearest
from kineograph.evaluation.ink.environment import ink_environment
from kineograph.evaluation.ink.experiment import ask_and_report
from kineograph.evaluation.ink.job import InkExperiment, InkSides
from kineograph.evaluation.job import Stage
from kineograph.recipes.hand import TrainedHand

SIDES = ("test", "val", "train", "all")


def evaluate_ink_again(
    trained: TrainedHand,
    data: PreparedFolder[InkLine],
    side: str | None,
    out: Path,
    *,
    device: torch.device,
    stage: Stage,
    say: Callable[[str], None],
) -> Path:
    """Ask about one side of a prepared folder; returns the report in `out`.

    "all" asks about every line; None is "test" of the data that it was trained on, and all of
    other data. Lines that the network was trained on are said in the first line.
    """
    if side is not None and side not in SIDES:
        raise InputError(
            f"--side {side}: known sides are {', '.join(SIDES)}. {nearest(side, SIDES)}".rstrip()
        )
    if (out / "model.safetensors").exists():
        raise InputError(f"{out}: holds a training. Choose another --out for the evaluation.")
    learned = _learned(trained.folder)
    lines = data.records
    side = side or ("test" if learned & {line.id for line in lines} else "all")
    split = _asked(trained, data, side)
    examples = InkExamples(split.test, trained.known, trained.config)
    if not len(examples):
        raise InputError(
            f"{data.path}: no line can be asked about. {' '.join(examples.problems[:1])}"
        )
    for problem in examples.problems:
        say(f"left out: {problem}")
    job = InkExperiment(trained.recipe, data, out, device=device, stage=stage, say=say)
    train = InkExamples(split.train, trained.known, trained.config)
    sides = InkSides(split, trained.known, train, None, examples, examples.problems)
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(trained.folder / "recipe.json", out / "recipe.json")
    both = len(learned & {line.id for line in split.test})
    leakage = f"{both} of these lines were used in training: this is no test." if both else None
    only = replace(sides, split=replace(split, train=[], val=[]))
    found = ink_environment(job, trained.network.to(device), only, None, leakage)
    return Path(ask_and_report(job, trained, sides, side, found))


def _asked(trained: TrainedHand, data: PreparedFolder[InkLine], side: str) -> InkSplit:
    """The lines that are asked about, as the test side; what the control learns from, as train."""
    if side == "all":
        return InkSplit(train=[], val=[], test=data.records, how="all lines")
    config = trained.config
    whole = split_ink(data.records, config.split, fractions=config.fractions, seed=config.seed)
    chosen = whole.sides[side]
    if not chosen:
        raise InputError(f"{data.path}: no line on the {side} side. Ask about another: --side all.")
    return replace(whole, val=[], test=chosen, how=f"{whole.how}, {side} side")


def _learned(folder: Path) -> set[str]:
    """The lines that the network was fitted to or tuned by; their names are of their ink."""
    path = folder / "environment.json"
    if not path.exists():
        return set()
    split = json.loads(path.read_text(encoding="utf-8"))["data"]["split"]
    return {*split["train"], *split["val"]}
