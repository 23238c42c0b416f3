"""Page texts into a file of a named form, and lines of pages out of a file of any known form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from kineograph.errors import InputError, nearest
from kineograph.pages.alto import alto, pages_from_tree
from kineograph.pages.hocr import hocr, read_hocr
from kineograph.pages.page_xml import page_from_tree, page_xml
from kineograph.pages.plain import page_json, plain_text, read_page_json
from kineograph.pages.xml_tree import read_tree
from kineograph.whole_file import write_text_whole

if TYPE_CHECKING:
    from kineograph.pages.text import PageText


def _one_page_xml(pages: Sequence[PageText]) -> str:
    if len(pages) != 1:
        raise InputError(
            f"{len(pages)} pages; a PAGE file holds one. Write one file for each page."
        )
    return page_xml(pages[0])


WRITERS: dict[str, Callable[[Sequence[PageText]], str]] = {
    "text": plain_text,
    "hocr": hocr,
    "alto": alto,
    "page": _one_page_xml,
    "json": page_json,
}
SUFFIXES = {
    "text": ".txt",
    "hocr": ".hocr",
    "alto": ".alto.xml",
    "page": ".page.xml",
    "json": ".json",
}


def write_pages(path: str | PathLike[str], pages: Sequence[PageText], form: str) -> None:
    """Write page texts as `text`, `hocr`, `alto`, `page` or `json`, whole or not at all.

    A searchable PDF needs the pictures too: `kineograph.pages.pdf.SearchablePdf`.
    """
    if form not in WRITERS:
        raise InputError(
            f"form '{form}' is not one of {', '.join(WRITERS)}. {nearest(form, WRITERS)}".rstrip()
        )
    target = Path(path)
    text = WRITERS[form](pages)
    try:
        write_text_whole(target, text)
    except OSError as error:
        raise InputError(
            f"{target}: cannot be written ({error.strerror}). Check the folder and the space on "
            "the disk."
        ) from error


def read_lines_file(
    path: str | PathLike[str],
    problems: list[str] | None = None,
    *,
    dots_per_inch: float | None = None,
) -> tuple[PageText, ...]:
    """The pages of a PAGE, ALTO, hOCR or JSON file, told apart by their content.

    problems: takes what is wrong with single lines of PAGE and ALTO, and the others are read.
    dots_per_inch: of the picture, for ALTO that is not in pixels.
    """
    if Path(path).suffix.lower() == ".json":
        return read_page_json(path)
    root = read_tree(path)
    if root.tag == "PcGts":
        return (page_from_tree(root, str(path), problems),)
    if root.tag == "alto":
        return pages_from_tree(root, str(path), problems, dots_per_inch=dots_per_inch)
    if root.tag == "html":
        return read_hocr(path)
    raise InputError(
        f"{path}: begins with <{root.tag}>; lines are read from PAGE (<PcGts>), ALTO (<alto>) and "
        "hOCR (<html>). Export it as one of them."
    )
