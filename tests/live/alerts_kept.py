"""A folder of evidence with two alerts, made once by watching two lamps, and copied."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from kineograph.live.detection.rules import Rule
from tests.live.watching import lamp, network, plan, watch

LIT = Rule(label="bright", high=0.7, low=0.4, smooth_seconds=0.2, shortest_seconds=0.2)


@cache
def _watched() -> Path:
    home = Path(mkdtemp(prefix="kineograph-alerts-"))
    lamps = [lamp(home / "one.mp4"), lamp(home / "two.mkv", on=(2.0, 4.0), codec="mjpeg")]
    found = watch(plan(*lamps, folder=home / "evidence", rules=[LIT]), network())
    assert [event["camera"] for event in found.events] in (["a", "b"], ["b", "a"])
    return home / "evidence"


def keep_alerts(folder: Path) -> Path:
    """Evidence of one alert of camera a (H.264) and one of camera b (MJPEG)."""
    shutil.copytree(_watched(), folder, symlinks=True)
    return folder
