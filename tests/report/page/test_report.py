"""The report: outcome first, honest, self-contained, whole even where the run folder is not."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from kineograph.errors import InputError
from kineograph.report.page import as_markdown, curve_plots, plots
from kineograph.report.page.report import build_report, write_report
from tests.report.drawn_runs import draw_answers, draw_frame_answers, write_json

MakeRun = Callable[..., Path]
Words = Callable[[Path], str]
VOID = {"meta", "img", "br", "link", "input", "hr"}


class Balance(HTMLParser):
    """Notes every tag that is closed without having been opened, or left open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def change(path: Path, **changes: Any) -> None:
    write_json(path, json.loads(path.read_text(encoding="utf-8")) | changes)


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


DRAWING = [
    (room, name)
    for room in (plots, curve_plots)
    for name, found in vars(room).items()
    if hasattr(found, "__wrapped__") and name != "plain_style"
]


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> Words:
    """The report in words; its pictures are left undrawn, since test_plots.py draws them."""
    for room, name in DRAWING:
        monkeypatch.setattr(room, name, lambda *_, **__: "<svg><title>undrawn</title></svg>")
    return lambda run: as_markdown.page(build_report(run))


def test_the_page_is_whole_and_needs_nothing_from_outside(make_run: MakeRun):
    page = read(write_report(make_run()))
    balance = Balance()
    balance.feed(page)
    assert balance.wrong == [] and balance.open == []
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in balance.seen}
    for tag, attributes in balance.seen:
        for name, value in attributes.items():
            if name in ("src", "href", "xlink:href"):
                assert (value or "").startswith(("data:image/png;base64,", "#")), (tag, value)
    assert "@import" not in page and not re.search(r"url\((?!#)", page)
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))


def test_the_first_line_is_the_outcome_with_its_protocol(make_run: MakeRun):
    run = make_run()
    page = read(write_report(run))
    right = sum(a.truth == a.answer for a in draw_answers())
    told = f"Right on {right} of 36 test clips ({100 * right / 36:.1f}\u00a0%) of kth, "
    told += "no group, person or source shared with training."
    assert f"<main>\n<header>\n\n<h1>{told}</h1>" in page
    markdown = read(run / "report.md")
    assert markdown.startswith(f"# {told}\n\nOther persons like these 6 would likely give between")


def test_leakage_stands_before_everything(make_run: MakeRun):
    run = make_run()
    change(run / "environment.json", leakage="person3 is on two sides.")
    page = read(write_report(run))
    assert '<header>\n<p class="alarm" role="alert">Leakage: person3 is on two sides.</p>' in page
    markdown = read(run / "report.md")
    assert markdown.startswith("**Leakage: person3 is on two sides.**\n\n# Right on")
    assert "training and test side not kept apart" in markdown
    assert "of persons never seen it tells nothing" in markdown
    assert "no group, person or source shared" not in markdown


def test_every_section_is_there(make_run: MakeRun, words: Words):
    text = words(make_run())
    for title in (
        "Figures",
        "Beside the baselines",
        "Protocol",
        "Class by class",
        "Training",
        "How sure, how often right",
        "Beside the published figures",
        "Worst mistakes",
        "Cost",
        "How to repeat it",
    ):
        assert f"\n## {title}\n" in text
    for told in (
        "| macro average |",
        "| commonest answer | 33.3\u00a0% |",
        "commonest answer: always 'boxing'",
        "train 2 · val 1 · test 36",
        "epoch 4 of 6, lowest validation loss (training ended: no better loss for 2 epochs)",
        "Expected calibration error",
        "clip07: jogging answered as walking, 87\u00a0% sure",
        "73\u202f126 weights",
        "1\u00a0min\u00a023\u00a0s",
        "kineograph train lrcn-kth data/kth",
        "commit: abc123",
    ):
        assert told in text, told


MISSING = {
    "recipe.json": "recipe.json is not there: recipe and published figures are unknown.",
    "environment.json": "environment.json is not there: protocol, cost and machine are unknown.",
    "baselines.json": "baselines.json is not there: no baseline was asked for.",
    "log.jsonl": "log.jsonl is not there: no curves of the training.",
    "predictions.jsonl": "predictions.jsonl is not there: the network has not been evaluated.",
    "pictures/worst.json": "pictures/worst.json is not there: no film strips",
    "pictures/worst_01.png": "pictures/worst_01.png is not there: one film strip fewer.",
}


@pytest.mark.parametrize("name", MISSING)
def test_a_missing_file_is_said_in_one_line(make_run: MakeRun, words: Words, name: str):
    run = make_run()
    (run / name).unlink()
    assert words(run).count(MISSING[name]) == 1 or name.startswith("predictions")


@pytest.mark.parametrize("name", ["recipe.json", "environment.json", "baselines.json"])
def test_a_broken_file_is_said_in_one_line(make_run: MakeRun, words: Words, name: str):
    run = make_run()
    (run / name).write_text('{"half', encoding="utf-8")
    assert f"{name} cannot be read" in words(run)
    (run / name).write_text("[1, 2]", encoding="utf-8")
    assert f"{name} is not a JSON object" in words(run)


def test_an_empty_folder_has_a_report_that_says_so(tmp_path: Path):
    page = read(write_report(tmp_path))
    assert "Not evaluated yet" in page and page.count('class="missing"') == 4
    assert sorted(file.name for file in tmp_path.iterdir()) == ["report.html", "report.md"]


def test_no_folder_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="no such run folder. Train first"):
        write_report(tmp_path / "nowhere")


def test_a_half_written_last_line_is_said(make_run: MakeRun, words: Words):
    run = make_run()
    whole = (run / "predictions.jsonl").read_bytes()
    (run / "predictions.jsonl").write_bytes(whole[:-30])
    assert "of 35 test clips" in words(run) and "the last line is cut short" in words(run)


def test_what_people_named_is_escaped(make_run: MakeRun):
    evil = "<img src=x onerror=alert(1)>"
    run = make_run(classes=[evil, "a|b `c`", "plain"])
    change(run / "environment.json", leakage=evil, command=f"run {evil}", evil={evil: evil})
    page = read(write_report(run))
    assert evil not in page and "&lt;img src=x onerror=alert(1)&gt;" in page
    balance = Balance()
    balance.feed(page)
    assert balance.wrong == [] and [a["src"][:5] for t, a in balance.seen if t == "img"] == [
        "data:"
    ]
    markdown = read(run / "report.md")
    assert r"| a\|b \`c\` |" in markdown and r"\<img src=x" in markdown


def test_a_picture_outside_the_folder_is_not_read(make_run: MakeRun, words: Words):
    run = make_run()
    (run.parent / "secret.png").write_bytes(b"secret")
    write_json(run / "pictures" / "worst.json", [{"file": "../../secret.png", "id": "x"}])
    assert "pictures/secret.png is not there" in words(run)


def test_the_same_files_give_the_same_report(make_run: MakeRun):
    run = make_run()
    first = write_report(run).read_bytes()
    assert write_report(run).read_bytes() == first


def test_a_label_per_frame_is_scored_over_frames_and_drawn_along_the_clips(make_run: MakeRun):
    run = make_run(draw_frame_answers(), ["not writing", "writing"])
    page = read(write_report(run))
    assert "of 120 test frames in 4 clips" in page
    assert page.count("Truth over answer in lecture") == 4  # two pictures, told twice each
    text = read(run / "report.md")
    assert "frames of all clips, pooled" in text and "so no rank curve" in text


def test_a_run_without_mistakes_says_so(make_run: MakeRun, words: Words):
    run = make_run(draw_answers(sure=50))
    write_json(run / "pictures" / "worst.json", [])
    assert "No mistake was made on the test side." in words(run)


def test_answers_without_probabilities_still_have_a_report(make_run: MakeRun, words: Words):
    run = make_run()
    path = run / "predictions.jsonl"
    rows = [json.loads(line) | {"probabilities": {}} for line in read(path).splitlines()]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    text = words(run)
    assert "keeps no probabilities: no ROC, precision over recall, rank or" in text
    assert "Each of the 6 persons" in text  # what needs none is still drawn


def test_an_absent_class_is_said(make_run: MakeRun, words: Words):
    run = make_run(draw_answers(["boxing", "walking"]), ["boxing", "jogging", "walking"])
    text = words(run)
    assert "jogging: neither in the truth nor answered" in text
    assert "ROC, jogging: absent from the truth" in text


def test_answers_of_the_validation_side_are_no_test_result(make_run: MakeRun, words: Words):
    run = make_run()
    path = run / "predictions.jsonl"
    path.write_text(read(path).replace('"split": "test"', '"split": "val"'), encoding="utf-8")
    text = words(run)
    assert "These are clips of the val side: this is no test result." in text
    assert "test clips" not in text.partition("##")[0]


def test_more_classes_than_a_table_holds_are_folded(make_run: MakeRun, words: Words):
    classes = [f"activity {number:02d}" for number in range(35)]
    text = words(make_run(draw_answers(classes, n=70), classes))
    assert "The ten classes of lowest F1, of 35." in text and "### All classes" in text


def test_every_plot_can_be_left_undrawn():
    assert len(DRAWING) == 9 and (curve_plots, "roc_curves") in DRAWING


def test_drawing_needs_no_torch_and_no_display():
    script = (
        "import sys; import kineograph.report.page.report; "
        "print(sorted({'torch', 'matplotlib.pyplot', 'av', 'cv2'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
