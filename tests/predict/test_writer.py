"""Writing: by torch and by ONNX the same; what is drawn follows the distribution; top-k; beam."""

import math
import os
from collections import Counter
from dataclasses import replace
from itertools import islice, product

import numpy as np
import pytest
import torch

from kineograph.data.text import Alphabet
from kineograph.decoding.sequence_beam import Sampling
from kineograph.decoding.token_stream import stream
from kineograph.errors import InputError
from kineograph.export.characters import export_writer
from kineograph.export.run import OnnxFile
from kineograph.predict.writer import Writer, check_length
from kineograph.recipes import RECIPES, change_all
from kineograph.recipes.writer import TrainedWriter, load_writer, write_writer_file
from kineograph.training.checkpoint import save_weights

ALPHABET = Alphabet(tuple(" abc"))


def trained(folder, cell="lstm"):
    recipe = change_all(RECIPES["char-lstm"], ["model.units=6", f"model.cell={cell}"])
    torch.manual_seed(1)
    network = recipe.model.build(len(ALPHABET)).eval()
    with torch.no_grad():
        for weights in network.parameters():
            weights.mul_(2)  # surer of itself than a fresh one
    write_writer_file(folder, recipe, ALPHABET, "0")
    save_weights(folder / "model.safetensors", network)
    return TrainedWriter(folder, recipe, ALPHABET, network)


@pytest.fixture(scope="module")
def writer(tmp_path_factory) -> Writer:
    return Writer(trained(tmp_path_factory.mktemp("run")))


@pytest.mark.parametrize("cell", ["lstm", "mingru"])  # a state of pairs, and a plain one
def test_the_exported_step_writes_the_same(cell, tmp_path):
    plain = Writer(trained(tmp_path, cell))
    report = export_writer(plain.trained)["step"]
    assert report["largest_difference"] < 1e-4
    loaded = Writer.load(tmp_path)
    assert (plain.engine, loaded.engine) == ("torch", "onnx")
    texts = ["".join(islice(each.write("ab", Sampling(seed=3)), 60)) for each in (plain, loaded)]
    assert texts[0] == texts[1]
    notes = OnnxFile(tmp_path / "step.onnx").session.get_modelmeta().custom_metadata_map
    assert notes["kineograph.alphabet"] == '[" ", "a", "b", "c"]'


def test_an_export_older_than_the_weights_is_left_aside(tmp_path):
    exported = trained(tmp_path)
    export_writer(exported)
    assert Writer.load(tmp_path).engine == "onnx"
    later = (tmp_path / "step.onnx").stat().st_mtime + 1  # trained again, or gone on with
    os.utime(tmp_path / "model.safetensors", (later, later))
    assert Writer.load(tmp_path).engine == "torch"


def chances(writer: Writer, prime: str) -> np.ndarray:
    told = torch.tensor([[0, *ALPHABET.encode(prime)]])
    with torch.no_grad():
        logits = writer.trained.network(told)[0][0, -1, 1:]
    return logits.double().softmax(-1).numpy()


@pytest.mark.parametrize(("temperature", "top_k"), [(1.0, 0), (0.5, 0), (2.0, 2)])
def test_what_is_drawn_is_as_frequent_as_it_is_probable(temperature, top_k, writer):
    expected = chances(writer, "ab") ** (1 / temperature)
    if top_k:
        expected[np.argsort(expected)[:-top_k]] = 0
    expected /= expected.sum()
    draws = 1500
    sampling = [Sampling(temperature, top_k, seed=seed) for seed in range(draws)]
    logs, state = writer._read("ab")
    found = Counter(next(stream(writer._step, logs, state, each))[0] for each in sampling)
    share = np.array([found[token] for token in range(1, 5)]) / draws
    spread = np.sqrt(expected * (1 - expected) / draws)
    assert (np.abs(share - expected) <= 4.5 * spread + 1e-9).all()


def test_the_prime_is_read_and_a_seed_decides(writer):
    one, two, other = (
        "".join(islice(writer.write("abc", Sampling(seed=seed)), 40)) for seed in (0, 0, 1)
    )
    assert one == two != other
    assert np.abs(chances(writer, "aaaa") - chances(writer, "cccc")).max() > 1e-3


def test_a_wide_beam_finds_the_likeliest_text_of_all(writer):
    def nats(text: str) -> float:
        return -sum(
            math.log(chances(writer, "a" + text[:place])[" abc".index(character)])
            for place, character in enumerate(text)
        )

    best = min(("".join(text) for text in product(" abc", repeat=3)), key=nats)
    found, each = writer.best("a", 3, width=64)
    # the beam's figure leaves out the begin, which has a share of the network's own
    assert found == best and each == pytest.approx(nats(best) / 3, abs=1e-5)


def test_unknown_characters_of_the_prime_are_named_and_read_as_nothing(writer):
    assert writer.unknown("abж") == "ж (U+0436 CYRILLIC SMALL LETTER ZHE)"
    assert not writer.unknown("abc")
    assert len(list(islice(writer.write("жж"), 5))) == 5
    assert len(list(islice(writer.write(""), 5))) == 5


def test_no_length_and_another_kind_of_run_are_refused(tmp_path, writer):
    with pytest.raises(InputError, match="--length 0: at least 1"):
        check_length(0)
    folder = tmp_path / "reader"
    write_writer_file(folder, replace(RECIPES["ocr-line"]), ALPHABET, "0")
    with pytest.raises(InputError, match="is shown lines and writes no text"):
        load_writer(folder)
