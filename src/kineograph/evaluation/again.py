"""A trained network on another folder, or on another side of its own: answers and report anew."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import torch

from kineograph.data.annotation import Annotation
from kineograph.data.cache import Cache
from kineograph.data.clips import ClipDataset
from kineograph.data.copies import originals
from kineograph.data.dataset_folder import DataFolder
from kineograph.data.split import Split
from kineograph.errors import InputError, nearest
from kineograph.evaluation import baselines
from kineograph.evaluation.environment import environment
from kineograph.evaluation.job import Experiment, Stage, ask, read_clips, write_json
from kineograph.evaluation.sides import deal_as
from kineograph.evaluation.worst import draw_worst
from kineograph.recipes import Trained
from kineograph.report.answers import write_answers
from kineograph.report.page.report import write_report

SIDES = ("test", "val", "train", "all")


def evaluate_again(
    trained: Trained,
    data: DataFolder,
    side: str | None,
    out: Path,
    *,
    device: torch.device,
    stage: Stage,
    say: Callable[[str], None],
) -> Path:
    """Ask about one side of a prepared folder; returns the report in `out`.

    "all" asks about every clip; None is "test" of the data that it was trained on, and all of
    other data. Clips that the network was trained on are said in the first line.
    """
    if side is not None and side not in SIDES:
        raise InputError(
            f"--side {side}: known sides are {', '.join(SIDES)}. {nearest(side, SIDES)}".rstrip()
        )
    _check_classes(trained, data)
    if (out / "model.safetensors").exists():
        raise InputError(f"{out}: holds a training. Choose another --out for the evaluation.")
    job = Experiment(recipe=trained.recipe, data=data, run=out, device=device, stage=stage, say=say)
    cache, readable, problems = read_clips(job)
    config = trained.recipe.data
    side = side or ("test" if _learned(trained) & {clip.id for clip in readable} else "all")
    split = Split(train=[], val=[], test=originals(readable), how="all clips", warning=None)
    whole: Split | None = None
    if side != "all":
        whole = deal_as(trained.recipe, readable)
        chosen = whole.sides[side] if side == "test" else originals(whole.sides[side])
        split = Split(
            train=[],
            val=[],
            test=chosen,
            how=f"{whole.how}, {side} side",
            warning=whole.warning,
        )
    if not split.test:
        raise InputError(f"{data.path}: no clip on the {side} side. Ask about another: --side all.")
    asked = ClipDataset(split.test, trained.classes, cache=cache, config=config, training=False)
    answers = ask(job, trained.network, asked, side)
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(trained.folder / "recipe.json", out / "recipe.json")
    write_answers(out / "predictions.jsonl", answers)
    _write_baselines(job, cache, _training_side(trained, readable, whole, side), split.test)
    found = environment(job, split, problems, trained.network, asked, train_seconds=None)
    write_json(out / "environment.json", found | {"leakage": _trained_on(trained, split.test)})
    draw_worst(out, answers, asked)
    return write_report(out)


def _training_side(
    trained: Trained, readable: list[Annotation], whole: Split | None, side: str
) -> list[Annotation]:
    """What a baseline may learn from here: the network's own clips, else this folder's side."""
    learned = _learned(trained)
    own = [clip for clip in readable if clip.id in learned]
    if own or whole is None or side == "train":
        return own
    return whole.train


def _write_baselines(
    job: Experiment, cache: Cache, train: list[Annotation], asked: list[Annotation]
) -> None:
    """Majority and metadata beside the answers, or one line that says why not."""
    path = job.run / "baselines.json"
    path.unlink(missing_ok=True)  # of an earlier evaluation into the same folder
    train = originals(without(train, asked))
    if not train:
        job.say(
            "No baselines: no clip here that is not asked about was trained on, so there is "
            "nothing for them to learn from."
        )
        return
    seed = job.recipe.training.seed
    counts = {clip.id: len(cache.seconds(clip)) for clip in (*train, *asked)}
    guesses = {
        "majority": baselines.majority(train, asked),
        "metadata": baselines.metadata(job.data, train, asked, counts, seed=seed),
    }
    write_json(path, {name: guess.scores for name, guess in guesses.items()})


def without(clips: list[Annotation], others: list[Annotation]) -> list[Annotation]:
    """The clips that are not among the others."""
    gone = {clip.id for clip in others}
    return [clip for clip in clips if clip.id not in gone]


def _check_classes(trained: Trained, data: DataFolder) -> None:
    unknown = sorted(set(data.classes) - set(trained.classes))
    if unknown:
        raise InputError(
            f"{data.path}: has classes that {trained.name} never learned ({', '.join(unknown)}); "
            f"it knows {', '.join(trained.classes)}. Train on this folder: kineograph train "
            f"{trained.recipe.name} {data.path} --from {trained.folder}."
        )


def _trained_on(trained: Trained, asked: list[Annotation]) -> str | None:
    """A sentence, if clips that are asked about were learned from."""
    both = len(_learned(trained) & {clip.id for clip in asked})
    if not both:
        return None
    return f"{both} of these {len(asked)} clips were used in training: this is no test."


def _learned(trained: Trained) -> set[str]:
    """Ids of the clips that the network was fitted to or chosen by."""
    path = trained.folder / "environment.json"
    if not path.exists():
        return set()
    split = json.loads(path.read_text(encoding="utf-8"))["data"]["split"]
    return {*split["train"], *split["val"]}
