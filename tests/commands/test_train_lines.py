"""`train`, `evaluate`, `export` and `predict` on lines, as a person calls them."""

import numpy as np
import pytest

from kineograph.data.lines.folder import write_lines_folder
from kineograph.data.lines.line import Line
from tests.data.lines.drawn import line_picture, save

QUICK = [
    "--set", "data.height_pixels=24", "--set", "data.policy=nfc", "--set", "training.epochs=1",
    "--set", "model.filters=8,8,8", "--set", "model.units=8", "--threads", "1",
]  # fmt: skip


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with prepared lines in data/."""
    monkeypatch.chdir(tmp_path)
    rng, lines = np.random.default_rng(0), []
    for number in range(48):
        text = "".join(rng.choice(list("012345"), 4))
        save(tmp_path / "scans" / f"{number}.png", line_picture(text, height=24, seed=number))
        side = ("train", "train", "val", "test")[number // 4 % 4]
        lines.append(Line(f"{number}.png", text, group=f"book {number // 4}", split=side))
    write_lines_folder(
        tmp_path / "data", lines, name="books", source_root=tmp_path / "scans", kind="lines"
    )
    return tmp_path


def test_from_training_to_a_shared_reader(desk, run):
    status, out, found = run("train", "ocr-line", "data", *QUICK, "--name", "r", "--json")
    assert status == 0, out
    assert found["protocol"]["n"] == 12 and found["protocol"]["data"] == "books"
    assert (desk / "runs/r/report.html").is_file()
    status, out, found = run("evaluate", "r", "data", "--side", "val", "--json")
    assert status == 0 and found["protocol"]["n"] == 12
    status, out, found = run("export", "r", "--json")
    assert status == 0 and found["lines"]["largest_difference"] < 1e-4
    status, out, found = run("export", "r", "--small", "--out", "shared", "--json")
    assert status == 0 and set(found["bytes"]) >= {"recipe.json", "model.safetensors"}
    status, out, found = run("predict", "shared", "scans/0.png", "--json")
    assert found["files"][0]["pages"], out


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (
            ["train", "ocr-line", "data", "--look-for-copies"],
            "--look-for-copies: is for recipes that label clips",
        ),
        (["train", "ocr-line", "data", "--curve", "a"], "--curve a: parts of the training lines"),
        (["train", "ocr-line", "data", "--curve", "2"], "--curve 2: a part of the training lines"),
        (["train", "actors", "data"], "it holds lines of text, and clips are asked for"),
        (["train", "actors", "x", "--also", "y"], "--also: is for recipes that read lines"),
        (["train", "actors", "x", "--curve", "0.5"], "--curve: is for recipes that read lines"),
        (["train", "ocr-line", "x", "--no-baselines"], "--no-baselines: is for recipes that label"),
        (
            ["train", "ocr-line", "x", "--workers", "2"],
            "--workers: is for recipes that label clips",
        ),
        (["crossval", "ocr-line", "data", "--by", "group"], "folds are dealt of clips"),
        (["search", "ocr-line", "data", "--set", "model.units=8,16"], "folds are dealt of clips"),
        (["export", "lines-fraktur", "--small"], "Say where: --out FOLDER"),
        (["evaluate", "actors", "data"], "it holds lines of text, and clips are asked for"),
        (
            ["train", "ocr-line", "data", "--from", "actors"],
            "its data are clips, and lines are to be read",
        ),
    ],
)
def test_what_makes_no_sense_is_said_in_a_line(desk, run, command, told):
    status, out, found = run(*command)
    assert status != 0
    assert told in " ".join(out.split()), out
