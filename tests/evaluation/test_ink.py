"""A whole experiment with ink: trained, resumed, asked again, told."""

import json

import numpy as np
import pytest
import torch

from kineograph.commands.console import Screen
from kineograph.commands.sample_ink import sample_ink
from kineograph.data.ink.line import INK, ink_line
from kineograph.data.prepared_folder import PreparedFolder, write_folder
from kineograph.errors import InputError
from kineograph.evaluation.ink.again import evaluate_ink_again
from kineograph.evaluation.ink.experiment import run_ink_experiment
from kineograph.evaluation.ink.job import InkExperiment
from kineograph.evaluation.job import no_stage
from kineograph.recipes import change_all, find_recipe
from kineograph.recipes.hand import load_hand
from kineograph.report.ink.material import read_ink_run
from kineograph.report.ink.summary import summarise_ink
from kineograph.training.checkpoint import read_safetensors

SMALL = ["model.units=8", "model.mixtures=2", "model.windows=2", "training.batch=4"]
TEXTS = ("ab", "ёж a", "ba ab", "ab ж")


def made(path, writers: int = 10, seed: int = 0) -> PreparedFolder:
    rng = np.random.default_rng(seed)
    lines = []
    for number in range(2 * writers):
        text = TEXTS[number % 4]
        steps = rng.normal((0.3, 0), 0.2, size=(8 * len(text), 2))
        lines.append(ink_line([steps.cumsum(0)], text, f"writer {number // 2}"))
    write_folder(path, INK, lines, name="tiny", source_root=path)
    return PreparedFolder(path, INK)


def job(tmp_path, run: str = "run", **options) -> InkExperiment:
    recipe = change_all(find_recipe("handwriting-demo"), [*SMALL, "training.epochs=2"])
    folder = made(tmp_path / "data")
    return InkExperiment(recipe, folder, tmp_path / run, threads=1, **options)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    home = tmp_path_factory.mktemp("ink")
    done = run_ink_experiment(job(home))
    return home, done


def test_a_training_ends_with_a_report_and_its_figures(trained):
    home, done = trained
    found = summarise_ink(home / "run")
    text = (home / "run" / "predictions.jsonl").read_text("utf-8")
    rows = [json.loads(row) for row in text.splitlines()]
    per_point = -sum(row["nats"] for row in rows) / sum(row["points"] for row in rows)
    assert found["log_loss_per_point"] == pytest.approx(per_point)
    assert found["log_loss_per_line"] == pytest.approx(
        -sum(row["nats"] for row in rows) / len(rows)
    )
    assert found["interval"][0] <= per_point <= found["interval"][1]
    assert found["protocol"]["split"] == "group"
    assert "divided by their standard deviation" in found["protocol"]["normalisation"]
    page = (home / "run" / "report.html").read_text("utf-8")
    for words in ("nats a line", "One Gaussian without memory", "written, bias 1", "<path d="):
        assert words in page
    assert "nats a point" in (home / "run" / "report.md").read_text("utf-8")
    assert done["left_out"] == []


def test_a_resumed_training_comes_out_bit_for_bit(trained, tmp_path):
    home, _ = trained
    half = job(tmp_path)
    half.recipe = change_all(half.recipe, ["training.checkpoint_seconds=0"])
    straight = job(tmp_path, "straight")
    straight.recipe = half.recipe
    run_ink_experiment(straight)
    calls = 0

    def stop(done: int, total: int, note: str) -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise KeyboardInterrupt

    from contextlib import nullcontext

    half.stage = lambda title, unit: nullcontext(stop if title == "Training" else lambda *a: None)
    with pytest.raises(KeyboardInterrupt):
        run_ink_experiment(half)
    again = job(tmp_path, resume=True)
    again.recipe = half.recipe
    run_ink_experiment(again)
    one, other = (
        read_safetensors(tmp_path / name / "model.safetensors")[0] for name in ("run", "straight")
    )
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_asked_again_it_says_the_same_and_of_training_lines_that_they_are(trained):
    home, _ = trained
    hand, data = load_hand(home / "run"), PreparedFolder(home / "data", INK)
    options = {"device": torch.device("cpu"), "stage": no_stage, "say": lambda text: None}
    evaluate_ink_again(hand, data, None, home / "again", **options)
    first, second = (summarise_ink(home / name) for name in ("run", "again"))
    assert second["log_loss_per_point"] == pytest.approx(first["log_loss_per_point"])
    assert second["leakage"] is None
    evaluate_ink_again(hand, data, "all", home / "all", **options)
    assert "were used in training: this is no test" in summarise_ink(home / "all")["leakage"]
    with pytest.raises(InputError, match="--side tests: known sides are"):
        evaluate_ink_again(hand, data, "tests", home / "none", **options)
    with pytest.raises(InputError, match="holds a training"):
        evaluate_ink_again(hand, data, None, home / "run", **options)


def test_sample_writes_files_and_tells_how(trained, capsys):
    home, _ = trained
    out = home / "written" / "a.svg"
    sample_ink(Screen(True), str(home / "run"), text="ab ёж", out=out, count=2, bias=1.0, seed=3)
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["files"] == [str(out.with_stem(f"a-{number}")) for number in (1, 2)]
    assert all(out.with_stem(f"a-{number}").stat().st_size > 300 for number in (1, 2))
    assert found["rows"] == 2 * len(found["finished"]) / 2
    with pytest.raises(InputError, match="it cannot write Z"):
        sample_ink(Screen(True), str(home / "run"), text="Z", out=out)
    with pytest.raises(InputError, match="ink is written as"):
        sample_ink(Screen(True), str(home / "run"), text="a", out=out.with_suffix(".pdf"))
    with pytest.raises(InputError, match="the text is empty"):
        sample_ink(Screen(True), str(home / "run"), text=None, out=out)


def test_another_network_is_gone_on_with_in_its_own_measures(trained, tmp_path):
    home, _ = trained
    said = []
    more = job(tmp_path, start_from=str(home / "run"), say=said.append)
    more.recipe = change_all(more.recipe, ["training.epochs=1"])
    run_ink_experiment(more)
    assert load_hand(tmp_path / "run").known == load_hand(home / "run").known
    assert any("all weights that fit" in line for line in said)


def test_a_writer_whose_name_has_a_line_separator_stays_one_answer(tmp_path):
    row = {"id": "a", "text": "ab", "group": "Ann\u2028B", "points": 9, "nats": 1.5, "control": -4}
    text = json.dumps(row, ensure_ascii=False) + "\n"
    (tmp_path / "predictions.jsonl").write_text(text, encoding="utf-8")
    (answer,) = read_ink_run(tmp_path).answers
    assert (answer.group, answer.points) == ("Ann\u2028B", 9)
