"""XML into a tree of plain names, and back: entities are refused, namespaces are left away.

An entity may stand for a file of this machine or for a billion letters, and no page needs one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree
from xml.parsers import expat

from kineograph.errors import InputError

if TYPE_CHECKING:
    from kineograph.pages.text import Polygon

_MOST_BYTES = 200_000_000
_DEEPEST = 200  # elements within elements; pages have about ten


def read_tree(path: str | PathLike[str], name: str | None = None) -> ElementTree.Element:
    """The root of an XML file, tags without namespaces. Raises InputError for what is no XML.

    name: what stands before the words of an error; the path if it is not given.
    """
    file = Path(path)
    name = name or str(file)
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise InputError(
                f"{name}: {file.stat().st_size / 1e6:.0f} MB; a page's XML has less than "
                f"{_MOST_BYTES / 1e6:.0f}. Give one file for each page."
            )
        content = file.read_bytes()
    except OSError as error:
        raise InputError(
            f"{name}: cannot be read ({error.strerror}). Check the name and folder."
        ) from error
    return parse_tree(content, name)


def parse_tree(content: bytes, name: str) -> ElementTree.Element:
    """The root of XML in memory; `name` stands before the words of an error."""
    builder = ElementTree.TreeBuilder()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise InputError(
                f"{name}: elements lie {_DEEPEST} deep in each other; no page is like that. "
                "Export it again."
            )
        builder.start(_plain(tag), {_plain(key): value for key, value in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_plain(tag))

    def refuse(entity: str, *_: object) -> None:
        raise InputError(
            f"{name}: declares the entity '{entity}'; entities are not read, since they may name "
            "any file. Write the text in place of it."
        )

    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise InputError(f"{name}: no whole XML ({error}). Export or copy it again.") from error
    except (LookupError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{name}: no whole XML ({error}). Export or copy it again.") from error
    return builder.close()


@contextmanager
def each_alone(problems: list[str] | None) -> Iterator[None]:
    """What is refused within becomes one of the problems; without a list it is raised."""
    try:
        yield
    except InputError as error:
        if problems is None:
            raise
        problems.append(str(error))


def write_tree(root: ElementTree.Element, doctype: str = "") -> str:
    """Indented XML with its declaration; characters that XML cannot hold become U+FFFD."""
    for element in root.iter():
        element.text = _writable(element.text)
        for key, value in element.attrib.items():
            element.set(key, _writable(value) or "")
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{doctype}{text}\n'


def points_text(points: Polygon) -> str:
    """`x,y x,y` in whole pixels, never negative, as PAGE and ALTO have it."""
    return " ".join(f"{max(0, round(x))},{max(0, round(y))}" for x, y in points)


def parse_points(text: str, name: str) -> Polygon:
    """`x,y x,y` or `x y x y` -> points. Raises InputError for anything else."""
    try:
        numbers = [float(each) for each in text.replace(",", " ").split()]
    except ValueError:
        numbers = [0.0]
    if len(numbers) % 2 or not all(abs(number) < 1e7 for number in numbers):
        raise InputError(
            f"{name}: points '{_short(text)}'; points are pairs of numbers in pixels, 'x,y x,y'. "
            "Correct them."
        )
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def parse_number(element: ElementTree.Element, key: str, name: str) -> float:
    """An attribute that must be a number. Raises InputError."""
    text = element.get(key)
    try:
        number = float(text or "")
    except ValueError:
        number = float("nan")
    if not abs(number) < 1e7:
        raise InputError(
            f"{name}: <{element.tag}> has {key}={text!r}; a number of pixels is needed. Correct it."
        )
    return number


def parse_confidence(text: str | None) -> float | None:
    """0-1, or None where it is not said or is no such number."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 <= number <= 1 else None


def confidence_text(confidence: float | None) -> str | None:
    """Four digits, or None."""
    return None if confidence is None else f"{confidence:.4f}".rstrip("0").rstrip(".")


def _plain(tag: str) -> str:
    return tag.rpartition("}")[2]


def _writable(text: str | None) -> str | None:
    """Without control characters and lone surrogates, which XML 1.0 (2.2) has no place for."""
    if text is None:
        return None
    return "".join(
        each
        if each in "\t\n\r"
        or " " <= each < "\ud800"
        or "\ue000" <= each < "\ufffe"
        or each > "\uffff"
        else "\ufffd"
        for each in text
    )


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."
