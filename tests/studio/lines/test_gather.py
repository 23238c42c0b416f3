"""Pages, TIFFs, PDFs, XML beside them and prepared folders become sheets; faults stay alone."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kineograph.data.lines.folder import write_lines_folder
from kineograph.data.lines.line import Line
from kineograph.errors import InputError
from kineograph.pages.layout import find_lines
from kineograph.pages.open import PageFile
from kineograph.pages.page_xml import page_xml
from kineograph.pages.text import Block, PageText, TextLine
from tests.studio.lines.conftest import make_job
from tests.studio.lines.drawn_lines import PAGE_PIXELS, TEXTS, ToldReader, draw_page

BOX = ((50.0, 60.0), (600.0, 60.0), (600.0, 100.0), (50.0, 100.0))


def write_xml(path: Path, width: int, height: int, text: str = "aus dem XML") -> None:
    path.parent.mkdir(exist_ok=True)
    page = PageText(width, height, (Block((TextLine(BOX, text=text),)),), "faust.png")
    path.write_text(page_xml(page), encoding="utf-8")


def test_found_lines_are_those_of_find_lines_and_are_known_again(tmp_path, page_file):
    job = make_job(tmp_path / "out", page_file)
    with PageFile(page_file) as pages:
        truth = find_lines(pages.read(1)).lines
    assert len(job.book.entries) == len(truth) == len(TEXTS)
    for entry, line in zip(job.book.entries.values(), truth, strict=True):
        assert np.abs(np.array(entry.spot.polygon) - np.array(line.polygon)).max() <= 0.5
    ids = list(job.book.entries)
    job.book.close()
    moved = tmp_path / "elsewhere.png"
    moved.write_bytes(page_file.read_bytes())
    again = make_job(tmp_path / "out", moved)
    assert list(again.book.entries) == ids, "a page is known by its content"
    again.book.close()


def test_the_same_page_twice_is_there_once_and_told(tmp_path):
    for name in "ab":
        draw_page(tmp_path / f"{name}.png", ("one line",))
    for _ in range(2):
        job = make_job(tmp_path / "out", tmp_path)
        assert len(job.book.sheets) == 1
        assert job.gatherer.notes[-1] == "b.png: the same pages as a.png; they are there once."
        job.book.close()


def test_pages_of_a_tiff_are_named_and_a_broken_file_loses_no_other(tmp_path):
    folder = tmp_path / "scans"
    with Image.open(draw_page(folder / "a.png")) as first:
        first.save(folder / "many.tif", save_all=True, append_images=[first.rotate(180)])
    (folder / "broken.png").write_bytes(b"\x89PNG no")
    (folder / "notes.txt").write_text("no page")
    job = make_job(folder / "lines", folder)
    names = [sheet.name for sheet in job.book.sheets.values()]
    assert names == ["a.png", "many.tif, page 1", "many.tif, page 2"]
    pictures = [sheet.picture for sheet in job.book.sheets.values()]
    assert pictures == ["pages/a.png", "pages/many-0001.png", "pages/many-0002.png"]
    (problem,) = job.gatherer.problems
    assert "broken.png: neither a picture" in problem
    assert (job.gatherer.pages_done, job.gatherer.pages_found) == (4, 4)
    job.accept("a line")
    job.book.close()
    again = make_job(folder / "lines", folder)
    assert len(again.book.sheets) == 3, "what was written into the folder is no page of it"
    again.book.close()


@pytest.mark.parametrize("name", ["faust.xml", "faust.page.xml", "page/faust.xml"])
def test_lines_are_taken_from_the_xml_beside(tmp_path, name):
    picture = draw_page(tmp_path / "faust.png")
    write_xml(tmp_path / name, *PAGE_PIXELS)
    job = make_job(tmp_path / "out", picture)
    (entry,) = job.book.entries.values()
    assert entry.text == "aus dem XML" and entry.spot.polygon[0] == (50, 60)
    job.book.close()


@pytest.mark.parametrize(
    ("content", "words"), [(None, "marked on 9x9"), ("<PcGts", "were found instead")]
)
def test_xml_that_does_not_fit_is_told_and_lines_are_found(tmp_path, content, words):
    picture = draw_page(tmp_path / "faust.png")
    write_xml(tmp_path / "faust.xml", 9, 9)
    if content:
        (tmp_path / "faust.xml").write_text(content)
    job = make_job(tmp_path / "out", picture)
    assert len(job.book.entries) == 3 and words in " ".join(job.gatherer.notes)
    assert not job.gatherer.problems
    job.book.close()


def test_a_reader_reads_open_lines_in_order_and_again_only_those(tmp_path, page_file):
    reader = ToldReader(TEXTS, doubtful="ß")
    job = make_job(tmp_path / "out", page_file, reader=reader)
    assert [entry.text for entry in job.book.entries.values()] == list(TEXTS)
    assert job.book.rows(0)["lines"][2]["confidence"] < 0.98
    job.accept(TEXTS[0])
    job.book.close()
    reader = ToldReader(TEXTS[1:])
    again = make_job(tmp_path / "out", page_file, reader=reader)
    assert reader.asked == 2 and [e.text for e in again.book.entries.values()] == list(TEXTS)
    again.book.close()


def test_a_prepared_folder_is_opened_and_never_mixed(tmp_path, page_file):
    draw_page(tmp_path / "pages" / "p.png")
    square = ((50, 60), (600, 60), (600, 100), (50, 100))
    lines = [
        Line("p.png", "alter Text", square, group="g", source="s", split="train", white_above=200),
        Line("p.png", "zweite", tuple((x, y + 50) for x, y in square)),
    ]
    folder = tmp_path / "data"
    write_lines_folder(folder, lines, name="d", source_root=tmp_path / "pages", kind="lines")
    job = make_job(tmp_path / "out", folder)
    assert list(job.book.entries) == [line.id for line in lines]
    assert len(job.book.sheets) == 1
    job.book.close()
    with pytest.raises(InputError, match="holds corrections of .*Choose another --out"):
        make_job(tmp_path / "out", page_file)
    with pytest.raises(InputError, match="corrected by itself, and 2 things were named"):
        make_job(tmp_path / "out2", folder, page_file)
    with pytest.raises(InputError, match="corrections never write into one"):
        make_job(folder, folder)


def test_nothing_to_open_is_told(tmp_path):
    with pytest.raises(InputError, match="no such file or folder. Check the name"):
        make_job(tmp_path / "out", tmp_path / "gone.png")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no picture, TIFF or PDF lies in it"):
        make_job(tmp_path / "out", tmp_path / "empty")


def test_a_scan_that_was_changed_under_its_name_is_told(tmp_path):
    picture = draw_page(tmp_path / "p.png")
    job = make_job(tmp_path / "out", picture)
    (sheet,) = job.book.sheets.values()
    Image.new("L", (300, 200), 255).save(picture)
    job.pictures._kept.clear()
    with pytest.raises(InputError, match="300x200 pixels, and its lines were found on 760x290"):
        job.pictures.page(sheet)
    job.book.close()
