"""A trained text labeller asked: texts in, a label each and the share of every label."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from kineograph.data.text import NFC
from kineograph.data.texts.batch import encode_text, filled
from kineograph.data.texts.config import tokens_of
from kineograph.errors import InputError
from kineograph.recipes.trained_texts import TrainedTexts, load_texts
from kineograph.training.reproduce import choose_device

AT_ONCE = 128


@dataclass(frozen=True)
class Labelled:
    """A text's labels, the likeliest first, with their shares; tokens that were not known."""

    shares: tuple[tuple[str, float], ...]
    unknown: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The likeliest."""
        return self.shares[0][0]


@dataclass(frozen=True)
class TextLabels:
    """`TextLabels.load("runs/label-text-reviews").label(["so dull"])`: one each, in their order."""

    trained: TrainedTexts
    device: torch.device = torch.device("cpu")

    @classmethod
    def load(cls, run: str | Path, *, device: str = "cpu") -> "TextLabels":
        """A run's text labeller. Raises InputError for what is none."""
        found = choose_device(device)
        trained = load_texts(run, "labels")
        trained.network.to(found)
        return cls(trained, found)

    @torch.inference_mode()
    def label(self, texts: Sequence[str]) -> list[Labelled]:
        """Raises InputError for a text without anything in it."""
        config, known = self.trained.recipe.data, self.trained.known
        found: list[Labelled] = []
        for begin in range(0, len(texts), AT_ONCE):
            some = [NFC(text).strip() for text in texts[begin : begin + AT_ONCE]]
            if not all(some):
                raise InputError("the text is empty: there is nothing to label. Give some words.")
            rows = [encode_text(text, known.given, config.tokens, config.longest) for text in some]
            lengths = torch.tensor([len(row) for row in rows], device=self.device)
            logits = self.trained.network(filled(rows).to(self.device), lengths)
            for text, shares in zip(some, logits.float().softmax(-1).tolist(), strict=True):
                order = sorted(zip(known.asked, shares, strict=True), key=lambda each: -each[1])
                unknown = known.given.unknown(tokens_of(text, config.tokens)[: config.longest])
                found.append(Labelled(tuple(order), tuple(unknown)))
        return found
