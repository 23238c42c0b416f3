"""The rules of the bake-off, and one of its systems run through with seconds for minutes."""

import json
from dataclasses import asdict, replace

import pytest
import torch
from benchmarks.cells import bakeoff, systems, training
from benchmarks.cells.__main__ import main
from benchmarks.cells.bakeoff import SEARCH_SEED, BakeOff, best
from benchmarks.cells.systems import SYSTEMS
from benchmarks.cells.table import BEGIN, END, draw, markdown, rows_of, write_page
from benchmarks.cells.training import Budget, Course, train
from benchmarks.cells.width import count_weights, with_equal_weights
from torch import nn

from kineograph.errors import InputError
from kineograph.nets.fused import can_fuse
from kineograph.nets.scan import scan

BUILD = {
    "lrcn": lambda model: model.build(6, (48, 48), ("rgb",)),
    "reader": lambda model: model.build(40, 32),
    "characters": lambda model: model.build(66),
    "handwriting": lambda model: model.build(90, 9.0),
}


def every_contestant():
    return [(name, cell) for name, system in SYSTEMS.items() for cell in system.models]


def small_text(monkeypatch):
    """The character model at a size for a test, on drawn text."""
    system = SYSTEMS["characters"]
    models = {cell: replace(model, units=24) for cell, model in system.models.items()}
    training = replace(system.recipe.training, batch=8)
    small = replace(system, models=models, recipe=replace(system.recipe, training=training))
    monkeypatch.setitem(SYSTEMS, "characters", small)
    monkeypatch.setattr(systems, "DRAWN_TEXT_CHARACTERS", 12_000)
    monkeypatch.setattr(systems, "CALLS", 2)
    return small


@pytest.mark.parametrize(("name", "cell"), every_contestant())
def test_every_cell_has_the_weights_of_the_lstm(name, cell):
    with torch.device("meta"):
        wanted = count_weights(BUILD[name](SYSTEMS[name].models["lstm"]))
        model = with_equal_weights(SYSTEMS[name].models[cell], BUILD[name], wanted)
        assert abs(count_weights(BUILD[name](model)) / wanted - 1) <= 0.02
    assert model == replace(SYSTEMS[name].models[cell], units=model.units)


def test_the_width_is_the_nearest_of_all_that_there_are():
    model = SYSTEMS["characters"].models["gru"]

    def weights(units):
        with torch.device("meta"):
            return count_weights(model_of(units))

    def model_of(units):
        return BUILD["characters"](replace(model, units=units))

    found = with_equal_weights(model, BUILD["characters"], 30_000).units
    assert found == min(range(1, 200), key=lambda units: abs(weights(units) - 30_000))


def test_a_width_that_is_not_near_enough_is_refused():
    model = SYSTEMS["characters"].models["lstm"]
    with pytest.raises(InputError, match="they may differ by 2%. Give the LSTM more units"):
        with_equal_weights(model, BUILD["characters"], 1_100)


@pytest.mark.parametrize(("name", "cell"), every_contestant())
def test_every_cell_goes_its_fast_way(name, cell):
    with torch.device("meta"):
        network = BUILD[name](SYSTEMS[name].models[cell]).train()
    if cell == "convlstm":  # its convolutions of all steps are one call in the walk itself
        assert network.memory is not None
        return
    layers = network.layers if name == "handwriting" else network.recurrent.layers
    cells = [each for each in nn.ModuleList(layers).modules() if hasattr(each, "advance")]
    assert cells
    assert all(can_fuse(each) for each in cells)


def test_only_the_cell_differs_and_how_a_gru_resets():
    for system in SYSTEMS.values():
        base = asdict(system.models["lstm"])
        for cell in systems.CELLS:
            own = asdict(system.models[cell])
            differs = {name for name in base if own[name] != base[name]}
            assert differs <= ({"cell", "reset"} if cell == "gru" else {"cell"})
            assert own["cell"] == cell
            assert own.get("reset", "after") == "after" or cell != "gru"


@pytest.mark.parametrize("wrong", [{}, {"seconds": 0.0}, {"seconds": 1.0, "steps": 2}])
def test_a_budget_is_one_of_two(wrong):
    with pytest.raises(ValueError, match="a budget is one of the two"):
        Budget(**wrong)


class Ticking:
    """A processor on which a call of the clock takes a second."""

    def __init__(self):
        self.now = 0.0

    def process_time(self):
        self.now += 1.0
        return self.now


def course_of(tmp_path, monkeypatch):
    system = small_text(monkeypatch)
    opened = system.open(system.recipe, tmp_path / "data", None)
    model = system.models["lstm"]
    torch.manual_seed(0)
    config = replace(system.recipe.training, seed=0)
    return opened.build(model), Course(system.recipe.task, opened.train, opened.val, config)


def test_seconds_are_spent_to_the_end_and_validation_is_not_counted(tmp_path, monkeypatch):
    network, course = course_of(tmp_path, monkeypatch)
    rates = []
    step = training.train_step

    def noted(job, batch, rate):
        rates.append(rate)
        return step(job, batch, rate)

    monkeypatch.setattr(training, "train_step", noted)
    monkeypatch.setattr(training, "time", Ticking())
    spent = train(network, course, Budget(seconds=12))
    assert (spent.steps, spent.seconds) == (12, 12.0)  # a step is a second here, a look none
    assert [look.steps for look in spent.looks] == [2, 4, 6, 8, 10, 12]
    peak = course.config.learning_rate
    assert rates[0] == pytest.approx(peak / 25)  # one whole cycle, whatever the speed
    assert max(rates) == pytest.approx(peak, rel=0.05)
    assert rates[-1] < 0.1 * peak


def test_steps_are_walked_over_the_end_of_a_pass(tmp_path, monkeypatch):
    network, course = course_of(tmp_path, monkeypatch)
    passes = -(-len(course.train) // course.config.batch)
    spent = train(network, course, Budget(steps=2 * passes + 1))
    assert spent.steps == 2 * passes + 1
    assert spent.looks[-1].loss < spent.looks[0].loss
    assert spent.looks[-1].steps == spent.steps


def test_the_best_is_chosen_on_validation_and_failures_are_passed_over():
    tried = [{"val": 2.0}, {"val": None}, {"val": 1.0}]
    assert best(tried, higher_is_better=False) == {"val": 1.0}
    assert best(tried, higher_is_better=True) == {"val": 2.0}
    assert best([{"val": None}], higher_is_better=True) is None


def test_a_bake_off_is_whole_resumes_and_is_written(tmp_path, monkeypatch, capsys):
    small_text(monkeypatch)
    page = tmp_path / "cells.md"
    page.write_text(f"Before.\n{BEGIN}\nold\n{END}\nAfter.\n")
    options = ["--out", str(tmp_path / "out"), "--seconds", "0.05", "--seeds", "2", "--json"]
    options += [
        "--systems",
        "characters",
        "--cells",
        "mingru",
        "--equal-steps",
        "--page",
        str(page),
    ]
    monkeypatch.delenv("KINEOGRAPH_DATA", raising=False)
    main(options)
    told = capsys.readouterr()
    rows = json.loads(told.out.splitlines()[-1])["systems"]["characters"]
    assert [row["cell"] for row in rows] == ["lstm", "mingru"]
    assert all(len(row["tests"]) == 2 and row["step_microseconds"] > 0 for row in rows)
    assert "about 0 min left" in told.err
    written = page.read_text()
    assert written.startswith("Before.\n") and written.endswith("After.\n")
    assert "| minGRU |" in written and "old" not in written
    assert (tmp_path / "pictures" / "cells.png").stat().st_size > 5_000

    lines = (tmp_path / "out" / "trainings.jsonl").read_text().splitlines()
    assert len(lines) == 2 * 3 + 2 + 2 + 2  # search, each seed, minGRU at the LSTM's steps
    last = [json.loads(line) for line in lines if '"steps", "data"' in line]
    equal = {line["seed"]: line["steps"] for line in last}
    lstm = [json.loads(line) for line in lines if '"lstm"' in line]
    assert equal == {line["seed"]: line["steps"] for line in lstm if line["column"] == "time"}

    (tmp_path / "out" / "trainings.jsonl").write_text("\n".join(lines[:-1]) + "\n")  # killed here
    calls = []
    learned = bakeoff._learned
    monkeypatch.setattr(bakeoff, "_learned", lambda *given: calls.append(1) or learned(*given))
    main(options)
    assert len(calls) == 1


def test_a_training_that_fails_loses_no_other(tmp_path, monkeypatch):
    small_text(monkeypatch)
    said = []
    bake_off = BakeOff(
        tmp_path, 0.05, 1, systems=("characters",), cells=("lstm", "rnn"), say=said.append
    )
    real = bakeoff.train

    def fails(network, course, budget):
        if network.recurrent.layers[0][0].__class__.__name__ == "RNNCell":
            raise InputError("the loss is nan")
        return real(network, course, budget)

    monkeypatch.setattr(bakeoff, "train", fails)
    found = bakeoff.run(bake_off)["characters"]
    assert [r["cell"] for r in found if r["column"] == "time"] == ["lstm"]
    assert "characters rnn: no learning rate ends in a finite loss" in said
    assert any("the loss is nan" in line for line in said)
    assert "| RNN |" in markdown(SYSTEMS["characters"], found, 0.05)
    draw({"characters": found}, tmp_path / "cells.png")


def test_pairs_are_of_the_same_seed_and_edges_are_marked():
    def record(cell, seed, test, rate=1.0, column="time"):
        return {
            "cell": cell, "seed": seed, "test": test, "val": test, "column": column, "rate": rate,
            "units": 4, "weights": 10, "steps": 8, "seconds": 2.0, "step_microseconds": 5.0,
            "data": "lines",
        }  # fmt: skip

    searches = [
        record(cell, SEARCH_SEED, None, rate, "search")
        for cell in ("lstm", "gru")
        for rate in (0.3, 1.0, 3.0)
    ]
    found = [*searches, record("lstm", 0, 2.0), record("lstm", 1, 4.0)]
    found += [record("gru", 1, 3.5, 3.0), record("gru", 0, 2.25, 3.0)]
    lstm, gru = rows_of(SYSTEMS["characters"], found)
    assert sorted(gru["pairs"]) == [-0.5, 0.25]
    assert (gru["better"], gru["rate_at_edge"], lstm["rate_at_edge"]) == (1, True, False)
    assert gru["steps_per_second"] == 4.0
    text = markdown(SYSTEMS["characters"], found, 60)
    assert "| 3\\* | 2.875 ± 0.884 | -0.125 ± 0.530; better in 1 of 2 |" in text


def test_a_page_without_a_place_is_refused(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("words alone")
    with pytest.raises(InputError, match="has no place for the figures"):
        write_page(page, "figures")
    assert page.read_text() == "words alone"


def test_the_fast_way_gives_the_numbers_of_the_walk():
    recurrent = BUILD["characters"](SYSTEMS["characters"].models["mingru"]).recurrent
    xs = torch.randn(2, 5, 66)
    fast, _ = recurrent(xs)
    for layer in recurrent.layers:
        xs, _ = scan(layer[0], xs)
    torch.testing.assert_close(fast, xs, rtol=1e-4, atol=1e-5)
