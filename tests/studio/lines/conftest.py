"""A page with three lines, gathered, with what writes its result."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kineograph.studio.lines.book import LineBook
from kineograph.studio.lines.gather import Gatherer, LineReader
from kineograph.studio.lines.result import Result
from kineograph.studio.lines.sheet import SheetPictures
from tests.studio.lines.drawn_lines import draw_page


@dataclass
class Job:
    """All parts of one correcting job."""

    book: LineBook
    pictures: SheetPictures
    gatherer: Gatherer
    result: Result

    def accept(self, *texts: str) -> None:
        """The first lines, with these texts."""
        for entry, text in zip(self.book.entries.values(), texts, strict=False):
            self.book.decide(entry.spot.id, entry.version, "accept", text, "t")
        self.result.write_all()


def make_job(
    out: Path, *sources: Path, reader: LineReader | None = None, export: str | None = None
) -> Job:
    pictures, book = SheetPictures(out), LineBook(out)
    try:
        gatherer = Gatherer(book, pictures, sources, reader)
        gatherer.run()
        return Job(book, pictures, gatherer, Result(book, pictures, export=export, command="k"))
    except BaseException:
        book.close()
        raise


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_page(tmp_path_factory.mktemp("scans") / "faust.png")


@pytest.fixture(scope="session")
def found(tmp_path_factory: pytest.TempPathFactory, page_file: Path) -> Path:
    """The folder of a job whose lines were found, and nothing decided."""
    out = tmp_path_factory.mktemp("found") / "out"
    make_job(out, page_file).book.close()
    return out


@pytest.fixture
def job(tmp_path: Path, page_file: Path, found: Path) -> Iterator[Job]:
    shutil.copytree(found, tmp_path / "out")
    made = make_job(tmp_path / "out", page_file)
    yield made
    made.book.close()
