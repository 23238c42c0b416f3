"""Scores of events in words, for the terminal and for the head of a written rule."""

from kineograph.metrics.events import HOUR_SECONDS, EventScore


def score_in_words(score: EventScore) -> str:
    """`8 of 10 events found (49–94 %), 0.5 false alerts an hour (0.01–2.8) in 2.0 h …`."""
    interval = score.recall_interval()
    shares = f" ({100 * interval[0]:.0f}–{100 * interval[1]:.0f} %)" if interval else ""
    low, high = map(rate_in_words, score.false_alerts_per_hour_interval())
    rate = rate_in_words(score.false_alerts_per_hour)
    length = length_in_words(score.watched_seconds)
    median, late = score.delay(), score.delay(0.9)
    told = "" if median is None else f"; told after {median:.1f} s (nine of ten: {late:.1f} s)"
    return (
        f"{score.hits} of {score.true} events found{shares}, "
        f"{rate} false alerts an hour ({low}–{high}) in {length}{told}"
    )


def rate_in_words(rate: float) -> str:
    """As many digits as count: 0, 0.21, 3.4, 120."""
    digits = 0 if rate >= 10 or rate == 0 else 1 if rate >= 1 else 2
    return f"{rate:.{digits}f}"


def length_in_words(seconds: float) -> str:
    """Minutes up to two hours, then hours."""
    if seconds < 2 * HOUR_SECONDS:
        return f"{seconds / 60:.1f} min"
    return f"{seconds / HOUR_SECONDS:.1f} h"
