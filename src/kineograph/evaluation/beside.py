"""The three baselines of an experiment, on its own sides."""

from dataclasses import replace
from typing import Any

from kineograph.data.clips import ClipDataset
from kineograph.data.copies import originals
from kineograph.evaluation import baselines
from kineograph.evaluation.job import Experiment, Sides, ask, make_network, no_stage, training_of
from kineograph.nets.models import MODELS, PConvLSTMConfig
from kineograph.report.answers import write_answers
from kineograph.tasks import LabelClips, LabelStreams
from kineograph.training.fit import fit

FRAME_FIELDS = (
    "filters",
    "pools",
    "kernel",
    "convolutions",
    "first_kernel",
    "last_convolutions",
    "dropout",
    "dropout_last",
    "features_dropout",
    "hidden",
    "frames_norm",
    "start",
    "encoder",
)


def run_baselines(job: Experiment, sides: Sides) -> dict[str, Any]:
    """Majority, metadata and single frame on the same sides; their answers go to RUN/baselines."""
    train = originals(sides.split.train + sides.split.val)  # copies say nothing of frequency
    counts = {a.id: len(sides.cache[a][1]) for a in (*train, *sides.split.test)}
    guesses = {
        "majority": baselines.majority(train, sides.split.test),
        "metadata": baselines.metadata(
            job.data, train, sides.split.test, counts, seed=job.recipe.training.seed
        ),
    }
    for name, guess in guesses.items():
        write_answers(job.run / "baselines" / f"{name}.jsonl", guess.answers)
    scores = {name: guess.scores for name, guess in guesses.items()}
    return scores | {"frame": _single_frame(job, sides)}


FRAMES_OF_BASELINE = 6  # single frames a clip that vote; more do not help (trials: 6 of 40)


def _single_frame(job: Experiment, sides: Sides) -> dict[str, Any]:
    """The same encoder without recurrence, trained alike on a few frames of every clip."""
    model, task = job.recipe.model, job.recipe.task
    model = getattr(model, "rgb", model)  # of two streams the one that sees pictures
    shared = {name: getattr(model, name) for name in FRAME_FIELDS if hasattr(model, name)}
    data = few = replace(job.recipe.data, inputs=("rgb",))  # one frame of flow has seen two
    note = "same encoder on the same frames, each alone"
    if isinstance(task, LabelStreams):
        task = task.as_clips()
    if isinstance(task, LabelClips):
        frames = min(FRAMES_OF_BASELINE, data.frames_per_clip)
        few = replace(data, frames_per_clip=frames, sampling="even")
        task = replace(task, steps="mean")
        note = f"same encoder, {frames} single frames a clip vote"
    numbers = replace(job.recipe.training, freeze=())
    if isinstance(model, PConvLSTMConfig):
        model = model.without_memory()
    else:
        model = MODELS["frame"](**shared)
    recipe = replace(job.recipe, model=model, task=task, data=few, training=numbers)
    plain = replace(job, recipe=recipe, run=job.run / "baselines" / "frame", start_from=None)
    train, test = replace_config(sides.train, few), replace_config(sides.test, few)
    val = replace_config(sides.val, few) if sides.val else None
    network = make_network(plain)
    few_sides = Sides(sides.split, sides.leakage, sides.cache, train, val, test)
    training = training_of(plain, network, few_sides, plain.run)
    with job.stage("Single-frame baseline", "clips") as training.progress:
        fit(training, resume=job.resume)
    answers = ask(replace(plain, stage=no_stage), network, test)
    write_answers(job.run / "baselines" / "frame.jsonl", answers)
    truths = [label for a in answers for label in a.truths]
    found = [label for a in answers for label in a.answers]
    return {
        **baselines.scores_of(truths, found),
        "note": note,
    }


def replace_config(data: ClipDataset, config: Any) -> ClipDataset:
    """The same clips, read otherwise."""
    return ClipDataset(
        data.annotations, data.classes, cache=data.cache, config=config, training=data.training
    )
