"""Pictures read, dealt to sides and checked, before anything is learned."""

import hashlib
import json
from typing import Any

from kineograph.data.pictures.cache import PictureCache, build_picture_cache
from kineograph.data.pictures.split import PictureSplit, same_pictures, split_pictures
from kineograph.errors import InputError
from kineograph.evaluation.pictures.kind import PictureExperiment
from kineograph.recipes import recipe_to_json

COPIES_SHOWN = 3


def read_pictures(job: PictureExperiment) -> tuple[PictureCache, list[Any], list[str]]:
    """The cache, the records whose pictures can be read, and a line for each picture that cannot.

    Raises InputError if none can be read.
    """
    records, config = job.data.records, job.recipe.data
    with job.stage("Reading the pictures", "pictures") as progress:
        cache, faults = build_picture_cache(
            job.data.cache,
            job.data.source_root,
            [record.picture for record in records],
            size_pixels=config.size_pixels,
            fit=config.fit,
            frames=getattr(config, "frames", 1),
            progress=lambda done, total: progress(done, total, ""),
        )
    problems = sorted(faults.values())
    for problem in problems:
        job.say(f"left out: {problem}")
    if not len(cache):
        raise InputError(
            f"{job.data.path}: none of its {len(problems)} pictures can be read. "
            "Look at the lines above, mend the files, and prepare the folder again."
        )
    return cache, [record for record in records if record.picture in cache], problems


def deal_sides(
    job: PictureExperiment, records: list[Any], cache: PictureCache
) -> tuple[PictureSplit[Any], str | None]:
    """The split, and what stands on two sides of it: refused, unless it was given or is allowed."""
    config = job.recipe.data
    split = split_pictures(records, config.split, fractions=config.fractions, seed=config.seed)
    if split.warning:
        job.say(split.warning)
    copies = same_pictures(split, cache)
    if not copies:
        return split, None
    first = "; ".join(copies[:COPIES_SHOWN])
    more = f"; and {len(copies) - COPIES_SHOWN} more" if len(copies) > COPIES_SHOWN else ""
    if split.how != "given" and not job.allow_leakage:
        raise InputError(
            f"{job.data.path}: the same picture stands on two sides ({first}{more}). Give copies "
            "one group or leave them out, or train with --allow-leakage: the report will say so "
            "first."
        )
    said = f"The same picture stands on two sides: {first}{more}."
    job.say(said)
    return split, said


def ids_of(records: list[Any]) -> list[str]:
    """The pictures of some records, each once."""
    return list(dict.fromkeys(record.picture for record in records))


def fingerprint(job: PictureExperiment, split: PictureSplit[Any], known: dict[str, Any]) -> str:
    """Of all that decides the weights: a checkpoint of another training is not gone on with."""
    said = [[repr(record) for record in side] for side in (split.train, split.val)]
    whole = [recipe_to_json(job.recipe), job.start_from, said, known]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:16]
