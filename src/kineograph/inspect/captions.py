"""Captions: where a captioner looked at each word, and how sure of it it was."""

from functools import partial
from pathlib import Path
from typing import Any

from kineograph.inspect.inspected import Inspected, Inspector, Progress, Wish
from kineograph.inspect.overlay import (
    Picture,
    as_jpeg,
    as_numbers,
    light_up,
    seen_part,
    seen_strip,
)
from kineograph.media.listing import clips_of
from kineograph.nets.models.attending_captioner import AttendingCaptioner
from kineograph.predict.describe import Describer, Description
from kineograph.report.page.blocks import Block, Say, Tile, Tiles
from kineograph.report.page.words import percent

LOOKS_AGAIN = (
    "Before each word the network looks at the picture again: light falls on the places that it "
    "took this word from. A bright place has three times an even share of its attention or more, "
    "or the greatest there is; a dark one half of an even share or less. Where attention is even, "
    "the whole picture stays bright."
)
WEIGHS_MOMENTS = (
    "Before each word the network weighs the moments of the clip again, drawn side by side from "
    "left to right: light falls on those that it took this word from. What it tells of a moment "
    "hangs on all before it. A bright moment has three times an even share of its attention or "
    "more, or the greatest there is; a dark one half of an even share or less."
)
LOOKS_ONCE = (
    "This network looks at the picture once, before the first word, and weighs no places: there is "
    "no attention to show. What can be told is how sure it was of each word."
)
PROBABILITY = (
    "The figure beside a word is its probability, given the picture and the words before it. The "
    "sentence is the one that predict tells, found by a beam of 5."
)


def open_captions(run: str, wish: Wish) -> Inspector:
    """A captioner's run. Raises InputError for what is none."""
    describer = Describer.load(run, device=wish.device)
    attends = isinstance(describer.trained.network, AttendingCaptioner)
    clips = describer.frames > 1
    again = WEIGHS_MOMENTS if clips else LOOKS_AGAIN
    method = (again if attends else LOOKS_ONCE, PROBABILITY)
    return Inspector(method, partial(_look, describer), clips_of if clips else None)


def _look(describer: Describer, file: Path, progress: Progress) -> Inspected:
    picture = describer.read(file)
    (told,) = describer.describe([picture])
    progress(1, 1, file.name)
    fit = describer.trained.recipe.data.fit
    shown = seen_part(picture, fit) if describer.frames == 1 else seen_strip(picture, fit)
    ended = "" if told.finished else " …"
    return Inspected(f"{file}: {told.sentence}{ended}", tuple(_blocks(told, shown)), _numbers(told))


def _blocks(told: Description, shown: Picture) -> list[Block]:
    """The picture, and once more for each word."""
    words = list(zip(told.words, told.word_probabilities, strict=True))
    if not words:
        nothing = Say("Nothing was said: the sentence ended before its first word.", "missing")
        return [Tiles([Tile(as_jpeg(shown), "The picture", "the picture")], large=True), nothing]
    if told.attention is None:
        tile = Tile(as_jpeg(shown), told.sentence, told.sentence, words=words)
        return [Tiles([tile], large=True)]
    tiles = [Tile(as_jpeg(shown), "The picture as the network saw it", "the picture")]
    tiles += [
        Tile(
            as_jpeg(light_up(shown, shares)),
            f"Where the network looked when it said {word}",
            word,
            percent(sure, 0),
        )
        for (word, sure), shares in zip(words, told.attention, strict=True)
    ]
    most, even = told.attention.max(), 1 / told.attention[0].size
    note = (
        f"No place has more than {percent(float(most))} of the attention; were it even over all "
        f"{told.attention[0].size} places, each would have {percent(even)}."
    )
    sentence = Say(told.sentence + ("" if told.finished else " …"))
    return [sentence, Tiles(tiles), Say(note, "note")]


def _numbers(told: Description) -> dict[str, Any]:
    looks = [None] * len(told.words) if told.attention is None else as_numbers(told.attention)
    rows = zip(told.words, told.word_probabilities, looks, strict=True)
    return {
        "sentence": told.sentence,
        "finished": told.finished,
        "log_probability": round(told.log_probability, 4),
        "words": [
            {"word": word, "probability": round(sure, 5), "attention": look}
            for word, sure, look in rows
        ],
    }
