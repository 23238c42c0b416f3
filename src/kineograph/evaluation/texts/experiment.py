"""A whole experiment with texts: sides, fit, ask, report; the same for labels and for pairs."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from kineograph import __version__
from kineograph.data.texts.batch import TextExamples
from kineograph.data.texts.record import SIDES, TextRecord, Texts
from kineograph.data.texts.split import TextsSplit, same_text, split_texts
from kineograph.errors import InputError, nearest
from kineograph.evaluation.job import Stage, no_stage, write_json
from kineograph.recipes import Recipe, recipe_to_json
from kineograph.recipes.trained import kind_of, run_folder, write_run_file
from kineograph.recipes.trained_texts import (
    KnownTexts,
    TrainedTexts,
    build_texts,
    learn_known,
    load_texts,
)
from kineograph.training.checkpoint import load_matching_weights
from kineograph.training.fit import Training, check_resumable, fit
from kineograph.training.parallel import ALONE, Parallel
from kineograph.training.reproduce import describe_environment, seed_everything

LABELS_NAMED = 8  # in one message


@dataclass
class TextsExperiment:
    """What to do, and with what. `run_texts_experiment` does it."""

    recipe: Recipe
    data: Texts
    run: Path
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    resume: bool = False
    start_from: str | None = None  # a run to take weights and tokens from
    with_baselines: bool = True
    threads: int | None = None  # of the CPU; None: measured to be fastest
    stage: Stage = no_stage
    say: Callable[[str], None] = lambda text: None


@dataclass(frozen=True)
class Asked:
    """One side to be asked about, with what baselines may learn from."""

    job: TextsExperiment
    trained: TrainedTexts
    side: str  # "test", "val", "train", "all"
    records: Sequence[TextRecord]
    learned: Sequence[TextRecord]  # of the training side; none where other data are asked about


@dataclass(frozen=True)
class TextsKind:
    """What labels and pairs do each in their own way.

    fitting(records, recipe): those that can be used, and a remark on the others.
    examples(recipe, records, known): a data set. ask(asked): writes predictions.jsonl and what
    stands beside; returns the cost. report(run), summarise(run): drawn of files alone.
    """

    fitting: Callable[[Recipe, Sequence[TextRecord]], tuple[list[TextRecord], list[str]]]
    examples: Callable[[Recipe, Sequence[TextRecord], KnownTexts], TextExamples]
    ask: Callable[[Asked], dict[str, Any]]
    report: Callable[[Path], Path]
    summarise: Callable[[Path], dict[str, Any]]
    tell: Callable[[dict[str, Any]], list[list[str]]]  # summarise's result as a table, heads first


def run_texts_experiment(
    job: TextsExperiment, kind: TextsKind, parallel: Parallel = ALONE
) -> dict[str, Any]:
    """Do all of it; returns what is left out and where the report is. Raises InputError.

    Processes that train together all call it; the first alone asks and writes.
    """
    parallel.check_batch(job.recipe.training.batch)
    if parallel.first:
        _say_left_out(job)
    split, remarks = _deal(job, kind)
    known = _known(job, split)
    training = _training(job, kind, split, known, parallel)
    if job.resume:
        check_resumable(training)
    if parallel.first:
        for line in remarks:
            job.say(line)
        write_run_file(job.run, job.recipe, known.as_json(), __version__)
    with job.stage("Training", "texts") as training.progress:
        place = fit(training, resume=job.resume)
    done: dict[str, Any] = {}
    if parallel.first:
        trained = TrainedTexts(job.run, job.recipe, known, training.network.eval())
        asked = Asked(job, trained, "test", split.test, split.train)
        found = _environment(job, trained, split, remarks, None) | {"leakage": None}
        found["cost"]["train_seconds"] = round(place.seconds, 2)
        report = _ask(kind, asked, found)
        done = {"run": str(job.run), "report": str(report), "left_out": list(job.data.left_out)}
    parallel.wait()
    return done


def evaluate_texts_again(job: TextsExperiment, kind: TextsKind, side: str | None) -> Path:
    """A trained network asked about a side of its own data, or about other texts.

    "all" is every text; None is the test side of the data that it was trained on, and all of
    others. Texts that it learned from are said in the first line. Raises InputError.
    """
    known_sides = (*SIDES, "all")
    if side is not None and side not in known_sides:
        raise InputError(
            f"--side {side}: known sides are {', '.join(known_sides)}. "
            f"{nearest(side, known_sides)}".rstrip()
        )
    if (job.run / "model.safetensors").exists():
        raise InputError(f"{job.run}: holds a training. Choose another --out for the evaluation.")
    run = str(job.start_from)
    trained = load_texts(run, kind_of(run))
    learned = _learned(trained.folder)
    mine = {_digest(each) for each in job.data.records} & learned
    side = side or ("test" if mine else "all")
    _say_left_out(job)
    if side == "all":
        records, remarks = kind.fitting(job.recipe, job.data.records)
        split = TextsSplit((), (), tuple(records), how="all of them")
    else:
        split, remarks = _deal(job, kind)
    chosen = split.test if side == "all" else split.sides[side]
    if not chosen:
        raise InputError(f"{job.data.path}: no text on the {side} side. Ask about --side all.")
    if job.recipe.kind == "labels":
        remarks = [*remarks, *_strange_labels(job, trained, chosen)]
    seen = sum(_digest(each) in learned for each in chosen)
    told = f"{seen} of these texts were used in training: this is no test." if seen else None
    for line in remarks:
        job.say(line)
    job.run.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(trained.folder / "recipe.json", job.run / "recipe.json")
    trained.network.to(job.device)
    found = _environment(job, trained, split, remarks, side) | {"leakage": told}
    asked = Asked(job, trained, side, chosen, split.train if side in ("val", "test") else ())
    return _ask(kind, asked, found)


def _say_left_out(job: TextsExperiment) -> None:
    """Before anything else: it may be why the rest is too little."""
    for line in job.data.left_out:
        job.say(f"left out: {line}")


def _strange_labels(
    job: TextsExperiment, trained: TrainedTexts, chosen: Sequence[TextRecord]
) -> list[str]:
    """What to say of labels that the network never learned. Raises InputError for those alone."""
    known = trained.known.asked
    strange = [each.answer for each in chosen if each.answer not in known]
    named = ", ".join(sorted(set(strange))[:LABELS_NAMED])
    if len(strange) == len(chosen):
        raise InputError(
            f"{job.data.path}: has only labels that {trained.folder.name} never learned ({named}); "
            f"it knows {', '.join(known[:LABELS_NAMED])}. Mend the column, or train on this file."
        )
    told = f"{len(strange)} of {len(chosen)} texts have labels that were never learned ({named}): "
    return [told + "no answer to them is right."] if strange else []


def _ask(kind: TextsKind, asked: Asked, environment: dict[str, Any]) -> Path:
    run = asked.job.run
    began = time.perf_counter()
    environment["cost"] |= kind.ask(asked)
    environment["cost"]["ask_seconds"] = round(time.perf_counter() - began, 2)
    write_json(run / "environment.json", environment)
    return kind.report(run)


def _deal(job: TextsExperiment, kind: TextsKind) -> tuple[TextsSplit, list[str]]:
    records, remarks = kind.fitting(job.recipe, job.data.records)
    if not records:
        raise InputError(f"{job.data.path}: no text is short enough. Raise data.longest.")
    apart = job.recipe.kind == "pairs"
    split = split_texts(records, job.recipe.data, answers_apart=apart)
    return split, [*remarks, *split.remarks]


def _known(job: TextsExperiment, split: TextsSplit) -> KnownTexts:
    """What is learned of the training side; of a run that is gone on from, its own."""
    if job.start_from:
        return load_texts(job.start_from, job.recipe.kind).known
    return learn_known(job.recipe, split.train)


def _training(
    job: TextsExperiment, kind: TextsKind, split: TextsSplit, known: KnownTexts, parallel: Parallel
) -> Training:
    val = kind.examples(job.recipe, split.val, known) if split.val else None
    return Training(
        network=_make_network(job, known),
        task=job.recipe.task,
        train=kind.examples(job.recipe, split.train, known),
        val=val,
        config=job.recipe.training,
        run=job.run,
        device=job.device,
        fingerprint=_fingerprint(job, split, known),
        threads=job.threads,
        parallel=parallel,
    )


def _make_network(job: TextsExperiment, known: KnownTexts) -> nn.Module:
    """A fresh network with this seed's weights, or with a run's where they fit."""
    seed_everything(job.recipe.training.seed)
    try:
        network = build_texts(job.recipe, known)
    except ValueError as error:
        raise InputError(f"{job.recipe.name}: {error}") from error
    begun = job.resume and (job.run / "checkpoint" / "training.safetensors").exists()
    if job.start_from and not begun:
        fresh = load_matching_weights(run_folder(job.start_from) / "model.safetensors", network)
        anew = f"; begun anew: {', '.join(fresh)}" if fresh else ""
        job.say(f"from {job.start_from}: all weights that fit{anew}")
    return network


def _fingerprint(job: TextsExperiment, split: TextsSplit, known: KnownTexts) -> str:
    """Of all that decides the weights: a checkpoint of another training is not gone on with."""
    said = [[_digest(each) for each in side] for side in (split.train, split.val)]
    whole = [recipe_to_json(job.recipe), job.start_from, said, known.as_json()]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:16]


def _digest(record: TextRecord) -> str:
    """A text by which it is known again, wherever it stands."""
    said = same_text(record.text).encode("utf-8", "surrogatepass")
    return hashlib.sha256(said).hexdigest()[:12]


def _learned(folder: Path) -> set[str]:
    """The texts that a run was fitted to or tuned by, if its folder tells."""
    path = folder / "environment.json"
    if not path.exists():
        return set()
    return set(json.loads(path.read_text(encoding="utf-8"))["data"].get("learned") or [])


def _environment(
    job: TextsExperiment,
    trained: TrainedTexts,
    split: TextsSplit,
    remarks: list[str],
    side: str | None,
) -> dict[str, Any]:
    """What the figures came from and what they cost; side: of a run that is only asked."""
    used = (*split.train, *split.val) if side is None else ()
    how = split.how if side in (None, "all") else f"{split.how}, {side} side"
    return describe_environment(job.device) | {
        "seed": job.recipe.training.seed,
        "data": {
            "name": job.data.name,
            "folder": str(job.data.path),
            "n": {name: len(records) for name, records in split.sides.items()},
            "remarks": remarks,
            "left_out": list(job.data.left_out),
            "learned": sorted({_digest(each) for each in used}),
            "split": {"how": how, "warning": None},
        },
        "cost": {"weights": sum(p.numel() for p in trained.network.parameters())},
    }
