"""`kineograph predict RUN PAGE…`: pages in, text out; what makes no sense is refused in a line."""

import json
from dataclasses import replace

import pytest
from PIL import Image

from kineograph.data.text import Alphabet
from kineograph.pages.text import Block, PageText, TextLine
from kineograph.pages.write import read_lines_file, write_pages
from kineograph.predict.reader import Reader
from kineograph.recipes.read_lines import OCR_LINE
from kineograph.recipes.reader import write_reader_file
from tests.pages.drawn_pages import DrawnPage
from tests.pages.locked_pdf import locked_pdf
from tests.predict.readers import Knows
from tests.predict.two_columns import PICTURE, write_pairs, write_run

TEXTS = ["Die Waſſerſtraße", "am Fluß", "Город"]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with a run that reads lines: a reader that knows the answers stands in for it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reads").mkdir()
    write_reader_file(tmp_path / "reads", OCR_LINE, Alphabet(("a", "b")), "0")
    monkeypatch.setattr(Reader, "load", lambda run, **_: Knows(TEXTS * 5))
    return tmp_path


def drawn(name, texts=TEXTS, pages=1):
    page = DrawnPage(width=500, height=60 + 50 * len(texts))
    for number, text in enumerate(texts):
        page.line(40, 60 + 50 * number, text)
    more = {"save_all": True, "append_images": [page.image] * (pages - 1)} if pages > 1 else {}
    page.image.save(name, **more)
    return page


def words(out):
    return " ".join(out.split())


def test_the_text_alone_goes_to_the_standard_output(desk, run, capsys, monkeypatch):
    import sys

    from kineograph.__main__ import main

    drawn("a.png")
    monkeypatch.setattr(sys, "argv", ["kineograph", "predict", "reads", "a.png"])
    assert main() == 0
    printed = capsys.readouterr()
    assert printed.out == "\n".join(TEXTS) + "\n"
    assert "Reading: 3 of 3 lines" in printed.err


def test_several_files_stand_under_their_names_and_bad_ones_lose_nobody(desk, run):
    drawn("a.png"), drawn("b.tif", pages=2)
    (desk / "cut.png").write_bytes((desk / "a.png").read_bytes()[:300])
    (desk / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    (desk / "locked.pdf").write_bytes(locked_pdf())
    (desk / "a.mp4").write_bytes(b"film")
    Image.new("L", (1, 1)).save("dot.png")
    bad = ["cut.png", "broken.pdf", "locked.pdf", "a.mp4", "dot.png", "none.png"]
    status, said, found = run("predict", "reads", "a.png", *bad, "b.tif", "--json")
    assert status == 1 and set(found["failed"]) == set(bad)
    assert [file["path"] for file in found["files"] if file["pages"]] == ["a.png", "b.tif"]
    assert found["files"][-1]["text"] == "\f".join(["\n".join(TEXTS) + "\n"] * 2)
    for told in (
        "failed: cut.png: the picture cannot be decoded",
        "failed: broken.pdf: the PDF is broken",
        "failed: locked.pdf: the PDF is encrypted, and no password was given.",
        "failed: a.mp4: a video, and lines of text are read from pages.",
        "failed: dot.png: 1x1 pixels; a line of text needs 8 pixels each way.",
        "failed: none.png: cannot be opened (No such file or directory).",
    ):
        assert told in said, said
    status, said, _ = run("predict", "reads", "a.png", "b.tif", "none.png")
    assert status == 1 and "==> a.png <==\nDie Waſſerſtraße\n" in said and "==> b.tif <==" in said


def test_a_wrong_password_is_said_to_be_wrong(desk, run):
    (desk / "locked.pdf").write_bytes(locked_pdf())
    status, said, _ = run("predict", "reads", "locked.pdf", "--password", "open")
    assert status == 1 and "locked.pdf: the PDF is encrypted, and the password is wrong." in said


def test_json_has_lines_boxes_confidences_and_characters(desk, run):
    drawn("a.png")
    status, said, found = run("predict", "reads", "a.png", "--json")
    assert status == 0 and found["run"] == "reads" and not found["failed"]
    (page,) = found["files"][0]["pages"]
    line = page["blocks"][0]["lines"][0]
    assert line["text"] == TEXTS[0] and line["confidence"] == 0.9 and len(line["polygon"]) >= 4
    assert [c["text"] for c in line["words"][1]["characters"]] == list("Waſſerſtraße")
    assert len(line["words"][1]["characters"][0]["polygon"]) == 4


def test_every_form_is_written(desk, run):
    drawn("a.tif", pages=2)
    drawn("b.png")
    status, said, found = run(
        "predict", "reads", "a.tif", "b.png", "--write", "text,hocr,alto", "--write", "page",
        "--write=json,pdf", "--picture", "--out", "said", "--json",
    )  # fmt: skip
    assert status == 0, said
    a = {f"a.p00{n}.{end}" for n in (1, 2) for end in ("page.xml", "alto.xml", "lines.png")}
    b = {f"b.{end}" for end in ("page.xml", "alto.xml", "lines.png")}
    whole = {f"{stem}.{end}" for stem in "ab" for end in ("txt", "hocr", "json", "searchable.pdf")}
    assert {path.name for path in (desk / "said").iterdir()} == a | b | whole
    assert len(found["written"]) == len(a | b | whole)
    assert "Wrote said/a.searchable.pdf" in said
    (page,) = read_lines_file(desk / "said" / "b.page.xml")
    assert [line.text for line in page.lines] == TEXTS


def test_lines_come_from_beside_and_the_note_says_so(desk, run):
    page = drawn("a.png")
    lines = tuple(
        TextLine(((left, top), (right, top), (right, bottom), (left, bottom)))
        for left, top, right, bottom in page.lines[:2]
    )
    write_pages("a.xml", [PageText(*page.pixels.shape[::-1], (Block(lines),))], "page")
    status, said, _ = run("predict", "reads", "a.png")
    assert status == 0 and TEXTS[1] in said and TEXTS[2] not in said
    assert "note: a.png: its lines were taken from a.xml (find them anew: --lines-from none)" in (
        said
    )
    status, said, _ = run("predict", "reads", "a.png", "--lines-from", "none")
    assert status == 0 and TEXTS[2] in said and "note:" not in said
    (desk / "a.xml").write_text("<PcGts>")
    status, said, _ = run("predict", "reads", "a.png")
    assert status == 1 and "a.xml: no whole XML" in said and "--lines-from none." in said


def test_doubts_are_said_once_for_all_their_pages(desk, run):
    for number in range(5):
        Image.new("L", (300, 200), 255).save(f"{number}.png")
    drawn("a.png")
    status, said, found = run(
        "predict", "reads", *[f"{n}.png" for n in range(5)], "a.png", "--json"
    )
    assert status == 0 and len(found["notes"]) == 1
    assert (
        "note: 0.png; 1.png; 2.png and 2 more: no line was found: the page is one even white; scan "
        "it again if it is not blank" in said
    )
    status, said, _ = run("predict", "reads", "0.png")
    assert status == 0 and "no line was found" in said


def test_a_table_is_said_to_be_one(desk, run, monkeypatch):
    page = DrawnPage(width=900, height=700, seed=7)
    for row in range(12):
        for column in range(4):
            page.line(60 + column * 210, 80 + row * 50, page.words(120, 20), 20)
    page.image.save("a.png")
    monkeypatch.setattr(Reader, "load", lambda run, **_: Knows(["x"] * 99))
    status, said, _ = run("predict", "reads", "a.png")
    assert status == 0 and "note: a.png: it seems to hold a table: cells are read as" in said


def test_one_line_is_forced_with_a_warning(desk, run):
    drawn("a.png")
    status, said, _ = run("predict", "reads", "a.png", "--one-line")
    assert status == 0 and TEXTS[0] in said and TEXTS[1] not in said
    assert "note: a.png: 3 lines seem to stand above each other, and were read as one" in said


def test_what_was_read_before_a_stop_is_printed(desk, run, monkeypatch):
    class Stopped(Knows):
        def read(self, pictures, progress=None):
            if len(self.pictures) > 2:
                raise KeyboardInterrupt
            return super().read(pictures, progress)

    drawn("a.png"), drawn("b.png")
    monkeypatch.setattr(Reader, "load", lambda run, **_: Stopped(TEXTS))
    status, said, _ = run("predict", "reads", "a.png", "b.png")
    assert status == 130 and TEXTS[2] in said


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ["--windows", "w.jsonl"],
            "--windows: is for a network that labels clips, and reads reads lines of text. "
            "Leave it out, or give another network.",
        ),
        (["--features"], "--features: is for a network that labels clips"),
        (["--blur"], "--blur: is for a network that labels clips"),
        (["--hop-seconds", "2"], "--hop-seconds: is for a network that labels clips"),
        (
            ["--write", "srt"],
            "--write srt: known formats are text, hocr, alto, page, json, pdf, png. Choose one",
        ),
        (["--write", "pdff"], "Did you mean 'pdf'?"),
        (
            ["--lines-from", "none.xml"],
            "--lines-from none.xml: there is no such file or folder. Check the name and folder.",
        ),
        (
            ["b.png", "--lines-from", "a.xml"],
            "--lines-from a.xml: has the lines of one file, and 2 are to be read. "
            "Give a folder with one for each, or one file to read.",
        ),
        (
            ["--one-line", "--lines-from", "a.xml"],
            "--one-line: every picture is one line, so --lines-from says nothing. Leave one",
        ),
        (["--write", "text", "--out", "a.xml"], "--out a.xml: cannot be made (File exists)."),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_line(desk, run, options, told):
    drawn("a.png")
    (desk / "a.xml").write_text("<PcGts/>")
    status, said, _ = run("predict", "reads", "a.png", *options)
    assert status == 2 and told in words(said), said


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ["--one-line"],
            "--one-line: is for a network that reads lines of text, and actors labels clips. "
            "Leave it out, or give another network.",
        ),
        (["--picture"], "--picture: is for a network that reads lines of text"),
        (["--lines-from", "a.xml"], "--lines-from: is for a network that reads lines of text"),
        (["--password", "x"], "--password: is for a network that reads lines of text"),
        (["--language", "none"], "--language: is for a network that reads lines of text"),
        (["--lexicon", "w.txt"], "--lexicon: is for a network that reads lines of text"),
        (["--alternatives", "2"], "--alternatives: is for a network that reads lines of text"),
        (["--write", "csv,hocr"], "--write hocr: known formats are csv, json, srt, png, mp4."),
    ],
)
def test_options_of_pages_are_refused_by_a_network_of_clips(desk, run, options, told):
    status, said, _ = run("predict", "actors", "a.mp4", *options)
    assert status == 2 and told in said, said


def test_a_pdf_given_to_a_network_of_clips_is_said_to_hold_pages(desk, run):
    (desk / "a.pdf").write_bytes(b"%PDF-1.7")
    for options in ([], ["--features"]):
        status, said, found = run("predict", "actors", "a.pdf", *options, "--json")
        assert status == 1 and list(found["failed"]) == ["a.pdf"]
        assert (
            "a.pdf: a PDF holds pages, and actors labels clips. Give a video, or a network that "
            "reads lines of text." in said
        )


def test_an_untrained_network_reads_a_page_too(desk, run, monkeypatch):
    """The way from a run's folder to the text, with the true reader."""
    from kineograph.training.checkpoint import save_weights

    monkeypatch.undo()
    monkeypatch.chdir(desk)
    network = OCR_LINE.model.build(3, OCR_LINE.data.height_pixels)
    save_weights(desk / "reads" / "model.safetensors", network)
    drawn("a.png")
    status, said, found = run("predict", "reads", "a.png", "--json")
    assert status == 0, said
    (page,) = found["files"][0]["pages"]
    lines = [line for block in page["blocks"] for line in block["lines"]]
    assert len(lines) == 3 and set("".join(line["text"] for line in lines)) <= set("ab ")


def test_json_is_one_line_and_the_last(desk, run, capsys):
    drawn("a.png")
    _, said, found = run("predict", "reads", "a.png", "--json")
    assert json.loads(said.splitlines()[0]) == found  # the rest was said aside


def test_lines_that_no_word_fits_are_told_once_for_all_pages(desk, run, monkeypatch):
    class FitsNot(Knows):
        def read(self, pictures, progress=None):
            return [replace(each, outside_lexicon=True) for each in super().read(pictures)]

    monkeypatch.setattr(Reader, "load", lambda run, **_: FitsNot(TEXTS * 2))
    drawn("a.png"), drawn("b.png")
    _, said, found = run("predict", "reads", "a.png", "b.png", "--json")
    assert found["notes"] == [
        "a.png; b.png: some lines could not be read in words of the lexicon alone, and were read "
        "without it"
    ]


@pytest.fixture
def two(tmp_path, monkeypatch):
    """A folder with a true run and the picture of its two columns: see `two_columns`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two").mkdir()
    write_run(tmp_path / "two")
    write_pairs(tmp_path / "pairs.arpa")
    Image.fromarray(PICTURE).save("line.png")
    (tmp_path / "words.txt").write_text("ab\nabc\n", encoding="utf-8")
    return tmp_path


def test_language_lexicon_and_alternatives_change_what_is_read(two, run, capsys):
    for options, text in (
        ([], ""),
        (["--language", "pairs.arpa"], "b"),
        (["--language", "pairs.arpa", "--lexicon", "words.txt"], "ab"),
    ):
        status, said, found = run("predict", "two", "line.png", "--one-line", "--json", *options)
        assert status == 0 and found["files"][0]["text"] == f"{text}\n", said
    assert found["search"] == {
        "language": "pairs.arpa",
        "weight": 0.4,
        "bonus": 1.0,
        "lexicon": "words.txt",
        "width": 64,
        "alternatives": 0,
    }
    told = "note: words.txt: 1 of 2 words have characters that the network cannot write (c), and"
    assert told in said and found["notes"][1] in said
    status, said, found = run(
        "predict", "two", "line.png", "--one-line", "--alternatives=2", "--write", "text,json",
        "--json",
    )  # fmt: skip
    (block,) = found["files"][0]["pages"][0]["blocks"]
    assert [each["text"] for each in block["lines"][0]["alternatives"]] == ["a", ""]
    assert (two / "line.txt").read_text() == "a\n"
    (page,) = read_lines_file(two / "line.json")
    assert page.lines[0].alternatives[0].share == pytest.approx(0.39)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            ["--alternatives", "3"],
            "--alternatives 3: the text holds the best reading alone. Add --json or --write json "
            "or page or alto.",
        ),
        (["--alternatives", "3", "--write", "text,hocr"], "Add --json or --write json"),
        (["--alternatives", "0"], "'--alternatives': Input should be greater than"),
        (["--language", "words.txt"], "--language words.txt: is neither an .lm nor an .arpa file."),
        (["--lexicon", "none.txt"], "--lexicon none.txt: cannot be read (No such file"),
    ],
)
def test_options_of_the_search_that_make_no_sense_are_refused(two, run, options, told):
    status, said, _ = run("predict", "two", "line.png", *options)
    assert status == 2 and told in words(said), said
