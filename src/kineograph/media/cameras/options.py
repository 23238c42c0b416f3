"""How a camera is followed: how long to wait, when to try again, how much to keep; all checked."""

import random
from dataclasses import dataclass, fields
from typing import Literal

from kineograph.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraOptions:
    """The numbers of one camera. Raises InputError for one that makes no sense."""

    open_seconds: float = 10.0  # to answer when it is opened
    read_seconds: float = 10.0  # between two packets
    first_retry_seconds: float = 1.0  # after the first failure; doubled after each further one
    longest_retry_seconds: float = 60.0
    jitter: float = 0.3  # a share of the waiting time, so that cameras do not all come at once
    grace_seconds: float = 30.0  # without a picture, before the camera is said to be away
    frozen_seconds: float = 30.0  # of one same picture, before it is said to be frozen
    gap_seconds: float = 2.0  # between two pictures, beyond which they are no longer one stretch
    queue_frames: int = 25  # that wait for whoever takes them
    as_camera: bool = False  # a file is played at its own pace, and waits for nobody
    frames_per_second: float = 25.0  # the clock of a folder of pictures, which has none
    rtsp_transport: Literal["tcp", "udp", "http"] = "tcp"
    check_certificate: bool = True  # of https:// and rtsps://
    most_pixels: int = 64_000_000  # of one picture: a broken header may promise any size

    def __post_init__(self) -> None:
        for option in fields(self):
            value = getattr(self, option.name)
            if option.name in ("as_camera", "check_certificate"):
                _require(isinstance(value, bool), option.name, value, "yes or no. Give true")
            elif option.name == "rtsp_transport":
                known = ("tcp", "udp", "http")
                _require(value in known, option.name, value, "tcp, udp or http. Give 'tcp'")
            elif option.name in ("queue_frames", "most_pixels"):
                whole = isinstance(value, int) and not isinstance(value, bool) and value >= 1
                _require(whole, option.name, value, f"a count, 1 or more. Give {option.default}")
            else:
                self._check_number(option.name, value, option.default)
        if self.longest_retry_seconds < self.first_retry_seconds:
            raise InputError(
                f"longest_retry_seconds={self.longest_retry_seconds:g} is less than "
                f"first_retry_seconds={self.first_retry_seconds:g}; waiting grows from the first "
                "to the longest. Give a longer one."
            )

    def _check_number(self, name: str, value: object, default: object) -> None:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if name == "jitter":
            rule = "a share from 0 to less than 1. Give 0.3"
            _require(number and 0 <= value < 1, name, value, rule)  # type: ignore[operator,unused-ignore]
        else:
            rule = f"more than 0 and at most a day. Give {default}"
            _require(number and 0 < value <= 86_400, name, value, rule)  # type: ignore[operator]


def retry_seconds(attempt: int, options: CameraOptions, chance: random.Random) -> float:
    """How long to wait before trying again, `attempt` = 0 after the first failure.

    Doubles from `first_retry_seconds` to `longest_retry_seconds`, then spread by ± `jitter`.
    """
    doubled = options.first_retry_seconds * 2.0 ** min(attempt, 60)
    even = min(doubled, options.longest_retry_seconds)
    return even * (1 + options.jitter * chance.uniform(-1, 1))


def _require(right: bool, name: str, value: object, rule: str) -> None:
    if not right:
        raise InputError(f"{name}={value!r}: it is {rule}, for example.")
