"""Search: scored on inner folds alone, whatever is on the test side; resumable line by line."""

import json
import statistics

import pytest

from kineograph.errors import InputError
from kineograph.evaluation import search
from kineograph.evaluation.grid import alternatives, grid
from kineograph.evaluation.search import Search, run_search
from kineograph.recipes import find_recipe
from tests.evaluation.folded import tiny_recipe

RATES = ["training.learning_rate=1e-2,1e-3"]


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("model.units=32, 64", ["model.units=32", "model.units=64"]),
        ("model.units=32,32", ["model.units=32"]),
        ("model.filters=16,32;16,32,64", ["model.filters=16,32", "model.filters=16,32,64"]),
        ("model.filters=16,32", ["model.filters=16,32"]),
        ("model.cell=gru,lstm", ["model.cell=gru", "model.cell=lstm"]),
        ("training.patience=none,3", ["training.patience=none", "training.patience=3"]),
        ("nothing", ["nothing"]),
    ],
)
def test_alternatives_stand_between_commas_or_semicolons(setting, expected):
    assert alternatives(find_recipe("lrcn-kth"), setting) == expected


def test_a_grid_is_every_combination():
    found = grid(tiny_recipe(), ["model.units=3,5", "training.epochs=7", *RATES])
    assert [(s.recipe.model.units, s.recipe.training.learning_rate) for s in found] == [
        (3, 1e-2), (3, 1e-3), (5, 1e-2), (5, 1e-3),
    ]  # fmt: skip
    assert {s.recipe.training.epochs for s in found} == {7}
    assert found[0].name == "model.units=3 training.learning_rate=1e-2"


def test_a_combination_that_cannot_be_is_left_out_with_a_word():
    said: list[str] = []
    found = grid(
        tiny_recipe(), ["model.filters=4,4;4,4,4", "model.pools=4,3;2,2,2"], say=said.append
    )
    assert [(s.recipe.model.filters, s.recipe.model.pools) for s in found] == [
        ((4, 4), (4, 3)),
        ((4, 4, 4), (2, 2, 2)),
    ]
    assert len(said) == 2 and all(line.startswith("left out: --set model.filters") for line in said)


def test_chance_draws_some_of_the_grid_and_the_same_again():
    settings = ["model.units=1,2,3,4,5,6", "training.epochs=1,2,3"]
    first, again = (grid(tiny_recipe(), settings, chance=5) for _ in range(2))
    assert first == again and len({s.name for s in first}) == 5
    assert len(grid(tiny_recipe(), settings, chance=99)) == 18


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ([], r"no field has two values, so there is nothing to search.*model.units=32,64"),
        (["model.units=3"], r"--set model.units=3: no field has two values"),
        (["model.unit=3,4"], r"no field 'unit'.*Did you mean 'units'"),
        (["data.seed=1,2"], r"data.seed: has 2 values, and it decides which clips are tested"),
        (["data.split=clip,group"], r"data.split: has 2 values"),
    ],
)
def test_what_cannot_be_searched_is_one_clear_line(settings, said):
    with pytest.raises(InputError, match=said):
        grid(tiny_recipe(), settings)


@pytest.fixture(scope="module")
def searched(square_data, tmp_path_factory):
    """Two rates on three inner folds with two seeds; square_data marks the clips of p5 as test."""
    run = tmp_path_factory.mktemp("runs") / "searched"
    words = ("kineograph", "train", "lrcn-kth", "my data")
    job = Search(tiny_recipe(), square_data, run, RATES, seeds=(0, 1), workers=1, words=words)
    return job, run_search(job)


def test_the_score_is_the_mean_over_inner_folds(searched):
    job, found = searched
    rows = [json.loads(line) for line in (job.run / "search.jsonl").read_text().splitlines()]
    assert len(rows) == 2 * 3 * 2
    for setting in found["settings"]:
        of_fold: dict[str, list[float]] = {}
        for row in (row for row in rows if row["set"] == setting["set"]):
            path = job.run / "trainings" / row["key"] / "predictions.jsonl"
            answers = [json.loads(line) for line in path.read_text().splitlines()]
            right = sum(answer["truth"] == answer["answer"] for answer in answers)
            assert row["accuracy"] == pytest.approx(right / len(answers))
            of_fold.setdefault(row["fold"], []).append(row["accuracy"])
        means = [statistics.mean(shares) for shares in of_fold.values()]
        assert len(means) == 3 and all(len(shares) == 2 for shares in of_fold.values())
        assert setting["mean"] == pytest.approx(statistics.mean(means))
        assert setting["sd"] == pytest.approx(statistics.stdev(means))
    assert found["settings"][0]["mean"] >= found["settings"][1]["mean"]
    assert found["best"]["command"].startswith("kineograph train lrcn-kth 'my data' --set training")


def test_no_network_is_asked_about_a_test_clip(searched, square_data):
    job, found = searched
    test = {clip.id for clip in square_data.annotations if clip.split == "test"}
    assert set(json.loads((job.run / "search.json").read_text())["test_ids"]) == test
    assert found["protocol"]["n_test_set_aside"] == len(test) == 4
    answered = set()
    for path in (job.run / "trainings").glob("*/predictions.jsonl"):
        answered |= {json.loads(line)["id"] for line in path.read_text().splitlines()}
    assert answered == {clip.id for clip in square_data.annotations} - test


def test_the_test_clips_may_be_anything(searched, square_data, tmp_path):
    """The same search where every test clip has the other label gives the same scores."""
    from dataclasses import replace

    from tests.evaluation.folded import folder_of

    other = {"left": "right", "right": "left"}
    clips = [
        replace(clip, label=other[clip.label]) if clip.split == "test" else clip
        for clip in square_data.annotations
    ]
    data = folder_of(square_data, clips, tmp_path / "data")
    job = Search(tiny_recipe(), data, tmp_path / "run", RATES, workers=1)
    found = run_search(job)
    rows = [
        json.loads(line) for line in (searched[0].run / "search.jsonl").read_text().splitlines()
    ]
    before = {(*row["set"], row["fold"]): row["accuracy"] for row in rows if row["seed"] == 0}
    for setting in found["settings"]:
        for fold, accuracy in setting["folds"].items():
            assert before[(*setting["set"], fold)] == accuracy


def test_the_report_says_that_the_test_clips_were_left_alone(searched):
    job, found = searched
    text = (job.run / "report.md").read_text(encoding="utf-8")
    assert "4 test clips were set aside" in text and found["best"]["command"] in text
    assert (job.run / "report.html").is_file()


def test_resuming_trains_only_what_has_no_line(searched, monkeypatch):
    job, before = searched
    path = job.run / "search.jsonl"
    kept = path.read_text().splitlines(keepends=True)
    path.write_text("".join(kept[:-2]) + kept[-2][:30])  # killed while it wrote a line
    trained = []

    def counted(training):
        trained.append(training.name)
        return search.Score(0.5, 0.1)

    monkeypatch.setattr(search, "score_setting", counted)
    job.resume = True
    found = run_search(job)
    assert len(trained) == 2
    assert len([json.loads(line) for line in path.read_text().splitlines()]) == len(kept)
    assert {row["name"] for row in found["settings"]} == {r["name"] for r in before["settings"]}


def test_other_inner_folds_are_not_gone_on_with(searched):
    from dataclasses import replace

    job = replace(searched[0], inner=4, resume=True)
    with pytest.raises(InputError, match="begun with another recipe, other clips or other folds"):
        run_search(job)


def test_a_setting_that_fails_is_last_and_costs_no_other(square_data, tmp_path, monkeypatch):
    def fails(training):
        if training.recipe.model.units == 3:
            return search.Score(None, why="the loss is nan. Lower the rate.")
        return search.Score(0.75, 1.0)

    monkeypatch.setattr(search, "score_setting", fails)
    job = Search(tiny_recipe(), square_data, tmp_path, ["model.units=3,4"], workers=1)
    found = run_search(job)
    assert [row["mean"] for row in found["settings"]] == [0.75, None]
    assert len(found["failed"]) == 3 and "the loss is nan" in (tmp_path / "report.md").read_text()
    monkeypatch.setattr(search, "score_setting", lambda training: search.Score(None, why="no."))
    with pytest.raises(InputError, match="all 6 trainings failed. no."):
        run_search(job)
