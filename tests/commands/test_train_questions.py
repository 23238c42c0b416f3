"""`train`, `evaluate` and `predict --question`, as a person calls them, on drawn pictures."""

import json

import numpy as np
import pytest
from PIL import Image

COLOURS = {"red": (255, 0, 0), "blue": (0, 0, 255)}
QUICK = [
    "--set", "data.size_pixels=16", "--set", "training.epochs=2", "--set", "training.batch=8",
    "--set", "model.units=8", "--set", "model.attention_units=8", "--set", "model.answer_units=8",
    "--set", "model.encoder.filters=8,8", "--set", "model.encoder.blocks=1,1",
    "--set", "model.encoder.strides=2,2", "--set", "model.encoder.stem_filters=4",
    "--threads", "1",
]  # fmt: skip


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """easy-VQA's own files, six pictures a side, each of another grey frame."""
    monkeypatch.chdir(tmp_path)
    for side, first in (("train", 0), ("test", 100)):
        (tmp_path / "src" / side / "images").mkdir(parents=True)
        rows = []
        for number in range(12 if side == "train" else 6):
            colour = ("red", "blue")[number % 2]
            shown = np.full((16, 16, 3), first + number, np.uint8)
            shown[4:12, 4:12] = COLOURS[colour]
            Image.fromarray(shown).save(tmp_path / "src" / side / "images" / f"{number}.png")
            rows += [
                ["what color is the shape?", colour, number],
                ["is there a red shape?", "yes" if colour == "red" else "no", number],
            ]
        (tmp_path / "src" / side / "questions.json").write_text(json.dumps(rows))
    return tmp_path


def test_from_files_to_an_answer(desk, run):
    status, out, found = run("prepare", "easy-vqa", "src", "data", "--json")
    assert status == 0 and found["sides"] == {"test": 12, "train": 24}, out
    assert "Next: kineograph train coattention-vqa data" in out
    status, out, found = run("train", "coattention-vqa", "data", *QUICK, "--name", "q", "--json")
    assert status == 0, out
    assert found["protocol"]["n"] == 12 and found["protocol"]["pictures"] == 6
    assert found["protocol"]["unit"] == "questions" and found["protocol"]["split"] == "given"
    assert set(found["by_kind"]) == {"color", "present"} and found["vqa"] == {}
    assert set(found["baselines"]) == {
        "majority", "same kind", "same question", "another picture",
    }  # fmt: skip
    page = (desk / "runs/q/report.html").read_text()
    for words in ("of 12 questions about 6 pictures", "The question alone", "another picture"):
        assert words in page
    lines = (desk / "runs/q/predictions.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    assert len(rows) == 12 and rows[0]["controls"].keys() == found["baselines"].keys()
    assert found["accuracy"] == sum(row["answer"] == row["truth"] for row in rows) / 12
    alone = sum(row["controls"]["same question"] == row["truth"] for row in rows) / 12
    assert found["baselines"]["same question"]["accuracy"] == alone

    status, out, again = run("evaluate", "q", "data", "--json")
    assert status == 0 and again["accuracy"] == found["accuracy"]
    status, out, again = run("evaluate", "q", "data", "--side", "train", "--json")
    assert "were used in training: this is no test" in again["leakage"]
    _predicts(desk, run)


def _predicts(desk, run):
    picture, question = "src/test/images/0.png", "what color is the zebra?"
    status, out, found = run("predict", "q", picture, "--question", question, "--json")
    assert status == 0 and found["unknown_words"] == ["zebra"], out
    assert "never learned, so not understood: zebra" in out
    told = found["pictures"][picture]
    assert told["answer"] == told["shares"][0]["answer"] in ("yes", "no", "red", "blue")
    assert told["answer"] in out

    (desk / "src/test/images/broken.png").write_bytes(b"no picture")
    question = ["--question", "is there a red shape?", "--write", "json", "--out", "answers"]
    status, out, found = run("predict", "q", "src/test/images", *question, "--json")
    assert status == 1 and len(found["pictures"]) == 6 and len(found["failed"]) == 1
    assert len(json.loads((desk / "answers/answers.json").read_text())) == 6

    for asked, words in (
        ([], "and none was asked. Add --question"),
        (["--question", " "], "and none was asked. Add --question"),
        (["--question", "?!"], "there is no word in it. Ask something"),
        (["--question", "Какого цвета фигура?"], "none of its words was learned, perhaps it is in"),
        (["--question", "what?", "--one-line"], "--one-line: is for a network that reads lines"),
    ):
        status, out, _ = run("predict", "q", picture, *asked)
        assert status != 0 and words in out, out


def test_questions_alone_are_a_setting(desk, run):
    run("prepare", "easy-vqa", "src", "data")
    blank = ["--set", "data.blank=true", "--name", "blank", "--json"]
    status, out, found = run("train", "coattention-vqa", "data", *QUICK, *blank)
    assert status == 0 and "the question alone is learned from" in out
    assert found["accuracy"] == found["baselines"]["another picture"]["accuracy"]


def test_a_recipe_of_another_kind_is_told(desk, run):
    run("prepare", "easy-vqa", "src", "data")
    status, out, _ = run("train", "ocr-line", "data")
    assert status != 0 and "it holds questions, and lines of text are asked for" in out


def test_drawn_relations_are_sent_to_the_recipe_that_is_made_for_them(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    status, out, _ = run("prepare", "sort-of-clevr", "built-in", "data", "--option", "count=20")
    assert status == 0 and "Next: kineograph train sort-of-clevr data" in out
