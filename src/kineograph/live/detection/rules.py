"""A rule says when answers become an event: how sure, how long, when, and where.

[[rules]]
label = "fight"
high = 0.8
schedule = "mo-fr 18:00-07:00, sa-su"
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from kineograph.errors import InputError, nearest
from kineograph.live.detection.schedule import ALWAYS, Schedule, read_schedule


@dataclass(frozen=True)
class Rule:
    """What begins and ends an event. Raises InputError for what cannot be one.

    label: what the event is called. labels: the classes of the network that are it, their
    probabilities added up; none is the class of that name.
    high, low: an event begins at a smoothed probability of `high` and ends under `low`.
    smooth_seconds: time constant of the smoothing; 0 takes answers as they are.
    shortest_seconds: an event is told when it has held this long; what ends before is none.
    join_seconds: one that rises again this soon after it fell is the same event.
    cool_down_seconds: after an event's end, none begins for so long.
    schedule, zone: when events may begin (schedule.py); zone None is this machine's.
    cameras, windows: names that it holds for; none is all.
    """

    label: str
    labels: tuple[str, ...] = ()
    high: float = 0.7
    low: float = 0.4
    smooth_seconds: float = 1.0
    shortest_seconds: float = 0.5
    join_seconds: float = 2.0
    cool_down_seconds: float = 10.0
    schedule: str = ALWAYS
    zone: str | None = None
    cameras: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be a rule, in one line."""
        for fault in (_fault_in_names(self), _fault_in_numbers(self)):
            if fault:
                raise InputError(fault)
        try:
            _ = self.hours
        except InputError as error:
            raise InputError(f"rule '{self.label}': {error}") from None

    @cached_property
    def hours(self) -> Schedule:
        """The schedule, read."""
        return read_schedule(self.schedule, self.zone)

    def holds_for(self, camera: str, window: str) -> bool:
        """Whether a window of a camera is under this rule."""
        here = not self.cameras or camera in self.cameras
        return here and (not self.windows or window in self.windows)

    def places(self, classes: Sequence[str]) -> list[int]:
        """Where its labels stand among a network's. Raises InputError for one that is not there."""
        places = []
        for name in self.labels or (self.label,):
            if name not in classes:
                hint = nearest(name, classes) or f"Its labels are {', '.join(classes)}."
                raise InputError(f"rule '{self.label}': the network has no label '{name}'. {hint}")
            places.append(list(classes).index(name))
        return places


FIELDS = tuple(field.name for field in fields(Rule))
_LISTS = ("labels", "cameras", "windows")
_SECONDS = ("smooth_seconds", "shortest_seconds", "join_seconds", "cool_down_seconds")


def rule_from_fields(values: Mapping[str, Any]) -> Rule:
    """A rule from names and values, as TOML gives them. Raises InputError for unknown names."""
    for name in values:
        if name not in FIELDS:
            hint = nearest(name, FIELDS) or f"The fields are {', '.join(FIELDS)}."
            raise InputError(f"rule: unknown field '{name}'. {hint}")
    if "label" not in values:
        raise InputError("rule: no 'label'; every rule has one. Write label = \"fight\".")
    given: dict[str, Any] = {
        name: tuple(value) if name in _LISTS and isinstance(value, list) else value
        for name, value in values.items()
    }
    return Rule(**given)


def rule_to_toml(rule: Rule) -> str:
    """One `[[rules]]` part of watch.toml: label and numbers, and of the rest what was said."""
    lines = ["[[rules]]"]
    for field in fields(Rule):
        value = getattr(rule, field.name)
        if value != field.default or isinstance(value, float):
            lines.append(f"{field.name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str):  # a JSON text is a TOML text, but for DEL
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(float(value))


def _fault_in_names(rule: Rule) -> str | None:
    if not isinstance(rule.label, str) or not rule.label.strip():
        return f"rule: label {rule.label!r} is not a name. Write one in quotes."
    for name in _LISTS:
        value = getattr(rule, name)
        listed = isinstance(value, tuple) and all(isinstance(each, str) and each for each in value)
        if not listed:
            return f"rule '{rule.label}': {name} {value!r} is not a list of names. Write [\"…\"]."
        if len(set(value)) < len(value):
            return f"rule '{rule.label}': {name} {list(value)} has one twice. Remove one."
    return None


def _fault_in_numbers(rule: Rule) -> str | None:
    for name in ("high", "low"):
        value = getattr(rule, name)
        if not _is_number(value) or not 0 < value <= 1:
            return (
                f"rule '{rule.label}': {name} {value!r} is not a probability above 0. "
                "Write a number up to 1, such as 0.7."
            )
    if rule.low > rule.high:
        return (
            f"rule '{rule.label}': low {rule.low:g} is above high {rule.high:g}, so an event would "
            "end where it begins. Lower low, or raise high."
        )
    for name in _SECONDS:
        value = getattr(rule, name)
        if not _is_number(value) or value < 0:
            return (
                f"rule '{rule.label}': {name} {value!r} is not a length of time. "
                "Write seconds, 0 or more."
            )
    return None


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value)
