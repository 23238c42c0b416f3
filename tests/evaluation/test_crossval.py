"""Cross-validation: pooled from the folds' answers, resumable, and one bad fold costs no other."""

import json
import shutil
import statistics
from dataclasses import replace
from pathlib import Path

import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score

from kineograph.errors import InputError
from kineograph.evaluation import trainings
from kineograph.evaluation.crossval import Crossval, run_crossval
from kineograph.evaluation.experiment import run_experiment
from kineograph.evaluation.pooled import over_seeds, summarise_folds
from kineograph.recipes import change
from tests.evaluation.folded import folder_of, tiny_recipe, without_waiting


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def share(answers: list[dict]) -> float:
    return sum(answer["truth"] == answer["answer"] for answer in answers) / len(answers)


def files_below(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def quick(monkeypatch):
    without_waiting(monkeypatch)


@pytest.fixture(scope="module")
def folded(square_data, tmp_path_factory):
    """Three folds, one seed, with baselines: trained once for all tests of this file."""
    run = tmp_path_factory.mktemp("runs") / "folded"
    with pytest.MonkeyPatch.context() as patch:
        without_waiting(patch)
        run_crossval(Crossval(tiny_recipe(), square_data, run, by="person", count=3, workers=1))
    return run


def test_every_clip_is_tested_once_and_the_figures_are_those_of_all_answers(folded, square_data):
    each = {f.name: lines(f / "predictions.jsonl") for f in sorted((folded / "folds").iterdir())}
    assert list(each) == ["fold-01-seed-0", "fold-02-seed-0", "fold-03-seed-0"]
    pooled = lines(folded / "predictions.jsonl")
    assert sorted(a["id"] for a in pooled) == sorted(a.id for a in square_data.annotations)
    assert [(a["fold"], a["seed"]) for a in pooled] == [
        (name[:7], 0) for name, answers in each.items() for _ in answers
    ]
    found = summarise_folds(folded)
    assert found["accuracy"] == pytest.approx(share([a for one in each.values() for a in one]))
    assert found["sd"] is None and found["protocol"]["n"] == 24
    assert found["protocol"]["split"] == "group" and found["protocol"]["by"] == "person"
    rows = {row["fold"]: row["accuracy"]["0"] for row in found["folds"]}
    assert rows == {name[:7]: share(answers) for name, answers in each.items()}


def test_validation_is_the_next_part_and_no_side_shares_a_person(folded):
    told = [
        json.loads((f / "environment.json").read_text())["data"]["split"]
        for f in sorted((folded / "folds").iterdir())
    ]
    for number, split in enumerate(told):
        assert sorted(split["val"]) == sorted(told[(number + 1) % 3]["test"])
        persons = [{name[:2] for name in split[side]} for side in ("train", "val", "test")]
        assert sum(map(len, persons)) == len(set.union(*persons)) == 6


def test_baselines_are_pooled_from_their_answers_and_not_averaged(folded):
    found = json.loads((folded / "baselines.json").read_text())
    assert set(found) == {"majority", "metadata", "frame"}
    for name, row in found.items():
        of_folds = sorted((folded / "folds").glob(f"*/baselines/{name}.jsonl"))
        answers = [answer for path in of_folds for answer in lines(path)]
        assert len(answers) == 24 and row["accuracy"] == pytest.approx(share(answers))
        assert len(lines(folded / "baselines" / f"{name}.jsonl")) == 24


def test_each_seed_has_the_three_figures_of_all_its_answers(folded):
    told = json.loads((folded / "crossval.json").read_text())
    pooled = lines(folded / "predictions.jsonl")
    truths, found = [a["truth"] for a in pooled], [a["answer"] for a in pooled]
    (row,) = told["seeds"]
    assert row["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(truths, found))
    assert row["macro_f1"] == pytest.approx(f1_score(truths, found, average="macro"))
    assert told["macro_f1"] == row["macro_f1"] and told["accuracy"] == row["accuracy"]
    assert told["sds"] == dict.fromkeys(("accuracy", "balanced_accuracy", "macro_f1"))
    persons = summarise_folds(folded)["persons"]
    assert sum(person["n"] for person in persons) == 24 and len(persons) == 6


def test_the_spread_over_seeds_is_of_each_figure():
    rows = [
        {"accuracy": 0.5, "balanced_accuracy": 0.4, "macro_f1": 0.2},
        {"accuracy": 0.7, "balanced_accuracy": 0.4, "macro_f1": 0.6},
    ]
    means, sds = over_seeds(rows)
    assert means == pytest.approx({"accuracy": 0.6, "balanced_accuracy": 0.4, "macro_f1": 0.4})
    assert sds == pytest.approx(
        {"accuracy": 0.02**0.5, "balanced_accuracy": 0.0, "macro_f1": 0.08**0.5}
    )


def test_what_every_fold_always_answers_is_named(folded):
    """Folds of all classes in equal parts: what is commonest may differ from fold to fold."""
    labels = {a["answer"] for a in lines(folded / "baselines" / "majority.jsonl")}
    found = json.loads((folded / "baselines.json").read_text())["majority"].get("always")
    assert found == (labels.pop() if len(labels) == 1 else None)


def test_the_report_tells_fold_by_fold(folded):
    text = (folded / "report.md").read_text(encoding="utf-8")
    told = json.loads((folded / "crossval.json").read_text())
    assert "3 folds by person, 1 seed" in text and "Fold by fold" in text
    for row in told["folds"]:
        assert row["test"] in text and row["val"] in text
    assert "log.jsonl" not in text  # the folds have diaries, the pooled run needs none
    assert json.loads((folded / "environment.json").read_text())["seed"] == [0]


def test_film_strips_are_those_of_the_surest_mistakes_of_all_folds(folded):
    rows = json.loads((folded / "pictures" / "worst.json").read_text())
    wrong = [a for a in lines(folded / "predictions.jsonl") if a["truth"] != a["answer"]]
    sure = sorted((a["probabilities"][a["answer"]] for a in wrong), reverse=True)
    assert [row["probability"] for row in rows] == pytest.approx(sure[: len(rows)])
    assert len(rows) == min(8, len(wrong)) > 0
    assert all((folded / "pictures" / row["file"]).is_file() for row in rows)


def test_a_seed_can_be_added_and_whole_folds_are_left_alone(folded, square_data, tmp_path, quick):
    run = tmp_path / "folded"
    shutil.copytree(folded, run)
    before = files_below(run / "folds")
    job = Crossval(
        tiny_recipe(), square_data, run, by="person", count=3, seeds=(0, 1), workers=1, resume=True
    )
    run_crossval(job)
    after = files_below(run / "folds")
    assert {path: after[path] for path in before} == before and len(after) > len(before)
    pooled = lines(run / "predictions.jsonl")
    by_seed = [share([a for a in pooled if a["seed"] == seed]) for seed in (0, 1)]
    found = summarise_folds(run)
    assert [row["accuracy"] for row in found["seeds"]] == pytest.approx(by_seed)
    assert found["accuracy"] == pytest.approx(statistics.mean(by_seed))
    assert found["sd"] == pytest.approx(statistics.stdev(by_seed))
    assert found["protocol"]["n"] == 24 and found["protocol"]["seeds"] == [0, 1]
    assert "2 seeds" in (run / "report.md").read_text(encoding="utf-8")
    assert len(lines(run / "baselines" / "frame.jsonl")) == 24  # the first seed's alone


@pytest.mark.parametrize("changed", ["recipe", "folds"])
def test_another_recipe_or_other_folds_are_not_gone_on_with(changed, folded, square_data):
    recipe = tiny_recipe()
    count = 3
    if changed == "recipe":
        recipe = change(recipe, "model.units", 5)
    else:
        count = 4
    before = files_below(folded)
    job = Crossval(recipe, square_data, folded, by="person", count=count, workers=1, resume=True)
    with pytest.raises(InputError, match="begun with another recipe.*choose another --name"):
        run_crossval(job)
    assert files_below(folded) == before


def test_a_fold_that_fails_costs_no_other(square_data, tmp_path, quick):
    def relabelled(clip):  # only p0 and p1 go right: the fold of these two learns no such clip
        return clip.label == "left" or clip.person in ("p0", "p1")

    clips = [clip for clip in square_data.annotations if relabelled(clip)]
    data = folder_of(square_data, clips, tmp_path / "data")
    said: list[str] = []
    job = Crossval(
        tiny_recipe(), data, tmp_path / "run", workers=1, with_baselines=False, say=said.append
    )
    done = run_crossval(job)
    assert list(done["failed"]) == ["fold-01, seed 0"]
    assert "no training clip of right" in done["failed"]["fold-01, seed 0"]
    assert any(line.startswith("fold-01, seed 0: failed") for line in said)
    found = summarise_folds(tmp_path / "run")
    assert found["folds"][0]["accuracy"] == {"0": None} and found["folds"][1]["mean"] is not None
    tested = {a["id"][:2] for a in lines(tmp_path / "run" / "predictions.jsonl")}
    assert tested == {"p1", "p2", "p3", "p4", "p5"}
    text = (tmp_path / "run" / "report.md").read_text(encoding="utf-8")
    assert "5 of 6 folds by person" in text and "no training clip of right" in text


def test_a_process_killed_for_memory_is_a_fold_that_failed(
    square_data, tmp_path, monkeypatch, quick
):
    def killed_at_the_second(function, jobs, workers):
        for place, job in enumerate(jobs):
            yield job, None if place == 1 else function(job)

    monkeypatch.setattr(trainings, "run_jobs", killed_at_the_second)
    job = Crossval(tiny_recipe(), square_data, tmp_path, count=3, workers=1, with_baselines=False)
    done = run_crossval(job)
    assert list(done["failed"]) == ["fold-02, seed 0"]
    assert "killed, most likely for memory" in done["failed"]["fold-02, seed 0"]
    assert summarise_folds(tmp_path)["seeds"][0]["folds"] == 2


def test_if_all_folds_fail_it_is_an_error(square_data, tmp_path, quick):
    clips = [replace(clip, group=clip.person, person="one") for clip in square_data.annotations]
    data = folder_of(square_data, clips, tmp_path / "data")
    with pytest.raises(InputError, match=r"all 6 folds failed.*person: 'one' is in.*--allow-leak"):
        run_crossval(Crossval(tiny_recipe(), data, tmp_path / "run", by="group", workers=1))


def test_ctrl_c_ends_it_and_resuming_does_the_rest(square_data, tmp_path, monkeypatch, quick):
    calls = []

    def stopped_at_the_second(job):
        calls.append(job.run.name)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return run_experiment(job)

    job = Crossval(tiny_recipe(), square_data, tmp_path, count=3, workers=1, with_baselines=False)
    monkeypatch.setattr(trainings, "run_experiment", stopped_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        run_crossval(job)
    job.resume = True
    run_crossval(job)
    assert calls == [f"fold-0{n}-seed-0" for n in (1, 2, 2, 3)]


def test_the_epochs_of_the_folds_are_counted(square_data, tmp_path, quick):
    from contextlib import contextmanager

    seen = []

    @contextmanager
    def stage(title, unit):
        yield lambda done, total, note: seen.append((title, done, total, note))

    job = Crossval(
        tiny_recipe(),
        square_data,
        tmp_path,
        count=3,
        workers=1,
        with_baselines=False,
        stage=stage,
    )
    run_crossval(job)
    own = [row[1:] for row in seen if row[0] == "Cross-validating"]
    assert own[0] == (0, 6, "0 of 3 folds done") and own[-1] == (6, 6, "3 of 3 folds done")


@pytest.mark.parametrize("seeds", [(), (1, 1), (-1,)])
def test_seeds_are_each_there_once(seeds, square_data, tmp_path):
    with pytest.raises(InputError, match="whole numbers from 0, each once"):
        run_crossval(Crossval(tiny_recipe(), square_data, tmp_path, seeds=seeds))
