"""A secret is nowhere but on its way to its server: not even where the server says it back."""

import base64
import logging
from pathlib import Path
from urllib.parse import quote

import pytest

from kineograph.errors import InputError
from kineograph.live.sending.message import Refused, message_of
from kineograph.live.sending.notify import SINKS, make_sinks, read_sink
from kineograph.live.sending.notify.trial import send_test
from kineograph.live.sending.notify.webhook import WebhookOptions, WebhookSink
from kineograph.live.sending.outbox import Outbox, Patience
from kineograph.live.sending.secret import Secret, hide, unsaid
from tests.live.letters import Hourglass, event
from tests.live.servers import Broker, free_port, web
from tests.live.test_mail import mail_server

SECRET = "hunter2 & more"
FORMS = (SECRET, quote(SECRET), quote(SECRET, safe=""), base64.b64encode(SECRET.encode()).decode())


def everything(home, options, sinks, caplog):
    """All that is said or written while messages fail, are refused and are given up."""
    said = [repr(options), str(options), repr(sinks), repr([vars(sink) for sink in sinks.values()])]
    said += [each.line for each in send_test(sinks)]
    patience = Patience(deadline_seconds=1)
    with Outbox(home / "o.db", sinks, patience=patience, clock=Hourglass().clock) as outbox:
        outbox.put(event("a"))
        outbox.put(event("b"))
        assert outbox.drain(60)
        said += [repr(outbox.status()), repr(outbox.dead())]
        assert all(status.dead == 2 for status in outbox.status()), "else nothing was said"
        said += [p.read_bytes().decode("latin-1") for p in home.glob("o.db*")]
    ours = [record for record in caplog.records if not record.name.startswith("mail.log")]
    said += [record.getMessage() + str(record.exc_info) for record in ours]
    return "\n".join(said)


def refused(found):
    assert "dead letter" in found  # the log was looked through
    for form in FORMS:
        assert form not in found


@pytest.fixture(params=["env", "file"])
def place(request, tmp_path, monkeypatch):
    """How an option names the secret: its ending and its value."""
    if request.param == "env":
        monkeypatch.setenv("S", SECRET)
        return "env", "S"
    (tmp_path / "s").write_text(SECRET + "\n")
    return "file", str(tmp_path / "s")


@pytest.mark.live
@pytest.mark.parametrize("status", [410, 500])
def test_a_webhooks_token_key_and_address(tmp_path, caplog, place, status):
    caplog.set_level(logging.DEBUG)
    ending, where = place

    def echo(request):
        return status, f"{request.headers['Authorization']} {request.path}".encode()

    with web() as server:
        server.answer = echo
        (tmp_path / "url").write_text(f"{server.url}/in/{quote(SECRET)}?{quote(SECRET, safe='')}")
        table = {
            "kind": "webhook",
            "url_file": str(tmp_path / "url"),
            f"secret_{ending}": where,
            f"token_{ending}": where,
        }
        options = read_sink(table, "sinks")
        found = everything(tmp_path, options, make_sinks([options]), caplog)
        assert SECRET in server.requests[0].headers["Authorization"]  # it was used
    refused(found)
    assert "•••" in found


@pytest.mark.live
@pytest.mark.parametrize("answer", ["554 no", "451 no"])
def test_a_mail_servers_password(tmp_path, caplog, place, answer):
    caplog.set_level(logging.DEBUG)
    ending, where = place
    with mail_server(auth_require_tls=False) as (box, port):
        box.data = lambda: f"{answer}, {SECRET} {base64.b64encode(SECRET.encode()).decode()}"
        table = {
            "kind": "mail", "host": "localhost", "port": port, "sender": "a@b.c", "to": ["d@e.f"],
            "security": "none", "username": "k", f"password_{ending}": where,
        }  # fmt: skip
        options = read_sink(table, "sinks")
        sinks = make_sinks([options])
        found = everything(tmp_path, options, sinks, caplog)
        assert (b"k", SECRET.encode()) in box.logins
    refused(found)
    assert "•••" in found


@pytest.mark.live
def test_a_brokers_password(tmp_path, caplog, place):
    caplog.set_level(logging.DEBUG)
    ending, where = place
    (tmp_path / "passwords").write_text("")
    broker = Broker(
        tmp_path, "allow_anonymous false", f"password_file {tmp_path / 'passwords'}"
    )  # that knows nobody
    try:
        table = {
            "kind": "mqtt", "host": "127.0.0.1", "port": broker.port, "username": "k",
            f"password_{ending}": where,
        }  # fmt: skip
        options = read_sink(table, "sinks")
        found = everything(tmp_path, options, make_sinks([options]), caplog)
    finally:
        broker.stop()
    refused(found)
    assert "Not authorized" in found


def test_a_secret_written_where_it_does_not_belong_is_not_said_again():
    fields = {"folder": "path", "webhook": "url", "mail": "host", "mqtt": "host"}
    assert set(fields) == set(SINKS)
    for kind in SINKS:
        for name in ("password", "secret", "token", "url", "port", "anything"):
            with pytest.raises(InputError) as told:
                read_sink({"kind": kind, fields[kind]: "x", name: SECRET}, "sinks")
            assert SECRET not in str(told.value)


def test_where_a_secret_stands(tmp_path, monkeypatch):
    (tmp_path / "s").write_text("one\r\n")
    (tmp_path / "none").write_text("\n")
    monkeypatch.setenv("S", "two")
    monkeypatch.setenv("EMPTY", "")
    assert Secret("password", file=tmp_path / "s").read() == "one"
    assert Secret("password", env="S").read() == "two"
    for secret, words in (
        (Secret("password", env="EMPTY"), "password_env EMPTY: is empty. Set it before the"),
        (Secret("password", env="ABSENT"), "password_env ABSENT: is empty."),
        (Secret("token", file=tmp_path / "none"), "token_file .*none: is empty."),
        (Secret("token", file=tmp_path / "no"), "cannot be read .No such file.* Write the token"),
    ):
        with pytest.raises(InputError, match=words):
            secret.read()
    with pytest.raises(InputError, match="password: stands in S and in .*Keep one of"):
        Secret("password", "S", Path("s"))


@pytest.mark.live
def test_a_token_that_fits_no_header_is_not_quoted(monkeypatch):
    monkeypatch.setenv("S", "hunter2\nünter3")
    with web() as server:
        sink = WebhookSink(WebhookOptions(server.url, token_env="S"))
        with pytest.raises(RuntimeError, match="Invalid header value b'Bearer •••'") as told:
            sink.send(message_of(event()))
    assert "unter" not in str(told.value)


def test_errors_without_a_secret_stay_as_they_are():
    with pytest.raises(KeyError, match="x"), unsaid("secret"):
        raise KeyError("x")
    with pytest.raises(Refused, match="^no •••$"), unsaid("secret", ""):
        raise Refused("no secret")
    with pytest.raises(RuntimeError, match="^no •••$"), unsaid("secret"):
        raise ConnectionError("no secret\nsecret")
    assert hide("a b", "") == "a b"


def test_a_missing_secret_is_said_before_the_first_alert():
    for table in (
        {"kind": "webhook", "url": "http://a.b", "secret_env": "ABSENT"},
        {"kind": "mail", "host": "h", "sender": "a@b.c", "to": ["d@e.f"], "username": "k",
         "password_env": "ABSENT"},
        {"kind": "mqtt", "host": "h", "port": free_port(), "username": "k",
         "password_env": "ABSENT"},
    ):  # fmt: skip
        with pytest.raises(InputError, match="ABSENT: is empty"):
            make_sinks([read_sink(table, "sinks")])
