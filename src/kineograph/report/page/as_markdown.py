"""A report's blocks as Markdown: the same words and tables, without the pictures."""

import re
from collections.abc import Callable, Sequence
from html import unescape
from typing import Any

from kineograph.report.page.blocks import (
    Beside,
    Block,
    Cards,
    Code,
    Facts,
    Films,
    Fold,
    Misreads,
    Picture,
    Report,
    Say,
    Shaded,
    Table,
    Tiles,
)
from kineograph.report.page.words import percent


def text(words: str) -> str:
    """Words as Markdown that shows them as they are: no emphasis, no HTML, one line."""
    plain = re.sub(r"([\\`*\[\]<>|])", r"\\\1", " ".join(str(words).splitlines()))
    return re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", plain)


def page(report: Report) -> str:
    """The whole report."""
    lines = [f"**{text(alarm)}**" for alarm in report.alarms]
    lines += [f"# {text(report.outcome)}", *map(text, report.lead), *map(text, report.notes)]
    for section in report.sections:
        lines.append(f"## {text(section.title)}")
        lines += _blocks(section.blocks)
    lines.append(f"---\n\n{text(report.name)} · {text(report.made_by)}")
    return "\n\n".join(lines) + "\n"


def _blocks(blocks: Sequence[Block]) -> list[str]:
    return [words for block in blocks if (words := _WRITERS[type(block)](block))]


def _table(block: Table) -> str:
    places = [":--" if c == 0 or c in block.words else "--:" for c in range(len(block.head))]
    rows = [[text(cell) for cell in row] for row in (block.head, *block.rows)]
    for place in block.strong:
        rows[place + 1] = [f"**{cell}**" if cell else "" for cell in rows[place + 1]]
    table = "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], places, *rows[1:]))
    return f"{text(block.title)}:\n\n{table}" if block.title else table


def _facts(block: Facts) -> str:
    return "\n".join(f"- {text(term)}: {text(words)}" for term, words in block.rows)


def _cards(block: Cards) -> str:
    rows = ((name, f"{figure} ({beneath})") for name, figure, beneath in block.rows)
    return _facts(Facts(list(rows)))


def _picture(block: Picture) -> str:
    """What the picture says to one who cannot see it, then its caption."""
    told = re.search("<title>(.*?)</title>", block.svg, flags=re.DOTALL)
    said = text(unescape(told[1])) + "." if told else ""
    return f"{said} {text(block.caption)}".strip()


def _films(block: Films) -> str:
    lines = []
    for strip in block.strips:
        sure = "" if strip.probability is None else f", {percent(strip.probability, 0)} sure"
        said = f"{text(strip.truth)} answered as {text(strip.answer)}{sure}"
        where = f" ({text(strip.where)})" if strip.where else ""
        lines.append(f"- {text(strip.id)}: {said}{where}")
    return "\n".join(lines)


def _misreads(block: Misreads) -> str:
    return "\n".join(
        f"- {text(line.id)}, {text(line.told)}: {text(line.truth)} → {text(line.read)}"
        for line in block.lines
    )


def _tiles(block: Tiles) -> str:
    lines = []
    for tile in block.tiles:
        words = ", ".join(f"{text(word)} {percent(share, 0)}" for word, share in tile.words)
        told = " ".join(part for part in (text(tile.told), f"({words})" if words else "") if part)
        lines.append(f"- {text(tile.title)}{f': {told}' if told else ''}")
    return "\n".join(lines)


def _code(block: Code | Shaded) -> str:
    longest = max((len(run) for run in re.findall("`+", block.text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{block.text}\n{fence}"


def _fold(block: Fold) -> str:
    return "\n\n".join([f"### {text(block.title)}", *_blocks(block.blocks)])


_WRITERS: dict[type[Block], Callable[[Any], str]] = {
    Say: lambda block: text(block.text),
    Picture: _picture,
    Table: _table,
    Facts: _facts,
    Cards: _cards,
    Films: _films,
    Misreads: _misreads,
    Tiles: _tiles,
    Code: _code,
    Shaded: _code,
    Fold: _fold,
    Beside: lambda block: "\n\n".join(_blocks(block.blocks)),
}
