"""A report as one HTML page: style, plots and film strips inside it, no script, no network.

Text becomes HTML in one place, `text`, so nothing that a person named can reach the page unescaped.
"""

import base64
from collections.abc import Callable, Sequence
from html import escape
from importlib.resources import files
from itertools import groupby
from string import Template
from typing import Any, Literal

from kineograph.report.page.blocks import (
    Beside,
    Block,
    Cards,
    Code,
    Compared,
    Facts,
    Films,
    Fold,
    Misread,
    Misreads,
    Picture,
    Report,
    Say,
    Section,
    Shaded,
    Table,
    Tile,
    Tiles,
)
from kineograph.report.page.words import percent

SPACE_SEEN = "\u2423"  # an open box, where a space is what differs
PNG_SIGNATURE = b"\x89PNG"
LINE_END = "\u23ce"  # where the end of a line is what is shaded


def text(words: str) -> str:
    """Words as HTML; the only way from a person's text to the page."""
    return escape(str(words), quote=True)


def page(report: Report) -> str:
    """The whole page."""
    here = files(__package__)
    template = Template((here / "page.html").read_text(encoding="utf-8"))
    alarms = "".join(f'<p class="alarm" role="alert">{text(alarm)}</p>' for alarm in report.alarms)
    lead = "".join(f"<p>{text(line)}</p>" for line in report.lead)
    notes = "".join(f'<p class="missing">{text(note)}</p>' for note in report.notes)
    return template.substitute(
        title=text(report.name),
        style=(here / "page.css").read_text(encoding="utf-8"),
        alarms=alarms,
        outcome=text(report.outcome),
        lead=lead,
        notes=notes,
        sections="\n".join(map(_section, report.sections)),
        foot=text(report.made_by),
    )


def _section(section: Section) -> str:
    return f"<section><h2>{text(section.title)}</h2>{_blocks(section.blocks)}</section>"


def _blocks(blocks: Any) -> str:
    return "\n".join(_WRITERS[type(block)](block) for block in blocks)


def _say(block: Say) -> str:
    return f'<p class="{block.kind}">{text(block.text)}</p>'


def _picture(block: Picture) -> str:
    caption = f"<figcaption>{text(block.caption)}</figcaption>" if block.caption else ""
    if block.wide:
        return f'<figure class="plot wide"><div class="scroll">{block.svg}</div>{caption}</figure>'
    return f'<figure class="plot">{block.svg}{caption}</figure>'


def _table(block: Table) -> str:
    head = "".join(
        f'<th scope="col"{_kind(block, column)}>{text(cell)}</th>'
        for column, cell in enumerate(block.head)
    )
    rows = []
    for place, row in enumerate(block.rows):
        first, *others = row
        cells = "".join(
            f"<td{_kind(block, column)}>{text(cell)}</td>"
            for column, cell in enumerate(others, start=1)
        )
        marks = [
            mark
            for mark, meant in (("strong", place in block.strong), ("ruled", place == block.ruled))
            if meant
        ]
        kind = f' class="{" ".join(marks)}"' if marks else ""
        rows.append(f'<tr{kind}><th scope="row">{text(first)}</th>{cells}</tr>')
    body = f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    title = f"<caption>{text(block.title)}</caption>" if block.title else ""
    return f'<div class="scroll"><table>{title}{body}</table></div>'


def _kind(block: Table, column: int) -> str:
    return ' class="words"' if column == 0 or column in block.words else ""


def _facts(block: Facts) -> str:
    rows = "".join(
        f"<div><dt>{text(term)}</dt><dd>{text(words)}</dd></div>" for term, words in block.rows
    )
    return f'<dl class="facts">{rows}</dl>'


def _cards(block: Cards) -> str:
    rows = "".join(
        f"<div><dt>{text(name)}</dt><dd>{text(figure)}</dd><dd>{text(beneath)}</dd></div>"
        for name, figure, beneath in block.rows
    )
    return f'<dl class="cards">{rows}</dl>'


def _films(block: Films) -> str:
    shown = []
    for strip in block.strips:
        data = base64.b64encode(strip.png).decode("ascii")
        sure = "" if strip.probability is None else f", {percent(strip.probability, 0)} sure"
        caption = (
            f"<b>{text(strip.truth)}</b> answered as <b>{text(strip.answer)}</b>{text(sure)} "
            f'<span class="id">{text(strip.where or strip.id)}</span>'
        )
        told = text(f"Frames of {strip.id}: {strip.truth}, answered as {strip.answer}")
        picture = f'<img alt="{told}" src="data:image/png;base64,{data}">'
        shown.append(
            f'<figure class="film"><figcaption>{caption}</figcaption>'
            f'<div class="scroll">{picture}</div></figure>'
        )
    return "\n".join(shown)


def _misreads(block: Misreads) -> str:
    return "\n".join(_misread(line) for line in block.lines)


def _misread(line: Misread) -> str:
    data = base64.b64encode(line.png).decode("ascii")
    said = text(f"Line {line.id}: {line.truth} — read as: {line.read or 'nothing'}")
    words = "".join(
        f"<span><span>{_row(word, 'truth')}</span><span>{_row(word, 'read')}</span></span>"
        for word in line.words
    )
    caption = f'{text(line.told)} <span class="id">{text(line.id)}</span>'
    return (
        f'<figure class="film misread"><figcaption>{caption}</figcaption>'
        f'<div class="scroll"><img alt="{said}" src="data:image/png;base64,{data}"></div>'
        f'<div class="told" aria-hidden="true"><div><span>truth</span><span>read</span></div>'
        f'<div class="words" dir="auto">{words}</div></div></figure>'
    )


def _row(word: Sequence[Compared], which: Literal["truth", "read"]) -> str:
    """One of a word's two rows; what differs is marked, a space too, and nothing is as wide."""
    shown = []
    for each in word:
        mine, other = (each.truth, each.read) if which == "truth" else (each.read, each.truth)
        if each.same:
            shown.append(text(mine))
        elif mine:
            shown.append(f"<mark>{text(mine.replace(' ', SPACE_SEEN))}</mark>")
        else:
            shown.append(f'<mark class="gap">{" " * len(other)}</mark>')
    return "".join(shown)


def _tiles(block: Tiles) -> str:
    kind = "tiles large" if block.large else "tiles"
    return f'<div class="{kind}">{"".join(map(_tile, block.tiles))}</div>'


def _tile(tile: Tile) -> str:
    data = base64.b64encode(tile.picture).decode("ascii")
    kind = "png" if tile.picture.startswith(PNG_SIGNATURE) else "jpeg"
    most = max((share for _, share in tile.words), default=0.0) or 1.0
    words = "".join(
        f'<span style="--share:{share / most:.2f}">{text(word)}<small>{percent(share, 0)}</small>'
        "</span>"
        for word, share in tile.words
    )
    told = f"<small>{text(tile.told)}</small>" if tile.told else ""
    tinted = f'<div class="tinted">{words}</div>' if words else ""
    return (
        f'<figure><img alt="{text(tile.alt)}" src="data:image/{kind};base64,{data}">'
        f"<figcaption><b>{text(tile.title)}</b> {told}</figcaption>{tinted}</figure>"
    )


def _code(block: Code) -> str:
    return f"<pre><code>{text(block.text)}</code></pre>"


def _shaded(block: Shaded) -> str:
    """Characters of one level side by side are one stretch; a shaded line's end is seen."""
    pairs = zip(block.levels, block.text, strict=True)
    stretches = []
    for level, group in groupby(pairs, key=lambda pair: pair[0]):
        words = text("".join(character for _, character in group))
        if level:
            kind = f"{'warm' if level > 0 else 'cool'}-{min(abs(level), 4)}"
            shown = words.replace("\n", LINE_END + "\n")
            words = f'<span class="{kind}">{shown}</span>'
        stretches.append(words)
    return f'<div class="shaded" dir="auto">{"".join(stretches)}</div>'


def _fold(block: Fold) -> str:
    summary = f"<summary>{text(block.title)}</summary>"
    return f"<details>{summary}{_blocks(block.blocks)}</details>"


def _beside(block: Beside) -> str:
    parts = "".join(f"<div>{_blocks([part])}</div>" for part in block.blocks)
    return f'<div class="beside">{parts}</div>'


_WRITERS: dict[type[Block], Callable[[Any], str]] = {
    Say: _say,
    Picture: _picture,
    Table: _table,
    Facts: _facts,
    Cards: _cards,
    Films: _films,
    Misreads: _misreads,
    Tiles: _tiles,
    Code: _code,
    Shaded: _shaded,
    Fold: _fold,
    Beside: _beside,
}
