"""States of a watch, as the loop would tell them, for the tests of what shows them."""

from dataclasses import replace

from kineograph.live.evidence.writer import EvidenceStatus
from kineograph.live.sending.letters import SinkStatus
from kineograph.live.state import CameraState, WatchState, WindowState
from kineograph.media.cameras.shots import CameraStatus

EVIDENCE = EvidenceStatus(
    written=3, with_problems=0, without_clip=0, lost=0, waiting=0, entries_waiting=0,
    kept_folders=3, kept_bytes=48_200_000, head="ab" * 32, last_problem="",
)  # fmt: skip
CALM = WindowState("whole", "walking", 0.62)
FIGHT = WindowState("door", "fight", 0.94, events=("fight",))


def camera(
    name="hall", state="up", *windows: WindowState, error="", left_out=(), events=0, **counts
) -> CameraState:
    """One camera; its counts are told apart by their digits."""
    numbers = {"frames": 1234, "dropped": 0, "broken": 5, "reconnects": 6} | counts
    status = CameraStatus(
        name=name, state=state, last_frame_age_seconds=0.25, error=error, **numbers
    )
    address = "rtsp://192.0.2.7/stream"
    found = CameraState(status, address, windows, tuple(left_out), 1230, events, (0.031, 0.082))
    return found if windows else replace(found, delay_seconds=None)


def sink(name="folder", *, sent=6, waiting=0, dead=0, last_error="") -> SinkStatus:
    return SinkStatus(name, waiting, sent, dead, last_error, None, None)


def watching(*cameras: CameraState, sinks=(), latest=(), evidence=EVIDENCE) -> WatchState:
    """Everything, one hour after the start."""
    return WatchState("actors", "onnxruntime", 3661.4, cameras, evidence, tuple(sinks), latest)


TROUBLED = watching(
    camera("hall", "up", CALM, events=3),
    camera("entrance", "up", FIGHT, WindowState("stairs", "walking", 0.55), events=1, dropped=37),
    camera("garage", "away", error="rtsp://192.0.2.9/live: no answer within 10 s"),
    camera("yard", "frozen", CALM, error="the same picture for 30 s"),
    camera("shop", "up", CALM, left_out=["shop, till: window x=600 reaches out of 640×480"]),
    sinks=[
        sink(),
        sink("phone", sent=4, waiting=3, last_error="ConnectionRefusedError: refused"),
        sink("mail", sent=1, dead=2, last_error="550 no such user"),
    ],
    latest=(
        "18:30:12  entrance, door: fight begins (81%)",
        "18:31:40  garage: away. rtsp://192.0.2.9/live: no answer within 10 s",
        "18:33:02  yard: frozen. the same picture for 30 s",
    ),
    evidence=replace(EVIDENCE, entries_waiting=7),
)
