"""The program that the tests kill: puts events, says which are safe, sends until nothing waits."""

import sys
import time
from pathlib import Path

from kineograph.live.sending.notify import make_sinks, parse_sink
from kineograph.live.sending.outbox import Outbox, Patience
from tests.live.letters import event

home, count = Path(sys.argv[1]), int(sys.argv[2])
sinks = make_sinks([parse_sink(text) for text in sys.argv[3:]])
patience = Patience(first_wait_seconds=0.005, longest_wait_seconds=0.02)
with Outbox(home / "outbox.db", sinks, patience=patience) as outbox:
    print("up", flush=True)
    for number in range(count):
        name = f"e{number:04}"
        for ended in (False, True):
            outbox.put(event(name, ended), [home / "clip.mp4"] if ended else [])
            print(f"{name}/{'ended' if ended else 'begun'}", flush=True)
        time.sleep(0.002)
    print("all" if outbox.drain(60) else "left", flush=True)
