"""Tell systemd how it goes, by the socket that it names: ready, alive, stopping (sd_notify(3)).

Where nobody listens, nothing is told: the same program runs in a terminal and in a container.
"""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

from kineograph.live.state import WatchState


class Systemd:
    """What a service of Type=notify says. `tell` comes from the loop: a loop that hangs is silent.

    With WatchdogSec= in the unit, systemd then ends the program and starts it again.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._socket: socket.socket | None = None
        self._ready = False
        address = environment.get("NOTIFY_SOCKET", "")
        if address[:1] in ("/", "@") and hasattr(socket, "AF_UNIX"):
            if address[0] == "@":  # a name that is no file, as Linux has them
                address = f"\0{address[1:]}"
            with suppress(OSError):  # whoever is not there is not told
                self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                self._socket.setblocking(False)  # a full queue must not hold the loop
                self._socket.connect(address)

    def tell(self, state: WatchState) -> None:
        """Alive; at first also ready, again until it is heard. The line stands in its status."""
        words = ["WATCHDOG=1", f"STATUS={_line(state)}"]
        if self._ready:
            self._send(words)
        else:
            self._ready = self._send(["READY=1", *words])

    def stopping(self) -> None:
        """It ends by itself: what is open is still written."""
        self._send(["STOPPING=1"])

    def close(self) -> None:
        """Tell no more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, words: list[str]) -> bool:
        if self._socket is None:
            return False
        try:
            self._socket.send("\n".join(words).encode())
        except OSError:
            return False
        return True


def _line(state: WatchState) -> str:
    up = sum(each.camera.state == "up" for each in state.cameras)
    events = sum(each.events for each in state.cameras)
    line = f"{up} of {len(state.cameras)} cameras up, {events} event{'' if events == 1 else 's'}"
    waiting = state.evidence.entries_waiting
    return f"{line}; DISK FULL, {waiting} entries wait in memory" if waiting else line
