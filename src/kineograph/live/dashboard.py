"""The terminal while cameras are watched: each window, what is wrong, what is new, who was told.

As wide and as high as the terminal: columns that do not fit are left away, and of many cameras
those that need someone come first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from kineograph.live.sending.letters import SinkStatus
from kineograph.live.state import CameraState, WatchState, WindowState

MARKS = {"up": "green", "ended": "dim", "connecting": "yellow", "away": "red", "frozen": "red"}
ALARM = "bold white on red"
BAR_CELLS = 8
EDGES = 4  # cells of a line that the frame takes
HARD_SPACE = "\u00a0"
# What each further column needs: (cells of the terminal, its head), the most useful first.
MORE = ((90, "delay ms"), (102, "dropped"), (114, "pictures"), (124, "answers"))
FRAME_LINES = 7  # title, head of the table, two rules, two lines of counts, the lower edge
LEAST_NEWS = 3  # lines of what is new, however many cameras there are


@dataclass(frozen=True)
class Dashboard:
    """One screen of a state, for a console of any size."""

    state: WatchState

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Lay it out for this console."""
        state, height = self.state, options.height or options.max_height
        wrong = _first(list(troubles(state)), max(LEAST_NEWS, height // 3))
        free = height - FRAME_LINES - len(wrong)
        shown, rest = _fitting(state.cameras, free - min(len(state.latest), LEAST_NEWS))
        free -= sum(map(_rows, shown)) + bool(rest)
        parts: list[RenderableType] = [_cameras(shown, options.max_width)]
        if rest:
            parts.append(_one_line(f"and {rest} more, all of them well", "dim"))
        parts += [_one_line(f"! {line}", "yellow") for line in wrong]
        if state.latest:
            parts.append(Rule(style="dim"))
            parts += [_one_line(line) for line in state.latest[-max(LEAST_NEWS, free) :]]
        parts.append(Rule(style="dim"))
        parts += [_one_line(line, "dim") for line in _below(state, options.max_width - EDGES)]
        title = f"{state.run} · {state.engine} · {_clock(state.seconds)}"
        style = "red" if _alarmed(state.cameras) else "cyan" if state.well else "yellow"
        yield Panel(Group(*parts), title=title, title_align="left", border_style=style)


def troubles(state: WatchState) -> Iterator[str]:
    """What someone should look at, a line each."""
    waiting = state.evidence.entries_waiting
    if waiting:
        yield f"DISK FULL: {waiting} entries of the journal wait in memory"
    if state.evidence.lost:
        yield f"{state.evidence.lost} events could not be entered in the journal"
    for each in state.cameras:
        if each.failed:
            yield f"{each.camera.name}: a defect ended it: {each.failed}"
        elif not each.well and each.camera.error:
            yield f"{each.camera.name}: {each.camera.error}"
        yield from (f"left out: {line}" for line in each.left_out)
    for sink in state.sinks:
        if sink.dead or (sink.waiting and sink.last_error):
            yield _trouble(sink)


def _first(lines: list[str], most: int) -> list[str]:
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], f"and {len(lines) - most + 1} more"]


def _trouble(sink: SinkStatus) -> str:
    counts = [(sink.waiting, "waiting"), (sink.dead, "given up")]
    said = ", ".join(f"{count} {what}" for count, what in counts if count)
    return f"{sink.name}: {said}: {sink.last_error}" if sink.last_error else f"{sink.name}: {said}"


def _fitting(cameras: Sequence[CameraState], rows: int) -> tuple[list[CameraState], int]:
    """Those that fit into so many rows, in their order, and how many well ones are left away."""
    if sum(map(_rows, cameras)) <= rows:
        return list(cameras), 0
    calm_last = sorted(cameras, key=lambda each: each.well and not _alarmed([each]))
    chosen: set[int] = set()
    left = rows - 1  # the line that says how many are not shown
    for each in calm_last:
        left -= _rows(each)
        if left >= 0 or not each.well or _alarmed([each]):
            chosen.add(id(each))
    shown = [each for each in cameras if id(each) in chosen]
    return shown, len(cameras) - len(shown)


def _rows(each: CameraState) -> int:
    return max(1, len(each.windows))


def _alarmed(cameras: Sequence[CameraState]) -> bool:
    return any(window.events for each in cameras for window in each.windows)


def _cameras(cameras: Sequence[CameraState], width: int) -> Table:
    table = Table(box=None, pad_edge=False, expand=True, header_style="dim", padding=(0, 1, 0, 0))
    names = max(10, width // 6)  # cells of what people have named
    table.add_column("camera", no_wrap=True, max_width=names)
    table.add_column("", no_wrap=True, min_width=max(map(len, MARKS)) + 2)
    table.add_column("window", no_wrap=True, max_width=names)
    table.add_column("by now", no_wrap=True, max_width=names)
    table.add_column("", no_wrap=True, min_width=BAR_CELLS + 5)
    table.add_column("", no_wrap=True, max_width=names)  # events that last
    more = [*(name for needed, name in MORE if width >= needed), "events"]
    for name in more:
        table.add_column(name, no_wrap=True, justify="right", min_width=len(name))
    for each in cameras:
        counts = _counts(each)
        for place, window in enumerate(each.windows or (WindowState("–", None, None),)):
            first = place == 0
            table.add_row(
                *(_of_camera(each) if first else ("", "")),
                *_of_window(window, old=not each.well),
                *(counts[name] if first else "" for name in more),
            )
    return table


def _of_camera(each: CameraState) -> tuple[Text, Text]:
    state = each.camera.state
    return Text(each.camera.name, style="bold"), Text(f"● {state}", style=MARKS[state])


def _of_window(window: WindowState, *, old: bool) -> tuple[Text, ...]:
    """What it looks like, dim if the camera has gone since; and the events that last."""
    if window.label is None or window.probability is None:
        return Text(window.name), Text("–", style="dim"), Text(""), Text("")
    full = round(window.probability * BAR_CELLS)
    bar = Text("█" * full, style="red" if window.label in window.events else "cyan")
    bar.append("░" * (BAR_CELLS - full), style="dim")
    bar.append(f" {window.probability:4.0%}")
    if old:
        bar = Text(bar.plain, style="dim")
    lasting = Text(f" {', '.join(window.events)} ", ALARM) if window.events else Text("")
    return Text(window.name), Text(window.label, style="dim" if old else ""), bar, lasting


def _counts(each: CameraState) -> dict[str, Text]:
    delay, dropped = each.delay_seconds, each.camera.dropped
    shown = f"{1000 * delay[0]:.0f} / {1000 * delay[1]:.0f}" if delay else "–"
    return {
        "delay ms": Text(shown),
        "dropped": Text(f"{dropped}", style="yellow" if dropped else "dim"),
        "pictures": Text(f"{each.camera.frames}"),
        "answers": Text(f"{each.answers}"),
        "events": Text(f"{each.events}", style="" if each.events else "dim"),
    }


def _below(state: WatchState, width: int) -> list[str]:
    """Counts of what was kept and sent; a line is broken between two of them only."""
    evidence = state.evidence
    events = f"{evidence.written} event{'' if evidence.written == 1 else 's'}"
    said = [f"evidence: {events}, {evidence.kept_bytes / 1e6:.1f} MB"]
    said += [f"{sink.name}: {sink.sent} sent" for sink in state.sinks]
    whole = "  · ".join(each.replace(" ", HARD_SPACE) for each in said)
    return [line.replace(HARD_SPACE, " ") for line in wrap(whole, max(width, 20))]


def _one_line(text: str, style: str = "") -> Text:
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    short = f"{hours}:{minutes:02}:{rest:02}"
    return f"{days} d {short}" if days else short
