"""Drawn answers of a network: sure where a fight is marked, and now and then beside one."""

import numpy as np

from kineograph.data.annotation import Annotation
from kineograph.live.tuning.marked import MarkedVideo

CLASSES = ("calm", "fight")


def video(
    name: str,
    fights: list[tuple[float, float, float]],
    others: list[tuple[float, float, float]] = (),
    seconds: float = 300.0,
) -> MarkedVideo:
    """Fights are marked and seen: start, end, probability; what is not marked is seen alike."""
    times = np.arange(0.25, seconds, 0.25)
    sure = np.full(len(times), 0.05)
    for start, end, probability in [*fights, *others]:
        sure[(times > start) & (times <= end)] = probability
    marks = tuple(Annotation(name, "fight", start, end) for start, end, _ in fights)
    return MarkedVideo(name, name, times, np.stack([1 - sure, sure], axis=1), marks, seconds)
