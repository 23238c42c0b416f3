"""The terminal while cameras are watched: a table of them, what lasts, what was told to whom."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from kineograph.live.state import CameraState, WatchState, WindowState

MARKS = {"up": "green", "ended": "dim", "connecting": "yellow", "away": "red", "frozen": "red"}
BAR_CELLS = 12


def dashboard(state: WatchState) -> RenderableType:
    """One screen of it."""
    parts: list[RenderableType] = [_cameras(state.cameras)]
    if state.latest:
        lines = Text("\n").join(Text(line) for line in state.latest)
        parts.append(Panel(lines, title="newest last", title_align="left", border_style="dim"))
    parts.append(_below(state))
    title = f"{state.run} · {state.engine} · {_clock(state.seconds)}"
    return Panel(Group(*parts), title=title, title_align="left", border_style="cyan")


def _cameras(cameras: Iterable[CameraState]) -> Table:
    table = Table(box=None, pad_edge=False, expand=True, header_style="dim")
    for name, justify in (
        ("camera", "left"), ("", "left"), ("window", "left"), ("by now", "left"), ("", "left"),
        ("pictures", "right"), ("dropped", "right"), ("answers", "right"), ("events", "right"),
        ("delay", "right"),
    ):  # fmt: skip
        table.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for each in cameras:
        for place, window in enumerate(each.windows or (WindowState("–", None, None),)):
            first = place == 0
            table.add_row(*(_of_camera(each) if first else ("", "")), *_of_window(window),
                          *(_counts(each) if first else ("",) * 5))  # fmt: skip
        for line in (*each.left_out, *_error(each)):
            table.add_row("", "", Text(line, style="yellow", overflow="ellipsis"))
    return table


def _of_camera(each: CameraState) -> tuple[Text, Text]:
    state = each.camera.state
    return Text(each.camera.name, style="bold"), Text(f"● {state}", style=MARKS[state])


def _of_window(window: WindowState) -> tuple[Text, Text, Text]:
    alarmed = bool(window.events)
    style = "bold white on red" if alarmed else ""
    if window.label is None or window.probability is None:
        return Text(window.name), Text("–", style="dim"), Text("")
    full = round(window.probability * BAR_CELLS)
    bar = Text("█" * full, style="red" if alarmed else "cyan")
    bar.append("░" * (BAR_CELLS - full), style="dim")
    bar.append(f" {window.probability:4.0%}")
    return Text(window.name), Text(f" {window.label} " if alarmed else window.label, style), bar


def _counts(each: CameraState) -> tuple[str, ...]:
    delay = each.delay_seconds
    return (
        f"{each.camera.frames}",
        f"{each.camera.dropped}",
        f"{each.answers}",
        f"{each.events}",
        f"{1000 * delay[0]:.0f} / {1000 * delay[1]:.0f} ms" if delay else "–",
    )


def _error(each: CameraState) -> tuple[str, ...]:
    troubled = each.camera.state not in ("up", "ended")
    return (each.camera.error,) if troubled and each.camera.error else ()


def _below(state: WatchState) -> Text:
    evidence = state.evidence
    said = [f"evidence: {evidence.written} events, {evidence.kept_bytes / 1e6:.1f} MB"]
    if evidence.entries_waiting:
        said.append(f"DISK FULL: {evidence.entries_waiting} entries wait in memory")
    for sink in state.sinks:
        line = f"{sink.name}: {sink.sent} sent"
        line += f", {sink.waiting} waiting" if sink.waiting else ""
        said.append(line + (f", {sink.dead} given up" if sink.dead else ""))
    return Text("  ·  ".join(said), style="red" if evidence.entries_waiting else "dim")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    short = f"{hours}:{minutes:02}:{rest:02}"
    return f"{days} d {short}" if days else short
