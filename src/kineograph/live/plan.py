"""watch.toml: which cameras are watched, in which windows, what is an alert, and who is told.

[[cameras]]
name = "hall"
source = "rtsp://viewer:${HALL_PASSWORD}@192.0.2.7/stream"     # ${…}: from the environment
masks = [[0, 0, 320, 40]]                                       # never stored
windows = [{ name = "door", box = [400, 100, 300, 400] }]       # none: the whole picture

[[rules]]
label = "fight"
high = 0.8

[evidence]
folder = "evidence"

[[sinks]]
kind = "webhook"
url = "https://example.org/alerts"

[page]
port = 9108
"""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kineograph.errors import InputError, nearest
from kineograph.live.detection.event import WHOLE
from kineograph.live.detection.rules import Rule, rule_from_fields
from kineograph.live.evidence.writer import EvidenceOptions
from kineograph.live.sending.notify import FolderOptions, SinkOptions, read_sink
from kineograph.live.table import read_table
from kineograph.media.cameras.options import CameraOptions
from kineograph.media.cameras.source import Source, parse_source
from kineograph.media.frame import Box

OF_CAMERA = ("name", "source", "windows", "masks")  # beside its CameraOptions
PARTS = ("run", "cameras", "rules", "evidence", "sinks", "page", "answers")
NOTHING_WORDS = ("no", "not", "none", "nothing", "normal", "other", "background")


@dataclass(frozen=True)
class Window:
    """A part of a camera's picture that is watched by itself."""

    name: str
    box: tuple[int, int, int, int]  # x, y, width, height in pixels


@dataclass(frozen=True)
class CameraPlan:
    """One camera: where its pictures come from, what is looked at, what is hidden."""

    source: Source
    options: CameraOptions = field(default_factory=CameraOptions)
    windows: tuple[Window, ...] = ()  # none: the whole picture
    masks: tuple[Box, ...] = ()

    @property
    def name(self) -> str:
        """What its events and its folder are called after."""
        return self.source.name

    @property
    def boxes(self) -> dict[str, Box | None]:
        """By window name; the whole picture if there is none."""
        if not self.windows:
            return {WHOLE: None}
        return {window.name: Box(*window.box) for window in self.windows}


@dataclass(frozen=True)
class PageOptions:
    """The page for machines: /metrics and /healthz. Without a port there is none."""

    port: int | None = None
    host: str = "127.0.0.1"

    def __post_init__(self) -> None:
        """Refuse what is no port."""
        if self.port is not None and not 0 <= self.port <= 65535:
            raise InputError(f"port {self.port}: ports go from 0 to 65535. Write 9108.")


@dataclass(frozen=True)
class AnswerOptions:
    """How often the network is asked: seconds of a window, and from one window to the next."""

    window_seconds: float | None = None  # None: as long as the clips that were learned from
    hop_seconds: float | None = None  # None: half of it

    def __post_init__(self) -> None:
        """Refuse times that are none, and windows with time between them that nobody sees."""
        for name in ("window_seconds", "hop_seconds"):
            value = getattr(self, name)
            if value is not None and not 0 < value < float("inf"):
                raise InputError(f"{name} {value:g}: must be above 0. Leave it away, or write 2.")
        if self.window_seconds and self.hop_seconds and self.hop_seconds > self.window_seconds:
            raise InputError(
                f"hop_seconds {self.hop_seconds:g}: is longer than window_seconds "
                f"{self.window_seconds:g}, so nobody would see what is between. Write less."
            )


@dataclass(frozen=True)
class WatchPlan:
    """All that `kineograph watch` is told."""

    cameras: tuple[CameraPlan, ...]
    rules: tuple[Rule, ...] = ()  # none: every label that is no word for nothing (`rules_for`)
    evidence: EvidenceOptions = field(default_factory=EvidenceOptions)
    sinks: tuple[SinkOptions, ...] = ()
    page: PageOptions = field(default_factory=PageOptions)
    answers: AnswerOptions = field(default_factory=AnswerOptions)
    run: str | None = None

    def __post_init__(self) -> None:
        """Cameras, and windows of one camera, are told apart by name."""
        _check_names("camera", [camera.name for camera in self.cameras])
        for camera in self.cameras:
            _check_names(f"{camera.name}: window", [window.name for window in camera.windows])

    def rules_for(self, classes: Sequence[str]) -> tuple[Rule, ...]:
        """Its rules, checked against a network's labels; without any, one for each label but those
        that name nothing: `no_fight`, `not writing`, `background`.
        """
        if self.rules:
            for rule in self.rules:
                rule.places(classes)
                self._check_places(rule)
            return self.rules
        telling = [name for name in classes if not _names_nothing(name)]
        return tuple(Rule(label=name) for name in telling or classes)

    def _check_places(self, rule: Rule) -> None:
        """A rule for a camera or a window that is not there would never ring."""
        cameras = [camera.name for camera in self.cameras]
        windows = list(dict.fromkeys(name for camera in self.cameras for name in camera.boxes))
        for what, named, known in (
            ("camera", rule.cameras, cameras),
            ("window", rule.windows, windows),
        ):
            for name in named or ():
                if name not in known:
                    hint = nearest(name, known) or f"There is {', '.join(known)}."
                    raise InputError(f"rule '{rule.label}': no {what} is named '{name}'. {hint}")

    def sinks_and_evidence(self) -> tuple[tuple[SinkOptions, ...], EvidenceOptions]:
        """A sink that is the evidence's own folder needs no copy of it."""
        folder = self.evidence.folder.absolute()
        others = [
            each
            for each in self.sinks
            if not (isinstance(each, FolderOptions) and Path(each.path).absolute() == folder)
        ]
        return tuple(others), self.evidence


def read_plan(path: Path, environment: Mapping[str, str] = os.environ) -> WatchPlan:
    """A watch.toml. Its relative paths are those of its folder. Raises InputError in one line."""
    table = _toml(path)
    for name in table:
        if name not in PARTS:
            hint = nearest(name, PARTS) or f"It has {', '.join(PARTS)}."
            raise InputError(f"{path}: no part is named '{name}'. {hint}")
    home = path.absolute().parent
    run = table.get("run")
    if run is not None and not isinstance(run, str):
        raise InputError(f'{path}: run {run!r} is not a name. Write run = "runs/NAME".')
    return WatchPlan(
        cameras=tuple(
            _camera(each, f"{path}: cameras {number}", home, environment)
            for number, each in enumerate(_tables(table, "cameras", path), 1)
        ),
        rules=tuple(_rule(each, path) for each in _tables(table, "rules", path)),
        evidence=_evidence(table.get("evidence", {}), f"{path}: evidence", home),
        sinks=tuple(
            _sink(each, f"{path}: sinks {number}", home)
            for number, each in enumerate(_tables(table, "sinks", path), 1)
        ),
        page=read_table(PageOptions, table.get("page", {}), f"{path}: page"),
        answers=read_table(AnswerOptions, table.get("answers", {}), f"{path}: answers"),
        run=run if run is None or not (home / run).is_dir() else str(home / run),
    )


def with_sinks(plan: WatchPlan, sinks: Sequence[SinkOptions]) -> WatchPlan:
    """The plan with those of the command line; a folder among them is the evidence's, if the plan
    has none of its own.
    """
    folders = [each for each in sinks if isinstance(each, FolderOptions)]
    evidence = plan.evidence
    if folders and evidence.folder == EvidenceOptions().folder:
        evidence = replace(evidence, folder=Path(folders[0].path))
    return replace(plan, sinks=(*plan.sinks, *sinks), evidence=evidence)


def filled(text: str, environment: Mapping[str, str], where: str) -> str:
    """An address with its ${NAME}s from the environment.

    Raises InputError for a name that is not set, and for a password that is written out.
    """
    if re.search(r"://[^/@:]*:(?!\$\{)[^/@]+@", text):
        raise InputError(
            f"{where}: a password stands in the address. Write ${{NAME}} in its place, and set "
            "NAME in the environment."
        )

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in environment:
            raise InputError(f"{where}: ${{{name}}} is not set. Set it in the environment.")
        return environment[name]

    return re.sub(r"\$\{(\w+)\}", value, text)


def _camera(
    table: Mapping[str, Any], where: str, home: Path, environment: Mapping[str, str]
) -> CameraPlan:
    given = dict(table)
    if "source" not in given:
        raise InputError(f"{where}: needs 'source'. Add source = \"rtsp://…\", or a file.")
    text = filled(str(given.pop("source")), environment, where)
    local = "://" not in text and not text.startswith(("webcam:", "/dev/"))
    name = given.pop("name", None)
    if name is not None and not isinstance(name, str):
        raise InputError(f"{where}: name {name!r} is no text. Write it in quotes.")
    source = parse_source(str(home / text) if local else text, name)
    where = f"{where} ({source.name})"
    windows = given.pop("windows", [])
    masks = given.pop("masks", [])
    return CameraPlan(
        source,
        read_table(CameraOptions, given, where, beside=OF_CAMERA),
        _windows(windows, where, home),
        tuple(_box(each, f"{where}: masks") for each in _list(masks, f"{where}: masks")),
    )


def _evidence(table: Any, where: str, home: Path) -> EvidenceOptions:
    given = table
    if isinstance(table, dict):
        paths = {name: home / str(table[name]) for name in ("folder", "key") if name in table}
        given = {**table, **paths}
        for each in _list(table.get("masks", []), f"{where}: masks"):
            _box(each, f"{where}: masks")
    return read_table(EvidenceOptions, given, where)


def _windows(given: Any, where: str, home: Path) -> tuple[Window, ...]:
    """A list of tables, or the windows.jsonl that annotate writes: a window for each person."""
    if isinstance(given, str):
        return read_windows_file(home / given)
    windows = []
    for number, each in enumerate(_list(given, f"{where}: windows"), 1):
        here = f"{where}: windows {number}"
        if isinstance(each, dict) and "box" in each:
            _box(each["box"], here)
        windows.append(read_table(Window, each, here))
    return tuple(windows)


def read_windows_file(path: Path) -> tuple[Window, ...]:
    """The windows of a windows.jsonl, named after who sits there. Raises InputError."""
    from kineograph.data.windows import read_windows

    seats = [seat.at for seat in read_windows(path).values()]
    return tuple(Window(at.person or "", tuple(at.window or ())) for at in seats)  # type: ignore[arg-type]


def _list(given: Any, where: str) -> list[Any]:
    if not isinstance(given, list):
        raise InputError(f"{where}: {given!r} is no list. Write it in [ ].")
    return given


def _box(given: Any, where: str) -> Box:
    numbers = list(given) if isinstance(given, list | tuple) else []
    whole = all(isinstance(each, int) and not isinstance(each, bool) for each in numbers)
    if len(numbers) != 4 or not whole or min(numbers) < 0 or min(numbers[2:]) < 1:
        raise InputError(
            f"{where}: {given!r} is not x, y, width and height in whole pixels. "
            "Write [0, 0, 320, 240]."
        )
    return Box(*numbers)


def _rule(table: Mapping[str, Any], path: Path) -> Rule:
    try:
        return rule_from_fields(table)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _sink(table: Mapping[str, Any], where: str, home: Path) -> SinkOptions:
    """Its folder, and its files with secrets, are found from where the plan is."""
    given = dict(table)
    for name, value in table.items():
        if (name == "path" or name.endswith("_file")) and isinstance(value, str):
            given[name] = str(home / value)
    return read_sink(given, where)


def _tables(table: Mapping[str, Any], name: str, path: Path) -> list[dict[str, Any]]:
    found = table.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise InputError(f"{path}: {name} is a list of tables. Write [[{name}]] above each.")
    return found


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}). Check its name.") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is no text in UTF-8. Save it as such.") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: is no TOML: {error}. Correct that line.") from None


def _check_names(what: str, names: Sequence[str]) -> None:
    for name in names:
        if list(names).count(name) > 1:
            raise InputError(f"{what} '{name}' is there twice. Give each a name of its own.")


def _names_nothing(label: str) -> bool:
    return re.split(r"[\W_]+", label.lower())[0] in NOTHING_WORDS
