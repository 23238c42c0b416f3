"""The searchable PDF as PDFium reads it: pictures, every word's characters, and their place."""

import io
import re
import struct
import unicodedata

import numpy as np
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.pages.open import Page
from kineograph.pages.pdf import SearchablePdf, to_unicode, unseen_font
from kineograph.pages.read import LineReading, read_page
from kineograph.pages.text import Block, PageText, bounds
from tests.pages.drawn_pages import DrawnPage, turned
from tests.pages.written_pages import line, written


def write(path, text, dots=300.0):
    pixels = np.random.default_rng(0).integers(0, 256, (text.height_pixels, text.width_pixels))
    with SearchablePdf(path) as pdf:
        pdf.add(Page(pixels.astype(np.uint8), dots), text)
    return path


def texts(path):
    """The text of each page as who copies it gets it; PDFium marks a soft hyphen with U+FFFE."""
    with pypdfium2.PdfDocument(path) as file:
        found = [page.get_textpage().get_text_range() for page in file]
    return [re.sub(r"\s+", " ", each.replace("\ufffe", "- ")).strip() for each in found]


def test_the_text_is_that_of_the_page_in_every_script(tmp_path):
    (found,) = texts(write(tmp_path / "a.pdf", written()))
    # a large first letter stays apart: a PDF cannot say what it belongs to
    assert found == "D ie Waſſerſtraße ſu\u0364dlich <a> & \"b\" 'c' Zei- Город ёлка й 𝔉raktur 中文"


@pytest.mark.parametrize("sought", ["Waſſerſtraße", "ёлка", "中文", "й"])
@pytest.mark.parametrize("dots", [300.0, 150.0])
def test_a_word_is_found_where_it_stands(tmp_path, sought, dots):
    path = write(tmp_path / "a.pdf", written(), dots)
    word = next(w for each in written().lines for w in each.words if w.text == sought)
    with pypdfium2.PdfDocument(path) as file:
        page = file[0]
        text = page.get_textpage()
        first, count = text.search(sought, match_case=True).get_next()
        boxes = np.array([text.get_charbox(first + place) for place in range(count)])
        height = page.get_height()
    scale = dots / 72
    left, bottom, right, top = (
        boxes[:, 0].min(),
        boxes[:, 1].min(),
        boxes[:, 2].max(),
        boxes[:, 3].max(),
    )
    found = np.array([left, height - top, right, height - bottom]) * scale
    true = np.array(bounds(word.polygon), float)
    assert np.abs(found[[0, 2]] - true[[0, 2]]).max() < 1.5
    assert np.abs(found[[1, 3]] - true[[1, 3]]).max() < 0.2 * (true[3] - true[1])


@pytest.mark.parametrize("degrees", [-4.0, 5.0])
def test_text_lies_along_a_skewed_line(tmp_path, degrees):
    drawn = DrawnPage(width=600, height=400)
    for place, text in enumerate(["Die Kunst des Lesens", "Город стоит на реке", "ſo geht es"]):
        drawn.line(60, 120 + 70 * place, text, 32)
    page = Page(turned(drawn.pixels, degrees), 300.0)
    read = read_page(page, lambda pictures: [LineReading(text) for text in drawn.texts])
    with SearchablePdf(tmp_path / "a.pdf") as pdf:
        pdf.add(page, read)
    assert texts(tmp_path / "a.pdf") == [" ".join(drawn.texts)]
    with pypdfium2.PdfDocument(tmp_path / "a.pdf") as file:
        text = file[0].get_textpage()
        first, _ = text.search("Kunst").get_next()
        last, count = text.search("Lesens").get_next()
        start, end = text.get_charbox(first), text.get_charbox(last + count - 1)
    rise = np.degrees(np.arctan2(end[1] - start[1], end[2] - start[0]))
    assert rise == pytest.approx(degrees, abs=0.7)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.text(
            st.characters(categories=["Ll", "Lu", "Nd"], max_codepoint=0x4FF),
            min_size=1,
            max_size=9,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_words_of_letters_come_back(tmp_path_factory, words):
    path = tmp_path_factory.mktemp("pdf") / "a.pdf"
    page = PageText(900, 200, (Block((line(" ".join(words), 10, 50, width=860),)),))
    (found,) = texts(write(path, page))
    # PDFium reads right-to-left letters backwards and parts ligatures: compared as it sees them
    assert unicodedata.normalize("NFKC", found) == unicodedata.normalize("NFKC", " ".join(words))


def test_several_pages_and_kinds_of_pictures(tmp_path):
    rng = np.random.default_rng(0)
    bits = (rng.random((500, 601)) > 0.5).astype(np.uint8) * 255
    smooth = np.broadcast_to(np.linspace(0, 255, 600)[None, :, None], (500, 600, 3))
    colour = (smooth * [1, 0.5, 0.2]).astype(np.uint8)
    with SearchablePdf(tmp_path / "a.pdf", jpeg_quality=95) as pdf:
        pdf.add(Page(bits, 300.0), PageText(601, 500))
        pdf.add(Page(colour), written())
        pdf.add(Page(colour[..., 0]), written())
    assert [bool(each) for each in texts(tmp_path / "a.pdf")] == [False, True, True]
    with pypdfium2.PdfDocument(tmp_path / "a.pdf") as file:
        drawn = [
            page.render(scale=300 / 72 * (1 - 1e-6), rev_byteorder=True).to_numpy()[..., :3]
            for page in file
        ]
    assert np.array_equal(drawn[0][..., 0], bits)
    assert np.abs(drawn[1].astype(int) - colour).mean() < 2  # and no text is seen
    assert np.abs(drawn[2].astype(int) - colour[..., :1]).mean() < 2


def test_a_very_long_line_fits_on_a_page(tmp_path):
    page = PageText(60_000, 40, (Block((line("lang", 100, 2, 59_000, 36),)),))
    assert texts(write(tmp_path / "a.pdf", page, 72.0)) == ["lang"]


@pytest.mark.parametrize("channels", [(), (3,)])
def test_a_picture_wider_than_a_jpeg_can_be_is_kept_without_loss(tmp_path, channels):
    pixels = np.full((20, 66_000, *channels), 200, np.uint8)
    pixels[:, 33_000:] = 90
    with SearchablePdf(tmp_path / "a.pdf") as pdf:
        pdf.add(Page(pixels, 600.0), PageText(66_000, 20))
    with pypdfium2.PdfDocument(tmp_path / "a.pdf") as file:
        drawn = file[0].render(scale=0.1).to_numpy()
    assert (drawn[0, 300] == 200).all() and (drawn[0, -300] == 90).all()


def test_the_map_has_at_most_a_hundred_lines_in_a_section():
    made = to_unicode([chr(0x400 + place) for place in range(205)] + ["𝔉"]).decode()
    counts = [int(each) for each in re.findall(r"(\d+) beginbfchar", made)]
    assert counts == [100, 100, 6] and "<00CE> <D835DD09>" in made


def test_the_font_is_one_that_others_read():
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(unseen_font()), checkChecksums=2)
    box = [(0, -200), (0, 800), (500, 800), (500, -200)]
    assert list(font["glyf"]["glyph00001"].coordinates) == box
    assert font["hmtx"]["glyph00001"] == (500, 0) and font["maxp"].numGlyphs == 2
    assert struct.unpack(">I", unseen_font()[:4]) == (0x10000,)


def test_what_cannot_be_written_leaves_nothing(tmp_path):
    page = Page(np.zeros((50, 60), np.uint8))
    words = r"a\.pdf: a picture of 60x50 pixels and text for one of 9x9\. Give the picture that was"
    with pytest.raises(InputError, match=words), SearchablePdf(tmp_path / "a.pdf") as pdf:
        pdf.add(page, PageText(9, 9))
    with pytest.raises(InputError, match="no page to write"), SearchablePdf(tmp_path / "a.pdf"):
        pass
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(InputError, match=r"cannot be written \(.*\)\. Check the folder"),
        SearchablePdf(tmp_path / "file" / "a.pdf"),
    ):
        pass
