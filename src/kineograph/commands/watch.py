"""kineograph watch RUN SOURCE…: cameras in, alerts with evidence out, for months."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kineograph.commands.console import AsJson, Device, Screen

if TYPE_CHECKING:  # heavy: only when something is watched
    from threading import Event as Flag

    from kineograph.live.detection.rules import Rule
    from kineograph.live.page import Page
    from kineograph.live.plan import WatchPlan
    from kineograph.live.state import WatchState
    from kineograph.live.watch import Watch

LATE_SECONDS = 2.0  # an answer that is so late is said to be
PLAIN_SECONDS = 60.0  # between lines about how it goes, where no terminal redraws a table


def watch(
    run: Annotated[
        str | None, typer.Argument(help="A run folder or a shipped network; or run = in the file.")
    ] = None,
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders, webcam:0, rtsp://…, http://… (MJPEG)."),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="watch.toml", help="Cameras, windows, rules, sinks.")
    ] = None,
    alert: Annotated[
        list[str] | None,
        typer.Option(metavar="LABEL[:HIGH]", help="What is an event, from which probability on."),
    ] = None,
    sink: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND:PLACE", help="folder:PATH, webhook:URL, mail:TO, mqtt:HOST."),
    ] = None,
    evidence: Annotated[
        Path | None, typer.Option(help="Where clips and the journal are kept: ./evidence.")
    ] = None,
    as_camera: Annotated[
        bool, typer.Option("--as-camera", help="Play files at their own pace.")
    ] = False,
    page: Annotated[
        int | None,
        typer.Option(metavar="PORT", help="Serve /metrics and /healthz."),
    ] = None,
    log: Annotated[
        Path | None,
        typer.Option(help="JSON lines about all that happens; - is standard error."),
    ] = None,
    test_alert: Annotated[
        bool, typer.Option("--test-alert", help="Send one alert through every sink, and end.")
    ] = False,
    device: Device = "cpu",
    as_json: AsJson = False,
) -> int:
    """Watch cameras or files with a trained network; keep evidence of events, and tell of them."""
    screen = Screen(as_json)
    plan = plan_of(config, sources or [], as_camera=as_camera)
    plan = _with_options(plan, alert or [], sink or [], evidence, page)
    if test_alert:
        return send_tests(screen, plan)
    return watch_plan(screen, run or plan.run, plan, device, log)


def plan_of(config: Path | None, sources: list[str], *, as_camera: bool) -> "WatchPlan":
    """The file's plan with the command line's sources beside its cameras."""
    import os
    from dataclasses import replace

    from kineograph.live.plan import CameraPlan, WatchPlan, filled, read_plan
    from kineograph.media.cameras.options import CameraOptions
    from kineograph.media.cameras.source import parse_source

    plan = read_plan(config) if config else WatchPlan(())
    more = [
        CameraPlan(parse_source(filled(text, os.environ, "SOURCE")), CameraOptions())
        for text in sources
    ]
    cameras = [*plan.cameras, *_apart(more)]
    if as_camera:
        cameras = [replace(each, options=replace(each.options, as_camera=True)) for each in cameras]
    return replace(plan, cameras=tuple(cameras))


def watch_plan(
    screen: Screen, run: str | None, plan: "WatchPlan", device: str, log: Path | None
) -> int:
    """Until all files have ended, or until told to stop; not zero if something was not watched."""
    _check(run, plan)
    from kineograph.live.logs import log_to
    from kineograph.live.systemd import Systemd
    from kineograph.live.watch import Watch
    from kineograph.predict.engine import fastest_engine
    from kineograph.recipes import load
    from kineograph.training.reproduce import choose_device

    trained = load(run or "")
    with log_to(log), _pages(screen, plan) as pages, closing(Systemd()) as systemd:
        watched = Watch(plan, trained, fastest_engine(trained, choose_device(device)))
        _introduce(screen, plan, watched)
        with until_told(systemd.stopping) as stop, _table(screen) as table:
            found = watched.run(stop, _telling(*pages, systemd, table))
    for event in found.events:
        screen.say(_line(event))
    folder = plan.evidence.folder
    screen.say(f"Evidence: {folder}. Check it: kineograph verify {folder}")
    screen.result({"run": run, "events": list(found.events), **_counts(found.state)})
    unwatched = [
        each.left_out or each.failed or (each.unseen and not stop.is_set())
        for each in found.state.cameras
    ]
    return 1 if any(unwatched) else 0


def send_tests(screen: Screen, plan: "WatchPlan") -> int:
    """One alert through every sink; the status is not zero if any did not take it."""
    from kineograph.errors import InputError
    from kineograph.live.sending.notify import make_sinks
    from kineograph.live.sending.notify.trial import send_test

    if not plan.sinks:
        raise InputError("--test-alert: there is no sink to send it to. Add --sink or --config.")
    sinks, evidence = plan.sinks_and_evidence()
    if len(sinks) < len(plan.sinks):
        screen.say(f"{evidence.folder}: holds the evidence itself, so nothing is sent there")
    tried = send_test(make_sinks(sinks))
    for each in tried:
        screen.say(each.line)
    screen.result({"sinks": [asdict(each) for each in tried]})
    return 0 if all(each.sent for each in tried) else 1


def _with_options(
    plan: "WatchPlan", alert: list[str], sink: list[str], evidence: Path | None, page: int | None
) -> "WatchPlan":
    from dataclasses import replace

    from kineograph.live.plan import with_sinks
    from kineograph.live.sending.notify import parse_sink

    if evidence is not None:
        plan = replace(plan, evidence=replace(plan.evidence, folder=evidence))
    if page is not None:
        plan = replace(plan, page=replace(plan.page, port=page))
    if alert:
        plan = replace(plan, rules=(*plan.rules, *map(rule_of, alert)))
    return with_sinks(plan, [parse_sink(text) for text in sink])


def rule_of(text: str) -> "Rule":
    """`fight` or `fight:0.8`: a label, and the probability from which on it is an event."""
    from kineograph.errors import InputError
    from kineograph.live.detection.rules import Rule

    label, colon, number = text.rpartition(":")
    if not colon:
        return Rule(label=text)
    try:
        high = float(number)
    except ValueError:
        raise InputError(f"--alert {text}: '{number}' is no number. Write {label}:0.8.") from None
    return Rule(label=label, high=high, low=min(Rule.low, high / 2))


def _check(run: str | None, plan: "WatchPlan") -> None:
    from kineograph.errors import InputError
    from kineograph.media.cameras.source import without_secrets

    if not run:
        raise InputError("watch: which network? Give a run: kineograph watch runs/NAME SOURCE.")
    if not plan.cameras:
        shown = without_secrets(run)
        if Path(run).is_file() or "://" in run or run.startswith("webcam:"):
            raise InputError(
                f"watch {shown}: is no network, and the network comes first. "
                f"Write kineograph watch runs/NAME {shown}."
            )
        raise InputError(
            f"watch {run}: nothing to watch. Give a file, rtsp://…, or --config watch.toml."
        )


def _apart(cameras: list[Any]) -> list[Any]:
    """Two files of one name are told apart by a number."""
    from dataclasses import replace

    names: dict[str, int] = {}
    found = []
    for each in cameras:
        name = each.source.name
        names[name] = names.get(name, 0) + 1
        if names[name] > 1:
            each = replace(each, source=replace(each.source, name=f"{name}-{names[name]}"))
        found.append(each)
    return found


def _introduce(screen: Screen, plan: "WatchPlan", watched: "Watch") -> None:
    rules = plan.rules_for(watched.trained.classes)
    said = ", ".join(f"{rule.label} at {rule.high:.0%}" for rule in rules)
    screen.say(f"{watched.trained.name} ({watched.engine.name}) watches for {said}")
    if not plan.rules:
        screen.say("No rule says what is an event, so every label is: --alert LABEL, or [[rules]].")
    for camera in plan.cameras:
        screen.say(f"{camera.name}: {camera.source.shown}")


@contextmanager
def until_told(stopping: Callable[[], None] = lambda: None) -> "Iterator[Flag]":
    """A flag that Ctrl-C and SIGTERM set; a second Ctrl-C does not wait."""
    import signal
    import threading

    stop = threading.Event()

    def told(number: int, frame: Any) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()
        stopping()

    before = {number: signal.signal(number, told) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _pages(screen: Screen, plan: "WatchPlan") -> "Iterator[list[Page]]":
    """The page for machines, if a port was given; before anything else that the port may stop."""
    from kineograph.live.page import Page

    pages = [Page(plan.page)] if plan.page.port is not None else []
    try:
        for page in pages:
            screen.say(f"http://{plan.page.host}:{page.port}/metrics and /healthz")
        yield pages
    finally:
        for page in pages:
            page.close()


def _telling(*told: Any) -> "Callable[[WatchState], None]":
    """All who are told of the state."""

    def tell(state: "WatchState") -> None:
        for each in told:
            each.tell(state)

    return tell


@contextmanager
def _table(screen: Screen) -> "Iterator[Any]":
    if not screen.console.is_terminal:
        yield _Lines(screen)
        return
    from rich.live import Live

    with Live(console=screen.console, refresh_per_second=4, screen=False) as live:
        yield _Table(live)


class _Table:
    """Redraws the dashboard."""

    def __init__(self, live: Any) -> None:
        self._live = live

    def tell(self, state: "WatchState") -> None:
        from kineograph.live.dashboard import Dashboard

        self._live.update(Dashboard(state))


class _Lines:
    """What is new, and now and then how it goes."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._told: set[str] = set()
        self._next = PLAIN_SECONDS

    def tell(self, state: "WatchState") -> None:
        from kineograph.live.dashboard import troubles

        now = (*state.latest, *troubles(state))
        for line in now:
            if line not in self._told:
                self._screen.say(line)
        self._told = set(now)
        if state.seconds >= self._next:
            self._next = state.seconds + PLAIN_SECONDS
            self._screen.say(how_it_goes(state))


def how_it_goes(state: "WatchState") -> str:
    """One line: cameras, pictures, and whether the network is late or loses any."""
    up = sum(each.camera.state == "up" for each in state.cameras)
    frames = sum(each.camera.frames for each in state.cameras)
    said = f"{up} of {len(state.cameras)} cameras up, {frames} pictures"
    said += f", {frames / max(state.seconds, 1e-9):.0f} a second"
    if dropped := sum(each.camera.dropped for each in state.cameras):
        said += f", {dropped} dropped"
    delays = [each.delay_seconds[1] for each in state.cameras if each.delay_seconds]
    if delays and max(delays) >= LATE_SECONDS:
        said += f", answers up to {max(delays):.0f} s late: too many cameras for this machine"
    return said


def _line(event: dict[str, Any]) -> str:
    end = event["end_seconds"]
    return (
        f"{event['camera']}, {event['window']}: {event['label']} from {event['start_seconds']:.1f} "
        f"to {end:.1f} s, {event['peak']:.0%} at {event['peak_seconds']:.1f} s"
    )


def _counts(state: "WatchState") -> dict[str, Any]:
    return {
        "engine": state.engine,
        "cameras": [
            {
                **asdict(each.camera),
                "answers": each.answers,
                "delay_seconds": each.delay_seconds,
                "left_out": list(each.left_out),
            }
            for each in state.cameras
        ],
        "evidence": {"written": state.evidence.written, "head": state.evidence.head},
        "sinks": [
            {"name": each.name, "sent": each.sent, "waiting": each.waiting, "dead": each.dead}
            for each in state.sinks
        ],
    }
