"""VQA accuracy: the authors' example, their program's faults one by one, sets written out."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kineograph.errors import InputError
from kineograph.metrics.answers import (
    Asked,
    TypeScore,
    normalise_answer,
    officially_normalised,
    score_answers,
    vqa_accuracy,
)

PROTOCOLS = ("official", "paper", "formula")
WORDS = ("the", "dont", "red", "2", "two", "a", "1,000", "v.2", "t-shirt", "Yes.")
CARELESS = ["Two.", "two", "2 ", "a two", "the 2", "2\n", "2", "Two", "2", "none"]


def people(**counts: int) -> list[str]:
    return [answer for answer, count in counts.items() for _ in range(count)]


def test_vqa_the_authors_example():
    asked = people(yes=8, no=2)
    for protocol in ("official", "paper"):
        assert vqa_accuracy("yes", asked, protocol) == pytest.approx(1.0)
        assert vqa_accuracy("no", asked, protocol) == pytest.approx(0.6)
        assert vqa_accuracy("maybe", asked, protocol) == 0.0
    assert vqa_accuracy("no", asked, "formula") == pytest.approx(2 / 3)


@pytest.mark.parametrize(("same", "accuracy"), [(0, 0), (1, 0.3), (2, 0.6), (3, 0.9), (4, 1)])
def test_vqa_of_ten_people_by_hand(same, accuracy):
    asked = ["cat"] * same + [f"dog {n}" for n in range(10 - same)]
    assert vqa_accuracy("cat", asked, "official") == pytest.approx(accuracy)
    assert vqa_accuracy("cat", asked, "paper") == pytest.approx(accuracy)
    assert vqa_accuracy("cat", asked, "formula") == pytest.approx(min(1, same / 3))


@given(st.lists(st.sampled_from("xyz"), min_size=4, max_size=12), st.sampled_from("xyzw"))
def test_vqa_is_the_mean_over_sets_that_leave_one_out(asked, answer):
    sets = [asked[:i] + asked[i + 1 :] for i in range(len(asked))]
    mean = sum(min(each.count(answer) / 3, 1) for each in sets) / len(sets)
    for protocol in ("official", "paper"):
        assert vqa_accuracy(answer, asked, protocol) == pytest.approx(mean)
    assert vqa_accuracy(answer, asked, "formula") == min(asked.count(answer) / 3, 1) >= mean - 1e-12
    shuffled = random.Random(0).sample(asked, len(asked))
    assert vqa_accuracy(answer, shuffled, "official") == pytest.approx(mean)


def test_vqa_quirk_where_all_agree_nothing_is_normalised():
    assert vqa_accuracy("Black.", ["black"] * 10, "official") == 0.0
    assert vqa_accuracy("Black.", ["black"] * 10, "paper") == 1.0
    assert vqa_accuracy("Black.", ["black"] * 9 + ["grey"], "official") == 1.0
    assert vqa_accuracy("a T.V", ["a T.V"] * 10, "official") == 1.0
    assert vqa_accuracy(" black\t", ["black", "black\n"] * 5, "official") == 1.0, (
        "edges are trimmed"
    )


@pytest.mark.parametrize(
    ("text", "official", "paper"),
    [
        ("The Red Car", "red car", "red car"),
        ("two", "2", "2"),
        ("none", "0", "0"),
        ("ten of an apple", "10 of apple", "10 of apple"),
        ("dont know", "don't know", "don't know"),
        ("couldnt've", "couldn't've", "couldn't've"),
        ("dog's at 2:50", "dog's at 2:50", "dog's at 2:50"),
        # a sign beside a space is deleted, wherever else it stands; alone it becomes a space
        ("t-shirt", "t shirt", "t shirt"),
        ("t-shirt - red", "tshirt red", "t shirt red"),
        ("black/white", "black white", "black white"),
        ("red, blue", "red blue", "red blue"),
        ("(left)", "left", "left"),
        # one number with a comma, and no sign becomes a space
        ("1,000 t-shirts", "1000 tshirts", "1000 t shirts"),
        ("100,978", "100978", "100978"),
        # full stops
        ("yes.", "yes", "yes"),
        ("3.5", "3.5", "3.5"),
        ("3.", "3", "3"),
        ("v.2", "v.2", "v2"),  # the look-behind that is mistyped
        ("." * 40 + "x", "." * 8 + "x", "x"),  # the flag in the place of the count
        # the contraction list
        ("somebody'd", "somebodyd", "somebody'd"),
        ("Im", "im", "i'm"),
        ("Ive", "ive", "i've"),
        ("shes", "shes", "she's"),
        ("ow's'at", "'ow's'at", "'ow's'at"),
        ("yall'd've", "y'all'd've", "y'all'd've"),
    ],
)
def test_vqa_normalisation_by_example(text, official, paper):
    assert officially_normalised(text) == official
    assert normalise_answer(text) == paper
    others = [text] * 9 + ["something else"]
    assert vqa_accuracy(text, others, "official") == vqa_accuracy(text, others, "paper") == 1.0


@settings(max_examples=50)
@given(st.lists(st.sampled_from(WORDS), max_size=5))
def test_vqa_case_space_and_edges_change_nothing(words):
    text = " ".join(words)
    for normalised in (officially_normalised, normalise_answer):
        found = normalised(text)
        assert normalised(text.upper()) == found == normalised(f" {text}\n")
        assert found == found.lower() and not set(found.split()) & {"a", "an", "the", "two"}
    assert normalise_answer(normalise_answer(text)) == normalise_answer(text)


def test_vqa_counts_careless_people_together():
    assert vqa_accuracy("2", CARELESS, "official") == 1.0
    assert vqa_accuracy("0", CARELESS, "official") == pytest.approx(0.3)


def test_vqa_by_types_and_overall():
    asked = [
        Asked(people(yes=8, no=2), "is the", "yes/no"),
        Asked(people(yes=8, no=2), "is it", "yes/no"),
        Asked(people(two=5, four=5), "how many", "number"),
    ]
    found = score_answers(["no", "yes", "2"], asked, "official")
    assert found.accuracy == pytest.approx((0.6 + 1 + 1) / 3) and found.questions == 3
    assert found.by_answer_type == {
        "number": TypeScore(1.0, 1),
        "yes/no": TypeScore(pytest.approx(0.8), 2),
    }
    assert list(found.by_question_type) == ["how many", "is it", "is the"]
    assert found.by_question_type["is the"].accuracy == pytest.approx(0.6)
    pooled = sum(each.accuracy * each.questions for each in found.by_answer_type.values())
    assert pooled / 3 == pytest.approx(found.accuracy) and found.protocol == "official"


@pytest.mark.parametrize(
    ("answers", "asked", "protocol", "words"),
    [
        (["a"], [], "paper", "1 answers to 0 questions.*empty answer"),
        ([], [], "paper", "no question to score"),
        (["a"], [Asked(["a"])], "paper", "1 people's answers: VQA accuracy needs 4 or more"),
        (["a"], [Asked(["a"] * 10)], "exact", "protocol 'exact'.*official, paper, formula"),
    ],
)
def test_vqa_what_cannot_be_scored_is_said(answers, asked, protocol, words):
    with pytest.raises(InputError, match=words):
        score_answers(answers, asked, protocol)


def test_vqa_an_empty_answer_is_wrong():
    for protocol in PROTOCOLS:
        assert vqa_accuracy("", people(yes=8, no=2), protocol) == 0.0
