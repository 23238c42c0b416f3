"""hOCR 1.2: a page of XHTML in which each area, line and word says where it stands.

Format: https://kba.github.io/hocr-spec/1.2/. Areas, lines and words, upright boxes alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from os import PathLike
from xml.etree.ElementTree import Element, SubElement

from kineograph.errors import InputError
from kineograph.pages.text import (
    DROP_CAPITAL,
    PARAGRAPH,
    Block,
    Bounds,
    PageText,
    Polygon,
    TextLine,
    Word,
    bounds,
    rectangle,
    words_of,
)
from kineograph.pages.xml_tree import read_tree, write_tree

_DOCTYPE = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" '
    '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
)
_LINES = {"ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat", "ocrx_line"}
_AREAS = {"ocr_par", "ocr_carea"}
_BOX = re.compile(r"\bbbox\s+(-?\d+)\s+(-?\d+)\s+(-?\d+)\s+(-?\d+)")
_IMAGE = re.compile(r'\bimage\s+(?:"([^"]*)"|(\S+?))(?:;|$)')
_SURE = re.compile(r"\bx_wconf\s+([\d.]+)")
_BASELINE = re.compile(r"\bbaseline\s+(-?[\d.]+)\s+(-?[\d.]+)")
_PAGE_NUMBER = re.compile(r"\bppageno\s+(\d+)")


def hocr(pages: Sequence[PageText]) -> str:
    """Pages as the text of one hOCR file."""
    root = Element("html", {"xmlns": "http://www.w3.org/1999/xhtml"})
    head = SubElement(root, "head")
    SubElement(head, "title").text = pages[0].picture_name if pages else ""
    SubElement(head, "meta", {"http-equiv": "Content-Type", "content": "text/html;charset=utf-8"})
    SubElement(head, "meta", {"name": "ocr-system", "content": "Kineograph"})
    parts = "ocr_page ocr_carea ocr_par ocr_line ocrx_word"
    SubElement(head, "meta", {"name": "ocr-capabilities", "content": parts})
    body = SubElement(root, "body")
    for place, page in enumerate(pages):
        name = f"page_{place + 1}"
        picture = page.picture_name.replace('"', "'")
        whole = Bounds(0, 0, page.width_pixels, page.height_pixels)
        title = f'image "{picture}"; {_box(rectangle(whole))}; ppageno {page.number - 1}'
        sheet = SubElement(body, "div", {"class": "ocr_page", "id": name, "title": title})
        for number, block in enumerate(page.blocks):
            _add_block(sheet, block, f"{name}_block_{number + 1}")
    return write_tree(root, _DOCTYPE)


def read_hocr(path: str | PathLike[str]) -> tuple[PageText, ...]:
    """The pages of an hOCR file (XHTML). Raises InputError for what is broken."""
    root = read_tree(path)
    pages = [each for each in root.iter() if "ocr_page" in _classes(each)]
    if not pages:
        raise InputError(f"{path}: no element of class ocr_page; hOCR has one a page. Check it.")
    return tuple(_page(page, str(path)) for page in pages)


def _page(element: Element, name: str) -> PageText:
    title = element.get("title", "")
    whole = _bounds(element, name)
    areas = [each for each in element.iter() if _classes(each) & _AREAS]
    innermost = [
        each for each in areas if not any(_classes(x) & _AREAS for x in [*each.iter()][1:])
    ]
    blocks = []
    for area in innermost:
        lines = tuple(_line(each, name) for each in area.iter() if _classes(each) & _LINES)
        if lines:
            blocks.append(Block(lines, DROP_CAPITAL if "dropcap" in _classes(area) else PARAGRAPH))
    image, number = _IMAGE.search(title), _PAGE_NUMBER.search(title)
    return PageText(
        whole.right - whole.left,
        whole.bottom - whole.top,
        tuple(blocks),
        (image[1] or image[2] or "") if image else "",
        int(number[1]) + 1 if number else 1,
    )


def _line(element: Element, name: str) -> TextLine:
    box = _bounds(element, name)
    words = []
    for each in element.iter():
        if "ocrx_word" in _classes(each):
            sure = _SURE.search(each.get("title", ""))
            text = "".join(each.itertext()).strip()
            words.append(
                Word(text, rectangle(_bounds(each, name)), float(sure[1]) / 100 if sure else None)
            )
    text = " ".join(word.text for word in words) or " ".join("".join(element.itertext()).split())
    known = [word.confidence for word in words if word.confidence is not None]
    base: Polygon = ()
    if found := _BASELINE.search(element.get("title", "")):
        slope, shift = float(found[1]), float(found[2])
        start = box.bottom + shift
        end = start + slope * (box.right - box.left)
        base = ((float(box.left), start), (float(box.right), end))
    sure_of_all = sum(known) / len(known) if known else None
    return TextLine(rectangle(box), base, text, sure_of_all, tuple(words), element.get("id", ""))


def _add_block(sheet: Element, block: Block, name: str) -> None:
    title = _box(block.polygon)
    area = SubElement(sheet, "div", {"class": "ocr_carea", "id": name, "title": title})
    kind = "ocr_par dropcap" if block.kind == DROP_CAPITAL else "ocr_par"
    paragraph = SubElement(area, "p", {"class": kind, "id": f"{name}_par", "title": title})
    for count, line in enumerate(block.lines):
        where = f"{_box(line.polygon)}{_baseline(line)}"
        own = {"class": "ocr_line", "id": f"{name}_line_{count + 1}", "title": where}
        row = SubElement(paragraph, "span", own)
        for place, word in enumerate(words_of(line)):
            title = _box(word.polygon)
            if word.confidence is not None:
                title += f"; x_wconf {round(100 * word.confidence)}"
            mark = {"class": "ocrx_word", "id": f"{own['id']}_word_{place + 1}", "title": title}
            SubElement(row, "span", mark).text = word.text


def _box(polygon: Polygon) -> str:
    left, top, right, bottom = bounds(polygon)
    return f"bbox {max(0, left)} {max(0, top)} {max(0, right)} {max(0, bottom)}"


def _baseline(line: TextLine) -> str:
    """Slope, and height at the left edge above the lower edge of the box, as hOCR counts it."""
    if len(line.baseline) < 2:
        return ""
    (x0, y0), (x1, y1) = line.baseline[0], line.baseline[-1]
    slope = (y1 - y0) / (x1 - x0) if x1 > x0 else 0.0
    box = bounds(line.polygon)
    return f"; baseline {slope:.5f} {y0 - slope * (x0 - box.left) - box.bottom:.1f}"


def _bounds(element: Element, name: str) -> Bounds:
    found = _BOX.search(element.get("title", ""))
    if not found:
        raise InputError(
            f"{name}: {element.get('id', element.tag)} has no 'bbox left top right bottom' in its "
            "title; hOCR says where each thing stands. Export it again."
        )
    return Bounds(*(int(number) for number in found.groups()))


def _classes(element: Element) -> set[str]:
    return set(element.get("class", "").split())
