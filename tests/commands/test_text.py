"""`train`, `evaluate`, `export` and `sample` on a text, as a person calls them."""

import json

import pytest

from kineograph.report.characters.sections import perplexity

TEXT = "to be, or not to be: that is the question.\n" * 40
QUICK = [
    "--set", "training.epochs=2", "--set", "model.units=12", "--set", "training.batch=4",
    "--threads", "1",
]  # fmt: skip


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A text in play.txt, its end with a character that its beginning lacks."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("kineograph.evaluation.characters.experiment.SAMPLE", 60)
    (tmp_path / "play.txt").write_text(TEXT + "Ω", encoding="utf-8")
    return tmp_path


def test_from_a_text_to_text(desk, run):
    status, out, found = run("train", "char-lstm", "play.txt", *QUICK, "--name", "r", "--json")
    assert status == 0, out
    assert found["protocol"]["n"] == 173 and found["protocol"]["side"] == "val"
    assert found["bits"] == pytest.approx(found["nats"] / 0.693147, abs=1e-4)
    assert list(found["baselines"]) == [f"{n}-gram" for n in range(2, 7)]
    assert "Ω (U+03A9 GREEK CAPITAL LETTER OMEGA), 1 times" in out
    page = (desk / "runs/r/report.html").read_text(encoding="utf-8")
    assert "What surprises it" in page and 'class="warm-' in page and "<script" not in page
    assert len(json.loads((desk / "runs/r/samples.json").read_text())) == 3

    status, out, again = run("evaluate", "r", "play.txt", "--json")
    assert status == 0 and again["nats"] == pytest.approx(found["nats"], abs=2e-4), out
    status, out, learned = run("evaluate", "r", "play.txt", "--side", "train", "--json")
    assert "this is no test" in learned["leakage"]
    (desk / "other.txt").write_text("not to be" * 9)
    status, out, other = run("evaluate", "r", "other.txt", "--json")
    assert other["protocol"]["n"] == 81 and other["leakage"] is None

    words = ["--prime", "to Ω", "--length", "30", "--seed", "7", "--json"]
    status, out, drawn = run("sample", "r", *words)
    assert status == 0 and drawn["engine"] == "torch" and drawn["characters"] == 30
    assert drawn["unknown"].startswith("Ω") and "never learned" in out
    assert "to Ω" + drawn["text"] in out.replace("\r", "")
    status, out, exported = run("export", "r", "--json")
    assert exported["step"]["largest_difference"] < 1e-4
    status, out, same = run("sample", "r", *words)
    assert same["engine"] == "onnx" and same["text"] == drawn["text"]
    status, out, best = run("sample", "r", "--length", "12", "--beam", "3", "--json")
    assert best["characters"] == 12 and best["beam"] == 3


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["train", "char-lstm", "none.txt"], "none.txt: is not there. Give a text file"),
        (["train", "char-lstm", "play.txt", "--also", "x"], "--also: is for recipes that read"),
        (["train", "char-lstm", "play.txt", "--allow-leakage"], "--allow-leakage: is for recipes"),
        (["train", "char-lstm", "play.txt", "--set", "model.cell=gruu"], "Did you mean 'gru'"),
        (["train", "char-lstm", "play.txt", "--set", "training.batch=900"], "900 rows of 173"),
        (["sample", "actors"], "actors: is shown clips and makes nothing up"),
        (["sample", "nothing"], "nothing: no run folder"),
    ],
)
def test_what_cannot_be_is_one_clear_line(command, told, desk, run):
    status, out, _ = run(*command)
    assert status == 2 and told in out


def test_a_writer_says_nothing_of_files_and_draws_or_searches(desk, run):
    run("train", "char-rnn", "play.txt", *QUICK, "--name", "r", "--no-baselines")
    status, out, _ = run("predict", "r", "play.txt")
    assert status == 2 and "writes text and says nothing of files" in out
    status, out, _ = run("sample", "r", "--beam", "2", "--temperature", "0.5")
    assert status == 2 and "--beam: draws nothing" in out
    status, out, _ = run("sample", "r", "--temperature", "0")
    assert status == 2 and "temperature 0: must be above 0 and finite" in out
    for words, told in (
        (["--beam", "0"], "--beam 0: 1 to 1000 texts are kept side by side"),
        (["--beam", "100000"], "--beam 100000: 1 to 1000"),
        (["--top-k", "-1"], "--top-k -1: so many likeliest characters, or 0 for all"),
    ):
        status, out, _ = run("sample", "r", *words)
        assert status == 2 and told in out
    status, out, _ = run("sample", "r", "--prime", "play.txt", "--length", "2")
    assert status == 0 and "the file of that name is not read" in out
    status, out, _ = run("sample", "r", "--length", "0")
    assert status == 2 and "--length 0" in out
    status, out, _ = run("evaluate", "r", "play.txt", "--side", "tset")
    assert status == 2 and "Did you mean 'test'" in out


def test_a_network_that_went_astray_has_its_report_all_the_same(desk, run):
    wild = ["--set", "training.learning_rate=1e9", "--name", "r", "--no-baselines"]
    status, out, _ = run("train", "char-rnn", "play.txt", *QUICK, *wild)
    assert status == 0, out
    assert perplexity(800.0) == "∞" and perplexity(0.0) == "1.00"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("to be".encode("utf-16"), "iconv -f UTF-16 -t UTF-8 odd.txt"),
        ("tü bü".encode("latin-1"), "iconv -f LATIN1 -t UTF-8 odd.txt"),
    ],
)
def test_a_text_in_another_spelling_is_told_its_own(content, told, desk, run):
    (desk / "odd.txt").write_bytes(content)
    status, out, _ = run("train", "char-rnn", "odd.txt")
    assert status == 2 and told in out
    status, out, _ = run("train", "char-rnn", "play.txt", "--set", f"training.seed={2**64}")
    assert status == 2 and "9223372036854775807 at most" in out


def test_ctrl_c_ends_the_text_where_it_is(desk, run, monkeypatch):
    run("train", "char-rnn", "play.txt", *QUICK, "--name", "r", "--no-baselines")

    def pressed(self, prime, sampling):
        yield from "so far"
        raise KeyboardInterrupt

    monkeypatch.setattr("kineograph.predict.writer.Writer.write", pressed)
    status, out, _ = run("sample", "r", "--prime", "It is ")
    assert status == 130 and out.startswith("It is so far\n") and "stopped by you" in out


@pytest.mark.parametrize("name", ["char-gru", "shakespeare"])
def test_a_recipe_is_shown_with_its_layers(name, run):
    status, out, found = run("recipes", name, "--json")
    assert status == 0 and "dense" in out and "a character, of 100" in out
    assert sum(row["weights"] for row in found["layers"][:-1]) == found["weights"]
