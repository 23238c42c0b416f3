"""Questions: where a network looked to answer one, and which of its words it heeded."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kineograph.errors import InputError
from kineograph.inspect.inspected import Inspected, Inspector, Progress, Wish
from kineograph.inspect.overlay import Picture, as_jpeg, as_numbers, light_up, seen_part
from kineograph.media.image import rgb_picture
from kineograph.nets.models.coattention_vqa import LEVELS, CoAttentionVqa
from kineograph.predict.answerer import Answerer, PictureAnswer
from kineograph.report.page.blocks import Block, Say, Table, Tile, Tiles
from kineograph.report.page.words import percent

LIGHT = (
    "Light falls on the places of the picture that were heeded. A bright one has three "
    "times an even share or more, or the greatest there is; a dark one half of an even share or "
    "less. Where shares are even, the whole picture stays bright."
)
LEVELS_SAID = (
    "Words and places look at each other at three levels, and the answer is made from all of them. "
    "Under each picture stands the question, its words tinted by their shares: at the level of "
    "phrases a word stands for up to three that begin with it, at the level of the question for "
    "all words up to it."
)
GLIMPSES_SAID = (
    "An LSTM reads the question whole and leads the glimpses at the picture. This network weighs "
    "no words, so none are tinted."
)
BLANK_SAID = (
    "This network was trained without pictures: whatever is given, it is shown an even grey."
)


def open_questions(run: str, wish: Wish) -> Inspector:
    """A run that answers, and what it is asked. Raises InputError for what is none."""
    answerer = Answerer.load(run, device=wish.device)
    question = wish.question
    if question is None or not question.strip():
        raise InputError(
            f"{run}: answers questions about pictures, and none was asked. Add --question "
            '"what is the blue shape?".'
        )
    unknown = answerer.check(question)
    both = isinstance(answerer.trained.network, CoAttentionVqa)
    method = [LIGHT, LEVELS_SAID if both else GLIMPSES_SAID]
    if answerer.trained.recipe.data.blank:
        method.append(BLANK_SAID)
    if unknown:
        method.append(f"Never learned, so not understood: {', '.join(unknown)}.")
    return Inspector(tuple(method), partial(_look, answerer, question))


def _look(answerer: Answerer, question: str, file: Path, progress: Progress) -> Inspected:
    told = answerer.answer(file, question)
    data = answerer.trained.recipe.data
    picture = answerer.picture(file) if data.blank else rgb_picture(file)
    progress(1, 1, file.name)
    answer, share = told.shares[0]
    return Inspected(
        f"{file}: {answer} ({percent(share, 0)})",
        _blocks(told, seen_part(picture, data.fit)),
        _numbers(told),
    )


def _levels(told: PictureAnswer) -> list[tuple[str, NDArray[Any], NDArray[Any] | None]]:
    """Name, shares over places (h, w) and over words (L,) of each level, or of each glimpse."""
    places, words = told.over_places.numpy(), told.over_words.numpy()
    if len(words):
        return list(zip(LEVELS, places, words, strict=True))
    return [(f"glimpse {number}", each, None) for number, each in enumerate(places, start=1)]


def _blocks(told: PictureAnswer, shown: Picture) -> tuple[Block, ...]:
    """The picture, then once for each level; the answers below."""
    answer, share = told.shares[0]
    said = Say(f"{told.question} Answer: {answer} ({percent(share, 0)}).")
    tiles = [Tile(as_jpeg(shown), "The picture as the network saw it", "the picture")]
    for name, places, words in _levels(told):
        tinted = () if words is None else tuple(zip(told.words, words.tolist(), strict=True))
        most = percent(float(places.max()))
        lit = as_jpeg(light_up(shown, places))
        tiles.append(Tile(lit, f"Where it looked, {name}", name, f"most {most} at a place", tinted))
    rows = [[name, percent(part)] for name, part in told.shares]
    table = Table(["answer", "share"], rows, strong=frozenset({0}))
    return said, Tiles(tiles, large=True), table


def _numbers(told: PictureAnswer) -> dict[str, Any]:
    return {
        "question": told.question,
        "answer": told.answer,
        "shares": [{"answer": name, "share": round(share, 5)} for name, share in told.shares],
        "words": list(told.words),
        "unknown_words": list(told.unknown),
        "levels": [
            {
                "name": name,
                "over_places": as_numbers(places),
                "over_words": None if words is None else as_numbers(np.asarray(words)),
            }
            for name, places, words in _levels(told)
        ],
    }
