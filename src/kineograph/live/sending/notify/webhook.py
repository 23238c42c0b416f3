"""To a web address: JSON by POST, signed, with the clip if wanted.

    X-Kineograph-Signature: t=1771093812,v1=<hex of HMAC-SHA256(secret, "1771093812." + body)>
    Idempotency-Key: 20260214T183012Z-hall-3fa9c1d28b04/ended

With the clip the body is multipart/form-data: `event` (JSON) and `clip`.
"""

import hashlib
import hmac
import http.client
import io
import json
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, quote, urlsplit

from kineograph.errors import InputError
from kineograph.live.sending.message import CLIPS, Enclosed, Message, Refused, first_line, pick
from kineograph.live.sending.secret import Secret, refuse_secrets_in, unsaid

SIGNATURE = "X-Kineograph-Signature"
ANSWER_BYTES = 64 * 1024
# What is wrong with this very message. What a person can put right at the server, such as a
# missing page or a wrong token, is tried again until the deadline.
FOR_GOOD = {400, 405, 406, 410, 411, 413, 414, 415, 422, 431, 501}
REMEDY = "Keep the whole address in url_env or url_file."


@dataclass(frozen=True)
class WebhookOptions:
    """An address, given as `url` or, if it is a secret itself, by `url_env` or `url_file`."""

    url: str = field(default="", repr=False)
    url_env: str = ""
    url_file: Path | None = None
    secret_env: str = ""  # signs; without one there is no signature
    secret_file: Path | None = None
    token_env: str = ""  # sent as `Authorization: Bearer`
    token_file: Path | None = None
    send_clip: bool = False
    most_bytes: int = 20_000_000  # of a clip; a larger one is named with its hash
    timeout_seconds: float = 20.0  # for each answer of the network
    longest_seconds: float = 300.0  # for all of it: a clip may go out through a slow line
    ca_file: Path | None = None  # whom to trust beside the system's authorities
    name: str = "webhook"

    def __post_init__(self) -> None:
        """Refuse what is no address, or holds a password."""
        places = [place for place in (self.url, self.url_env, self.url_file) if place]
        if len(places) != 1:
            raise InputError(
                f"{self.name}: {len(places)} addresses; a webhook has one. Give one of url, "
                "url_env and url_file."
            )
        if self.url:
            refuse_secrets_in(self.url, REMEDY)
            _parts(self.url)
        if min(self.timeout_seconds, self.longest_seconds) <= 0 or self.most_bytes < 0:
            raise InputError(f"{self.name}: a time or a size is below 0. Leave it away.")


class WebhookSink:
    """One POST a message, on a connection of its own. Redirects are not followed."""

    def __init__(self, options: WebhookOptions, now: Callable[[], float] = time.time):
        self._options, self._now = options, now
        self._url = Secret("url", options.url_env, options.url_file)
        self._secret = Secret("secret", options.secret_env, options.secret_file)
        self._token = Secret("token", options.token_env, options.token_file)
        self._context = _trusting(options.ca_file)
        for secret in (self._url, self._secret, self._token):
            if secret.given:
                secret.read()  # now, while someone looks, rather than at the first alert

    def send(self, message: Message) -> None:
        """Post it. Raises Refused if the server will never take it, another error to try again."""
        url = self._url.read() if self._url.given else self._options.url
        secret = self._secret.read() if self._secret.given else ""
        token = self._token.read() if self._token.given else ""
        hidden = [secret, token]
        if self._url.given:
            whole = urlsplit(url)
            hidden += [url, *(part for part in (whole.path, whole.query) if len(part) > 1)]
        with unsaid(*hidden):
            parts = _parts(url)
            kind, body = self._body(message)
            headers = {
                "Content-Type": kind,
                "User-Agent": "kineograph",
                "Content-Length": str(len(body)),
                "Idempotency-Key": quote(message.key, safe="/"),
            }
            if secret:
                headers[SIGNATURE] = sign(secret, int(self._now()), body)
            if token:
                headers["Authorization"] = f"Bearer {token}"
            self._post(parts, body, headers)

    def close(self) -> None:
        """Nothing is held open."""

    def _body(self, message: Message) -> tuple[str, bytes]:
        files = message.look()
        document = json.dumps(message.document(files), ensure_ascii=False).encode()
        clip = pick(files, CLIPS) if self._options.send_clip else None
        if clip is None or clip.size_bytes > self._options.most_bytes:
            return "application/json", document
        return _multipart(document, clip)

    def _post(self, parts: SplitResult, body: bytes, headers: dict[str, str]) -> None:
        timeout = self._options.timeout_seconds
        host, port = parts.hostname or "", parts.port
        connection = (
            http.client.HTTPSConnection(host, port, timeout=timeout, context=self._context)
            if parts.scheme == "https"
            else http.client.HTTPConnection(host, port, timeout=timeout)
        )
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.connect()
            with _cut_after(self._options.longest_seconds, connection.sock):
                # as a file it goes in pieces, and each has the timeout to itself; a server that
                # has heard enough closes, and its answer says why
                with suppress(BrokenPipeError, ConnectionResetError):
                    connection.request("POST", path, io.BytesIO(body), headers)
                answer = connection.getresponse()
                said = answer.read(ANSWER_BYTES).decode("utf-8", "replace")
        finally:
            connection.close()
        if 200 <= answer.status < 300:
            return
        line = f"{answer.status} {answer.reason}: {first_line(said) if said.strip() else '–'}"
        if answer.status in FOR_GOOD:
            raise Refused(line)
        if 300 <= answer.status < 400:
            raise RuntimeError(f"{line}; redirects are not followed: name the address itself")
        raise RuntimeError(line)


def sign(secret: str, seconds: int, body: bytes) -> str:
    """The signature's header for a body sent at this Unix time."""
    digest = hmac.new(secret.encode(), b"%d." % seconds + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def _parts(url: str) -> SplitResult:
    parts = urlsplit(url)
    try:
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number
        good = None
    if not good or not url.isascii() or any(sign <= " " for sign in url):
        raise InputError(
            f"webhook: {parts.hostname or 'what was given'} is no address of the web. Write it "
            "whole: https://HOST/PATH."
        )
    return parts


def _trusting(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except OSError as error:
            raise InputError(
                f"ca_file {ca_file}: holds no certificates ({error.strerror or 'not PEM'}). Name "
                "the PEM file of the authority."
            ) from None
    return context


def _multipart(document: bytes, clip: Enclosed) -> tuple[str, bytes]:
    mark = f"kineograph-{secrets.token_hex(16)}"
    name = quote(clip.name, safe=" ()")
    body = b"".join(
        [
            f'--{mark}\r\nContent-Disposition: form-data; name="event"\r\n'.encode(),
            b"Content-Type: application/json\r\n\r\n",
            document,
            f'\r\n--{mark}\r\nContent-Disposition: form-data; name="clip"; '
            f'filename="{name}"\r\n'.encode(),
            b"Content-Type: application/octet-stream\r\n\r\n",
            clip.path.read_bytes(),
            f"\r\n--{mark}--\r\n".encode(),
        ]
    )
    return f"multipart/form-data; boundary={mark}", body


@contextmanager
def _cut_after(seconds: float, connected: socket.socket) -> Iterator[None]:
    """End the connection if this takes longer: a server may give one byte now and then."""
    late = threading.Event()

    def cut() -> None:
        late.set()
        with suppress(OSError):  # it may end by itself in this moment
            connected.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception:
        if late.is_set():
            raise TimeoutError(f"no whole answer within {seconds:g} s") from None
        raise
    finally:
        timer.cancel()
    if late.is_set():
        raise TimeoutError(f"no whole answer within {seconds:g} s")
