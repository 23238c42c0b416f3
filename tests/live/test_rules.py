"""Rules: defaults, TOML there and back, places among classes, and every value that is refused."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.live.detection.rules import Rule, rule_from_fields, rule_to_toml

names = st.text(min_size=1, max_size=8).filter(str.strip)
lists = st.lists(names, max_size=3, unique=True).map(tuple)
shares = st.floats(0.01, 1.0)
seconds = st.floats(0.0, 1e4)
rules = st.builds(
    lambda pair, **rest: Rule(high=max(pair), low=min(pair), **rest),
    st.tuples(shares, shares),
    label=names,
    labels=lists,
    smooth_seconds=seconds,
    shortest_seconds=seconds,
    join_seconds=seconds,
    cool_down_seconds=seconds,
    schedule=st.sampled_from(["always", "mo-fr 18:00-07:00, sa-su"]),
    zone=st.sampled_from([None, "Europe/Ljubljana"]),
    cameras=lists,
    windows=lists,
)


@settings(deadline=None)
@given(rules)
def test_a_rule_comes_back_from_toml_as_it_was(rule):
    (found,) = tomllib.loads(rule_to_toml(rule))["rules"]
    assert rule_from_fields(found) == rule


def test_a_rule_holds_everywhere_or_where_it_says():
    assert Rule("fight").holds_for("hall", "whole")
    rule = Rule("fight", cameras=("hall", "yard"), windows=("door",))
    assert rule.holds_for("yard", "door")
    assert not rule.holds_for("yard", "whole") and not rule.holds_for("cellar", "door")


def test_several_labels_are_one():
    assert Rule("violence", labels=("kick", "punch")).places(["walk", "punch", "kick"]) == [2, 1]
    assert Rule("walk").places(["walk", "punch"]) == [0]
    with pytest.raises(InputError, match="has no label 'punsh'. Did you mean 'punch'?"):
        Rule("punsh").places(["walk", "punch"])
    with pytest.raises(InputError, match="has no label 'zzz'. Its labels are walk, punch."):
        Rule("zzz").places(["walk", "punch"])


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"high": 1.5}, "high 1.5 is not a probability above 0. Write a number up to 1"),
        ({"low": 0}, "low 0 is not a probability above 0."),
        ({"high": "0.7"}, "high '0.7' is not a probability"),
        ({"low": True}, "low True is not a probability"),
        ({"high": 0.3}, "low 0.4 is above high 0.3, so an event would end where it begins. Lower"),
        ({"smooth_seconds": -1}, "smooth_seconds -1 is not a length of time. Write seconds, 0 or"),
        ({"shortest_seconds": float("nan")}, "shortest_seconds nan is not a length of time."),
        ({"join_seconds": float("inf")}, "join_seconds inf is not a length of time."),
        ({"cool_down_seconds": "1 h"}, "cool_down_seconds '1 h' is not a length of time."),
        ({"schedule": "mon"}, "rule 'fight': schedule: 'mon' is not a day. Did you mean 'mo'?"),
        ({"schedule": 7}, "rule 'fight': schedule 7 is not a text. Write such as mo-fr"),
        ({"zone": "Mars"}, "rule 'fight': zone 'Mars' is not one that this machine knows."),
        ({"label": ""}, "rule: label '' is not a name. Write one in quotes."),
        ({"labels": "kick"}, "labels 'kick' is not a list of names. Write [\"…\"]."),
        ({"cameras": ["hall", "hall"]}, "cameras ['hall', 'hall'] has one twice. Remove one."),
        ({"windows": [1]}, "windows (1,) is not a list of names."),
        ({"hihg": 0.7}, "unknown field 'hihg'. Did you mean 'high'?"),
    ],
)
def test_every_bad_value_is_refused_with_its_rule_and_remedy(values, words):
    with pytest.raises(InputError) as raised:
        rule_from_fields({"label": "fight", **values})
    assert words in str(raised.value) and "\n" not in str(raised.value)


def test_a_rule_needs_a_label():
    with pytest.raises(InputError, match="no 'label'; every rule has one. Write label ="):
        rule_from_fields({"high": 0.5})


def test_the_page_tells_rules_that_can_be_and_the_defaults_that_there_are():
    page = (Path(__file__).parents[2] / "docs" / "events.md").read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    found = [rule_from_fields(each) for each in tomllib.loads(example[1])["rules"]]
    assert [rule.label for rule in found] == ["fight", "violence"]
    rows = dict(re.findall(r"^\| (`[a-z_`, ]+`) \|([^|]*)\|", page, re.MULTILINE))
    told = {}
    for names, values in rows.items():
        told.update(zip(re.findall(r"`(\w+)`", names), re.findall(r"[\d.]+", values), strict=False))
    numbers = {f.name: f.default for f in fields(Rule) if isinstance(f.default, float)}
    assert {name: float(told[name]) for name in numbers} == numbers
    assert {field.name for field in fields(Rule)} <= set(re.findall(r"`(\w+)`", " ".join(rows)))
