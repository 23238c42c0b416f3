"""What every verb prints with: lines, progress with rate and time left, the result as JSON."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

Report = Callable[[int, int, str], None]  # done, in all, what is going on

AsJson = Annotated[
    bool, typer.Option("--json", help="Print the result as one JSON object on the last line.")
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PART.FIELD=VALUE", help="Change one number of the recipe."),
]
RecipeName = Annotated[
    str, typer.Argument(help="A recipe's name: see `kineograph recipes`.", metavar="RECIPE")
]
DataPath = Annotated[
    Path,
    typer.Argument(
        help="A folder made by `kineograph prepare`; of recipes that write text a UTF-8 text file "
        "as it is (.xz and .gz too), or a folder of .txt, .tex and .md.",
        metavar="DATA",
    ),
]
RunName = Annotated[str | None, typer.Option(help="The run's name: ./runs/NAME.")]
Small = Annotated[bool, typer.Option("--small", help="The recipe at laptop size.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on where it stopped.")]
Baselines = Annotated[
    bool, typer.Option("--baselines/--no-baselines", help="Compare with three baselines.")
]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1 or mps.")]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Processes that decode; all cores if left away.")
]
AllowLeakage = Annotated[
    bool, typer.Option("--allow-leakage", help="Train though the sides share clips or people.")
]
LookForCopies = Annotated[
    bool, typer.Option("--look-for-copies", help="Refuse clips that are only likely copies, too.")
]

SLOW = 0.1  # a second; slower things are told by the minute
PLAIN_SECONDS = 5.0  # between lines where no terminal redraws a bar


def speaks() -> bool:
    """Whether this process prints: of those that torchrun starts together, the first alone."""
    return os.environ.get("RANK", "0") == "0" or "WORLD_SIZE" not in os.environ


class Screen:
    """The terminal of one verb: people read lines and bars, programs the last line."""

    def __init__(self, as_json: bool = False, *, aside: bool = False):
        """aside: on the standard error, where the verb's own output is for another program."""
        self.as_json = as_json
        self.console = Console(soft_wrap=True, highlight=False, quiet=not speaks(), stderr=aside)

    def say(self, text: str) -> None:
        """One line."""
        self.console.print(Text(text))

    def show(self, thing: Any) -> None:
        """A table or other picture made of text."""
        self.console.print(thing)

    def result(self, found: dict[str, Any]) -> None:
        """The last line, where it was asked for."""
        if self.as_json and speaks():
            sys.stdout.flush()
            print(json.dumps(found, ensure_ascii=False), flush=True)

    @contextmanager
    def stage(self, title: str, unit: str) -> Iterator[Report]:
        """A long piece of work: a bar in a terminal, a line now and then in a file."""
        if not self.console.is_terminal:
            with _plain(title, unit, self.say) as report:
                yield report
            return
        columns = (
            TextColumn("{task.description:<22}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            _Rate(unit),
            TextColumn("[dim]{task.fields[note]}"),
        )
        with Progress(*columns, console=self.console) as bars:
            bar = bars.add_task(title, total=None, note="")

            def report(done: int, total: int, note: str) -> None:
                bars.update(bar, completed=done, total=total, note=note)

            yield report
            seen = bars.tasks[0]
            if seen.total and seen.completed < seen.total:  # stopped early, on purpose
                bars.update(bar, total=seen.completed)


class _Rate(ProgressColumn):
    """120 clips/s · 0:42 left."""

    def __init__(self, unit: str):
        super().__init__()
        self.unit = unit

    def render(self, task: Task) -> Text:
        return Text(rate_and_rest(task.completed, task.total, task.elapsed or 0.0, self.unit))


def rate_and_rest(done: float, total: float | None, seconds: float, unit: str) -> str:
    """How fast, and how long still: from the mean rate so far."""
    if done <= 0 or seconds <= 0:
        return f"– {unit}/s"
    rate = done / seconds
    shown = f"{rate:.0f} {unit}/s" if rate >= 10 else f"{rate:.1f} {unit}/s"
    if rate < SLOW:
        shown = f"{60 * rate:.1f} {unit}/min"
    if not total or done >= total:
        return f"{shown} · {clock(seconds)} taken"
    return f"{shown} · {clock((total - done) / rate)} left"


def clock(seconds: float) -> str:
    """75 -> "1:15"; 4000 -> "1:06:40"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@contextmanager
def _plain(title: str, unit: str, say: Callable[[str], None]) -> Iterator[Report]:
    began = last = time.monotonic()
    state: tuple[int, int, str] = (0, 0, "")

    def line() -> str:
        done, total, note = state
        rate = rate_and_rest(done, total, time.monotonic() - began, unit)
        return f"{title}: {done} of {total} {unit}, {rate}" + (f" · {note}" if note else "")

    def report(done: int, total: int, note: str) -> None:
        nonlocal state, last
        state = (done, total, note)
        if time.monotonic() - last >= PLAIN_SECONDS:
            last = time.monotonic()
            say(line())

    yield report
    if state[0]:
        say(line())
