"""Events: there and back as JSON, ids that a restart gives again, and what is refused."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.live.detection.event import Event, event_id

NOON = datetime(2026, 2, 14, 12, 0, 0, 250_000, tzinfo=UTC)
NAME = event_id("hall", "whole", "fight", "seen", NOON)
OPEN = Event(
    id=NAME,
    camera="hall",
    window="whole",
    label="fight",
    kind="seen",
    start_seconds=71.2,
    end_seconds=None,
    peak_seconds=72.0,
    peak=0.93,
    start_time=NOON,
    end_time=None,
    confidences={"fight": 0.93, "calm": 0.07},
)


def test_an_event_comes_back_from_json_as_it_was():
    ended = replace(OPEN, end_seconds=80.0, end_time=NOON + timedelta(seconds=8.8))
    for event in (OPEN, ended):
        assert Event.from_fields(json.loads(json.dumps(event.fields()))) == event
    assert OPEN.open and not ended.open
    assert OPEN.fields()["start_time"] == "2026-02-14T12:00:00.250000+00:00"


def test_an_id_says_when_and_where_and_is_the_same_in_every_process():
    assert NAME.startswith("20260214T120000Z-hall-")
    other_zone = NOON.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert event_id("hall", "whole", "fight", "seen", other_zone) == NAME


@settings(deadline=None)
@given(
    st.sampled_from(["hall", "yard", "hall/1", "hall 1"]),
    st.sampled_from(["whole", "door"]),
    st.sampled_from(["fight", "fall"]),
    st.sampled_from(["seen", "test"]),
    st.integers(0, 10_000_000),
)
def test_whatever_differs_gives_another_id_that_fits_a_file_name(camera, window, label, kind, us):
    time = NOON + timedelta(microseconds=us)
    found = event_id(camera, window, label, kind, time)
    same = (camera, window, label, kind, time) == ("hall", "whole", "fight", "seen", NOON)
    assert (found == NAME) == same
    assert found.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"camera": " "}, "camera ' ' is not a name. Write a word"),
        ({"kind": "sen"}, "kind 'sen' is none that there is. Did you mean 'seen'?"),
        ({"peak": 1.2}, "peak 1.2 is not a probability. Write a number from 0 to 1."),
        ({"start_seconds": float("nan")}, "start_seconds nan is not a number. Write one"),
        (
            {"end_seconds": 3.0, "end_time": NOON},
            "end_seconds 3 lies before start_seconds 71.2. Correct one.",
        ),
        ({"end_seconds": 90.0}, "end_seconds and end_time are not both there. Give both"),
        ({"start_time": NOON.replace(tzinfo=None)}, "is not a time in UTC. Give one with its zone"),
    ],
)
def test_what_cannot_be_an_event_is_refused(change, words):
    with pytest.raises(InputError) as raised:
        replace(OPEN, **change)
    assert words in str(raised.value) and "\n" not in str(raised.value)


def test_fields_that_no_event_has_are_refused():
    fields = OPEN.fields()
    with pytest.raises(InputError, match="unknown field 'lable'. Did you mean 'label'?"):
        Event.from_fields({**fields, "lable": "x"})
    with pytest.raises(InputError, match="no 'peak'; every event has one. Copy the file again."):
        Event.from_fields({name: value for name, value in fields.items() if name != "peak"})
    with pytest.raises(InputError, match="start_time 'noon' is not a time. Write one such as"):
        Event.from_fields({**fields, "start_time": "noon"})
