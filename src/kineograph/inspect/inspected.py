"""What every kind of network gives `inspect`: a part of the page for each file, and its numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kineograph.report.page.blocks import Block, Section

Progress = Callable[[int, int, str], None]  # done, in all, what is going on


@dataclass(frozen=True)
class Wish:
    """What a person asks for; options that only some kinds know."""

    device: str = "cpu"
    question: str | None = None
    from_seconds: float | None = None
    cell: str | None = None
    text: str | None = None
    bias: float | None = None
    seed: int | None = None


@dataclass(frozen=True)
class Inspected:
    """What was found of one file. line: for the screen. numbers: what the page shows, for programs.

    problem: why only a part of the file was looked at; None: all of it. sections: what comes after
    the file's own blocks, each under a title.
    """

    line: str
    blocks: tuple[Block, ...]
    numbers: dict[str, Any]
    problem: str | None = None
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Inspector:
    """A network that is ready to be looked into.

    method: how its page is made and read, a paragraph each. look: one file; raises InputError.
    spread: as a Kind's, where that is said by the run and not by its kind.
    write: what it makes of a text that is to be written, for those that write by hand.
    """

    method: tuple[str, ...]
    look: Callable[[Path, Progress], Inspected]
    spread: Callable[[list[Path]], list[Path]] | None = None
    write: Callable[[str, Progress], Inspected] | None = None


@dataclass(frozen=True)
class Kind:
    """A row of the table. does: in words. options: those of `Wish` that it knows, as written.

    spread: the files that a person named, folders opened. open: a run -> its inspector.
    """

    does: str
    options: tuple[str, ...]
    spread: Callable[[list[Path]], list[Path]]
    open: Callable[[str, Wish], Inspector]
