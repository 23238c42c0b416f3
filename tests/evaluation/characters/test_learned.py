"""A text that was learned from is known again, whole, lengthened or in part."""

import json

import pytest
import torch

from kineograph.data.characters.corpus import read_corpus
from kineograph.data.characters.split import split_text
from kineograph.data.text import Alphabet
from kineograph.evaluation.characters import experiment
from kineograph.evaluation.characters.experiment import TextExperiment, evaluate_text_again
from kineograph.evaluation.characters.learned import STRETCHES, digest_of, found_again
from kineograph.recipes import change_all, find_recipe
from kineograph.recipes.writer import write_writer_file
from kineograph.training.checkpoint import save_weights

LEARNED = " ".join(str(number * number) for number in range(900))
OTHER = " ".join(str(number * number) for number in range(2000, 2400))


def test_stretches_are_found_wherever_they_stand():
    assert found_again(LEARNED, LEARNED[7:]) == (STRETCHES, STRETCHES)
    assert found_again(LEARNED, OTHER) == (0, STRETCHES)
    found, every = found_again(LEARNED, OTHER + LEARNED[: len(OTHER)])
    assert abs(found / every - 0.5) < 0.05
    assert found_again(LEARNED, LEARNED[300:330]) == (1, 1)  # shorter than a stretch


@pytest.fixture
def run(tmp_path):
    """A fresh network's folder that says that it learned from the first part of a.txt."""
    (tmp_path / "a.txt").write_text(LEARNED)
    recipe = change_all(find_recipe("char-lstm"), ["model.units=4", "model.layers=1"])
    split = split_text(read_corpus(tmp_path / "a.txt"), recipe.data)
    alphabet = Alphabet.of([LEARNED])
    torch.manual_seed(0)
    write_writer_file(tmp_path / "run", recipe, alphabet, "0")
    save_weights(tmp_path / "run" / "model.safetensors", recipe.model.build(len(alphabet)))
    data = {"folder": str(tmp_path / "a.txt"), "learned": digest_of(split.train)}
    (tmp_path / "run" / "environment.json").write_text(json.dumps({"data": data}))
    return tmp_path / "run"


@pytest.mark.parametrize(
    ("text", "side", "told"),
    [
        (LEARNED, None, None),  # its validation side
        (LEARNED, "train", "learned from this very text: this is no test."),
        (LEARNED, "all", "learned from this very text: this is no test."),
        (LEARNED + " the end\n", None, "in what the network learned from: this is no test."),
        (LEARNED[:2000] + OTHER, None, "in what the network learned from: this is no test."),
        (OTHER, None, None),
    ],
)
def test_what_was_learned_from_is_said_to_be_no_test(run, tmp_path, monkeypatch, text, side, told):
    monkeypatch.setattr(experiment, "SAMPLE", 5)
    (tmp_path / "asked.txt").write_text(text)
    recipe = change_all(find_recipe("char-lstm"), ["model.units=4", "model.layers=1"])
    job = TextExperiment(
        recipe, read_corpus(tmp_path / "asked.txt"), tmp_path / "found", start_from=str(run)
    )
    evaluate_text_again(job, side)
    found = json.loads((tmp_path / "found" / "environment.json").read_text())["leakage"]
    assert (found is None) == (told is None) and (told or "") in (found or "")
