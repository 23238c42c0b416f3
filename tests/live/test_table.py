"""Tables of watch.toml: what is unknown, missing or mistyped is said by name, never by value."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from kineograph.errors import InputError
from kineograph.live.sending.notify import read_sink
from kineograph.live.table import read_table


@dataclass(frozen=True)
class Made:
    place: Path
    seconds: float = 1.0
    names: tuple[str, ...] = ()
    password_env: str = ""

    def __post_init__(self) -> None:
        if self.seconds < 0:
            raise InputError("seconds: below 0. Write 1.")


def test_a_whole_table_and_its_types():
    found = read_table(Made, {"place": "a/b", "seconds": 2, "names": ["x", "y"]}, "here")
    assert found == Made(Path("a/b"), 2.0, ("x", "y"))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"plaec": "a"}, "here: it has no field 'plaec'. Did you mean 'place'?"),
        ({"qq": 1}, "here: it has no field 'qq'. It has place, seconds, names, password_env."),
        ({}, "here: it needs 'place'. Add place = …."),
        ({"place": "a", "seconds": "hunter2"}, "here: seconds should be a valid number, unable to "
         "parse string as a number. See docs/watch.md for it."),
        ({"place": "a", "names": ["a", 5]}, "here: names.1 should be a valid string. See docs/"
         "watch.md for it."),
        ({"place": "a", "seconds": -1}, "here: seconds: below 0. Write 1."),
        ({"place": "a", "password": "hunter2"}, "here: it has no field 'password'. Secrets do not "
         'stand here: write password_env = "VARIABLE" or password_file = "PATH", and put it '
         "there."),
        (3, "here: it is no table. Write its fields as name = value."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_it(table, said):
    with pytest.raises(InputError) as told:
        read_table(Made, table, "here")
    assert str(told.value) == said


def test_fields_that_are_read_elsewhere_are_known_by_name():
    with pytest.raises(InputError, match="hall: it has no field 'windws'. Did you mean 'windows'"):
        read_table(Made, {"windws": []}, "hall", beside=("windows",))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"kind": "mqtt"}, "sinks 2: mqtt needs 'host'. Add host = …."),
        ({"kind": "mqtt", "hots": 1}, "sinks 2: mqtt has no field 'hots'. Did you mean 'host'?"),
        ({"kind": "webhook", "url": "a.b"}, "sinks 2: webhook: what was given is no address"),
        ({"kind": "mail", "host": "h", "sender": "a@b", "to": ["c@d"], "port": "hunter2"},
         "sinks 2: port should be a valid integer"),
        ({"kind": ["mqtt"]}, "sinks 2: kind ['mqtt'] is no sink. "),
        ({"kind": "email"}, "sinks 2: kind 'email' is no sink. Did you mean 'mail'?"),
        ({}, "sinks 2: kind None is no sink. Write one of folder, webhook, mail, mqtt."),
    ],
)  # fmt: skip
def test_sinks_are_read_in_the_same_way_under_their_kind(table, said):
    with pytest.raises(InputError) as told:
        read_sink(table, "sinks 2")
    assert str(told.value).startswith(said) and "hunter2" not in str(told.value)
