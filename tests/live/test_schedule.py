"""Schedules: what a person writes, there and back, against a walk over the week by the clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.live.detection.schedule import DAYS, Schedule, Span, read_schedule

ZONE = "Europe/Ljubljana"
MONDAY = datetime(2026, 2, 16)  # no change of clocks in its week

spans = st.builds(
    Span, st.integers(0, 6), st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440)
).filter(lambda span: span.start_minute != span.end_minute)
schedules = st.lists(spans, max_size=4).map(lambda found: Schedule(tuple(found), ZONE))


@settings(deadline=None)
@given(schedules)
def test_a_schedule_written_and_read_is_the_same(schedule):
    assert read_schedule(str(schedule), ZONE) == schedule


@settings(deadline=None)
@given(schedules, st.integers(0, 7 * 1440 - 1))
def test_it_holds_in_every_minute_that_a_walk_over_its_spans_covers(schedule, minute):
    covered = set()
    for span in schedule.spans:
        day = span.first_day
        while True:
            length = (span.end_minute - span.start_minute) % 1440 or 1440
            begin = day * 1440 + span.start_minute
            covered.update((begin + passed) % (7 * 1440) for passed in range(length))
            if day == span.last_day:
                break
            day = (day + 1) % 7
    time = (MONDAY + timedelta(minutes=minute)).replace(tzinfo=ZoneInfo(ZONE))
    assert schedule.holds(time) == (not schedule.spans or minute in covered)


@settings(deadline=None)
@given(st.text(alphabet="motuwehfrsa-:, 0123456789", max_size=30))
def test_no_text_is_more_than_refused(text):
    try:
        schedule = read_schedule(text)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert read_schedule(str(schedule)) == schedule


def at(day: str, clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    moved = MONDAY + timedelta(days=DAYS.index(day), hours=hour, minutes=minute)
    return moved.replace(tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize(
    ("day", "clock", "holds"),
    [
        ("mo", "17:59", False),
        ("mo", "18:00", True),
        ("tu", "06:59", True),
        ("tu", "07:00", False),
        ("mo", "06:59", False),  # Sunday's night is not Friday's
        ("fr", "23:00", True),
        ("sa", "06:00", True),
        ("sa", "12:00", True),
        ("su", "23:59", True),
    ],
)
def test_nights_and_the_weekend_by_hand(day, clock, holds):
    schedule = read_schedule("Mo-Fr 18:00-07:00, sa-su", ZONE)
    assert schedule.holds(at(day, clock)) is holds


def test_days_may_go_over_the_end_of_the_week_and_times_stand_for_every_day():
    assert read_schedule("sa-mo").spans[0].holds(0, 0) and not read_schedule("sa-mo").spans[
        0
    ].holds(1, 0)
    assert all(read_schedule("00:00-24:00").spans[0].holds(day, 720) for day in range(7))
    assert read_schedule("20:00-00:00") == read_schedule("mo-su 20:00-24:00")
    assert read_schedule("") == read_schedule("always") == Schedule()
    assert Schedule().holds(datetime.now(UTC))


def test_the_hour_that_clocks_skip_is_not_watched_and_the_one_they_repeat_is_twice():
    night = read_schedule("02:00-03:00", ZONE)
    spring = datetime(2026, 3, 29, tzinfo=UTC)  # 02:00 becomes 03:00 at 01:00 UTC
    minutes = [spring - timedelta(hours=6) + timedelta(minutes=m) for m in range(24 * 60)]
    assert sum(night.holds(minute) for minute in minutes) == 0
    autumn = datetime(2026, 10, 25, tzinfo=UTC)  # 03:00 becomes 02:00 at 01:00 UTC
    minutes = [autumn - timedelta(hours=6) + timedelta(minutes=m) for m in range(24 * 60)]
    assert sum(night.holds(minute) for minute in minutes) == 120


@pytest.mark.parametrize(
    ("day", "hours"), [((2026, 3, 28), 12), ((2026, 10, 24), 14), ((2026, 5, 2), 13)]
)
def test_a_night_over_a_change_of_clocks_ends_by_the_clock_on_the_wall(day, hours):
    night = read_schedule("sa 18:00-07:00", ZONE)
    noon = datetime(*day, 12, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    minutes = [noon + timedelta(minutes=minute) for minute in range(24 * 60)]
    assert sum(night.holds(minute) for minute in minutes) == hours * 60


def test_the_zone_of_the_machine_is_taken_where_none_is_named(monkeypatch):
    import time

    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    try:
        noon = datetime(2026, 2, 16, 6, 15, tzinfo=UTC)  # 12:00 there
        assert read_schedule("12:00-12:01").holds(noon)
        assert not read_schedule("12:00-12:01", "UTC").holds(noon)
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mon", "'mon' is not a day. Did you mean 'mo'?"),
        ("xx", "'xx' is not a day. The days are mo, tu,"),
        ("mo-fr 18-07", "'mo-fr 18-07' is not days, times or both. Write such as mo-fr 18:00-"),
        ("mo,,tu", "'' is not days, times or both."),
        ("25:00-07:00", "25:00 is not a time of day. Write 00:00 to 24:00."),
        ("07:60-08:00", "07:60 is not a time of day."),
        ("24:00-07:00", "begins at 24:00. Write 00:00 of the next day."),
        ("07:00-07:00", "ends where it begins. Leave the times out for whole days."),
    ],
)
def test_what_says_nothing_is_refused(text, words):
    with pytest.raises(InputError) as raised:
        read_schedule(text)
    assert words in str(raised.value)


@pytest.mark.parametrize("zone", ["Europe/Lublana", "", "../etc/passwd", 3])
def test_a_zone_that_there_is_not_is_refused_at_once(zone):
    with pytest.raises(InputError, match="is not one that this machine knows. Write one such as"):
        read_schedule("mo", zone)
