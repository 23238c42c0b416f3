"""Searchable PDF: the picture of each page, and its text without ink where each word stands.

PDF 1.7 (ISO 32000-1). The text is set, undrawn, in a font of one glyph; each character of the
document gets a number of its own, and the ToUnicode map (9.10.3) says which character that is, so
any script can be searched and copied. A word's text is stretched to the word's place.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from math import atan2, cos, hypot, sin
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self

import numpy as np
from PIL import Image

from kineograph.errors import InputError
from kineograph.pages.open import USUAL_DOTS_PER_INCH
from kineograph.pages.text import Word, words_of
from kineograph.whole_file import temporary_beside

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kineograph.pages.open import Page
    from kineograph.pages.text import PageText, Point, TextLine

_POINTS_PER_INCH = 72.0
_MOST_POINTS = 14_400.0  # a side of a page (Annex C)
_WIDTH, _ASCENT, _DESCENT = 500, 800, -200  # of the one glyph, in thousandths of its size
_CATALOG, _PAGES, _FONT, _DESCENDANT, _DESCRIPTOR, _FILE, _UNICODE, _GLYPHS, _INFO = range(1, 10)
_MOST_CHARACTERS = 65_000
_MOST_JPEG_PIXELS = 65_500  # on a side, as libjpeg has it
_UNKNOWN = "\ufffd"


class SearchablePdf:
    """Writes pages one after another; the file appears when it is whole, or not at all.

    with SearchablePdf(path) as pdf: pdf.add(page, text)
    """

    def __init__(self, path: str | PathLike[str], *, jpeg_quality: int = 85) -> None:
        self._path, self._quality = Path(path), jpeg_quality
        self._part = temporary_beside(self._path)
        self._file: BinaryIO | None = None
        self._starts: dict[int, int] = {}
        self._next = _INFO + 1
        self._sheets: list[int] = []
        self._numbers: dict[str, int] = {}  # of characters, from 1 on
        self._check = hashlib.md5(usedforsecurity=False)

    def __enter__(self) -> Self:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._part.open("xb")
            self._put(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        except OSError as error:
            raise self._refused(error) from error
        return self

    def add(self, page: Page, text: PageText) -> None:
        """Append a page with its text. Raises InputError for a picture of another size."""
        height, width = page.pixels.shape[:2]
        if (text.width_pixels, text.height_pixels) != (width, height):
            raise InputError(
                f"{self._path}: a picture of {width}x{height} pixels and text for one of "
                f"{text.width_pixels}x{text.height_pixels}. Give the picture that was read."
            )
        scale = _POINTS_PER_INCH / (page.dots_per_inch or USUAL_DOTS_PER_INCH)
        scale = min(scale, _MOST_POINTS / max(width, height))
        try:
            image = self._add_image(page.pixels)
            drawn = f"q {width * scale:.4f} 0 0 {height * scale:.4f} 0 0 cm /Im Do Q\n"
            drawn += self._text(text, scale)
            content = self._stream(self._take(), "", drawn.encode("ascii"))
            self._sheets.append(self._take())
            self._object(
                self._sheets[-1],
                f"<< /Type /Page /Parent {_PAGES} 0 R /MediaBox [0 0 {width * scale:.4f} "
                f"{height * scale:.4f}] /Resources << /XObject << /Im {image} 0 R >> /Font << /F "
                f"{_FONT} 0 R >> >> /Contents {content} 0 R >>",
            )
        except OSError as error:
            raise self._refused(error) from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._file is not None
        try:
            if error is None:
                self._finish()
                self._file.close()
                self._part.replace(self._path)
        except OSError as refusal:
            raise self._refused(refusal) from refusal
        finally:
            self._file.close()
            self._part.unlink(missing_ok=True)

    def _finish(self) -> None:
        if not self._sheets:
            raise InputError(f"{self._path}: no page to write. Add one page at least.")
        pages = " ".join(f"{number} 0 R" for number in self._sheets)
        self._object(_CATALOG, f"<< /Type /Catalog /Pages {_PAGES} 0 R >>")
        self._object(_PAGES, f"<< /Type /Pages /Kids [{pages}] /Count {len(self._sheets)} >>")
        self._object(_INFO, "<< /Producer (Kineograph) >>")
        self._add_font()
        start = self._tell()
        table = [f"xref\n0 {self._next}\n0000000000 65535 f \n"]
        table += [f"{self._starts[number]:010d} 00000 n \n" for number in range(1, self._next)]
        name = self._check.hexdigest()
        trailer = (
            f"trailer\n<< /Size {self._next} /Root {_CATALOG} 0 R /Info {_INFO} 0 R "
            f"/ID [<{name}> <{name}>] >>\nstartxref\n{start}\n%%EOF\n"
        )
        self._put(("".join(table) + trailer).encode("ascii"))

    def _add_font(self) -> None:
        self._object(
            _FONT,
            "<< /Type /Font /Subtype /Type0 /BaseFont /Unseen /Encoding /Identity-H "
            f"/DescendantFonts [{_DESCENDANT} 0 R] /ToUnicode {_UNICODE} 0 R >>",
        )
        self._object(
            _DESCENDANT,
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Unseen /CIDSystemInfo << /Registry "
            f"(Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor {_DESCRIPTOR} 0 R "
            f"/DW {_WIDTH} /CIDToGIDMap {_GLYPHS} 0 R >>",
        )
        self._object(
            _DESCRIPTOR,
            "<< /Type /FontDescriptor /FontName /Unseen /Flags 4 /FontBBox [0 "
            f"{_DESCENT} {_WIDTH} {_ASCENT}] /ItalicAngle 0 /Ascent {_ASCENT} /Descent {_DESCENT} "
            f"/CapHeight {_ASCENT} /StemV 80 /FontFile2 {_FILE} 0 R >>",
        )
        font = unseen_font()
        self._stream(_FILE, f"/Length1 {len(font)}", font)
        self._stream(_UNICODE, "", to_unicode(list(self._numbers)))
        self._stream(_GLYPHS, "", b"\0\0" + b"\0\1" * len(self._numbers))

    def _add_image(self, pixels: NDArray[np.uint8]) -> int:
        """A page's picture: one bit if it is black and white, else JPEG if that can hold it."""
        height, width = pixels.shape[:2]
        about = f"/Type /XObject /Subtype /Image /Width {width} /Height {height}"
        if pixels.ndim == 2 and not np.any((pixels != 0) & (pixels != 255)):
            bits = np.packbits(pixels > 0, axis=1).tobytes()
            kind = "/ColorSpace /DeviceGray /BitsPerComponent 1"
            return self._stream(self._take(), f"{about} {kind}", bits)
        colour = "/DeviceGray" if pixels.ndim == 2 else "/DeviceRGB"
        if max(width, height) > _MOST_JPEG_PIXELS:
            kind = f"/ColorSpace {colour} /BitsPerComponent 8"
            return self._stream(self._take(), f"{about} {kind}", pixels.tobytes())
        coded = io.BytesIO()
        Image.fromarray(pixels).save(coded, "JPEG", quality=self._quality, optimize=True)
        kind = f"/ColorSpace {colour} /BitsPerComponent 8 /Filter /DCTDecode"
        return self._stream(self._take(), f"{about} {kind}", coded.getvalue(), packed=False)

    def _text(self, text: PageText, scale: float) -> str:
        """Operators that set each word of a page, in reading order, in mode 3: nothing is drawn."""
        parts = ["BT 3 Tr\n"]
        for line in text.lines:
            words = words_of(line)
            for place, word in enumerate(words):
                after = words[place + 1] if place + 1 < len(words) else None
                parts.append(self._word(word, after, line, scale, text.height_pixels))
        return "".join([*parts, "ET\n"])

    def _word(
        self, word: Word, after: Word | None, line: TextLine, scale: float, page_height: int
    ) -> str:
        """One word stretched to its place, and the space behind it stretched to the next word."""
        start, along, length, height = place_of(word, line)
        size = max(height * scale, 0.1)
        c, s = along
        x, y = start[0] * scale, (page_height - start[1]) * scale
        gap = 0.25 * height
        if after is not None:
            following = place_of(after, line)[0]
            gap = (following[0] - start[0]) * c + (following[1] - start[1]) * s - length
        usual = (
            _WIDTH / 1000 * size / scale
        )  # pixels that a character takes where nothing stretches
        stretched = 100 * length / (usual * max(1, len(word.text)))
        space = 100 * max(gap, 0.05 * height) / usual
        return (
            f"/F {size:.3f} Tf {c:.6f} {-s:.6f} {s:.6f} {c:.6f} {x:.3f} {y:.3f} Tm "
            f"{max(stretched, 0.01):.3f} Tz <{self._codes(word.text)}> Tj "
            f"{space:.3f} Tz <{self._codes(' ')}> Tj\n"
        )

    def _codes(self, text: str) -> str:
        codes = []
        for each in text:
            known = each if not 0xD800 <= ord(each) < 0xE000 else _UNKNOWN
            if known not in self._numbers and len(self._numbers) >= _MOST_CHARACTERS:
                known = next(iter(self._numbers))
            codes.append(self._numbers.setdefault(known, len(self._numbers) + 1))
        return "".join(f"{code:04X}" for code in codes)

    def _take(self) -> int:
        self._next += 1
        return self._next - 1

    def _object(self, number: int, content: str) -> None:
        self._starts[number] = self._tell()
        self._put(f"{number} 0 obj\n{content}\nendobj\n".encode("ascii"))

    def _stream(self, number: int, about: str, content: bytes, packed: bool = True) -> int:
        if packed:
            content = zlib.compress(content, 9)
            about += " /Filter /FlateDecode"
        self._starts[number] = self._tell()
        head = f"{number} 0 obj\n<< {about} /Length {len(content)} >>\nstream\n"
        self._put(head.encode("ascii") + content + b"\nendstream\nendobj\n")
        return number

    def _tell(self) -> int:
        assert self._file is not None
        return self._file.tell()

    def _put(self, content: bytes) -> None:
        assert self._file is not None
        self._file.write(content)
        self._check.update(content)

    def _refused(self, error: OSError) -> InputError:
        return InputError(
            f"{self._path}: cannot be written ({error.strerror}). Check the folder and the space "
            "on the disk."
        )


def place_of(word: Word, line: TextLine) -> tuple[Point, Point, float, float]:
    """Where a word begins on its baseline, the direction of the line, length and height; pixels."""
    angle = 0.0
    if len(line.baseline) > 1:
        (x0, y0), (x1, y1) = line.baseline[0], line.baseline[-1]
        angle = atan2(y1 - y0, x1 - x0) if hypot(x1 - x0, y1 - y0) >= 1 else 0.0
    c, s = cos(angle), sin(angle)
    level = [(x * c + y * s, y * c - x * s) for x, y in word.polygon]
    left, right = min(x for x, _ in level), max(x for x, _ in level)
    top, bottom = min(y for _, y in level), max(y for _, y in level)
    height = max(bottom - top, 1.0)
    base = bottom + _DESCENT / 1000 * height
    if len(line.baseline) > 1:
        base = line.baseline[0][1] * c - line.baseline[0][0] * s
        base = min(max(base, top + 0.3 * height), bottom)
    start = (left * c - base * s, left * s + base * c)
    return start, (c, s), max(right - left, 0.1), height


def to_unicode(characters: list[str]) -> bytes:
    """The map from number k + 1 to characters[k], as a CMap (9.10.3); at most 100 in a section."""
    rows = [
        f"<{number:04X}> <{character.encode('utf-16-be').hex().upper()}>"
        for number, character in enumerate(characters, 1)
    ]
    sections = []
    for first in range(0, len(rows), 100):
        part = rows[first : first + 100]
        sections.append(f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar\n")
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        + "".join(sections)
        + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")


def unseen_font() -> bytes:
    """A TrueType font whose one glyph is a box: the six tables that PDF asks for (9.9).

    The text is never drawn, but readers take the place of a character from its glyph, and PDFium
    leaves a word of one empty glyph out.
    """
    corners = ((0, _DESCENT), (0, _ASCENT - _DESCENT), (_WIDTH, 0), (0, _DESCENT - _ASCENT))
    outline = struct.pack(
        ">hhhhhHH4B4h4h", 1, 0, _DESCENT, _WIDTH, _ASCENT, 3, 0, 1, 1, 1, 1,
        *(x for x, _ in corners), *(y for _, y in corners), 
    )  # fmt: skip
    glyph = outline + b"\0" * (-len(outline) % 4)
    tables = {
        b"glyf": glyph,
        b"head": struct.pack(
            ">IIIIHHqqhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, 1000, 0, 0,
            0, _DESCENT, _WIDTH, _ASCENT, 0, 8, 2, 0, 0,
        ),
        b"hhea": struct.pack(
            ">IhhhHhhhhhhhhhhhH", 0x10000, _ASCENT, _DESCENT, 0, _WIDTH, 0, 0, _WIDTH, 1, 0,
            0, 0, 0, 0, 0, 0, 2,
        ),
        b"hmtx": struct.pack(">HhHh", _WIDTH, 0, _WIDTH, 0),
        b"loca": struct.pack(">HHH", 0, 0, len(glyph) // 2),  # half of the true places
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, 2, 4, 1, 0, 0, 1, *[0] * 8),
    }  # fmt: skip
    directory = struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, 32)
    place, body = 12 + 16 * len(tables), b""
    for tag, table in tables.items():
        padded = table + b"\0" * (-len(table) % 4)
        total = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += struct.pack(">4sIII", tag, total, place + len(body), len(table))
        body += padded
    return directory + body
