"""`prepare`, `train`, `evaluate`, `predict` with whole texts, as a person calls them."""

import json
from itertools import product

import pytest

WORDS = ("dull", "slow", "fine", "warm", "long", "odd", "loud", "calm")
QUICK = ["--threads", "1", "--set", "training.batch=8", "--json"]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """Texts whose label is told by which of two words is first: a bag of words cannot know."""
    monkeypatch.chdir(tmp_path)
    rows = ["text,label"]
    for left, middle, right in product(WORDS, WORDS, WORDS):
        if len({left, middle, right}) == 3 and len(rows) <= 240:
            rows += [f"{left} dog {middle} cat {right},dog", f"{left} cat {middle} dog {right},cat"]
    (tmp_path / "pets.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "made.txt").write_text("Мышь и щука, ёж; їжак.\n", encoding="utf-8")
    return tmp_path


def test_order_is_learned_where_a_bag_of_words_knows_nothing(desk, run):
    small = ["--set", "model.units=16", "--set", "model.dropout=0", "--set", "training.epochs=12"]
    status, out, found = run("train", "label-text", "pets.csv", *QUICK, *small, "--name", "r")
    assert status == 0, out
    assert found["accuracy"] > 0.9 and found["baselines"]["bag of words"]["accuracy"] < 0.7
    assert found["baselines"]["majority"]["accuracy"] == pytest.approx(0.5, abs=0.05)
    page = (desk / "runs/r/report.html").read_text(encoding="utf-8")
    assert "Confusion matrix" in page and "ahead of a bag of words" in page and "clips" not in page
    status, out, again = run("evaluate", "r", "pets.csv", "--json")
    assert again["accuracy"] == found["accuracy"] and again["leakage"] is None
    status, out, learned = run("evaluate", "r", "pets.csv", "--side", "train", "--json")
    assert "this is no test" in learned["leakage"]

    (desk / "one.txt").write_text("warm cat slow dog fine\n")
    words = ["one.txt", "none.txt", "--text", "Odd dog calm cat purrs", "--json"]
    status, out, told = run("predict", "r", *words)
    assert status == 1 and "none.txt: is not there. Check the path" in told["failed"]["none.txt"]
    assert told["texts"]["one.txt"]["label"] == "cat"
    assert told["texts"]["--text"]["label"] == "dog"
    assert told["texts"]["--text"]["unknown"] == ["purrs"]
    assert sum(told["texts"]["one.txt"]["shares"].values()) == pytest.approx(1, abs=1e-3)
    (desk / "same.csv").write_text("text,label\nwarm cat,cat\nslow cat,cat\n", "utf-8")
    status, out, alike = run("evaluate", "r", "same.csv", "--side", "all", "--json")
    assert status == 0 and alike["protocol"]["n"] == 2
    (desk / "odd.csv").write_text("text,label\nwarm cat,cat\nslow cow,cow\n", "utf-8")
    status, out, _ = run("evaluate", "r", "odd.csv", "--side", "all")
    assert "1 of 2 texts have labels that were never learned (cow): no answer" in out
    (desk / "cows.csv").write_text("text,label\nwarm cow,cow\nslow cow,cow\n", "utf-8")
    for command, said in (
        (["evaluate", "r", "cows.csv", "--side", "all"], "never learned (cow); it knows cat, dog"),
        (["predict", "r", "runs"], "runs: is a folder. Give the files in it."),
        (["predict", "r"], "none was given. Add --text"),
        (["predict", "r", "--text", " "], "the text is empty"),
        (["predict", "r", "--text", "a", "--beam", "3"], "--beam: is for a network that"),
        (["predict", "actors"], "no file was given"),
        (["predict", "actors", "a.mp4", "--text", "b"], "--text: is for a network that labels"),
        (["sample", "r"], "makes nothing up"),
        (["train", "label-text", "pets.csv", "--also", "x"], "--also: is for recipes that read"),
        (["train", "label-text", "pets.csv", "--set", "data.given=txt"], "has no column 'txt'"),
        (["export", "r"], "no ONNX"),
        (["inspect", "r", "one.txt"], "r"),
    ):
        status, out, _ = run(*command)
        assert status != 0 and said in out, (command, out)


def test_words_are_prepared_learned_and_written(desk, run):
    status, out, made = run("prepare", "transliteration", "made.txt", "some", "--json")
    assert status == 0 and made["pairs"] == 4 and "їжак for one" in made["left_out"][0], out
    rows = (desk / "some/pairs.tsv").read_text(encoding="utf-8").splitlines()
    assert "щука\tshhuka\tshchuka\tshchuka\tщука" in rows
    status, out, _ = run("prepare", "transliteration", "built-in", "some")
    assert status == 2 and "holds pairs of another text. Add --overwrite" in out

    (desk / "sums.tsv").write_text(
        "in\tout\n" + "".join(f"{a}{b}\t{b}{a}\n" for a in "abcdefg" for b in "hijklmn")
    )
    columns = ["--set", "data.given=in", "--set", "data.asked=out"]
    small = ["--set", "model.units=24", "--set", "training.epochs=25", "--set", "model.dropout=0"]
    status, out, found = run(
        "train", "transliterate", "sums.tsv", *QUICK, *columns, *small, "--name", "r"
    )
    assert status == 0 and list(found["baselines"]) == ["copy"], out
    assert found["cer"] < found["baselines"]["copy"]["cer"] == 1.0
    page = (desk / "runs/r/report.html").read_text(encoding="utf-8")
    assert "What it looked at" in page and "Where each character of" in page
    shown = json.loads((desk / "runs/r/attention.json").read_text())
    assert all(
        sum(row) == pytest.approx(1, abs=0.01) for each in shown for row in each["attention"]
    )
    status, out, told = run("predict", "r", "--text", "Ah, ω! BI", "--beam", "2", "--json")
    written = told["texts"]["--text"]
    assert written["unknown"] == ["ω"]
    assert written["text"][0].isupper() and ", ω! " in written["text"]
    assert written["text"].split()[-1].isupper()
    status, out, again = run("evaluate", "r", "sums.tsv", "--json")
    assert status == 0 and again["cer"] == pytest.approx(found["cer"]), out


def test_the_tables_stand_beside_what_they_lead_to(desk, run):
    run("prepare", "transliteration", "built-in", "words")
    lines = (desk / "words/pairs.tsv").read_text(encoding="utf-8").splitlines()
    (desk / "few.tsv").write_text("\n".join([lines[0], *lines[1::40]]), encoding="utf-8")
    small = ["--set", "model.units=8", "--set", "training.epochs=1"]
    status, out, found = run("train", "transliterate", "few.tsv", *QUICK, *small)
    assert status == 0 and 0 < found["baselines"]["table"]["accuracy"] < 1, out
    turned = ["--set", "data.given=cyrillic", "--set", "data.asked=bgn-pcgn"]
    status, out, found = run("train", "transliterate", "few.tsv", *QUICK, *small, *turned)
    assert found["baselines"]["table"]["accuracy"] == 1  # it is what they were drawn from
