"""What an experiment with pictures asks of regions: sides, answers, figures to compare with."""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from kineograph.data.pictures.cache import Picture, PictureCache
from kineograph.data.pictures.split import PictureSplit
from kineograph.data.pictures.tensor import picture_tensor
from kineograph.data.regions.augment import NOTHING
from kineograph.data.regions.batch import RegionExamples
from kineograph.data.regions.folder import REGIONS
from kineograph.data.regions.picture import RegionPicture
from kineograph.data.words import Vocabulary
from kineograph.errors import InputError
from kineograph.evaluation.job import write_json
from kineograph.evaluation.pictures.kind import Asked, PictureKind, PictureSides
from kineograph.metrics.captions.words import caption_words
from kineograph.recipes import Recipe
from kineograph.recipes.dense_captioner import (
    TrainedDenseCaptioner,
    build_dense_captioner,
    load_dense_captioner,
)
from kineograph.report.regions.answers import DescribedBox, RegionAnswer, write_region_answers
from kineograph.report.regions.material import SHOWN
from kineograph.report.regions.page import write_regions_report
from kineograph.report.regions.scores import EXACT, LANGUAGE, score_regions
from kineograph.report.regions.summary import mean_box_ap, summarise_regions, table_of
from kineograph.tasks.describe_regions import Described

PICTURES_SHOWN = 6
SENTENCES_OF_A_CONSTANT = 10
WORDS_NAMED = 8


def region_sides(
    recipe: Recipe,
    split: PictureSplit[RegionPicture],
    cache: PictureCache,
    known: dict[str, Any] | None,
) -> PictureSides:
    """The three sides; words are those of the training side, after the ones known before."""
    config = recipe.data
    vocabulary = _vocabulary(split.train, config.least_count, known)
    sides = {
        side: RegionExamples(
            pictures,
            cache,
            vocabulary,
            longest=config.longest,
            augmentation=config.augmentation if side == "train" else NOTHING,
        )
        for side, pictures in split.sides.items()
    }
    if split.train and not len(sides["train"]):
        raise InputError(
            f"data.longest={config.longest}: no training picture has a region with so few words. "
            "Raise it."
        )
    return PictureSides(
        {"vocabulary": list(vocabulary.words)},
        sides["train"],
        sides["val"] if len(sides["val"]) else None,
        sides["test"],
        _remarks(split, sides, vocabulary),
    )


def _vocabulary(
    pictures: Sequence[RegionPicture], least_count: int, known: dict[str, Any] | None
) -> Vocabulary:
    before = tuple(known["vocabulary"]) if known else ()
    if not pictures:
        return Vocabulary(before)
    said = (caption_words(each.sentence) for picture in pictures for each in picture.regions)
    new = Vocabulary.of(said, least_count).words
    return Vocabulary((*before, *(word for word in new if word not in before)))


def _remarks(
    split: PictureSplit[RegionPicture], sides: dict[str, RegionExamples], vocabulary: Vocabulary
) -> list[str]:
    """What a person must know before the figures: words never learned, pictures not learned from"""
    said = [
        f"{len(data.left_out)} {side} pictures have no region that can be learned from."
        for side, data in sides.items()
        if side != "test" and data.left_out
    ]
    words = [word for picture in split.test for each in picture.regions
             for word in caption_words(each.sentence)]  # fmt: skip
    never = vocabulary.unknown(words)
    if never:
        more = f" and {len(never) - WORDS_NAMED} more" if len(never) > WORDS_NAMED else ""
        said.append(f"never in training, so never said: {', '.join(never[:WORDS_NAMED])}{more}.")
    return said


# ------------------------------------------------------------------------------------- answers


def ask_regions(asked: Asked) -> dict[str, Any]:
    """Every picture of the side; predictions.jsonl, controls.json and some pictures to show."""
    run, records = asked.job.run, list(asked.records)
    answers: list[RegionAnswer] = []
    began = time.perf_counter()
    with asked.job.stage("Describing", "pictures") as progress:
        for some in _groups(records, asked.job.recipe.training.batch):
            pictures = [asked.cache[record.picture] for record in some]
            described = describe_pictures(asked.trained, pictures, asked.job.device)
            answers += [
                answer_of(record, found, asked.trained, asked.side)
                for record, found in zip(some, described, strict=True)
            ]
            progress(len(answers), len(records), "")
    seconds = time.perf_counter() - began
    write_region_answers(run / "predictions.jsonl", answers)
    if asked.job.with_baselines and asked.learned:
        write_json(run / "controls.json", controls(answers, asked.learned))
    _keep_shown(run / SHOWN, records, asked.cache)
    return {"milliseconds_per_picture": round(1000 * seconds / max(1, len(records)), 3)}


def describe_pictures(
    trained: TrainedDenseCaptioner, pictures: Sequence[Picture], device: torch.device
) -> list[Described]:
    """Square pictures (S, S, 3) -> what is found in each, in pixels of the square."""
    batch = picture_tensor(pictures).to(device)
    found: list[Described] = trained.recipe.task.describe(trained.network, batch)
    return found


def answer_of(
    record: RegionPicture, found: Described, trained: TrainedDenseCaptioner, side: str
) -> RegionAnswer:
    """What was found beside what is there, in pixels of the picture itself."""
    size = trained.recipe.data.size_pixels
    scale = np.array([record.width_pixels, record.height_pixels] * 2) / size
    return RegionAnswer(
        record.picture,
        tuple(
            DescribedBox(_corners(box), trained.sentence(words), round(float(sure), 4))
            for box, sure, words in zip(
                found.boxes * scale, found.confidences, found.words, strict=True
            )
        ),
        tuple(_true_boxes(record)),
        record.group,
        record.source,
        side,
    )


def _true_boxes(record: RegionPicture) -> Iterator[DescribedBox]:
    """Cut at the border; what lies beyond it, or says no word, nobody can find."""
    for region in record.regions:
        left, top, right, bottom = region.corners
        box = (
            max(left, 0.0),
            max(top, 0.0),
            min(right, record.width_pixels),
            min(bottom, record.height_pixels),
        )
        if box[2] > box[0] and box[3] > box[1] and caption_words(region.sentence):
            yield DescribedBox(_corners(box), region.sentence)


def _corners(box: Any) -> tuple[float, float, float, float]:
    left, top, right, bottom = (round(float(place), 2) for place in box)
    return left, top, right, bottom


def _groups(records: list[Any], size: int) -> Iterator[list[Any]]:
    return (records[at : at + size] for at in range(0, len(records), size))


def _keep_shown(folder: Path, records: list[RegionPicture], cache: PictureCache) -> None:
    """The first pictures of the side as PNG in their own proportions: chosen by nobody."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = {}
    for number, record in enumerate(records[:PICTURES_SHOWN]):
        size = (record.width_pixels, record.height_pixels)
        Image.fromarray(cache[record.picture]).resize(size, Image.Resampling.BICUBIC).save(
            folder / f"{number}.png"
        )
        shown[record.picture] = f"{number}.png"
    (folder / "shown.json").write_text(json.dumps(shown), encoding="utf-8")


# ------------------------------------------------------------------------------------- controls


def controls(
    answers: Sequence[RegionAnswer], learned: Sequence[RegionPicture]
) -> dict[str, dict[str, Any]]:
    """What a network must beat: the found boxes with one sentence, and one answer to all pictures.

    What each says is learned from the training side alone.
    """
    counts = Counter(region.sentence for picture in learned for region in picture.regions)
    (most, _), *_ = counts.most_common(1)
    frequent = [
        replace(each, found=tuple(replace(box, sentence=most) for box in each.found))
        for each in answers
    ]
    usual = [sentence for sentence, _ in counts.most_common(SENTENCES_OF_A_CONSTANT)]
    boxes = mean_boxes(learned, usual)
    sizes = {picture.picture: picture for picture in learned}
    width = float(np.mean([each.width_pixels for each in sizes.values()]))
    height = float(np.mean([each.height_pixels for each in sizes.values()]))
    scale = np.array([width, height] * 2)
    same = tuple(
        DescribedBox(_corners(boxes[said] * scale), said, 1 - place / len(usual))
        for place, said in enumerate(usual)
    )
    constant = [replace(each, found=same) for each in answers]
    return {
        "most frequent sentence": _control(f"'{most}' on every box that was found", frequent),
        "one answer to all": _control(
            f"the {len(usual)} most frequent sentences, each on the mean of its boxes", constant
        ),
    }


def mean_boxes(learned: Sequence[RegionPicture], sentences: Sequence[str]) -> dict[str, np.ndarray]:
    """Of each sentence the mean of its boxes (4,), as parts of the picture."""
    boxes: dict[str, list[np.ndarray]] = defaultdict(list)
    wanted = set(sentences)
    for picture in learned:
        size = np.array([picture.width_pixels, picture.height_pixels] * 2)
        for region in picture.regions:
            if region.sentence in wanted:
                boxes[region.sentence].append(np.array(region.corners) / size)
    return {sentence: np.mean(some, axis=0) for sentence, some in boxes.items()}


def _control(what: str, answers: Sequence[RegionAnswer]) -> dict[str, Any]:
    scores = {name: score_regions(answers, name) for name in (LANGUAGE, EXACT)}
    first = scores[LANGUAGE]
    return {
        "what": what,
        "mean_ap": {name: score.mean_ap if score else None for name, score in scores.items()},
        "mean_box_ap": mean_box_ap(first) if first else None,
    }


REGION_KIND = PictureKind(
    name="regions",
    unit="pictures",
    folder=REGIONS,
    sides=region_sides,
    build=build_dense_captioner,
    load=load_dense_captioner,
    ask=ask_regions,
    report=write_regions_report,
    summarise=summarise_regions,
    tell=table_of,
)
