"""Where alerts go: one file a sink, an options dataclass and a class with `send` and `close`."""

import os
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, get_type_hints
from urllib.parse import parse_qsl

from kineograph.errors import InputError, nearest
from kineograph.live.sending.message import Sink
from kineograph.live.sending.notify.folder import FolderOptions, FolderSink
from kineograph.live.sending.notify.mail import MailOptions, MailSink
from kineograph.live.sending.notify.mqtt import MqttOptions, MqttSink
from kineograph.live.sending.notify.webhook import WebhookOptions, WebhookSink
from kineograph.live.table import read_table

SinkOptions: TypeAlias = FolderOptions | WebhookOptions | MailOptions | MqttOptions

# Adding a sink is one file and one line here: options, what makes the sink of them, and which
# option stands after the colon on the command line.
SINKS: dict[str, tuple[type[Any], Any, str]] = {
    "folder": (FolderOptions, FolderSink, "path"),
    "webhook": (WebhookOptions, WebhookSink, "url"),
    "mail": (MailOptions, MailSink, "to"),
    "mqtt": (MqttOptions, MqttSink, "host"),
}
WHOLE = {"folder", "webhook"}  # what follows the colon is one value, whatever signs it holds
SECRETS = {  # where the command line looks for what it must not hold, if this is set
    "webhook": ("secret_env", "KINEOGRAPH_WEBHOOK_SECRET"),
    "mail": ("password_env", "KINEOGRAPH_MAIL_PASSWORD"),
    "mqtt": ("password_env", "KINEOGRAPH_MQTT_PASSWORD"),
}


def parse_sink(text: str) -> SinkOptions:
    """`folder:PATH`, `webhook:URL`, `mail:TO?host=H&sender=S` or `mqtt:HOST:PORT` as options.

    Raises InputError for what is none of them.
    """
    kind, colon, rest = text.partition(":")
    if kind in SINKS and not rest:
        raise InputError(f"--sink {text}: names no place. Write {kind}:{SINKS[kind][2].upper()}.")
    if kind not in SINKS or not colon:
        hint = nearest(kind, SINKS) or f"Write one of {', '.join(f'{k}:…' for k in SINKS)}."
        raise InputError(f"--sink {kind}: no such place. {hint}")
    first = SINKS[kind][2]
    target, _, query = (rest, "", "") if kind in WHOLE else rest.partition("?")
    table: dict[str, Any] = {"kind": kind, first: target, **dict(parse_qsl(query))}
    if kind == "mqtt" and target.count(":") == 1:
        table["host"], table["port"] = target.split(":")
    hints = get_type_hints(SINKS[kind][0])
    for name, value in table.items():
        if "tuple" in str(hints.get(name)):
            table[name] = tuple(each.strip() for each in value.split(","))
    field, variable = SECRETS.get(kind, ("", ""))
    wanted = kind == "webhook" or "username" in table
    if wanted and variable in os.environ and not _places(table, field):
        table[field] = variable
    return read_sink(table, f"--sink {kind}")


def read_sink(table: Mapping[str, Any], where: str) -> SinkOptions:
    """One `[[sinks]]` table of watch.toml as options; `where` begins the errors."""
    given = dict(table)
    kind = given.pop("kind", None)
    if not isinstance(kind, str) or kind not in SINKS:
        hint = nearest(str(kind), SINKS) or f"Write one of {', '.join(SINKS)}."
        raise InputError(f"{where}: kind {kind!r} is no sink. {hint}")
    found: SinkOptions = read_table(SINKS[kind][0], given, where, what=kind)
    return found


def make_sinks(options: Sequence[SinkOptions]) -> dict[str, Sink]:
    """Sinks by their names, for an Outbox. Raises InputError for two of one name."""
    found: dict[str, Sink] = {}
    makes = {kind: make for kind, make, _ in SINKS.values()}
    for each in options:
        if each.name in found:
            raise InputError(
                f"sinks: two are named '{each.name}', and what waits is kept by name. Give each "
                "a name of its own."
            )
        found[each.name] = makes[type(each)](each)
    return found


def announce(sinks: Mapping[str, Sink], cameras: Mapping[str, Sequence[str]]) -> None:
    """Tell sinks that show cameras and their labels beforehand; waits for nothing."""
    for sink in sinks.values():
        if isinstance(sink, MqttSink):
            sink.announce(cameras)


def _places(table: Mapping[str, Any], field: str) -> bool:
    stem = field.removesuffix("_env")
    return any(f"{stem}_{place}" in table for place in ("env", "file"))
