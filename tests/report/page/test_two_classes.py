"""A report of two classes: tables as the writing paper printed them, persons, seeds, baselines."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kineograph.recipes import RECIPES, recipe_to_json
from kineograph.report.answers import Answer
from kineograph.report.page.report import write_report
from kineograph.report.page.words import baseline_name, differing_protocol, interval_words
from kineograph.report.run_files import RunFiles
from kineograph.report.scores import score_answers
from tests.report.drawn_runs import draw_answers, write_json

MakeRun = Callable[..., Path]
CLASSES = ["not writing", "writing"]
PERCENT = "\u00a0%"


def change(path: Path, **changes: Any) -> None:
    write_json(path, json.loads(path.read_text(encoding="utf-8")) | changes)


def seconds(right: dict[str, tuple[int, int]], person: str = "anna") -> list[Answer]:
    """Of each class so many in all, and so many of them right."""
    found = []
    for label, (total, good) in right.items():
        other = CLASSES[1 - CLASSES.index(label)]
        for number in range(total):
            answer = label if number < good else other
            found.append(
                Answer(
                    id=f"{person}-{label}-{number}",
                    video="week1.mp4",
                    person=person,
                    truth=label,
                    answer=answer,
                    probabilities={answer: 0.8, label if answer == other else other: 0.2},
                )
            )
    return found


TWO = [
    *seconds({"not writing": (30, 27), "writing": (10, 8)}, "anna"),
    *seconds({"not writing": (20, 20), "writing": (5, 2)}, "p10"),
    *seconds({"not writing": (10, 4)}, "p2"),
]


def markdown(run: Path) -> str:
    return (write_report(run).parent / "report.md").read_text(encoding="utf-8")


def writing_run(make_run: MakeRun, answers: list[Answer] = TWO, name: str = "writing-gru") -> Path:
    run = make_run(answers, CLASSES)
    change(run / "recipe.json", recipe=recipe_to_json(RECIPES[name]))
    return run


def test_every_class_s_answers_stand_in_percent_of_its_row(make_run: MakeRun):
    text = markdown(make_run(TWO, CLASSES))
    assert "How each class was answered, percent of the row:" in text
    assert "| true ↓ answered →, % | not writing | writing | clips |" in text
    assert "| not writing | 85.0 | 15.0 | 60 |" in text  # 51 of 60
    assert "| writing | 33.3 | 66.7 | 15 |" in text  # 10 of 15


@pytest.mark.parametrize(
    ("name", "table", "rows"),
    [
        ("writing-gru", "Table 2", ["96.1 | 3.9 | 2\u202f944", "24.2 | 75.8 | 1\u202f036"]),
        ("writing-frame", "Table 1", ["95.6 | 4.4 | 29\u202f246", "32.3 | 67.7 | 10\u202f554"]),
    ],
)
def test_the_paper_s_table_stands_beside_ours_with_its_protocol(
    make_run: MakeRun, name: str, table: str, rows: list[str]
):
    text = markdown(writing_run(make_run, name=name))
    section = text[text.index("## Beside the published figures") : text.index("## Worst mistakes")]
    assert f"Published: {table}, the best of several trainings:" in section
    for label, row in zip(CLASSES, rows, strict=True):
        assert f"| {label} | {row} |" in section
    assert section.index("Ours:") < section.index("| not writing | 85.0 | 15.0 | 60 |")
    assert "The protocols differ: other data (ours: kth); theirs tests one person" in section
    assert "Read each table for itself." in section
    assert section.count("22 persons in lectures, one of them tested") == 1


def test_of_other_classes_no_table_of_ours_stands_beside(make_run: MakeRun):
    run = make_run()
    change(run / "recipe.json", recipe=recipe_to_json(RECIPES["writing-gru"]))
    assert "Our classes are others, so no table of ours stands beside." in markdown(run)


@pytest.mark.parametrize("broken", [{"classes": 3}, {"rows_percent": [[1]]}, {"rows_percent": 1}])
def test_a_broken_published_table_costs_no_report(make_run: MakeRun, broken: dict[str, Any]):
    run = writing_run(make_run)
    recipe = recipe_to_json(RECIPES["writing-gru"])
    recipe["published"][0]["confusion"] |= broken
    change(run / "recipe.json", recipe=recipe)
    text = markdown(run)
    assert "Published accuracy: 89.1" in text and "Published: Table 2" not in text


@pytest.mark.parametrize(
    ("inputs", "beside"),
    [(["rgb", "flow"], ": 76.1"), (["flow"], ", flow alone: 71.5"), (["depth"], ": 76.1")],
)
def test_ours_stands_beside_the_published_figure_of_the_same_stream(
    make_run: MakeRun, inputs: list[str], beside: str
):
    run = make_run(TWO, CLASSES)
    recipe = recipe_to_json(RECIPES["pconvlstm-ntu"])
    recipe["data"]["inputs"] = inputs
    change(run / "recipe.json", recipe=recipe)
    text = markdown(run)
    assert f"Published accuracy{beside}{PERCENT}\n- Ours: 81.3{PERCENT}" in text  # 61 of 75
    assert text.count("Published accuracy") == 1 and "| standing up | 77.17" in text


def test_both_classes_have_a_curve_of_precision_and_recall(make_run: MakeRun):
    text = markdown(make_run(TWO, CLASSES))
    assert f"(dashed: not writing 80.0{PERCENT}, writing 20.0{PERCENT})" in text
    assert "Precision over recall, average precision: not writing 0." in text


def test_of_many_classes_the_range_of_guessing_is_said(make_run: MakeRun):
    classes = [f"activity {number:02}" for number in range(12)]
    text = markdown(make_run(draw_answers(classes, n=66), classes))
    assert f"({100 * 5 / 66:.1f}{PERCENT} to {100 * 6 / 66:.1f}{PERCENT})" in text
    assert "How each class was answered, percent of the row" not in text


def test_what_is_always_answered_is_named_beside_ours(make_run: MakeRun):
    run = make_run(TWO, CLASSES)
    scores = {"accuracy": 0.8, "balanced_accuracy": 0.5, "macro_f1": 0.44}
    row = scores | {"always": "not writing", "note": "always 'not writing'"}
    write_json(run / "baselines.json", {"majority": row})
    text = markdown(run)
    assert f"| always 'not writing' | 80.0{PERCENT} | 50.0{PERCENT} | 44.0{PERCENT} |" in text
    assert "always 'not writing': always" not in text  # said once
    assert f"Not clearly better than always 'not writing' (80.0{PERCENT})." in text
    assert baseline_name("majority", {}) == "commonest answer"
    assert baseline_name("frame", {"accuracy": 0.5}) == "single frames"


def test_each_person_has_a_row(make_run: MakeRun):
    text = markdown(make_run(TWO, CLASSES))
    section = text[text.index("## Person by person") :]
    assert "| person | clips | writing, share | accuracy | balanced | macro F1 |" in section
    # anna: 35 of 40; 27/30 and 8/10; F1 of writing 2*8/(10+11), of the other 2*27/(30+29)
    f1 = (16 / 21 + 54 / 59) / 2
    row = f"| anna | 40 | 25{PERCENT} | 87.5{PERCENT} | 85.0{PERCENT} | {100 * f1:.1f}{PERCENT} |"
    assert row in section
    assert section.index("| anna |") < section.index("| p2 |") < section.index("| p10 |")
    assert f"| p2 | 10 | 0{PERCENT} | 40.0{PERCENT} | 40.0{PERCENT} |" in section
    assert "1 of 3 persons were not seen in every class" in section


def test_of_many_persons_the_weakest_have_a_row(make_run: MakeRun):
    answers = [
        each
        for number in range(42)
        for each in seconds({"not writing": (4, 4), "writing": (4, min(4, number))}, f"p{number}")
    ]
    text = markdown(make_run(answers, CLASSES))
    assert "The table has the 40 weakest of 42 persons." in text
    assert "| p0 | 8 | 50" in text and "| p41 |" not in text


def test_several_seeds_have_means_and_spreads(make_run: MakeRun):
    """anna's 40 seconds by two networks: one always right, one right in 35."""
    anna = [each for each in TWO if each.person != "p2"]
    right = [replace(each, answer=each.truth, seed=1, fold="fold-01") for each in anna]
    answers = [*(replace(each, seed=0, fold="fold-01") for each in anna), *right]
    run = make_run(answers, CLASSES)
    figures = [{"seed": seed, **score_answers(a, CLASSES)} for seed, a in ((0, anna), (1, right))]
    rows = [
        {name: row[name] for name in ("seed", "accuracy", "balanced_accuracy", "macro_f1", "n")}
        for row in figures
    ]
    crossval = {
        "by": "person",
        "folds": [],
        "folds_pooled": 1,
        "seeds": rows,
        "accuracy": 0.9,
        "balanced_accuracy": 0.85,
        "macro_f1": 0.875,
        "sd": 0.0123,
        "sds": {"accuracy": 0.0123, "balanced_accuracy": 0.0456, "macro_f1": 0.0789},
    }
    write_json(run / "crossval.json", crossval)
    text = markdown(run)
    assert "| anna | 40 | 25" in text  # each second once
    assert "| 93.8\u00a0±\u00a08.8 |" in text  # of 87.5 and 100
    assert "Figures in percent: mean ± standard deviation over seeds." in text
    assert f"| mean | 90.0{PERCENT} | 85.0{PERCENT} | 87.5{PERCENT} |" in text
    assert "| ± sd, points | 1.2 | 4.6 | 7.9 |" in text
    assert f"- Macro F1 ± 7.9: 87.5{PERCENT} (interval " in text
    for row in crossval["seeds"]:  # a run of before has accuracy alone
        row.pop("macro_f1")
    write_json(run / "crossval.json", crossval)
    assert "± sd, points" not in markdown(run)


def run_of(how: str) -> RunFiles:
    return RunFiles(Path("run"), environment={"data": {"name": "mine", "split": {"how": how}}})


def test_one_person_s_interval_says_nothing_of_others():
    scores = {"interval": [0.7, 0.9], "interval_by": "clip", "groups": 60}
    said = interval_words(scores, run_of("writing-paper-split"))
    assert said.endswith("by clip, all of one person; of others it tells nothing.")


def test_the_paper_s_protocol_is_told_apart_from_ours():
    figure = {"data": "mine", "split": "writing-paper-split"}
    assert differing_protocol(figure, run_of("writing-paper-split")) == []
    (reason,) = differing_protocol(figure, run_of("group"))
    assert reason.startswith("theirs tests one person, most likely mirrored too; ours: no group")
