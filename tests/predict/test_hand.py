"""A hand that writes: texts in rows, a person's own style, words for what it cannot."""

import os
import unicodedata

import numpy as np
import pytest
import torch

from kineograph.data.ink.config import InkConfig
from kineograph.data.ink.known import KnownInk
from kineograph.data.ink.line import ink_line
from kineograph.errors import InputError
from kineograph.export.ink import export_hand
from kineograph.predict.hand import Hand, break_text
from kineograph.predict.prime import read_prime
from kineograph.recipes import change_all, find_recipe, load
from kineograph.recipes.hand import TrainedHand, build_hand, load_hand, write_hand_file
from kineograph.tasks.draw_ink import Drawn
from kineograph.training.checkpoint import save_weights

KNOWN = KnownInk(tuple(" abcдёж"), (0.5, 0.3), 4.0, 6.0, 7)


def small(name: str = "handwriting-demo"):
    settings = ["model.units=8", "model.mixtures=2"]
    settings += ["model.windows=2"] if name == "handwriting-demo" else []
    return change_all(find_recipe(name), settings)


@pytest.fixture
def run(tmp_path):
    torch.manual_seed(0)
    recipe = small()
    write_hand_file(tmp_path / "run", recipe, KNOWN, "0")
    save_weights(tmp_path / "run" / "model.safetensors", build_hand(recipe, KNOWN))
    return tmp_path / "run"


@pytest.fixture
def hand(run):
    return Hand.load(run)


def test_a_run_comes_back_as_it_was_saved(run):
    trained = load_hand(run)
    assert trained.known == KNOWN
    assert isinstance(trained.config, InkConfig)


def test_the_same_seed_writes_the_same_and_another_another(hand):
    one, same, other = (hand.write("ab ёж", seed=seed)[0] for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(one.strokes, same.strokes, strict=True))
    assert len(one.strokes) != len(other.strokes) or not np.allclose(
        one.strokes[0][:2], other.strokes[0][:2]
    )


def test_an_exported_pen_writes_what_the_network_does(run, hand):
    export_hand(hand.trained)
    by_onnx = Hand.load(run)
    assert by_onnx.onnx and not hand.onnx
    texts = ["ab ёж", "b"]
    both = zip(hand.write_lines(texts), by_onnx.write_lines(texts), strict=True)
    for one, other in both:
        assert len(one) == len(other) > 0
        assert all(np.allclose(a, b, atol=1e-3) for a, b in zip(one, other, strict=True))


def test_an_export_older_than_the_weights_is_left_aside(run, hand):
    export_hand(hand.trained)
    later = (run / "pen.onnx").stat().st_mtime + 1
    os.utime(run / "model.safetensors", (later, later))
    assert Hand.load(run).onnx is None


def test_a_long_text_is_written_in_rows_by_one_hand(hand):
    two = hand.write("ab abc\nёж", count=2)
    assert [[text for text, _ in ink.rows] for ink in two] == [["ab", "abc", "ёж"]] * 2
    assert all(ink.finished for ink in two)


def test_a_row_and_what_it_goes_on_from_are_a_line_as_it_learned(hand):
    assert hand.rows_of("ab abc") == ["ab abc"]  # six of the seven characters of its lines
    assert hand.rows_of("ab abc b") == ["ab", "abc", "b"]  # each beside the first: three and three
    assert hand.rows_of("ab abc", after="a") == ["ab", "abc"]  # five are left
    assert hand.rows_of("ab abc", after="abc ab") == ["ab", "abc"]  # no fewer than half


def test_rows_do_not_go_on_from_one_that_came_to_no_end(hand, monkeypatch):
    asked, point = [], np.array([[0, 0, 0], [1, 1, 1]], dtype=np.float32)

    def draw(rows, bias, chance):
        asked.append(rows)
        return [Drawn(point, finished=bool(place)) for place, _ in enumerate(rows)]

    monkeypatch.setattr(hand, "_draw", draw)
    first, second = hand.write("ab\nёж", count=2)
    assert (first.finished, second.finished) == (False, True)
    assert [(len(row.before), row.text_before) for row in asked[1]] == [(0, ""), (2, "ab")]


def test_rows_are_broken_as_they_are_spelled(hand):
    apart = unicodedata.normalize("NFD", "ё" * 7)  # fourteen points, and seven characters
    assert hand.rows_of(apart) == ["ё" * 7]
    assert hand.rows_of("a\u200b\n\u200b\nb") == ["a", "b"]  # a row of nothing is none
    for nothing in ("\u200b", "\u00ad \ufeff", "\n"):
        with pytest.raises(InputError, match="the text is empty"):
            hand.write(nothing)


def test_rows_are_broken_between_words():
    assert break_text("a bb ccc dddd", 6) == ["a bb", "ccc", "dddd"]
    assert break_text("aaaaaaaaaa b", 4) == ["aaaa", "aaaa", "aa b"]
    assert break_text("a\n\nb", 4) == ["a", "b"]
    long = "word and another " * 588
    rows = break_text(long, 30)
    assert len(long) > 9900
    assert max(map(len, rows)) <= 30
    assert " ".join(rows).split() == long.split()


def test_own_strokes_of_any_size_are_gone_on_from(hand):
    wave = np.column_stack([np.linspace(0, 900, 60), 90 * np.sin(np.linspace(0, 20, 60))])
    own = ink_line([wave], "abc")
    (ink,) = hand.write("ёж", prime=own, seed=4)
    larger = ink_line([wave * 7], "abc")
    (same,) = hand.write("ёж", prime=larger, seed=4)
    assert len(ink.strokes) == len(same.strokes)
    np.testing.assert_allclose(ink.strokes[0], same.strokes[0], atol=0.05)
    assert ink.text == "ёж"


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("", {}, "the text is empty"),
        (" \n ", {}, "the text is empty"),
        ("a" * 20_001, {}, "20001 characters, and 20000 are written at once"),
        ("aZ", {}, r"it cannot write Z \(U\+005A.*it writes:  abcдёж"),
        ("a", {"bias": -1}, "bias -1: 0"),
        ("a", {"count": 0}, "count 0: 1 to 10000"),
        (
            "a",
            {"prime": ink_line([[[0, 0], [1, 5]]], "Q")},
            r"'Q': .* never learned Q",
        ),
        ("a", {"seed": 2**63}, "seed 9223372036854775808: 0 to 9223372036854775807 are known"),
    ],
)
def test_what_cannot_be_written_is_said(hand, text, options, words):
    with pytest.raises(InputError, match=words):
        hand.write(text, **options)


def test_a_network_without_a_text_scribbles_and_says_so(tmp_path):
    torch.manual_seed(0)
    recipe = small("handwriting-predict")
    network = build_hand(recipe, KNOWN).eval()
    with torch.no_grad():
        network.output.bias[0] = -50  # a pen that is never lifted, so that nothing ends
    hand = Hand(TrainedHand(tmp_path, recipe, KNOWN, network))
    one, two = hand.scribble(30, count=2)
    assert sum(map(len, one.strokes)) == sum(map(len, two.strokes)) == 30
    with pytest.raises(InputError, match="writes no text, it only goes on scribbling"):
        hand.write("a")
    with pytest.raises(InputError, match="points 1: 2 to 100000"):
        hand.scribble(1)


def test_a_hand_that_reads_does_not_scribble(hand):
    with pytest.raises(InputError, match="is told what to write"):
        hand.scribble()


def test_own_strokes_from_a_file(tmp_path):
    rows = [
        '{"strokes": [[[0, 0], [4, 4]]], "text": "a"}',
        '{"strokes": [[[0, 0], [4, 9]]], "text": "abc"}',
    ]
    (tmp_path / "own.jsonl").write_text("\n".join([*rows, "{"]), "utf-8")
    assert read_prime(tmp_path / "own.jsonl").text == "abc"
    assert read_prime(tmp_path / "own.jsonl", longest=2).text == "a"
    assert read_prime(tmp_path / "own.jsonl", longest=0).text == "a"  # the shortest, then
    with pytest.raises(InputError, match="is a folder. Give a file of it"):
        read_prime(tmp_path)

    def fits(line):
        if len(line.text) > least:
            raise InputError(f"{line.text} is long.")

    least = 1
    assert read_prime(tmp_path / "own.jsonl", fits).text == "a"
    least = 0
    with pytest.raises(InputError, match="abc is long. So it is with all 2 lines."):
        read_prime(tmp_path / "own.jsonl", fits)
    with pytest.raises(InputError, match=r"own strokes are read from \.json"):
        read_prime(tmp_path / "own.png")
    with pytest.raises(InputError, match="there is no such file"):
        read_prime(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text('{"strokes": [[[0, 0]]], "text": "a"}', "utf-8")
    with pytest.raises(InputError, match="no line of ink can be read. bad.json line 1: 1 point"):
        read_prime(tmp_path / "bad.json")


def test_a_run_of_another_kind_or_a_broken_one_is_said(run, tmp_path):
    path = run / "recipe.json"
    whole = path.read_text("utf-8")
    path.write_text(whole.replace('"deviation"', '"deviations"'), "utf-8")
    with pytest.raises(InputError, match="its measures of ink are broken"):
        load_hand(run)
    path.write_text(whole, "utf-8")
    with pytest.raises(
        InputError, match="are ink, and clips are to be labelled.* kineograph sample"
    ):
        load(run)
    path.write_text(whole.replace('"kind": "ink"', '"kind": "lines"'), "utf-8")
    with pytest.raises(InputError, match="was not trained on pen strokes"):
        load_hand(run)
