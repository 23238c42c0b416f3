"""To an MQTT broker, for Home Assistant and others: QoS 1, discovery, availability by last will.

kineograph/status                     online, offline              retained
kineograph/CAMERA/status              online, offline              retained
kineograph/CAMERA/LABEL/state         ON, OFF                      retained
kineograph/CAMERA/LABEL/attributes    the last message, as JSON    retained
kineograph/CAMERA/strip               the last film strip          retained
kineograph/events                     every message, as JSON
"""

import hashlib
import json
import re
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kineograph import __version__
from kineograph.errors import InputError
from kineograph.live.sending.message import ENDED, Message, Refused, first_line, pick
from kineograph.live.sending.secret import Secret, unsaid

if TYPE_CHECKING:
    from paho.mqtt.client import Client
    from paho.mqtt.reasoncodes import ReasonCode

ONLINE, OFFLINE = "online", "offline"
KEEP_ALIVE_SECONDS = 30
LONGEST_WAIT_SECONDS = 60  # until the next try to connect
CLOSING_SECONDS = 2.0
LOOK_SECONDS = 0.02  # how often to look whether it has failed
TAKEN = {"status", "events", "strip"}  # topics of our own
AWAY = ("camera-away", "camera-frozen")
FOR_GOOD = {135, 144, 149, 153}  # not authorised, no such topic, packet too large, payload invalid


@dataclass(frozen=True)
class MqttOptions:
    """A broker and the first word of every topic; two watches at one broker need two."""

    host: str
    port: int = 0  # 0: 1883, or 8883 with TLS
    username: str = ""
    password_env: str = ""
    password_file: Path | None = None
    tls: bool = False
    ca_file: Path | None = None  # whom to trust instead of the system's authorities
    prefix: str = "kineograph"
    discovery_prefix: str = "homeassistant"  # empty: no discovery
    most_bytes: int = 2_000_000  # of a film strip; a larger one is not sent
    timeout_seconds: float = 10.0
    name: str = "mqtt"

    def __post_init__(self) -> None:
        """Refuse what is no broker or no topic."""
        if not self.host or "/" in self.host or "@" in self.host:
            raise InputError(
                f"{self.name}: its host is no machine's name. Write host alone, such as "
                "192.168.1.4; a name and password have fields of their own."
            )
        for prefix in (self.prefix, self.discovery_prefix or "none"):
            if not re.fullmatch(r"[\w-]+(/[\w-]+)*", prefix):
                raise InputError(
                    f"{self.name}: '{prefix}' is no beginning of a topic. Write words, such as "
                    "home/cameras."
                )
        if (self.password_env or self.password_file) and not self.username:
            raise InputError(f"{self.name}: a password without a username. Give username as well.")


class MqttSink:
    """A connection that stays: it comes back by itself, and the broker says `offline` until then.

    What is retained is told again at every connection, so a broker without a memory learns it too.
    """

    def __init__(self, options: MqttOptions):
        self._options = options
        self._password = Secret("password", options.password_env, options.password_file)
        if self._password.given:
            self._password.read()  # now, while someone looks, rather than at the first alert
        self._client: Client | None = None
        self._ready = threading.Event()  # connected, and told what is retained
        self._failure = ""  # why the broker did not let us in
        self._codes: dict[int, ReasonCode] = {}  # of packets that it did not take
        self._making = threading.Lock()
        self._known = threading.Lock()  # for the three below; never held while waiting
        self._labels: dict[str, set[str]] = {}  # of each camera
        self._away: set[str] = set()  # cameras
        self._open: dict[tuple[str, str], set[str]] = {}  # camera and label: windows that see it

    def announce(self, cameras: Mapping[str, Sequence[str]]) -> None:
        """Name the labels of each camera and begin to connect; waits for nothing.

        Home Assistant shows them from then on, before anything has happened.
        """
        with self._known:
            for camera, labels in cameras.items():
                self._labels.setdefault(camera, set()).update(labels)
        client = self._connecting()
        if self._ready.is_set():
            self._tell(client)

    def send(self, message: Message) -> None:
        """Publish it. Raises Refused if the broker forbids it, another error to try again."""
        password = self._password.read() if self._password.given else ""
        with unsaid(password):
            end = time.monotonic() + self._options.timeout_seconds
            client = self._connecting()
            while not self._ready.wait(LOOK_SECONDS):
                if self._failure or time.monotonic() > end:
                    raise ConnectionError(self._failure or f"{self._options.host} does not answer")
            self._codes.clear()
            self._learn(client, message)
            waiting = [
                client.publish(topic, content, qos=1, retain=retain)
                for topic, content, retain in self._told(message)
            ]
            try:
                for packet in waiting:
                    packet.wait_for_publish(max(LOOK_SECONDS, end - time.monotonic()))
                    if not packet.is_published():
                        raise TimeoutError(f"{self._options.host} has not confirmed the message")
            except Exception:
                self._drop(client)  # with what it would send by itself, later and out of order
                raise
            for packet in waiting:
                self._look_at(self._codes.get(packet.mid))

    def close(self) -> None:
        """Say that we are gone, and disconnect."""
        client = self._client
        if client is None:
            return
        try:
            if self._ready.is_set():
                gone = client.publish(self._topic("status"), OFFLINE, qos=1, retain=True)
                gone.wait_for_publish(CLOSING_SECONDS)
        finally:
            self._drop(client)

    def _connecting(self) -> "Client":
        """The client; its own thread connects it, now and whenever the connection has broken."""
        password = self._password.read() if self._password.given else None
        with self._making:
            if self._client is not None and self._failure:  # rather than wait until it tries again
                self._drop(self._client)
            if self._client is None:
                self._failure = ""
                self._client = client = self._make(password)
                port = self._options.port or (8883 if self._options.tls else 1883)
                client.connect_async(self._options.host, port, keepalive=KEEP_ALIVE_SECONDS)
                client.loop_start()
            return self._client

    def _make(self, password: str | None) -> "Client":
        from paho.mqtt.client import Client, MQTTv5
        from paho.mqtt.enums import CallbackAPIVersion

        client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
        client.connect_timeout = self._options.timeout_seconds
        client.reconnect_delay_set(1, LONGEST_WAIT_SECONDS)
        if self._options.username:
            client.username_pw_set(self._options.username, password)
        if self._options.tls:
            ca_file = self._options.ca_file
            client.tls_set(ca_certs=str(ca_file) if ca_file else None)
        client.will_set(self._topic("status"), OFFLINE, qos=1, retain=True)
        client.on_connect = self._connected
        client.on_connect_fail = self._unreached
        client.on_disconnect = self._left
        client.on_publish = self._published
        return client

    def _drop(self, client: "Client") -> None:
        if self._client is client:
            self._client = None
        self._ready.clear()
        client.disconnect()

    # What the client's own thread calls.

    def _connected(
        self, client: "Client", _data: Any, _flags: Any, code: "ReasonCode", _more: Any
    ) -> None:
        if client is not self._client:
            client.disconnect()  # it was dropped while it was on its way
        elif code.is_failure:
            self._failure = f"the broker says: {code}"
        else:
            self._failure = ""
            self._tell(client)
            self._ready.set()

    def _unreached(self, client: "Client", _data: Any) -> None:
        if client is self._client:
            why = sys.exc_info()[1]  # the client tells it while it handles the error
            self._failure = f"{self._options.host}: {first_line(why or 'cannot be reached')}"

    def _left(
        self, client: "Client", _data: Any, _flags: Any, _code: "ReasonCode", _more: Any
    ) -> None:
        if client is self._client:
            self._ready.clear()

    def _published(
        self, _client: "Client", _data: Any, packet: int, code: "ReasonCode", _more: Any
    ) -> None:
        if code.is_failure:
            self._codes[packet] = code

    def _look_at(self, code: "ReasonCode | None") -> None:
        if code is None:
            return
        if code.value in FOR_GOOD:
            raise Refused(f"the broker says: {code}")
        raise RuntimeError(f"the broker says: {code}")

    # What is told.

    def _tell(self, client: "Client") -> None:
        """All that is retained: we are here, what there is, how it stands."""
        client.publish(self._topic("status"), ONLINE, qos=1, retain=True)
        with self._known:
            labels = {camera: sorted(names) for camera, names in self._labels.items()}
        for camera, names in labels.items():
            for topic, content in self._discovery(camera, names):
                client.publish(topic, json.dumps(content), qos=1, retain=True)
            client.publish(
                self._topic(slug(camera), "status"), self._at(camera), qos=1, retain=True
            )
            for label in names:
                topic = self._topic(slug(camera), slug(label), "state")
                client.publish(topic, self._state(camera, label), qos=1, retain=True)

    def _learn(self, client: "Client", message: Message) -> None:
        """What a message changes; a camera or label that was never announced is told first."""
        camera, label = message.text("camera"), message.text("label")
        kind = message.event.get("kind")
        if message.test:
            return
        lasts = message.phase != ENDED
        with self._known:
            labels = self._labels.setdefault(camera, set())
            new = not labels or (kind == "seen" and label not in labels)
            if kind == "seen":
                labels.add(label)
                windows = self._open.setdefault((camera, label), set())
                (windows.add if lasts else windows.discard)(message.text("window"))
            elif kind in AWAY:
                self._away.add(camera)
            else:
                self._away.discard(camera)
        if new:
            self._tell(client)

    def _told(self, message: Message) -> list[tuple[str, str | bytes, bool]]:
        """Topic, content and whether it is retained, of all that says this message."""
        files = message.look()
        document = json.dumps(message.document(files), ensure_ascii=False)
        events = (self._topic("events"), document, False)
        if message.test:
            return [events]
        camera, label = message.text("camera"), message.text("label")
        place = slug(camera)
        found: list[tuple[str, str | bytes, bool]] = [events]
        strip = pick(files, {".png"})
        if strip and strip.size_bytes <= self._options.most_bytes:
            found.append((self._topic(place, "strip"), strip.path.read_bytes(), True))
        if message.event.get("kind") == "seen":
            topic = self._topic(place, slug(label))
            found.append((f"{topic}/attributes", document, True))
            found.append((f"{topic}/state", self._state(camera, label), True))
        else:
            found.append((self._topic(place, "status"), self._at(camera), True))
        return found

    def _state(self, camera: str, label: str) -> str:
        with self._known:
            return "ON" if self._open.get((camera, label)) else "OFF"

    def _at(self, camera: str) -> str:
        with self._known:
            return OFFLINE if camera in self._away else ONLINE

    def _topic(self, *rest: str) -> str:
        return "/".join([self._options.prefix, *rest])

    def _discovery(self, camera: str, labels: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
        """What Home Assistant makes of a camera: a device with a sensor a label, and the strip."""
        if not self._options.discovery_prefix:
            return []
        node = f"{self._options.prefix.replace('/', '_')}_{slug(camera)}"
        shared = {
            "availability": [
                {"topic": self._topic("status")},
                {"topic": self._topic(slug(camera), "status")},
            ],
            "availability_mode": "all",
            "device": {"identifiers": [node], "name": camera, "manufacturer": "Kineograph"},
            "origin": {"name": "Kineograph", "sw_version": __version__},
        }
        found = []
        for label in labels:
            own, topic = slug(label), self._topic(slug(camera), slug(label))
            sensor = {
                "name": label,
                "unique_id": f"{node}_{own}",
                "state_topic": f"{topic}/state",
                "json_attributes_topic": f"{topic}/attributes",
                "json_attributes_template": "{{ value_json.event | tojson }}",
                "payload_on": "ON",
                "payload_off": "OFF",
            }
            found.append((self._config("binary_sensor", node, own), sensor | shared))
        strip = {
            "name": "Film strip",
            "unique_id": f"{node}_strip",
            "image_topic": self._topic(slug(camera), "strip"),
            "content_type": "image/png",
        }
        return [*found, (self._config("image", node, "strip"), strip | shared)]

    def _config(self, component: str, node: str, own: str) -> str:
        return f"{self._options.discovery_prefix}/{component}/{node}/{own}/config"


def slug(name: str) -> str:
    """A name as a level of a topic; two names never become one."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if plain == name and plain not in TAKEN:
        return plain
    return "_".join(filter(None, [plain, hashlib.sha256(name.encode()).hexdigest()[:4]]))
