"""The loop: pictures of all cameras to the network, its answers to the rules, events to evidence.

    cameras ──shots──▸ session ──answers──▸ detectors ──changes──▸ evidence ──▸ journal ──▸ outbox

Each camera reads in a thread of its own, evidence is written in one, each sink is served by one.
The loop itself waits for nothing but the network. An event is in the journal before anybody is told
of it, and told when it begins; its clip follows when it is whole.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event as Flag
from typing import Any

from kineograph.live.detection.detect import Change
from kineograph.live.detection.event import WHOLE, Event
from kineograph.live.detection.rules import Rule
from kineograph.live.evidence.writer import EvidenceWriter
from kineograph.live.journal.entries import Entry
from kineograph.live.lookout import Eyes, Lookout, Seen
from kineograph.live.plan import CameraPlan, WatchPlan
from kineograph.live.sending.notify import announce, make_sinks
from kineograph.live.sending.outbox import OUTBOX, Outbox
from kineograph.live.state import WatchState
from kineograph.media.cameras.shots import Health, Shot
from kineograph.predict.engine import Engine
from kineograph.predict.session import Answer, Session
from kineograph.recipes import Trained

LOG = logging.getLogger("kineograph.watch")
POLL_SECONDS = 0.25  # without news, look after cameras this often
TELL_SECONDS = 0.5  # between two looks at the state
MOST_SHOTS = 64  # of one camera at a time, so that none keeps the others waiting
DRAIN_SECONDS = 30.0  # at the end of files: to tell all sinks what is left
LATEST = 8  # lines


@dataclass(frozen=True)
class Watched:
    """What came of it, when it ended."""

    state: WatchState
    events: tuple[dict[str, Any], ...]  # of files: all of them, ended


class Watch:
    """A network at its cameras. `run` until told to stop, or until all files have ended.

    Raises InputError for what cannot be watched, before anything is opened.
    """

    def __init__(self, plan: WatchPlan, trained: Trained, engine: Engine) -> None:
        self.trained, self.engine = trained, engine
        rules = plan.rules_for(trained.classes)
        sinks, evidence = plan.sinks_and_evidence()
        self._session = Session(
            trained,
            engine,
            window_seconds=plan.answers.window_seconds,
            hop_seconds=plan.answers.hop_seconds,
        )
        self._news = Flag()
        self._began = time.monotonic()
        self._latest: deque[str] = deque(maxlen=LATEST)
        self._ended: list[dict[str, Any]] = []
        for camera in plan.cameras:
            Eyes(camera, trained.recipe.data.looks)  # or it is said before anything is opened
        made = make_sinks(sinks)
        evidence.folder.mkdir(parents=True, exist_ok=True)
        self.outbox = Outbox(evidence.folder / OUTBOX, made)
        try:
            self.evidence = EvidenceWriter(
                evidence, done=self._written, handed_over=self.outbox.handed_over
            )
        except BaseException:
            self.outbox.close()
            raise
        self._lookouts = {
            camera.name: self._lookout(camera, plan, rules) for camera in plan.cameras
        }
        announce(made, {name: [rule.label for rule in rules] for name in self._lookouts})

    def run(self, stop: Flag, tell: Callable[[WatchState], None] = lambda state: None) -> Watched:
        """Watch; `tell` is given the state twice a second."""
        told = float("-inf")
        try:
            for lookout in self._lookouts.values():
                lookout.start()
            while not stop.is_set() and not self._over:
                self._news.wait(POLL_SECONDS)
                self._news.clear()
                while self._turn() and not stop.is_set():
                    if time.monotonic() - told >= TELL_SECONDS:
                        told = self._tell(tell)
                if time.monotonic() - told >= TELL_SECONDS:
                    told = self._tell(tell)
            self._finish()
        finally:
            state = self._close(drain=not stop.is_set())
        tell(state)
        return Watched(state, tuple(self._ended))

    def state(self) -> WatchState:
        """How it goes."""
        return WatchState(
            run=self.trained.name,
            engine=self.engine.name,
            seconds=time.monotonic() - self._began,
            cameras=tuple(lookout.state() for lookout in self._lookouts.values()),
            evidence=self.evidence.status(),
            sinks=tuple(self.outbox.status()),
            latest=tuple(self._latest),
        )

    @property
    def _over(self) -> bool:
        return all(lookout.ended for lookout in self._lookouts.values())

    def _lookout(self, camera: CameraPlan, plan: WatchPlan, rules: Sequence[Rule]) -> Lookout:
        evidence = self.evidence.camera(
            camera.name,
            address=camera.source.shown,
            network=self.trained.name,
            windows=camera.boxes,
            options=replace(plan.evidence, masks=(*plan.evidence.masks, *camera.masks)),
        )
        looks = self.trained.recipe.data.looks
        return Lookout(camera, looks, rules, self.trained.classes, evidence, self._news)

    def _turn(self) -> bool:
        """What came since: take it, ask about it, act on it. Whether there was anything."""
        came = False
        for lookout in self._lookouts.values():
            for item in [] if lookout.ended else self._taken(lookout):
                came = True
                if isinstance(item, Shot):
                    self._see(lookout, item)
                else:
                    self._hear_of(lookout, item)
            for line in lookout.complaints():
                self._say(line, logging.WARNING)
        self._answer(self._session.answers())
        return came

    def _taken(self, lookout: Lookout) -> "list[Shot[Seen] | Health]":
        """What a camera has; a defect in reading it costs the other cameras nothing."""
        try:
            return lookout.camera.take(MOST_SHOTS)
        except Exception as error:
            LOG.exception("%s: a defect while reading it", lookout.plan.name)
            lookout.failed = " ".join(f"{type(error).__name__}: {error}".split())
            away = Health("away", *lookout.clock, f"a defect ended it: {lookout.failed}")
            self._hear_of(lookout, away)
            lookout.stop()
            self._end(lookout)
            return []

    def _see(self, lookout: Lookout, shot: "Shot[Seen]") -> None:
        if lookout.breaks(shot):
            self._answer(self._session.answers())
            self._act(lookout, lookout.gap())
        for window, laid in shot.value:
            self._session.see((lookout.plan.name, window), laid, shot.stretch)

    def _hear_of(self, lookout: Lookout, health: Health) -> None:
        if health.kind == "ended":
            if health.reason:  # not all of it could be read, or none
                self._say(f"{lookout.plan.name}: ended. {health.reason}", logging.WARNING)
            self._end(lookout)
            lookout.evidence.over()
            return
        event = lookout.event_of(health)
        self._say(f"{event.camera}: {health.kind}. {health.reason}".strip(), logging.WARNING)
        lookout.evidence.begin(event.fields())
        if health.kind == "away":  # for good, perhaps: what lasted is told and kept now
            self._answer(self._session.answers())
            self._act(lookout, lookout.gap())

    def _answer(self, answers: list[Answer]) -> None:
        for answer in answers:
            assert isinstance(answer.seat, tuple)
            camera, window = answer.seat
            lookout = self._lookouts[camera]
            self._act(lookout, lookout.hear(answer, window))

    def _act(self, lookout: Lookout, changes: list[Change]) -> None:
        for change in changes:
            event = change.event
            if change.what == "begun":
                high, low = lookout.thresholds[event.label]
                lookout.evidence.begin(event.fields(), high, low)
                self._say(f"{_where(event)}: {event.label} begins ({event.peak:.0%})")
            else:
                lookout.evidence.end(event.fields())
                self._ended.append(event.fields())
                length = (event.end_seconds or 0.0) - event.start_seconds
                self._say(f"{_where(event)}: {event.label} ended after {length:.1f} s")

    def _end(self, lookout: Lookout) -> None:
        """A file is over: the last word about each of its windows, and what still lasts ends."""
        for window in lookout.windows:
            self._answer(self._session.end((lookout.plan.name, window)))
        self._act(lookout, lookout.finish())

    def _finish(self) -> None:
        for lookout in self._lookouts.values():
            lookout.stop()
            if not lookout.ended:
                self._end(lookout)

    def _close(self, *, drain: bool) -> WatchState:
        """Write what is open, then hand it on: at the end of files to the last letter."""
        for lookout in self._lookouts.values():
            lookout.stop()
        self.evidence.close()
        if drain:
            self.outbox.drain(DRAIN_SECONDS)
        state = self.state()
        self.outbox.close()
        return state

    def _written(self, event: dict[str, Any], files: list[Path], entry: Entry) -> None:
        """On a thread of the writer's: an event is in the journal, so it may be told."""
        if event:
            self.outbox.put({**event, "journal_head": entry.hash}, files)

    def _tell(self, tell: Callable[[WatchState], None]) -> float:
        tell(self.state())
        return time.monotonic()

    def _say(self, line: str, level: int = logging.INFO) -> None:
        self._latest.append(f"{time.strftime('%H:%M:%S')}  {line}")
        LOG.log(level, "%s", line)


def _where(event: Event) -> str:
    return event.camera if event.window == WHOLE else f"{event.camera}, {event.window}"
