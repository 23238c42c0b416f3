"""A whole experiment with lines: sides, fit, language, read, report."""

import time
from dataclasses import replace
from typing import Any

from torch import nn

from kineograph import __version__
from kineograph.data.lines.batch import LineExamples
from kineograph.data.text import Alphabet, name_some
from kineograph.errors import InputError
from kineograph.evaluation.job import write_json
from kineograph.evaluation.lines.ask import learn_language, probabilities_of, read_side
from kineograph.evaluation.lines.environment import lines_environment
from kineograph.evaluation.lines.job import (
    LinesExperiment,
    LineSides,
    fingerprint,
    prepare_line_sides,
)
from kineograph.recipes.reader import (
    TrainedReader,
    load_reader,
    write_language,
    write_reader_file,
)
from kineograph.recipes.trained import run_folder
from kineograph.report.lines.answers import write_line_answers
from kineograph.report.lines.page import write_lines_report
from kineograph.report.lines.worst import draw_worst_lines
from kineograph.training.checkpoint import load_grown_weights
from kineograph.training.fit import Training, check_resumable, fit
from kineograph.training.parallel import ALONE, Parallel
from kineograph.training.reproduce import seed_everything


def run_lines_experiment(job: LinesExperiment, parallel: Parallel = ALONE) -> dict[str, Any]:
    """Do all of it; returns what `--json` prints. Raises InputError for what cannot be done.

    Processes that train together all call it; the first alone reads, tests and writes.
    """
    parallel.check_batch(job.recipe.training.batch)
    begun_as = load_reader(job.start_from).alphabet if job.start_from else None
    sides, problems = _sides(job, begun_as, parallel)
    network = _make_network(job, sides.alphabet, begun_as)
    if parallel.first:
        _say_too_narrow(job, network, sides.train.parts)
    training = Training(
        network=network,
        task=job.recipe.task,
        train=sides.train,
        val=sides.val,
        config=job.recipe.training,
        run=job.run,
        device=job.device,
        fingerprint=fingerprint(job, sides),
        threads=job.threads,
        parallel=parallel,
    )
    if job.resume:
        check_resumable(training)
    if parallel.first:
        write_reader_file(job.run, job.recipe, sides.alphabet, __version__)
        said = {"policy": str(sides.report.policy), "lines": sides.report.lines()}
        write_json(job.run / "alphabet.json", said)
    began = time.time()
    with job.stage("Training", "lines") as training.progress:
        place = fit(training, resume=job.resume)
    done: dict[str, Any] = {}
    if parallel.first:
        done = _after_training(job, network, sides, problems, place.seconds)
        done["seconds"] = round(time.time() - began, 1)
    parallel.wait()
    return done


def _sides(
    job: LinesExperiment, known: Alphabet | None, parallel: Parallel
) -> tuple[LineSides, list[str]]:
    """The sides; the first process reads the pictures, the others then find it done."""
    if not parallel.first:
        parallel.wait()
        return prepare_line_sides(replace(job, allow_leakage=True), known)
    found = prepare_line_sides(job, known)
    parallel.wait()
    return found


def _make_network(job: LinesExperiment, alphabet: Alphabet, begun_as: Alphabet | None) -> nn.Module:
    """A fresh network with this seed's weights, or a run's with room for new characters."""
    seed_everything(job.recipe.training.seed)
    try:
        network: nn.Module = job.recipe.model.build(len(alphabet), job.config.height_pixels)
    except ValueError as error:
        raise InputError(f"{job.recipe.name}: {error}") from error
    begun = job.resume and (job.run / "checkpoint" / "training.safetensors").exists()
    if begun_as is not None and job.start_from is not None and not begun:
        weights = run_folder(job.start_from) / "model.safetensors"
        fresh = load_grown_weights(weights, network, len(begun_as), len(alphabet))
        new = alphabet.characters[len(begun_as.characters) :]
        also = f"; new characters: {name_some(new)}" if new else ""
        anew = f"; begun anew: {', '.join(fresh)}" if fresh else ""
        job.say(f"from {job.start_from}: all weights that fit{also}{anew}")
    return network


def _say_too_narrow(job: LinesExperiment, network: Any, parts: list[LineExamples]) -> None:
    """Lines that cannot be said in their columns: most likely a wrong text, or several lines."""
    narrow = [
        line
        for part in parts
        for line, width, target in zip(part.lines, part.widths_pixels, part.targets, strict=True)
        if width * network.columns_per_pixel < _columns_needed(target)
    ]
    if narrow:
        job.say(
            f"{len(narrow)} lines have more text than columns and teach nothing, the first: "
            f"{narrow[0].picture} ({narrow[0].text[:40]!r}). Look whether their texts are right."
        )


def _columns_needed(target: list[int]) -> int:
    """One a character, and a blank between equal ones."""
    return len(target) + sum(one == other for one, other in zip(target, target[1:], strict=False))


def _after_training(
    job: LinesExperiment, network: nn.Module, sides: LineSides, problems: list[str], seconds: float
) -> dict[str, Any]:
    """Learn the language, read the test side, report."""
    trained = _with_language(
        job, sides, TrainedReader(job.run, job.recipe, sides.alphabet, network)
    )
    found = lines_environment(job, network, sides.split, sides.test, problems, seconds)
    found["data"]["n"]["also"] = len(sides.train) - len(sides.split.train)
    write_json(job.run / "environment.json", found | {"leakage": sides.leakage})
    read_and_draw(job, trained, sides.test, "test")
    report = write_lines_report(job.run)
    return {"run": str(job.run), "report": str(report), "left_out": problems}


def _with_language(job: LinesExperiment, sides: LineSides, trained: TrainedReader) -> TrainedReader:
    """With a model of the training texts, if it is wanted and can be tuned."""
    if not job.with_language:
        return trained
    if sides.val is None:
        job.say("No validation lines, so no language model: nothing to tune its weight on.")
        return trained
    val = probabilities_of(job, trained.network, sides.val, "Reading val")
    model, decoding = learn_language(job, sides, sides.val, val)
    write_language(job.run, model, decoding)
    return replace(trained, model=model, decoding=decoding)


def read_and_draw(
    job: LinesExperiment, trained: TrainedReader, data: LineExamples, side: str
) -> None:
    """Every line of a side read and written down, and the worst ones drawn."""
    lines = probabilities_of(job, trained.network, data, f"Reading {side}")
    answers = read_side(trained, data, lines, side)
    write_line_answers(job.run / "predictions.jsonl", answers)
    known = {line.id: line for line in data.lines}
    draw_worst_lines(job.run, answers, lambda answer: data.cache[known[answer.id]])
