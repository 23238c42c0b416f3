"""The sides of an experiment: dealt, and checked for what none may share."""

from dataclasses import replace

from kineograph.data.annotation import Annotation
from kineograph.data.cache import Cache
from kineograph.data.clips import ClipDataset
from kineograph.data.copies import describe_left_out
from kineograph.data.leakage import find_leaks
from kineograph.data.part_learned import part_learned
from kineograph.data.split import Split, assign_splits
from kineograph.errors import InputError
from kineograph.evaluation.job import Experiment, Sides, read_clips
from kineograph.recipes import Recipe

LEAKS_SHOWN = 3


def prepare_sides(job: Experiment) -> tuple[Sides, list[str]]:
    """Read the clips and split them; returns the sides and what was left out."""
    cache, readable, problems = read_clips(job)
    data = job.recipe.data
    split = _readable_of(job.split, readable) if job.split else deal_as(job.recipe, readable)
    split = replace(split, train=part_learned(split.train, data.learn_from))
    if split.warning:
        job.say(split.warning)
    if split.copies_left_out:
        job.say(describe_left_out(split.copies_left_out))
    _check_sides(job, split)
    leakage = _check_leakage(job, split, cache)
    classes = job.data_classes

    def side(clips: list[Annotation], training: bool) -> ClipDataset:
        return ClipDataset(clips, classes, cache=cache, config=data, training=training)

    val = side(split.val, False) if split.val else None
    return Sides(
        split, leakage, cache, side(split.train, True), val, side(split.test, False)
    ), problems


def deal_as(recipe: Recipe, readable: list[Annotation]) -> Split:
    """The split that a recipe asks for."""
    data = recipe.data
    return assign_splits(
        readable,
        data.split,
        fractions=data.fractions,
        seed=data.seed,
        test_person=data.test_person,
        tuned=recipe.training.keep == "best",
    )


def _readable_of(split: Split, readable: list[Annotation]) -> Split:
    """A ready dealt split without the clips that cannot be read."""
    known = {clip.id for clip in readable}

    def kept(clips: list[Annotation]) -> list[Annotation]:
        return [clip for clip in clips if clip.id in known]

    return replace(split, train=kept(split.train), val=kept(split.val), test=kept(split.test))


def _check_sides(job: Experiment, split: Split) -> None:
    for side, clips in (("train", split.train), ("test", split.test)):
        if not clips:
            raise InputError(
                f"{job.data.path}: no clip is left for the {side} side. "
                "Bring more clips or groups, or change data.fractions."
            )
    missing = sorted(set(job.data_classes) - {a.label for a in split.train})
    if missing:
        raise InputError(
            f"{job.data.path}: no training clip of {', '.join(missing)}. A class must be on the "
            "training side: bring more clips or groups, or change data.split or data.seed."
        )


def _check_leakage(job: Experiment, split: Split, cache: Cache) -> str | None:
    """Refuse what stands on two sides, unless it is allowed: then a sentence for the report."""
    with job.stage("Looking for leaks", "clips") as progress:
        leaks = find_leaks(
            split,
            cache,
            job.data,
            likely=job.look_for_copies,
            progress=lambda done, total: progress(done, total, ""),
        )
    if not leaks:
        return None
    first = "; ".join(str(leak) for leak in leaks[:LEAKS_SHOWN])
    more = f"; and {len(leaks) - LEAKS_SHOWN} more" if len(leaks) > LEAKS_SHOWN else ""
    if not job.allow_leakage:
        raise InputError(
            f"{job.data.path}: the sides share what they must not ({first}{more}). Give clips that "
            "belong together one group and leave copies out, or train with --allow-leakage: the "
            "report will say so first."
        )
    return f"The sides share what they must not: {first}{more}."
