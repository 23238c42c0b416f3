"""A test alert: one event, marked as a test, through every sink, at once and past the outbox."""

import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kineograph.live.sending.message import Message, Refused, Sink, first_line, message_of

STRIP_PIXELS = 800, 100  # width, height


@dataclass(frozen=True)
class Tried:
    """Whether a sink took the test, and a line that says so."""

    name: str
    sent: bool
    line: str


def send_test(sinks: Mapping[str, Sink]) -> list[Tried]:
    """Send one to each, one after another; no failure keeps the others from it."""
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    event = {
        "id": f"test-{secrets.token_hex(6)}",
        "camera": "no camera",
        "window": "whole",
        "label": "alert",
        "kind": "test",
        "start_seconds": 0.0,
        "end_seconds": 0.0,
        "peak_seconds": 0.0,
        "peak": 0.0,
        "start_time": now,
        "end_time": now,
        "confidences": {},
    }
    with tempfile.TemporaryDirectory() as folder:
        strip = Path(folder) / "strip.png"
        _draw(strip)
        message = message_of(event, [strip])
        return [_try(name, sink, message) for name, sink in sinks.items()]


def _try(name: str, sink: Sink, message: Message) -> Tried:
    try:
        sink.send(message)
    except Refused as error:
        return Tried(name, False, f"{name}: refused for good: {first_line(error)}")
    except Exception as error:
        return Tried(name, False, f"{name}: not sent: {first_line(error)}")
    return Tried(name, True, f"{name}: sent")


def _draw(path: Path) -> None:
    """A square that goes from left to right, as a film strip of eight pictures."""
    from PIL import Image, ImageDraw

    width, height = STRIP_PIXELS
    strip = Image.new("RGB", STRIP_PIXELS, "#14171b")
    pen = ImageDraw.Draw(strip)
    for number in range(8):
        left = number * width // 8
        pen.rectangle((left + 2, 4, left + width // 8 - 3, height - 5), fill="#2e4a66")
        x = left + 8 + 8 * number
        pen.rectangle((x, 40, x + 20, 60), fill="#f2f4f6")
    strip.save(path)
