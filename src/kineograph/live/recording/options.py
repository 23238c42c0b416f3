"""What is recorded, for how long, and how much of a disk it may take; times and sizes in words."""

import re
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from kineograph.errors import InputError

_SECONDS = {"s": 1, "min": 60, "m": 60, "h": 3600, "d": 86_400}
_BYTES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


@dataclass(frozen=True)
class RecordOptions:
    """Raises InputError for what cannot be meant."""

    folder: Path = Path("recorded")
    for_seconds: float | None = None  # None: until told to stop
    every_seconds: float | None = 600.0  # from one piece's begin to the next; None: all of it
    clip_seconds: float = 30.0  # of a piece, and on to the next key frame where all is kept
    most_bytes: int = 20 * 10**9  # in the folder, with what was recorded before
    least_free_bytes: int = 10**9  # left on the disk
    label: str | None = None  # what all of it shows

    def __post_init__(self) -> None:
        """Refuse times and sizes that make no sense together."""
        for name in ("for_seconds", "every_seconds", "clip_seconds"):
            value = getattr(self, name)
            if value is not None and not (isfinite(value) and value > 0):
                raise InputError(f"{name} {value:g}: must be above 0. Give 30, for example.")
        if self.clip_seconds > 3600:
            raise InputError(
                f"clip_seconds {self.clip_seconds:g}: a piece is held in memory until it is whole, "
                "so an hour is the most. Give 30, and --all to keep everything."
            )
        if self.every_seconds is not None and self.every_seconds < self.clip_seconds:
            raise InputError(
                f"every_seconds {self.every_seconds:g}: pieces of {self.clip_seconds:g} s would "
                "overlap. Give more, or --all to keep everything."
            )
        if self.most_bytes < 1 or self.least_free_bytes < 0:
            raise InputError(
                f"most_bytes {self.most_bytes}, least_free_bytes {self.least_free_bytes}: the "
                "first is above 0, the second 0 or more. Give 20GB and 1GB, for example."
            )
        if self.label is not None and self.label.strip() != self.label or self.label == "":
            raise InputError(f"label '{self.label}': is no word. Write --label walking, say.")


def parse_seconds(text: str, option: str) -> float:
    """`8h`, `10min`, `90s`, `1.5d` or plain seconds. Raises InputError naming `option`."""
    number, unit = _parts(text, option, "8h, 10min or 90s")
    if unit.lower() not in {"", *_SECONDS}:
        raise InputError(f"{option} {text}: '{unit}' is no unit of time. Write 8h, 10min or 90s.")
    return number * _SECONDS[unit.lower() or "s"]


def parse_bytes(text: str, option: str) -> int:
    """`20GB`, `500MB` or plain bytes; a GB is 10⁹ bytes. Raises InputError naming `option`."""
    number, unit = _parts(text, option, "20GB or 500MB")
    if unit.upper() not in {"", *_BYTES}:
        raise InputError(f"{option} {text}: '{unit}' is no unit of size. Write 20GB or 500MB.")
    return round(number * _BYTES[unit.upper() or "B"])


def _parts(text: str, option: str, such_as: str) -> tuple[float, str]:
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", text)
    if not found:
        raise InputError(f"{option} {text}: is no number with a unit. Write {such_as}.")
    return float(found[1]), found[2]
