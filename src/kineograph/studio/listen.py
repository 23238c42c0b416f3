"""A socket on this machine alone, and a server on it until Ctrl-C."""

import os
import socket
import threading
from collections.abc import Callable

from kineograph.errors import InputError
from kineograph.studio.auth import App

LOOPBACK = "127.0.0.1"
STOP_SECONDS = 2  # a request still running then is cut


def listen(port: int) -> socket.socket:
    """Take a port of the loopback address; 0 takes any. Raises InputError if it is in use."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name != "nt":  # there, it would let another program take the same port
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((LOOPBACK, port))
        found.listen(128)  # who comes before the server is up waits, and is not turned away
    except OSError as error:
        found.close()
        raise InputError(
            f"--port {port}: cannot be used ({error.strerror}). Choose another, or leave it out."
        ) from None
    return found


def serve(app: App, listener: socket.socket, when_ready: Callable[[], object]) -> None:
    """Answer until Ctrl-C; `when_ready` is called once the first request would be answered."""
    import uvicorn

    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    server = uvicorn.Server(config)
    threading.Timer(0.3, when_ready).start()
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # uvicorn ends in order, then tells of the Ctrl-C that ended it
    finally:
        listener.close()
