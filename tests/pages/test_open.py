"""Every kind of page picture becomes the same grey or RGB page; what cannot says so."""

import zlib

import numpy as np
import pytest
from PIL import Image

from kineograph.errors import InputError
from kineograph.pages.open import PageFile
from kineograph.pages.pdf import SearchablePdf
from kineograph.pages.text import PageText
from tests.pages.locked_pdf import locked_pdf


def shade(height=40, width=60):
    """Dark above, light below, darker to the left: every rotation of it is another picture."""
    rows, columns = np.mgrid[0:height, 0:width]
    return ((rows * 4 + columns) % 256).astype(np.uint8)


def only_page(path, **options):
    with PageFile(path, **options) as pages:
        assert len(pages) == 1
        return pages.read(1)


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp", "pgm"])
def test_grey_is_read_as_it_is(tmp_path, suffix):
    file = tmp_path / f"page.{suffix}"
    Image.fromarray(shade()).save(file)
    assert np.array_equal(only_page(file).pixels, shade())


def test_rgb_stays_rgb_and_grey_rgb_becomes_grey(tmp_path):
    rgb = np.stack([shade(), shade() // 2, 255 - shade()], -1)
    Image.fromarray(rgb).save(tmp_path / "a.png", dpi=(300, 300))
    page = only_page(tmp_path / "a.png")
    assert np.array_equal(page.pixels, rgb) and page.dots_per_inch == pytest.approx(300, abs=0.1)
    assert page.grey.shape == (40, 60)
    Image.fromarray(np.stack([shade()] * 3, -1)).save(tmp_path / "b.png")
    assert np.array_equal(only_page(tmp_path / "b.png").pixels, shade())


def test_16_bits_keep_their_range(tmp_path):
    Image.fromarray(shade().astype(np.uint16) * 257).save(tmp_path / "deep.png")
    assert np.array_equal(only_page(tmp_path / "deep.png").pixels, shade())
    Image.fromarray(shade().astype(np.float32) / 255).save(tmp_path / "float.tif")
    assert np.array_equal(only_page(tmp_path / "float.tif").pixels, shade())


def test_one_bit_and_palette_become_grey(tmp_path):
    black = shade() > 128
    Image.fromarray(black).save(tmp_path / "bits.png")
    assert np.array_equal(only_page(tmp_path / "bits.png").pixels, black * np.uint8(255))
    Image.fromarray(shade() // 64 * 64).convert("P").save(tmp_path / "palette.png")
    assert np.array_equal(only_page(tmp_path / "palette.png").pixels, shade() // 64 * 64)


def test_cmyk_is_dark_where_there_is_ink(tmp_path):
    ink = np.zeros((40, 60, 4), np.uint8)
    ink[:20, :, 3] = 255  # black above, paper below
    for name in ("a.tif", "a.jpg"):
        Image.fromarray(ink, "CMYK").save(tmp_path / name)
        grey = only_page(tmp_path / name).grey
        assert grey[:18].max() < 10 and grey[22:].min() > 245


def test_transparent_places_are_paper(tmp_path):
    picture = np.zeros((40, 60, 4), np.uint8)
    picture[:20, :, 3] = 255
    Image.fromarray(picture).save(tmp_path / "a.png")
    grey = only_page(tmp_path / "a.png").pixels
    assert grey[:20].max() == 0 and grey[20:].min() == 255


@pytest.mark.parametrize("orientation, turn", [(3, 2), (6, -1), (8, 1)])
def test_exif_rotation_is_applied(tmp_path, orientation, turn):
    image = Image.fromarray(shade())
    exif = image.getexif()
    exif[0x0112] = orientation
    image.save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(only_page(tmp_path / "a.png").pixels, np.rot90(shade(), turn))


def test_a_tiff_of_several_pages_in_several_kinds(tmp_path):
    first, second = Image.fromarray(shade()), Image.fromarray(shade(30, 90) > 100)
    first.save(tmp_path / "a.tif", save_all=True, append_images=[second, first])
    with PageFile(tmp_path / "a.tif") as pages:
        assert [pages.read(number).pixels.shape for number in (3, 2, 1)] == [
            (40, 60),
            (30, 90),
            (40, 60),
        ]
        assert pages.read(2).number == 2
        with pytest.raises(InputError, match=r"a\.tif: page 4 was asked for, it has 3\. Ask for 1"):
            pages.read(4)


def test_a_broken_page_does_not_lose_the_others(tmp_path):
    first = Image.fromarray(np.random.default_rng(0).integers(0, 255, (90, 90), np.uint8))
    first.save(tmp_path / "a.tif", save_all=True, append_images=[first], compression="tiff_lzw")
    content = bytearray((tmp_path / "a.tif").read_bytes())
    with Image.open(tmp_path / "a.tif") as image:
        start = image.tag_v2[273][0]  # StripOffsets
    content[start : start + 40] = b"\xff" * 40
    (tmp_path / "a.tif").write_bytes(content)
    with PageFile(tmp_path / "a.tif") as pages:
        words = r"a\.tif, page 1: the picture cannot be decoded .*\. Copy or scan it again\."
        with pytest.raises(InputError, match=words):
            pages.read(1)
        assert np.array_equal(pages.read(2).pixels, np.asarray(first))


def test_what_is_no_page_says_so(tmp_path):
    cases = {
        "none.png": (None, r"none\.png: cannot be opened \(No such file.*\)\. Check the name"),
        "empty.png": (b"", r"empty\.png: the file is empty\. Copy or scan it again\."),
        "text.png": (b"hello" * 9, r"neither a picture that Pillow knows nor a PDF\. Convert it"),
        "broken.pdf": (b"%PDF-1.7\nnothing", r"broken\.pdf: the PDF is broken \(.*\)\. Copy or"),
    }
    for name, (content, words) in cases.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=words):
            PageFile(tmp_path / name)
    Image.fromarray(shade(1, 1)).save(tmp_path / "dot.png")
    with pytest.raises(InputError, match=r"dot\.png: 1x1 pixels; a line of text needs 8 pixels"):
        only_page(tmp_path / "dot.png")


def test_half_a_picture_says_so(tmp_path):
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (90, 90), np.uint8)).save(
        tmp_path / "a.png"
    )
    (tmp_path / "a.png").write_bytes((tmp_path / "a.png").read_bytes()[:3000])
    with pytest.raises(InputError, match=r"a\.png: the picture cannot be decoded \(.*\)\. Copy or"):
        only_page(tmp_path / "a.png")


def huge_png(width, height):
    """A header that promises many pixels, and none of them."""
    head = b"\0\0\0\x0dIHDR" + width.to_bytes(4) + height.to_bytes(4) + b"\x08\0\0\0\0"
    head += zlib.crc32(head[4:]).to_bytes(4)
    return b"\x89PNG\r\n\x1a\n" + head + b"\0\0\0\0IDAT" + zlib.crc32(b"IDAT").to_bytes(4)


@pytest.mark.parametrize("side", [13_000, 60_000])
def test_a_huge_picture_is_refused_before_it_is_decoded(tmp_path, side):
    (tmp_path / "huge.png").write_bytes(huge_png(side, side))
    with pytest.raises(InputError, match=r"huge\.png: more than 150 million pixels; .* Shrink it"):
        only_page(tmp_path / "huge.png")


def test_a_long_line_is_no_huge_picture(tmp_path):
    Image.new("L", (60_000, 48), 255).save(tmp_path / "line.png")
    assert only_page(tmp_path / "line.png").pixels.shape == (48, 60_000)


@pytest.fixture
def pdf(tmp_path):
    """Two scanned pages of 200 and 400 dots per inch."""
    from kineograph.pages.open import Page

    with SearchablePdf(tmp_path / "scan.pdf", jpeg_quality=100) as file:
        for dots in (200.0, 400.0):
            pixels = np.where(shade(300, 200) > 100, 240, 20).astype(np.uint8)
            file.add(Page(pixels, dots), PageText(200, 300))
    return tmp_path / "scan.pdf"


def test_a_pdf_is_drawn_as_it_was_scanned(pdf):
    with PageFile(pdf) as pages:
        assert len(pages) == 2
        for number, dots in ((1, 200), (2, 400)):
            page = pages.read(number)
            assert page.pixels.shape == (300, 200) and page.dots_per_inch == dots
            wanted = np.where(shade(300, 200) > 100, 240, 20)
            assert np.abs(page.pixels - wanted).mean() < 3
    with PageFile(pdf, dots_per_inch=100) as pages:
        assert pages.read(1).pixels.shape == (150, 100)


def test_a_pdf_without_a_scan_is_drawn_at_300(tmp_path):
    import pypdfium2

    file = pypdfium2.PdfDocument.new()
    file.new_page(72, 144)
    file.save(tmp_path / "a.pdf")
    file.close()
    page = only_page(tmp_path / "a.pdf")
    assert page.pixels.shape == (600, 300) and page.dots_per_inch == 300
    assert page.pixels.min() == 255


def test_a_huge_pdf_page_is_refused(tmp_path):
    import pypdfium2

    file = pypdfium2.PdfDocument.new()
    file.new_page(14_000, 14_000)
    file.save(tmp_path / "a.pdf")
    file.close()
    words = r"a\.pdf: 58333x58333 pixels at 300 dots per inch; .* Give fewer dots_per_inch\."
    with pytest.raises(InputError, match=words):
        only_page(tmp_path / "a.pdf")
    assert only_page(tmp_path / "a.pdf", dots_per_inch=36).pixels.shape == (7000, 7000)


def test_an_encrypted_pdf_says_so(tmp_path):
    (tmp_path / "a.pdf").write_bytes(locked_pdf())
    with pytest.raises(
        InputError, match=r"a\.pdf: the PDF is encrypted, and no password was given"
    ):
        PageFile(tmp_path / "a.pdf")
    with pytest.raises(InputError, match=r"encrypted, and the password is wrong\. Give its"):
        PageFile(tmp_path / "a.pdf", password="open")


def test_a_resolution_that_cannot_be_is_refused(pdf):
    with pytest.raises(InputError, match=r"dots_per_inch=9; PDFs are drawn at 30 to 2400\. Give"):
        PageFile(pdf, dots_per_inch=9)
