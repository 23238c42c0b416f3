"""What comes out is what training, PAGE and ALTO readers take: accepted lines and no other."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kineograph.data.lines.folder import LinesFolder, write_lines_folder
from kineograph.data.lines.line import Line
from kineograph.errors import InputError
from kineograph.pages.write import read_lines_file
from kineograph.studio.lines.result import Result
from tests.studio.lines.conftest import make_job
from tests.studio.lines.drawn_lines import TEXTS, draw_page


def test_accepted_lines_alone_are_a_prepared_folder_with_their_pictures(tmp_path, job, page_file):
    job.result.write_all()
    assert not (tmp_path / "out" / "dataset.json").exists(), "no line, no data set"
    job.accept(TEXTS[0])
    last = list(job.book.entries)[2]
    job.book.decide(last, 0, "accept", TEXTS[2], "t")
    job.book.decide(list(job.book.entries)[1], 0, "drop", "", "t")
    job.result.write_after(job.book.entries[last].sheet)
    folder = LinesFolder(tmp_path / "out")
    assert [line.text for line in folder.lines] == [TEXTS[0], TEXTS[2]]
    assert {line.group for line in folder.lines} == {"faust"}
    cache, faults = folder.build_cache()
    assert not faults and len(cache) == 2
    with (
        Image.open(tmp_path / "out" / "pages" / "faust.png") as written,
        Image.open(page_file) as of,
    ):
        assert np.array_equal(np.asarray(written), np.asarray(of))
    job.book.undo("t")
    job.book.undo("t")
    job.result.write_after(job.book.entries[last].sheet)
    assert [line.text for line in LinesFolder(tmp_path / "out").lines] == [TEXTS[0]]
    assert not job.result.problem


def test_pages_are_the_groups_until_there_are_files_enough(tmp_path):
    scans = tmp_path / "scans"
    for name in "ab":
        draw_page(scans / f"{name}.png", (f"this is {name}",))
    with Image.open(scans / "a.png") as first:
        first.save(scans / "c.tif", save_all=True, append_images=[first.rotate(180)])
    for source, groups in ((scans / "c.tif", {"c-0001", "c-0002"}), (scans, {*"abc"})):
        job = make_job(scans / f"out{len(groups)}", source)
        job.accept(*["text"] * len(job.book.entries))
        assert {line.group for line in job.result.lines()} == groups
        job.book.close()


@pytest.mark.parametrize(
    ("export", "name"), [("page", "faust.page.xml"), ("alto", "faust.alto.xml")]
)
def test_exported_pages_hold_accepted_lines_in_any_script(tmp_path, page_file, export, name):
    job = make_job(tmp_path / "out", page_file, export=export)
    texts = ("guͤte & <ſ>", "مرحبا 12 שלום")
    job.accept(*texts)
    path = tmp_path / "out" / "pages" / name
    (page,) = read_lines_file(path)
    assert tuple(line.text for line in page.lines) == texts
    assert page.picture_name == "faust.png" and (page.width_pixels, page.height_pixels) == (
        760,
        290,
    )
    first = next(iter(job.book.entries.values()))
    assert page.lines[0].polygon == tuple((float(x), float(y)) for x, y in first.spot.polygon)
    for _ in texts:
        job.book.undo("t")
    job.result.write_after(first.sheet)
    assert not path.exists()
    job.book.close()


def test_a_prepared_folder_keeps_its_fields_and_is_not_touched(tmp_path):
    draw_page(tmp_path / "pages" / "p.png")
    square = ((50, 60), (600, 60), (600, 100), (50, 100))
    old = Line("p.png", "alter Text", square, group="g", source="s", split="val", white_above=200)
    other = Line("p.png", "zweite", tuple((x, y + 50) for x, y in square))
    data = tmp_path / "data"
    write_lines_folder(data, [old, other], name="d", source_root=tmp_path / "pages", kind="lines")

    def digests() -> dict[Path, str]:
        files = [p for top in (data, tmp_path / "pages") for p in top.rglob("*") if p.is_file()]
        return {p: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}

    before = digests()
    job = make_job(tmp_path / "out", data, export="page")
    job.accept("neuer Text")
    (line,) = LinesFolder(tmp_path / "out").lines
    assert line == Line("p.png", "neuer Text", square, group="g", source="s", split="val",
                        white_above=200)  # fmt: skip
    assert line.id == old.id and digests() == before
    assert LinesFolder(tmp_path / "out").source_root == (tmp_path / "pages").resolve()
    (page,) = read_lines_file(tmp_path / "out" / "pages" / "p.page.xml")
    assert [each.text for each in page.lines] == ["neuer Text"]
    job.book.close()


def test_a_result_that_cannot_be_written_is_told_and_the_journal_holds_all(tmp_path, page_file):
    job = make_job(tmp_path / "out", page_file)
    (tmp_path / "out" / "pages").write_text("in the way")
    job.accept("text")
    assert "cannot be written" in job.result.problem and "journal holds" in job.result.problem
    (tmp_path / "out" / "pages").unlink()
    job.result.write_all()
    assert not job.result.problem and len(LinesFolder(tmp_path / "out").lines) == 1
    with pytest.raises(InputError, match="--export docx: pages are written as page or alto"):
        Result(job.book, job.pictures, export="docx", command="k")
    job.book.close()
