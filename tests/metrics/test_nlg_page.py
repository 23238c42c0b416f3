"""docs/caption_scores.md: its examples run, its table of faults is what the code says."""

import re
from pathlib import Path

import numpy as np
import pytest

from kineograph.metrics.answers import score_answers, vqa_accuracy
from kineograph.metrics.captions.cider import cider_d
from kineograph.metrics.captions.table import score_captions

PAGE = (Path(__file__).parents[2] / "docs" / "caption_scores.md").read_text(encoding="utf-8")
CODE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_nlg_examples_of_the_page_run(capsys):
    def step(tokens, state):
        logs = np.full((len(tokens), 60), -np.log(60))
        logs[:, 1] = -np.inf
        return logs, state

    names = {"step": step, "first_state": None}
    for code in CODE:
        exec(code, names)
    found = score_captions(names["answers"], names["references"])
    assert capsys.readouterr().out.split()[-1] == str(found.cider_d)
    assert cider_d(names["answers"][:1], names["references"][:1], names["corpus"]) > 0
    assert len(CODE) == 3 and score_answers.__name__ in PAGE


@pytest.mark.parametrize(
    ("answer", "people"),
    [
        ("Black.", ["black"] * 10),
        ("Black.", ["black"] * 9 + ["grey"]),
        ("t-shirt - red", ["t-shirt red"] * 9 + ["x"]),
        ("v2", ["v.2"] * 9 + ["x"]),
    ],
)
def test_vqa_faults_of_the_page_are_as_told(answer, people):
    (row,) = [
        line
        for line in PAGE.splitlines()
        if line.startswith(f"| `{answer}` | `{people[0]}`")
        and ("nine times" in line) == (people[0] != people[-1])
    ]
    official, paper = (float(cell) for cell in row.strip("|").split("|")[-2:])
    assert vqa_accuracy(answer, people, "official") == official
    assert vqa_accuracy(answer, people, "paper") == paper
