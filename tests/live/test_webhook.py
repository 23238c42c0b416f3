"""POST to a server of the test's own: what comes, what is signed, what is tried again."""

import hashlib
import hmac
import http.client
import json
import socket
import ssl
import threading
from email import message_from_bytes

import pytest

from kineograph.errors import InputError
from kineograph.live.sending.message import Refused, message_of
from kineograph.live.sending.notify.webhook import WebhookOptions, WebhookSink, sign
from tests.live.letters import event
from tests.live.servers import certificate, web

pytestmark = pytest.mark.live
SECRET = "correct horse battery staple"


@pytest.fixture
def server():
    with web() as found:
        yield found


@pytest.fixture
def secret(monkeypatch):
    monkeypatch.setenv("HOOK", SECRET)


def test_json_with_a_signature_over_time_and_body(server, secret):
    sink = WebhookSink(WebhookOptions(f"{server.url}/in?x=1", secret_env="HOOK"), lambda: 1771.9)
    sink.send(message_of(event(ended=True)))
    (request,) = server.requests
    assert request.path == "/in?x=1" and request.key == "e1/ended"
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.body) == {
        "key": "e1/ended",
        "phase": "ended",
        "test": False,
        "event": event(ended=True),
        "files": [],
    }
    expected = hmac.new(SECRET.encode(), b"1771." + request.body, hashlib.sha256).hexdigest()
    assert request.headers["X-Kineograph-Signature"] == f"t=1771,v1={expected}"


def test_a_signature_worked_out_by_another_program():
    """printf '1771.{}' | openssl dgst -sha256 -hmac key"""
    assert sign("key", 1771, b"{}") == f"t=1771,v1={OPENSSL}"


OPENSSL = "631271f6bbb802c05cb88738e1623d1da4705fe95a7abe95cd276b877a0d0ace"


def test_the_clip_comes_beside_the_event_and_the_signature_covers_both(server, secret, tmp_path):
    clip = tmp_path / 'cl"ip\r\n.mp4'
    clip.write_bytes(bytes(range(256)) * 300)
    options = WebhookOptions(server.url, secret_env="HOOK", send_clip=True)
    WebhookSink(options, lambda: 5).send(message_of(event(ended=True), [clip]))
    (request,) = server.requests
    assert request.headers["X-Kineograph-Signature"] == sign(SECRET, 5, request.body)
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    one, two = message_from_bytes(head + request.body).get_payload()
    assert one.get_param("name", header="content-disposition") == "event"
    document = json.loads(one.get_payload(decode=True))
    assert two.get_param("name", header="content-disposition") == "clip"
    assert two.get_filename() == "cl%22ip%0D%0A.mp4"
    got = two.get_payload(decode=True)
    assert got == clip.read_bytes()
    assert document["files"][0]["sha256"] == hashlib.sha256(got).hexdigest()


def test_a_large_clip_goes_in_pieces_so_that_a_slow_line_is_no_timeout(
    server, tmp_path, monkeypatch
):
    clip, sizes, real = tmp_path / "clip.mp4", [], socket.socket.sendall
    clip.write_bytes(bytes(1_000_000))
    monkeypatch.setattr(
        socket.socket, "sendall", lambda self, data: sizes.append(len(data)) or real(self, data)
    )
    WebhookSink(WebhookOptions(server.url, send_clip=True)).send(message_of(event(), [clip]))
    assert sum(sizes) > 1_000_000 and max(sizes) <= 65536  # Python's timeout is one call's
    assert len(server.requests[0].body) > 1_000_000


@pytest.mark.parametrize("changes", [{"send_clip": False}, {"most_bytes": 5}])
def test_a_clip_too_large_or_not_wanted_is_named_with_its_hash(server, tmp_path, changes):
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"moving")
    options = WebhookOptions(server.url, **({"send_clip": True} | changes))
    WebhookSink(options).send(message_of(event(), [clip]))
    (file,) = json.loads(server.requests[0].body)["files"]
    assert file["name"] == "clip.mp4" and file["sha256"].startswith("6e862940d0bf")


@pytest.mark.parametrize("status", [400, 410, 413, 415, 422])
def test_no_for_good(server, status):
    server.answer = lambda request: (status, b"\n\n<h1>no\x1b[2J</h1>\nsecond line")
    with pytest.raises(Refused, match=rf"^{status} [\w -]+: <h1>no \[2J</h1>$"):
        WebhookSink(WebhookOptions(server.url)).send(message_of(event()))


def test_a_server_that_answers_before_it_has_heard_all_is_heard(server, monkeypatch):
    real = http.client.HTTPConnection.request

    def broken(self, *rest):
        real(self, *rest)
        raise BrokenPipeError

    monkeypatch.setattr(http.client.HTTPConnection, "request", broken)
    server.answer = lambda request: (413, b"")
    with pytest.raises(Refused, match="^413 "):
        WebhookSink(WebhookOptions(server.url)).send(message_of(event()))


@pytest.mark.parametrize("status", [401, 403, 404, 408, 429, 500, 502, 503])
def test_no_for_now(server, status):
    server.answer = lambda request: (status, b"")
    with pytest.raises(RuntimeError, match=rf"^{status} [\w -]+: –$"):
        WebhookSink(WebhookOptions(server.url)).send(message_of(event()))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(server, status):
    server.answer = lambda request: (status, b"")
    server.headers = {"Location": f"{server.url}/elsewhere"}
    with pytest.raises(RuntimeError, match="redirects are not followed"):
        WebhookSink(WebhookOptions(server.url)).send(message_of(event()))
    assert [request.path for request in server.requests] == ["/"]


def test_no_more_than_64_kib_of_an_answer_are_read(server, monkeypatch):
    asked = []
    real = http.client.HTTPResponse.read
    monkeypatch.setattr(
        http.client.HTTPResponse, "read", lambda self, n: asked.append(n) or real(self, n)
    )
    server.answer = lambda request: (200, b"x" * 1_000_000)
    WebhookSink(WebhookOptions(server.url)).send(message_of(event()))
    assert asked == [65536]


def drip(listener, first):
    """A server that gives a byte now and then, for ever."""
    connection, _ = listener.accept()
    with connection:
        try:
            connection.sendall(first)
            while True:
                connection.recv(1 << 20) if not first else None
                connection.sendall(b"x")
                threading.Event().wait(0.02)
        except OSError:
            pass


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_answers_for_ever_is_left(first):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=drip, args=(listener, first), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        sink = WebhookSink(WebhookOptions(url, timeout_seconds=20, longest_seconds=0.3))
        with pytest.raises(TimeoutError, match=r"no whole answer within 0.3 s"):
            sink.send(message_of(event()))


def test_a_server_that_says_nothing_is_left():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(TimeoutError):
            WebhookSink(WebhookOptions(url, timeout_seconds=0.1)).send(message_of(event()))


def test_tls_is_verified(tmp_path):
    chain, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    with web(context) as server:
        with pytest.raises(ssl.SSLCertVerificationError):
            WebhookSink(WebhookOptions(server.url)).send(message_of(event()))
        assert server.requests == []
        WebhookSink(WebhookOptions(server.url, ca_file=chain)).send(message_of(event()))
        assert [request.key for request in server.requests] == ["e1/begun"]
        other = server.url.replace("localhost", "127.0.0.1")  # not the name in the certificate
        with pytest.raises(ssl.SSLCertVerificationError):
            WebhookSink(WebhookOptions(other, ca_file=chain)).send(message_of(event()))


def test_a_token_and_an_address_that_is_a_secret(server, monkeypatch, tmp_path):
    (tmp_path / "url").write_text(f"{server.url}/T0K3N/in\n")
    monkeypatch.setenv("BEARER", "abc")
    sink = WebhookSink(WebhookOptions(url_file=tmp_path / "url", token_env="BEARER"))
    sink.send(message_of(event()))
    assert server.requests[0].path == "/T0K3N/in"
    assert server.requests[0].headers["Authorization"] == "Bearer abc"
    assert "X-Kineograph-Signature" not in server.requests[0].headers


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "webhook: 0 addresses; a webhook has one. Give one of url, url_env and url_file"),
        ({"url": "https://a.b", "url_env": "X"}, "2 addresses"),
        ({"url": "ftp://a.b"}, "a.b is no address of the web. Write it whole: https://HOST/PATH"),
        ({"url": "a.b/c"}, "what was given is no address of the web"),
        ({"url": "https://a.b:x/"}, "a.b is no address"),
        ({"url": "https://a.b/ c"}, "a.b is no address"),
        ({"url": "https://a.b/", "timeout_seconds": 0}, "a time or a size is below 0"),
        ({"url": "https://me:hunter2@a.b/"}, "a.b: its address holds a name or a password"),
        ({"url": "https://a.b/?token=hunter2"}, "a.b: its address holds a 'token'.* url_env"),
    ],
)
def test_addresses_that_are_refused(options, words):
    with pytest.raises(InputError, match=words) as told:
        WebhookOptions(**options)
    assert "hunter2" not in str(told.value)


def test_a_ca_file_without_certificates_is_refused(tmp_path):
    (tmp_path / "ca.pem").write_text("none")
    with pytest.raises(InputError, match="ca.pem: holds no certificates .* Name the PEM file"):
        WebhookSink(WebhookOptions("https://a.b", ca_file=tmp_path / "ca.pem"))
