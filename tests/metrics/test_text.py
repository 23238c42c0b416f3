"""Edits against a distance written out by its definition; rates and confusions by hand."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kineograph.metrics.text import (
    NOTHING,
    Confusion,
    cer_interval,
    character_edits,
    confusions,
    score_by,
    score_text,
    word_edits,
)

short = st.text("abſ ü", max_size=7)


def distance(truth: str, read: str) -> int:
    """Levenshtein's, as he defined it."""

    @cache
    def rest(i: int, j: int) -> int:
        if i == len(truth) or j == len(read):
            return len(truth) - i + len(read) - j
        if truth[i] == read[j]:
            return rest(i + 1, j + 1)
        return 1 + min(rest(i + 1, j + 1), rest(i + 1, j), rest(i, j + 1))

    return rest(0, 0)


@given(short, short)
def test_edits_are_the_fewest_and_turn_one_text_into_the_other(truth, read):
    found = character_edits(truth, read)
    assert found.count == distance(truth, read)
    assert len(truth) - found.deletions + found.insertions == len(read)
    assert character_edits(read, truth).count == found.count


def test_by_hand():
    found = character_edits("wir leſen", "wir lefen.")
    assert (found.substitutions, found.insertions, found.deletions) == (1, 1, 0)
    assert found.rate == pytest.approx(2 / 9)
    assert word_edits("wir leſen  es", "wir lefen").count == 2  # one other, one left out
    assert character_edits("ü", "u\u0308").count == 2, "nothing is normalised here"


def test_rates_are_pooled_over_lines_and_not_averaged():
    score = score_text(["a", "abcdefghi"], ["x", "abcdefghi"])
    assert score.cer == pytest.approx(1 / 10) and score.wer == pytest.approx(1 / 2)
    assert (score.lines, score.exact) == (2, 1)
    assert score_text([""], [""]).cer is None and score_text([], []).cer is None
    assert score_text(["a"], ["abcd"]).cer == 3.0


@given(st.lists(st.tuples(short, short, st.sampled_from("xyz")), min_size=1, max_size=12))
def test_groups_together_are_the_whole(lines):
    truths, reads, groups = zip(*lines, strict=True)
    whole = score_text(truths, reads)
    parts = score_by(truths, reads, groups)
    assert sum(part.characters.count for part in parts.values()) == whole.characters.count
    assert sum(part.words.length for part in parts.values()) == whole.words.length
    assert sum(part.exact for part in parts.values()) == whole.exact
    assert list(parts) == sorted(set(groups))


@given(st.lists(st.tuples(short, short), max_size=8))
def test_every_edit_is_one_confusion(lines):
    truths, reads = [pair[0] for pair in lines], [pair[1] for pair in lines]
    found = confusions(truths, reads)
    assert sum(each.count for each in found) == score_text(truths, reads).characters.count
    for each in found:
        assert each.truth != each.read and each.count <= max(each.of, each.count * (not each.truth))


def test_what_is_confused_by_hand():
    found = confusions(["ſieſe", "ab"], ["fiefe", "b"])
    assert found == [Confusion("ſ", "f", 2, 2), Confusion("a", NOTHING, 1, 1)]


def test_the_interval_holds_the_rate_and_needs_two_groups():
    truths, reads = ["aaaa"] * 10, ["aaab"] * 5 + ["aaaa"] * 5
    assert cer_interval(truths, reads, ["one"] * 10) is None
    found = cer_interval(truths, reads, [str(i) for i in range(10)])
    assert found is not None and found.low < 0.125 < found.high
    assert cer_interval([""], [""], ["a"]) is None


def test_a_line_too_few_is_said():
    with pytest.raises(ValueError, match="2 lines stand there, 1 were read.*empty text"):
        score_text(["a", "b"], ["a"])
