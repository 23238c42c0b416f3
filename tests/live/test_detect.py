"""From answers to events: by hand, and against a search that looks ahead over all answers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.live.detection.detect import Change, Detector
from kineograph.live.detection.rules import Rule
from kineograph.live.detection.smooth import smoothed

NOON = datetime(2026, 2, 16, 12, tzinfo=UTC)
PLAIN = Rule("fight", smooth_seconds=0, shortest_seconds=0.5, join_seconds=0, cool_down_seconds=0)
CLASSES = ("calm", "fight")


def detector(rule: Rule = PLAIN, **more) -> Detector:
    return Detector([rule], "hall", "whole", CLASSES, **more)


def feed(found: Detector, seconds, sure, start: datetime = NOON) -> list[Change]:
    changes = []
    for second, value in zip(seconds, sure, strict=True):
        time = start + timedelta(seconds=float(second))
        changes += found.see(float(second), np.array([1 - value, value]), time)
    return changes


def spans(changes: list[Change]) -> list[tuple[float, float]]:
    return [(c.event.start_seconds, c.event.end_seconds) for c in changes if c.what == "ended"]


def told(changes: list[Change]) -> list[tuple[str, float]]:
    return [(change.what, change.told_seconds) for change in changes]


def test_an_event_by_hand():
    found = detector()
    seconds = [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    changes = feed(found, seconds, [0.1, 0.8, 0.6, 0.9, 0.5, 0.3, 0.1])
    assert told(changes) == [("begun", 1.0), ("ended", 2.5)]
    begun, ended = (change.event for change in changes)
    assert begun.open and begun.id == ended.id and begun.peak == pytest.approx(0.8)
    assert (ended.start_seconds, ended.end_seconds, ended.peak_seconds) == (0.5, 2.5, 1.5)
    assert ended.end_time == NOON + timedelta(seconds=2.5)
    assert ended.confidences == pytest.approx({"calm": 0.1, "fight": 0.9})
    assert ended.peak == pytest.approx(0.9) and ended.kind == "seen" and ended.label == "fight"


def test_what_falls_before_its_shortest_length_is_nothing():
    assert feed(detector(), [0, 0.4, 0.8, 1.2], [0.9, 0.3, 0.9, 0.3]) == []


def test_a_short_fall_is_joined_and_a_long_one_is_not():
    rule = replace(PLAIN, join_seconds=1.0)
    seconds = np.arange(12) / 2
    joined = [0.9, 0.9, 0.1, 0.9, 0.9, 0.1, 0.1, 0.1, 0.9, 0.9, 0.1, 0.1]
    found = detector(rule)
    changes = feed(found, seconds, joined)
    assert told(changes) == [("begun", 0.5), ("ended", 3.5), ("begun", 4.5)]
    assert spans(changes + found.finish()) == [(0.0, 2.5), (4.0, 5.0)]


def test_after_an_event_it_is_calm_for_a_while():
    rule = replace(PLAIN, cool_down_seconds=3.0)
    seconds = np.arange(20) / 2
    sure = [0.9, 0.9, 0.1] + [0.9] * 17
    changes = feed(detector(rule), seconds, sure)
    assert [c.event.start_seconds for c in changes if c.what == "begun"] == [0.0, 4.0]


def test_events_begin_inside_the_schedule_only_and_end_when_they_end():
    rule = replace(PLAIN, schedule="12:01-12:02", zone="UTC")
    seconds = np.arange(0, 300, 1.0)
    sure = np.where((seconds < 20) | (seconds > 55) & (seconds < 200), 0.9, 0.1)
    changes = feed(detector(rule), seconds, sure)
    assert spans(changes) == [(60.0, 200.0)]


def test_a_gap_ends_what_lasts_at_its_last_answer():
    found = detector()
    changes = feed(found, [0, 0.5, 1.0], [0.9, 0.9, 0.9]) + found.gap()
    assert spans(changes) == [(0.0, 1.0)]
    assert found.gap() == [] and found.finish() == []
    smooth = detector(replace(PLAIN, smooth_seconds=1.0))
    feed(smooth, np.arange(40) / 10, [1.0] * 40)
    assert [change.what for change in smooth.gap()] == ["ended"]
    assert feed(smooth, [4.5, 4.6, 4.7], [1.0, 1.0, 1.0]) == []  # it has to be convinced anew


def test_answers_far_apart_are_a_gap_by_themselves():
    seconds, sure = [0, 0.5, 1.0, 60.0, 60.2], [0.9, 0.9, 0.9, 0.9, 0.9]
    assert spans(feed(detector(), seconds, sure)) == [(0.0, 1.0)]
    found = detector(gap_seconds=100.0)
    assert spans(feed(found, seconds, sure) + found.finish()) == [(0.0, 60.2)]


def test_answers_that_are_no_numbers_or_come_late_are_passed_over_and_counted():
    good = detector()
    expected = feed(good, [0, 0.5, 1.0, 1.5], [0.9, 0.9, 0.9, 0.1])
    found = detector()
    changes = feed(found, [0, 0.2, 0.5, 0.4, 0.5, 1.0, 1.5], [0.9, np.nan, 0.9, 0.0, 0.0, 0.9, 0.1])
    assert changes == expected and found.passed_over == 3


def test_several_labels_are_one_and_rules_keep_apart():
    both = Rule("violence", labels=("kick", "punch"), smooth_seconds=0, shortest_seconds=0)
    rules = [both, replace(PLAIN, label="walk"), replace(PLAIN, label="kick", cameras=("yard",))]
    found = Detector(rules, "hall", "door", ("walk", "kick", "punch"))
    (change,) = found.see(1.0, np.array([0.2, 0.4, 0.4]), NOON)
    assert (change.event.label, change.event.window) == ("violence", "door")
    assert change.event.peak == pytest.approx(0.8)
    assert [rule.label for rule in found.rules] == ["violence", "walk"]


def test_rules_that_would_tell_twice_and_labels_that_are_not_there_are_refused():
    with pytest.raises(
        InputError, match="two rules 'fight' hold for window 'whole' of hall; .*Name"
    ):
        Detector([PLAIN, replace(PLAIN, high=0.9)], "hall", "whole", CLASSES)
    with pytest.raises(InputError, match="has no label 'fihgt'. Did you mean 'fight'?"):
        detector(replace(PLAIN, label="fihgt"))
    with pytest.raises(ValueError, match=r"an answer of \(3,\) for 2 classes"):
        detector().see(0.0, np.zeros(3), NOON)


def test_one_scene_at_5_and_50_answers_a_second_gives_the_same_events():
    parts = (
        [0.1] * 10 + [0.95] * 20 + [0.05] * 60 + [0.9] * 6 + [0.1] * 60 + [1.0] * 30 + [0.0] * 40
    )
    scene = np.array([parts[0], *parts])
    often = np.array([parts[0], *np.repeat(parts, 10)])
    rule = Rule("fight")
    slow = spans(feed(detector(rule), np.arange(len(scene)) / 5, scene))
    fast = spans(feed(detector(rule), np.arange(len(often)) / 50, often))
    assert len(slow) == len(fast) == 2
    for (start, end), (start_fast, end_fast) in zip(slow, fast, strict=True):
        assert 0 <= start - start_fast <= 0.2 + 1e-9 and 0 <= end - end_fast <= 0.2 + 1e-9


tenths = st.integers(0, 30)
drawn_rules = st.builds(
    lambda smooth, shortest, join, cool: Rule(
        "fight",
        high=0.65,
        low=0.35,
        smooth_seconds=smooth / 10,
        shortest_seconds=shortest / 10,
        join_seconds=join / 10,
        cool_down_seconds=cool / 10,
    ),
    st.sampled_from([0, 0, 3, 10]), tenths, tenths, tenths,
)  # fmt: skip
drawn_answers = st.lists(
    st.tuples(st.integers(1, 9), st.sampled_from([0.0, 0.1, 0.5, 0.6, 0.7, 0.9, 1.0])),
    min_size=1,
    max_size=60,
)


def reference(tenth: list[int], value: list[float], rule: Rule) -> list[tuple[int, int, int]]:
    """Start, told and end in tenths of a second: each event is looked up ahead over all answers."""
    short, join, cool = (
        round(10 * each)
        for each in (rule.shortest_seconds, rule.join_seconds, rule.cool_down_seconds)
    )
    count, events, place, calm = len(tenth), [], 0, -1

    def first_low(after: int) -> int:
        return next((j for j in range(after, count) if value[j] < rule.low), count)

    while place < count:
        if value[place] < rule.high or tenth[place] < calm:
            place += 1
            continue
        fall = first_low(place)
        when = [tenth[j] for j in range(place, fall) if tenth[j] - tenth[place] >= short]
        if not when:
            place = fall
            continue
        while fall < count:
            soon = [j for j in range(fall, count) if tenth[j] - tenth[fall] < join]
            again = [j for j in soon if value[j] >= rule.high]
            if not again:
                break
            fall = first_low(again[0])
        end = tenth[min(fall, count - 1)]
        events.append((tenth[place], when[0], end))
        calm = end + cool
        place = next((j for j in range(fall, count) if tenth[j] - end >= join), count)
    return events


@settings(max_examples=300, deadline=None)
@given(drawn_rules, drawn_answers)
def test_a_search_that_looks_ahead_finds_the_same_events(rule, answers):
    tenth = np.cumsum([step for step, _ in answers])
    sure = np.array([value for _, value in answers])
    seconds = tenth / 10
    probabilities = np.stack([1 - sure, sure], axis=1)
    curve = smoothed(seconds, probabilities, rule.smooth_seconds)[:, 1]
    found = detector(rule)
    changes = feed(found, seconds, sure) + found.finish()
    begun = {change.event.id: change for change in changes if change.what == "begun"}
    ended = [change for change in changes if change.what == "ended"]
    assert [change.event.id for change in ended] == list(begun)
    got = [
        tuple(
            round(10 * second)
            for second in (
                change.event.start_seconds,
                begun[change.event.id].told_seconds,
                change.event.end_seconds,
            )
        )
        for change in ended
    ]
    assert got == reference(tenth.tolist(), curve.tolist(), rule)


@settings(deadline=None)
@given(drawn_rules, drawn_answers)
def test_events_are_apart_long_enough_and_as_sure_as_their_rule(rule, answers):
    seconds = np.cumsum([step for step, _ in answers]) / 10
    found = detector(rule)
    changes = feed(found, seconds, [value for _, value in answers]) + found.finish()
    events = [change.event for change in changes if change.what == "ended"]
    for event in events:
        assert event.peak >= rule.high
        assert event.start_seconds <= event.peak_seconds <= event.end_seconds
        assert event.end_seconds - event.start_seconds >= rule.shortest_seconds - 1e-6
    for before, after in zip(events, events[1:], strict=False):
        least = max(rule.cool_down_seconds, rule.join_seconds)
        assert after.start_seconds - before.end_seconds >= least - 1e-6
    assert len({event.id for event in events}) == len(events)


def test_pauses_between_answers_change_nothing():
    """Nothing but its arguments is read: no clock of the machine moves an event or its id."""
    import time

    seconds = np.arange(30) / 10
    sure = np.random.default_rng(3).random(30).round()
    rule = replace(PLAIN, shortest_seconds=0.1)
    at_once = feed(detector(rule), seconds, sure)
    slowly = detector(rule)
    changes = []
    for second, value in zip(seconds, sure, strict=True):
        changes += feed(slowly, [second], [value])
        time.sleep(0.003)
    assert changes == at_once and at_once
