"""kineograph record CAMERA…: training video from cameras, as they sent it."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kineograph.commands.console import AsJson, Screen, clock
from kineograph.commands.watch import plan_of, until_told

if TYPE_CHECKING:
    from kineograph.live.plan import WatchPlan
    from kineograph.live.recording.options import RecordOptions
    from kineograph.live.recording.record import RecordState

PLAIN_SECONDS = 60.0  # between lines where no terminal redraws one

Sources = Annotated[
    list[str] | None,
    typer.Argument(metavar="CAMERA", help="webcam:0, rtsp://…, http://… (MJPEG), files."),
]
Config = Annotated[Path | None, typer.Option(metavar="watch.toml", help="Cameras, windows, masks.")]
Out = Annotated[Path, typer.Option(help="Where pieces and recorded.jsonl go.")]
ForTime = Annotated[
    str | None, typer.Option("--for", metavar="8h", help="Then end; else until Ctrl-C.")
]
Every = Annotated[
    str, typer.Option(metavar="10min", help="From one piece's begin to the next one's.")
]
Everything = Annotated[
    bool, typer.Option("--all", help="Keep everything, in pieces, instead of one now and then.")
]
WindowsFile = Annotated[
    Path | None, typer.Option(help="windows.jsonl: parts of the picture that --label is of.")
]
MostBytes = Annotated[str, typer.Option(metavar="20GB", help="In the folder.")]
LeastFree = Annotated[str, typer.Option(metavar="1GB", help="Left on the disk.")]
Label = Annotated[str | None, typer.Option(help="What all of it shows: clips.csv for prepare csv.")]
AsCamera = Annotated[bool, typer.Option("--as-camera", help="Play files at their own pace.")]


def record(
    sources: Sources = None,
    config: Config = None,
    out: Out = Path("recorded"),
    for_time: ForTime = None,
    every: Every = "10min",
    clip_seconds: Annotated[float, typer.Option(help="How long a piece is.")] = 30.0,
    everything: Everything = False,
    windows: WindowsFile = None,
    most_bytes: MostBytes = "20GB",
    least_free: LeastFree = "1GB",
    label: Label = None,
    as_camera: AsCamera = False,
    as_json: AsJson = False,
) -> int:
    """Collect training video: original packets, cut at key frames, with true times."""
    screen = Screen(as_json)
    from kineograph.errors import InputError
    from kineograph.live.recording.options import RecordOptions, parse_bytes, parse_seconds
    from kineograph.live.recording.record import Recorder

    options = RecordOptions(
        folder=out,
        for_seconds=None if for_time is None else parse_seconds(for_time, "--for"),
        every_seconds=None if everything else parse_seconds(every, "--every"),
        clip_seconds=clip_seconds,
        most_bytes=parse_bytes(most_bytes, "--most-bytes"),
        least_free_bytes=parse_bytes(least_free, "--least-free"),
        label=label,
    )
    plan = plan_of(config, sources or [], as_camera=as_camera)
    if not plan.cameras:
        raise InputError("record: from which camera? Give webcam:0, rtsp://…, or --config FILE.")
    if plan.evidence.blur_outside_windows:
        raise InputError(
            f"{config}: blurs what lies outside of windows, and training video would hold that "
            "blur. Write masks for what may never be stored, and leave the blur out."
        )
    plan = _with_windows(plan, windows)
    recorder = Recorder(plan.cameras, options, plan.evidence.masks)
    _introduce(screen, plan, options)
    with until_told() as stop, _Line(screen, options) as line:
        state = recorder.run(stop, line.tell)
    return _part(screen, state, options)


def _with_windows(plan: "WatchPlan", windows: Path | None) -> "WatchPlan":
    """Cameras that have no windows of their own get those of the file."""
    if windows is None:
        return plan
    from dataclasses import replace

    from kineograph.live.plan import read_windows_file

    found = read_windows_file(windows)
    return replace(
        plan, cameras=tuple(replace(each, windows=each.windows or found) for each in plan.cameras)
    )


def _introduce(screen: Screen, plan: "WatchPlan", options: "RecordOptions") -> None:
    for camera in plan.cameras:
        hides = camera.masks or plan.evidence.masks
        masked = " (re-encoded: masks are never stored)" if hides else ""
        screen.say(f"{camera.name}: {camera.source.shown}{masked}")
    pieces = f"pieces of {options.clip_seconds:g} s"
    if options.every_seconds is None:
        how = f"all of it, in {pieces}"
    else:
        how = f"{pieces}, one every {clock(options.every_seconds)}"
    screen.say(f"Into {options.folder}: {how}. Ctrl-C ends it; what is written is whole.")


class _Line:
    """One line that is redrawn in a terminal; else what is new, and a line a minute."""

    def __init__(self, screen: Screen, options: "RecordOptions") -> None:
        self._screen, self._options = screen, options
        self._told: tuple[str, ...] = ()
        self._next = PLAIN_SECONDS
        self._status = screen.console.status("Waiting for pictures")

    def __enter__(self) -> "_Line":
        if self._screen.console.is_terminal:
            self._status.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self._status.stop()

    def tell(self, state: "RecordState") -> None:
        """How it goes."""
        for line in state.latest:
            if line not in self._told:
                self._screen.say(line)
        self._told = state.latest
        if self._screen.console.is_terminal:
            self._status.update(self._line(state))
        elif state.seconds >= self._next:
            self._next = state.seconds + PLAIN_SECONDS
            self._screen.say(self._line(state))

    def _line(self, state: "RecordState") -> str:
        up = sum(each.state == "up" for each in state.cameras)
        limit = self._options.for_seconds
        time = clock(state.seconds) + (f" of {clock(limit)}" if limit else "")
        room = f"{_size(state.held_bytes)} of {_size(self._options.most_bytes)}"
        return (
            f"{time} · {up} of {len(state.cameras)} cameras up · {state.pieces} pieces, "
            f"{clock(state.recorded_seconds)} · {room}"
        )


def _part(screen: Screen, state: "RecordState", options: "RecordOptions") -> int:
    """What there is now; the status says whether anything that was asked for is missing."""
    if state.ended_because:
        screen.say(f"Ended: {state.ended_because.rstrip('.')}.")
    for name, count in state.by_camera.items():
        if not count:
            why = next((each.error for each in state.cameras if each.name == name), "")
            screen.say(f"{name}: nothing was recorded. {why or 'No packet came in time.'}")
    folder = options.folder
    screen.say(
        f"{folder}: {state.pieces} pieces, {clock(state.recorded_seconds)}, "
        f"{_size(state.recorded_bytes)}. Each has a line in {folder / 'recorded.jsonl'}."
    )
    if options.label:
        screen.say(f"Learn from it: kineograph prepare csv {folder / 'clips.csv'} data/mine")
    else:
        screen.say(f"Mark what happens in it: kineograph annotate {folder}/*/*/*.mkv --out marks")
    fields = asdict(state) | {"folder": str(folder), "label": options.label}
    fields.pop("latest")
    screen.result(fields)
    missing = state.failed or state.dropped or not all(state.by_camera.values())
    return 1 if missing else 0


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"
