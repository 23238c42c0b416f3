"""Who may speak to the server: this machine's browser, on our own page, with our own token.

Loopback alone does not keep other pages out: any site can send a browser to 127.0.0.1. So the Host
must be ours (against DNS that is pointed here), the Origin of every write must be ours (against
forms and scripts of other sites), and all data needs a random token, which stands behind the # of
the address: browsers send that part to nobody, not even in Referer.
"""

import hmac
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse

TOKEN_HEADER = "x-kineograph-token"
DATA = "/api/"  # what needs the token; the page itself holds nothing of anyone
READING = {"GET", "HEAD"}
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def new_token() -> str:
    """256 random bits as text fit for an address."""
    return secrets.token_urlsafe(32)


class Guard:
    """An ASGI app around another: answers 403 itself to whoever may not ask."""

    def __init__(self, app: App, *, token: str, port: int):
        self.app = app
        self._token = token.encode()
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on; either way with the headers that bind the browser."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no other protocol is spoken here

        async def send_bound(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        fault = self.fault(scope["method"], scope["path"], Headers(scope=scope))
        if fault:
            await JSONResponse({"error": fault}, status_code=403)(scope, receive, send_bound)
            return
        await self.app(scope, receive, send_bound)

    def fault(self, method: str, path: str, headers: Headers) -> str:
        """Why a request is refused, in one line; nothing if it is not."""
        if headers.get("host", "") not in self._hosts:
            return "This address is not the server's own. Open the one that the command printed."
        if method not in READING:
            origin = headers.get("origin", "")
            if origin not in {f"http://{host}" for host in self._hosts}:
                return "Only the server's own page may change marks. Open it from the command."
        if path.startswith(DATA):
            given = headers.get(TOKEN_HEADER, "").encode("utf-8", "surrogateescape")
            if not hmac.compare_digest(given, self._token):
                return "The token is missing or old. Open the address that the command printed."
        return ""
