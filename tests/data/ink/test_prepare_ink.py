"""Ink from files as people and data sets have them; one bad line never loses the rest."""

import json

import numpy as np
import pytest

from kineograph.data.ink.line import INK, ink_line
from kineograph.data.prepare import PREPARE_INK
from kineograph.data.prepare.svg_strokes import strokes_of_path
from kineograph.data.prepared_folder import PreparedFolder
from kineograph.errors import InputError

STROKES = [[[0, 0], [10, 20], [20, 0]], [[5, 10], [15, 10]]]


def test_drawn_ink_has_writers_both_scripts_and_is_the_same_for_the_same_seed(tmp_path):
    (tmp_path / "text.txt").write_text(
        "Hello film, a line of ink. " * 3 + "\n\nПривет мир, кино. ", "utf-8"
    )
    drawn = [
        PREPARE_INK["ink-drawn"](tmp_path / "text.txt", tmp_path / name, count=12, writers=3)
        for name in ("one", "two")
    ]
    one, other = (done.data_folder.records for done in drawn)
    assert [line.id for line in one] == [line.id for line in other]
    assert drawn[0].writers <= 3
    signs = set("".join(line.text for line in one))
    assert signs & set("Helo")
    assert PreparedFolder(tmp_path / "one", INK).about["kind"] == "ink"
    heights = [np.ptp(np.concatenate(line.strokes)[:, 1]) for line in one]
    assert 0.8 < np.median(heights) < 4  # units: the height of small letters


def test_characters_without_a_letter_are_told_and_the_rest_goes_on(tmp_path):
    (tmp_path / "text.txt").write_text("Hello film here\n\n漢字漢字漢字漢字 漢字漢字", "utf-8")
    done = PREPARE_INK["ink-drawn"](tmp_path / "text.txt", tmp_path / "out", count=30, writers=2)
    assert any("no letter is drawn for" in problem for problem in done.problems)
    assert done.data_folder.records


def test_strokes_of_json_lines_with_every_fault_in_one_file(tmp_path):
    timed = [[[0, 0, 1.0], [1, 1, 2.0], [2, 2, 1.5]]]
    rows = [
        {"strokes": STROKES, "text": "good", "group": "Ann"},
        {"strokes": timed, "text": "late"},
        {"strokes": STROKES, "text": ""},
        {"strokes": [[[1, 1]]], "text": "dot"},
        {"strokes": [[1, 2]], "text": "flat"},
        {"text": "none"},
        {"offsets": [[0, 0, 0], [3, 4, 1]], "text": "ours"},
        {"strokes": STROKES, "text": None},
        {"strokes": STROKES, "text": ["a"]},
        {"strokes": STROKES, "text": "\ud800"},
        {"strokes": [[[0, 0, None], [1, 1, 2.0]]], "text": "when"},
        {"strokes": [[[0, 0], [1e300, -1e308]]], "text": "far"},
    ]
    text = "\n".join(map(json.dumps, rows)) + "\n{broken\n" + "[" * 100_000 + "\n"
    (tmp_path / "ink.jsonl").write_text(text, "utf-8")
    done = PREPARE_INK["strokes-jsonl"](tmp_path / "ink.jsonl", tmp_path / "out")
    good, ours = done.data_folder.records
    assert (good.text, good.group, ours.text) == ("good", "Ann", "ours")
    assert good.offsets[1].tolist() == [10, -20, 0]  # a screen counts down
    told = "\n".join(done.problems)
    for words in (
        "line 2: stroke 1: time goes back from 2 to 1.5 at point 3. Order its points by time",
        "line 3: text is empty",
        "line 4: 1 point of ink in all",
        "line 5: stroke 1: is no list of points",
        "line 6: has neither strokes nor offsets",
        "line 8: text is empty. Write what the strokes say.",
        "line 9: text ['a'] is not a text",
        "line 10: text '\\ud800' has half a character. Write it whole, as UTF-8.",
        "line 11: stroke 1: the time of point 1 is no number. Mend it, or leave the times out.",
        "line 12: a step of the pen is no number up to 1e+06",
        "line 13: not JSON (Expecting",
        "line 14: not JSON (too deep)",
    ):
        assert words in told


def test_a_curve_of_a_path_is_bezier_s_and_small_letters_are_steps():
    (curve,) = strokes_of_path("M0,0C0 10 10 10 10 0")
    t = np.linspace(0, 1, len(curve))[:, None]
    true = 3 * (1 - t) ** 2 * t * [0, 10] + 3 * (1 - t) * t**2 * [10, 10] + t**3 * [10, 0]
    np.testing.assert_allclose(curve, true, atol=1e-9)
    (steps,) = strokes_of_path("m1 1 l2 0 0 2 h-2 z")
    np.testing.assert_allclose(steps, [[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]])
    (first,), (second,) = (
        strokes_of_path(d) for d in ("M0 0Q5 9 10 0T20 0", "M0 0Q5 9 10 0Q15 -9 20 0")
    )
    np.testing.assert_allclose(first, second)
    assert len(strokes_of_path("M0 0L1 1M5 5L6 6")) == 2


def test_svg_drawings_and_what_is_wrong_with_some(tmp_path):
    folder = tmp_path / "drawings"
    folder.mkdir()
    head = '<svg xmlns="http://www.w3.org/2000/svg">'
    drawings = {
        "Ann-1": f"{head}<title>hi</title><path d='M0 0L5 5'/><path d='M5 0V5'/></svg>",
        "arc": f"{head}<title>hi</title><path d='M0 0A5 5 0 0 1 9 9'/></svg>",
        "moved": f"{head}<title>hi</title><path transform='scale(2)' d='M0 0L5 5'/></svg>",
        "mute": f"{head}<path d='M0 0L5 5'/></svg>",
        "torn": "<svg",
        "far": "<?xml version='1.0' encoding='nobody-8'?><svg/>",
        "grouped": f"{head}<title>hi</title><g transform='scale(2)'><path d='M0 0L5 5'/></g></svg>",
        "many": f"{head}<title>hi</title><path d='M0 0L5 5'/><polyline points='1,1 2,2'/></svg>",
        "odd": f"{head}<title>hi</title><path d='M0 0L5 x5'/></svg>",
        "kept": f"{head}<title>hi</title><defs><path d='M0 0L5 5'/></defs></svg>",
        "vast": f"{head}<title>hi</title><path d='M0 0L1e308 -1e308'/></svg>",
    }
    for name, text in drawings.items():
        (folder / f"{name}.svg").write_text(text, "utf-8")
    done = PREPARE_INK["svg-strokes"](folder, tmp_path / "out", group="^([A-Z][a-z]+)-")
    (line,) = done.data_folder.records
    assert (line.text, line.group, len(line.strokes)) == ("hi", "Ann", 2)
    told = "\n".join(done.problems)
    for words in (
        "arcs (A) is not read",
        "moved.svg, path 1: has a transform",
        "Write mute.txt beside it",
        "torn.svg: not XML",
        "far.svg: not XML (unknown encoding: nobody-8). Save the drawing again.",
        "grouped.svg, g: has a transform, which is not read. Apply it first.",
        "many.svg: a polyline is not read. Turn it into a path.",
        "odd.svg, path 1: a path has 'x', which is no command. Mend the path.",
        "kept.svg: no stroke at all",
        "vast.svg: a step of the pen is no number up to 1e+06",
    ):
        assert words in told


def test_inkml_with_groups_differences_and_a_broken_trace(tmp_path):
    text = """<ink xmlns="http://www.w3.org/2003/InkML">
    <traceFormat><channel name="X"/><channel name="Y"/><channel name="T"/></traceFormat>
    <annotation type="writer">Ann</annotation>
    <traceGroup><annotation type="truth">one</annotation>
      <trace type="penUp">0 0 0, 100 100 0</trace>
      <trace type="penDown">100 100 0, '5 '-3 '1, 2-1 1, "3 "0 "1</trace></traceGroup>
    <traceGroup><annotation type="truth">late</annotation>
      <trace>0 0 5, 1 1 4</trace></traceGroup>
    <traceGroup><annotation type="truth">short</annotation><trace>0 0, 1</trace></traceGroup>
    </ink>"""
    (tmp_path / "page.inkml").write_text(text, "utf-8")
    done = PREPARE_INK["inkml"](tmp_path / "page.inkml", tmp_path / "out")
    (line,) = done.data_folder.records
    assert (line.text, line.group) == ("one", "Ann")
    # speeds (5, -3), (2, -1), then changed by (3, 0)
    np.testing.assert_allclose(line.offsets[1:, :2], [[5, 3], [2, 1], [5, 1]])
    told = "\n".join(done.problems)
    assert "line 2: trace 1: time goes back from 5 to 4" in told
    assert "line 3: trace 1, point 1: 2 values, and there are 3 channels" in told


def ondb(folder, form, rows, side):
    """A form of the data base as it is unpacked."""
    home = form[:3], form[:7]
    lines = folder.joinpath("lineStrokes", *home)
    ascii_ = folder.joinpath("ascii", *home)
    for each in (lines, ascii_):
        each.mkdir(parents=True, exist_ok=True)
    (ascii_ / f"{form}.txt").write_text("OCR:\n\nx\n\nCSR:\n\n" + "\n".join(rows) + "\n", "utf-8")
    for number in range(1, len(rows) + 1):
        points = "".join(f'<Point x="{x}" y="{x * number}" time="{x}.5"/>' for x in range(5))
        text = f"<S><StrokeSet><Stroke>{points}</Stroke></StrokeSet></S>"
        (lines / f"{form}-{number:02}.xml").write_text(text, "utf-8")
    with (folder / side).open("a", encoding="utf-8") as names:
        names.write(f" {form}\n")


def test_iam_ondb_goes_by_its_lists(tmp_path):
    source = tmp_path / "iam"
    source.mkdir()
    ondb(source, "a01-000u", ["By Trevor", "a MOVE"], "trainset.txt")
    ondb(source, "a01-001w", ["to stop"], "testset_v.txt")
    ondb(source, "b01-000z", ["Mr. Gaitskell", "from"], "testset_f.txt")
    ondb(source, "c01-000a", ["nowhere"], "other.txt")
    home = source / "original" / "a01" / "a01-000"
    home.mkdir(parents=True)
    (home / "strokesu.xml").write_text('<Form writerID="10043"/>', "utf-8")
    bad = source / "lineStrokes" / "b01" / "b01-000" / "b01-000z-02.xml"
    bad.write_text(bad.read_text("utf-8").replace('time="3.5"', 'time="0.1"'), "utf-8")
    done = PREPARE_INK["iam-ondb"](source, tmp_path / "out")
    assert done.counts == {"test": 1, "train": 2, "val": 1}
    first = next(line for line in done.data_folder.records if line.text == "By Trevor")
    assert (first.group, first.source) == ("writer 10043", "a01-000u")
    assert first.offsets[1].tolist() == [1, -1, 0]
    assert done.problems == [
        "b01-000z-02.xml: time goes back from 2.5 to 0.1 at point 4. Order its points by time, or "
        "leave the times out."
    ]
    assert "1 of 6 lines are in none of the lists" in done.data_folder.notes
    paper = PREPARE_INK["iam-ondb"](source, tmp_path / "paper", split="graves")
    assert paper.counts == {"test": 1, "train": 3}
    (source / "testset_v.txt").unlink()
    with pytest.raises(InputError, match=r"its list testset_v\.txt is not there"):
        PREPARE_INK["iam-ondb"](source, tmp_path / "none")
    with pytest.raises(InputError, match="split 'grave': known are lists, graves"):
        PREPARE_INK["iam-ondb"](source, tmp_path / "none", split="grave")


def test_nothing_that_can_be_read_is_one_line(tmp_path):
    (tmp_path / "ink.jsonl").write_text('{"text": "a"}\n', "utf-8")
    with pytest.raises(
        InputError, match="no line of ink can be read, and one is needed. Problems: 1"
    ):
        PREPARE_INK["strokes-jsonl"](tmp_path / "ink.jsonl", tmp_path / "out")
    with pytest.raises(InputError, match="none: there is no such file or folder"):
        PREPARE_INK["inkml"](tmp_path / "none", tmp_path / "out")
    with pytest.raises(InputError, match="none: there is no such folder. Give the one that holds"):
        PREPARE_INK["iam-ondb"](tmp_path / "none", tmp_path / "out")
    with pytest.raises(InputError, match=r"there is no \.svg file"):
        PREPARE_INK["svg-strokes"](tmp_path, tmp_path / "out")
    with pytest.raises(InputError, match="no regular expression"):
        PREPARE_INK["strokes-jsonl"](tmp_path / "ink.jsonl", tmp_path / "out", group="(")


def test_the_same_ink_twice_is_kept_once_and_told(tmp_path):
    row = json.dumps({"strokes": STROKES, "text": "a"})
    (tmp_path / "ink.jsonl").write_text(f"{row}\n{row}\n", "utf-8")
    done = PREPARE_INK["strokes-jsonl"](tmp_path / "ink.jsonl", tmp_path / "out")
    assert len(done.data_folder.records) == 1
    assert "2 times the same ink" in done.problems[0]
    assert (
        done.data_folder.records[0].id
        == ink_line([np.array(stroke) * (1, -1) for stroke in STROKES], "a").id
    )


def test_when_marks_are_written_is_letter_or_word(tmp_path):
    (tmp_path / "text.txt").write_text("it is written in ink\n")
    draw = PREPARE_INK["ink-drawn"]
    by_letter, by_word = (
        draw(tmp_path / "text.txt", tmp_path / marks, count=4, marks=marks).data_folder.records
        for marks in ("letter", "word")
    )
    assert [line.text for line in by_letter] == [line.text for line in by_word]
    lifts = [
        sum(point[2] for line in lines for point in line.offsets) for lines in (by_letter, by_word)
    ]
    assert lifts[0] > lifts[1]
    with pytest.raises(InputError, match="marks='end': must be letter or word. Try marks=letter"):
        draw(tmp_path / "text.txt", tmp_path / "out", count=4, marks="end")


@pytest.mark.parametrize(("given", "words"), [
    ("much", "even 'much' is no number. Write one from 0 to 1."),
    (1.5, "even 1.5: it is a share, from 0 to 1. Try 0.4."),
])  # fmt: skip
def test_a_share_is_from_nothing_to_all(given, words, tmp_path):
    with pytest.raises(InputError, match=words):
        PREPARE_INK["ink-drawn"]("built-in", tmp_path / "out", count=4, even=given)
