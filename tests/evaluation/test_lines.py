"""A tiny reader of drawn digits: trained, tested, gone on with, asked again."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from kineograph.data.lines.folder import LinesFolder, write_lines_folder
from kineograph.data.lines.line import Line
from kineograph.data.text import Alphabet
from kineograph.errors import InputError
from kineograph.evaluation.job import no_stage
from kineograph.evaluation.lines.again import evaluate_lines_again
from kineograph.evaluation.lines.curve import check_shares, run_curve
from kineograph.evaluation.lines.experiment import run_lines_experiment
from kineograph.evaluation.lines.job import LinesExperiment
from kineograph.export.lines import export_reader
from kineograph.export.small import write_small
from kineograph.predict.reader import Reader
from kineograph.recipes import RECIPES, change_all
from kineograph.recipes.reader import load_reader
from kineograph.report.lines.summary import summarise_lines
from kineograph.training.checkpoint import load_grown_weights
from tests.data.lines.drawn import line_picture, save

TINY = change_all(
    RECIPES["ocr-line"],
    [
        "data.height_pixels=24",
        "data.policy=nfc",
        "model.stem_filters=0",
        "model.filters=16,32,48",
        "model.units=32",
        "model.layers=1",
        "model.outputs_dropout=0",
        "training.epochs=10",
        "training.batch=4",
        "training.learning_rate=3e-3",
        "data.augmentation.chance=0.2",
    ],
)
SIDES = ("train",) * 6 + ("val", "test")


def draw_lines(folder, texts, begin=0):
    """Lines of digits, each 'book' of eight on one side."""
    lines = []
    for number, text in enumerate(texts, begin):
        save(folder / f"{number}.png", line_picture(text, height=24, seed=number))
        book = number // 8
        side = SIDES[book % 8]
        lines.append(Line(f"{number}.png", text, group=f"book {book}", split=side))
    return lines


def digits(count, seed=0, letters="0123456789"):
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list(letters), rng.integers(3, 7))) for _ in range(count)]


@pytest.fixture(scope="session")
def books(tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    lines = draw_lines(folder / "scans", digits(192))
    return write_lines_folder(
        folder / "data", lines, name="books", source_root=folder / "scans", kind="lines"
    )


@pytest.fixture(scope="session")
def trained(books, tmp_path_factory):
    run = tmp_path_factory.mktemp("runs") / "digits"
    run_lines_experiment(LinesExperiment(TINY, books, run, threads=1))
    return run


def job(books, run, **options):
    return LinesExperiment(TINY, books, run, threads=1, **options)


def test_a_reader_of_drawn_digits_learns_to_read(trained):
    found = summarise_lines(trained)
    assert found["cer"] < 0.05
    assert found["protocol"] | {"n": 24, "split": "given"} == found["protocol"]
    assert load_reader(trained).alphabet.characters == tuple("0123456789")
    assert (trained / "report.html").exists()


def test_the_reader_says_of_pictures_what_evaluation_said_of_lines(trained, books):
    said = [json.loads(row) for row in (trained / "predictions.jsonl").read_text().splitlines()]
    cache, _ = books.build_cache(height_pixels=24)
    lines = {line.id: line for line in books.lines}
    pictures = [cache[lines[row["id"]]] for row in said]
    reader = Reader.load(trained)
    readings = reader.read(pictures)
    assert [reading.text for reading in readings] == [row["read"] for row in said]
    plain = Reader.load(trained, language="none").read(pictures)
    assert [reading.text for reading in plain] == [row["best_path"] for row in said]


def test_a_line_is_read_alike_alone_and_beside_others_in_any_order(trained, books):
    cache, _ = books.build_cache(height_pixels=24)
    pictures = [np.array(cache[line]) for line in books.lines[:40]]
    reader = Reader.load(trained)
    together = [reading.text for reading in reader.read(pictures)]
    assert [reading.text for reading in reader.read(pictures[::-1])] == together[::-1]
    assert [reader.read([picture])[0].text for picture in pictures] == together


def test_characters_stand_where_they_were_drawn(trained):
    """The middle of each character lies within its own drawn width, in pixels of a large scan."""
    text = "7 1 9 4".replace(" ", "")
    letters = [line_picture(character, height=96) for character in text]
    joined = np.concatenate(letters, axis=1)
    (reading,) = Reader.load(trained).read([joined])
    assert reading.text == text
    begin = 0
    for character, letter in zip(reading.characters, letters, strict=True):
        middle = (character.left_pixels + character.right_pixels) / 2
        assert begin < middle < begin + letter.shape[1]
        begin += letter.shape[1]
    assert all(0 < character.confidence <= 1 for character in reading.characters)


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (40, 1), (24, 9000)])
def test_whatever_its_shape_a_picture_gets_an_answer(trained, shape):
    (reading,) = Reader.load(trained).read([np.full(shape, 255, np.uint8)])
    assert isinstance(reading.text, str)
    assert Reader.load(trained).read([]) == []


def test_a_run_killed_in_the_middle_ends_with_the_same_weights(books, tmp_path, trained):
    from safetensors.torch import load_file

    from kineograph.training import fit as training

    run, saved = tmp_path / "again", []

    def stop(done, total, note):
        saved.append(done)
        if len(saved) == 25:
            raise KeyboardInterrupt

    class Stage:
        def __init__(self, title, unit):
            self.title = title

        def __enter__(self):
            return stop if self.title == "Training" else training.silent

        def __exit__(self, *_):
            return None

    def ended():
        with pytest.raises(KeyboardInterrupt):
            run_lines_experiment(
                LinesExperiment(
                    change_all(TINY, ["training.checkpoint_seconds=0"]),
                    books, run, threads=1, stage=Stage,
                )
            )  # fmt: skip

    ended()
    recipe = change_all(TINY, ["training.checkpoint_seconds=0"])
    run_lines_experiment(LinesExperiment(recipe, books, run, threads=1, resume=True))
    ours, theirs = (load_file(each / "model.safetensors") for each in (run, trained))
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_from_a_run_the_alphabet_grows_and_nothing_learned_is_lost(trained, tmp_path):
    """New letters come after the old ones, whose answers are as they were before any step."""
    lines = draw_lines(tmp_path / "scans", digits(64, seed=5, letters="0123456789AB"))
    data = write_lines_folder(
        tmp_path / "data", lines, name="more", source_root=tmp_path / "scans", kind="lines"
    )
    said: list[str] = []
    frozen = change_all(TINY, ["training.learning_rate=1e-30", "training.epochs=1"])
    run = tmp_path / "run"
    run_lines_experiment(
        LinesExperiment(
            frozen,
            data,
            run,
            start_from=str(trained),
            threads=1,
            with_language=False,
            say=said.append,
        )  # fmt: skip
    )
    old, new = load_reader(trained), load_reader(run)
    assert new.alphabet.characters == (*"0123456789", "A", "B")
    assert any("new characters: A (U+0041" in line for line in said)
    for name, value in old.network.state_dict().items():
        kept = new.network.state_dict()[name][: len(value)] if value.dim() else None
        if kept is not None and "running" not in name:
            torch.testing.assert_close(kept, value)


def test_lines_of_another_folder_are_learned_from_and_never_tested(books, tmp_path):
    lines = draw_lines(tmp_path / "scans", digits(16, seed=9, letters="XYZ"))
    more = write_lines_folder(
        tmp_path / "more", lines, name="drawn", source_root=tmp_path / "scans", kind="fonts"
    )
    run = tmp_path / "run"
    quick = change_all(TINY, ["training.epochs=1"])
    run_lines_experiment(
        LinesExperiment(quick, books, run, also=[more], threads=1, with_language=False)
    )
    assert load_reader(run).alphabet.characters == tuple("0123456789XYZ")
    known = json.loads((run / "environment.json").read_text())["data"]
    assert known["n"] == {"train": 144, "also": 16, "val": 24, "test": 24}
    assert known["also"] == ["drawn"]
    rows = (run / "predictions.jsonl").read_text().splitlines()
    truths = [json.loads(row)["truth"] for row in rows]
    assert not set("".join(truths)) & set("XYZ")


def test_evaluate_says_what_was_learned_from_and_what_is_no_character_of_its_own(
    trained, books, tmp_path
):
    reader = load_reader(trained)
    options = {"device": torch.device("cpu"), "stage": no_stage}
    evaluate_lines_again(reader, books, None, tmp_path / "own", say=lambda text: None, **options)
    assert (tmp_path / "own" / "predictions.jsonl").read_text() == (
        trained / "predictions.jsonl"
    ).read_text()
    evaluate_lines_again(reader, books, "train", tmp_path / "seen", say=print, **options)
    leak = json.loads((tmp_path / "seen" / "environment.json").read_text())["leakage"]
    assert leak == "144 of these 144 lines were used in training: this is no test."
    lines = draw_lines(tmp_path / "scans", ["12Q"])
    other = write_lines_folder(
        tmp_path / "other", lines, name="other", source_root=tmp_path / "scans", kind="lines"
    )
    said: list[str] = []
    evaluate_lines_again(reader, other, None, tmp_path / "out", say=said.append, **options)
    assert any(line.startswith("not in its alphabet, so always wrong: Q (U+0051") for line in said)


def test_a_space_that_it_can_write_is_not_called_unseen(trained, tmp_path):
    """A policy takes a lone space away: the alphabet must not be asked through it."""
    reader = load_reader(trained)
    knows = replace(
        reader, alphabet=Alphabet((*reader.alphabet.characters, " ")), model=None, decoding=None
    )
    lines = draw_lines(tmp_path / "scans", ["12 3"], begin=500)
    data = write_lines_folder(
        tmp_path / "data", lines, name="other", source_root=tmp_path / "scans", kind="lines"
    )
    said: list[str] = []
    options = {"device": torch.device("cpu"), "stage": no_stage, "say": said.append}
    evaluate_lines_again(knows, data, None, tmp_path / "out", **options)
    assert not [line for line in said if "not in its alphabet" in line]


def test_lines_on_two_sides_are_refused_in_one_line(tmp_path):
    lines = draw_lines(tmp_path / "scans", ["123"] * 64)  # the same seed: 0.png drawn again
    for number in (0, 63):
        save(tmp_path / "scans" / f"{number}.png", line_picture("4567", height=24, seed=1))
    lines[0] = Line("0.png", "4567", group="book 0", split="train")
    lines[63] = Line("63.png", "4567", group="book 7", split="test")
    data = write_lines_folder(
        tmp_path / "data", lines, name="twice", source_root=tmp_path / "scans", kind="lines"
    )
    with pytest.raises(InputError, match=r"the sides share what they must not .*--allow-leakage"):
        run_lines_experiment(job(data, tmp_path / "run"))


def test_a_side_without_lines_is_refused(trained, tmp_path):
    lines = [
        Line("0.png", "123", group="a", split="train"),
        Line("1.png", "45", group="b", split="val"),
    ]
    draw_lines(tmp_path / "scans", ["123", "45"])
    data = write_lines_folder(
        tmp_path / "data", lines, name="few", source_root=tmp_path / "scans", kind="lines"
    )
    with pytest.raises(InputError, match=r"no line is marked test\. Mark some"):
        run_lines_experiment(job(data, tmp_path / "run"))
    with pytest.raises(InputError, match=r"no line is marked test\. Mark some"):
        evaluate_lines_again(
            load_reader(trained), data, "test", tmp_path / "out",
            device=torch.device("cpu"), stage=no_stage, say=print,
        )  # fmt: skip


def test_the_wrong_kind_of_folder_or_run_is_told_apart(books, trained, tmp_path):
    from kineograph.data.dataset_folder import DataFolder
    from kineograph.recipes import load

    with pytest.raises(InputError, match="its data are lines, and clips are to be labelled"):
        load(trained)
    with pytest.raises(InputError):
        DataFolder(books.path)
    with pytest.raises(InputError, match="does not hold prepared lines"):
        LinesFolder(tmp_path)


def test_exported_it_reads_the_same_and_shared_in_eight_bits_nearly(trained, books, tmp_path):
    cache, _ = books.build_cache(height_pixels=24)
    pictures = [np.array(cache[line]) for line in books.lines[-30:]]
    expected = Reader.load(trained)
    assert expected.engine == "torch"
    export_reader(load_reader(trained), tmp_path)
    faster = Reader.load(trained, onnx=tmp_path / "lines.onnx")
    assert faster.engine == "onnx"
    for ours, theirs in zip(
        faster.log_probabilities(pictures), expected.log_probabilities(pictures), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)
    write_small(trained, tmp_path / "small")
    weights = "model.safetensors"
    assert (tmp_path / "small" / weights).stat().st_size < 0.45 * (trained / weights).stat().st_size
    small = Reader.load(tmp_path / "small")
    ours, theirs = ([r.text for r in each.read(pictures)] for each in (small, expected))
    assert sum(one == other for one, other in zip(ours, theirs, strict=True)) >= 29
    with pytest.raises(InputError, match="holds a run already"):
        write_small(trained, tmp_path / "small")


def test_a_network_whose_width_cannot_be_free_says_so(trained, tmp_path):
    """A GRU's loop is written out for the width that was traced."""
    reader = load_reader(trained)
    recipe = change_all(reader.recipe, ["model.cell=gru"])
    network = recipe.model.build(len(reader.alphabet), 24).eval()
    with pytest.raises(InputError, match="cannot be written with a free width"):
        export_reader(replace(reader, recipe=recipe, network=network), tmp_path)


def test_a_curve_over_fewer_lines_takes_as_many_steps_and_the_same_test(books, tmp_path):
    quick = change_all(TINY, ["training.epochs=2"])
    whole = LinesExperiment(quick, books, tmp_path / "run", threads=1, with_language=False)
    run_lines_experiment(whole)
    points = run_curve(whole, [0.5, 0.25])
    assert [point["lines"] for point in points] == [36, 72, 144]
    assert json.loads((tmp_path / "run" / "curve.json").read_text()) == points
    logs = [
        [json.loads(row) for row in (run / "log.jsonl").read_text().splitlines()]
        for run in (tmp_path / "run", tmp_path / "run/curve/0.5", tmp_path / "run/curve/0.25")
    ]
    steps = [sum(row.get("steps", 0) for row in log) for log in logs]
    assert steps == [72, 72, 72]
    less, more = (
        set(json.loads((tmp_path / f"run/curve/{share}/environment.json").read_text())
            ["data"]["split"]["train"])
        for share in ("0.25", "0.5")
    )  # fmt: skip
    assert less < more
    assert "36" in (tmp_path / "run" / "report.html").read_text()


def test_what_is_no_part_is_refused():
    with pytest.raises(InputError, match=r"--curve 1\.5: a part of the training lines"):
        check_shares([0.5, 1.5])


def test_only_answers_grow_and_never_the_gates_of_a_wider_recurrence(trained, tmp_path):
    """An LSTM of more units has more rows as well, in which each gate lies elsewhere."""
    old = load_reader(trained)
    wider = change_all(old.recipe, ["model.units=40"])
    network = wider.model.build(len(old.alphabet) + 2, 24)
    begun = {name: value.clone() for name, value in network.state_dict().items()}
    left = load_grown_weights(
        trained / "model.safetensors", network, len(old.alphabet), len(old.alphabet) + 2
    )
    cells = [name for name in begun if name.startswith("recurrent")]
    assert cells and set(cells) <= set(left)
    assert all(torch.equal(network.state_dict()[name], begun[name]) for name in cells)
