"""A program that puts and sends is killed at random moments: nothing is lost, keys stay."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.live.servers import web

pytestmark = pytest.mark.live
ROUNDS = 5
EVENTS = 50


def test_nothing_is_lost_when_the_program_is_killed(tmp_path):
    chance = random.Random(1)
    (tmp_path / "clip.mp4").write_bytes(bytes(range(256)) * 50)
    safe: set[str] = set()

    def answer(request):
        time.sleep(chance.random() * 0.004)  # so that some are killed between taking and marking
        return (503, b"busy") if chance.random() < 0.1 else (200, b"ok")

    with web() as server:
        server.answer = answer
        sinks = [f"webhook:{server.url}/alert", f"folder:{tmp_path / 'evidence'}"]
        for _ in range(ROUNDS):
            lines = killed(tmp_path, sinks, after_seconds=0.02 + 0.3 * chance.random())
            safe |= {line for line in lines if "/" in line}
        assert safe, "every round was killed before its first message"
        lines = killed(tmp_path, sinks, after_seconds=None)
        assert lines[-1] == "all"

        keys = [request.key for request in server.requests]
    expected = [f"e{n:04}/{phase}" for n in range(EVENTS) for phase in ("begun", "ended")]
    assert safe <= set(keys)
    assert list(dict.fromkeys(keys)) == expected  # who keeps keys sees each once, and in order
    assert len(keys) > len(expected)  # else nothing was tried twice, and this proves nothing
    for request in server.requests:
        assert json.loads(request.body)["key"] == request.key
    in_folder(tmp_path / "evidence", expected, (tmp_path / "clip.mp4").read_bytes())


def in_folder(folder: Path, expected: list[str], clip: bytes) -> None:
    found = sorted(p.parent.relative_to(folder).as_posix() for p in folder.rglob("event.json"))
    assert found == sorted(expected)
    for key in expected:
        document = json.loads((folder / key / "event.json").read_text(encoding="utf-8"))
        assert document["key"] == key
        if key.endswith("ended"):
            assert (folder / key / "clip.mp4").read_bytes() == clip
            assert document["files"][0]["sha256"] == hashlib.sha256(clip).hexdigest()


def killed(home: Path, sinks: list[str], after_seconds: float | None) -> list[str]:
    """The lines of a program that was killed so long after it was up, or not at all."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.live.put_events", home, str(EVENTS), *sinks],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env=dict(os.environ),
    )
    assert program.stdout
    lines = [program.stdout.readline().strip()]
    assert lines == ["up"]
    if after_seconds is not None:
        time.sleep(after_seconds)
        program.send_signal(signal.SIGKILL)
    said, _ = program.communicate(timeout=120)
    return lines + [line for line in said.split("\n")[:-1] if line]  # the last may be torn
