"""Kill camera, receiver and program at random while events happen, then count what is left.

A lamp is lit by the clock, 2.5 s of every 5. It is shown by a camera in the network, watched by
`kineograph watch` with a small network trained on dark and bright, and told by a webhook to a
receiver that keeps keys. All three are processes of their own, killed with SIGKILL. In the end

lost        an event that the journal began, and of which the receiver lacks the begin or the end
duplicate   one begin or end that was told under two keys, so that no receiver can know it is one
unseen      the lamp was lit while camera and program were both up, from SETTLE_SECONDS before until
            SETTLE_SECONDS after, over one connection that showed it in FEWEST_PICTURES at least;
            and no event of the journal overlaps it, NEAR_SECONDS later at most
twice       two events overlap one such time
invented    an event that overlaps no time when the lamp was lit, NEAR_SECONDS more at both ends
"""

import json
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch

from kineograph.live.journal.journal import JOURNAL
from kineograph.live.journal.verify import Verdict, verify
from kineograph.media.write import write_picture
from kineograph.recipes import RECIPES, change_all
from kineograph.recipes.trained import write_recipe_file
from kineograph.training.checkpoint import save_weights
from tests.live.killed_servers import LIT_SECONDS, PERIOD_SECONDS

HOME = Path(__file__).parents[2]
CLASSES = ("dark", "bright")
NETWORK = [
    "data.size_pixels=16,16", "data.frames_per_clip=8", "model.filters=4,8", "model.pools=4,2",
    "model.units=6", "model.dropout=0",
]  # fmt: skip
CLIP_SECONDS = 0.8
SETTLE_SECONDS = 1.5  # what the network needs to have seen, and a busy machine's delay
NEAR_SECONDS = 1.5  # times are those of arrival
FEWEST_PICTURES = 15  # of 25: a camera that was given no time by its machine shows fewer
UP_SECONDS = 90.0  # to be back after a kill, on a busy machine
TOLD_SECONDS = 120.0  # until the receiver has all: waits of the outbox grow to 60 s
VERIFY_SECONDS = 20.0  # a folder that is named in this moment is not in the journal yet
PLAN = """
run = "run"
[[cameras]]
name = "lamp"
source = "http://127.0.0.1:{camera}/video"
first_retry_seconds = 0.1
longest_retry_seconds = 0.5
queue_frames = 500
[[rules]]
label = "bright"
smooth_seconds = 0.1
shortest_seconds = 0.2
join_seconds = 0.2
cool_down_seconds = 0.0
[evidence]
folder = "evidence"
pre_roll_seconds = 0.5
post_roll_seconds = 0.3
[[sinks]]
kind = "webhook"
url = "http://127.0.0.1:{receiver}/alert"
"""


@dataclass
class Outcome:
    """What was done, and what was found wrong: nothing, it should be."""

    rounds: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    begun: int = 0  # events in the journal
    cut_off: int = 0  # of these, ended by a kill
    repeats: int = 0  # messages that came again under a key that the receiver had
    verified: int = 0
    watched: int = 0  # times that the lamp was lit and wholly watched
    lost: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    unseen: list[float] = field(default_factory=list)
    twice: list[float] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # what `verify` blamed

    @property
    def wrong(self) -> dict[str, list[Any]]:
        """By name, what there is of it."""
        names = ("lost", "duplicates", "unseen", "twice", "invented", "broken")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


def kill_at_random(
    folder: Path,
    rounds: int,
    seed: int,
    *,
    say: Callable[[str], object] = lambda line: None,
    longest_seconds: float = float("inf"),
) -> Outcome:
    """So many rounds in a new folder; none is begun after `longest_seconds`."""
    folder.mkdir()
    room, end = _Room(folder), time.monotonic() + longest_seconds
    found, chance = Outcome(), random.Random(seed)
    try:
        for name in _Room.NAMES:
            room.start(name)
        room.await_pictures()
        while found.rounds < rounds and time.monotonic() < end:
            _round(room, found, chance)
            say(f"round {found.rounds}: killed {dict(found.kills)}, verified {found.verified}")
        time.sleep(PERIOD_SECONDS)
        room.end_program()
        _wind_up(room, found)
    finally:
        room.close()
    return found


def _round(room: "_Room", found: Outcome, chance: random.Random) -> None:
    """One is killed, sometimes two or all; each comes back by itself."""
    time.sleep(chance.uniform(0, 2 * PERIOD_SECONDS))
    for name in chance.sample(_Room.NAMES, chance.choice((1, 1, 1, 2, 3))):
        room.kill(name)
        found.kills[name] += 1
        time.sleep(chance.uniform(0, 0.3))
    time.sleep(chance.uniform(0, 2.0))
    for name in _Room.NAMES:
        room.start(name)
    room.await_pictures()
    found.rounds += 1
    _verify(room, found)


def _verify(room: "_Room", found: Outcome) -> None:
    """While it writes: a folder may have its name and, for a moment, no entry."""
    end = time.monotonic() + VERIFY_SECONDS
    while not (verdict := verify(room.evidence)).is_whole and time.monotonic() < end:
        time.sleep(0.2)
    _note(verdict, found)


def _note(verdict: Verdict, found: Outcome) -> None:
    found.verified += verdict.is_whole
    if not verdict.is_whole:
        found.broken.append(str(verdict))


def _wind_up(room: "_Room", found: Outcome) -> None:
    """Without a camera, until all is told; then count."""
    room.kill("camera")
    room.start("program")
    room.await_words()
    end = time.monotonic() + TOLD_SECONDS
    while _untold(room) and time.monotonic() < end:
        time.sleep(0.5)
    room.end_program()
    _note(verify(room.evidence), found)
    taken = room.taken
    found.lost = _untold(room)
    found.duplicates = _under_two_keys(taken)
    found.repeats = sum(each["repeat"] for each in taken)
    found.begun = len({each["id"] for each in _events(room, "begun")})
    found.cut_off = len(list(_events(room, "cut-off")))
    _compare_with_the_lamp(room, found)


def _untold(room: "_Room") -> list[str]:
    """Keys of begins and ends that the receiver lacks."""
    known = {each["key"] for each in room.taken}
    wanted = set()
    for event in _events(room, "begun"):
        wanted.add(f"{event['id']}/ended")
        if event["end_seconds"] is None:
            wanted.add(f"{event['id']}/begun")
    return sorted(wanted - known)


def _under_two_keys(taken: list[dict[str, Any]]) -> list[str]:
    keys: dict[tuple[str, ...], set[str]] = {}
    for each in taken:
        event = each["event"]
        told = (event["camera"], event["window"], event["label"], event["start_time"])
        keys.setdefault((*told, each["phase"]), set()).add(each["key"])
    return [" ".join(told) for told, some in keys.items() if len(some) > 1]


def _compare_with_the_lamp(room: "_Room", found: Outcome) -> None:
    ends = {event["id"]: event for event in _events(room, "event", "cut-off", "adopted", "ended")}
    spans = [
        (_unix(event["start_time"]), _unix(event["end_time"]))
        for event in ends.values()
        if event["kind"] == "seen" and event["end_time"]
    ]
    shown = room.shown()
    for start, end in room.watched():
        first = int(-(-(start + SETTLE_SECONDS) // PERIOD_SECONDS))
        for on in (PERIOD_SECONDS * n for n in range(first, int(end // PERIOD_SECONDS) + 1)):
            off = on + LIT_SECONDS
            if off + SETTLE_SECONDS > end or on not in shown:
                continue
            found.watched += 1
            count = sum(a < off + NEAR_SECONDS and b > on and start <= a <= end for a, b in spans)
            (found.unseen if count == 0 else found.twice if count > 1 else []).append(on)
    for event_id, event in ends.items():
        if event["kind"] == "seen":
            start = _unix(event["start_time"])
            if start % PERIOD_SECONDS > LIT_SECONDS + NEAR_SECONDS:
                found.invented.append(event_id)


def _events(room: "_Room", *kinds: str) -> Iterator[dict[str, Any]]:
    for line in (room.evidence / JOURNAL).read_bytes().split(b"\n")[:-1]:
        entry = json.loads(line)
        if entry["kind"] in kinds and entry["content"].get("event"):
            yield entry["content"]["event"]


def _unix(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


class _Room:
    """The three processes, their logs, and when each was killed."""

    NAMES = ("camera", "receiver", "program")

    def __init__(self, folder: Path) -> None:
        self.folder, self.evidence = folder, folder / "evidence"
        ports = _free_ports(2)
        self._logs = {name: folder / f"{name}.jsonl" for name in ("camera", "receiver")}
        for log in self._logs.values():
            log.touch()
        for name, light in zip(CLASSES, (20, 220), strict=True):
            picture = light + np.random.default_rng(0).integers(0, 30, (48, 64, 3))
            write_picture(folder / f"{name}.jpg", picture.astype(np.uint8))
        write_lamp_network(folder / "run")
        plan = folder / "watch.toml"
        plan.write_text(PLAN.format(camera=ports[0], receiver=ports[1]))
        servers = ["-m", "tests.live.killed_servers"]
        pictures = [str(folder / f"{name}.jpg") for name in CLASSES]
        self._commands = {
            "camera": [*servers, "camera", str(ports[0]), str(self._logs["camera"]), *pictures],
            "receiver": [*servers, "receiver", str(ports[1]), str(self._logs["receiver"])],
            "program": ["-m", "kineograph", "watch", str(folder / "run"), "--config", str(plan)],
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._ended: list[float] = []  # when camera or program were
        self._since = 0.0  # when one of them was begun last

    def start(self, name: str) -> None:
        """Begin one, if it does not run."""
        if name in self._running:
            return
        with (self.folder / f"{name}.txt").open("ab") as said:
            self._running[name] = subprocess.Popen(
                [sys.executable, *self._commands[name]], cwd=HOME, stdout=said, stderr=said
            )
        if name != "receiver":
            self._since = time.time()

    def kill(self, name: str) -> None:
        """As a pulled plug does it."""
        process = self._running.pop(name)
        if name != "receiver":
            self._ended.append(time.time())
        process.kill()
        process.wait()

    def end_program(self) -> None:
        """As a system that is shut down does it. Raises AssertionError if it does not end well."""
        process = self._running.pop("program")
        self._ended.append(time.time())
        process.send_signal(signal.SIGTERM)
        assert process.wait(UP_SECONDS) == 0, (self.folder / "program.txt").read_text()

    def await_pictures(self) -> None:
        """Until the program sees the camera, over a connection that both of them are part of."""
        end = time.monotonic() + UP_SECONDS
        while not any(since > self._since for since in self._connections()):
            assert time.monotonic() < end, (self.folder / "program.txt").read_text()
            time.sleep(0.05)

    def await_words(self) -> None:
        """Until the program has said what it does: then it knows what SIGTERM means."""
        said = self.folder / "program.txt"
        before, end = said.stat().st_size, time.monotonic() + UP_SECONDS
        while said.stat().st_size == before:
            assert time.monotonic() < end, "the program says nothing"
            time.sleep(0.1)
        time.sleep(1.0)

    def watched(self) -> list[tuple[float, float]]:
        """From each connection to the next, or to a kill of either side."""
        begins = self._connections()
        breaks = sorted([*begins, *self._ended])
        return [(since, next(at for at in breaks if at > since)) for since in begins]

    @property
    def taken(self) -> list[dict[str, Any]]:
        """What the receiver wrote down."""
        return self._said_by("receiver")

    def close(self) -> None:
        """End what runs."""
        for name in list(self._running):
            self.kill(name)

    def shown(self) -> set[float]:
        """When the lamp was lit, of all the times that were shown to someone."""
        said = self._said_by("camera")
        return {line["lit"] for line in said if line.get("pictures", 0) >= FEWEST_PICTURES}

    def _connections(self) -> list[float]:
        return [line["since"] for line in self._said_by("camera") if "since" in line]

    def _said_by(self, name: str) -> list[dict[str, Any]]:
        """What is wholly in a log."""
        return [json.loads(line) for line in self._logs[name].read_bytes().split(b"\n")[:-1]]


def write_lamp_network(folder: Path) -> None:
    """A run: an LSTM that says of each frame whether it is bright, after a few steps of Adam."""
    recipe = change_all(RECIPES["lrcn-kth"], NETWORK)
    torch.manual_seed(0)
    network = recipe.model.build(len(CLASSES), recipe.data.size_pixels, recipe.data.inputs)
    adam = torch.optim.Adam(network.parameters(), lr=0.02)
    for _ in range(150):
        lit = torch.randint(0, 2, (16, 8))
        noise = torch.randint(0, 30, (16, 8, 3, 16, 16))
        frames = (20 + 200 * lit[..., None, None, None] + noise).to(torch.uint8)
        loss = torch.nn.functional.cross_entropy(network(frames).flatten(0, 1), lit.flatten())
        adam.zero_grad()
        loss.backward()
        adam.step()
    assert loss < 0.1, f"the lamp's network has not learned: {loss:.2f}"
    folder.mkdir()
    save_weights(folder / "model.safetensors", network)
    write_recipe_file(folder, recipe, CLASSES, CLIP_SECONDS, "drawn")


def _free_ports(count: int) -> list[int]:
    """Held open together, so that they differ."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports
