"""The table of the closed loop: made in one call, gone on with, never mixed with another."""

import json

import pytest

from benchmarks import closed_loop
from kineograph.report.lines.answers import LineAnswer
from tests.tiny_hand import write_tiny_hand

LETTERS = " abcdefghijklmnopqrstuvwxyz"
TINY = [
    "--lines", "40", "--writers", "8", "--longest", "10", "--legible-lines", "4",
    "--legible-bias", "1", "--device", "cpu", "--set", "training.epochs=2",
    "--set", "training.batch=16", "--set", "model.filters=8,8,8", "--set", "model.units=8",
    "--set", "data.height_pixels=24", "--json",
]  # fmt: skip


def table(capsys, *arguments):
    closed_loop.main([str(each) for each in arguments])
    return json.loads(capsys.readouterr().out.splitlines()[-1])


@pytest.fixture
def asked(tmp_path):
    texts = tmp_path / "texts.txt"
    texts.write_text("the quick brown fox jumps over lazy dogs " * 4, "utf-8")
    run = write_tiny_hand(tmp_path / "runs" / "tiny", LETTERS + "TQ0123456789.,:()-'\"!;?")
    return [run, tmp_path / "out", "--texts", texts, "--unseen", texts, *TINY]


def test_three_rows_and_what_is_legible_and_nothing_is_done_twice(asked, capsys, monkeypatch):
    whole = closed_loop.run_lines_experiment

    def killed(job):
        if job.run.name == "both-0":
            raise KeyboardInterrupt
        return whole(job)

    monkeypatch.setattr(closed_loop, "run_lines_experiment", killed)
    with pytest.raises(KeyboardInterrupt):
        table(capsys, *asked)
    learned = []
    monkeypatch.setattr(
        closed_loop, "run_lines_experiment", lambda job: (learned.append(job.run.name), whole(job))
    )
    found = table(capsys, *asked)
    assert learned == ["both-0"], "the others were there"
    assert set(found["rows"]) == {"real", "synthetic", "both"}
    assert {row[0]["n"] for row in found["rows"].values()} == {found["n"]["test"]}, "the same lines"
    assert list(found["legibility"]) == ["1"]
    out = asked[1]
    recipes = {
        row: json.loads((out / "runs" / f"{row}-0" / "recipe.json").read_text("utf-8"))["recipe"]
        for row in found["rows"]
    }
    assert recipes["both"]["training"]["epochs"] * 2 == recipes["real"]["training"]["epochs"]
    sides = {
        row: json.loads((out / "runs" / f"{row}-0" / "environment.json").read_text("utf-8"))
        for row in found["rows"]
    }
    counts = {row: said["data"]["n"]["train"] for row, said in sides.items()}
    assert counts["both"] == counts["real"] + counts["synthetic"]
    with pytest.raises(SystemExit, match="holds a table of other numbers"):
        table(capsys, *asked, "--seeds", "2")


def test_a_recipe_that_reads_no_lines_is_refused():
    asked = closed_loop.Table("hand", recipe="lrcn-kth", settings=())
    with pytest.raises(ValueError, match=r"."):
        closed_loop.recipe_of(asked, "real", 0)


def test_scripts_are_told_apart():
    def answer(truth, read):
        return LineAnswer(
            id=truth, picture="p", group=None, source=None, split="test",
            truth=truth, read=read, best_path=read, confidence=1.0,
        )  # fmt: skip

    found = closed_loop.by_script(
        [answer("дом", "дым"), answer("house", "house"), answer("7", "1")]
    )
    assert found == {"cyrillic": pytest.approx(1 / 3), "latin": 0.0}
    assert closed_loop.by_script([answer("a", "b")])["cyrillic"] is None
    assert closed_loop.scored([answer("ab", "ac")])["cer"] == 0.5
