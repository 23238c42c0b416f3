"""Thresholds: chosen as told, by the same events as the detector's, and judged on what is left."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.live.detection.detect import Detector
from kineograph.live.detection.rules import Rule
from kineograph.live.detection.smooth import smoothed
from kineograph.live.tuning.thresholds import choose, events_under, scores_of, settings_of, tune
from kineograph.live.tuning.thresholds_picture import best_curve, draw_tuned
from kineograph.metrics.events import EventScore
from tests.live.marked_videos import CLASSES, video

FIGHT = Rule("fight")


def test_every_setting_keeps_what_is_not_tuned():
    rule = Rule("x", labels=("fight",), cool_down_seconds=3.0, schedule="sa-su", zone="UTC")
    tried = settings_of(rule)
    assert len(set(tried)) == len(tried) == 480
    for each in tried:
        numbers = {n: getattr(rule, n) for n in ("high", "low", "smooth_seconds")}
        assert replace(each, shortest_seconds=rule.shortest_seconds, **numbers) == rule


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 479))
def test_the_events_are_those_that_the_detector_tells(seed, place):
    rng = np.random.default_rng(seed)
    seconds = np.cumsum(rng.uniform(0.05, 1.0, 200))
    sure = np.repeat(rng.random(20), 10)
    probabilities = np.stack([1 - sure, sure], axis=1)
    rule = settings_of(FIGHT)[place]
    curve = smoothed(seconds, probabilities, rule.smooth_seconds)[:, 1]
    found, told = events_under(rule, seconds, curve)
    detector = Detector([rule], "file", classes=CLASSES)
    noon = datetime(2026, 2, 16, 12, tzinfo=UTC)
    changes = [
        change
        for second, row in zip(seconds.tolist(), probabilities, strict=True)
        for change in detector.see(second, row, noon + timedelta(seconds=second))
    ] + detector.finish()
    ended = [change.event for change in changes if change.what == "ended"]
    assert found.tolist() == [[event.start_seconds, event.end_seconds] for event in ended]
    assert told.tolist() == [c.told_seconds for c in changes if c.what == "begun"]


def score(hits: int, false: int, true: int = 10, hours: float = 1.0) -> EventScore:
    return EventScore(true, hits + false, (1.0,) * hits, 3600 * hours)


def test_the_most_events_for_so_many_false_alerts_are_chosen():
    scores = [score(9, 5), score(6, 1), score(7, 2), score(7, 1), score(2, 0)]
    assert choose(scores, 2.0) == (3, True)
    assert choose(scores, 0.0) == (4, True)
    assert choose(scores, 100.0) == (0, True)
    assert choose(scores[:4], 0.5) == (3, False)  # none keeps to it: the fewest, then the most


def test_of_equals_the_one_in_their_middle_is_chosen():
    scores = [score(1, 0)] * 24
    for place in (3, 6, 9, 12, 15):  # high 0.4 to 0.8, at one smoothing, shortest length and low
        scores[place] = score(5, 0)
    assert choose(scores, 1.0) == (9, True)


def test_what_is_sure_is_told_apart_from_what_is_not():
    videos = [
        video(f"v{n}", [(40, 50, 0.85), (120, 130, 0.9)], [(80 + n, 84 + n, 0.6), (200, 203, 0.55)])
        for n in range(3)
    ]
    tuned = tune(FIGHT, videos, CLASSES, false_alerts_per_hour=0.0)
    assert tuned.kept and tuned.rule.high >= 0.5
    assert tuned.judged.recall == 1.0 and tuned.judged.false_alerts == 0
    assert tuned.judged.watched_seconds == 900 and len(tuned.folds) == 3
    assert 0 < tuned.judged.delay() < 10


def test_a_delay_lasts_until_it_is_told_and_not_until_it_begins():
    rule = replace(FIGHT, smooth_seconds=0, shortest_seconds=3.0)
    (found,) = scores_of([rule], video("v", [(40, 50, 0.9)]), CLASSES, 0.0)
    assert found.delays_seconds == (3.25,)  # the first answer of it comes a quarter after its begin


def test_a_video_has_no_say_in_what_it_is_judged_by():
    """The third has false alerts that only a threshold above its fights would keep out."""
    plain = [video(f"v{n}", [(40, 60, 0.72), (120, 140, 0.72)]) for n in range(2)]
    odd = video("odd", [(40, 60, 0.72)], [(100 + 40 * k, 120 + 40 * k, 0.93) for k in range(4)])
    tuned = tune(FIGHT, [*plain, odd], CLASSES, false_alerts_per_hour=0.0)
    fold = next(fold for fold in tuned.folds if fold.left_out == "odd")
    expected = tune(FIGHT, plain, CLASSES, false_alerts_per_hour=0.0)
    assert fold.rule == expected.rule and fold.chosen_by == expected.chosen_by
    assert fold.judged == scores_of([fold.rule], odd, CLASSES, 2.0)[0]
    assert fold.judged.false_alerts == 4 and fold.kept
    assert tuned.judged.false_alerts > tuned.chosen_by.false_alerts == 0


def test_videos_of_one_group_are_left_out_together():
    videos = [replace(video(f"v{n}", [(40, 50, 0.9)]), group=f"day{n // 2}") for n in range(4)]
    tuned = tune(FIGHT, videos, CLASSES, false_alerts_per_hour=1.0)
    assert [(fold.left_out, fold.judged.true) for fold in tuned.folds] == [("day0", 2), ("day1", 2)]


def test_where_no_setting_keeps_to_the_rate_it_says_so():
    both = [(100.0 + 40 * k, 120.0 + 40 * k, 1.0) for k in range(4)]
    videos = [video(f"v{n}", [(40, 60, 1.0)], both) for n in range(2)]
    tuned = tune(FIGHT, videos, CLASSES, false_alerts_per_hour=1.0)
    assert not tuned.kept and not any(fold.kept for fold in tuned.folds)


def test_the_best_curve_rises_and_no_setting_lies_over_it():
    rng = np.random.default_rng(1)
    scores = [score(int(h), int(f)) for h, f in rng.integers(0, 10, (60, 2))]
    curve = best_curve(scores)
    assert curve == sorted(curve) and len({recall for _, recall in curve}) == len(curve)
    for each in scores:
        assert any(
            rate <= each.false_alerts_per_hour and recall >= each.recall for rate, recall in curve
        )


@pytest.mark.parametrize("most", [0.0, 1.0, 500.0])
def test_the_picture_is_one_with_any_rate(most):
    videos = [video(f"v{n}", [(40, 50, 0.9)], [(80, 90, 0.8)]) for n in range(2)]
    tuned = tune(Rule("f $x$ <&", labels=("fight",)), videos, CLASSES, false_alerts_per_hour=most)
    assert draw_tuned(tuned, most).startswith(b"\x89PNG")
