"""What a reader makes of every line of one side: by the best path, and with its language."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from kineograph.data.batch import Pass
from kineograph.data.lines.batch import LineExamples
from kineograph.decoding.ctc import Reading, best_path, prefix_beam
from kineograph.decoding.ngram import NGram
from kineograph.decoding.ngram_learn import learn_ngram
from kineograph.decoding.prefix_beam import Beam
from kineograph.decoding.tune import tune_weights
from kineograph.evaluation.lines.job import LinesExperiment, LineSides
from kineograph.recipes.reader import Decoding, TrainedReader
from kineograph.report.lines.answers import LineAnswer
from kineograph.tasks.read_lines import log_probabilities

ORDER = 6  # of the language model: of orders 2 to 8 the one that errs least on archiscribe's val

Lines = list[NDArray[np.float32]]


def probabilities_of(
    job: LinesExperiment, network: torch.nn.Module, data: LineExamples, title: str
) -> Lines:
    """Log-probabilities (T, V) of every line, in the order of the data set."""
    network.eval().to(job.device)
    places = {line.id: place for place, line in enumerate(data.lines)}
    found: Lines = [np.empty((0, 0), np.float32)] * len(data)
    done = 0
    with job.stage(title, "lines") as progress:
        for batch in data.batches(job.recipe.training.batch, Pass()):
            here = log_probabilities(network, batch.to(job.device))
            for name, line in zip(batch.ids, here, strict=True):
                found[places[name]] = line
            done += len(here)
            progress(done, len(data), "")
    return found


def learn_language(
    job: LinesExperiment, sides: LineSides, val: LineExamples, lines: Lines
) -> tuple[NGram, Decoding]:
    """A model of the training texts' characters, and how much to heed it, by validation lines."""
    characters = sides.alphabet.characters
    model = learn_ngram(sides.training_texts, ORDER, characters=characters)
    with job.stage("Tuning the language", "settings") as progress:
        weight, bonus = tune_weights(lines, val.texts, model, characters, progress=progress)
    return model, Decoding(weight, bonus)


def read_side(
    trained: TrainedReader, data: LineExamples, lines: Lines, side: str
) -> list[LineAnswer]:
    """The text of every line; `read` is with the language model where there is one."""
    alphabet, language = trained.alphabet, trained.language
    by_path = best_path(lines)
    best: Sequence[Reading] = by_path
    if language is not None and trained.decoding is not None:
        best = prefix_beam(lines, Beam(trained.decoding.width), [language])
    return [
        LineAnswer(
            id=line.id,
            picture=line.picture,
            group=line.group,
            source=line.source,
            split=side,
            truth=truth,
            read=alphabet.decode(reading.text_indices),
            best_path=alphabet.decode(plain.text_indices),
            confidence=round(float(np.mean(reading.confidences)), 4)
            if len(reading.confidences)
            else 0.0,
        )
        for line, truth, reading, plain in zip(data.lines, data.texts, best, by_path, strict=True)
    ]
