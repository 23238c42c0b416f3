"""Ink as files, read back where something can read them."""

import json
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PIL import Image

from kineograph.data.ink.formats.gcode import Plotter, gcode_of
from kineograph.data.ink.formats.png import picture_of
from kineograph.data.ink.formats.sheet import MARGIN_MM, sheet_of
from kineograph.data.ink.formats.svg import path_of
from kineograph.data.ink.formats.write import SUFFIXES, Look, write_ink_file
from kineograph.data.ink.ink import Ink
from kineograph.data.prepare.inkml import read_inkml
from kineograph.data.prepare.strokes_jsonl import read_strokes_jsonl
from kineograph.data.prepare.svg_strokes import strokes_of_path
from kineograph.errors import InputError

WAVE = np.column_stack([np.linspace(0, 10, 30), np.sin(np.linspace(0, 10, 30))])
INK = Ink("a & b\n<c>", (("a & b", [WAVE, WAVE[:1] + 1]), ("<c>", [WAVE[:2]])), 2.0)


def test_a_drawn_path_goes_through_all_points():
    (found,) = strokes_of_path(path_of(WAVE))
    away = np.linalg.norm(found[None] - WAVE[:, None], axis=2).min(axis=1)
    assert away.max() < 0.01


def test_svg_is_as_wide_as_asked_and_reads_its_text(tmp_path):
    write_ink_file(tmp_path / "a.svg", INK, Look(width_mm=80))
    root = ElementTree.fromstring((tmp_path / "a.svg").read_text("utf-8"))
    assert root.get("width") == "80.00mm"
    assert root.find("{*}title").text == "a & b\n<c>"
    strokes = [s for path in root.findall(".//{*}path") for s in strokes_of_path(path.get("d"))]
    every = np.concatenate(strokes)
    np.testing.assert_allclose(every[:, 0].min(), MARGIN_MM, atol=0.02)
    np.testing.assert_allclose(every[:, 0].max(), 80 - MARGIN_MM, atol=0.02)
    assert len(strokes) == 3


def test_letters_are_of_a_usual_size_unless_a_width_is_asked_for():
    assert sheet_of(INK).wide_mm == pytest.approx(10 * 2.0 + 2 * MARGIN_MM)
    assert sheet_of(INK, 200).pen_mm > sheet_of(INK).pen_mm
    assert sheet_of(INK, 200, 0.5).pen_mm == 0.5


def test_png_has_ink_where_the_pen_was(tmp_path):
    write_ink_file(tmp_path / "a.png", INK)
    sheet = sheet_of(INK)
    picture = picture_of(sheet, 10.0)
    for stroke in sheet.strokes:
        x, y = (stroke[len(stroke) // 2] * 10).astype(int)
        assert picture[y, x].sum() < 500
    assert picture[:5].min() == 255
    with Image.open(tmp_path / "a.png") as kept:
        assert kept.size[0] > 200


@pytest.mark.parametrize("width_mm", [None, 80.0])
def test_inkml_is_read_back_as_it_lies_on_the_sheet(tmp_path, width_mm):
    write_ink_file(tmp_path / "a.inkml", INK, Look(width_mm))
    first, second = read_inkml(tmp_path / "a.inkml")
    assert (first.text, second.text) == ("a & b", "<c>")
    found = [*first.strokes, *second.strokes]
    for stroke, placed in zip(found, sheet_of(INK, width_mm).strokes, strict=True):
        np.testing.assert_allclose(stroke, placed * (100, -100), atol=0.51)
    assert second.strokes[0].max(axis=0)[1] < np.concatenate(first.strokes).min(axis=0)[1]


def test_json_lines_are_read_back_as_they_were_written(tmp_path):
    write_ink_file(tmp_path / "a.jsonl", INK)
    first, second = read_strokes_jsonl(tmp_path / "a.jsonl")
    assert (first.text, second.text) == ("a & b", "<c>")
    np.testing.assert_allclose(first.strokes[0], WAVE - WAVE[0], atol=2e-3)


def test_gcode_draws_with_the_pen_down_and_travels_with_it_up():
    sheet = sheet_of(INK)
    rows = gcode_of(sheet, "Привет; M2", Plotter(up="M3 S10", down="M3 S90")).splitlines()
    assert rows[0] == "; ??????, M2"
    is_down, strokes = False, 0
    for row in rows:
        if row.startswith("M3"):
            is_down = row == "M3 S90"
            strokes += is_down
        if row.startswith("G1 X"):
            assert is_down, row
        if row.startswith("G0 X"):
            assert not is_down, row
    assert strokes == 3
    places = [
        tuple(map(float, found)) for found in re.findall(r"X([\d.-]+) Y([\d.-]+)", "\n".join(rows))
    ]
    assert max(x for x, _ in places) <= sheet.wide_mm
    assert min(min(place) for place in places) >= 0
    assert rows[-2:] == ["G0 X0 Y0", "M2"]


def test_the_page_plays_every_stroke_after_the_other_and_asks_nothing_of_the_net(tmp_path):
    write_ink_file(tmp_path / "a.html", INK)
    page = (tmp_path / "a.html").read_text("utf-8")
    begins = [float(found) for found in re.findall(r"--at:([\d.]+)s", page)]
    assert len(begins) == 3
    assert begins == sorted(begins)
    assert "&lt;c&gt;" in page
    assert "<c>" not in page
    assert "prefers-reduced-motion" in page
    assert "http" not in page
    assert len(json.dumps(page)) < 20_000


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_form_is_written_whole(tmp_path, suffix):
    write_ink_file(tmp_path / f"a{suffix}", INK)
    assert (tmp_path / f"a{suffix}").stat().st_size > 100


def test_sizes_and_forms_that_are_not_known_are_said(tmp_path):
    with pytest.raises(InputError, match=r"a\.sgv: ink is written as .*Did you mean '\.svg'"):
        write_ink_file(tmp_path / "a.sgv", INK)
    with pytest.raises(InputError, match="width 3 mm: 9 to 5000 are known"):
        sheet_of(INK, 3)
    with pytest.raises(InputError, match="pen 0 mm"):
        sheet_of(INK, 100, 0)
    with pytest.raises(InputError, match="feed 0 mm a minute"):
        Plotter(feed=0)
    with pytest.raises(InputError, match="is one line of G-code"):
        Plotter(up="M3\nM5")
