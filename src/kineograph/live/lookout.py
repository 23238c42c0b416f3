"""One camera being watched: its pictures as the network is shown them, its windows, its events."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event as Flag

from kineograph.data.inputs import Laid, Look
from kineograph.data.looking import Looking
from kineograph.errors import InputError
from kineograph.live.detection.detect import Change, Detector
from kineograph.live.detection.event import WHOLE, Event, event_id
from kineograph.live.detection.rules import Rule
from kineograph.live.evidence.recording import CameraEvidence
from kineograph.live.plan import CameraPlan
from kineograph.live.state import CameraState, Delays, WindowState
from kineograph.media.cameras.camera import Camera
from kineograph.media.cameras.shots import Health, Shot
from kineograph.media.convert import Shown
from kineograph.predict.session import Answer

Seen = list[tuple[str, Laid]]  # of every window, the moments that one picture told


class Eyes:
    """What a camera's reading thread makes of its pictures: small, and of every window.

    A window that reaches out of the picture is left out, with a line; the others go on.
    """

    def __init__(self, plan: CameraPlan, looks: Sequence[Look]) -> None:
        self.camera = plan.name
        self._plan, self._looks = plan, looks
        self._lookings: dict[str, Looking] = {}
        self._last_seconds: float | None = None
        self.left_out: dict[str, str] = {}  # window -> why
        for window, box in plan.boxes.items():  # now: a network that cannot watch is said at once
            Looking(f"{plan.name}, {window}", looks, box)

    def __call__(self, shown: Shown) -> Seen:
        """One picture; after a gap it is looked at as if it were the first."""
        last, self._last_seconds = self._last_seconds, shown.seconds
        if last is None or shown.seconds - last > self._plan.options.gap_seconds:
            self._lookings = {
                window: Looking(f"{self._plan.name}, {window}", self._looks, box)
                for window, box in self._plan.boxes.items()
                if window not in self.left_out
            }
        found: Seen = []
        for window, looking in list(self._lookings.items()):
            try:
                found += [(window, laid) for laid in looking.see(shown)]
            except InputError as error:
                self.left_out[window] = str(error)
                del self._lookings[window]
        return found


@dataclass
class _Window:
    detector: Detector
    answer: Answer | None = None
    open: dict[str, Event] = field(default_factory=dict)  # events that last, by id


class Lookout:
    """Camera, windows and evidence of one camera. `start` it; `stop` it.

    What the loop does with it: `take` what came, hand the moments to the session, hand its answers
    back by `hear`, and tell of the changes that come of it.
    """

    def __init__(
        self,
        plan: CameraPlan,
        looks: Sequence[Look],
        rules: Sequence[Rule],
        classes: Sequence[str],
        evidence: CameraEvidence,
        news: Flag,
    ) -> None:
        self.plan, self.evidence, self.classes = plan, evidence, tuple(classes)
        self.eyes = Eyes(plan, looks)
        self.camera: Camera[Seen] = Camera(
            plan.source, plan.options, self.eyes, evidence.add_packet, news
        )
        self.windows = {
            name: _Window(Detector(rules, plan.name, name, classes)) for name in plan.boxes
        }
        self.thresholds = {rule.label: (rule.high, rule.low) for rule in rules}
        self.ended = False
        self.failed = ""  # by which defect
        self.events = 0
        self._delays = Delays()
        self._answers = 0
        self._stretch = 0
        self._clock: tuple[float, datetime] | None = None  # of the newest shot: seconds, time
        self._reported: set[str] = set()

    def start(self) -> None:
        """Begin to read."""
        self.camera.start()

    def stop(self) -> None:
        """Stop reading."""
        self.camera.stop()

    def breaks(self, shot: Shot[Seen]) -> bool:
        """Whether a shot is the first after a gap: what the session knows is of the time before."""
        broken, self._stretch = shot.stretch != self._stretch, shot.stretch
        self._clock = shot.seconds, shot.time
        return broken

    def gap(self) -> list[Change]:
        """The camera was away: what lasts ends where it was last seen."""
        changes = [change for each in self.windows.values() for change in each.detector.gap()]
        self.evidence.gap()
        return self._noted(changes)

    def hear(self, answer: Answer, window: str) -> list[Change]:
        """What the network says of a window -> events that begin or end with it."""
        own = self.windows[window]
        own.answer = answer
        self._answers += 1
        seen = answer.seen_seconds
        at = self.time_of(seen)
        shares = dict(zip(self.classes, answer.probabilities.tolist(), strict=True))
        self.evidence.add_scores(window, seen, shares)
        if self.plan.source.live or self.plan.options.as_camera:
            self._delays.add((datetime.now(at.tzinfo) - at).total_seconds())
        return self._noted(own.detector.see(seen, answer.probabilities, at))

    def finish(self) -> list[Change]:
        """No more comes of it."""
        self.ended = True
        changes = [change for each in self.windows.values() for change in each.detector.finish()]
        return self._noted(changes)

    def event_of(self, health: Health) -> Event:
        """A camera that is away, frozen or back, as an event without length."""
        kind = f"camera-{health.kind}"
        return Event(
            id=event_id(self.plan.name, WHOLE, kind, kind, health.time),
            camera=self.plan.name,
            window=WHOLE,
            label=kind,
            kind=kind,
            start_seconds=health.seconds,
            end_seconds=health.seconds,
            peak_seconds=health.seconds,
            peak=1.0,
            start_time=health.time,
            end_time=health.time,
        )

    @property
    def clock(self) -> tuple[float, datetime]:
        """Its newest picture's seconds and time; before the first, now."""
        return self._clock or (0.0, datetime.now(UTC))

    def time_of(self, seconds: float) -> datetime:
        """When a moment of the camera's clock was, by the newest shot's."""
        assert self._clock is not None, "nothing was seen yet"
        shown, time_shown = self._clock
        return time_shown + timedelta(seconds=seconds - shown)

    def complaints(self) -> list[str]:
        """Windows that were left out since this was last asked, a line each."""
        new = [line for name, line in self.eyes.left_out.items() if name not in self._reported]
        self._reported |= set(self.eyes.left_out)
        return new

    def state(self) -> CameraState:
        """For the dashboard and the page."""
        return CameraState(
            camera=self.camera.status(),
            address=self.plan.source.shown,
            windows=tuple(
                self._window_state(name, own)
                for name, own in self.windows.items()
                if name not in self.eyes.left_out
            ),
            left_out=tuple(self.eyes.left_out.values()),
            answers=self._answers,
            events=self.events,
            failed=self.failed,
            delay_seconds=self._delays.shares((0.5, 0.99)),
        )

    def _window_state(self, name: str, own: _Window) -> WindowState:
        best = int(own.answer.probabilities.argmax()) if own.answer else None
        return WindowState(
            name=name,
            label=None if best is None else self.classes[best],
            probability=None
            if own.answer is None or best is None
            else float(own.answer.probabilities[best]),
            events=tuple(event.label for event in own.open.values()),
        )

    def _noted(self, changes: list[Change]) -> list[Change]:
        for change in changes:
            own = self.windows[change.event.window]
            if change.what == "begun":
                self.events += 1
                own.open[change.event.id] = change.event
            else:
                own.open.pop(change.event.id, None)
        return changes
