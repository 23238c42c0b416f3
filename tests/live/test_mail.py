"""Mail to a server of the test's own, with and without TLS: what is in it, what is said no to."""

import asyncio
import hashlib
import ssl
from contextlib import contextmanager
from email import message_from_bytes, policy

import pytest

from kineograph.errors import InputError
from kineograph.live.sending.message import Refused, message_of
from kineograph.live.sending.notify.mail import MailOptions, MailSink, compose
from kineograph.live.sending.notify.mail_page import as_text
from tests.live.letters import event
from tests.live.servers import certificate, free_port

PASSWORD = "hunter2 & more"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(300)


def options(**changes):
    return MailOptions(**{"host": "localhost", "sender": "k@home.example",
                          "to": ("me@away.example",), "security": "none", **changes})  # fmt: skip


class Mailbox:
    """What came; `says` answers a recipient or a whole mail."""

    def __init__(self):
        self.mails, self.logins = [], []
        self.recipient = lambda address: "250 OK"
        self.data = lambda: "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        said = self.recipient(address)
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        said = self.data()
        if said.startswith("250"):
            self.mails.append((envelope.rcpt_tos, envelope.original_content))
        return said

    def parsed(self, number=0):
        return message_from_bytes(self.mails[number][1], policy=policy.default)


@contextmanager
def mail_server(**more):
    """aiosmtpd, started by hand: its own controller asks the network before it is up."""
    import threading

    from aiosmtpd.smtp import SMTP, AuthResult

    box, port = Mailbox(), free_port()
    tls = more.pop("tls", None)

    def login(server, session, envelope, mechanism, data):
        box.logins.append((data.login, data.password))
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        loop.create_server(
            lambda: SMTP(box, hostname="localhost", loop=loop, authenticator=login, **more),
            "localhost", port, ssl=tls,
        )
    )  # fmt: skip
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield box, port
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()


@pytest.fixture
def encrypted(tmp_path):
    chain, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return chain, context


@pytest.mark.live
def test_a_mail_comes_with_strip_and_clip(tmp_path):
    strip, clip = tmp_path / "strip.png", tmp_path / "clip.mp4"
    strip.write_bytes(PNG)
    clip.write_bytes(bytes(range(256)) * 100)
    with mail_server() as (box, port):
        sink = MailSink(options(port=port, to=("me@away.example", "you@away.example")))
        sink.send(message_of(event(ended=True), [strip, clip]))
    ((to, _),) = box.mails
    assert to == ["me@away.example", "you@away.example"]
    mail = box.parsed()
    assert mail["From"] == "k@home.example" and mail["Subject"].startswith("fight · hall · ")
    parts = {part.get_content_type(): part for part in mail.walk()}
    assert parts["video/mp4"].get_content() == clip.read_bytes()
    assert parts["video/mp4"].get_filename() == "clip.mp4"
    assert parts["image/png"].get_content() == PNG
    picture = parts["image/png"]["Content-ID"].strip("<>")
    assert f'src="cid:{picture}"' in parts["text/html"].get_content()
    for words in (parts["text/plain"].get_content(), parts["text/html"].get_content()):
        assert "hall" in words and "93%" in words and "after 7.5 s" in words
        assert hashlib.sha256(clip.read_bytes()).hexdigest() in words


@pytest.mark.live
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_tls_is_verified_and_the_password_comes_after_it(
    tmp_path, monkeypatch, encrypted, security
):
    chain, context = encrypted
    monkeypatch.setenv("PASS", PASSWORD)
    tls = {"tls": context} if security == "tls" else {"tls_context": context}
    with mail_server(auth_require_tls=security == "starttls", **tls) as (box, port):
        own = {"port": port, "security": security, "username": "k", "password_env": "PASS"}
        with pytest.raises(ssl.SSLCertVerificationError):
            MailSink(options(**own)).send(message_of(event()))
        assert box.logins == []
        MailSink(options(**own, ca_file=chain)).send(message_of(event()))
        assert box.logins == [(b"k", PASSWORD.encode())] and len(box.mails) == 1


@pytest.mark.live
def test_the_mail_itself_has_more_time_than_an_answer(monkeypatch):
    import smtplib

    times, data = [], smtplib.SMTP.data
    monkeypatch.setattr(
        smtplib.SMTP, "data", lambda self, mail: times.append(self.sock.timeout) or data(self, mail)
    )
    with mail_server() as (box, port):
        MailSink(options(port=port, timeout_seconds=7, longest_seconds=77)).send(
            message_of(event())
        )
        assert times == [77] and len(box.mails) == 1


@pytest.mark.live
def test_without_starttls_at_the_server_nothing_is_sent():
    with mail_server() as (box, port):
        with pytest.raises(Exception, match="STARTTLS"):
            MailSink(options(port=port, security="starttls")).send(message_of(event()))
        assert box.mails == []


@pytest.mark.live
def test_a_wrong_password_can_be_put_right(monkeypatch):
    monkeypatch.setenv("PASS", "wrong")
    with mail_server(auth_require_tls=False) as (box, port):
        sink = MailSink(options(port=port, username="k", password_env="PASS"))
        with pytest.raises(RuntimeError, match="^535 "):
            sink.send(message_of(event()))
        monkeypatch.setenv("PASS", PASSWORD)
        sink.send(message_of(event()))
        assert len(box.mails) == 1


@pytest.mark.live
@pytest.mark.parametrize(
    ("answer", "kind", "line"),
    [
        ("554 5.7.1 no such thing here", Refused, "^554 5.7.1 no such thing here$"),
        ("552 too large", Refused, "^552 too large$"),
        ("451 4.3.0 later", RuntimeError, "^451 4.3.0 later$"),
    ],
)
def test_no_to_a_mail(answer, kind, line):
    with mail_server() as (box, port):
        box.data = lambda: answer
        with pytest.raises(kind, match=line) as told:
            MailSink(options(port=port)).send(message_of(event()))
        assert type(told.value) is kind


@pytest.mark.live
@pytest.mark.parametrize(
    ("answers", "kind", "line"),
    [
        ({"a": "550 nobody"}, Refused, r"^a@x.example: 550 nobody; the others have it$"),
        ({"a": "450 grey"}, RuntimeError, r"^a@x.example: 450 grey; the others have it$"),
        ({"a": "550 nobody", "b": "550 no"}, Refused, "a@x.*; b@x.example: 550 no$"),
        ({"a": "550 nobody", "b": "450 grey"}, RuntimeError, "a@x.*; b@x.example: 450 grey$"),
    ],
)
def test_no_to_some_who_should_get_it(answers, kind, line):
    with mail_server() as (box, port):
        box.recipient = lambda address: answers.get(address[0], "250 OK")
        with pytest.raises(kind, match=line) as told:
            MailSink(options(port=port, to=("a@x.example", "b@x.example"))).send(
                message_of(event())
            )
        assert type(told.value) is kind
        assert [to for to, _ in box.mails] == ([["b@x.example"]] if len(answers) == 1 else [])


def test_a_password_that_the_protocol_cannot_say_is_refused(monkeypatch):
    monkeypatch.setenv("PASS", "hunter2-ü")
    with pytest.raises(InputError, match="^mail: its password has signs beyond ASCII") as told:
        MailSink(options(username="k", password_env="PASS"))
    assert "hunter2" not in str(told.value)


def test_nobody_there_is_tried_again():
    with pytest.raises(OSError):
        MailSink(options(port=free_port())).send(message_of(event()))


def test_the_id_is_the_keys_and_an_end_answers_its_begin():
    first, again = (compose(message_of(event()), options()) for _ in range(2))
    ended = compose(message_of(event(ended=True)), options())
    assert first["Message-ID"] == again["Message-ID"] != ended["Message-ID"]
    assert first["Message-ID"].endswith("@home.example>")
    assert ended["In-Reply-To"] == first["Message-ID"] and first["In-Reply-To"] is None


def test_what_has_happened_is_said_in_the_first_line(tmp_path):
    clip = tmp_path / "clip.mkv"
    clip.write_bytes(b"clip")
    gone = {"kind": "camera-away", "label": "camera-away"}
    said = {
        "it has begun": message_of(event()),
        "it goes on": message_of(event(), [clip]),
        "it is over, after 7.5 s": message_of(event(ended=True)),
        "no pictures come from it": message_of(event(ended=True, **gone)),  # over, and not well
    }
    for words, message in said.items():
        assert as_text(message, None, []).splitlines()[0].endswith(f": {words}")


def test_a_clip_that_is_too_large_is_named_with_path_and_hash(tmp_path):
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"moving")
    mail = compose(message_of(event(), [clip, tmp_path / "gone.png"]), options(most_bytes=5))
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    for words in (mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()):
        assert str(clip) in words and hashlib.sha256(b"moving").hexdigest() in words
        assert str(tmp_path / "gone.png") in words
        assert "cannot be read any more: No such file or directory" in words


def test_names_of_cameras_cannot_write_headers_or_html():
    mail = compose(message_of(event(camera="a\r\nBcc: x@y.z <b>&")), options())
    assert mail["Bcc"] is None and "a Bcc: x@y.z <b>&" in mail["Subject"]
    html = mail.get_body(("html",)).get_content()
    assert "<b>&" not in html and "&lt;b&gt;&amp;" in html


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"to": ()}, "mail: nobody to write to. Name someone in to."),
        ({"to": ("me",)}, "makes no address. Write NAME@DOMAIN alone."),
        ({"sender": "K <k@x.y>"}, "makes no address"),
        ({"to": ("me:hunter2@x.y",)}, "stands before '@x.y' or after it makes no address"),
        ({"username": "k"}, "a username and its password belong together"),
        ({"password_env": "P"}, "a username and its password belong together"),
        (
            {"host": "mail.example", "username": "k", "password_env": "P"},
            'mail.example would be told the password in the open. Set security = "starttls"',
        ),
    ],
)
def test_options_that_are_refused(changes, words):
    with pytest.raises(InputError) as told:
        options(**changes)
    assert words in str(told.value) and "hunter2" not in str(told.value)
