"""docs/decoding.md: its tables are what brute force and the code say, its example runs."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from kineograph.decoding.arpa import read_arpa
from tests.decoding.brute_force import every_text

PAGE = (Path(__file__).parents[2] / "docs" / "decoding.md").read_text(encoding="utf-8")
PROBABILITIES = {
    ("<s>", "a"): 0.5, ("<s>", "b"): 0.4, ("<s>", "</s>"): 0.1,
    ("a", "b"): 0.8, ("a", "</s>"): 0.1, ("a", "a"): 0.1,
    ("b", "</s>"): 0.9, ("b", "a"): 0.1,
}  # fmt: skip


@pytest.fixture
def arpa(tmp_path) -> Path:
    """The page's language model as a file."""
    singles = [f"-1\t{token}\t0" for token in ("<s>", "</s>", "<unk>", "a", "b")]
    pairs = [f"{math.log10(p):.8f}\t{x} {y}" for (x, y), p in PROBABILITIES.items()]
    head = f"\\data\\\nngram 1={len(singles)}\nngram 2={len(pairs)}\n"
    text = "\n".join([head, "\\1-grams:", *singles, "", "\\2-grams:", *pairs, "", "\\end\\"])
    (tmp_path / "ab.arpa").write_text(text + "\n")
    return tmp_path / "ab.arpa"


def rows(title: str) -> list[list[str]]:
    """Cells of the table whose head holds `title`, without bold."""
    table = PAGE[PAGE.index(title) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip(" *") for cell in row.strip("|").split("|")] for row in table]


def value(cell: str) -> float:
    """The number that a cell ends in, after its sum was worked out."""
    if not cell:
        return 0.0
    work, equals, result = cell.rpartition("=")
    if equals:
        assert eval(work.replace("·", "*")) == pytest.approx(float(result)), cell
    return float(result)


def test_the_tables_of_the_page_are_right(arpa):
    line = np.array([[float(cell) for cell in row[1:]] for row in rows("| | – | a | b |")])
    truth, model = every_text(np.log(line)), read_arpa(arpa)
    found = rows("| text | ends in a blank")
    assert len(found) == len(truth)
    for text, blank, character, together, language, both in found:
        text = "" if text == "(empty)" else text
        probability = math.exp(truth[tuple("-ab".index(c) for c in text)])
        assert value(together) == pytest.approx(value(blank) + value(character))
        assert value(together) == pytest.approx(probability)
        assert value(language) == pytest.approx(math.exp(model.score(text)), rel=1e-5)
        assert value(both) == pytest.approx(value(together) * value(language), rel=1e-5)


def test_the_example_gives_four_answers(arpa, monkeypatch, capsys):
    monkeypatch.chdir(arpa.parent)
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(code[1], {})
    assert capsys.readouterr().out == "\na\nb\nab\n"
