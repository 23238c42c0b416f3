"""A real broker: what is published, what it remembers, and what it says when we are gone."""

import gc
import json
import os
import signal
import subprocess
import threading
from dataclasses import replace

import pytest

from kineograph.errors import InputError
from kineograph.live.sending.message import Refused, message_of
from kineograph.live.sending.notify.mqtt import MqttOptions, MqttSink, slug
from tests.live.letters import event
from tests.live.servers import Broker, certificate, until

PASSWORD = "hunter2"


@pytest.fixture
def broker(tmp_path):
    found = Broker(tmp_path)
    yield found
    found.stop()


class Listener:
    """Who hears everything, as Home Assistant does."""

    def __init__(self, port, username="", password=""):
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion

        self.heard = []
        self._client = client = Client(CallbackAPIVersion.VERSION2)
        client.reconnect_delay_set(1, 1)
        if username:
            client.username_pw_set(username, password)
        client.on_connect = lambda *_: client.subscribe("#", qos=1)
        client.on_message = lambda _c, _d, m: self.heard.append((m.topic, m.payload, m.retain))
        self.subscribed = []
        client.on_subscribe = lambda *_: self.subscribed.append(True)
        client.connect("127.0.0.1", port)
        client.loop_start()
        until(lambda: self.subscribed, "subscribed")

    def on(self, topic):
        return [content.decode() for name, content, _ in self.heard if name == topic]

    def changes(self, topic):
        """What it became, one after another; some is told again as it stands."""
        told = self.on(topic)
        return [each for each, before in zip(told, [None, *told], strict=False) if each != before]

    def last(self, topic):
        return (self.on(topic) or [None])[-1]

    def close(self):
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def listener(broker):
    found = Listener(broker.port)
    yield found
    found.close()


@pytest.fixture
def sink(broker):
    found = MqttSink(MqttOptions("127.0.0.1", broker.port))
    yield found
    found.close()


@pytest.mark.live
def test_on_while_it_lasts_and_off_after(sink, listener, tmp_path):
    strip = tmp_path / "strip.png"
    strip.write_bytes(b"\x89PNG...")
    sink.send(message_of(event()))
    sink.send(message_of(event(ended=True), [strip]))
    until(lambda: len(listener.on("kineograph/events")) == 2, "both events")
    until(lambda: listener.last("kineograph/hall/fight/state") == "OFF", "off")
    assert listener.changes("kineograph/hall/fight/state") == ["ON", "OFF"]
    assert [json.loads(each)["key"] for each in listener.on("kineograph/events")] == [
        "e1/begun",
        "e1/ended",
    ]
    document = json.loads(listener.last("kineograph/hall/fight/attributes"))
    assert document["event"] == event(ended=True)
    assert ("kineograph/hall/strip", b"\x89PNG...", False) in listener.heard


@pytest.mark.live
def test_home_assistant_is_told_beforehand(sink, broker):
    sink.announce({"Front door": ["fight", "fall"], "hall": ["fight"]})
    until(lambda: sink._ready.is_set(), "connected")
    sink.send(message_of(event(kind="test")))  # all before it is with the broker
    late = Listener(broker.port)
    until(lambda: len(late.heard) >= 11, "what is retained")
    late.close()
    door = slug("Front door")
    sensors = {
        topic: json.loads(content)
        for topic, content, _ in late.heard
        if topic.startswith("homeassistant/")
    }
    assert set(sensors) == {
        f"homeassistant/binary_sensor/kineograph_{door}/fight/config",
        f"homeassistant/binary_sensor/kineograph_{door}/fall/config",
        f"homeassistant/image/kineograph_{door}/strip/config",
        "homeassistant/binary_sensor/kineograph_hall/fight/config",
        "homeassistant/image/kineograph_hall/strip/config",
    }
    sensor = sensors["homeassistant/binary_sensor/kineograph_hall/fight/config"]
    assert late.on(sensor["state_topic"]) == ["OFF"]
    assert [late.on(place["topic"]) for place in sensor["availability"]] == [["online"]] * 2
    assert (sensor["payload_on"], sensor["payload_off"], sensor["name"]) == ("ON", "OFF", "fight")
    assert sensor["device"] == {
        "identifiers": ["kineograph_hall"],
        "name": "hall",
        "manufacturer": "Kineograph",
    }
    assert len({each["unique_id"] for each in sensors.values()}) == len(sensors)
    assert all(retained for _, _, retained in late.heard)


@pytest.mark.live
def test_two_windows_that_see_the_same_are_both_over_before_it_is_off(sink, listener):
    sink.send(message_of(event("a", window="left")))
    sink.send(message_of(event("b", window="right")))
    sink.send(message_of(event("a", ended=True, window="left")))
    sink.send(message_of(event("b", ended=True, window="right")))
    until(lambda: len(listener.on("kineograph/events")) == 4, "all of it")
    until(lambda: listener.last("kineograph/hall/fight/state") == "OFF", "off")
    assert listener.on("kineograph/hall/fight/state")[-4:] == ["ON", "ON", "ON", "OFF"]


@pytest.mark.live
def test_a_camera_that_is_away_is_not_available(sink, listener):
    for kind in ("camera-away", "camera-frozen"):
        sink.send(message_of(event(kind=kind, label=kind, ended=True)))  # as a watch says it
        until(lambda: listener.last("kineograph/hall/status") == "offline", "offline")
        sink.send(message_of(event(kind="camera-back", label="camera-back", ended=True)))
        until(lambda: listener.last("kineograph/hall/status") == "online", "online")
    assert not [topic for topic, _, _ in listener.heard if topic.endswith("/state")]


@pytest.mark.live
def test_the_broker_says_offline_when_the_program_is_killed(broker, listener):
    code = (
        "import os, signal, sys\nfrom kineograph.live.sending.message import message_of\n"
        "from kineograph.live.sending.notify.mqtt import *\nfrom tests.live.letters import event\n"
        "sink = MqttSink(MqttOptions('127.0.0.1', int(sys.argv[1])))\n"
        "sink.send(message_of(event()))\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    import sys
    from pathlib import Path

    subprocess.run(
        [sys.executable, "-c", code, str(broker.port)], cwd=Path(__file__).parents[2], check=False
    )
    until(lambda: listener.last("kineograph/status") == "offline", "the last will")
    assert listener.changes("kineograph/status") == ["online", "offline"]


@pytest.mark.live
def test_a_clean_end_says_offline_too(broker, listener):
    sink = MqttSink(MqttOptions("127.0.0.1", broker.port))
    sink.send(message_of(event()))
    sink.close()
    until(lambda: listener.changes("kineograph/status") == ["online", "offline"], "offline")
    sink.send(message_of(event(ended=True)))  # and it opens again when it is needed
    sink.close()


@pytest.mark.live
def test_after_a_broker_without_memory_comes_back_all_is_told_again(broker, sink, listener):
    sink.send(message_of(event()))
    broker.stop()
    until(lambda: not sink._ready.is_set(), "the connection is seen to be gone")
    with pytest.raises((OSError, TimeoutError)):
        sink.send(message_of(event("e2")))
    broker.start()
    listener.heard.clear()
    until(lambda: tried(sink, message_of(event("e2"))), "sent")
    until(lambda: len(listener.subscribed) > 1, "the listener is back")
    until(lambda: listener.last("kineograph/status") == "online", "available")
    until(lambda: listener.last("kineograph/hall/fight/state") == "ON", "as it stood")


def tried(sink, message):
    try:
        sink.send(message)
    except OSError:
        return False
    return True


@pytest.mark.live
def test_a_quiet_connection_comes_back_without_a_message(broker, sink):
    sink.send(message_of(event()))
    broker.stop()
    until(lambda: not sink._ready.is_set(), "the connection is seen to be gone")
    broker.start()
    until(lambda: sink._ready.is_set(), "connected again")


@pytest.mark.live
def test_passwords_and_what_a_broker_forbids(tmp_path, monkeypatch):
    (tmp_path / "passwords").write_text("")
    for name in ("k", "all"):
        subprocess.run(
            ["mosquitto_passwd", "-b", tmp_path / "passwords", name, PASSWORD], check=True
        )
    (tmp_path / "rights").write_text(
        "user all\ntopic readwrite #\nuser k\ntopic readwrite kineograph/#\n"
    )
    broker = Broker(
        tmp_path, "allow_anonymous false", f"password_file {tmp_path / 'passwords'}",
        f"acl_file {tmp_path / 'rights'}",
    )  # fmt: skip
    try:
        monkeypatch.setenv("BROKER", "wrong")
        allowed = {"host": "127.0.0.1", "port": broker.port, "username": "k",
                   "password_env": "BROKER"}  # fmt: skip
        sink = MqttSink(MqttOptions(**allowed))
        with pytest.raises(ConnectionError, match="the broker says: Not authorized"):
            sink.send(message_of(event()))
        monkeypatch.setenv("BROKER", PASSWORD)
        sink.send(message_of(event()))
        sink.close()
        other = MqttSink(MqttOptions(**allowed, prefix="elsewhere"))
        with pytest.raises(Refused, match="the broker says: Not authorized"):
            other.send(message_of(event()))
        other.close()
    finally:
        broker.stop()


def clients():
    return [thread for thread in threading.enumerate() if thread.name.startswith("paho")]


@pytest.mark.live
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_tls_is_verified(tmp_path):
    chain, key = certificate(tmp_path)
    broker = Broker(tmp_path, "allow_anonymous true", f"certfile {chain}", f"keyfile {key}")
    try:
        options = MqttOptions("localhost", broker.port, tls=True)
        stranger = MqttSink(options)
        with pytest.raises(ConnectionError, match="certificate verify failed"):
            stranger.send(message_of(event()))
        stranger.close()
        until(lambda: not clients(), "its thread has ended")
        gc.collect()  # the library leaves a socket to be collected: let it be here, not later
        sink = MqttSink(replace(options, ca_file=chain))
        sink.send(message_of(event()))
        sink.close()
    finally:
        broker.stop()


@pytest.mark.live
def test_a_message_that_the_broker_never_confirms_is_tried_again(broker, sink, listener):
    sink.send(message_of(event()))
    os.kill(broker.process.pid, signal.SIGSTOP)
    sink._options = replace(sink._options, timeout_seconds=0.2)
    with pytest.raises(TimeoutError, match="127.0.0.1 has not confirmed the message"):
        sink.send(message_of(event(ended=True)))
    os.kill(broker.process.pid, signal.SIGCONT)
    sink._options = replace(sink._options, timeout_seconds=10)
    sink.send(message_of(event(ended=True)))
    until(lambda: listener.last("kineograph/hall/fight/state") == "OFF", "off")


def test_nobody_there_is_said_at_once():
    from tests.live.servers import free_port

    sink = MqttSink(MqttOptions("127.0.0.1", free_port()))
    with pytest.raises(ConnectionError, match="127.0.0.1: .*refused"):
        sink.send(message_of(event()))
    sink.close()


def test_two_names_are_never_one_topic():
    names = [
        "hall",
        "Hall",
        "hall!",
        "状態",
        "走廊",
        "a b",
        "a_b",
        "strip",
        "status",
        "a/b",
        "+",
        "#",
    ]
    found = [slug(name) for name in names]
    assert len(set(found)) == len(names) and found[0] == "hall" and found[6] == "a_b"
    assert all(set(each) <= set("abcdefghijklmnopqrstuvwxyz0123456789_") for each in found)
    assert not {"strip", "status", "events"} & set(found)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"host": "mqtt://a"}, "its host is no machine's name"),
        ({"host": "k:hunter2@a"}, "its host is no machine's name"),
        ({"host": "a", "prefix": "x/#"}, "'x/#' is no beginning of a topic. Write words"),
        ({"host": "a", "password_env": "P"}, "a password without a username"),
    ],
)
def test_options_that_are_refused(options, words):
    with pytest.raises(InputError) as told:
        MqttOptions(**options)
    assert words in str(told.value) and PASSWORD not in str(told.value)
