"""From marks to rules and from choices to a part of watch.toml, in values and in words."""

import json
import tomllib

import pytest

from kineograph.data.annotation import Annotation
from kineograph.errors import InputError
from kineograph.live.detection.rules import Rule, rule_from_fields
from kineograph.live.tuning.thresholds import tune
from kineograph.live.tuning.tune import fields_of_tuned, rules_for, toml_of
from kineograph.live.tuning.words import length_in_words, rate_in_words, score_in_words
from kineograph.metrics.events import EventScore
from tests.live.marked_videos import CLASSES, video


def marks_of(*labels: str) -> list[Annotation]:
    return [Annotation("v", label, 2.0 * n, 2.0 * n + 1) for n, label in enumerate(labels)]


def test_what_to_call_for_is_said_or_clear():
    said = rules_for(["fight", "any = calm, fight"], CLASSES, [], "a.jsonl")
    assert [(rule.label, rule.labels) for rule in said] == [("fight", ()), ("any", CLASSES)]
    for classes, marks in (
        (CLASSES, marks_of("fight", "lunch")),
        (("not fight", "fight"), marks_of("fight", "not fight")),
    ):
        assert [rule.label for rule in rules_for([], classes, marks, "a.jsonl")] == ["fight"]


@pytest.mark.parametrize(
    ("said", "marks", "words"),
    [
        (["figth"], [], "--label figth: the network has no label 'figth'. Did you mean 'fight'?"),
        (["x=calm,zz"], [], "has no label 'zz'. Its labels are calm, fight."),
        (["fight", "fight"], [], "--label fight: is there twice. Leave one out."),
        ([], ["fight", "calm"], "which of them is to be called for is not clear. Add --label calm"),
        ([], ["brawl"], "marks brawl, and the network knows calm, fight. Say which is which: --l"),
        ([], [], "marks nothing, and the network knows calm, fight."),
    ],
)
def test_what_is_not_clear_is_asked(said, marks, words):
    with pytest.raises(InputError) as raised:
        rules_for(said, CLASSES, marks_of(*marks), "a.jsonl")
    assert words in str(raised.value) and "\n" not in str(raised.value)


def test_the_written_part_is_the_rule_that_was_chosen():
    videos = [video(f"v{n}", [(40, 50, 0.9)]) for n in range(2)]
    found = [
        tune(rule, videos, CLASSES, false_alerts_per_hour=1.0)
        for rule in (Rule("fight"), Rule('a "b"', labels=("fight",), schedule="sa-su"))
    ]
    read = tomllib.loads(toml_of(found, "kineograph tune-alerts"))["rules"]
    assert [rule_from_fields(fields) for fields in read] == [each.rule for each in found]
    assert json.loads(json.dumps(fields_of_tuned(found[0])))["judged"]["recall"] == 1.0


def test_scores_in_words():
    score = EventScore(10, 9, (1.0,) * 8, 7200.0)
    assert score_in_words(score) == (
        "8 of 10 events found (49–94 %), 0.50 false alerts an hour (0.01–2.8) in 2.0 h; "
        "told after 1.0 s (nine of ten: 1.0 s)"
    )
    assert [rate_in_words(rate) for rate in (0, 0.213, 3.44, 119.6)] == ["0", "0.21", "3.4", "120"]
    assert length_in_words(95) == "1.6 min" and length_in_words(36_000) == "10.0 h"
