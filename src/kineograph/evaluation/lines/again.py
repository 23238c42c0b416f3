"""A trained reader on another folder, or on another side of its own: read and reported anew."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from kineograph.data.lines.batch import LineExamples
from kineograph.data.lines.folder import LinesFolder
from kineograph.data.lines.line import Line
from kineograph.data.lines.split import LineSplit, split_lines
from kineograph.data.text import report_alphabet
from kineograph.errors import InputError, nearest
from kineograph.evaluation.job import Stage, write_json
from kineograph.evaluation.lines.environment import lines_environment
from kineograph.evaluation.lines.experiment import read_and_draw
from kineograph.evaluation.lines.job import LinesExperiment, read_pictures
from kineograph.recipes.reader import TrainedReader
from kineograph.report.lines.page import write_lines_report

SIDES = ("test", "val", "train", "all")


def evaluate_lines_again(
    trained: TrainedReader,
    data: LinesFolder,
    side: str | None,
    out: Path,
    *,
    device: torch.device,
    stage: Stage,
    say: Callable[[str], None],
) -> Path:
    """Read one side of a prepared folder; returns the report in `out`.

    "all" reads every line; None is "test" of the data that it was trained on, and all of other
    data. Lines that the network was trained on are said in the first line.
    """
    if side is not None and side not in SIDES:
        raise InputError(
            f"--side {side}: known sides are {', '.join(SIDES)}. {nearest(side, SIDES)}".rstrip()
        )
    if (out / "model.safetensors").exists():
        raise InputError(f"{out}: holds a training. Choose another --out for the evaluation.")
    job = LinesExperiment(trained.recipe, data, out, device=device, stage=stage, say=say)
    cache, problems = read_pictures(job, data)
    readable = [line for line in data.lines if line in cache]
    learned = _learned(trained, data)
    side = side or ("test" if learned & {line.id for line in readable} else "all")
    split = _asked(job, readable, side)
    examples = LineExamples(
        split.test, cache, trained.alphabet, policy=trained.policy, unseen="skip"
    )
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(trained.folder / "recipe.json", out / "recipe.json")
    texts = {"train": [(character, None) for character in trained.alphabet.characters]}
    asked = [(line.text, line.group) for line in split.test]
    report = report_alphabet(texts | {side if side != "train" else "asked": asked}, trained.policy)
    # a policy may take a lone space away, so the alphabet itself says what it holds
    unseen = [each for each in report.unseen if each.character not in trained.alphabet]
    for count in unseen:
        say(f"not in its alphabet, so always wrong: {count}")
    never = [f"Never in training, so always wrong: {count}." for count in unseen]
    said = {"policy": str(trained.policy), "lines": [*report.lines()[:1], *never]}
    write_json(out / "alphabet.json", said)
    both = len(learned & {line.id for line in split.test})
    known = (
        f"{both} of these {len(split.test)} lines were used in training: this is no test."
        if both
        else None
    )
    found = lines_environment(job, trained.network, split, examples, problems, None)
    write_json(out / "environment.json", found | {"leakage": known})
    read_and_draw(job, trained, examples, side)
    return write_lines_report(out)


def _asked(job: LinesExperiment, readable: list[Line], side: str) -> LineSplit:
    """The lines that are asked about, as the test side of a split."""
    config = job.config
    if side == "all":
        return LineSplit(train=[], val=[], test=readable, how="all lines")
    whole = split_lines(readable, config.split, fractions=config.fractions, seed=config.seed)
    chosen = whole.sides[side]
    if not chosen:
        raise InputError(
            f"{job.data.path}: no line on the {side} side. Ask about another: --side all."
        )
    return replace(whole, train=[], val=[], test=chosen, how=f"{whole.how}, {side} side")


def _learned(trained: TrainedReader, data: LinesFolder) -> set[str]:
    """Ids of the lines of this data set that the network was fitted to or tuned by.

    An id is of a place within its data set, so lines of another one may have the same.
    """
    path = trained.folder / "environment.json"
    if not path.exists():
        return set()
    known = json.loads(path.read_text(encoding="utf-8"))["data"]
    if data.name in known.get("also", ()):
        return {line.id for line in data.lines}
    if known["name"] != data.name:
        return set()
    return {*known["split"]["train"], *known["split"]["val"]}
