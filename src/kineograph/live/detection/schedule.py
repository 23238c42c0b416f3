"""When a rule holds: weekdays and times of day, as a person writes them.

    "mo-fr 18:00-07:00, sa-su"      after work until morning, and all of the weekend

A time span that ends before it begins goes over midnight and belongs to the day that it begins on:
`fr 22:00-04:00` ends on Saturday at 4. Clocks are those on the wall: where they are put forward,
the hour that is not there is not watched; where they are put back, 02:30 comes twice and counts
twice.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from kineograph.errors import InputError, nearest

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
ALWAYS = "always"
DAY_MINUTES = 24 * 60
EXAMPLE = "Write such as mo-fr 18:00-07:00, sa-su."

_PART = re.compile(r"(?:([a-z]+)(?:-([a-z]+))?)?\s*(?:(\d{1,2}:\d\d)-(\d{1,2}:\d\d))?")


@dataclass(frozen=True)
class Span:
    """Every week on some days, from one minute of the day until before another.

    days: first and last, 0 is Monday; last before first goes over the weekend's end.
    start_minute, end_minute: 0 to 1440; an end before the start is one of the next day.
    """

    first_day: int = 0
    last_day: int = 6
    start_minute: int = 0
    end_minute: int = DAY_MINUTES

    def holds(self, day: int, minute: int) -> bool:
        """Whether a minute of a weekday lies in it."""
        if self.start_minute < self.end_minute:
            return self._has(day) and self.start_minute <= minute < self.end_minute
        late = self._has(day) and minute >= self.start_minute
        return late or (self._has((day - 1) % 7) and minute < self.end_minute)

    def _has(self, day: int) -> bool:
        return (day - self.first_day) % 7 <= (self.last_day - self.first_day) % 7

    def __str__(self) -> str:
        first, last = DAYS[self.first_day], DAYS[self.last_day]
        days = first if first == last else f"{first}-{last}"
        if (self.start_minute, self.end_minute) == (0, DAY_MINUTES):
            return days
        return f"{days} {_clock(self.start_minute)}-{_clock(self.end_minute)}"


@dataclass(frozen=True)
class Schedule:
    """Spans of the week, any of which may hold; without one it is always.

    zone: a name such as Europe/Ljubljana; None is the zone of this machine. Raises InputError for a
    zone that is not known here.
    """

    spans: tuple[Span, ...] = ()
    zone: str | None = None

    def __post_init__(self) -> None:
        """Refuse an unknown zone now, and not at the first event."""
        _ = self._zone

    @cached_property
    def _zone(self) -> ZoneInfo | None:
        return None if self.zone is None else _zone_named(self.zone)

    def holds(self, time: datetime) -> bool:
        """Whether it holds at a moment, an aware datetime of any zone."""
        if not self.spans:
            return True
        here = time.astimezone(self._zone)
        minute = here.hour * 60 + here.minute
        return any(span.holds(here.weekday(), minute) for span in self.spans)

    def __str__(self) -> str:
        return ", ".join(map(str, self.spans)) or ALWAYS


def read_schedule(text: str, zone: str | None = None) -> Schedule:
    """The schedule that a text says. Raises InputError naming the part that says nothing."""
    if not isinstance(text, str):
        raise InputError(f"schedule {text!r} is not a text. {EXAMPLE}")
    if text.strip().lower() in ("", ALWAYS):
        return Schedule((), zone)
    return Schedule(tuple(_read_span(part.strip()) for part in text.lower().split(",")), zone)


def _read_span(part: str) -> Span:
    found = _PART.fullmatch(part)
    if not part or not found:
        raise InputError(f"schedule: '{part}' is not days, times or both. {EXAMPLE}")
    first, last, start, end = found.groups()
    first_day = _day(first) if first else 0
    last_day = _day(last) if last else (first_day if first else 6)
    if start is None:
        return Span(first_day, last_day)
    begins, ends = _minute(start), _minute(end)
    if begins == ends:
        raise InputError(
            f"schedule: '{part}' ends where it begins. Leave the times out for whole days."
        )
    if begins == DAY_MINUTES:
        raise InputError(f"schedule: '{part}' begins at 24:00. Write 00:00 of the next day.")
    return Span(first_day, last_day, begins, ends or DAY_MINUTES)  # until 00:00 is until midnight


def _day(name: str) -> int:
    if name not in DAYS:
        hint = nearest(name, DAYS) or f"The days are {', '.join(DAYS)}."
        raise InputError(f"schedule: '{name}' is not a day. {hint}")
    return DAYS.index(name)


def _minute(text: str) -> int:
    hour, minute = map(int, text.split(":"))
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise InputError(f"schedule: {text} is not a time of day. Write 00:00 to 24:00.")
    return hour * 60 + minute


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _zone_named(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError, TypeError):  # KeyError: ZoneInfoNotFoundError is one
        raise InputError(
            f"zone {name!r} is not one that this machine knows. Write one such as "
            "Europe/Ljubljana; if it has none at all, as on Windows: pip install tzdata."
        ) from None
