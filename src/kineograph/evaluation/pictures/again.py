"""A trained network on another folder of pictures, or another side of its own: asked anew."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from kineograph.data.pictures.split import PictureSplit, split_pictures
from kineograph.data.prepared_folder import PreparedFolder
from kineograph.errors import InputError, nearest
from kineograph.evaluation.job import Stage
from kineograph.evaluation.pictures.environment import picture_environment
from kineograph.evaluation.pictures.experiment import ask_and_report
from kineograph.evaluation.pictures.kind import Asked, PictureExperiment, PictureKind
from kineograph.evaluation.pictures.sides import ids_of, read_pictures

SIDES = ("test", "val", "train", "all")


def evaluate_pictures_again(
    run: str | Path,
    kind: PictureKind,
    data: PreparedFolder[Any],
    side: str | None,
    out: Path,
    *,
    device: torch.device,
    stage: Stage,
    say: Callable[[str], None],
    with_baselines: bool = True,
) -> Path:
    """Ask about one side of a prepared folder; returns the report in `out`.

    "all" asks about every record; None is "test" of the data that it was trained on, and all of
    other data. Pictures that the network was trained on are said in the first line.
    """
    if side is not None and side not in SIDES:
        raise InputError(
            f"--side {side}: known sides are {', '.join(SIDES)}. {nearest(side, SIDES)}".rstrip()
        )
    if (out / "model.safetensors").exists():
        raise InputError(f"{out}: holds a training. Choose another --out for the evaluation.")
    trained = kind.load(run)
    job = PictureExperiment(
        trained.recipe,
        data,
        out,
        device=device,
        with_baselines=with_baselines,
        stage=stage,
        say=say,
    )
    cache, records, problems = read_pictures(job)
    learned = _learned(trained.folder, data)
    side = side or ("test" if learned & {record.picture for record in records} else "all")
    split = _asked(job, records, side)
    sides = kind.sides(trained.recipe, split, cache, trained.known)
    for remark in sides.remarks:
        say(remark)
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(trained.folder / "recipe.json", out / "recipe.json")
    both = len(learned & set(ids_of(split.test)))
    known = f"{both} of these pictures were used in training: this is no test." if both else None
    found = picture_environment(
        job,
        trained.network,
        replace(split, train=[], val=[]),
        problems=problems,
        remarks=sides.remarks,
        leakage=known,
        train_seconds=None,
    )
    asked = Asked(job, trained, sides.test, side, split.test, split.train, cache)
    return ask_and_report(kind, asked, found)


def _asked(job: PictureExperiment, records: list[Any], side: str) -> PictureSplit[Any]:
    """The records that are asked about, as the test side; what baselines learn from, as train."""
    config = job.recipe.data
    if side == "all":
        return PictureSplit(train=[], val=[], test=records, how="all pictures")
    whole = split_pictures(records, config.split, fractions=config.fractions, seed=config.seed)
    chosen = whole.sides[side]
    if not chosen:
        raise InputError(
            f"{job.data.path}: no picture on the {side} side. Ask about another: --side all."
        )
    train = [] if side == "train" else whole.train
    return replace(whole, train=train, val=[], test=chosen, how=f"{whole.how}, {side} side")


def _learned(folder: Path, data: PreparedFolder[Any]) -> set[str]:
    """The pictures of this data set that the network was fitted to or tuned by."""
    path = folder / "environment.json"
    if not path.exists():
        return set()
    known = json.loads(path.read_text(encoding="utf-8"))["data"]
    if known["name"] != data.name:
        return set()
    return {*known["split"]["train"], *known["split"]["val"]}
