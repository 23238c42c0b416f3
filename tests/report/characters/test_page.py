"""The report of a character model: drawn from files alone, honest about what is missing."""

import json
import math

import pytest

from kineograph.errors import InputError
from kineograph.report.characters.answers import (
    TextAnswers,
    read_text_answers,
    write_text_answers,
)
from kineograph.report.characters.page import summarise_text, write_text_report
from kineograph.report.page import as_html
from kineograph.report.page.blocks import Shaded

LATEX = "\\begin{lemma}<b>$x$</b>\\end{lemma}\n" * 40


@pytest.fixture
def folder(tmp_path):
    nats = [0.1 * (place % 60) for place in range(len(LATEX))]
    nats[3] = math.nan
    answers = TextAnswers("val", 90, LATEX, nats, [each + 0.25 for each in nats])
    write_text_answers(tmp_path / "predictions.jsonl", answers)
    published = {"value": 1.4697, "source": "nanoGPT", "protocol": "val", "data": "x", "split": "y"}
    recipe = {"name": "stacks", "training": {"keep": "last"}, "published": [published]}
    (tmp_path / "recipe.json").write_text(json.dumps({"recipe": recipe, "alphabet": ["<", "x"]}))
    (tmp_path / "baselines.json").write_text('{"5-gram": {"nats": 1.62}}')
    sample = {"temperature": 0.8, "nats": 1.1, "text": "\\begin{lemma} \\end{proof} }"}
    (tmp_path / "samples.json").write_text(json.dumps([sample]))
    known = {"data": {"name": "stacks", "n": {"train": 90}, "split": {"how": "by place"}}}
    told = {"protocol": {"window_characters": 256}, "seed": 0}
    (tmp_path / "environment.json").write_text(json.dumps(known | told))
    return tmp_path


def test_answers_come_back_as_they_were_written(folder):
    found = read_text_answers(folder / "predictions.jsonl")
    assert found.text == LATEX and found.start == 90 and math.isnan(found.nats[3])
    assert found.nats[59] == pytest.approx(5.9)


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85", "\x0c", "\x1c", "\r"])
def test_a_sign_that_ends_a_line_elsewhere_ends_none_here(sign, tmp_path):
    text = f"one{sign}two\n"
    nats = [0.5] * len(text)
    write_text_answers(tmp_path / "a.jsonl", TextAnswers("val", 0, text, nats, nats))
    assert read_text_answers(tmp_path / "a.jsonl") == TextAnswers("val", 0, text, nats, nats)


def test_the_page_holds_figures_protocol_and_what_is_balanced(folder):
    page = write_text_report(folder).read_text(encoding="utf-8")
    for words in ("1.6200", "windows of 256", "by place", "is higher"):
        assert words in page
    assert "<b>$x$" not in page and "&lt;b&gt;$x$" in page  # a text's signs are no HTML
    assert "of other texts or sides and are not comparable" in page
    told = (folder / "report.md").read_text(encoding="utf-8")
    assert "| temperature 0.8 | environments | 0 | 1 | 1 | 0.0" in told.replace("\u202f", " ")
    assert "| the text itself | environments |" in told


def test_the_summary_has_figures_with_their_protocol(folder):
    found = summarise_text(folder)
    known = [0.1 * (place % 60) for place in range(len(LATEX)) if place != 3]
    assert found["nats"] == pytest.approx(sum(known) / len(known), abs=1e-4)
    assert found["nats_in_windows"] == pytest.approx(found["nats"] + 0.25, abs=1e-4)
    assert found["protocol"]["split"] == "by place" and found["protocol"]["n"] == len(LATEX)


def test_a_folder_without_answers_says_so(tmp_path):
    page = write_text_report(tmp_path).read_text(encoding="utf-8")
    assert "Not evaluated yet" in page and "recipe.json is not there" in page
    assert summarise_text(tmp_path)["nats"] is None


def test_a_torn_line_is_named(folder):
    path = folder / "predictions.jsonl"
    path.write_text(path.read_text() + '{"split": "val"}\n')
    with pytest.raises(InputError, match="line 3 is no stretch.*Evaluate the run again"):
        read_text_answers(path)


def test_shades_join_what_is_alike_and_show_a_lines_end():
    block = Shaded("ab\n<c", [1, 1, 2, 0, -9])
    assert as_html._shaded(block) == (
        '<div class="shaded" dir="auto"><span class="warm-1">ab</span>'
        '<span class="warm-2">\u23ce\n</span>&lt;<span class="cool-4">c</span></div>'
    )
