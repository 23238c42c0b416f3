"""Files of pages read: lines found, given or whole pictures; what is lost is lost alone."""

import numpy as np
import pytest
from PIL import Image

from kineograph.errors import InputError
from kineograph.pages.layout import find_lines
from kineograph.pages.open import Page
from kineograph.pages.text import Block, Bounds, PageText, TextLine, bounds, rectangle
from kineograph.pages.write import write_pages
from kineograph.predict.one_line import is_one_line
from kineograph.predict.pages import (
    HowToRead,
    LineCount,
    Lost,
    count_pages,
    read_file,
    spread,
    without_paper,
)
from tests.pages.drawn_pages import DrawnPage, turned
from tests.predict.readers import ByInk, Knows


def page_of(count=4, seed=0):
    page = DrawnPage(width=500, height=90 + 40 * count, seed=seed)
    page.column(40, 60, 400, count)
    return page


def line_picture(text="Die Waſſerſtraße am Fluß", size=30, height=48):
    page = DrawnPage(width=round(len(text) * size * 0.7), height=height)
    page.line(8, round(height * 0.75), text, size)
    return page.pixels


def save(path, pixels, **options):
    Image.fromarray(pixels).save(path, **options)
    return path


def read(path, reader=None, count=None, **how):
    return list(read_file(path, reader or ByInk(), HowToRead(**how), count or LineCount()))


def marked(page, order=(0, 1)):
    lines = [TextLine(rectangle(Bounds(*page.lines[n])), id=f"l{n}") for n in order]
    return PageText(*page.pixels.shape[::-1], (Block(tuple(lines)),), "a.png")


def test_the_lines_of_a_page_are_read_in_order_and_counted(tmp_path):
    page, told = page_of(5), []
    count = LineCount(lambda *words: told.append(words))
    count.expect(1)
    (found,) = read(save(tmp_path / "a.png", page.pixels), Knows(page.texts), count)
    assert [line.text for line in found.text.lines] == page.texts
    assert (found.place, found.number, found.count) == (str(tmp_path / "a.png"), 1, 1)
    assert [done for done, _, _ in told] == [0, 1, 2, 3, 4, 5]
    assert {(total, place) for _, total, place in told} == {(5, found.place)}


def test_pages_not_yet_seen_count_as_those_that_were():
    told = []
    count = LineCount(lambda *words: told.append(words[:2]))
    count.expect(2)
    count.expect(1)
    for lines in (10, 20, 0):
        count.begin()
        count.found(lines, "a")
        count.read(lines, "a")
    assert told == [(0, 30), (10, 30), (10, 45), (30, 45), (30, 30), (30, 30)]


def test_a_broken_page_of_many_loses_no_other(tmp_path):
    pages = [Image.fromarray(page_of(3, seed).pixels) for seed in range(2)]
    tiny = Image.new("L", (3, 3))
    path = tmp_path / "a.tif"
    pages[0].save(path, save_all=True, append_images=[tiny, pages[1]])
    first, lost, last = read(path)
    assert len(first.text.lines) == len(last.text.lines) == 3 and last.text.number == 3
    assert lost == Lost(
        f"{path}, page 2",
        f"{path}, page 2: 3x3 pixels; a line of text needs 8 pixels each way. "
        "Scan it with more dots per inch.",
    )


@pytest.mark.parametrize(
    ("picture", "is_line"),
    [
        (line_picture(), True),
        (line_picture("ein", height=60), True),
        (turned(line_picture(height=80), 1.5), True),
        (255 - line_picture(), True),
        (np.array(Image.fromarray(line_picture()).resize((120, 10))), True),  # too small to find
        (page_of(1).pixels, False),  # a page with one line
        (page_of(2).pixels, False),
        (np.vstack([line_picture(), line_picture()]), False),
        (np.full((40, 900), 255, np.uint8), False),
        (DrawnPage(width=900, height=40).pixels, False),
    ],
)
def test_which_pictures_are_one_line(picture, is_line):
    assert is_one_line(picture, find_lines(Page(picture))) == is_line


def test_a_picture_of_one_line_is_read_as_it_is(tmp_path):
    picture, reader = line_picture(), ByInk()
    (found,) = read(save(tmp_path / "a.png", picture), reader)
    assert np.array_equal(reader.pictures[0], picture) and len(reader.pictures) == 1
    assert bounds(found.text.lines[0].polygon) == (0, 0, *picture.shape[::-1])


def test_what_has_a_transcription_beside_it_is_one_line_and_nothing_is_looked_for(tmp_path):
    picture, reader = page_of(1).pixels, ByInk()
    path = save(tmp_path / "a.png", picture)
    (tmp_path / "a.gt.txt").write_text("Die")
    read(path, reader)
    assert np.array_equal(reader.pictures[0], picture)


def test_a_line_that_was_found_is_shown_without_the_paper_around_it(tmp_path):
    page, reader = page_of(3), ByInk()
    read(save(tmp_path / "a.png", page.pixels), reader)
    for picture, (_, top, _, bottom) in zip(reader.pictures, page.lines, strict=True):
        assert picture.shape[0] == pytest.approx(bottom - top, abs=2)
        assert min(picture[0].min(), picture[-1].min()) < 150
    even = np.full((9, 9), 200, np.uint8)
    assert without_paper(even).shape == (9, 9)


def test_a_line_that_is_given_is_shown_as_it_is_given(tmp_path):
    page, reader = page_of(2), ByInk()
    outline = rectangle(Bounds(30, 20, 300, 75))
    lines = PageText(*page.pixels.shape[::-1], (Block((TextLine(outline),)),))
    write_pages(tmp_path / "a.xml", [lines], "page")
    read(save(tmp_path / "a.png", page.pixels), reader)
    assert np.array_equal(reader.pictures[0], page.pixels[20:75, 30:300])


def test_one_line_is_forced_and_several_are_told(tmp_path):
    reader = ByInk()
    path = save(tmp_path / "a.png", page_of(3).pixels)
    (found,) = read(path, reader, one_line=True)
    assert len(reader.pictures) == 1
    assert found.text.warnings[-1] == (
        "3 lines seem to stand above each other, and were read as one: leave --one-line out if it "
        "is a page"
    )
    (single,) = read(save(tmp_path / "b.png", line_picture()), one_line=True)
    assert not single.text.warnings


@pytest.mark.parametrize(("grey", "kind"), [(0, "black"), (255, "white"), (130, "grey")])
@pytest.mark.parametrize("one_line", [False, True])
def test_an_even_page_has_no_line_and_nobody_is_asked(tmp_path, grey, kind, one_line):
    reader = ByInk()
    path = save(tmp_path / "a.png", np.full((80, 300), grey, np.uint8))
    (found,) = read(path, reader, one_line=one_line)
    assert found.text.lines == () and not reader.pictures
    assert found.text.warnings == (
        f"no line was found: the page is one even {kind}; scan it again if it is not blank",
    )


def test_light_text_on_dark_is_turned_over(tmp_path):
    page, readers = page_of(2), [ByInk(), ByInk()]
    texts = []
    for reader, pixels in zip(readers, (page.pixels, 255 - page.pixels), strict=True):
        (found,) = read(save(tmp_path / "a.png", pixels), reader)
        texts.append([line.text for line in found.text.lines])
    assert texts[0] == texts[1]
    for plain, other in zip(*(reader.pictures for reader in readers), strict=True):
        assert np.array_equal(plain, other)


def test_a_line_of_60000_pixels_is_read_in_parts(tmp_path):
    picture = np.full((48, 60_000), 240, np.uint8)
    for word in range(500):
        picture[10:38, 20 + word * 120 : 90 + word * 120] = 20
    reader, told = ByInk(), []
    count = LineCount(lambda done, total, place: told.append((done, total)))
    count.expect(1)
    (found,) = read(save(tmp_path / "a.png", picture), reader, count)
    (line,) = found.text.lines
    assert line.text.split() == ["x"] * 500 and told[-1] == (1, 1)
    assert len(reader.pictures) > 10 and max(p.shape[1] for p in reader.pictures) <= 80 * 48
    boxes = [bounds(word.polygon) for word in line.words]
    assert [(box.left, box.right) for box in boxes] == [
        (20 + word * 120, 90 + word * 120) for word in range(500)
    ]


def kinds(folder):
    """The same page in every way that a scanner or a phone may keep it."""
    page = page_of(3)
    image = Image.fromarray(page.pixels)
    upside = image.transpose(Image.Transpose.ROTATE_180)
    exif = Image.Exif()
    exif[0x0112] = 3
    clear = Image.new("RGBA", image.size, (0, 0, 0, 0))
    clear.putalpha(Image.fromarray(255 - page.pixels))
    deep = Image.fromarray(page.pixels.astype(np.uint16) * 257)
    for name, kept, options in (
        ("cmyk.tif", image.convert("CMYK"), {}),
        ("deep.png", deep, {}),
        ("palette.png", image.convert("P"), {}),
        ("turned.jpg", upside, {"exif": exif, "quality": 95}),
        ("clear.png", clear, {}),
        ("bits.tif", image.convert("1", dither=Image.Dither.NONE), {}),
    ):
        kept.save(folder / name, **options)
        yield folder / name, page


def test_every_kind_of_picture_reads_alike(tmp_path):
    for path, page in kinds(tmp_path):
        (found,) = read(path, Knows(page.texts))
        assert [line.text for line in found.text.lines] == page.texts, path.name
        tops = [bounds(line.polygon).top for line in found.text.lines]
        assert tops == pytest.approx([top for _, top, _, _ in page.lines], abs=8), path.name


@pytest.mark.parametrize("form", ["page", "alto"])
@pytest.mark.parametrize("place", ["a.xml", "page/a.xml", "alto/a.xml"])
def test_lines_are_taken_from_a_file_beside_the_page(tmp_path, form, place):
    page = page_of(3)
    path = save(tmp_path / "a.png", page.pixels)
    write_pages(tmp_path / place, [marked(page, (2, 0))], form)
    (found,) = read(path, Knows(["third", "first"]))
    assert [line.text for line in found.text.lines] == ["third", "first"]
    assert found.given == tmp_path / place
    (anew,) = read(path, lines_from="none")
    assert len(anew.text.lines) == 3 and anew.given is None


def test_lines_are_taken_from_a_file_or_a_folder_that_is_given(tmp_path):
    page = page_of(3)
    path = save(tmp_path / "a.png", page.pixels)
    write_pages(tmp_path / "marks" / "a.page.xml", [marked(page)], "page")
    for source in (tmp_path / "marks" / "a.page.xml", tmp_path / "marks"):
        (found,) = read(path, lines_from=str(source))
        assert len(found.text.lines) == 2
    assert not read(path)[0].given  # what this program writes is not taken by itself
    other = save(tmp_path / "b.png", page.pixels)
    (lost,) = read(other, lines_from=str(tmp_path / "marks"))
    assert lost.reason == (
        f"{other}: {tmp_path / 'marks'} holds no b.xml with its lines. "
        "Put it there, or leave --lines-from out."
    )


def test_pages_of_one_file_take_lines_by_their_numbers(tmp_path):
    page = page_of(3)
    path = tmp_path / "a.tif"
    Image.fromarray(page.pixels).save(path, save_all=True, append_images=[page.image] * 2)
    write_pages(tmp_path / "a.p002.xml", [marked(page, (1,))], "page")
    counts = [len(each.text.lines) for each in read(path)]
    assert counts == [3, 1, 3]
    lines = [marked(page, (0, 1)), marked(page, (0,))]
    numbered = [
        PageText(p.width_pixels, p.height_pixels, p.blocks, number=n)
        for n, p in zip((3, 1), lines, strict=True)
    ]
    write_pages(tmp_path / "few.xml", numbered, "alto")
    first, second, third = read(path, lines_from=str(tmp_path / "few.xml"))
    assert (len(first.text.lines), len(third.text.lines)) == (1, 2)
    assert second.reason == (
        f"{path}, page 2: {tmp_path / 'few.xml'} has the lines of 2 pages, and not of this one. "
        "Add them, or find all lines anew: --lines-from none."
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<PcGts><Page", "no whole XML"),
        ("<alto><Layout/></alto>", "<alto> without a <Page>"),
        ("<mets/>", "begins with <mets>; lines are read from PAGE"),
    ],
)
def test_a_broken_file_of_lines_is_said_with_both_remedies(tmp_path, content, words):
    path = save(tmp_path / "a.png", page_of(2).pixels)
    (tmp_path / "a.xml").write_text(content)
    (lost,) = read(path)
    assert lost.reason.startswith(f"{path}: the file with its lines cannot be used. {tmp_path}")
    assert words in lost.reason
    assert lost.reason.endswith("Or find its lines anew: --lines-from none.")
    (given,) = read(path, lines_from=str(tmp_path / "a.xml"))
    assert given.reason.startswith(f"{tmp_path / 'a.xml'}: ") and words in given.reason


def test_a_file_without_a_line_of_the_page_says_so(tmp_path):
    page, given = page_of(2), tmp_path / "a.xml"
    path = save(tmp_path / "a.png", page.pixels)
    write_pages(given, [PageText(*page.pixels.shape[::-1])], "page")
    (found,) = read(path)
    assert found.text.warnings == (
        f"no line is marked in {given}: find its lines with --lines-from none",
    )


def test_lines_of_another_picture_are_refused(tmp_path):
    path = save(tmp_path / "a.png", page_of(2).pixels)
    write_pages(tmp_path / "a.xml", [marked(page_of(3))], "page")
    (lost,) = read(path)
    assert "500x170 pixels, but its lines were marked on a picture of 500x210." in lost.reason


def test_a_video_is_no_page(tmp_path):
    words = r"a\.mp4: a video, and lines of text are read from pages\. Give pictures, TIFFs or PDFs"
    with pytest.raises(InputError, match=words):
        count_pages(tmp_path / "a.mp4", HowToRead())


def test_a_folder_stands_for_its_pages_but_not_for_what_was_written(tmp_path):
    names = ("b10.png", "b9.png", "a.pdf", "a.lines.png", "a.searchable.pdf", "a.txt", ".c.png")
    for name in names:
        (tmp_path / name).touch()
    assert [path.name for path in spread([tmp_path])] == ["a.pdf", "b9.png", "b10.png"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"empty: no page lies in this folder\. Give one of"):
        spread([tmp_path / "empty"])


def test_a_page_of_which_nothing_could_be_read_says_so(tmp_path):
    path = save(tmp_path / "a.png", page_of(3).pixels)
    (found,) = read(path, Knows(["", "", ""]))
    assert found.text.warnings == (
        "nothing could be read in any of its 3 lines: the network may not know this script or hand",
    )
    assert not read(path, Knows(["", "x", ""]))[0].text.warnings


def test_a_reader_that_loses_lines_is_refused(tmp_path):
    class Forgets(ByInk):
        def read(self, pictures, progress=None):
            return super().read(pictures, progress)[1:]

    (lost,) = read(save(tmp_path / "a.png", page_of(3).pixels), Forgets())
    assert lost.reason == (
        "3 lines were given to the reader, 2 came back. A reader answers for every line, in order."
    )
