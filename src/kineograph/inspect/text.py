"""Text: what a character model holds, forgets, and gets wrong while it reads a text."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from kineograph.data.characters.corpus import read_corpus
from kineograph.data.characters.split import split_text
from kineograph.data.text import name_some
from kineograph.decoding.ngram_learn import learn_ngram
from kineograph.errors import InputError
from kineograph.evaluation.characters.ask import (
    bits,
    mean_nats,
    nats_in_one_walk,
    ngram_nats,
)
from kineograph.evaluation.characters.learned import digest_of, learned_digest, learned_text
from kineograph.inspect.characters.cells import (
    Follows,
    Trace,
    Values,
    cells_that_follow,
    features_of,
    saturation,
    trace,
)
from kineograph.inspect.characters.errors import Peeled, peel
from kineograph.inspect.characters.gradient import BACK, before_training, gradient_through_time
from kineograph.inspect.characters.sections import (
    OURS,
    beside_section,
    cells_section,
    errors_section,
    follows,
    gates_section,
    gradient_section,
)
from kineograph.inspect.inspected import Inspected, Inspector, Progress, Wish
from kineograph.media.listing import PICTURE_SUFFIXES, VIDEO_SUFFIXES
from kineograph.recipes.writer import TrainedWriter, load_writer
from kineograph.report.page.blocks import Block, Cards, Say
from kineograph.report.page.words import count, percent
from kineograph.training.reproduce import choose_device

LEAST = 200  # characters: with fewer, any cell seems to follow something
WALKED = 6_000  # characters whose cells and gates are kept
ASKED = 50_000  # characters whose nats are
ORDER = 6  # of the n-gram beside
WARM_UP = 2_000  # characters before a side, read first
PARTS = 4

METHOD = (
    "The network reads the text from its first character on, and is looked into while it reads: "
    "what its cells hold, how often its gates are shut or open, how far back a character still "
    "matters, and what kinds of errors it makes."
)


@dataclass(frozen=True)
class Passage:
    """What is looked at. learned: what the network learned from, if it is found."""

    text: str
    before: str  # read first, without a figure
    which: str  # in words
    learned: str | None


@dataclass(frozen=True, eq=False)
class Found:
    """All of a passage; walked: its first characters, those of the traces."""

    passage: Passage
    walked: str
    nats: Values
    traces: list[Trace]
    cells: list[Follows]
    curves: dict[str, Values]
    errors: Peeled
    beside: Values | None


def open_text(run: str, wish: Wish) -> Inspector:
    """A run that writes text. Raises InputError for what is none, or has not the cell asked for."""
    trained, device = load_writer(run), choose_device(wish.device)
    trained.network.to(device)
    asked = None if wish.cell is None else chosen_cell(wish.cell, trained)
    return Inspector((METHOD,), partial(_look, trained, asked))


def chosen_cell(said: str, trained: TrainedWriter) -> tuple[int, int]:
    """Layer and unit, both from 0, of "2,37", both from 1. Raises InputError."""
    layers, units = trained.recipe.model.layers, trained.recipe.model.units
    try:
        layer, unit = (int(part) for part in said.split(","))
    except ValueError:
        layer = unit = 0
    if not (1 <= layer <= layers and 1 <= unit <= units):
        raise InputError(
            f"--cell {said}: {trained.name} has {layers} layers of {units} cells. Give a layer and "
            "a cell, both from 1: --cell 1,37."
        )
    return layer - 1, unit - 1


def passage_of(file: Path, trained: TrainedWriter) -> Passage:
    """A text as the network sees it: of the one that it learned from, the side that it did not.

    Raises InputError for what is no text, is too short, or has no character that is known.
    """
    if file.suffix.lower() in PICTURE_SUFFIXES | VIDEO_SUFFIXES:
        raise InputError(f"{file}: is no text, and {trained.name} writes text. Give a UTF-8 text.")
    corpus = read_corpus(file)
    text = trained.policy(corpus.text)
    if len(text) < LEAST:
        raise InputError(
            f"{file}: has {len(text)} characters, too few to tell a cell from chance. "
            f"Give {LEAST} or more; some thousand show most."
        )
    if not set(text) & set(trained.alphabet.characters):
        raise InputError(
            f"{file}: {trained.name} knows none of its characters. Give a text in its script: "
            f"{''.join(trained.alphabet.characters).strip()[:60]}"
        )
    learned = learned_digest(trained)
    if learned and len(text) > 2 * LEAST:
        split = split_text(corpus, trained.recipe.data)
        start = split.starts()[split.asked]
        if digest_of(split.train) == learned and len(text) - start >= LEAST:
            side = split.sides[split.asked]
            which = f"its {split.asked} side: the network learned from what stands before it"
            return Passage(side, text[:start][-WARM_UP:], which, split.train)
    return Passage(text, "", "all of it", learned_text(trained))


def _look(
    trained: TrainedWriter, asked: tuple[int, int] | None, file: Path, progress: Progress
) -> Inspected:
    passage = passage_of(file, trained)
    found = _find(trained, passage, lambda done: progress(done, PARTS, file.name))
    mean = mean_nats(found.nats)
    wrong = found.errors.errors / len(found.nats)
    line = (
        f"{file}: {mean:.3f} nats a character, {percent(wrong)} were given half or less, "
        f"{_best(found.cells)}"
    )
    return Inspected(
        line,
        tuple(_opening(trained, found, mean, wrong)),
        _numbers(trained, found),
        sections=tuple(
            section
            for section in (
                cells_section(found.walked, found.traces, found.cells, asked),
                gates_section(found.traces),
                gradient_section(found.curves),
                errors_section(passage.text[:ASKED], found.errors, _missing(passage)),
                *_beside(found),
            )
            if section.blocks
        ),
    )


def _find(trained: TrainedWriter, passage: Passage, told: Callable[[int], None]) -> Found:
    network, alphabet = trained.network, trained.alphabet
    text = passage.text[:ASKED]
    walked = text[:WALKED]
    traces = trace(network, walked, alphabet)
    cells = cells_that_follow(traces, features_of(walked))
    told(1)
    curves = {}
    back = min(BACK, len(text) - 2)
    fresh = before_training(trained.recipe.model, len(alphabet))
    for name, each in {OURS: network, **{_untrained(name): fresh[name] for name in fresh}}.items():
        curves[name] = gradient_through_time(each, text, alphabet, back)
    told(2)
    nats = nats_in_one_walk(network, text, alphabet, passage.before)
    beside = None
    if passage.learned is not None:
        beside = ngram_nats(learn_ngram([passage.learned], ORDER), text)
    told(3)
    errors = peel(text, nats, passage.learned)
    told(4)
    return Found(passage, walked, nats, traces, cells, curves, errors, beside)


def _untrained(cell: str) -> str:
    names = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU", "mingru": "minGRU"}
    return f"{names.get(cell, cell)}, untrained"


def _opening(trained: TrainedWriter, found: Found, mean: float, wrong: float) -> list[Block]:
    text = found.passage.text
    cards = [
        ("Nats a character", f"{mean:.3f}", f"{bits(mean):.3f} bits"),
        ("Errors", percent(wrong), "given a half or less"),
        ("Characters", count(len(found.nats)), f"of {count(len(text))}"),
    ]
    blocks: list[Block] = [Cards(cards), Say(f"What was read: {found.passage.which}.")]
    if len(found.walked) < len(found.nats):
        said = f"Cells and gates are of the first {count(len(found.walked))} characters."
        blocks.append(Say(said, "note"))
    unseen = trained.alphabet.unseen(text)
    if unseen:
        said = f"Never in training, so read as nothing known, and no error: {name_some(unseen)}."
        blocks.append(Say(said, "note"))
    return blocks


def _missing(passage: Passage) -> str:
    if passage.learned is not None:
        return ""
    return (
        "The text that the network learned from is not where it was, so that n-grams and rare "
        "words cannot be told: their errors stand with the others."
    )


def _beside(found: Found) -> list[Any]:
    if found.beside is None:
        return []
    return [beside_section(found.passage.text[:ASKED], found.nats, found.beside, ORDER)]


def _best(cells: list[Follows]) -> str:
    clear = [each for each in cells if follows(each)]
    if not clear:
        return "no cell follows anything clearly"
    best = max(clear, key=lambda each: abs(each.correlation))
    return f"cell {best.unit + 1} of layer {best.layer + 1} follows {best.feature}"


def _numbers(trained: TrainedWriter, found: Found) -> dict[str, Any]:
    mean = mean_nats(found.nats)
    return {
        "characters": len(found.nats),
        "nats": round(mean, 5),
        "unknown": trained.alphabet.unseen(found.passage.text),
        "cells": [
            {
                "feature": each.feature,
                "layer": each.layer + 1,
                "cell": each.unit + 1,
                "correlation": round(each.correlation, 5),
                "by_chance": round(each.by_chance, 5),
                "followed": follows(each),
            }
            for each in found.cells
        ],
        "gates": [
            {name: _shares(gate) for name, gate in each.gates.items()} for each in found.traces
        ],
        "gradient": {
            name: [float(f"{value:.4g}") for value in values]
            for name, values in found.curves.items()
        },
        "errors": {"all": found.errors.errors, "kinds": found.errors.counts},
    }


def _shares(gate: Values) -> dict[str, float]:
    shut, opened = np.round(saturation(gate).mean(0), 5).tolist()
    return {"shut": shut, "open": opened}
