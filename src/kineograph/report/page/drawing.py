"""Matplotlib figures as inline SVG: one pixel a unit, text kept as text, colours left to the page.

Plots are drawn in stand-in colours that `to_svg` turns into CSS variables, so that one picture
serves light, dark and paper. Nothing of pyplot: no global figure, no display.
"""

import io
import os
import re
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from typing import Any, Literal

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

WIDTH_PIXELS = 400  # two beside each other on a desk, one on a phone, legible on both
WIDE_PIXELS = 900  # for what needs the whole page; a phone scrolls it
TEXT_PIXELS = 12
SMALL_PIXELS = 11

# stand-in colour -> CSS variable; page.css gives each a light and a dark value
INK, MUTED, LINE, PAPER = "#010203", "#010204", "#010205", "#010206"
ACCENT, WARN, QUIET, DARK = "#010207", "#010208", "#010209", "#01020a"
SERIES = tuple(f"#0103{place:02x}" for place in range(1, 9))
VARIABLES = {
    INK: "--ink",
    MUTED: "--muted",
    LINE: "--line",
    PAPER: "--paper",
    ACCENT: "--accent",
    WARN: "--warn",
    QUIET: "--quiet",
    DARK: "--dark",  # letters on a middling colour, in light and dark alike
} | {colour: f"--series-{place}" for place, colour in enumerate(SERIES, start=1)}


@contextmanager
def plain_style() -> Iterator[None]:
    """Matplotlib's own defaults, whatever the person's matplotlibrc says; usable as a decorator."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        # names in scripts that DejaVu lacks are drawn by the reader's own fonts
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({"svg.fonttype": "none", "font.size": SMALL_PIXELS})
        yield


def text_width(text: str, size_pixels: float = SMALL_PIXELS) -> float:
    """About how many pixels a text is wide: East Asian signs are as wide as high."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return size_pixels * (wide * 1.0 + (len(text) - wide) * 0.58)


def shorten(label: str, most: int = 20) -> str:
    """A label of at most so many signs: the middle goes, since names often differ at their ends."""
    if len(label) <= most:
        return label
    head = most // 2
    return f"{label[:head]}…{label[len(label) - (most - 1 - head) :]}"


def shorten_all(labels: Sequence[str], most: int = 20) -> list[str]:
    """Labels of at most so many signs that stay apart: those cut alike lose what they share."""
    short = [shorten(label, most) for label in labels]
    for same in {label for label in short if short.count(label) > 1}:
        places = [place for place, label in enumerate(short) if label == same]
        shared = len(os.path.commonprefix([labels[place] for place in places]))
        for place in places:
            short[place] = shorten("…" + labels[place][shared:], most)
    return short


def new_plot(
    height: float,
    *,
    left: float = 44,
    right: float = 14,
    top: float = 30,
    bottom: float = 40,
    width: float = WIDTH_PIXELS,
) -> tuple[Figure, Axes]:
    """A figure and its axes, all in pixels of the drawing; margins hold ticks and titles."""
    figure = Figure(figsize=(width / 72, height / 72), dpi=72)
    axes = add_axes(figure, left, bottom, width - left - right, height - top - bottom)
    return figure, axes


def add_axes(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Further axes, placed in pixels from the lower left."""
    across, up = figure.get_size_inches() * 72
    axes = figure.add_axes((left / across, bottom / up, width / across, height / up))
    axes.set_facecolor("none")
    figure.patch.set_visible(False)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0, colors=MUTED, labelsize=SMALL_PIXELS, pad=6)
    axes.set_axisbelow(True)
    return axes


def put(axes: Axes, x: float, y: float, text: str, **more: Any) -> None:
    """A text at a place of the data; names that people gave are never read as formulas."""
    axes.text(x, y, text, **{"color": INK, "parse_math": False, "clip_on": False, **more})


def heading(axes: Axes, text: str) -> None:
    """What the upward axis measures, level and over its top: easier to read than turned text."""
    axes.annotate(
        text,
        xy=(0, 1),
        xycoords="axes fraction",
        xytext=(0, 12),
        textcoords="offset points",
        color=INK,
        size=TEXT_PIXELS,
    )


def foot(axes: Axes, text: str) -> None:
    """What the axis to the right measures."""
    axes.set_xlabel(text, color=MUTED, size=SMALL_PIXELS, labelpad=6)


def grid(axes: Axes, which: Literal["both", "x", "y"] = "y") -> None:
    """Thin lines behind the data."""
    axes.grid(True, axis=which, color=LINE, linewidth=1)


def percent_axis(axes: Axes, which: str, top: float = 1.0) -> None:
    """Shares from 0 to 1 with ticks in percent."""
    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_ticks([0, 0.25, 0.5, 0.75, 1])
    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:.0%}".replace("%", "\u00a0%")))
    (axes.set_ylim if which == "y" else axes.set_xlim)(0, top)


def key(
    figure: Figure,
    entries: Sequence[tuple[str, dict[str, Any]]],
    *,
    left: float,
    bottom: float,
    columns: int = 2,
) -> None:
    """A key of lines under a plot: (label, line style) in columns, first rows at the top."""
    rows = -(-len(entries) // columns)
    across = figure.get_size_inches()[0] * 72
    axes = add_axes(figure, left, bottom, across - left - 8, rows * 18)
    axes.set(xlim=(0, across - left - 8), ylim=(rows, 0), xticks=[], yticks=[])
    step = (across - left - 8) / columns
    for place, (label, style) in enumerate(entries):
        x, y = (place // rows) * step, place % rows + 0.5
        axes.plot([x, x + 18], [y, y], solid_capstyle="butt", **style)
        put(axes, x + 24, y, label, va="center", size=SMALL_PIXELS)


def key_height(entries: int, columns: int = 2) -> float:
    """Pixels that `key` needs."""
    return 18.0 * -(-entries // columns)


def to_svg(figure: Figure, name: str, description: str) -> str:
    """The figure as one <svg> element for a page; `name` keeps its ids apart from other plots'."""
    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(buffer, format="svg", metadata=nothing, transparent=True)
    text = buffer.getvalue()
    text = text[text.index("<svg") :].rstrip()
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<style[^>]*>.*?</style>", "", text, flags=re.DOTALL)  # it would style the page
    # tags only: what people named stays as they named it (signs < and > in it are escaped)
    text = re.sub(r"<[^>]*>", lambda tag: _for_the_page(tag[0], name), text)
    said = escape(description, quote=True)
    head, _, rest = text.partition(">")
    head = re.sub(r' (width|height)="[^"]*"', "", head)
    return f'{head} role="img" aria-label="{said}"><title>{said}</title>{rest}'


def _for_the_page(tag: str, name: str) -> str:
    """One SVG tag with its own ids, the page's fonts and the page's colours."""
    tag = re.sub(r'\b(id="|href="#)', rf"\1{name}-", tag)
    tag = tag.replace("url(#", f"url(#{name}-")
    tag = re.sub(r" ?font-family: [^;\"]*;?", "", tag)
    tag = re.sub(r"(font: [^;\"]*?px) [^;\"]*", r"\1 var(--sans)", tag)  # as matplotlib 3.10 has it
    tag = re.sub(r' transform="rotate\(-?0 [^"]*"', "", tag)
    for colour, variable in VARIABLES.items():
        tag = tag.replace(colour, f"var({variable})")
    return re.sub(r"\s+", " ", tag)
