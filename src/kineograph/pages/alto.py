"""ALTO, version 4 written, 2 to 4 read: blocks, lines, words, characters, in pixels or by dpi.

Format: https://www.loc.gov/standards/alto/. One file may hold several pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from os import PathLike
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from kineograph.errors import InputError
from kineograph.pages.text import (
    DROP_CAPITAL,
    PARAGRAPH,
    Block,
    Bounds,
    Character,
    PageText,
    TextLine,
    Word,
    bounds,
    rectangle,
    words_of,
)
from kineograph.pages.xml_tree import (
    confidence_text,
    each_alone,
    parse_confidence,
    parse_number,
    parse_points,
    points_text,
    read_tree,
    write_tree,
)

if TYPE_CHECKING:
    from kineograph.pages.text import Polygon

_SPACE = "http://www.loc.gov/standards/alto/ns-v4#"
_PIXELS = {"", "pixel", "pixels", "px"}
_PER_INCH = {"mm10": 254.0, "inch1200": 1200.0}  # of the other units that ALTO has
_BOX = {"HPOS", "VPOS", "WIDTH", "HEIGHT"}
_PLACES = _BOX | {"BASELINE", "POINTS"}


def read_alto(
    path: str | PathLike[str], *, dots_per_inch: float | None = None
) -> tuple[PageText, ...]:
    """The pages of an ALTO file, lines as they follow there, texts as they stand there.

    dots_per_inch: of the picture, for files in mm10 or inch1200. A line without a transcription has
    the text "". Raises InputError for a file that is broken, or not in pixels without it.
    """
    return pages_from_tree(read_tree(path), str(path), dots_per_inch=dots_per_inch)


def pages_from_tree(
    root: Element,
    name: str,
    problems: list[str] | None = None,
    *,
    dots_per_inch: float | None = None,
) -> tuple[PageText, ...]:
    """A parsed ALTO file -> its pages. Places in other units become pixels in the tree itself.

    problems: takes what is wrong with a line, a word or a page's size (then 0), and the rest is
    read; without it the first fault is raised as InputError.
    """
    pages = [element for element in root.iter() if element.tag == "Page"]
    if root.tag != "alto" or not pages:
        raise InputError(
            f"{name}: <{root.tag}> without a <Page>; ALTO is <alto> with one or more. "
            "Export it again."
        )
    _measure_in_pixels(root, name, dots_per_inch)
    picture = picture_named_in(root)
    kinds = {
        tag.get("ID", ""): tag.get("LABEL", "") for tag in root.iter() if tag.tag.endswith("Tag")
    }
    return tuple(
        _page(page, name, picture, kinds, place, problems) for place, page in enumerate(pages)
    )


def picture_named_in(root: Element) -> str:
    """The file of the picture, as a parsed ALTO file names it; "" if it does not."""
    return root.findtext("Description/sourceImageInformation/fileName", "").strip()


def is_in_pixels(root: Element) -> bool:
    """Whether places are told in pixels, and not in tenths of a millimetre or parts of an inch."""
    return root.findtext("Description/MeasurementUnit", "").strip().lower() in _PIXELS


def alto(pages: Sequence[PageText]) -> str:
    """Pages as the text of one ALTO file."""
    root = Element("alto", {"xmlns": _SPACE, "SCHEMAVERSION": "4.4"})
    about = SubElement(root, "Description")
    SubElement(about, "MeasurementUnit").text = "pixel"
    source = SubElement(about, "sourceImageInformation")
    SubElement(source, "fileName").text = pages[0].picture_name if pages else ""
    processing = SubElement(about, "Processing", {"ID": "reading"})
    SubElement(SubElement(processing, "processingSoftware"), "softwareName").text = "Kineograph"
    if any(block.kind == DROP_CAPITAL for page in pages for block in page.blocks):
        tag = {"ID": "first_letter", "LABEL": DROP_CAPITAL}
        SubElement(SubElement(root, "Tags"), "OtherTag", tag)
    layout = SubElement(root, "Layout")
    for place, page in enumerate(pages):
        size = {"WIDTH": str(page.width_pixels), "HEIGHT": str(page.height_pixels)}
        own = {"ID": f"page_{place + 1}", "PHYSICAL_IMG_NR": str(page.number), **size}
        sheet = SubElement(layout, "Page", own)
        space = SubElement(sheet, "PrintSpace", {"HPOS": "0", "VPOS": "0", **size})
        for number, block in enumerate(page.blocks):
            _add_block(space, block, f"page_{place + 1}_block_{number + 1}")
    return write_tree(root)


def _measure_in_pixels(root: Element, name: str, dots_per_inch: float | None) -> None:
    """Places in tenths of a millimetre or 1200ths of an inch -> pixels. Raises InputError."""
    if is_in_pixels(root):
        return
    unit = root.findtext("Description/MeasurementUnit", "").strip()
    if unit not in _PER_INCH or dots_per_inch is None:
        why = ", whose dots per inch are not known" if unit in _PER_INCH else ""
        raise InputError(
            f"{name}: is measured in {unit}; places are read in pixels of the picture{why}. "
            "Export it with MeasurementUnit pixel."
        )
    scale = dots_per_inch / _PER_INCH[unit]
    for element in root.iter():
        for key in _PLACES & element.attrib.keys():
            with suppress(ValueError):  # what is no number is told by whoever reads it
                numbers = map(float, element.attrib[key].replace(",", " ").split())
                element.set(key, " ".join(str(number * scale) for number in numbers))


def _page(
    element: Element,
    name: str,
    picture: str,
    kinds: dict[str, str],
    place: int,
    problems: list[str] | None,
) -> PageText:
    blocks = []
    for block in element.iter():
        lines = []
        for line in block.findall("TextLine"):
            with each_alone(problems):
                lines.append(_line(line, name, problems))
        labels = {kinds.get(tag, "") for tag in block.get("TAGREFS", "").split()}
        if lines:
            kind = DROP_CAPITAL if DROP_CAPITAL in labels else PARAGRAPH
            blocks.append(Block(tuple(lines), kind))
    width = height = 0.0
    if problems is None or {"WIDTH", "HEIGHT"} <= element.attrib.keys():  # ALTO asks for neither
        with each_alone(problems):
            width, height = (parse_number(element, key, name) for key in ("WIDTH", "HEIGHT"))
    number = element.get("PHYSICAL_IMG_NR", "")
    return PageText(
        width_pixels=round(width),
        height_pixels=round(height),
        blocks=tuple(blocks),
        picture_name=picture,
        number=int(number) if number.isascii() and number.isdigit() else place + 1,
    )


def _line(element: Element, name: str, problems: list[str] | None) -> TextLine:
    here = f"{name}, line {element.get('ID', '?')}"
    drawn = _drawn(element, here)
    polygon = drawn or _box(element, here)
    base: Polygon = ()
    with each_alone(problems):
        base = _baseline(element, polygon, here)
    words = []
    for word in element.findall("String"):
        if word.get("CONTENT"):
            with each_alone(problems):
                words.append(_word(word, here))
    sure = [word.confidence for word in words if word.confidence is not None]
    return TextLine(
        polygon,
        base,
        _text(element),
        sum(sure) / len(sure) if sure else None,
        tuple(words),
        element.get("ID", ""),
        is_box=not drawn,
    )


def _text(line: Element) -> str:
    """Its strings, a space where SP stands, and between two strings where nothing does."""
    text, was_word = "", False
    for child in line:
        if child.tag == "String":
            text += (" " if was_word else "") + child.get("CONTENT", "")
        elif child.tag == "SP":
            text += " "
        elif child.tag == "HYP":
            text += child.get("CONTENT", "-")
        was_word = child.tag == "String"
    return text


def _baseline(line: Element, polygon: Polygon, name: str) -> Polygon:
    """Its points; before version 4.1, one height from side to side of the line."""
    said = line.get("BASELINE", "")
    if len(said.replace(",", " ").split()) != 1:
        return parse_points(said, name)
    box, height = bounds(polygon), parse_number(line, "BASELINE", name)
    return ((float(box.left), height), (float(box.right), height))


def _word(element: Element, name: str) -> Word:
    characters = tuple(
        Character(
            glyph.get("CONTENT", ""), _outline(glyph, name), parse_confidence(glyph.get("GC"))
        )
        for glyph in element.findall("Glyph")
    )
    sure = parse_confidence(element.get("WC"))
    return Word(element.get("CONTENT", ""), _outline(element, name), sure, characters)


def _outline(part: Element, name: str) -> Polygon:
    """A word's or a character's polygon if it has one, else its box; many files tell neither."""
    return _drawn(part, name) or (_box(part, name) if _BOX & part.attrib.keys() else ())


def _drawn(element: Element, name: str) -> Polygon:
    """Its polygon of three or more points, if it has one."""
    polygon = element.find("Shape/Polygon")
    if polygon is None:
        return ()
    points = parse_points(polygon.get("POINTS", ""), name)
    return points if len(points) >= 3 else ()


def _box(element: Element, name: str) -> Polygon:
    left, top = parse_number(element, "HPOS", name), parse_number(element, "VPOS", name)
    width, height = parse_number(element, "WIDTH", name), parse_number(element, "HEIGHT", name)
    return ((left, top), (left + width, top), (left + width, top + height), (left, top + height))


def _add_block(space: Element, block: Block, name: str) -> None:
    tags = {"TAGREFS": "first_letter"} if block.kind == DROP_CAPITAL else {}
    element = SubElement(space, "TextBlock", {"ID": name, **_place(block.polygon), **tags})
    for count, line in enumerate(block.lines):
        own = {"ID": f"{name}_line_{count + 1}", **_place(line.polygon)}
        if line.baseline:
            own["BASELINE"] = points_text(line.baseline)
        row = SubElement(element, "TextLine", own)
        _add_shape(row, line.polygon)
        _add_words(row, line, own["ID"])


def _add_words(row: Element, line: TextLine, name: str) -> None:
    words = words_of(line) or (Word("", line.polygon),)  # ALTO has no line without a String
    for place, word in enumerate(words):
        if place:
            gap = _gap(bounds(words[place - 1].polygon), bounds(word.polygon))
            SubElement(row, "SP", _place(rectangle(gap)))
        own = {"ID": f"{name}_word_{place + 1}", "CONTENT": word.text, **_place(word.polygon)}
        if (sure := confidence_text(word.confidence)) is not None:
            own["WC"] = sure
        element = SubElement(row, "String", own)
        _add_shape(element, word.polygon)
        for other in _other_words(line, words, place):
            SubElement(element, "ALTERNATIVE").text = other
        for count, character in enumerate(word.characters):
            mark = {"ID": f"{own['ID']}_{count + 1}", "CONTENT": character.text}
            if (sure := confidence_text(character.confidence)) is not None:
                mark["GC"] = sure
            glyph = SubElement(element, "Glyph", {**mark, **_place(character.polygon)})
            _add_shape(glyph, character.polygon)


def _other_words(line: TextLine, words: Sequence[Word], place: int) -> list[str]:
    """What a word may be else, best first: ALTO has no alternatives of lines.

    Of the line's alternatives those with as many words: in others nothing says which is which.
    """
    texts = [each.text.split() for each in line.alternatives]
    others = dict.fromkeys(text[place] for text in texts if len(text) == len(words))
    return [each for each in others if each != words[place].text]


def _add_shape(element: Element, polygon: Polygon) -> None:
    points = {"POINTS": points_text(polygon)}
    SubElement(SubElement(element, "Shape"), "Polygon", points)


def _gap(before: Bounds, after: Bounds) -> Bounds:
    return Bounds(before.right, before.top, max(before.right, after.left), before.bottom)


def _place(polygon: Polygon) -> dict[str, str]:
    box = bounds(polygon)
    left, top = max(0, box.left), max(0, box.top)
    return {
        "HPOS": str(left),
        "VPOS": str(top),
        "WIDTH": str(max(0, box.right - left)),
        "HEIGHT": str(max(0, box.bottom - top)),
    }
