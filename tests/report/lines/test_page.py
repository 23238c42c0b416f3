"""The page of a reader: figures found in its HTML, honest, whole where the folder is not."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from kineograph.errors import InputError
from kineograph.report.lines import plots
from kineograph.report.lines.material import CurvePoint
from kineograph.report.lines.page import build_lines_report, write_lines_report
from kineograph.report.page import as_markdown
from kineograph.report.page import plots as clip_plots
from tests.report.drawn_runs import write_json
from tests.report.lines.drawn_reader import ANSWERS, answer

MakeRun = Callable[..., Path]
Words = Callable[[Path], str]


class Page(HTMLParser):
    """Tables as lists of rows, headings, cards and pictures, each as plain words."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.said: dict[str, list[str]] = {}  # tag -> texts
        self.sources: list[str] = []
        self.open: list[str] = []
        self._rows: list[list[str]] = []
        self._title = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "img":
            self.sources.append(found.get("src") or "")
        if tag in ("meta", "img"):
            return
        self.open.append(tag)
        self.said.setdefault(tag, []).append("")
        if tag == "table":
            self._rows, self._title = [], ""
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "table":
            self.tables[self._title or self._rows[0][1]] = self._rows

    def handle_data(self, data: str) -> None:
        for tag in self.open:
            self.said[tag][-1] += data
        if "td" in self.open or "th" in self.open:
            self._rows[-1][-1] += data
        elif "caption" in self.open:
            self._title += data


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> Words:
    """The report in words; its pictures are left undrawn, since drawing is what takes time."""
    for room, name in (
        (clip_plots, "training_curve"),
        ("kineograph.report.lines.figure_sections", "error_dots"),
        ("kineograph.report.lines.run_sections", "lines_curve"),
    ):
        target = f"{room}.{name}" if isinstance(room, str) else f"{room.__name__}.{name}"
        monkeypatch.setattr(target, lambda *_, **__: "<svg><title>undrawn</title></svg>")
    return lambda run: as_markdown.page(build_lines_report(run))


def change(path: Path, **changes: Any) -> None:
    write_json(path, json.loads(path.read_text(encoding="utf-8")) | changes)


def plain(rows: list[list[str]]) -> list[list[str]]:
    return [[cell.replace("\u00a0", " ").replace("\u202f", " ") for cell in row] for row in rows]


def test_the_figures_stand_in_the_page(make_reader_run: MakeRun):
    page = Page(write_lines_report(make_reader_run()))
    assert page.open == [] and "script" not in page.said
    assert page.said["h1"][0].replace("\u00a0", " ") == (
        "Character error rate 11.8 % in 5 test lines of drawn, no work, writer, page or source "
        "shared with training."  # 4 of 34
    )
    assert plain(page.tables["CER"]) == [
        ["", "CER", "interval", "WER", "lines exact"],
        ["fraktur, with language model", "11.8 %", "9.09–16.7 %", "44.4 %", "40.0 %"],
        ["fraktur, best path alone", "17.6 %", "16.7–18.2 %", "55.6 %", "40.0 %"],
        ["modern, with language model", "11.8 %", "9.09–16.7 %", "44.4 %", "40.0 %"],
        ["modern, best path alone", "17.6 %", "16.7–18.2 %", "55.6 %", "40.0 %"],
    ]
    assert plain(page.tables["By work or writer, text policy fraktur"])[1:] == [
        ["werther", "2", "12", "16.7 %", "16.7 %", "50 %"],
        ["faust", "3", "22", "9.09 %", "18.2 %", "33 %"],
    ]
    assert plain(page.tables["By source, text policy fraktur"])[1:] == [
        ["second", "3", "16", "12.5 %", "12.5 %", "67 %"],
        ["first", "2", "18", "11.1 %", "22.2 %", "0 %"],
    ]
    confused = plain(page.tables["Most frequent confusions, text policy fraktur"])[1:]
    assert sorted(confused) == sorted(
        [
            ["nothing", ".", "1", "–", "–"],
            ["space", "nothing", "1", "4", "25.0 %"],
            ["8", "3", "1", "1", "100.0 %"],
            ["ſ", "f", "1", "2", "50.0 %"],
        ]
    )
    kinds = plain(page.tables["Errors by kind of character, text policy fraktur"])[1:]
    assert kinds[0] == ["small letters", "25", "1", "4.00 %", "0", "25 %"]
    assert ["spaces", "4", "1", "25.0 %", "0", "25 %"] in kinds
    assert ["digits", "1", "1", "100.0 %", "0", "25 %"] in kinds
    assert ["punctuation", "1", "0", "0.00 %", "1", "25 %"] in kinds
    assert plain(page.tables["Character error rate, text policy fraktur"])[1:] == [
        ["10", "25.0 %", "2"],
        ["40", "10.0 %", "1"],
    ]


def test_the_worst_lines_stand_under_their_pictures(make_reader_run: MakeRun):
    run = make_reader_run()
    page = Page(write_lines_report(run))
    assert len(page.sources) == 3
    assert all(source.startswith("data:image/png;base64,") for source in page.sources)
    html = (run / "report.html").read_text(encoding="utf-8")
    first = html[html.index('class="words" dir') :]
    assert first.startswith('class="words" dir="auto"><span><span>Und<mark>␣</mark>nach')
    assert "<mark>.</mark>" in first and '<mark class="gap"> </mark>' in first
    assert 'alt="Line w1: Und nach — read as: Undnach."' in html


def test_every_section_is_there(make_reader_run: MakeRun, words: Words):
    text = words(make_reader_run()).replace("\u00a0", " ").replace("\u202f", " ")
    for title in (
        "Figures",
        "Protocol",
        "Where it errs",
        "Worst lines",
        "Confused characters",
        "Training",
        "More lines",
        "Alphabet",
        "Network",
        "Cost",
        "How to repeat it",
    ):
        assert f"\n## {title}\n" in text, title
    for told in (
        "Other works or writers like these 2 would likely give between 9.09 and 16.7 %",
        "With 2 works or writers it is a rough one.",
        "Read with the run's language model; by the best path alone 17.6 %.",
        "Text policy: fraktur (NFC, long s kept, combining e → umlaut",
        "modern (NFC, long s → s, combining e → umlaut",
        "Not in the reader's alphabet, so always wrong: 8 (1 of the characters that stand there)",
        "4 edits (2 read as another, 1 left out, 1 put in) over 34 characters",
        "width 16, weight 0.2, bonus 0.4, tuned on validation lines",
        "no test line was used to choose",
        "From 10 to 40 lines: 25.0 % → 10.0 %.",
        "Never in training, so always wrong: 8 (U+0038 DIGIT EIGHT)",
        "| LSTM 64, both directions | 100 × 128 | 99 840 |",
        "One line: 4.2 ms",
        "kineograph train ocr-line data/drawn",
        "commit: abc123",
        "test, 5 lines",
        "Also learned from: fonts",
    ):
        assert told in text, told


def test_leakage_stands_before_everything(make_reader_run: MakeRun, words: Words):
    run = make_reader_run()
    change(run / "environment.json", leakage="faust is on two sides. And 1 more.")
    text = words(run)
    assert text.startswith("**Leakage: faust is on two sides. And 1 more.**\n\n# Character error")
    assert "training and test side not kept apart" in text
    assert "of works and writers never seen it tells nothing" in text
    assert "would likely give" not in text


@pytest.mark.parametrize(
    ("name", "told"),
    {
        "recipe.json": "recipe.json is not there",
        "environment.json": "environment.json is not there: protocol, cost and machine",
        "log.jsonl": "log.jsonl is not there: no curves of the training.",
        "predictions.jsonl": "predictions.jsonl is not there: the reader has not been evaluated.",
        "alphabet.json": "alphabet.json is not there: no report on the alphabet.",
        "worst/worst.json": "worst/worst.json is not there: no pictures of the worst lines.",
        "worst/worst_01.png": "worst/worst_01.png is not there: one picture fewer.",
    }.items(),
)
def test_a_missing_file_is_said_once(make_reader_run: MakeRun, words: Words, name: str, told: str):
    run = make_reader_run()
    (run / name).unlink()
    assert words(run).count(told) == 1


def test_a_broken_file_is_said_in_one_line(make_reader_run: MakeRun, words: Words):
    run = make_reader_run()
    for name in ("recipe.json", "environment.json", "alphabet.json", "decoding.json", "curve.json"):
        (run / name).write_text('{"half', encoding="utf-8")
    text = words(run)
    for name in ("recipe.json", "environment.json", "alphabet.json", "decoding.json", "curve.json"):
        assert f"{name} cannot be read" in text, name
    (run / "curve.json").write_text('[{"lines": 0, "cer": 0.1}, 7]', encoding="utf-8")
    assert "curve.json has no point with lines and cer" in words(run)


def test_an_empty_folder_has_a_report_that_says_so(tmp_path: Path):
    page = write_lines_report(tmp_path).read_text(encoding="utf-8")
    assert "Not evaluated yet" in page and page.count('class="missing"') == 5
    with pytest.raises(InputError, match="no such run folder. Train first"):
        write_lines_report(tmp_path / "nowhere")


def test_without_a_language_model_there_is_one_column(make_reader_run: MakeRun, words: Words):
    run = make_reader_run([answer(a.id, a.truth, a.read, group=a.group) for a in ANSWERS])
    (run / "decoding.json").unlink()
    text = words(run)
    assert "best path (greedy), no language model" in text
    assert "best path alone" not in text and "with language model" not in text
    assert "| **fraktur** |" in text and "| modern |" in text


def test_a_reader_without_faults_says_so(make_reader_run: MakeRun, words: Words):
    run = make_reader_run([answer(a.id, a.truth, a.truth, group=a.group) for a in ANSWERS])
    text = words(run)
    assert "Every line was read without a fault." in text and "## Confused" not in text
    assert "# Character error rate 0.00" in text


def test_one_work_alone_says_whom_the_interval_speaks_of(make_reader_run: MakeRun, words: Words):
    run = make_reader_run([answer(a.id, a.truth, a.read) for a in ANSWERS])
    text = words(run)
    assert "there are no two works or writers here, so of others it tells nothing" in text
    change(run / "recipe.json", recipe={"name": "x", "data": {"policy": "tomorrow's"}})
    assert "tomorrow's (not known to this version)" in words(run)


def test_what_people_named_is_escaped(make_reader_run: MakeRun):
    evil = "<img src=x onerror=alert(1)>"
    run = make_reader_run(
        [answer("e", evil, "x", group=evil), answer("f", "a", "", group="$x$ & 'y'")]
    )
    change(run / "environment.json", leakage=evil, command=evil)
    page = write_lines_report(run)
    assert evil not in page.read_text(encoding="utf-8")
    assert [source[:5] for source in Page(page).sources] == ["data:", "data:"]


def test_the_same_files_give_the_same_report(make_reader_run: MakeRun):
    run = make_reader_run()
    first = write_lines_report(run).read_bytes()
    assert write_lines_report(run).read_bytes() == first


def test_plots_are_svg_in_the_colours_of_the_page_whatever_the_names():
    names = ["<b>", "$x$ & 'y'", "война", "ein sehr langer Name eines Werkes, Band 3"]
    dots = plots.error_dots([(n, 0.1, 0.2) for n in names], 0.12, "CER", ("this", "that"))
    alone = plots.error_dots([("a", 0.0, None), ("b", 0.0, None)], 0.0, "CER", ("this", "that"))
    point = plots.lines_curve([CurvePoint(500, 0.0, None)])
    for svg in (dots, alone, point):
        root = ElementTree.fromstring(svg)
        assert root.tag.endswith("svg") and root.get("aria-label") and "#0102" not in svg
    said = " ".join("".join(t.itertext()) for t in ElementTree.fromstring(dots).iter())
    assert "война" in said and "$x$ & 'y'" in said and "that" in said
    assert "that" not in alone


def test_a_report_needs_no_torch(make_reader_run: MakeRun):
    code = (
        "import sys; from kineograph.report.lines.page import write_lines_report; "
        f"write_lines_report({str(make_reader_run())!r}); print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == "False"
