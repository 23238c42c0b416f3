"""What an experiment with lines is, and its sides: read, dealt, checked, spelled."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from kineograph.data.lines.augment import NOTHING, LineAugmentation
from kineograph.data.lines.batch import JoinedExamples, LineExamples
from kineograph.data.lines.cache import LineCache
from kineograph.data.lines.config import LinesConfig, lines_learned
from kineograph.data.lines.folder import LinesFolder
from kineograph.data.lines.leakage import find_line_leaks
from kineograph.data.lines.line import Line
from kineograph.data.lines.split import LineSplit, split_lines
from kineograph.data.text import Alphabet, AlphabetReport, report_alphabet
from kineograph.errors import InputError
from kineograph.evaluation.job import Stage, no_stage
from kineograph.recipes import Recipe, recipe_to_json

LEAKS_SHOWN = 3


@dataclass
class LinesExperiment:
    """What to do, and with what. `run_lines_experiment` does it."""

    recipe: Recipe
    data: LinesFolder
    run: Path
    also: Sequence[LinesFolder] = ()  # all their lines are learned from, and none is tested
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    resume: bool = False
    start_from: str | None = None  # a run to take weights and alphabet from
    allow_leakage: bool = False  # train all the same; the report's first line says so
    with_language: bool = True  # learn the characters' order from the texts, too
    threads: int | None = None  # of the CPU; None: measured to be fastest
    stage: Stage = no_stage
    say: Callable[[str], None] = lambda text: None

    @property
    def config(self) -> LinesConfig:
        """What the reader is shown."""
        found: LinesConfig = self.recipe.data
        return found


@dataclass(frozen=True)
class LineSides:
    """The three sides of a split as data sets of one alphabet."""

    split: LineSplit
    leakage: str | None  # what stands on two sides, if that was allowed
    alphabet: Alphabet
    report: AlphabetReport
    train: JoinedExamples
    val: LineExamples | None
    test: LineExamples

    @property
    def training_texts(self) -> list[str]:
        """What the lines of the data set itself say, as spelled; drawn ones only repeat texts."""
        return self.train.parts[0].texts


def read_pictures(job: LinesExperiment, folder: LinesFolder) -> tuple[LineCache, list[str]]:
    """Pictures of a folder's lines at the recipe's height, and a line for each that has none."""
    with job.stage("Reading the lines", "lines") as progress:
        cache, problems = folder.build_cache(
            height_pixels=job.config.height_pixels,
            progress=lambda done, total: progress(done, total, ""),
        )
    for problem in problems:
        job.say(f"left out: {problem}")
    if not len(cache):
        raise InputError(
            f"{folder.path}: none of its {len(folder.lines)} lines can be read. "
            "Look at the lines above, mend the files, and prepare the folder again."
        )
    return cache, problems


def prepare_line_sides(
    job: LinesExperiment, known: Alphabet | None = None
) -> tuple[LineSides, list[str]]:
    """The sides, and what was left out. `known`: an alphabet to grow, for a network that has it."""
    config = job.config
    cache, problems = read_pictures(job, job.data)
    readable = [line for line in job.data.lines if line in cache]
    split = split_lines(readable, config.split, fractions=config.fractions, seed=config.seed)
    if split.warning:
        job.say(split.warning)
    leakage = _check_leakage(job, split, cache)
    split = replace(split, train=lines_learned(split.train, config.learn_from))
    others = []
    for folder in job.also:
        pictures, faults = read_pictures(job, folder)
        others.append(([line for line in folder.lines if line in pictures], pictures))
        problems += faults
    report = report_alphabet(_texts_by_side(split, others), config.spelling)
    for count in report.unseen:
        job.say(f"never in training, so always wrong: {count}")
    alphabet = report.alphabet
    if known is not None:
        alphabet = known.grown(character for character in alphabet.characters)

    def side(lines: list[Line], pictures: LineCache, changed: LineAugmentation) -> LineExamples:
        return LineExamples(
            lines,
            pictures,
            alphabet,
            policy=config.spelling,
            augmentation=changed,
            unseen="skip",
        )

    change = config.augmentation
    learned = [side(lines, pictures, change) for lines, pictures in [(split.train, cache), *others]]
    val = side(split.val, cache, NOTHING) if split.val else None
    test = side(split.test, cache, NOTHING)
    sides = LineSides(split, leakage, alphabet, report, JoinedExamples(learned), val, test)
    return sides, problems


def fingerprint(job: LinesExperiment, sides: LineSides) -> str:
    """Of all that decides the weights: a checkpoint of another training is not gone on with."""
    learned = [[line.id for line in part.lines] for part in sides.train.parts]
    tuned = [line.id for line in sides.split.val]
    known = [recipe_to_json(job.recipe), job.start_from, learned, tuned, sides.alphabet.characters]
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()[:16]


def _texts_by_side(
    split: LineSplit, others: list[tuple[list[Line], LineCache]]
) -> dict[str, list[tuple[str, str | None]]]:
    found = {
        side: [(line.text, line.group) for line in lines] for side, lines in split.sides.items()
    }
    for lines, _ in others:
        found["train"] += [(line.text, line.group) for line in lines]
    return found


def _check_leakage(job: LinesExperiment, split: LineSplit, cache: LineCache) -> str | None:
    """Refuse what stands on two sides, unless it is allowed: then a sentence for the report."""
    leaks = find_line_leaks(split, cache)
    if not leaks:
        return None
    first = "; ".join(str(leak) for leak in leaks[:LEAKS_SHOWN])
    more = f"; and {len(leaks) - LEAKS_SHOWN} more" if len(leaks) > LEAKS_SHOWN else ""
    if not job.allow_leakage:
        raise InputError(
            f"{job.data.path}: the sides share what they must not ({first}{more}). Give lines that "
            "belong together one group and leave copies out, or train with --allow-leakage: the "
            "report will say so first."
        )
    return f"The sides share what they must not: {first}{more}."
