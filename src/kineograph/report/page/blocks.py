"""What a report is made of: a few kinds of blocks, written out by as_html.py and as_markdown.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kineograph.report.run_files import Strip


@dataclass(frozen=True)
class Say:
    """A paragraph; "missing" and "note" are quiet, "alarm" is loud."""

    text: str
    kind: Literal["plain", "note", "missing", "alarm"] = "plain"


@dataclass(frozen=True)
class Picture:
    """An inline <svg> with what a reader should see in it."""

    svg: str
    caption: str
    wide: bool = False  # needs the whole page; a phone scrolls it


@dataclass(frozen=True)
class Table:
    """Rows of ready words; all columns but the first hold figures. Strong rows stand out."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    strong: frozenset[int] = frozenset()
    ruled: int | None = None  # a line stands above this row
    words: frozenset[int] = frozenset()  # columns that hold words
    title: str = ""


@dataclass(frozen=True)
class Facts:
    """Terms and what they are here."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Cards:
    """The figures that people quote: (name, figure, what it is)."""

    rows: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class Films:
    """Film strips of mistakes."""

    strips: Sequence[Strip]


@dataclass(frozen=True)
class Compared:
    """A stretch of a line: what stands there over what was read; either may be nothing."""

    truth: str
    read: str

    @property
    def same(self) -> bool:
        """Whether it was read as it stands."""
        return self.truth == self.read


@dataclass(frozen=True)
class Misread:
    """A line that was misread, as a PNG file's bytes; its words may be set below each other."""

    png: bytes
    id: str
    told: str
    words: Sequence[Sequence[Compared]]

    @property
    def truth(self) -> str:
        """What stands there."""
        return "".join(each.truth for word in self.words for each in word)

    @property
    def read(self) -> str:
        """What was read."""
        return "".join(each.read for word in self.words for each in word)


@dataclass(frozen=True)
class Misreads:
    """Pictures of lines, what stands there and what was read under each."""

    lines: Sequence[Misread]


@dataclass(frozen=True)
class Tile:
    """A small picture, a JPEG or PNG file's bytes, words under it; some by their shares, if any."""

    picture: bytes
    alt: str
    title: str
    told: str = ""
    words: Sequence[tuple[str, float]] = ()  # with shares, 0 to 1: the greatest is tinted most


@dataclass(frozen=True)
class Tiles:
    """Small pictures in rows, as many beside each other as there is room for."""

    tiles: Sequence[Tile]
    large: bool = False  # few that carry words


@dataclass(frozen=True)
class Code:
    """A command to copy, or a list of names."""

    text: str


@dataclass(frozen=True)
class Shaded:
    """A text whose characters have each a level: 0 plain, up to 4 warm, down to -4 cool."""

    text: str
    levels: Sequence[int]  # one a character


@dataclass(frozen=True)
class Fold:
    """Blocks behind a line that opens them."""

    title: str
    blocks: "Sequence[Block]"


@dataclass(frozen=True)
class Beside:
    """Blocks beside each other where there is room, else one below the other."""

    blocks: "Sequence[Block]"


Block = (
    Say | Picture | Table | Facts | Cards | Films | Misreads | Tiles | Code | Shaded | Fold | Beside
)


@dataclass(frozen=True)
class Section:
    """A titled part of the report."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Report:
    """A whole report: alarms stand before the outcome, everything else after it."""

    name: str
    alarms: Sequence[str]
    outcome: str
    lead: Sequence[str]
    notes: Sequence[str]
    sections: Sequence[Section]
    made_by: str
