"""Captions and questions: the numbers are the network's own, word by word and place by place."""

import math

import numpy as np
import pytest
import torch
from PIL import Image

from kineograph.data.pictures.cache import fit_picture
from kineograph.data.pictures.tensor import picture_tensor
from kineograph.data.words import START
from kineograph.errors import InputError
from kineograph.inspect.inspected import Wish
from kineograph.inspect.kinds import INSPECTED
from kineograph.recipes.answerer import load_answerer
from kineograph.recipes.captioner import load_captioner
from kineograph.report.page.blocks import Tiles
from tests.inspect.drawn_runs import answerer_run, captioner_run, picture


@pytest.fixture
def photo(tmp_path):
    Image.fromarray(picture()).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


def silent(done, total, note):
    pass


@torch.inference_mode()
def test_each_word_has_the_step_s_own_attention_and_probability(tmp_path, photo):
    run = captioner_run(tmp_path)
    found = INSPECTED["captions"].open(str(run), Wish()).look(photo, silent)
    rows = found.numbers["words"]
    assert rows and found.numbers["sentence"] == " ".join(row["word"] for row in rows)
    trained = load_captioner(run)
    data, network = trained.recipe.data, trained.network
    memory = network.see(picture_tensor([fit_picture(picture(), data.size_pixels, data.fit)]))
    state, before = network.initial_state(memory), START
    for row in rows:
        logits, state, attention = network.step(torch.tensor([before]), state, memory)
        (before,) = trained.vocabulary.encode([row["word"]])
        assert row["probability"] == pytest.approx(float(logits.softmax(1)[0, before]), abs=2e-5)
        assert np.ravel(row["attention"]) == pytest.approx(attention[0].numpy(), abs=2e-5)
        assert np.sum(row["attention"]) == pytest.approx(1, abs=1e-3)
    logs = sum(math.log(row["probability"]) for row in rows)
    assert found.numbers["log_probability"] <= logs + 1e-2  # the end has a probability, too
    (tiles,) = [block for block in found.blocks if isinstance(block, Tiles)]
    assert [tile.title for tile in tiles.tiles[1:]] == [row["word"] for row in rows]


def test_a_captioner_that_looks_once_says_so(tmp_path, photo):
    inspector = INSPECTED["captions"].open(str(captioner_run(tmp_path, "show-and-tell")), Wish())
    assert "looks at the picture once" in inspector.method[0]
    found = inspector.look(photo, silent)
    assert all(row["attention"] is None for row in found.numbers["words"])


def test_a_sentence_without_a_word_is_told(tmp_path, photo):
    run = captioner_run(tmp_path, ends=99.0)
    found = INSPECTED["captions"].open(str(run), Wish()).look(photo, silent)
    assert found.numbers["words"] == []
    assert "ended before its first word" in found.blocks[-1].text


@pytest.mark.parametrize("recipe", ["coattention-vqa", "sort-of-clevr"])
def test_shares_are_the_network_s_own(recipe, tmp_path, photo):
    run = answerer_run(tmp_path, recipe)
    question = "what is the red zebra?"
    inspector = INSPECTED["questions"].open(str(run), Wish(question=question))
    assert "Never learned, so not understood: zebra." in inspector.method
    numbers = inspector.look(photo, silent).numbers
    assert [level["name"] for level in numbers["levels"]] == ["word", "phrase", "question"]
    trained = load_answerer(run)
    data, known = trained.recipe.data, trained.words.vocabulary
    words = known.encode(question.rstrip("?").split())
    with torch.inference_mode():
        said = trained.network(
            picture_tensor([fit_picture(picture(), data.size_pixels, data.fit)]),
            torch.tensor([0]),
            torch.tensor([words]),
            torch.tensor([len(words)]),
        )
    for number, level in enumerate(numbers["levels"]):
        assert np.allclose(level["over_places"], said.over_places[0, number], atol=2e-5)
        assert np.allclose(level["over_words"], said.over_words[0, number], atol=2e-5)
        assert np.sum(level["over_words"]) == pytest.approx(1, abs=1e-4)
    shares = [row["share"] for row in numbers["shares"]]
    assert shares == sorted(shares, reverse=True) and sum(shares) == pytest.approx(1, abs=1e-4)


@torch.inference_mode()
def test_glimpses_are_the_network_s_own_and_words_are_not_weighed(tmp_path, photo):
    run = answerer_run(tmp_path, "show-ask-attend-answer")
    inspector = INSPECTED["questions"].open(str(run), Wish(question="is the shape red"))
    assert not any("Never learned" in said for said in inspector.method)
    found = inspector.look(photo, silent)
    levels = found.numbers["levels"]
    trained = load_answerer(run)
    data, words = (
        trained.recipe.data,
        trained.words.vocabulary.encode(["is", "the", "shape", "red"]),
    )
    seen = picture_tensor([fit_picture(picture(), data.size_pixels, data.fit)])
    rows, lengths = torch.tensor([0]), torch.tensor([4])
    said = trained.network(seen, rows, torch.tensor([words]), lengths)
    count = trained.recipe.model.glimpses
    assert [each["name"] for each in levels] == [f"glimpse {n}" for n in range(1, count + 1)]
    assert count == said.over_places.shape[1] > 1
    for number, each in enumerate(levels):
        assert each["over_words"] is None
        assert np.allclose(each["over_places"], said.over_places[0, number], atol=2e-5)
        assert np.sum(each["over_places"]) == pytest.approx(1, abs=1e-3)
    best = said.logits[0].softmax(0).max()
    assert found.numbers["shares"][0]["share"] == pytest.approx(float(best), abs=1e-4)
    (tiles,) = [block for block in found.blocks if isinstance(block, Tiles)]
    assert [tile.title for tile in tiles.tiles[1:]] == [each["name"] for each in levels]
    assert all(not tile.words for tile in tiles.tiles)


def test_a_question_must_be_asked(tmp_path):
    with pytest.raises(InputError, match="none was asked. Add --question"):
        INSPECTED["questions"].open(str(answerer_run(tmp_path)), Wish())
