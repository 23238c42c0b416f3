"""A whole experiment with a text: sides, fit, ask, n-grams beside, samples, report."""

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from kineograph import __version__
from kineograph.data.characters.batch import TextExamples
from kineograph.data.characters.config import TextConfig
from kineograph.data.characters.corpus import Corpus
from kineograph.data.characters.split import TextSplit, split_text, unseen_words
from kineograph.data.text import Alphabet, name_some
from kineograph.errors import InputError, nearest
from kineograph.evaluation.characters.ask import (
    mean_nats,
    nats_in_one_walk,
    nats_in_windows,
    ngrams_beside,
    written,
)
from kineograph.evaluation.characters.learned import (
    digest_of,
    found_again,
    learned_digest,
    learned_text,
)
from kineograph.evaluation.job import Stage, no_stage, write_json
from kineograph.recipes import Recipe, recipe_to_json
from kineograph.recipes.trained import run_folder
from kineograph.recipes.writer import TrainedWriter, load_writer, write_writer_file
from kineograph.report.characters.answers import TextAnswers, write_text_answers
from kineograph.report.characters.page import write_text_report
from kineograph.training.checkpoint import load_matching_weights
from kineograph.training.fit import Training, check_resumable, fit
from kineograph.training.parallel import ALONE, Parallel
from kineograph.training.reproduce import describe_environment, seed_everything

WINDOW = 256  # characters, as nanoGPT's figure has them
TEMPERATURES = (0.5, 0.8, 1.0)
SAMPLE = 1500  # characters of each sample
WARM_UP = 2000  # characters read before a side's first, as whoever goes on reading has
SIDES = ("test", "val", "train", "all")


@dataclass
class TextExperiment:
    """What to do, and with what. `run_text_experiment` does it."""

    recipe: Recipe
    data: Corpus
    run: Path
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    resume: bool = False
    start_from: str | None = None  # a run to take weights and alphabet from
    with_baselines: bool = True  # n-grams
    threads: int | None = None  # of the CPU; None: measured to be fastest
    stage: Stage = no_stage
    say: Callable[[str], None] = lambda text: None

    @property
    def config(self) -> TextConfig:
        """What the network is shown."""
        found: TextConfig = self.recipe.data
        return found


def run_text_experiment(job: TextExperiment, parallel: Parallel = ALONE) -> dict[str, Any]:
    """Do all of it; returns what `--json` prints. Raises InputError for what cannot be done.

    Processes that train together all call it; the first alone asks and writes.
    """
    parallel.check_batch(job.recipe.training.batch)
    split = split_text(job.data, job.config)
    alphabet = _alphabet(job, split)
    if parallel.first:
        _say_unseen(job, split, alphabet)
    network = _make_network(job, alphabet)
    training = _training(job, split, alphabet, network, parallel)
    if job.resume:
        check_resumable(training)
    if parallel.first:
        write_writer_file(job.run, job.recipe, alphabet, __version__)
    began = time.time()
    with job.stage("Training", "windows") as training.progress:
        place = fit(training, resume=job.resume)
    done: dict[str, Any] = {}
    if parallel.first:
        trained = TrainedWriter(job.run, job.recipe, alphabet, network.eval())
        report = _ask(job, trained, split, split.asked, place.seconds, None)
        done = {"run": str(job.run), "report": str(report), "left_out": list(job.data.left_out)}
        done["seconds"] = round(time.time() - began, 1)
    parallel.wait()
    return done


def evaluate_text_again(job: TextExperiment, side: str | None) -> Path:
    """A trained network asked about a side of a text; returns the report in `job.run`.

    "all" is the whole text; None is the side that figures are of in the text that it was trained
    on, and all of another. A text that it learned from is said in the first line.
    """
    if side is not None and side not in SIDES:
        raise InputError(
            f"--side {side}: known sides are {', '.join(SIDES)}. {nearest(side, SIDES)}".rstrip()
        )
    if (job.run / "model.safetensors").exists():
        raise InputError(f"{job.run}: holds a training. Choose another --out for the evaluation.")
    trained = load_writer(str(job.start_from))
    split = split_text(job.data, job.config)
    same = learned_digest(trained) == digest_of(split.train)
    side = side or (split.asked if same else "all")
    if side == "all":
        whole = split.train + split.val + split.test
        split = TextSplit(train="", val="", test=whole, how="all of it")
    elif not split.sides[side]:
        raise InputError(f"{job.data.path}: nothing is on the {side} side. Ask about --side all.")
    _say_unseen(job, split, trained.alphabet)
    job.run.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(trained.folder / "recipe.json", job.run / "recipe.json")
    trained.network.to(job.device)
    asked = "test" if side == "all" else side
    if same:
        learned = side in ("train", "all")
        told = "The network learned from this very text: this is no test." if learned else None
    else:
        told = _no_test(trained, split.sides[asked])
    return _ask(job, trained, split, asked, None, told)


def _no_test(trained: TrainedWriter, text: str) -> str | None:
    """What to say of a text that was learned from in part, if what was learned still is there."""
    learned = learned_text(trained)
    found, every = found_again(learned, text) if learned else (0, 1)
    if not found:
        return None
    return (
        f"{found} of {every} stretches all over this text stand in what the network learned from: "
        "this is no test."
    )


def _alphabet(job: TextExperiment, split: TextSplit) -> Alphabet:
    """The characters of training; of a run that is gone on from, its own: new ones are refused."""
    if job.start_from is None:
        return Alphabet.of([split.train])
    known = load_writer(job.start_from).alphabet
    new = known.unseen(split.train)
    if new:
        raise InputError(
            f"{job.data.path}: {job.start_from} does not know {name_some(new)}. Go on with a text "
            "of its characters, or train anew, without --from."
        )
    return known


def _say_unseen(job: TextExperiment, split: TextSplit, alphabet: Alphabet) -> None:
    for problem in job.data.left_out:
        job.say(f"left out: {problem}")
    for side, text in split.sides.items():
        for line in unseen_words(alphabet, text, side):
            job.say(line)


def _make_network(job: TextExperiment, alphabet: Alphabet) -> nn.Module:
    """A fresh network with this seed's weights, or a run's."""
    seed_everything(job.recipe.training.seed)
    try:
        network: nn.Module = job.recipe.model.build(len(alphabet))
    except ValueError as error:
        raise InputError(f"{job.recipe.name}: {error}") from error
    begun = job.resume and (job.run / "checkpoint" / "training.safetensors").exists()
    if job.start_from and not begun:
        fresh = load_matching_weights(run_folder(job.start_from) / "model.safetensors", network)
        anew = f"; begun anew: {', '.join(fresh)}" if fresh else ""
        job.say(f"from {job.start_from}: all weights that fit{anew}")
    return network


def _training(
    job: TextExperiment,
    split: TextSplit,
    alphabet: Alphabet,
    network: nn.Module,
    parallel: Parallel,
) -> Training:
    config = job.recipe.training

    def rows(text: str) -> TextExamples:
        window = job.config.window_characters
        return TextExamples(text, alphabet, rows=config.batch, window_characters=window)

    return Training(
        network=network,
        task=job.recipe.task,
        train=rows(split.train),
        val=rows(split.val) if split.val else None,
        config=config,
        run=job.run,
        device=job.device,
        fingerprint=_fingerprint(job, split, alphabet),
        threads=job.threads,
        parallel=parallel,
    )


def _fingerprint(job: TextExperiment, split: TextSplit, alphabet: Alphabet) -> str:
    """Of all that decides the weights: a checkpoint of another training is not gone on with."""
    texts = [digest_of(text) for text in (split.train, split.val)]
    known = [recipe_to_json(job.recipe), job.start_from, texts, alphabet.characters]
    return digest_of(json.dumps(known, sort_keys=True))


def _ask(
    job: TextExperiment,
    trained: TrainedWriter,
    split: TextSplit,
    side: str,
    train_seconds: float | None,
    leakage: str | None,
) -> Path:
    """Nats of every character of a side, n-grams beside, samples; then the report."""
    text, alphabet = split.sides[side], trained.alphabet
    start = split.starts()[side]
    before = (split.train + split.val)[:start][-WARM_UP:]
    with job.stage("Reading", "characters") as progress:
        walk = nats_in_one_walk(
            trained.network, text, alphabet, before, lambda done, all_: progress(done, all_, "")
        )
    windows = nats_in_windows(trained.network, text, alphabet, WINDOW)
    answers = TextAnswers(side, start, text, walk.tolist(), windows.tolist())
    write_text_answers(job.run / "predictions.jsonl", answers)
    if job.with_baselines and split.train and side != "train":
        with job.stage("Counting n-grams", "models") as progress:
            beside = ngrams_beside(split.train, text, alphabet)
            progress(len(beside), len(beside), "")
        write_json(job.run / "baselines.json", beside)
    samples, seconds = _samples(job, trained)
    write_json(job.run / "samples.json", samples)
    found = _environment(job, trained.network, split, train_seconds, leakage)
    found["cost"]["milliseconds_per_character"] = round(1e3 * seconds, 4)
    found["data"]["unseen"] = unseen_words(alphabet, text, side)
    found["nats"] = round(mean_nats(walk), 5)
    write_json(job.run / "environment.json", found)
    return write_text_report(job.run)


def _samples(job: TextExperiment, trained: TrainedWriter) -> tuple[list[dict[str, Any]], float]:
    """Some texts of its own, one a temperature, and the seconds that a character took."""
    found, began = [], time.perf_counter()
    with job.stage("Writing", "samples") as progress:
        for number, temperature in enumerate(TEMPERATURES, 1):
            text, nats = written(trained.network, trained.alphabet, SAMPLE, temperature)
            found.append({"temperature": temperature, "nats": round(nats, 4), "text": text})
            progress(number, len(TEMPERATURES), "")
    return found, (time.perf_counter() - began) / (SAMPLE * len(TEMPERATURES))


def _environment(
    job: TextExperiment,
    network: nn.Module,
    split: TextSplit,
    train_seconds: float | None,
    leakage: str | None,
) -> dict[str, Any]:
    """What the figures came from and what they cost."""
    training = job.recipe.training
    return describe_environment(job.device) | {
        "seed": training.seed,
        "data": {
            "name": job.data.name,
            "folder": str(job.data.path),
            "files": job.data.files,
            "n": {side: len(text) for side, text in split.sides.items()},
            "left_out": list(job.data.left_out),
            "learned": digest_of(split.train) if split.train else None,
            "split": {"how": split.how, "warning": None},
        },
        "protocol": {
            "window_characters": WINDOW,
            "before_characters": WARM_UP,
            "policy": str(job.config.spelling),
        },
        "cost": {
            "weights": sum(p.numel() for p in network.parameters()),
            "train_seconds": train_seconds and round(train_seconds, 2),
            "epochs": training.epochs,
        },
        "leakage": leakage,
    }
