"""A transliterator asked: what it does not know stays, and an empty text is said."""

from pathlib import Path

import pytest
import torch

from kineograph.data.words import Vocabulary
from kineograph.errors import InputError
from kineograph.predict.rewriter import Rewriter
from kineograph.recipes import change_all, find_recipe
from kineograph.recipes.trained_texts import KnownTexts, TrainedTexts, build_texts


@pytest.fixture(scope="module")
def rewriter() -> Rewriter:
    torch.manual_seed(0)
    settings = ["model.units=6", "model.embedding=4", "model.attention=4"]
    recipe = change_all(find_recipe("transliterate"), settings)
    known = KnownTexts(Vocabulary.of(["ab"]), Vocabulary.of(["аб"]).words)
    return Rewriter(TrainedTexts(Path("r"), recipe, known, build_texts(recipe, known).eval()))


def test_an_empty_text_among_others_is_said_in_words(rewriter):
    for texts in ([""], ["ab", ""]):
        with pytest.raises(InputError, match="a text is empty: nothing is to be written of it"):
            rewriter.rewrite(texts)


def test_what_it_does_not_know_stays_where_it_stood(rewriter):
    for text in (" 12 ?\n", "1\n\n  2\t3 ", "\n"):
        assert rewriter.write(text) == text
    assert rewriter.write("\n a  b\n").split(" ")[0] == "\n"
    assert rewriter.unknown("abz, Z1") == ["z", "Z"]
