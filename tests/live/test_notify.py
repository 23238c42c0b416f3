"""Sinks as people name them, and the test alert."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from kineograph.errors import InputError
from kineograph.live.sending.message import Refused, message_of
from kineograph.live.sending.notify import SINKS, announce, make_sinks, parse_sink, read_sink
from kineograph.live.sending.notify.folder import FolderOptions
from kineograph.live.sending.notify.mail import MailOptions
from kineograph.live.sending.notify.mqtt import MqttOptions
from kineograph.live.sending.notify.trial import send_test
from kineograph.live.sending.notify.webhook import WebhookOptions
from tests.live.letters import Listed, event

ALERTS = Path(__file__).parents[2] / "docs" / "alerts.md"


@pytest.fixture(autouse=True)
def no_secrets(monkeypatch):
    for name in ("WEBHOOK_SECRET", "MAIL_PASSWORD", "MQTT_PASSWORD"):
        monkeypatch.delenv(f"KINEOGRAPH_{name}", raising=False)


def test_on_the_command_line():
    assert parse_sink("folder:a?b:c") == FolderOptions(Path("a?b:c"))
    assert parse_sink("webhook:https://a.b/c?d=e") == WebhookOptions("https://a.b/c?d=e")
    assert parse_sink("mail:me@x.y, you@x.y?host=h&sender=k@x.y&port=25&security=tls") == (
        MailOptions("h", "k@x.y", ("me@x.y", "you@x.y"), "tls", 25)
    )
    assert parse_sink("mqtt:h") == MqttOptions("h")
    assert parse_sink("mqtt:h:1884?tls=true") == MqttOptions("h", 1884, tls=True)


def test_secrets_of_the_command_line_stand_in_the_environment(monkeypatch):
    for name in ("WEBHOOK_SECRET", "MAIL_PASSWORD", "MQTT_PASSWORD"):
        monkeypatch.setenv(f"KINEOGRAPH_{name}", "hunter2")
    assert parse_sink("webhook:https://a.b").secret_env == "KINEOGRAPH_WEBHOOK_SECRET"
    assert parse_sink("mqtt:h").password_env == ""  # nobody to log in as
    assert parse_sink("mqtt:h?username=k").password_env == "KINEOGRAPH_MQTT_PASSWORD"
    assert parse_sink("mqtt:h?username=k&password_file=f").password_env == ""
    mail = "mail:me@x.y?host=h&sender=k@x.y"
    assert parse_sink(f"{mail}&username=k").password_env == "KINEOGRAPH_MAIL_PASSWORD"
    assert parse_sink(mail).password_env == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("floder:x", "--sink floder: no such place. Did you mean 'folder'?"),
        ("x", "--sink x: no such place. Write one of folder:…, webhook:…, mail:…, mqtt:…."),
        ("folder:", "--sink folder:: names no place. Write folder:PATH."),
        ("mqtt:", "--sink mqtt:: names no place. Write mqtt:HOST."),
        ("mqtt", "--sink mqtt: names no place. Write mqtt:HOST."),
        ("mail:me@x.y?host=h", "--sink mail: mail needs 'sender'. Add sender = …."),
        ("mqtt:h?usrename=k", "--sink mqtt: mqtt has no field 'usrename'. Did you mean 'username'"),
        ("mqtt:h?password=hunter2", 'write password_env = "VARIABLE" or password_file = "PATH"'),
        ("mqtt:h:x", "--sink mqtt: port should be a valid integer"),
        ("mail:me@x.y?host=h&sender=k@x.y&security=no", "'starttls', 'tls' or 'none'. See docs"),
        ("webhook:a.b", "--sink webhook: webhook: what was given is no address of the web."),
    ],
)
def test_what_is_refused(text, words):
    with pytest.raises(InputError) as told:
        parse_sink(text)
    assert words in str(told.value) and "hunter2" not in str(told.value)


def test_a_table_of_another_kind_is_refused():
    with pytest.raises(InputError, match="watch.toml sinks 2: kind 'email' is no sink. Did you"):
        read_sink({"kind": "email"}, "watch.toml sinks 2")
    with pytest.raises(InputError, match="kind None is no sink. Write one of folder, webhook"):
        read_sink({}, "watch.toml sinks 2")


def test_two_sinks_of_one_name_are_refused(tmp_path):
    one = {"kind": "folder", "path": str(tmp_path / "a")}
    two = one | {"name": "second"}
    assert list(make_sinks([read_sink(one, ""), read_sink(two, "")])) == ["folder", "second"]
    with pytest.raises(InputError, match="sinks: two are named 'folder', .* Give each a name"):
        make_sinks([read_sink(one, "")] * 2)


def test_every_table_in_the_docs_is_one():
    parts = ALERTS.read_text(encoding="utf-8").split("```")[1::2]
    tables = [
        table
        for part in parts
        if part.startswith("toml\n")
        for table in tomllib.loads(part.removeprefix("toml\n")).get("sinks", [])
    ]
    assert {table["kind"] for table in tables} == set(SINKS)
    for table in tables:
        read_sink(table, "docs/alerts.md")


def test_the_receiver_in_the_docs_is_the_example():
    (part,) = [
        part.removeprefix("python\n")
        for part in ALERTS.read_text(encoding="utf-8").split("```")[1::2]
        if part.startswith("python\n")
    ]
    example = (ALERTS.parents[1] / "examples" / "receive_alerts.py").read_text(encoding="utf-8")
    code = [line for line in example.splitlines(keepends=True) if not line.startswith('    """')]
    code = [line for line in code if not line.startswith('        """')]
    assert part in "".join(code).replace("\n\n    def", "\n    def")


def test_a_test_alert_goes_through_every_sink_and_says_how_it_went(tmp_path):
    def refuse(message):
        raise Refused("410 Gone")

    def fail(message):
        assert message.files[0].read_bytes().startswith(b"\x89PNG")
        raise OSError("away\nmore")

    last = Listed()
    found = send_test({"one": Listed(refuse), "two": Listed(fail), "three": last})
    assert [(each.name, each.sent, each.line) for each in found] == [
        ("one", False, "one: refused for good: 410 Gone"),
        ("two", False, "two: not sent: away"),
        ("three", True, "three: sent"),
    ]
    (message,) = last.got
    assert message.test and message.subject().startswith("TEST · alert · no camera · ")
    assert message.event["kind"] == "test" and set(message.event) == set(event())
    assert message.key != send_test({"three": last})[0].line and len({*last.keys}) == 2


def test_announce_passes_by_who_shows_nothing_beforehand(tmp_path):
    announce(make_sinks([FolderOptions(tmp_path)]), {"hall": ["fight"]})
    assert not list(tmp_path.iterdir())


def test_what_a_message_says_of_its_files(tmp_path):
    (tmp_path / "clip.mp4").write_bytes(b"")
    files = message_of(event(), [tmp_path / "clip.mp4", tmp_path, tmp_path / "gone"]).look()
    assert [(file.name, file.problem) for file in files] == [
        ("clip.mp4", ""),
        (tmp_path.name, "Is a directory"),
        ("gone", "No such file or directory"),
    ]


def test_heavy_libraries_wait_until_they_are_used():
    code = (
        "import sys, kineograph.live.sending.outbox, kineograph.live.sending.notify.trial\n"
        "print({'paho', 'PIL', 'torch', 'numpy', 'pydantic'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stdout == "set()\n", found.stderr
