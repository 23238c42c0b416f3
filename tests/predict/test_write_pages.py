"""What was read, written: whole files and files of a page, each lost for itself alone."""

import json

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from kineograph.commands.predict import KINDS
from kineograph.pages.open import Page
from kineograph.pages.read import read_page
from kineograph.pages.write import read_lines_file
from kineograph.predict.pages import ReadPage
from kineograph.predict.write_pages import FORMS, PageWriter, drawn_width
from tests.pages.drawn_pages import DrawnPage
from tests.predict.readers import Knows


def read_pages(count, given=None):
    for number in range(1, count + 1):
        drawn = DrawnPage(width=400, height=170)
        drawn.line(30, 60, f"Seite {number}")
        drawn.line(30, 110, "Waſſer й")
        page = Page(drawn.pixels, 300.0, "a.tif", number)
        reader = Knows(drawn.texts)
        text = read_page(page, reader.read)
        yield ReadPage(page, text, f"a.tif, page {number}", number, count, given)


def write(out, pages, forms=FORMS, stem="a"):
    with PageWriter(forms, out, stem) as writer:
        for page in pages:
            writer.add(page)
    return writer


def text_of(path):
    with pypdfium2.PdfDocument(path) as pdf:
        return [page.get_textpage().get_text_bounded().split() for page in pdf]


def test_many_pages_are_one_text_and_one_pdf_and_a_file_of_page_and_alto_each(tmp_path):
    writer = write(tmp_path, read_pages(2))
    names = {"a.txt", "a.hocr", "a.json", "a.searchable.pdf"}
    names |= {f"a.p00{n}.{end}" for n in (1, 2) for end in ("page.xml", "alto.xml", "lines.png")}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert {path.name for path in writer.written} == names and not writer.failed
    text = (tmp_path / "a.txt").read_text(encoding="utf-8")
    assert text == "Seite 1\nWaſſer й\n\fSeite 2\nWaſſer й\n"
    assert text_of(tmp_path / "a.searchable.pdf") == [
        ["Seite", str(number), "Waſſer", "й"] for number in (1, 2)
    ]
    for name in ("a.p002.page.xml", "a.p002.alto.xml"):
        (page,) = read_lines_file(tmp_path / name)
        assert [line.text for line in page.lines] == ["Seite 2", "Waſſer й"]
    assert [page.number for page in read_lines_file(tmp_path / "a.json")] == [1, 2]
    assert len(json.loads((tmp_path / "a.json").read_text())["pages"]) == 2
    with Image.open(tmp_path / "a.p001.lines.png") as picture:
        assert picture.width == 900


def test_the_command_knows_every_form():
    assert set(KINDS["lines"].formats) == set(FORMS)


def test_one_page_needs_no_number(tmp_path):
    write(tmp_path, read_pages(1), ("page", "png"))
    assert {path.name for path in tmp_path.iterdir()} == {"a.page.xml", "a.lines.png"}


def test_what_cannot_be_written_is_said_and_the_rest_is_written(tmp_path):
    for name in ("a.txt", "a.searchable.pdf", "a.p001.page.xml"):
        (tmp_path / name).mkdir()
    writer = write(tmp_path, read_pages(2), ("text", "pdf", "page", "json"))
    assert {path.name for path in writer.written} == {"a.p002.page.xml", "a.json"}
    failed = {"a.txt", "a.searchable.pdf", "a.p001.page.xml"}
    assert set(writer.failed) == {str(tmp_path / name) for name in failed}
    assert all("cannot be written" in reason for reason in writer.failed.values())
    assert not [path for path in tmp_path.iterdir() if "unfinished" in path.name]


def test_lines_that_were_given_are_not_written_over(tmp_path):
    given = tmp_path / "a.page.xml"
    given.write_text("mine")
    writer = write(tmp_path, read_pages(1, given), ("page", "alto"))
    assert given.read_text() == "mine" and [p.name for p in writer.written] == ["a.alto.xml"]
    assert writer.failed == {
        str(given): f"{given}: the lines were taken from this file, and it is not written over. "
        "Choose another folder with --out."
    }


def test_who_stops_in_the_middle_keeps_finished_pages_and_no_half_file(tmp_path):
    with pytest.raises(KeyboardInterrupt), PageWriter(FORMS, tmp_path, "a") as writer:
        writer.add(next(read_pages(2)))
        raise KeyboardInterrupt
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"a.p001.page.xml", "a.p001.alto.xml", "a.p001.lines.png"}


def test_a_file_of_which_no_page_was_read_writes_nothing(tmp_path):
    assert write(tmp_path, []).written == [] and not list(tmp_path.iterdir())


def test_a_page_without_a_line_is_a_page_all_the_same(tmp_path):
    page = Page(np.full((90, 90), 255, np.uint8), 300.0, "a.png")
    empty = ReadPage(page, read_page(page, Knows([]).read), "a.png", 1, 1)
    assert len(write(tmp_path, [empty]).written) == len(FORMS)
    assert (tmp_path / "a.txt").read_text() == "\n"


def test_lines_of_which_nothing_was_read_are_in_every_form(tmp_path):
    drawn = DrawnPage(width=400, height=170)
    drawn.line(30, 60, "Seite")
    drawn.line(30, 110, "Waſſer")
    page = Page(drawn.pixels, 300.0, "a.png")
    text = read_page(page, Knows(["", "Waſſer"]).read)
    writer = write(tmp_path, [ReadPage(page, text, "a.png", 1, 1)])
    assert len(writer.written) == len(FORMS)
    for name in ("a.page.xml", "a.alto.xml", "a.hocr", "a.json"):
        (again,) = read_lines_file(tmp_path / name)
        assert [line.text for line in again.lines] == ["", "Waſſer"], name
    assert text_of(tmp_path / "a.searchable.pdf") == [["Waſſer"]]


def test_a_long_line_is_drawn_so_that_it_can_be_seen():
    assert drawn_width(3300, 2500) == drawn_width(60, 500) == 900
    assert drawn_width(48, 60_000) == 60_000 and drawn_width(600, 60_000) == 6000
