"""Captions as experiments with pictures take them: sides, network, questions, figures."""

from pathlib import Path
from typing import Any

from torch import nn

from kineograph.data.augment import Augmentation
from kineograph.data.captions.batch import CaptionExamples, vocabulary_of
from kineograph.data.captions.described import DescribedPicture
from kineograph.data.captions.folder import CAPTIONS
from kineograph.data.pictures.cache import PictureCache
from kineograph.data.pictures.split import PictureSplit
from kineograph.data.words import Vocabulary
from kineograph.evaluation.captions.ask import ask_captions
from kineograph.evaluation.pictures.kind import PictureKind, PictureSides
from kineograph.metrics.captions.words import caption_words
from kineograph.nets.encoders.pretrained import take_pretrained
from kineograph.recipes import Recipe
from kineograph.recipes.captioner import load_captioner
from kineograph.report.captions.page import write_captions_report
from kineograph.report.captions.summary import summarise_captions, tell_captions


def caption_sides(
    recipe: Recipe,
    split: PictureSplit[DescribedPicture],
    cache: PictureCache,
    known: dict[str, Any] | None,
) -> PictureSides:
    """The three sides; words are those of the training side, or those known already."""
    config = recipe.data
    words = (
        Vocabulary(tuple(known["vocabulary"]))
        if known
        else vocabulary_of(split.train, config.least_count)
    )

    def side(
        records: list[DescribedPicture], changes: Augmentation | None = None, drawn: int = 0
    ) -> CaptionExamples:
        return CaptionExamples(
            records,
            cache,
            words,
            longest=config.longest,
            augmentation=changes,
            sentences_drawn=drawn,
        )

    return PictureSides(
        known={"vocabulary": list(words.words)},
        train=side(split.train, config.augmentation, config.sentences_drawn),
        val=side(split.val) if split.val else None,
        test=side(split.test),
        remarks=_remarks(split.train, words, config.longest),
    )


def build_captioner(recipe: Recipe, known: dict[str, Any]) -> nn.Module:
    """A fresh network; a pretrained encoder comes with what it has learned. Raises ValueError."""
    words = Vocabulary(tuple(known["vocabulary"]))
    data = recipe.data
    network: nn.Module = recipe.model.build(len(words), data.size_pixels, data.frames)
    take_pretrained(network)
    return network


def report_captions(run: Path) -> Path:
    """The report, drawn of files alone."""
    return write_captions_report(run)


def _remarks(train: list[DescribedPicture], words: Vocabulary, longest: int) -> list[str]:
    """What of the training sentences is never said."""
    split = [caption_words(text) for each in train for text in each.sentences]
    if not split:
        return []
    every = sum(map(len, split))
    unknown = sum(word not in words for sentence in split for word in sentence)
    cut = sum(len(sentence) > longest for sentence in split)
    return [
        f"{len(words.words)} words are known; {unknown} of {every} in training sentences are not "
        f"({unknown / max(1, every):.1%}). {cut} of {len(split)} sentences are longer than "
        f"{longest} words: what goes on is not learned."
    ]


CAPTION_KIND = PictureKind(
    name="captions",
    unit="pictures",
    folder=CAPTIONS,
    sides=caption_sides,
    build=build_captioner,
    load=load_captioner,
    ask=ask_captions,
    report=report_captions,
    summarise=summarise_captions,
    tell=tell_captions,
)
